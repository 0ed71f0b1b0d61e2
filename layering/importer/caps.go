package importer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// capNames are the capabilities by number, capabilities(7).
var capNames = []string{
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
	"linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
	"sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
	"mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
	"checkpoint_restore",
}

// Layout of the attribute: struct vfs_cap_data of <linux/capability.h>.
const (
	capRevision2     = 0x02000000
	capFlagEffective = 1
	capSize          = 20
)

// capSets are the three sets of a file, one bit a capability.
type capSets struct{ effective, inheritable, permitted uint64 }

// capXattr converts the text form of file capabilities, cap_from_text(3), to
// the value of security.capability.
func capXattr(text string) ([]byte, error) {
	sets, err := parseCaps(text)
	if err != nil {
		return nil, fmt.Errorf("capabilities %q: %w", text, err)
	}
	magic := uint32(capRevision2)
	if sets.effective != 0 {
		// The kernel keeps one bit for all: either all of them, or none.
		if have := sets.permitted | sets.inheritable; have != sets.effective {
			return nil, fmt.Errorf("capabilities %q: effective set differs from the others", text)
		}
		magic |= capFlagEffective
	}
	out := make([]byte, 0, capSize)
	for _, word := range []uint32{
		magic,
		uint32(sets.permitted), uint32(sets.inheritable),
		uint32(sets.permitted >> 32), uint32(sets.inheritable >> 32),
	} {
		out = binary.LittleEndian.AppendUint32(out, word)
	}
	return out, nil
}

func parseCaps(text string) (capSets, error) {
	var s capSets
	clauses := strings.Fields(text)
	if len(clauses) == 0 {
		return s, fmt.Errorf("empty")
	}
	for _, clause := range clauses {
		if err := s.apply(clause); err != nil {
			return s, err
		}
	}
	return s, nil
}

// apply changes the sets by one clause: names, then operators with flags.
func (s *capSets) apply(clause string) error {
	i := strings.IndexAny(clause, "=+-")
	if i < 0 {
		return fmt.Errorf("%q has no operator", clause)
	}
	mask, err := capMask(clause[:i])
	if err != nil {
		return err
	}
	if i == 0 && clause[0] != '=' {
		return fmt.Errorf("%q names no capability", clause)
	}
	for actions := clause[i:]; actions != ""; {
		op := actions[0]
		end := strings.IndexAny(actions[1:], "=+-") + 1
		if end == 0 {
			end = len(actions)
		}
		if err := s.act(op, actions[1:end], mask); err != nil {
			return err
		}
		actions = actions[end:]
	}
	return nil
}

func (s *capSets) act(op byte, flags string, mask uint64) error {
	if op == '=' {
		s.effective, s.inheritable, s.permitted = s.effective&^mask, s.inheritable&^mask, s.permitted&^mask
	}
	for _, flag := range flags {
		set := map[rune]*uint64{'e': &s.effective, 'i': &s.inheritable, 'p': &s.permitted}[flag]
		switch {
		case set == nil:
			return fmt.Errorf("unknown flag %q", flag)
		case op == '-':
			*set &^= mask
		default:
			*set |= mask
		}
	}
	return nil
}

func capMask(names string) (uint64, error) {
	all := uint64(1)<<len(capNames) - 1
	if names == "" || strings.EqualFold(names, "all") {
		return all, nil
	}
	var mask uint64
	for name := range strings.SplitSeq(strings.ToLower(names), ",") {
		i := slices.Index(capNames, strings.TrimPrefix(name, "cap_"))
		if i < 0 {
			return 0, fmt.Errorf("unknown capability %q", name)
		}
		mask |= 1 << i
	}
	return mask, nil
}
