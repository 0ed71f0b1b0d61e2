package delta

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
)

// TestApplyManyParts: a part that is damaged is named, whatever else is being decoded at that time, and nothing of the
// others stays; with any number of workers the commit is complete.
func TestApplyManyParts(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	dir := t.TempDir()
	stats, err := Generate(ctx, w.repo, w.name, &GenerateOptions{
		MinFallbackSize: -1, MaxPartSize: 1, MaxPatchSize: -1, Output: filepath.Join(dir, superblockFile),
	})
	require.NoError(t, err)
	require.Greater(t, stats.Parts, 8)
	for _, workers := range []int{1, 2, 7} {
		for _, bad := range []int{0, 1, stats.Parts / 2, stats.Parts - 1} {
			clone := w.clone(t, ostree.ModeBareUser)
			name := filepath.Join(dir, strconv.Itoa(bad))
			good, err := os.ReadFile(name)
			require.NoError(t, err)
			damaged := append([]byte{}, good...)
			damaged[len(damaged)/2] ^= 4
			require.NoError(t, os.WriteFile(name, damaged, 0o644))
			before := countFiles(t, clone)
			d, err := OpenPath(dir)
			require.NoError(t, err)
			_, err = d.Apply(ctx, clone, &ApplyOptions{Workers: workers})
			require.ErrorContains(t, err, "part "+strconv.Itoa(bad)+":")
			require.Equal(t, before, countFiles(t, clone))

			require.NoError(t, os.WriteFile(name, good, 0o644))
			_, err = d.Apply(ctx, clone, &ApplyOptions{Workers: workers})
			require.NoError(t, err)
			report, err := clone.Fsck(ctx, nil)
			require.NoError(t, err)
			require.Empty(t, report.Problems)
		}
	}
}
