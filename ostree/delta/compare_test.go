package delta

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"github.com/stretchr/testify/require"
)

// TestChunksHoldWhatChanged: of a file that is compared in chunks the delta has the bytes that have changed, not the
// chunks that they are in, whatever the repository; and nothing is left open or in the way.
func TestChunksHoldWhatChanged(t *testing.T) {
	ctx := context.Background()
	old := noise(1, 400_000)
	next := old[:50_000] + noise(2, 1000) + old[51_000:200_000] + "inserted" + old[200_000:300_000] + old[310_000:] + noise(3, 500)
	for _, mode := range modes {
		repo := ostreetest.NewRepo(t, mode)
		w := &world{repo: repo}
		w.name.From = ostreetest.Write(t, repo, "main", map[string]string{"f": old})
		w.name.To = ostreetest.Write(t, repo, "main", map[string]string{"f": next})
		before := openFiles(t)
		stats, err := Generate(ctx, repo, w.name, &GenerateOptions{MaxPatchSize: -1})
		require.NoError(t, err)
		require.LessOrEqual(t, openFiles(t), before)
		require.Equal(t, 1, stats.Chunked)
		require.Less(t, stats.Size, uint64(1000+8+500+600), mode)
		d, err := Open(repo, w.name)
		require.NoError(t, err)
		dst := w.clone(t, ostree.ModeBareUser)
		_, err = d.Apply(ctx, dst, nil)
		require.NoError(t, err)
		requireIntact(t, dst)
		require.Equal(t, ostreetest.List(t, repo, w.name.To), ostreetest.List(t, dst, w.name.To))
	}
}

// TestLargePatch: a patch that is too large for memory makes the same file, and leaves nothing behind.
func TestLargePatch(t *testing.T) {
	ctx := context.Background()
	old := noise(1, inMemory)
	next := []byte(old[:3_000_000] + noise(2, 200_000) + old[2_500_000:])
	for i := 5_000_000; i < len(next); i += 50_000 {
		next[i]++
	}
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	w := &world{repo: repo}
	w.name.From = ostreetest.Write(t, repo, "main", map[string]string{"f": old})
	w.name.To = ostreetest.Write(t, repo, "main", map[string]string{"f": string(next)})
	before := openFiles(t)
	stats, err := Generate(ctx, repo, w.name, nil)
	require.NoError(t, err)
	require.LessOrEqual(t, openFiles(t), before)
	require.Equal(t, 1, stats.Patched)
	require.Less(t, stats.Size, uint64(220_000))
	d, err := Open(repo, w.name)
	require.NoError(t, err)
	dst := w.clone(t, ostree.ModeArchive)
	_, err = d.Apply(ctx, dst, nil)
	require.NoError(t, err)
	requireIntact(t, dst)
	requireNoTemporaries(t, repo)
}

// TestDamagedSource: a file of the old commit that is shorter than it says fails the generation, leaves no delta, and
// nothing is left open.
func TestDamagedSource(t *testing.T) {
	ctx := context.Background()
	for name, o := range map[string]GenerateOptions{"patch": {}, "chunks": {MaxPatchSize: -1}} {
		w := newWorld(t)
		tree, err := w.repo.LoadCommit(ctx, w.name.From)
		require.NoError(t, err)
		root, err := w.repo.LoadDirTree(ctx, tree.RootTree)
		require.NoError(t, err)
		usr, err := w.repo.LoadDirTree(ctx, root.Dirs[0].Tree)
		require.NoError(t, err)
		for _, f := range usr.Files {
			if f.Name == "roll" {
				at := filepath.Join(w.repo.Path(), "objects", ostree.ObjectName{Checksum: f.Checksum, Type: ostree.TypeFile}.LoosePath(ostree.ModeArchive))
				require.NoError(t, os.Truncate(at, 60_000))
			}
		}
		before := openFiles(t)
		_, err = Generate(ctx, w.repo, w.name, &o)
		require.ErrorContains(t, err, "generate delta "+w.name.String()+": object ", name)
		require.LessOrEqual(t, openFiles(t), before, name)
		names, err := List(w.repo)
		require.NoError(t, err)
		require.Empty(t, names)
		requireNoTemporaries(t, w.repo)
	}
}

// openFiles counts the descriptors of the process.
func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}
