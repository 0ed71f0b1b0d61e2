package sysroot

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
)

// dep makes a deployment from text: "os:name" with marks b(ooted), p(inned),
// s(taged).
func dep(text string) *Deployment {
	root, rest, _ := strings.Cut(text, ":")
	name, marks, _ := strings.Cut(rest, "/")
	d := &Deployment{Stateroot: root, Commit: ostree.Checksum{name[0]}, BootCsum: strings.ToLower(name[1:])}
	d.Booted, d.Pinned, d.Staged = strings.Contains(marks, "b"), strings.Contains(marks, "p"), strings.Contains(marks, "s")
	return d
}

func deps(text string) []*Deployment {
	var out []*Deployment
	for _, f := range strings.Fields(text) {
		out = append(out, dep(f))
	}
	return out
}

func names(list []*Deployment) string {
	var out []string
	for _, d := range list {
		out = append(out, string(d.Commit[0]))
	}
	return strings.Join(out, "")
}

func TestPlace(t *testing.T) {
	for name, c := range map[string]struct {
		list  string
		merge int // index, -1 = none
		r     retention
		want  string // N is the new one
	}{
		"first":                            {"", -1, retention{}, "N"},
		"merge stays, others go":           {"os:a os:b os:c", 0, retention{}, "Na"},
		"booted and merge stay":            {"os:a os:b/b os:c", 1, retention{}, "Nb"},
		"pinned and other stateroots stay": {"os:a os:b/p xx:c os:d", 0, retention{}, "Nabc"},
		"retain all":                       {"os:a os:b/b os:c", 1, retention{retain: true}, "Nabc"},
		"retain pending":                   {"os:a os:b/b os:c", 1, retention{retainPending: true}, "Nab"},
		"retain rollback":                  {"os:a os:b/b os:c", 1, retention{retainRollback: true}, "Nbc"},
		"retain pending, nothing booted":   {"os:a os:b os:c", 0, retention{retainPending: true}, "Na"},
		"retain rollback, nothing booted":  {"os:a os:b os:c", 0, retention{retainRollback: true}, "Nabc"},
		"no crossover means retain all":    {"os:a os:b", -1, retention{retainRollback: true}, "Nab"},
		"not default after booted":         {"os:a os:b/b os:c", 1, retention{notDefault: true, retain: true}, "abNc"},
		"not default after merge":          {"os:a os:b", 0, retention{notDefault: true}, "aN"},
		"not default last":                 {"xx:a xx:b", -1, retention{notDefault: true}, "abN"},
		"staged is superseded":             {"os:s/s os:b/b", 1, retention{retain: true}, "Nb"},
		"merge of another order than boot": {"os:a xx:b/b os:c", 0, retention{}, "Nab"},
		"other stateroot booted, no merge": {"xx:a/b os:b", -1, retention{}, "Na"},
	} {
		list := deps(c.list)
		var merge *Deployment
		if c.merge >= 0 {
			merge = list[c.merge]
		}
		require.Equal(t, c.want, names(place(list, dep("os:N"), merge, c.r)), name)
	}
}

func TestBootSerialsCountPerChecksumOverStateroots(t *testing.T) {
	list := bootSerials(deps("os:a1 xx:b1 os:c2 os:d1"))
	var got []int
	for _, d := range list {
		got = append(got, d.BootSerial)
	}
	require.Equal(t, []int{0, 1, 0, 2}, got)
}

func TestDeploymentNames(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	c, serial, err := parseDeploymentName(sum + ".12")
	require.NoError(t, err)
	require.Equal(t, sum, c.String())
	require.Equal(t, 12, serial)
	for _, bad := range []string{"", sum, sum + ".", sum + ".x", sum[1:] + ".0", strings.ToUpper(sum) + ".0", sum + ".99999999999999999999", "../" + sum + ".0"} {
		_, _, err := parseDeploymentName(bad)
		require.Error(t, err, bad)
	}
}

func TestParseBootlink(t *testing.T) {
	l, err := parseBootlink(&bls.Entry{Options: "quiet ostree=/ostree/boot.1/os/abc/2 x"})
	require.NoError(t, err)
	require.Equal(t, bootlink{"ostree/boot.1/os/abc/2", "os", "abc", 2}, l)
	for _, bad := range []string{"", "ostree=", "ostree=/ostree/boot.2/os/abc/0", "ostree=/ostree/boot.0/../abc/0", "ostree=/ostree/boot.0/os/../0",
		"ostree=/ostree/boot.0/os/abc/x", "ostree=/ostree/boot.0/a/b/c/0", "xostree=/ostree/boot.0/os/abc/0"} {
		_, err := parseBootlink(&bls.Entry{Options: bad})
		require.Error(t, err, bad)
	}
}

func TestOSRelease(t *testing.T) {
	values := parseOSRelease("# comment\nNAME=Fedora\nPRETTY_NAME=\"A \\\"B\\\" $1 OS\"\nID='x y'\n\nnonsense\nV=a\\ b\n")
	require.Equal(t, map[string]string{"NAME": "Fedora", "PRETTY_NAME": `A "B" $1 OS`, "ID": "x y", "V": "a b"}, values)
	require.Equal(t, "OS 1.0 (ostree:0)", entryTitle("OS", "1.0", "r", false, 0))
	require.Equal(t, "OS 1.0 (ostree:r:2)", entryTitle("OS 1.0", "1.0", "r", true, 2))
	require.Equal(t, "a b (ostree:0)", entryTitle("a\nb", "", "r", false, 0))
}

func treeDir(t *testing.T, files map[string]string) *dirfd.Dir {
	t.Helper()
	dir := t.TempDir()
	for p, text := range files {
		full := filepath.Join(dir, p)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		if to, ok := strings.CutPrefix(text, "-> "); ok {
			require.NoError(t, os.Symlink(to, full))
		} else {
			require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
		}
	}
	d, err := dirfd.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

func TestOSNameFollowsLinksInsideTheTree(t *testing.T) {
	name, err := osName(treeDir(t, map[string]string{
		"usr/lib/os-release": "-> os.release.d/real", "usr/lib/os.release.d/real": "-> /usr/share/r", "usr/share/r": "ID=linked\n"}))
	require.NoError(t, err)
	require.Equal(t, "linked", name)
	_, err = osName(treeDir(t, map[string]string{"usr/lib/os-release": "-> os-release"}))
	require.Error(t, err)
	_, err = osName(treeDir(t, map[string]string{"usr/lib/os-release": "-> ../../../../../../../etc/hostname"}))
	require.ErrorIs(t, err, fs.ErrNotExist, "not the host's file")
}

func sum(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(h[:])
}

func TestKernelLookup(t *testing.T) {
	m := "usr/lib/modules/6.1/"
	old := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		files map[string]string
		csum  string
		names map[string]string
		err   string
	}{
		"kernel and initramfs": {map[string]string{m + "vmlinuz": "K", m + "initramfs.img": "I"}, sum("K", "I"),
			map[string]string{"vmlinuz": "vmlinuz-6.1", "initramfs.img": "initramfs-6.1.img"}, ""},
		"initramfs without suffix": {map[string]string{m + "vmlinuz": "K", m + "initramfs": "I"}, sum("K", "I"),
			map[string]string{"vmlinuz": "vmlinuz-6.1", "initramfs": "initramfs-6.1.img"}, ""},
		"device tree before directory": {map[string]string{m + "vmlinuz": "K", m + "devicetree": "D", m + "dtb/a": "A"}, sum("K", "D"),
			map[string]string{"vmlinuz": "vmlinuz-6.1", "devicetree": "devicetree-6.1"}, ""},
		"device trees in name order": {map[string]string{m + "vmlinuz": "K", m + "dtb/b": "B", m + "dtb/a/z": "Z", m + "dtb/a/c": "C"}, sum("K", "C", "Z", "B"),
			map[string]string{"vmlinuz": "vmlinuz-6.1", "dtb": "dtb"}, ""},
		"legacy wins with its initramfs": {map[string]string{m + "vmlinuz": "K", "usr/lib/ostree-boot/vmlinuz-5-" + old: "k", "usr/lib/ostree-boot/initramfs-5-" + old: "i"}, old,
			map[string]string{"vmlinuz-5-" + old: "vmlinuz-5", "initramfs-5-" + old: "initramfs-5"}, ""},
		"legacy in boot": {map[string]string{"boot/vmlinuz-5-" + old: "k"}, old, map[string]string{"vmlinuz-5-" + old: "vmlinuz-5"}, ""},
		"legacy of two checksums": {map[string]string{"boot/vmlinuz-5-" + old: "k", "boot/initramfs-5-" + strings.Repeat("cd", 32): "i"}, "", nil,
			"different checksums"},
		"two kernels":   {map[string]string{m + "vmlinuz": "K", "usr/lib/modules/6.2/vmlinuz": "L"}, "", nil, "two kernels in /usr/lib/modules: 6.1 and 6.2"},
		"modules only":  {map[string]string{m + "vmlinuz": "K", "usr/lib/modules/6.2/x.ko": "L"}, sum("K"), map[string]string{"vmlinuz": "vmlinuz-6.1"}, ""},
		"a link is not": {map[string]string{m + "vmlinuz": "-> /boot/vmlinuz"}, "", nil, "Failed to find kernel"},
		"nothing":       {map[string]string{"usr/bin/x": "x"}, "", nil, "Failed to find kernel"},
	} {
		d := treeDir(t, c.files)
		k, err := findKernel(d, false)
		if c.err != "" {
			require.ErrorContains(t, err, c.err, name)
			continue
		}
		require.NoError(t, err, name)
		got, err := k.bootCsum(t.Context(), d)
		require.NoError(t, err, name)
		require.Equal(t, c.csum, got, name)
		require.Equal(t, c.names, k.installedNames(), name)
	}
	d := treeDir(t, map[string]string{m + "vmlinuz": "K", m + "devicetree": "D"})
	k, err := findKernel(d, true)
	require.NoError(t, err)
	got, err := k.bootCsum(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, sum("K"), got, "device trees ignored")
}

func TestOrigin(t *testing.T) {
	o, err := ParseOrigin([]byte("# c\n[origin]\nrefspec=r:os/x\noverride-commit=abc\nunconfigured-state=Use \"subscribe\"\n[packages]\nrequested=vim;git;\n[libostree-transient]\npinned=true\n"))
	require.NoError(t, err)
	require.True(t, o.pinned())
	require.Equal(t, []string{"vim", "git"}, o.List("packages", "requested"))
	err = o.CheckConfigured()
	require.ErrorIs(t, err, ErrUnconfigured)
	require.ErrorContains(t, err, `Use "subscribe"`)
	c := o.Clone()
	c.StripTransient()
	require.False(t, c.pinned())
	require.Empty(t, c.OverrideCommit())
	require.Equal(t, "abc", o.OverrideCommit(), "the original is untouched")
	c.SetList("packages", "requested", nil)
	require.True(t, c.Unset("origin", "unconfigured-state"))
	require.Equal(t, "# c\n[origin]\nrefspec=r:os/x\n", string(c.Bytes()))
	_, err = ParseOrigin([]byte("x=1\n"))
	require.ErrorContains(t, err, "line 1")
	require.Empty(t, (*Origin)(nil).Clone().Groups())
}

func TestOptionsFromEnvironment(t *testing.T) {
	env := map[string]string{"OSTREE_SYSROOT_DEBUG": "mutable-deployments,no-dtb,unknown", "OSTREE_SYSROOT_OPTS": "skip-sync bootloader-naming-1", "OSTREE_GRUB2_EXEC": "/gen", "OSTREE_BOOTID": "b"}
	var o Options
	o.FromEnvironment(func(k string) string { return env[k] })
	require.True(t, o.MutableDeployments && o.NoDeviceTree && o.NoSync && o.LegacyEntryNames && o.GrubExec == "/gen" && o.BootID == "b")
}
