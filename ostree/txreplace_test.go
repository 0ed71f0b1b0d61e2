package ostree_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
)

// TestTxReplace: a damaged object keeps its place until the commit, also if nothing is flushed, and for good if nothing
// was written in its stead.
func TestTxReplace(t *testing.T) {
	for _, o := range []ostree.TxOptions{{}, {NoSync: true}, {PerObjectSync: true}} {
		ctx := context.Background()
		r, err := ostree.Init(ctx, filepath.Join(t.TempDir(), "repo"), &ostree.InitOptions{Mode: ostree.ModeArchive})
		require.NoError(t, err)
		defer r.Close()
		good := (&ostree.DirMeta{Mode: 0o40755}).Encode()
		tx, err := r.Begin(ctx, nil)
		require.NoError(t, err)
		sum, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, good)
		require.NoError(t, err)
		_, err = tx.Commit(ctx)
		require.NoError(t, err)
		n := ostree.ObjectName{Checksum: sum, Type: ostree.TypeDirMeta}
		path := filepath.Join(r.Path(), "objects", n.LoosePath(ostree.ModeArchive))
		require.NoError(t, os.WriteFile(path, []byte("bad"), 0o644))
		requireFile := func(want string) {
			t.Helper()
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		}
		o.Replace = []ostree.ObjectName{n}
		for _, end := range []string{"nothing written", "aborted", "left by a dead transaction"} {
			opts := o
			opts.KeepStaged = end != "aborted"
			tx, err = r.Begin(ctx, &opts)
			require.NoError(t, err)
			has, err := tx.Has(ctx, n)
			require.NoError(t, err)
			require.False(t, has, end)
			if end == "nothing written" {
				_, err = tx.Commit(ctx)
			} else {
				require.NoError(t, tx.WriteMetadataExpect(ctx, n, good))
				err = tx.Abort()
			}
			require.NoError(t, err)
			requireFile("bad")
		}
		tx, err = r.Begin(ctx, &o)
		require.NoError(t, err)
		has, err := tx.Has(ctx, n)
		require.NoError(t, err)
		require.False(t, has, "leftovers are not trusted")
		require.NoError(t, tx.WriteMetadataExpect(ctx, n, good))
		requireFile("bad")
		_, err = tx.Commit(ctx)
		require.NoError(t, err)
		requireFile(string(good))
	}
}
