// Package sysroottest makes whole physical roots in temporary directories for
// tests: New gives an initialised root with a stateroot, Commit writes a small
// bootable operating system tree into its repository.
//
// As root the repository is bare, as on a real machine; otherwise it is
// bare-user-only, which needs no privilege.
package sysroottest

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/sysroot"
)

// Stateroot is the name of the stateroot that New makes.
const Stateroot = "testos"

// Mode is the repository mode that suits the user who runs the tests.
func Mode() ostree.Mode {
	if os.Geteuid() == 0 {
		return ostree.ModeBare
	}
	return ostree.ModeBareUserOnly
}

// Options are those for tests: nothing is made immutable, nothing is synced,
// and the host's own state in /run and / is not looked at.
func Options(dir string) *sysroot.Options {
	return &sysroot.Options{
		MutableDeployments: true, NoSync: true,
		RunDir: filepath.Join(dir, "no-such-run"), RootDir: filepath.Join(dir, "no-such-root"),
	}
}

// Init makes a root with a stateroot in the directory dir.
func Init(t testing.TB, dir string, mode ostree.Mode) {
	t.Helper()
	ctx := context.Background()
	check(t, sysroot.Init(ctx, dir, &sysroot.InitOptions{RepoMode: mode}))
	s, err := sysroot.Open(ctx, dir, Options(dir))
	check(t, err)
	check(t, s.InitStateroot(ctx, Stateroot))
	check(t, s.Close())
}

// New makes a root in a temporary directory and opens it; both end with the
// test.
func New(t testing.TB) *sysroot.Sysroot {
	t.Helper()
	dir := TempDir(t)
	Init(t, dir, Mode())
	return Open(t, dir)
}

// Open opens the root in dir with Options and closes it with the test.
func Open(t testing.TB, dir string) *sysroot.Sysroot {
	t.Helper()
	s, err := sysroot.Open(context.Background(), dir, Options(dir))
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

// TempDir is t.TempDir for directories that will hold read-only or immutable
// ones.
func TempDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		d, err := dirfd.Open(dir)
		check(t, err)
		defer d.Close()
		ents, err := d.ReadDir(".")
		check(t, err)
		for _, e := range ents {
			check(t, atomicfs.RemoveAll(context.Background(), d, e.Name))
		}
	})
	return dir
}

// Tree is the content of a commit: path -> content, "-> TARGET" for a symbolic
// link, "dir" for an empty directory. Modes are 0644 and 0755.
type Tree map[string]string

// OS returns a minimal bootable tree. The kernel's content depends on kernel
// only, so that versions may share it.
func OS(version, kernel string) Tree {
	return Tree{
		"usr/lib/modules/" + kernel + "/vmlinuz":       "kernel " + kernel,
		"usr/lib/modules/" + kernel + "/initramfs.img": "initramfs " + kernel,
		"usr/lib/os-release":                           "ID=testos\nPRETTY_NAME=\"TestOS\"\nVERSION_ID=" + version + "\n",
		"usr/etc/os.conf":                              "version=" + version + "\n",
		"usr/etc/keep.conf":                            "default\n",
		"usr/bin/tool":                                 "tool " + version,
		"usr/share/doc/readme":                         "the same in all versions",
		"ostree":                                       "-> sysroot/ostree",
		"sysroot":                                      "dir",
		"boot":                                         "dir",
		"var":                                          "dir",
		"proc":                                         "dir",
	}
}

// With returns a copy of t with more entries; an empty content removes one.
func (t Tree) With(more Tree) Tree {
	out := Tree{}
	for k, v := range t {
		out[k] = v
	}
	for k, v := range more {
		if v == "" {
			delete(out, k)
		} else {
			out[k] = v
		}
	}
	return out
}

// WriteDir writes the tree into an existing directory.
func (t Tree) WriteDir(tb testing.TB, dir string) {
	tb.Helper()
	ctx := context.Background()
	d, err := dirfd.Open(dir)
	check(tb, err)
	defer d.Close()
	for p, what := range t {
		check(tb, atomicfs.MkdirAll(ctx, d, path.Dir(p), 0o755))
		switch to, isLink := strings.CutPrefix(what, "-> "); {
		case isLink:
			check(tb, atomicfs.Symlink(ctx, to, d, p))
		case what == "dir":
			check(tb, atomicfs.MkdirAll(ctx, d, p, 0o755))
		default:
			check(tb, atomicfs.WriteFile(ctx, d, p, []byte(what), 0o644, &atomicfs.WriteOptions{NoSync: true}))
		}
	}
}

// Boot makes the deployment look like the running system and returns the root
// directory to open with the options: links take the place of the mounts that
// the initramfs makes. The boot loader is set to "none", since detection does
// not follow such links.
func Boot(tb testing.TB, s *sysroot.Sysroot, d *sysroot.Deployment, runDir string) (root string, o *sysroot.Options) {
	tb.Helper()
	ctx := context.Background()
	cfg := s.Repo().Config()
	cfg.Set("sysroot", "bootloader", "none")
	check(tb, s.Repo().WriteConfig(ctx, cfg))
	root = d.Path(s)
	dir, err := dirfd.Open(root)
	check(tb, err)
	defer dir.Close()
	phys, err := filepath.Abs(s.Path())
	check(tb, err)
	for name, to := range map[string]string{"sysroot": phys, "boot": filepath.Join(phys, "boot")} {
		check(tb, atomicfs.RemoveAll(ctx, dir, name))
		check(tb, atomicfs.Symlink(ctx, to, dir, name))
	}
	run, err := dirfd.Open(runDir)
	check(tb, err)
	defer run.Close()
	check(tb, atomicfs.WriteFile(ctx, run, "ostree-booted", nil, 0o644, &atomicfs.WriteOptions{NoSync: true}))
	o = Options(root)
	o.RootDir, o.RunDir = root, runDir
	return root, o
}

// Commit writes a tree as a commit with a version and points ref at it. Owners
// are root's.
func Commit(tb testing.TB, repo *ostree.Repo, ref, version string, tree Tree) ostree.Checksum {
	tb.Helper()
	ctx := context.Background()
	dir := path.Join(tb.TempDir(), "tree")
	check(tb, os.Mkdir(dir, 0o755))
	tree.WriteDir(tb, dir)
	tx, err := repo.Begin(ctx, &ostree.TxOptions{NoSync: true})
	check(tb, err)
	defer tx.Abort()
	m := ostree.NewMutableTree()
	zero := uint32(0)
	check(tb, tx.ImportDir(ctx, m, dir, &ostree.ImportOptions{
		OwnerUID: &zero, OwnerGID: &zero, NoXattrs: true, CanonicalPermissions: repo.Mode() == ostree.ModeBareUserOnly,
	}))
	root, meta, err := tx.WriteTree(ctx, m)
	check(tb, err)
	md := gvariant.NewDict()
	md.Set(ostree.KeyVersion, gvariant.NewString(version))
	c := &ostree.Commit{Subject: version, Metadata: md, RootTree: root, RootMeta: meta, Timestamp: time.Unix(1_700_000_000, 0)}
	if parent, err := repo.ResolveRev(ctx, ref); err == nil {
		c.Parent = parent
	}
	sum, err := tx.WriteCommit(ctx, c)
	check(tb, err)
	tx.SetRef(ref, sum)
	_, err = tx.Commit(ctx)
	check(tb, err)
	return sum
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
