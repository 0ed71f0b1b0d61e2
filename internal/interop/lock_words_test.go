package interop

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/lockfile"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// TestLockTimeoutInBothCommands: whoever waits in vain for the other says so, and fails, after core.lock-timeout-secs.
func TestLockTimeoutInBothCommands(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	path := filepath.Join(t.TempDir(), "repo")
	testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.lock-timeout-secs", "0")
	repo := openRepo(t, path)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	bins := []string{"ostree", ourCommand(t)}
	for _, bin := range bins {
		out, code := outcome(t, bin, "--repo="+path, "prune")
		require.Equal(t, 1, code, "%s: %s", side(bin), out)
		require.Equal(t, "error: Locking repo exclusive failed: Resource temporarily unavailable\n", out, side(bin))
		out, code = outcome(t, bin, "--repo="+path, "summary", "-u") // shared goes with shared
		require.Zero(t, code, "%s: %s", side(bin), out)
	}
	require.NoError(t, tx.Abort())
	// While something is deleted, nobody may write.
	root, err := dirfd.Open(path)
	require.NoError(t, err)
	defer root.Close()
	held, err := lockfile.Acquire(t.Context(), root, ".lock", nil)
	require.NoError(t, err)
	for _, bin := range bins {
		out, code := outcome(t, bin, "--repo="+path, "summary", "-u")
		require.Equal(t, 1, code, "%s: %s", side(bin), out)
		require.Equal(t, "error: Locking repo shared failed: Resource temporarily unavailable\n", out, side(bin))
	}
	require.NoError(t, held.Release())
	_, err = repo.Prune(t.Context(), &ostree.PruneOptions{RefsOnly: true})
	require.NoError(t, err)
}
