package ostree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

func rootOf(t testing.TB, repo *ostree.Repo, commit ostree.Checksum) ostree.Tree {
	t.Helper()
	c, err := repo.LoadCommit(t.Context(), commit)
	require.NoError(t, err)
	return c.Root()
}

func merge(t testing.TB, repo *ostree.Repo, base ostree.Tree, overlays ...ostree.Overlay) (ostree.Tree, error) {
	t.Helper()
	tx, err := repo.Begin(t.Context(), &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	defer tx.Abort()
	tree, err := tx.MergeTrees(t.Context(), base, overlays)
	if err != nil {
		return tree, err
	}
	_, err = tx.Commit(t.Context())
	return tree, err
}

// byCheckout is the slow way: check out, union, commit.
func byCheckout(t testing.TB, repo *ostree.Repo, base ostree.Tree, overlays ...ostree.Overlay) (ostree.Tree, error) {
	t.Helper()
	dir := t.TempDir() + "/root"
	require.NoError(t, repo.CheckoutTree(t.Context(), base, dir, nil))
	for _, o := range overlays {
		if err := repo.CheckoutTree(t.Context(), o.Tree, dir, &ostree.CheckoutOptions{Union: o.Mode}); err != nil {
			return ostree.Tree{}, err
		}
	}
	tx, err := repo.Begin(t.Context(), &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	defer tx.Abort()
	m := ostree.NewMutableTree()
	require.NoError(t, tx.ImportDir(t.Context(), m, dir, nil))
	tree, meta, err := tx.WriteTree(t.Context(), m)
	return ostree.Tree{Tree: tree, Meta: meta}, err
}

// randomFiles draws from few names and contents, so that trees overlap in every way.
func randomFiles(r *rand.Rand, n int) map[string]string {
	files := make(map[string]string)
	dirs := []string{"", "a/", "a/b/", "c/"}
	for range n {
		dir := dirs[r.IntN(len(dirs))]
		switch name := fmt.Sprintf("%s%c", dir, 'k'+rune(r.IntN(5))); r.IntN(8) {
		case 0:
			files[fmt.Sprintf("%s%c -> x", dir, 'p'+rune(r.IntN(3)))] = ""
		case 1:
			files[fmt.Sprintf("%s%c/in", dir, 's'+rune(r.IntN(3)))] = "in"
		case 2:
			files[dir+"meta/ mode=0"+fmt.Sprint(700+r.IntN(2))] = ""
		case 3:
			files[name+" mode=0600"] = ""
		default:
			files[name] = fmt.Sprint(r.IntN(2))
		}
	}
	return files
}

// TestMergeLaw: merging in dirtree space is checkout, union and commit.
func TestMergeLaw(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	r := rand.New(rand.NewPCG(1, 2))
	conflicts := 0
	for i := range 60 {
		base := rootOf(t, repo, ostreetest.Write(t, repo, "base", randomFiles(r, 8)))
		var overlays []ostree.Overlay
		for j := range 1 + r.IntN(3) {
			mode := []ostree.UnionMode{ostree.UnionFiles, ostree.UnionAdd, ostree.UnionIdentical}[r.IntN(3)]
			tree := rootOf(t, repo, ostreetest.Write(t, repo, "over", randomFiles(r, 1+r.IntN(6))))
			overlays = append(overlays, ostree.Overlay{Tree: tree, Mode: mode, Name: fmt.Sprint("overlay ", j)})
		}
		want, wantErr := byCheckout(t, repo, base, overlays...)
		got, gotErr := merge(t, repo, base, overlays...)
		require.Equal(t, wantErr == nil, gotErr == nil, "round %d: checkout: %v; merge: %v", i, wantErr, gotErr)
		if gotErr != nil {
			var ce *ostree.ConflictError
			require.ErrorAs(t, gotErr, &ce)
			conflicts++
			continue
		}
		require.Equal(t, want, got, "round %d", i)
	}
	require.Greater(t, conflicts, 5, "rounds with a conflict")
	require.Less(t, conflicts, 55, "rounds with a conflict")
}

func TestMergeConflict(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	tree := func(files map[string]string) ostree.Tree {
		return rootOf(t, repo, ostreetest.Write(t, repo, "x", files))
	}
	base := tree(map[string]string{"usr/bin/sh": "1", "usr/lib/x": "x"})
	one := tree(map[string]string{"usr/bin/vi": "vi"})
	for _, tc := range []struct {
		name string
		over map[string]string
		mode ostree.UnionMode
		want ostree.ConflictError
	}{
		{"with the base", map[string]string{"usr/bin/sh": "2"}, ostree.UnionIdentical, ostree.ConflictError{Path: "/usr/bin/sh", A: "", B: "two"}},
		{"with an overlay", map[string]string{"usr/bin/vi": "2"}, ostree.UnionIdentical, ostree.ConflictError{Path: "/usr/bin/vi", A: "one", B: "two"}},
		{"same file, nothing allowed", map[string]string{"usr/bin/sh": "1"}, ostree.UnionNone, ostree.ConflictError{Path: "/usr/bin/sh", A: "", B: "two"}},
		{"file on directory", map[string]string{"usr/bin": "file"}, ostree.UnionFiles, ostree.ConflictError{Path: "/usr/bin", A: "", B: "two"}},
		{"directory on file", map[string]string{"usr/bin/vi/x": "x"}, ostree.UnionAdd, ostree.ConflictError{Path: "/usr/bin/vi", A: "one", B: "two"}},
	} {
		_, err := merge(t, repo, base, ostree.Overlay{Tree: one, Mode: ostree.UnionIdentical, Name: "one"},
			ostree.Overlay{Tree: tree(tc.over), Mode: tc.mode, Name: "two"})
		var ce *ostree.ConflictError
		require.ErrorAs(t, err, &ce, tc.name)
		require.Equal(t, tc.want, *ce, tc.name)
	}
	require.EqualError(t, &ostree.ConflictError{Path: "/a", B: "two"}, "/a from two conflicts with the base tree")
	require.EqualError(t, &ostree.ConflictError{Path: "/a", A: "one", B: "two"}, "/a from two conflicts with one")
}

func TestMergeWithoutBase(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := rootOf(t, repo, ostreetest.Write(t, repo, "a", map[string]string{"d/ mode=0700": "", "d/a": "1"}))
	b := rootOf(t, repo, ostreetest.Write(t, repo, "b", map[string]string{"d/b": "2", "e/x": "3"}))
	want := rootOf(t, repo, ostreetest.Write(t, repo, "want", map[string]string{"d/ mode=0700": "", "d/a": "1", "d/b": "2", "e/x": "3"}))
	got, err := merge(t, repo, ostree.Tree{}, ostree.Overlay{Tree: a}, ostree.Overlay{Tree: b, Mode: ostree.UnionIdentical})
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = merge(t, repo, ostree.Tree{})
	require.Error(t, err)
}

// Subtrees that only one side has are taken as they are: they need not even be there.
func TestMergeGraftsUnread(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := rootOf(t, repo, ostreetest.Write(t, repo, "a", map[string]string{"big/sub/file": "1", "both/a": "a"}))
	b := rootOf(t, repo, ostreetest.Write(t, repo, "b", map[string]string{"both/b": "b", "other/x": "x"}))
	dt, err := repo.LoadDirTree(t.Context(), a.Tree)
	require.NoError(t, err)
	for _, d := range dt.Dirs {
		if d.Name == "big" {
			require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: d.Tree, Type: ostree.TypeDirTree}))
		}
	}
	got, err := merge(t, repo, a, ostree.Overlay{Tree: b, Mode: ostree.UnionIdentical})
	require.NoError(t, err)
	dt, err = repo.LoadDirTree(t.Context(), got.Tree)
	require.NoError(t, err)
	require.Len(t, dt.Dirs, 3)
}

func TestMergeMissingObject(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := rootOf(t, repo, ostreetest.Write(t, repo, "a", map[string]string{"x": "1"}))
	_, err := merge(t, repo, a, ostree.Overlay{Tree: ostree.Tree{Tree: ostree.Checksum{1}, Meta: a.Meta}})
	require.Error(t, err)
	var ce *ostree.ConflictError
	require.False(t, errors.As(err, &ce))
}
