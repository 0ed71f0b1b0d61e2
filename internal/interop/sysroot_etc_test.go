package interop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// etcCase is one row of the merge table: how the administrator changes /etc,
// and the new defaults.
type etcCase struct {
	name  string
	admin func(t *testing.T, etc string)
	next  sysroottest.Tree // relative to the first version; "" removes
	// fails: both refuse.
	fails bool
	// differs names what only this module carries over; the paths are left out
	// of the comparison.
	differs []string
}

// etcDefaults is the first version's usr/etc beside what every tree has.
var etcDefaults = sysroottest.Tree{
	"usr/etc/a": "default a", "usr/etc/b": "default b", "usr/etc/d/x": "default x", "usr/etc/d/y": "default y",
	"usr/etc/e/deep/z": "default z", "usr/etc/link": "-> a",
}

func etcCases() []etcCase {
	in := func(etc, name string) string { return filepath.Join(etc, name) }
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, etc string) {
			require.NoError(t, os.MkdirAll(filepath.Dir(in(etc, name)), 0o755))
			require.NoError(t, os.WriteFile(in(etc, name), []byte(text), 0o644))
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, etc string) { require.NoError(t, os.RemoveAll(in(etc, name))) }
	}
	both := func(fs ...func(*testing.T, string)) func(*testing.T, string) {
		return func(t *testing.T, etc string) {
			for _, f := range fs {
				f(t, etc)
			}
		}
	}
	symlink := func(name, to string) func(*testing.T, string) {
		return func(t *testing.T, etc string) {
			require.NoError(t, os.RemoveAll(in(etc, name)))
			require.NoError(t, os.Symlink(to, in(etc, name)))
		}
	}
	chmod := func(name string, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, etc string) { require.NoError(t, os.Chmod(in(etc, name), mode)) }
	}
	fifo := func(name string) func(*testing.T, string) {
		return func(t *testing.T, etc string) {
			require.NoError(t, os.RemoveAll(in(etc, name)))
			require.NoError(t, unix.Mkfifo(in(etc, name), 0o644))
		}
	}
	nothing := func(*testing.T, string) {}
	return []etcCase{
		{name: "unmodified, default changed", admin: nothing, next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "unmodified, default removed", admin: nothing, next: sysroottest.Tree{"usr/etc/a": "", "usr/etc/d/x": ""}},
		{name: "unmodified, default added", admin: nothing, next: sysroottest.Tree{"usr/etc/n/n": "n"}},
		{name: "modified, default changed", admin: write("a", "mine"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "modified, default removed", admin: write("d/x", "mine"), next: sysroottest.Tree{"usr/etc/d/x": "", "usr/etc/d/y": ""}},
		{name: "modified mode", admin: chmod("a", 0o600), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "modified owner", admin: func(t *testing.T, etc string) { require.NoError(t, os.Chown(in(etc, "a"), 3, 4)) },
			next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "modified to the new default", admin: write("a", "new a"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "only time changed", admin: func(t *testing.T, etc string) {
			require.NoError(t, os.Chtimes(in(etc, "a"), time.Unix(1, 0), time.Unix(1, 0)))
		}, next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "only xattr changed", admin: func(t *testing.T, etc string) {
			require.NoError(t, unix.Setxattr(in(etc, "a"), "user.x", []byte("1"), 0))
		}, next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "deleted file, default changed", admin: remove("a"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "deleted dir, default changed", admin: remove("d"), next: sysroottest.Tree{"usr/etc/d/x": "new x", "usr/etc/d/n": "n"}},
		{name: "deleted, default removed", admin: remove("e"), next: sysroottest.Tree{"usr/etc/e/deep/z": ""}},
		{name: "added file over new default file", admin: write("n", "mine"), next: sysroottest.Tree{"usr/etc/n": "default n"}},
		{name: "added dir over new default file", admin: write("n/f", "mine"), next: sysroottest.Tree{"usr/etc/n": "default n"}},
		{name: "added dir beside new default dir", admin: write("n/f", "mine"), next: sysroottest.Tree{"usr/etc/n/g": "default g"}},
		{name: "added file over new default dir", admin: write("n", "mine"), next: sysroottest.Tree{"usr/etc/n/g": "default g"}, fails: true},
		{name: "modified file over new default dir", admin: write("a", "mine"),
			next: sysroottest.Tree{"usr/etc/a": "", "usr/etc/a/g": "default g"}, fails: true},
		{name: "default dir replaced by a link", admin: symlink("d", "e"), next: sysroottest.Tree{"usr/etc/b": "new b"}, fails: true},
		{name: "chmod of a dir that stays", admin: chmod("d", 0o700), next: sysroottest.Tree{"usr/etc/d/x": "new x"}, differs: []string{"d"}},
		{name: "chmod of a dir that goes, with a modified file", admin: both(write("d/x", "mine"), chmod("d", 0o700)),
			next: sysroottest.Tree{"usr/etc/d/x": "", "usr/etc/d/y": ""}},
		{name: "chmod of a dir that goes", admin: chmod("d", 0o700), next: sysroottest.Tree{"usr/etc/d/x": "", "usr/etc/d/y": ""}},
		{name: "file to link", admin: symlink("a", "b"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "link to file", admin: both(remove("link"), write("link", "mine")), next: sysroottest.Tree{"usr/etc/link": "-> b"}},
		{name: "link retargeted", admin: symlink("link", "c"), next: sysroottest.Tree{"usr/etc/link": "-> b"}},
		{name: "file to dir", admin: both(remove("a"), write("a/f", "mine")), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "file to fifo", admin: fifo("a"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "added fifo", admin: fifo("n"), next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "added empty dir and tree", admin: func(t *testing.T, etc string) {
			require.NoError(t, os.MkdirAll(in(etc, "n/o/p"), 0o755))
			require.NoError(t, os.Mkdir(in(etc, "empty"), 0o711))
			require.NoError(t, os.Chown(in(etc, "n/o"), 5, 6))
			require.NoError(t, os.Chmod(in(etc, "n/o"), 0o2750))
			require.NoError(t, os.WriteFile(in(etc, "n/o/p/f"), []byte("f"), 0o4711))
			require.NoError(t, os.Link(in(etc, "n/o/p/f"), in(etc, "n/o/p/hard")))
		}, next: sysroottest.Tree{"usr/etc/a": "new a"}},
		{name: "update stamp", admin: write(".updated", ""), next: sysroottest.Tree{"usr/etc/a": "new a"}},
	}
}

// etcList lists /etc with permissions, owners, content and attributes.
func etcList(t *testing.T, etc string, skip []string) []string {
	t.Helper()
	lines := sysrootSnapshotBelow(t, etc)
	return slices.DeleteFunc(lines, func(l string) bool {
		name, _, _ := strings.Cut(l, " ")
		return slices.Contains(skip, name)
	})
}

func TestSysrootEtcMergeTable(t *testing.T) {
	needSysrootTools(t)
	base := sysroottest.OS("1", "6.1").With(etcDefaults)
	// One real root is the template: both start from its copy.
	template := filepath.Join(sysroottest.TempDir(t), "root")
	require.NoError(t, os.Mkdir(template, 0o755))
	testenv.Run(t, "", "ostree", "admin", "init-fs", template)
	testenv.Run(t, "", "ostree", "admin", "--sysroot="+template, "os-init", "testos")
	commitReal(t, template, "1", base)
	testenv.Run(t, "", "ostree", "admin", "--sysroot="+template, "deploy", "--os=testos", "test/main")

	for _, c := range etcCases() {
		t.Run(c.name, func(t *testing.T) {
			dir := sysroottest.TempDir(t)
			real, ours := filepath.Join(dir, "real"), filepath.Join(dir, "ours")
			testenv.Run(t, "", "cp", "-a", template, real)
			s := openOurs(t, real)
			c.admin(t, filepath.Join(s.Deployments()[0].Path(s), "etc"))
			require.NoError(t, s.Close())
			sum := commitReal(t, real, "2", base.With(sysroottest.Tree{"usr/share/v": "2"}).With(c.next))
			testenv.Run(t, "", "cp", "-a", real, ours)

			o := openOurs(t, ours)
			defer o.Close()
			d, err := o.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: "testos", Commit: sum}, nil)
			if c.fails {
				testenv.RunErr(t, "", "ostree", "admin", "--sysroot="+real, "deploy", "--os=testos", "test/main")
				require.ErrorContains(t, err, "Modified config file newly defaults to directory")
				return
			}
			require.NoError(t, err)
			testenv.Run(t, "", "ostree", "admin", "--sysroot="+real, "deploy", "--os=testos", "test/main")
			theirs := strings.Replace(d.Path(o), ours, real, 1)
			require.Empty(t, cmp.Diff(etcList(t, theirs+"/etc", c.differs), etcList(t, d.Path(o)+"/etc", c.differs)))
			if c.differs == nil {
				require.Empty(t, cmp.Diff(configDiff(t, real), configDiff(t, ours)))
			}
			for _, rel := range c.differs {
				st, err := os.Stat(filepath.Join(d.Path(o), "etc", rel))
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o700), st.Mode().Perm(), "carried over")
			}
		})
	}
}

// configDiff is what the real command says the administrator has changed in
// the newest deployment.
func configDiff(t *testing.T, root string) []string {
	t.Helper()
	out := testenv.Run(t, "", "ostree", "admin", "--sysroot="+root, "config-diff", "--os=testos")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(lines)
	return lines
}

// Our list of changes is the one of `ostree admin config-diff`.
func TestSysrootConfigDiff(t *testing.T) {
	p := newSysrootPair(t)
	p.real = p.ours
	c := p.commit(t, "1", sysroottest.OS("1", "6.1").With(etcDefaults))
	p.us(t, func(s *sysroot.Sysroot) error {
		d, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: "testos", Commit: c}, nil)
		require.NoError(t, err)
		etc := filepath.Join(d.Path(s), "etc")
		require.NoError(t, os.WriteFile(filepath.Join(etc, "a"), []byte("mine"), 0o644))
		require.NoError(t, os.Chmod(filepath.Join(etc, "b"), 0o600))
		require.NoError(t, os.Chmod(filepath.Join(etc, "d"), 0o700))
		require.NoError(t, os.RemoveAll(filepath.Join(etc, "e")))
		require.NoError(t, os.MkdirAll(filepath.Join(etc, "n/o"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(etc, "n/o/f"), []byte("f"), 0o644))
		require.NoError(t, os.Symlink("x", filepath.Join(etc, "n/l")))
		changes, err := s.ConfigDiff(t.Context(), d)
		require.NoError(t, err)
		var ours []string
		for _, x := range changes {
			ours = append(ours, x.String())
		}
		slices.Sort(ours)
		require.Equal(t, configDiff(t, p.ours), ours)
		return nil
	})
}

func commitReal(t *testing.T, root, version string, tree sysroottest.Tree) ostree.Checksum {
	t.Helper()
	dir := t.TempDir()
	tree.WriteDir(t, dir)
	out := testenv.Run(t, dir, "ostree", "--repo="+root+"/ostree/repo", "commit", "-b", "test/main", "--tree=dir="+dir,
		"--add-metadata-string=version="+version, "--timestamp=@1700000000")
	sum, err := ostree.ParseChecksum(strings.TrimSpace(out))
	require.NoError(t, err)
	return sum
}
