package delta

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// TestNothingNew: a delta between commits of the same tree has one part, which
// makes nothing; the commit itself is in the superblock.
func TestNothingNew(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	from := ostreetest.Write(t, repo, "main", map[string]string{"a": "a"})
	to := ostreetest.Write(t, repo, "main", map[string]string{"a": "a"})
	require.NotEqual(t, from, to)
	w := &world{repo, Name{from, to}}
	for _, inline := range []bool{false, true} {
		stats, err := Generate(t.Context(), repo, w.name, &GenerateOptions{Inline: inline})
		require.NoError(t, err)
		require.Equal(t, 1, stats.Parts)
		d, err := Open(repo, w.name)
		require.NoError(t, err)
		require.Len(t, d.Superblock.Parts, 1)
		require.Empty(t, d.Superblock.Parts[0].Objects)
		require.Zero(t, d.Superblock.Parts[0].Usize)
		require.False(t, d.Superblock.Guessed, "deltas tell their byte order")
		info, err := d.Inspect(t.Context(), repo, 0)
		require.NoError(t, err)
		require.Equal(t, &PartDetails{}, info)
		dst := w.clone(t, ostree.ModeBareUser)
		_, err = d.Apply(t.Context(), dst, nil)
		require.NoError(t, err)
		requireIntact(t, dst)
		_, err = dst.Traverse(t.Context(), to, 0)
		require.NoError(t, err)
	}
}
