package pull_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
)

// TestRequiredDeltasOfALocalSource: deltas are found by the index or by the
// summary; an index that cannot be used is an error, not a missing one.
func TestRequiredDeltasOfALocalSource(t *testing.T) {
	src, sums := history(t)
	name := delta.Name{From: sums[1], To: sums[2]}
	try := func() (*pull.Result, error) {
		dst := newRepo(t, ostree.ModeBareUser)
		_, err := pull.Pull(t.Context(), dst, pull.Local(src), &pull.Options{Refs: []string{"main"}, OverrideCommits: map[string]ostree.Checksum{"main": sums[1]}})
		require.NoError(t, err)
		res, err := pull.Pull(t.Context(), dst, pull.Local(src), &pull.Options{Refs: []string{"main"}, RequireDeltas: true})
		if err == nil {
			report, ferr := dst.Fsck(t.Context(), nil)
			require.NoError(t, ferr)
			require.NoError(t, report.Err())
		}
		return res, err
	}
	var none *pull.NoDeltaError
	_, err := try()
	require.ErrorAs(t, err, &none)

	_, err = delta.Generate(t.Context(), src, name, nil)
	require.NoError(t, err)
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	res, err := try()
	require.NoError(t, err, "listed in the summary")
	require.Equal(t, 1, res.Deltas)

	require.NoError(t, delta.Reindex(t.Context(), src))
	require.NoError(t, os.Remove(filepath.Join(src.Path(), "summary")))
	res, err = try()
	require.NoError(t, err, "listed in the index")
	require.Equal(t, 1, res.Deltas)

	index := filepath.Join(src.Path(), delta.IndexPath(name.To))
	require.NoError(t, os.Remove(index))
	require.NoError(t, os.Mkdir(index, 0o755))
	_, err = try()
	require.ErrorContains(t, err, "delta index: ")
}

// TestDeltaPullRequests: a delta brings all objects, in a few requests.
func TestDeltaPullRequests(t *testing.T) {
	src, sums := history(t)
	_, err := delta.Generate(t.Context(), src, delta.Name{From: sums[1], To: sums[2]}, nil)
	require.NoError(t, err)
	require.NoError(t, delta.Reindex(t.Context(), src))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	dst := newRepo(t, ostree.ModeBareUser)
	_, err = pull.Pull(t.Context(), dst, serve(t, src).source(), &pull.Options{Refs: []string{"main"}, OverrideCommits: map[string]ostree.Checksum{"main": sums[1]}})
	require.NoError(t, err)
	s := serve(t, src)
	res, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	require.Equal(t, 1, res.Deltas)
	require.Zero(t, s.count(".filez")+s.count(".dirtree")+s.count(".dirmeta"))
	require.LessOrEqual(t, s.count(""), 10)
}
