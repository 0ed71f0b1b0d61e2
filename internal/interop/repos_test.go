package interop

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// initUnsynced makes a repository with the real command, in which nobody waits for the disk.
func initUnsynced(t *testing.T, repo, mode string) {
	t.Helper()
	testenv.Run(t, "", "ostree", "--repo="+repo, "init", "--mode="+mode)
	config, err := os.OpenFile(repo+"/config", os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = config.WriteString("fsync=false\n") // there is one section, [core]
	require.NoError(t, err)
	require.NoError(t, config.Close())
}
