package pull_test

import (
	"testing"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// TestCommitsAreAskedForOnce: several refs may have the same commit, or histories that meet.
func TestCommitsAreAskedForOnce(t *testing.T) {
	src, sums := history(t)
	refs := map[string]ostree.Checksum{"main": sums[2], "same": sums[2], "older": sums[1], "oldest": sums[0]}
	tx, err := src.Begin(t.Context(), nil)
	require.NoError(t, err)
	for name, c := range refs {
		tx.SetRef(name, c)
	}
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	for _, tc := range []struct {
		name     string
		refs     []string
		depth    int
		requests map[ostree.Checksum]int
	}{
		{"two refs", []string{"main", "same"}, 0, map[ostree.Checksum]int{sums[2]: 1, sums[1]: 0}},
		{"histories that meet", []string{"main", "same", "older"}, -1, map[ostree.Checksum]int{sums[2]: 1, sums[1]: 1, sums[0]: 1}},
		{"a ref and its checksum", []string{"oldest", sums[0].String()}, 0, map[ostree.Checksum]int{sums[0]: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, src)
			o := &pull.Options{Remote: "origin", Refs: tc.refs, Depth: tc.depth, DisableVerifyBindings: true, DisableDeltas: true}
			check := func() {
				for c, n := range tc.requests {
					for _, typ := range []ostree.ObjectType{ostree.TypeCommit, ostree.TypeCommitMeta} {
						path := "objects/" + ostree.ObjectName{Checksum: c, Type: typ}.LoosePath(ostree.ModeArchive)
						require.Equal(t, n, s.count(path), "%s", path)
					}
				}
			}
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.DryRun(t.Context(), dst, s.source(), o)
			require.NoError(t, err)
			check()
			s.setHook(nil)
			_, err = pull.Pull(t.Context(), dst, s.source(), o)
			require.NoError(t, err)
			check()
			for _, ref := range tc.refs {
				if want, ok := refs[ref]; ok {
					requireComplete(t, dst, "origin:"+ref, want)
				}
			}
		})
	}
}

// TestMissingParentsAreAskedForOnce: so does history that the server has pruned.
func TestMissingParentsAreAskedForOnce(t *testing.T) {
	src, sums := history(t)
	tx, err := src.Begin(t.Context(), nil)
	require.NoError(t, err)
	tx.SetRef("same", sums[2])
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	name := ostree.ObjectName{Checksum: sums[0], Type: ostree.TypeCommit}
	require.NoError(t, src.Delete(t.Context(), name))
	s := serve(t, src)
	_, err = pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(),
		&pull.Options{Refs: []string{"main", "same"}, Depth: -1, DisableVerifyBindings: true})
	require.NoError(t, err)
	require.Equal(t, 1, s.count(name.LoosePath(ostree.ModeArchive)))
}
