package layering

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// session runs fn over a tree made of files and lists the result.
func session(t *testing.T, mode ostree.Mode, files map[string]string, fn func(root string) error) (map[string]string, error) {
	t.Helper()
	testenv.NeedOverlay(t)
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, mode)
	commit := ostreetest.Write(t, repo, "base", files)
	c, err := repo.LoadCommit(ctx, commit)
	require.NoError(t, err)
	tree, err := EditTree(ctx, repo, c.Root(), nil)
	require.NoError(t, err)
	defer func() { tree.Abort() }()
	if err := tree.Session(ctx, func(_ context.Context, root string) error { return fn(root) }); err != nil {
		return nil, err
	}
	out, err := tree.Write(ctx)
	require.NoError(t, err)
	_, err = tree.Commit(ctx)
	require.NoError(t, err)
	again, err := repo.LoadCommit(ctx, commit)
	require.NoError(t, err)
	if diff := cmp.Diff(files, withoutPlainDirs(ostreetest.List(t, repo, commit))); diff != "" && again != nil {
		t.Errorf("the base has changed: %s", diff)
	}
	report, err := repo.Fsck(ctx, nil)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	left, err := filepath.Glob(filepath.Join(repo.Path(), scratchDir, scratchPrefix+"*"))
	require.NoError(t, err)
	require.Empty(t, left, "scratch directories are gone")
	return list(t, repo, out), nil
}

func withoutPlainDirs(all map[string]string) map[string]string {
	for name := range all {
		if name[len(name)-1] == '/' {
			delete(all, name)
		}
	}
	return all
}

func TestSessionTakesChangesBack(t *testing.T) {
	for _, mode := range []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser, ostree.ModeArchive} {
		t.Run(mode.String(), func(t *testing.T) {
			got, err := session(t, mode, map[string]string{
				"usr/bin/tool mode=04755 uid=7 gid=8": "tool", "usr/lib/a/x": "x", "usr/lib/a/y": "y", "usr/lib/b/deep/z": "z", "usr/lib/c": "file",
				"usr/etc/conf": "old", "usr/etc/gone": "gone", "usr/share/keep": "same", "usr/lib/link -> a": "",
			}, func(root string) error {
				at := func(name string) string { return filepath.Join(root, name) }
				target, err := os.Readlink(at("usr/etc"))
				require.NoError(t, err)
				require.Equal(t, "../etc", target)
				st, err := os.Stat(at("usr/bin/tool"))
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o755)|os.ModeSetuid, st.Mode())
				return errors.Join(
					os.WriteFile(at("etc/conf"), []byte("new"), 0o644), // in place: the repository's file must not change
					os.Remove(at("etc/gone")),
					os.WriteFile(at("usr/lib/new"), []byte("new"), 0o600),
					os.Chown(at("usr/lib/new"), 11, 12),
					os.RemoveAll(at("usr/lib/a")), os.Mkdir(at("usr/lib/a"), 0o755), os.WriteFile(at("usr/lib/a/only"), nil, 0o644), // opaque
					os.RemoveAll(at("usr/lib/b")), os.WriteFile(at("usr/lib/b"), []byte("now a file"), 0o644),
					os.Remove(at("usr/lib/c")), os.Mkdir(at("usr/lib/c"), 0o700), unix.Mkfifo(at("usr/lib/c/fifo"), 0o644),
					os.Remove(at("usr/lib/link")), os.Symlink("b", at("usr/lib/link")),
					unix.Setxattr(at("usr/lib/new"), capsXattr, []byte("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0),
					os.WriteFile(at("var/lib/lost"), nil, 0o644), os.WriteFile(at("lost"), nil, 0o644),
				)
			})
			require.NoError(t, err)
			want := map[string]string{
				"usr/bin/tool mode=04755 uid=7 gid=8": "tool", "usr/lib/a/only": "", "usr/lib/b": "now a file", "usr/lib/c/ mode=0700": "",
				"usr/etc/conf": "new", "usr/share/keep": "same", "usr/lib/link -> b": "",
				"usr/lib/new mode=0600 uid=11 gid=12 security.capability=\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00": "new",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSessionKeepsLabels: a file that a script changes keeps its label, and so
// does every directory above; a new file has none.
func TestSessionKeepsLabels(t *testing.T) {
	const label = " security.selinux=system_u:object_r:usr_t:s0"
	got, err := session(t, ostree.ModeArchive, map[string]string{"usr/x" + label: "x", "usr/dir/" + label: "", "usr/dir/f": "f"}, func(root string) error {
		return errors.Join(
			os.WriteFile(filepath.Join(root, "usr/x"), []byte("y"), 0o644), os.WriteFile(filepath.Join(root, "usr/new"), nil, 0o644),
			os.WriteFile(filepath.Join(root, "usr/dir/f"), []byte("g"), 0o644))
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"usr/x" + label: "y", "usr/new": "", "usr/dir/" + label: "", "usr/dir/f": "g"}, got)
}

// TestSessionFollowsNoLinkOfTheTree: the directories for scripts are made in
// the checkout or not at all.
func TestSessionFollowsNoLinkOfTheTree(t *testing.T) {
	outside := t.TempDir()
	_, err := session(t, ostree.ModeBare, map[string]string{"usr/x": "x", "var -> " + outside: ""}, func(string) error { return nil })
	require.ErrorIs(t, err, unix.ENOTDIR)
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSessionFailureLeavesNothing(t *testing.T) {
	broken := errors.New("broken")
	_, err := session(t, ostree.ModeBare, map[string]string{"usr/x": "x"}, func(string) error { return broken })
	require.ErrorIs(t, err, broken)
	mounts, err := os.ReadFile("/proc/self/mounts")
	require.NoError(t, err)
	require.NotContains(t, string(mounts), scratchDir, "nothing stays mounted in our namespace")
}

// hostPrograms runs scripts with the shell of the host.
type hostPrograms struct{}

func (hostPrograms) Run(ctx context.Context, cmd sandbox.Cmd) error {
	for _, dir := range []string{"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64"} {
		cmd.Binds = append(cmd.Binds, sandbox.Bind{Source: dir, Dest: dir})
	}
	return sandbox.Bwrap(nil).Run(ctx, cmd)
}

func scriptPackages() []*rpmtest.Package {
	return append(basePackages(), &rpmtest.Package{Name: "dirs", Files: []rpmtest.File{{Path: "/usr/lib64", Dir: true}, {Path: "/usr/sbin", Dir: true}, {Path: "/usr/share", Dir: true}}},
		&rpmtest.Package{
			Name: "scripted", NoAutoRequires: true,
			Files: []rpmtest.File{{Path: "/usr/share/scripted", Body: "s", User: "scripted", Group: "scripted"}, {Path: "/usr/lib/trigger/me", Body: "t"}},
			Scripts: rpmpkg.Scripts{
				Pre:       rpmtest.Shell("echo scripted:x:77:77::/:/bin/sh >>/etc/passwd; echo scripted:x:77: >>/etc/group; echo pre $1 >>/usr/share/log"),
				Post:      rpmtest.Shell("echo post $1 $(stat -c %u:%g /usr/share/scripted) >>/usr/share/log"),
				PostTrans: rpmtest.Shell("echo posttrans $1 >>/usr/share/log; echo state >/var/lib/rpm-state/x; systemctl daemon-reload"),
				PreUn:     rpmtest.Shell("exit 1"),
			},
		})
}

func TestAssembleRunsScripts(t *testing.T) {
	testenv.NeedTool(t, "bwrap")
	testenv.NeedOverlay(t)
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	added := store(t, repo, importer.Options{}, scriptPackages()...)
	tree, res, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: added}, &AssembleOptions{Sandbox: hostPrograms{}})
	require.NoError(t, err)
	require.Equal(t, 3, res.Scripts)
	got := list(t, repo, tree)
	require.Equal(t, "pre 1\npost 1 77:77\nposttrans 1\n", got["usr/share/log"])
	require.Contains(t, got, "usr/share/scripted uid=77 gid=77")
	require.Contains(t, got, "usr/bin/app mode=02755 gid=321", "owners of other packages too, with the setgid bit")
	require.Contains(t, got["usr/etc/passwd"], "scripted:x:77:77")
}

// TestScriptCannotRedirectOwners: what runs as root outside of the sandbox
// follows no link that a script has made.
func TestScriptCannotRedirectOwners(t *testing.T) {
	testenv.NeedRoot(t)
	outside := t.TempDir()
	victim := filepath.Join(outside, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("secret:x:1:1::/:/bin/sh\n"), 0o600))
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "usr/share"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc"), 0o755))
	require.NoError(t, os.Symlink(outside, filepath.Join(root, "usr/share/pkg")))
	require.NoError(t, os.Symlink(victim, filepath.Join(root, "etc/passwd")))

	require.NoError(t, applyOwnersOnDisk(root, []ownerFix{
		{path: "usr/share/pkg", uid: 77, gid: 77, mode: 0o777, isDir: true},
		{path: "usr/share/pkg/victim", uid: 77, gid: 77, mode: 0o666},
	}))
	var st unix.Stat_t
	require.NoError(t, unix.Lstat(victim, &st))
	require.Equal(t, []uint32{0, 0, 0o600}, []uint32{st.Uid, st.Gid, st.Mode & 0o7777}, "owner, group and mode outside")

	_, err := readUsersOnDisk(root)
	require.ErrorIs(t, err, unix.ELOOP)
}

func TestAssembleScriptFailure(t *testing.T) {
	testenv.NeedTool(t, "bwrap")
	testenv.NeedOverlay(t)
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	added := store(t, repo, importer.Options{}, append(scriptPackages(), &rpmtest.Package{
		Name: "broken", NoAutoRequires: true, Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("echo it hurts >&2; exit 3")},
	})...)
	_, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: added}, &AssembleOptions{Sandbox: hostPrograms{}})
	require.EqualError(t, err, "Running %post for broken: bwrap(/bin/sh): Child process exited with code 3; last output: it hurts")
}

func TestPostprocessScripts(t *testing.T) {
	testenv.NeedTool(t, "bwrap")
	testenv.NeedOverlay(t)
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	added := store(t, repo, importer.Options{}, scriptPackages()...)
	base, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: added}, &AssembleOptions{Sandbox: hostPrograms{}})
	require.NoError(t, err)
	tree, err := EditTree(ctx, repo, base, nil)
	require.NoError(t, err)
	defer func() { tree.Abort() }()
	_, err = Postprocess(ctx, tree, &PostprocessOptions{
		Sandbox: hostPrograms{},
		Scripts: [][]byte{[]byte("#!/bin/bash\nset -e\necho one >/usr/share/one; rm /etc/app.conf\n"), []byte("echo two >/etc/two\n")},
	})
	require.NoError(t, err)
	out, err := tree.Write(ctx)
	require.NoError(t, err)
	_, err = tree.Commit(ctx)
	require.NoError(t, err)
	got := list(t, repo, out)
	require.Equal(t, "one\n", got["usr/share/one"])
	require.Equal(t, "two\n", got["usr/etc/two"])
	require.NotContains(t, got, "usr/etc/app.conf")
}

// fakePrograms stands in for depmod and dracut.
type fakePrograms struct{ ran [][]string }

func (f *fakePrograms) Run(_ context.Context, cmd sandbox.Cmd) error {
	f.ran = append(f.ran, cmd.Argv)
	if cmd.Argv[0] == "/bin/sh" {
		return os.WriteFile(filepath.Join(cmd.Root, cmd.Argv[len(cmd.Argv)-2]), []byte("made"), 0o600)
	}
	return os.WriteFile(filepath.Join(cmd.Root, "usr/lib/modules/6.1/modules.dep"), []byte("deps"), 0o644)
}

func TestCompleteKernel(t *testing.T) {
	testenv.NeedOverlay(t)
	ctx := t.Context()
	files := map[string]string{
		"usr/lib/modules/6.1/vmlinuz": "kernel", "usr/sbin/depmod": "", "usr/bin/dracut": "", "usr/bin/getopt": "",
		"usr/lib/dracut/modules.d/98ostree/module-setup.sh": "",
	}
	tree := edit(t, files)
	fake := &fakePrograms{}
	k, err := CompleteKernel(ctx, tree, &KernelOptions{Sandbox: fake, BootLocation: BootNew})
	require.NoError(t, err)
	require.Equal(t, &Kernel{"6.1", "usr/lib/modules/6.1/vmlinuz", "usr/lib/modules/6.1/initramfs.img", BootModules}, k)
	require.Equal(t, []string{"/usr/sbin/depmod", "-a", "6.1"}, fake.ran[0])
	require.Equal(t, []string{"/usr/bin/dracut", "--no-hostonly", "--add", "ostree", "/usr/lib/modules/6.1/initramfs.img", "6.1"}, fake.ran[1][3:])
	require.Equal(t, "deps", read(t, tree, "usr/lib/modules/6.1/modules.dep"))
	require.Equal(t, "made\x00\x00\x00\x00\x1f\x8b", read(t, tree, k.Initramfs)[:10])
	k, err = FindKernel(ctx, tree)
	require.NoError(t, err)
	require.Equal(t, BootNew, k.Location)

	_, err = CompleteKernel(ctx, edit(t, files), nil)
	require.ErrorIs(t, err, sandbox.ErrUnavailable)
	delete(files, "usr/bin/getopt")
	_, err = CompleteKernel(ctx, edit(t, files), &KernelOptions{Sandbox: fake})
	require.ErrorContains(t, err, "dracut needs getopt")
	k, err = CompleteKernel(ctx, edit(t, map[string]string{"usr/x": ""}), nil)
	require.NoError(t, err)
	require.Nil(t, k)
}

func TestScratchIsSwept(t *testing.T) {
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	base := filepath.Join(repo.Path(), scratchDir)
	stale := filepath.Join(base, scratchPrefix+"stale")
	require.NoError(t, os.MkdirAll(filepath.Join(stale, "lower"), 0o700))
	one, err := makeScratch(ctx, repo)
	require.NoError(t, err)
	require.NoDirExists(t, stale)
	two, err := makeScratch(ctx, repo)
	require.NoError(t, err)
	require.DirExists(t, one.dir, "somebody works there")
	require.NoError(t, one.remove())
	require.NoError(t, two.remove())
	require.NoDirExists(t, one.dir)
	require.NoDirExists(t, two.dir)
}
