package ostree_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

var exported = map[string]string{"usr/bin/x": "program", "usr/lib64 -> lib": "", "etc/ mode=0700": "", "empty": ""}

// What is exported and imported again is the same tree.
func TestExportTarIsTheInverseOfImport(t *testing.T) {
	r := ostreetest.NewRepo(t, ostree.ModeArchive)
	tree := rootOf(t, r, ostreetest.Write(t, r, "main", exported))
	var b bytes.Buffer
	require.NoError(t, r.ExportTar(t.Context(), tree, &b, nil))
	require.Equal(t, tree, importing(t, r, func(ctx context.Context, tx *ostree.Tx, m *ostree.MutableTree) error {
		return tx.ImportTar(ctx, m, &b, nil)
	}))
	require.Error(t, r.ExportTar(t.Context(), tree, &b, &ostree.ExportOptions{Subpath: "nope"}))
}

// importing returns the tree that f fills.
func importing(t *testing.T, r *ostree.Repo, f func(context.Context, *ostree.Tx, *ostree.MutableTree) error) ostree.Tree {
	t.Helper()
	tx, err := r.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	m := ostree.NewMutableTree()
	require.NoError(t, f(t.Context(), tx, m))
	tree, meta, err := tx.WriteTree(t.Context(), m)
	require.NoError(t, err)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return ostree.Tree{Tree: tree, Meta: meta}
}

// A modified stored tree is what importing a directory with the same options gives.
func TestImportTree(t *testing.T) {
	r := ostreetest.NewRepo(t, ostree.ModeArchive)
	tree := rootOf(t, r, ostreetest.Write(t, r, "main", exported))
	require.Equal(t, tree, importing(t, r, func(ctx context.Context, tx *ostree.Tx, m *ostree.MutableTree) error {
		return tx.ImportTree(ctx, m, tree, nil)
	}))
	o := &ostree.ImportOptions{OwnerUID: new(uint32(7)), OwnerGID: new(uint32(8)), Skip: []string{"/empty"}}
	owned := importing(t, r, func(ctx context.Context, tx *ostree.Tx, m *ostree.MutableTree) error {
		return tx.ImportTree(ctx, m, tree, o)
	})
	var b bytes.Buffer
	require.NoError(t, r.ExportTar(t.Context(), tree, &b, nil))
	require.Equal(t, importing(t, r, func(ctx context.Context, tx *ostree.Tx, m *ostree.MutableTree) error {
		return tx.ImportTar(ctx, m, &b, o)
	}), owned)
}

func TestSizes(t *testing.T) {
	r := ostreetest.NewRepo(t, ostree.ModeArchive)
	tree := rootOf(t, r, ostreetest.Write(t, r, "main", exported))
	tx, err := r.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	v, err := tx.Sizes(t.Context(), tree)
	require.NoError(t, err)
	sizes, err := (&ostree.Commit{Metadata: dictOf(ostree.KeySizes, v)}).Sizes()
	require.NoError(t, err)
	all, err := r.Traverse(t.Context(), ostreetest.Write(t, r, "again", exported), 0)
	require.NoError(t, err)
	require.Len(t, sizes, all.Len()-1, "all but the commit")
	for _, s := range sizes {
		require.True(t, all.Has(s.Object))
		stored, err := r.StorageSize(t.Context(), s.Object)
		require.NoError(t, err)
		require.EqualValues(t, stored, s.Archived)
	}
}

func dictOf(key string, v gvariant.Value) *gvariant.Dict {
	d := gvariant.NewDict()
	d.Set(key, v)
	return d
}
