package pull_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
)

func TestDryRunOfADelta(t *testing.T) {
	src, sums := history(t)
	name := delta.Name{From: sums[1], To: sums[2]}
	_, err := delta.Generate(t.Context(), src, name, nil)
	require.NoError(t, err)
	require.NoError(t, delta.Reindex(t.Context(), src))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err = pull.Pull(t.Context(), dst, s.source(), &pull.Options{Refs: []string{"main"}, OverrideCommits: map[string]ostree.Checksum{"main": sums[1]}})
	require.NoError(t, err)
	before := objectFiles(t, dst)

	e, err := pull.DryRun(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	require.Equal(t, []pull.CommitEstimate{{Ref: "main", Commit: sums[2], Delta: name}}, e.Commits)
	d, err := delta.Open(src, name)
	require.NoError(t, err)
	require.Equal(t, pull.DeltaEstimate{Parts: 1, Archived: d.Superblock.Parts[0].Size, Unpacked: d.Superblock.Parts[0].Usize}, e.Delta)
	require.Len(t, objectFiles(t, dst), len(before), "a dry run stores nothing")
	got, err := dst.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	require.Equal(t, sums[1], got)
	require.Zero(t, s.count("/0"), "no part is fetched")

	_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	e, err = pull.DryRun(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	require.Equal(t, []pull.CommitEstimate{{Ref: "main", Commit: sums[2], Complete: true}}, e.Commits)
}

func TestDryRunWithoutSizes(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	e, err := pull.DryRun(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(), &pull.Options{Refs: []string{"main"}, Depth: -1})
	require.NoError(t, err)
	require.Equal(t, []pull.CommitEstimate{{Ref: "main", Commit: sums[2]}, {Commit: sums[1]}, {Commit: sums[0]}}, e.Commits)

	_, err = pull.DryRun(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(), &pull.Options{Refs: []string{"main"}, RequireDeltas: true})
	var none *pull.NoDeltaError
	require.ErrorAs(t, err, &none)
}
