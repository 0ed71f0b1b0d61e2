package layering

import (
	"fmt"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

func TestTreeEdits(t *testing.T) {
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	tree, err := EditTree(ctx, repo, ostree.Tree{}, nil)
	require.NoError(t, err)
	defer tree.Abort()
	require.NoError(t, tree.WriteFile(ctx, "/usr/bin/a", []byte("a"), 0o755))
	require.NoError(t, tree.WriteFile(ctx, "usr/bin/a", []byte("aa"), 0o755))
	require.NoError(t, tree.Symlink(ctx, "a", "usr/bin/b"))
	require.NoError(t, tree.Mkdir(ctx, "usr/lib/d", 0o700))
	require.NoError(t, tree.SetAttributes(ctx, "usr/bin/a", 3, 4, 0o4755))
	require.NoError(t, tree.SetAttributes(ctx, "usr/bin/b", 3, 4, 0))
	require.NoError(t, tree.Rewrite(ctx, "usr/bin/a", []byte("new"), 0o600))
	require.NoError(t, tree.Copy(ctx, "usr/bin/a", "usr/lib/d/copy"))
	require.NoError(t, tree.WriteFile(ctx, "x/y/z", nil, 0o644))
	require.NoError(t, tree.Rename(ctx, "x/y", "moved/here"))
	require.NoError(t, tree.Remove(ctx, "x"))
	require.NoError(t, tree.RemoveIfExists(ctx, "nowhere/at/all"))

	data, err := tree.ReadFile(ctx, "usr/bin/a")
	require.NoError(t, err)
	require.Equal(t, "new", string(data))
	var walked []string
	require.NoError(t, tree.Walk(ctx, "usr", func(name string, isDir bool) error {
		walked = append(walked, fmt.Sprintf("%s %t", name, isDir))
		if name == "usr/lib" {
			return fs.SkipDir
		}
		return nil
	}))
	require.Equal(t, []string{"usr/bin true", "usr/bin/a false", "usr/bin/b false", "usr/lib true"}, walked)
	for op, err := range map[string]error{
		"read":   second(tree.ReadFile(ctx, "usr/nothing")),
		"remove": tree.Remove(ctx, "usr/nothing"),
		"chown":  tree.SetAttributes(ctx, "usr/nothing", 0, 0, 0),
		"copy":   tree.Copy(ctx, "usr/nothing", "a"),
		"dir":    second(tree.ReadDir(ctx, "usr/nothing")),
		"below":  second(tree.ReadFile(ctx, "usr/bin/a/below")),
	} {
		require.ErrorIs(t, err, fs.ErrNotExist, op)
	}
	for op, err := range map[string]error{
		"read a directory": second(tree.ReadFile(ctx, "usr")),
		"read a link":      second(tree.ReadFile(ctx, "usr/bin/b")),
		"list a file":      second(tree.ReadDir(ctx, "usr/bin/a")),
		"write to a link":  tree.Rewrite(ctx, "usr/bin/b", nil, 0),
		"readlink a file":  second(tree.Readlink(ctx, "usr/bin/a")),
	} {
		require.Error(t, err, op)
	}
	out, err := tree.Write(ctx)
	require.NoError(t, err)
	_, err = tree.Commit(ctx)
	require.NoError(t, err)
	want := map[string]string{
		"usr/bin/a mode=04755 uid=3 gid=4": "new", "usr/bin/b -> a uid=3 gid=4": "",
		"usr/lib/d/ mode=0700": "", "usr/lib/d/copy mode=04755 uid=3 gid=4": "new", "moved/here/z": "",
	}
	if diff := cmp.Diff(want, list(t, repo, out)); diff != "" {
		t.Error(diff)
	}
}

func second[T any](_ T, err error) error { return err }

func TestDedupeTmpfiles(t *testing.T) {
	ctx := t.Context()
	tree := edit(t, map[string]string{
		"usr/lib/tmpfiles.d/var.conf":                "d /var/lib 0755 - - -\nL+ \"/var/with space\" - - - - x\nd /var/run/old 0755\n",
		"usr/lib/rpm-ostree/tmpfiles.d/a.conf":       "d /var/lib 0755 root root - -\nd /var/lib/a 0755 root root - -\nd /run/old 0755 root root - -\nd \"/var/with space\" 0755 root root - -\n",
		"usr/lib/rpm-ostree/tmpfiles.d/b.conf":       "d /var/lib/a 0700 b b - -\nd /var/lib/b 0755 b b - -\n",
		"usr/lib/tmpfiles.d/rpm-ostree-autovar.conf": "d /var/lib/b 0755 - - -\n",
	})
	for range 2 { // the own result of the first time must not count
		require.NoError(t, DedupeTmpfiles(ctx, tree))
		require.Equal(t, autovarIntro+"d /var/lib/a 0755 root root - -\nd /var/lib/b 0755 b b - -\n", read(t, tree, autovarFile))
	}
	require.NoError(t, tree.Remove(ctx, "usr/lib/rpm-ostree"))
	require.NoError(t, DedupeTmpfiles(ctx, tree))
	ok, err := tree.Exists(ctx, autovarFile)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestFindKernel(t *testing.T) {
	ctx := t.Context()
	for name, tc := range map[string]struct {
		files map[string]string
		want  *Kernel
		err   string
	}{
		"none":    {map[string]string{"usr/x": ""}, nil, ""},
		"modules": {map[string]string{"usr/lib/modules/6.1/vmlinuz": "k"}, &Kernel{"6.1", "usr/lib/modules/6.1/vmlinuz", "", BootModules}, ""},
		"initramfs": {map[string]string{"usr/lib/modules/6.1/vmlinuz": "k", "usr/lib/modules/6.1/initramfs.img": "i"},
			&Kernel{"6.1", "usr/lib/modules/6.1/vmlinuz", "usr/lib/modules/6.1/initramfs.img", BootModules}, ""},
		"boot": {map[string]string{"usr/lib/modules/6.1/modules.dep": "", "usr/lib/ostree-boot/vmlinuz-6.1": "k"}, &Kernel{"6.1", "usr/lib/ostree-boot/vmlinuz-6.1", "", BootNew}, ""},
		"two":  {map[string]string{"usr/lib/modules/6.1/vmlinuz": "k", "usr/lib/modules/6.2/vmlinuz": "k"}, nil, "Multiple kernels (vmlinuz) found in: /usr/lib/modules/6.1/vmlinuz, /usr/lib/modules/6.2/vmlinuz"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := FindKernel(ctx, edit(t, tc.files))
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestPlaceKernel(t *testing.T) {
	ctx := t.Context()
	tree := edit(t, map[string]string{
		"usr/lib/modules/6.1/modules.dep": "", "usr/lib/ostree-boot/vmlinuz-6.1": "kernel", "usr/lib/ostree-boot/initramfs-6.1.img-old": "stale", "usr/lib/ostree-boot/grub/x": "x",
		"usr/lib/modules/6.1/initramfs.img": "initramfs",
	})
	k, err := FindKernel(ctx, tree)
	require.NoError(t, err)
	require.NoError(t, PlaceKernel(ctx, tree, k, BootNew))
	names, err := tree.ReadDir(ctx, ostreeBootDir)
	require.NoError(t, err)
	const sum = "2bc969738d2fe613925042519dbc8fad37fdbdd7ef87fcbaf99ed2c4847ffc92" // printf kernelinitramfs | sha256sum
	require.Equal(t, []string{"grub", "initramfs-6.1.img-" + sum, "vmlinuz-6.1-" + sum}, names)
	require.Equal(t, "kernel", read(t, tree, "usr/lib/modules/6.1/vmlinuz"))
	require.NoError(t, PlaceKernel(ctx, tree, k, BootModules))
	names, err = tree.ReadDir(ctx, ostreeBootDir)
	require.NoError(t, err)
	require.Equal(t, []string{"grub"}, names)
}

func TestCompleteInitramfsOnce(t *testing.T) {
	ctx := t.Context()
	tree := edit(t, map[string]string{"img": "12345"})
	require.NoError(t, completeInitramfs(ctx, tree, "img"))
	once := read(t, tree, "img")
	require.NoError(t, completeInitramfs(ctx, tree, "img"))
	require.Equal(t, once, read(t, tree, "img"))
	require.Equal(t, "12345\x00\x00\x00\x00\x00\x00\x00\x1f\x8b", once[:14])
}

func TestMutateOSRelease(t *testing.T) {
	got := mutateOSRelease([]byte("NAME=X\nVERSION=\"30 (Thirty)\"\nVERSION_ID=30\nPRETTY_NAME=\"X 30\"\nOSTREE_VERSION='old'\n"), "30", "30.7")
	require.Equal(t, "NAME=X\nVERSION=\"30.7 (Thirty)\"\nVERSION_ID=30\nPRETTY_NAME=\"X 30.7\"\nOSTREE_VERSION='30.7'\n", string(got))
}
