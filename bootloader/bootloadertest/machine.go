package bootloadertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/rpmostree/internal/atomicfs"
)

// ErrPowerOff is what every durable step returns once the power is off.
var ErrPowerOff = errors.New("power off")

// Machine is a root whose power can fail. The zero value is not usable.
type Machine struct {
	// Root is the directory of the system.
	Root string
	// snapshots is where the boot loader's pictures are kept.
	snapshots string
	dieOp     atomicfs.Op
	dieCount  int
	seen      int
	off       bool
	n         int
	steps     []string
}

// NewMachine watches root; scratch is an empty directory for its pictures. The
// present content of root counts as checkpointed.
func NewMachine(root, scratch string) (*Machine, error) {
	m := &Machine{Root: root, snapshots: scratch}
	return m, m.checkpoint()
}

// Context returns a context for operations on the machine. The power fails
// before the count-th (from 1) step named op; op "" means any step, count 0
// never.
func (m *Machine) Context(ctx context.Context, op string, count int) context.Context {
	m.dieOp, m.dieCount, m.seen, m.off, m.steps = atomicfs.Op(op), count, 0, false, nil
	return atomicfs.WithHook(ctx, m.hook)
}

// Off reports whether the power failed.
func (m *Machine) Off() bool { return m.off }

// Steps lists the durable steps so far as "op path".
func (m *Machine) Steps() []string { return m.steps }

func (m *Machine) hook(op atomicfs.Op, path string) error {
	if m.off {
		return ErrPowerOff
	}
	if m.dieOp == "" || m.dieOp == op {
		m.seen++
		if m.seen == m.dieCount {
			m.off = true
			return ErrPowerOff
		}
	}
	m.steps = append(m.steps, fmt.Sprintf("%s %s", op, path))
	if op == atomicfs.OpFreeze {
		return m.checkpoint()
	}
	return nil
}

// checkpoint keeps a copy of boot as a boot loader sees it from now on.
func (m *Machine) checkpoint() error {
	m.n++
	return os.CopyFS(m.bootCopy(), os.DirFS(filepath.Join(m.Root, "boot")))
}

func (m *Machine) bootCopy() string {
	return filepath.Join(m.snapshots, fmt.Sprintf("boot%d", m.n))
}

// Boot starts the machine after a power failure, once for each picture of the
// disk: the boot partition as last checkpointed, and as it is. The kernel
// replays the journal, so both lead into the present root.
func (m *Machine) Boot() (loader, kernel []Choice, err error) {
	loader, err = ViewSplit(m.bootCopy(), m.Root)
	if err != nil {
		return nil, nil, fmt.Errorf("boot loader without journal: %w", err)
	}
	kernel, err = View(m.Root)
	if err != nil {
		return nil, nil, fmt.Errorf("boot loader with journal: %w", err)
	}
	return loader, kernel, nil
}
