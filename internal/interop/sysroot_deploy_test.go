package interop

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// sysrootPair is two roots with the same commits: the real command works on
// one, this module on the other.
type sysrootPair struct {
	real, ours string
	source     string // repository of all commits
}

func needSysrootTools(t *testing.T) {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	t.Setenv("OSTREE_SYSROOT_DEBUG", "mutable-deployments")
}

func newSysrootPair(t *testing.T) *sysrootPair {
	t.Helper()
	needSysrootTools(t)
	dir := sysroottest.TempDir(t)
	p := &sysrootPair{filepath.Join(dir, "real"), filepath.Join(dir, "ours"), filepath.Join(dir, "source")}
	testenv.Run(t, dir, "ostree", "--repo="+p.source, "init", "--mode=bare")
	require.NoError(t, os.Mkdir(p.real, 0o755))
	testenv.Run(t, dir, "ostree", "admin", "init-fs", p.real)
	testenv.Run(t, dir, "ostree", "admin", "--sysroot="+p.real, "os-init", sysroottest.Stateroot)
	sysroottest.Init(t, p.ours, ostree.ModeBare)
	return p
}

// commit makes a commit with the real command and gives it to both roots.
func (p *sysrootPair) commit(t *testing.T, version string, tree sysroottest.Tree) ostree.Checksum {
	t.Helper()
	dir := t.TempDir()
	tree.WriteDir(t, dir)
	out := testenv.Run(t, dir, "ostree", "--repo="+p.source, "commit", "-b", "test/main", "--tree=dir="+dir,
		"--add-metadata-string=version="+version, "--timestamp=@1700000000")
	for _, root := range []string{p.real, p.ours} {
		testenv.Run(t, dir, "ostree", "--repo="+root+"/ostree/repo", "pull-local", p.source, "test/main")
	}
	sum, err := ostree.ParseChecksum(strings.TrimSpace(out))
	require.NoError(t, err)
	return sum
}

// realOptions name entries as the installed command does.
func realOptions(dir string) *sysroot.Options {
	o := sysroottest.Options(dir)
	o.LegacyEntryNames = true
	return o
}

func openOurs(t *testing.T, dir string) *sysroot.Sysroot {
	t.Helper()
	s, err := sysroot.Open(t.Context(), dir, realOptions(dir))
	require.NoError(t, err)
	return s
}

func (p *sysrootPair) admin(t *testing.T, args ...string) string {
	t.Helper()
	return testenv.Run(t, "", append([]string{"ostree", "admin", "--sysroot=" + p.real}, args...)...)
}

func (p *sysrootPair) us(t *testing.T, fn func(s *sysroot.Sysroot) error) {
	t.Helper()
	s := openOurs(t, p.ours)
	defer s.Close()
	require.NoError(t, fn(s))
}

// sysrootSnapshot lists a root without the repository's objects: type,
// permissions, link target, content or object identity, refs. What only newer
// or only older versions of libostree make is left out.
func sysrootSnapshot(t *testing.T, root string) []string {
	t.Helper()
	objects := objectInodes(t, root)
	out := listTree(t, root, func(rel string) bool {
		return rel == "ostree/repo" || strings.HasSuffix(rel, "/backing") || strings.HasSuffix(rel, "/.ostree-selabeled")
	}, func(ino uint64) string { return objects[ino] })
	refs := testenv.Run(t, "", "ostree", "--repo="+root+"/ostree/repo", "refs")
	for _, ref := range strings.Fields(refs) {
		out = append(out, "ref "+ref+" "+testenv.Run(t, "", "ostree", "--repo="+root+"/ostree/repo", "rev-parse", ref))
	}
	slices.Sort(out)
	return out
}

// sysrootSnapshotBelow lists a directory of it.
func sysrootSnapshotBelow(t *testing.T, dir string) []string {
	t.Helper()
	return listTree(t, dir, func(string) bool { return false }, func(uint64) string { return "" })
}

func listTree(t *testing.T, root string, skip func(rel string) bool, object func(ino uint64) string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		rel, _ := filepath.Rel(root, p)
		if skip(rel) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if rel == "." {
			return nil
		}
		var st unix.Stat_t
		require.NoError(t, unix.Lstat(p, &st))
		line := fmt.Sprintf("%s %o %d:%d", rel, st.Mode, st.Uid, st.Gid)
		if obj := object(st.Ino); obj != "" {
			line += " object " + obj
		} else if e.Type().IsRegular() {
			b, err := os.ReadFile(p)
			require.NoError(t, err)
			// Unpinning leaves an empty group in the one, nothing in the other.
			line += " " + strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(b)), "[libostree-transient]"))
		} else if e.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(p)
			require.NoError(t, err)
			line += " -> " + to
		}
		out = append(out, line)
		return nil
	}))
	return out
}

// objectInodes maps inodes to objects, to see which files are hard links.
func objectInodes(t *testing.T, root string) map[uint64]string {
	t.Helper()
	out := map[uint64]string{}
	objects := filepath.Join(root, "ostree/repo/objects")
	require.NoError(t, filepath.WalkDir(objects, func(p string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		if strings.HasSuffix(p, ".file") {
			var st unix.Stat_t
			require.NoError(t, unix.Lstat(p, &st))
			rel, _ := filepath.Rel(objects, p)
			out[st.Ino] = rel
		}
		return nil
	}))
	return out
}

func (p *sysrootPair) same(t *testing.T, step string) {
	t.Helper()
	require.Empty(t, cmp.Diff(sysrootSnapshot(t, p.real), sysrootSnapshot(t, p.ours)), "after %s", step)
	testenv.Run(t, "", "ostree", "--repo="+p.ours+"/ostree/repo", "fsck", "-q")
}

// The same sequence of operations gives the same files, byte by byte.
func TestSysrootSameSequence(t *testing.T) {
	p := newSysrootPair(t)
	tree := func(v, k string) sysroottest.Tree { return sysroottest.OS(v, k) }
	deploy := func(c ostree.Checksum, change func(r *sysroot.DeployRequest)) {
		p.us(t, func(s *sysroot.Sysroot) error {
			r := sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: c, Origin: sysroot.NewOrigin("test/main")}
			if change != nil {
				change(&r)
			}
			_, err := s.Deploy(t.Context(), r, nil)
			return err
		})
	}
	etc := func(change func(etc string) error) {
		for _, root := range []string{p.real, p.ours} {
			s := openOurs(t, root)
			require.NoError(t, change(filepath.Join(s.Deployments()[0].Path(s), "etc")))
			require.NoError(t, s.Close())
		}
	}

	c := p.commit(t, "1", tree("1", "6.1"))
	p.admin(t, "deploy", "--os=testos", "--karg=root=LABEL=r", "--karg=quiet", "test/main")
	deploy(c, func(r *sysroot.DeployRequest) { r.KernelArgs = kargs.New("root=LABEL=r", "quiet") })
	p.same(t, "first deployment")

	etc(func(etc string) error { return os.WriteFile(filepath.Join(etc, "keep.conf"), []byte("mine\n"), 0o600) })
	c = p.commit(t, "2", tree("2", "6.2"))
	p.admin(t, "deploy", "--os=testos", "test/main")
	deploy(c, nil)
	p.same(t, "upgrade with a new kernel")

	c = p.commit(t, "2", tree("2", "6.2").With(sysroottest.Tree{"usr/bin/tool": "rebuilt"}))
	p.admin(t, "deploy", "--os=testos", "--retain", "test/main")
	deploy(c, func(r *sysroot.DeployRequest) { r.Retain = true })
	p.same(t, "retaining upgrade with the same kernel")

	c = p.commit(t, "2", tree("2", "6.2").With(sysroottest.Tree{"usr/bin/tool": "rebuilt again", "usr/share/new": "n"}))
	p.admin(t, "deploy", "--os=testos", "test/main")
	deploy(c, nil)
	p.same(t, "displacing upgrade")

	c = p.commit(t, "3", tree("3", "6.3"))
	p.admin(t, "deploy", "--os=testos", "--not-as-default", "--retain", "test/main")
	deploy(c, func(r *sysroot.DeployRequest) { r.NotDefault, r.Retain = true, true })
	p.same(t, "upgrade that is not the default")

	p.admin(t, "pin", "1")
	p.us(t, func(s *sysroot.Sysroot) error { return s.Pin(t.Context(), 1, true) })
	p.same(t, "pin")
	p.admin(t, "pin", "-u", "1")
	p.us(t, func(s *sysroot.Sysroot) error { return s.Pin(t.Context(), 1, false) })
	p.same(t, "unpin")

	p.admin(t, "undeploy", "1")
	p.us(t, func(s *sysroot.Sysroot) error { return s.Undeploy(t.Context(), 1) })
	p.same(t, "undeploy")

	p.admin(t, "instutil", "set-kargs", "--append=new=1")
	p.us(t, func(s *sysroot.Sysroot) error { return s.SetKernelArgs(t.Context(), 0, kargs.New("new=1")) })
	p.same(t, "set-kargs")

	// A tree without initramfs is started by its own prepare-root, and a
	// device tree is part of the boot checksum.
	c = p.commit(t, "4", tree("4", "6.4").With(sysroottest.Tree{"usr/lib/modules/6.4/initramfs.img": "", "usr/lib/modules/6.4/dtb/b/x.dtb": "x",
		"usr/lib/modules/6.4/dtb/a.dtb": "a", "usr/lib/modules/6.4/.vmlinuz.hmac": "h"}))
	p.admin(t, "deploy", "--os=testos", "test/main")
	deploy(c, nil)
	p.same(t, "kernel without initramfs, with device trees")

	c = p.commit(t, "5", tree("5", "6.5").With(sysroottest.Tree{"usr/lib/modules/6.5/devicetree": "x"}))
	p.admin(t, "deploy", "--os=testos", "--no-merge", "--karg=a", "test/main")
	deploy(c, func(r *sysroot.DeployRequest) { r.NoMerge, r.KernelArgs = true, kargs.New("a") })
	p.same(t, "deployment without merge")

	p.admin(t, "cleanup")
	p.us(t, func(s *sysroot.Sysroot) error { return s.Cleanup(t.Context(), nil) })
	p.same(t, "cleanup")
}

// The older kernel layout, whose file names carry the checksum.
func TestSysrootLegacyKernel(t *testing.T) {
	p := newSysrootPair(t)
	sum := strings.Repeat("ab", 32)
	tree := sysroottest.OS("1", "6.1").With(sysroottest.Tree{
		"usr/lib/modules/6.1/vmlinuz": "", "usr/lib/modules/6.1/initramfs.img": "",
		"usr/lib/ostree-boot/vmlinuz-6.1-" + sum: "k", "usr/lib/ostree-boot/initramfs-6.1.img-" + sum: "i",
	})
	c := p.commit(t, "1", tree)
	p.admin(t, "deploy", "--os=testos", "test/main")
	p.us(t, func(s *sysroot.Sysroot) error {
		_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: "testos", Commit: c, Origin: sysroot.NewOrigin("test/main")}, nil)
		return err
	})
	p.same(t, "deployment with the legacy layout")
}

// statusLine matches a deployment in the output of `ostree admin status`.
var statusLine = regexp.MustCompile(`(?m)^[* ] (\S+) ([0-9a-f]{64}\.[0-9]+)`)

// Both work on one root in turn, and see the same deployments after each step.
func TestSysrootTakingTurns(t *testing.T) {
	p := newSysrootPair(t)
	root := p.ours
	p.real = root
	agree := func(step string) {
		t.Helper()
		s := openOurs(t, root)
		defer s.Close()
		require.Empty(t, s.Problems(), step)
		var ours []string
		for _, d := range s.Deployments() {
			ours = append(ours, d.Stateroot+" "+d.Name())
		}
		var theirs []string
		for _, m := range statusLine.FindAllStringSubmatch(p.admin(t, "status"), -1) {
			theirs = append(theirs, m[1]+" "+m[2])
		}
		require.Equal(t, theirs, ours, step)
		checks, err := s.Verify(t.Context())
		require.NoError(t, err, step)
		require.Len(t, checks, len(ours), step)
		testenv.Run(t, "", "ostree", "--repo="+root+"/ostree/repo", "fsck", "-q")
	}
	ourDeploy := func(c ostree.Checksum) {
		p.us(t, func(s *sysroot.Sysroot) error {
			_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: "testos", Commit: c}, nil)
			return err
		})
	}
	for i := range 6 {
		v := fmt.Sprint(i)
		c := p.commit(t, v, sysroottest.OS(v, "6."+fmt.Sprint(i/2)))
		if i%2 == 0 {
			p.admin(t, "deploy", "--os=testos", "test/main")
		} else {
			ourDeploy(c)
		}
		agree("deploy " + v)
		s := openOurs(t, root)
		d := s.Deployments()[0]
		if i > 0 { // what was written in the previous round came along
			b, err := os.ReadFile(filepath.Join(d.Path(s), "etc/turn"))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(i-1), string(b))
		}
		require.Equal(t, "test/main", d.Origin.Refspec())
		require.NoError(t, os.WriteFile(filepath.Join(d.Path(s), "etc/turn"), []byte(v), 0o644))
		require.NoError(t, s.Close())
	}
	p.us(t, func(s *sysroot.Sysroot) error { return s.Rollback(t.Context(), "testos") })
	agree("our roll back")
	p.admin(t, "undeploy", "1")
	agree("their undeploy")
	p.us(t, func(s *sysroot.Sysroot) error { return s.InitStateroot(t.Context(), "second") })
	p.admin(t, "deploy", "--os=second", "test/main")
	agree("their deployment in our stateroot")
	p.us(t, func(s *sysroot.Sysroot) error { return s.SetDefault(t.Context(), 1) })
	agree("our set-default among stateroots")
	p.admin(t, "cleanup")
	agree("their cleanup")
}

// The lock of one keeps the other out.
func TestSysrootLockExcludesRealCommand(t *testing.T) {
	testenv.NeedTool(t, "timeout")
	p := newSysrootPair(t)
	p.commit(t, "1", sysroottest.OS("1", "6.1"))
	p.real = p.ours
	s := openOurs(t, p.ours)
	defer s.Close()
	unlock, err := s.Lock(t.Context(), nil)
	require.NoError(t, err)
	testenv.RunErr(t, "", "timeout", "1", "ostree", "admin", "--sysroot="+p.ours, "deploy", "--os=testos", "test/main")
	require.NoError(t, unlock())
	p.admin(t, "deploy", "--os=testos", "test/main")
	_, err = s.Reload(t.Context())
	require.NoError(t, err)
	require.Len(t, s.Deployments(), 1)
}

// With SYSLINUX both write the same configuration, and keep what is not theirs.
func TestSysrootSyslinux(t *testing.T) {
	p := newSysrootPair(t)
	const cfg = "UI menu.c32\nTIMEOUT 100\n\nLABEL rescue\n\tKERNEL /rescue/vmlinuz\n\tAPPEND single\n"
	for _, root := range []string{p.real, p.ours} {
		boot := filepath.Join(root, "boot")
		require.NoError(t, os.MkdirAll(filepath.Join(boot, "loader.0"), 0o755))
		require.NoError(t, os.MkdirAll(filepath.Join(boot, "syslinux"), 0o755))
		require.NoError(t, os.Symlink("loader.0", filepath.Join(boot, "loader")))
		require.NoError(t, os.WriteFile(filepath.Join(boot, "loader.0/syslinux.cfg"), []byte(cfg), 0o644))
		require.NoError(t, os.Symlink("../loader/syslinux.cfg", filepath.Join(boot, "syslinux/syslinux.cfg")))
	}
	for i := range 3 {
		v := fmt.Sprint(i)
		c := p.commit(t, v, sysroottest.OS(v, "6."+v))
		p.admin(t, "deploy", "--os=testos", "test/main")
		p.us(t, func(s *sysroot.Sysroot) error {
			_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: "testos", Commit: c, Origin: sysroot.NewOrigin("test/main")}, nil)
			return err
		})
		p.same(t, "deployment "+v)
	}
	b, err := os.ReadFile(filepath.Join(p.ours, "boot/syslinux/syslinux.cfg"))
	require.NoError(t, err)
	require.Contains(t, string(b), "LABEL rescue")
	require.Contains(t, string(b), "LABEL TestOS 2 (ostree:0)")
}
