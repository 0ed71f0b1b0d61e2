package interop

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
)

// composefsTree makes files with all that an image can record.
func composefsTree(t *testing.T, dir string) {
	t.Helper()
	repoTree(t, dir)
	write := func(name, body string) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(body), 0o644))
		return p
	}
	for i := range 600 { // directories of every size around that of a block
		write(fmt.Sprintf("usr/sizes/%03d/%s", i%25, strings.Repeat("n", i/4+1)+fmt.Sprint(i)), "x")
	}
	require.NoError(t, os.Chown(write("usr/owned", "x"), 70000, 80000))
	require.NoError(t, os.Symlink(strings.Repeat("t/", 1900), filepath.Join(dir, "usr/long")))
	require.NoError(t, os.Symlink(strings.Repeat("t/", 2046), filepath.Join(dir, "usr/longest")))
	for _, name := range []string{"usr/labelled1", "usr/labelled2", "usr/labelled3"} {
		p := write(name, name)
		require.NoError(t, unix.Setxattr(p, "security.selinux", []byte("system_u:object_r:usr_t:s0\x00"), 0))
		require.NoError(t, unix.Setxattr(p, "user.own", []byte(name), 0))
	}
	require.NoError(t, unix.Setxattr(filepath.Join(dir, "usr/sizes"), "security.selinux", []byte("system_u:object_r:usr_t:s0\x00"), 0))
	require.NoError(t, unix.Setxattr(write("usr/overlay", "x"), "trusted.overlay.redirect", []byte("/usr/bin/exe"), 0))
	require.NoError(t, unix.Setxattr(filepath.Join(dir, "usr/sizes/003"), "trusted.overlay.opaque", []byte("y"), 0))
}

// mountAt mounts for the duration of the test.
func mountAt(t *testing.T, dir string, args ...string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	testenv.Run(t, "", append(append([]string{"mount"}, args...), dir)...)
	// Lazily: whoever looks at all mounts of the machine just now may have a file of it open.
	t.Cleanup(func() { testenv.Run(t, "", "umount", "-l", dir) })
}

// treeListing has a line for every file: type, mode, owner, attributes, content.
func treeListing(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		line := fmt.Sprintf("%s %o %d:%d %s", strings.TrimPrefix(path, root), st.Mode, st.Uid, st.Gid, fileAttrs(t, path))
		switch {
		case d.Type() == fs.ModeSymlink:
			target, err := os.Readlink(path)
			require.NoError(t, err)
			line += " -> " + target
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Len(t, data, int(st.Size))
			line += fmt.Sprintf(" %.80q", data)
		}
		out = append(out, line)
		return nil
	})
	require.NoError(t, err)
	return out
}

func fileAttrs(t *testing.T, path string) string {
	t.Helper()
	names := make([]byte, 64<<10)
	n, err := unix.Llistxattr(path, names)
	require.NoError(t, err)
	var out []string
	for _, name := range strings.FieldsFunc(string(names[:n]), func(c rune) bool { return c == 0 }) {
		value := make([]byte, 64<<10)
		n, err := unix.Lgetxattr(path, name, value)
		require.NoError(t, err, "%s of %s", name, path)
		out = append(out, fmt.Sprintf("%s=%q", name, value[:n]))
	}
	slices.Sort(out) // every file system has its own order
	return strings.Join(out, ",")
}

// TestComposefsMount has the kernel show an image over the objects of a
// repository, and compares with a checkout by the real command.
func TestComposefsMount(t *testing.T) {
	testenv.NeedTool(t, "ostree", "mount", "fsck.erofs")
	testenv.NeedMounts(t)
	testenv.NeedOverlay(t)
	filesystems, err := os.ReadFile("/proc/filesystems")
	require.NoError(t, err)
	if !bytes.Contains(filesystems, []byte("\terofs\n")) && !testenv.Require() {
		t.Skip("needs a kernel with EROFS")
	}
	ctx, dir := t.Context(), t.TempDir()
	src, repoDir, want, image := filepath.Join(dir, "src"), filepath.Join(dir, "repo"), filepath.Join(dir, "want"), filepath.Join(dir, "image")
	composefsTree(t, src)
	testenv.Run(t, "", "ostree", "--repo="+repoDir, "init", "--mode=bare")
	testenv.Run(t, "", "ostree", "--repo="+repoDir, "commit", "-b", "x", src)
	testenv.Run(t, "", "ostree", "--repo="+repoDir, "checkout", "x", want)
	for _, name := range []string{"boot", "etc", "sysroot", "usr", "var"} {
		require.NoError(t, os.MkdirAll(filepath.Join(want, name), 0o755))
	}
	repo, err := ostree.Open(ctx, repoDir, nil)
	require.NoError(t, err)
	defer repo.Close()
	commit, err := repo.ResolveRev(ctx, "x")
	require.NoError(t, err)
	f, err := os.Create(image)
	require.NoError(t, err)
	digest, err := composefs.WriteImage(ctx, f, repo, commit, nil)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	testenv.NeedTool(t, "fsverity")
	require.Equal(t, digest.String(), strings.TrimSpace(testenv.Run(t, "", "fsverity", "digest", "--compact", image)))
	testenv.Run(t, "", "fsck.erofs", image)
	erofs, merged := filepath.Join(dir, "erofs"), filepath.Join(dir, "merged")
	mountAt(t, erofs, "-t", "erofs", "-o", "ro,loop", image)
	mountAt(t, merged, "-t", "overlay", "-o", "ro,metacopy=on,redirect_dir=on,lowerdir="+erofs+"::"+filepath.Join(repoDir, "objects"), "overlay")
	require.Empty(t, cmp.Diff(treeListing(t, want), treeListing(t, merged)))
}

// TestComposefsVerity checks the digests in an image against the files they are
// about.
func TestComposefsVerity(t *testing.T) {
	testenv.NeedTool(t, "fsverity", "mount")
	testenv.NeedMounts(t)
	ctx, dir := t.Context(), t.TempDir()
	src, repoDir, image := filepath.Join(dir, "src"), filepath.Join(dir, "repo"), filepath.Join(dir, "image")
	repoTree(t, src)
	repo, err := ostree.Init(ctx, repoDir, &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	defer repo.Close()
	testenv.NeedTool(t, "ostree")
	testenv.Run(t, "", "ostree", "--repo="+repoDir, "commit", "-b", "x", src)
	commit, err := repo.ResolveRev(ctx, "x")
	require.NoError(t, err)
	f, err := os.Create(image)
	require.NoError(t, err)
	_, err = composefs.WriteImage(ctx, f, repo, commit, nil)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	erofs := filepath.Join(dir, "erofs")
	mountAt(t, erofs, "-t", "erofs", "-o", "ro,loop", image)
	for _, name := range []string{"usr/bin/exe", "usr/share/big", ".dot"} {
		want := strings.TrimSpace(testenv.Run(t, "", "fsverity", "digest", "--compact", filepath.Join(src, name)))
		buf := make([]byte, 100)
		n, err := unix.Lgetxattr(filepath.Join(erofs, name), "trusted.overlay.metacopy", buf)
		require.NoError(t, err)
		require.Equal(t, "00240001"+want, fmt.Sprintf("%x", buf[:n]), name)
	}
	_, err = unix.Lgetxattr(filepath.Join(erofs, "empty"), "trusted.overlay.metacopy", make([]byte, 100))
	require.ErrorIs(t, err, unix.ENODATA)
}
