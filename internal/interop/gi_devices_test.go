package interop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
)

// TestHardlinksAcrossDevices demands links to another file system: the real command's words, and nothing written, whatever
// the tree has in it.
func TestHardlinksAcrossDevices(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedUserXattrs(t, t.TempDir())
	if !testenv.InNamespaces(t, "", "-m", "--propagation", "private") {
		return
	}
	dir, other := t.TempDir(), t.TempDir()
	require.NoError(t, unix.Mount("tmpfs", other, "tmpfs", 0, ""))
	t.Cleanup(func() { require.NoError(t, unix.Unmount(other, unix.MNT_DETACH)) })
	ours := ourCommand(t)
	trees := map[string]string{"file": "a", "nothing to link": ""}
	for name, content := range trees {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, "x"), []byte(content), 0o644))
	}
	for _, mode := range pullModes {
		repo := filepath.Join(dir, mode)
		testenv.Run(t, "/", "ostree", "init", "--repo="+repo, "--mode="+mode)
		for name := range trees {
			testenv.Run(t, "/", "ostree", "commit", "--repo="+repo, "--canonical-permissions", "-b", "x", filepath.Join(dir, name))
			for _, union := range [][]string{nil, {"-U"}, {"-U", "--union"}} {
				dest := filepath.Join(other, "dest")
				args := append([]string{"checkout", "--repo=" + repo, "-H", "x", dest}, union...)
				want, code := outcome(t, "ostree", args...)
				require.Contains(t, want, "Unable to do hardlink checkout across devices")
				require.Equal(t, 1, code)
				require.NoError(t, os.RemoveAll(dest))
				got, code := outcome(t, ours, args...)
				require.Equal(t, want, got)
				require.Equal(t, 1, code)
				require.NoDirExists(t, dest)
			}
		}
	}
}
