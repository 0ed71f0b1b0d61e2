package interop

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// TestRepoLockKeepsRealCommandOut holds a transaction open: shared locks of both
// go together, an exclusive one has to wait.
func TestRepoLockKeepsRealCommandOut(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ctx := context.Background()
	dir := t.TempDir()
	src, path := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
	require.NoError(t, os.Mkdir(src, 0o755))
	testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.lock-timeout-secs", "0")
	repo, err := ostree.Open(ctx, path, nil)
	require.NoError(t, err)
	defer repo.Close()
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	realCommit(t, path, src, "shared/lock")
	require.Contains(t, testenv.RunErr(t, "", "ostree", "--repo="+path, "prune"), "Locking repo exclusive failed")
	require.NoError(t, tx.Abort())
	testenv.Run(t, "", "ostree", "--repo="+path, "prune")
}

// TestRepoStagingIsResumedByRealCommand leaves objects behind as an interrupted
// pull does; the next transaction, here of the real command, takes them over.
func TestRepoStagingIsResumedByRealCommand(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ctx := context.Background()
	dir := t.TempDir()
	src, path := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
	require.NoError(t, os.Mkdir(src, 0o755))
	repo, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	defer repo.Close()
	tx, err := repo.Begin(ctx, &ostree.TxOptions{KeepStaged: true})
	require.NoError(t, err)
	c, err := tx.WriteFile(ctx, &ostree.FileHeader{Mode: 0o100644}, -1, strings.NewReader("left behind\n"))
	require.NoError(t, err)
	require.NoError(t, tx.Abort())
	name := ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}
	has, err := repo.Has(ctx, name)
	require.NoError(t, err)
	require.False(t, has)
	realCommit(t, path, src, "next")
	has, err = repo.Has(ctx, name)
	require.NoError(t, err)
	require.True(t, has, "object of the interrupted transaction")
	require.NoError(t, rehash(ctx, repo, name))
}
