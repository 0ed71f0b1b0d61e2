package interop

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// unsortedArchive has a file and a directory with attributes that are not in the order of their names, and one of them
// in both encodings that libarchive knows: to libostree 2022.7 those are two.
func unsortedArchive(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	w := tar.NewWriter(f)
	attrs := map[string]string{
		"SCHILY.xattr.user.zeta": "z", "SCHILY.xattr.user.alpha": "a", "SCHILY.xattr.user.mid": "m", "LIBARCHIVE.xattr.user.alpha": "YQ",
	}
	for _, h := range []*tar.Header{
		{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755, Format: tar.FormatPAX},
		{Name: "./d/", Typeflag: tar.TypeDir, Mode: 0o755, PAXRecords: attrs, Format: tar.FormatPAX},
		{Name: "./d/f", Typeflag: tar.TypeReg, Mode: 0o644, Size: 2, PAXRecords: attrs, Format: tar.FormatPAX},
	} {
		require.NoError(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := w.Write([]byte("ab"))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
}

// TestUnsortedAttributes reads, copies and checks objects that the real command made of an archive, whose attributes are
// in the order of the archive and not unique, as the real command does.
func TestUnsortedAttributes(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours, dir := ourCommand(t), t.TempDir()
	archive := filepath.Join(dir, "x.tar")
	unsortedArchive(t, archive)
	for _, mode := range []string{"archive", "bare-user", "bare"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			repo := filepath.Join(dir, "repo")
			testenv.Run(t, "/", "ostree", "init", "--repo="+repo, "--mode="+mode)
			testenv.Run(t, "/", "ostree", "commit", "--repo="+repo, "-b", "x", "--tree=tar="+archive)
			for _, args := range [][]string{{"ls", "-RCX", "x"}, {"fsck", "-q"}, {"diff", "--repo=" + repo, "x", "x"}} {
				args = append(args, "--repo="+repo)
				want, code := outcome(t, "ostree", args...)
				got, ourCode := outcome(t, ours, args...)
				require.Equal(t, withoutProgress(want), withoutProgress(got), args)
				require.Equal(t, code, ourCode)
			}
			var trees [2]map[string]string
			for i, bin := range []string{"ostree", ours} {
				out := filepath.Join(dir, "out")
				testenv.Run(t, "/", bin, "checkout", "--repo="+repo, "x", out)
				trees[i] = snapshot(t, out)
				require.NoError(t, os.RemoveAll(out))
			}
			require.Equal(t, trees[0], trees[1])
			if mode == "bare" { // the file system has put them in order: such objects cannot be verified any more
				return
			}
			list := testenv.Run(t, "/", "ostree", "ls", "--repo="+repo, "-RCX", "x")
			for _, to := range []string{"archive", "bare-user"} {
				dst := filepath.Join(t.TempDir(), "dst")
				testenv.Run(t, "/", ours, "init", "--repo="+dst, "--mode="+to)
				testenv.Run(t, "/", ours, "pull-local", "--untrusted", "--repo="+dst, repo, "x")
				testenv.Run(t, "/", "ostree", "fsck", "-q", "--repo="+dst)
				require.Equal(t, list, testenv.Run(t, "/", "ostree", "ls", "--repo="+dst, "-RCX", "x"))
			}
			for _, makers := range [][2]string{{"ostree", ours}, {ours, "ostree"}} {
				update, dst := filepath.Join(t.TempDir(), "delta"), filepath.Join(t.TempDir(), "dst")
				testenv.Run(t, "/", makers[0], "static-delta", "generate", "--repo="+repo, "--empty", "--inline", "--filename="+update, "x")
				testenv.Run(t, "/", makers[1], "init", "--repo="+dst, "--mode=bare-user")
				testenv.Run(t, "/", makers[1], "static-delta", "apply-offline", "--repo="+dst, update)
				testenv.Run(t, "/", "ostree", "refs", "--repo="+dst, "--create=x", testenv.Run(t, "/", "ostree", "rev-parse", "--repo="+repo, "x")[:64])
				testenv.Run(t, "/", "ostree", "fsck", "-q", "--repo="+dst)
				require.Equal(t, list, testenv.Run(t, "/", "ostree", "ls", "--repo="+dst, "-RCX", "x"))
			}
		})
	}
}
