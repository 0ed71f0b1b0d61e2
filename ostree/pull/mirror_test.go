package pull_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// TestMirrorOfMirror: refs of the same name in several collections stay apart, also those that are replaced.
func TestMirrorOfMirror(t *testing.T) {
	ctx := t.Context()
	src := newRepo(t, ostree.ModeArchive)
	c := src.Config()
	c.Set("core", "collection-id", "org.example.Own")
	require.NoError(t, src.WriteConfig(ctx, c))
	commit := func(collection string, time int64, parent ostree.Checksum) ostree.Checksum {
		spec := &commitSpec{ref: "main", files: map[string]string{"f": collection}, coll: collection, time: time, parent: parent}
		sum := spec.write(t, src)
		if collection != "org.example.Own" {
			tx, err := src.Begin(ctx, nil)
			require.NoError(t, err)
			defer tx.Abort()
			tx.SetCollectionRef(collection, "main", sum)
			_, err = tx.Commit(ctx)
			require.NoError(t, err)
		}
		return sum
	}
	other := commit("org.example.Other", 1, ostree.Checksum{})
	own := commit("org.example.Own", 2, ostree.Checksum{})
	s := serve(t, src)
	check := func(dst *ostree.Repo, res *pull.Result, own, other ostree.Checksum) {
		t.Helper()
		require.Equal(t, map[string]ostree.Checksum{"org.example.Own:main": own, "org.example.Other:main": other}, res.Refs)
		refs, err := dst.Refs(ctx, &ostree.RefsOptions{Mirrors: true})
		require.NoError(t, err)
		got := map[string]ostree.Checksum{}
		for _, r := range refs {
			got[r.Collection+":"+r.Name] = r.Checksum
		}
		require.Equal(t, res.Refs, got)
		requireIntact(t, dst)
	}
	fromPath, fromServer := newRepo(t, ostree.ModeArchive), newRepo(t, ostree.ModeArchive)
	mirror := &pull.Options{Mirror: true, TimestampCheck: true}
	res, err := pull.Pull(ctx, fromPath, pull.Local(src), mirror) // it has no summary
	require.NoError(t, err)
	check(fromPath, res, own, other)
	next := commit("org.example.Other", 3, other)
	require.NoError(t, src.SetRef(ctx, "main", own))
	require.NoError(t, src.UpdateSummary(ctx, nil))
	require.NoError(t, src.DeleteRef(ctx, "ostree-metadata"))
	require.NoError(t, src.UpdateSummary(ctx, nil))
	for dst, source := range map[*ostree.Repo]pull.Source{fromPath: pull.Local(src), fromServer: s.source()} {
		o := *mirror
		res, err := pull.Pull(ctx, dst, source, &o)
		require.NoError(t, err)
		delete(res.Refs, "org.example.Own:ostree-metadata")
		require.Equal(t, map[string]ostree.Checksum{"org.example.Own:main": own, "org.example.Other:main": next}, res.Refs)
		requireIntact(t, dst)
	}
	// Refs that are not of the collection of the remote are refused, as in any pull.
	_, err = pull.Pull(ctx, newRepo(t, ostree.ModeArchive), s.source(), &pull.Options{Mirror: true, CollectionID: "org.example.Own"})
	require.ErrorContains(t, err, "has collection ID ‘org.example.Other’ in collection binding metadata")
}
