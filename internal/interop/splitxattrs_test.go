package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// TestSplitXattrsIsReadByTheRealCommand writes repositories of mode bare-split-xattrs, which the real command only reads: it
// checks, lists, checks out and pulls them, and we pull from each of its modes.
func TestSplitXattrsIsReadByTheRealCommand(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "getfattr")
	testenv.NeedRoot(t)
	dir := t.TempDir()
	testenv.NeedUserXattrs(t, dir)
	src, first := filepath.Join(dir, "src"), filepath.Join(dir, "first")
	require.NoError(t, os.MkdirAll(filepath.Join(src, "d"), 0o755))
	for _, name := range []string{"plain", "empty", "d/labelled", "d/same", "suid"} {
		require.NoError(t, os.WriteFile(filepath.Join(src, name), []byte(strings.Repeat("x", max(len(name)-5, 0))), 0o644))
	}
	require.NoError(t, os.Symlink("plain", filepath.Join(src, "link")))
	require.NoError(t, os.Chown(filepath.Join(src, "suid"), 1000, 1001))
	require.NoError(t, os.Chmod(filepath.Join(src, "suid"), 0o4755))
	for _, name := range []string{"d/labelled", "d/same", "d"} {
		testenv.Run(t, src, "setfattr", "-n", "user.label", "-v", "system_u:object_r:usr_t:s0", name)
	}
	testenv.Run(t, "", "ostree", "--repo="+first, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+first, "commit", "-b", "x", src)
	want := testenv.Run(t, "", "ostree", "--repo="+first, "ls", "-R", "-X", "-C", "x")

	for _, mode := range []string{"archive", "bare", "bare-user"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			from, split, back := filepath.Join(dir, "from"), filepath.Join(dir, "split"), filepath.Join(dir, "back")
			testenv.Run(t, "", "ostree", "--repo="+from, "init", "--mode="+mode)
			testenv.Run(t, "", "ostree", "--repo="+from, "pull-local", first, "x")
			importInto(t, split, from)
			testenv.Run(t, "", "ostree", "--repo="+split, "fsck")
			require.Equal(t, want, testenv.Run(t, "", "ostree", "--repo="+split, "ls", "-R", "-X", "-C", "x"))
			out := filepath.Join(dir, "out")
			testenv.Run(t, "", "ostree", "--repo="+split, "checkout", "x", out)
			require.Contains(t, testenv.Run(t, out, "getfattr", "-d", "d/same"), "usr_t")

			testenv.Run(t, "", "ostree", "--repo="+back, "init", "--mode="+mode)
			testenv.Run(t, "", "ostree", "--repo="+back, "pull-local", "--untrusted", split, "x")
			testenv.Run(t, "", "ostree", "--repo="+back, "fsck")

			again := filepath.Join(dir, "again") // from the mode to itself, with attributes to be shared anew
			importInto(t, again, split)
			testenv.Run(t, "", "ostree", "--repo="+again, "fsck")
		})
	}
}

// importInto makes a bare-split-xattrs repository with the objects of another.
func importInto(t *testing.T, path, from string) {
	t.Helper()
	ctx := t.Context()
	src, err := ostree.Open(ctx, from, nil)
	require.NoError(t, err)
	defer src.Close()
	dst, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeBareSplitXattrs})
	require.NoError(t, err)
	defer dst.Close()
	config := dst.Config()
	config.Set("ex-split-xattrs", "write", "true")
	require.NoError(t, dst.WriteConfig(ctx, config))
	commit, err := src.ResolveRev(ctx, "x")
	require.NoError(t, err)
	objects, err := src.Traverse(ctx, commit, 0)
	require.NoError(t, err)
	tx, err := dst.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	for n := range objects.All() {
		_, err := tx.ImportObject(ctx, src, n, nil)
		require.NoError(t, err)
	}
	tx.SetRef("x", commit)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
}
