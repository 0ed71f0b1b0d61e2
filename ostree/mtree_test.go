package ostree

import (
	"context"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// treeOf writes a tree of files named by path, all directories root:root 0755.
func treeOf(t testing.TB, tx *Tx, files map[string]Checksum) (tree, meta Checksum) {
	t.Helper()
	ctx := context.Background()
	meta, err := tx.WriteMetadata(ctx, TypeDirMeta, (&DirMeta{Mode: 0o40755}).Encode())
	require.NoError(t, err)
	m := NewMutableTree()
	m.SetMeta(meta)
	for p, c := range files {
		dir, name := "", p
		for i := range p {
			if p[i] == '/' {
				dir, name = p[:i], p[i+1:]
			}
		}
		d, err := m.EnsureDir(ctx, dir, meta)
		require.NoError(t, err)
		require.NoError(t, d.SetFile(ctx, name, c))
	}
	tree, meta, err = tx.WriteTree(ctx, m)
	require.NoError(t, err)
	return tree, meta
}

func TestMutableTree(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	tx := begin(t, r)
	c1, c2 := Checksum{1}, Checksum{2}
	tree, meta := treeOf(t, tx, map[string]Checksum{"usr/bin/a": c1, "usr/bin/b": c1, "usr/lib/x": c1, "etc/conf": c1})

	m := tx.MutableTree(tree, meta)
	again, _, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	require.Equal(t, tree, again)
	require.True(t, m.lazy, "an unchanged tree is not read")

	names, err := m.Names(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"etc", "usr"}, names)
	e, err := m.Lookup(ctx, "/usr/bin/a")
	require.NoError(t, err)
	require.Equal(t, Entry{Kind: EntryFile, File: c1}, e)
	for _, missing := range []string{"nothing", "usr/bin/a/below", "usr/none/x"} {
		e, err = m.Lookup(ctx, missing)
		require.NoError(t, err)
		require.Equal(t, EntryNone, e.Kind)
	}
	usr, err := m.Lookup(ctx, "usr")
	require.NoError(t, err)
	lib, err := usr.Dir.Lookup(ctx, "lib")
	require.NoError(t, err)
	require.True(t, lib.Dir.lazy)

	require.NoError(t, m.SetFile(ctx, "usr/bin/a", c2))
	require.NoError(t, m.Remove(ctx, "usr/bin/b"))
	require.NoError(t, m.Rename(ctx, "etc", "usr/etc"))
	require.NoError(t, m.Rename(ctx, "usr/etc/conf", "usr/etc/conf.d"))
	changed, _, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	want, _ := treeOf(t, tx, map[string]Checksum{"usr/bin/a": c2, "usr/lib/x": c1, "usr/etc/conf.d": c1})
	require.Equal(t, want, changed)
	require.True(t, lib.Dir.lazy, "untouched subtrees are not read")

	g := NewMutableTree()
	g.SetMeta(meta)
	require.NoError(t, g.SetDir(ctx, "usr", tree, meta))
	_, err = g.Lookup(ctx, "usr/etc")
	require.ErrorContains(t, err, "made without a transaction")
	_, _, err = tx.WriteTree(ctx, g)
	require.NoError(t, err)
	require.NoError(t, g.SetDir(ctx, "/", tree, meta))
	root, _, err := tx.WriteTree(ctx, g)
	require.NoError(t, err)
	require.Equal(t, tree, root)
}

func TestMutableTreeErrors(t *testing.T) {
	ctx := context.Background()
	tx := begin(t, newRepo(t, ModeArchive))
	tree, meta := treeOf(t, tx, map[string]Checksum{"dir/file": {1}, "f": {1}})
	m := tx.MutableTree(tree, meta)
	require.ErrorIs(t, m.Remove(ctx, "none"), fs.ErrNotExist)
	require.ErrorIs(t, m.SetFile(ctx, "none/x", Checksum{1}), fs.ErrNotExist)
	require.ErrorContains(t, m.SetFile(ctx, "dir", Checksum{1}), "is a directory")
	require.ErrorContains(t, m.SetFile(ctx, "f/x", Checksum{1}), "not a directory")
	require.ErrorContains(t, m.SetDir(ctx, "f", tree, meta), "not a directory")
	require.ErrorContains(t, m.Remove(ctx, "/"), "is a directory")
	require.ErrorIs(t, m.Rename(ctx, "none", "x"), fs.ErrNotExist)
	require.ErrorIs(t, m.Rename(ctx, "f", "dir"), fs.ErrExist)
	require.ErrorContains(t, m.Rename(ctx, "dir", "dir/sub"), "below the old one")
	_, err := m.EnsureDir(ctx, "f/x", meta)
	require.ErrorContains(t, err, "not a directory")
	for _, bad := range []string{"../x", "a/../b", "a//b", "./a", "a/\xff", "a\x00"} {
		require.Error(t, m.SetFile(ctx, bad, Checksum{1}), "%q", bad)
		_, err := m.EnsureDir(ctx, bad, meta)
		require.Error(t, err, "%q", bad)
		_, err = m.Lookup(ctx, bad)
		require.Error(t, err, "%q", bad)
	}
	after, _, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	require.Equal(t, tree, after, "errors change nothing")

	_, err = m.EnsureDir(ctx, "new", Checksum{})
	require.NoError(t, err)
	_, _, err = tx.WriteTree(ctx, m)
	require.ErrorContains(t, err, "write /new: directory without metadata")
	_, err = tx.MutableTree(Checksum{9}, meta).Names(ctx)
	require.ErrorIs(t, err, fs.ErrNotExist)
}
