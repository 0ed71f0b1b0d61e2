package pull_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// TestDeltaPullRequests: a delta brings all objects but its fallbacks, in a few
// requests.
func TestDeltaPullRequests(t *testing.T) {
	const large = 50_000
	for _, tc := range []struct {
		name      string
		o         delta.GenerateOptions
		scratch   bool
		unindexed bool // listed in the summary alone
		parts     int  // files of parts
		fallbacks int
	}{
		{name: "part", parts: 1},
		{name: "part, no index", parts: 1, unindexed: true},
		{name: "inline", o: delta.GenerateOptions{Inline: true}},
		{name: "fallback", o: delta.GenerateOptions{MinFallbackSize: large}, parts: 1, fallbacks: 1},
		{name: "inline, fallback", o: delta.GenerateOptions{MinFallbackSize: large, Inline: true}, fallbacks: 1},
		{name: "big-endian", o: delta.GenerateOptions{BigEndian: true}, parts: 1},
		{name: "scratch", scratch: true, parts: 1},
		{name: "scratch, no index", scratch: true, parts: 1, unindexed: true},
		{name: "scratch, inline, fallback", scratch: true, o: delta.GenerateOptions{MinFallbackSize: large, Inline: true}, fallbacks: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src, sums := history(t)
			files := map[string]string{"usr/big": strings.Repeat("many bytes ", large/10)}
			for i := range 40 {
				files[fmt.Sprintf("usr/d%d/new", i)] = fmt.Sprint("new file ", i)
			}
			to := (&commitSpec{ref: "main", files: files, parent: sums[2], time: 9, detached: "sig"}).write(t, src)
			name := delta.Name{From: sums[2], To: to}
			if tc.scratch {
				name.From = ostree.Checksum{}
			}
			_, err := delta.Generate(t.Context(), src, name, &tc.o)
			require.NoError(t, err)
			if !tc.unindexed {
				require.NoError(t, delta.Reindex(t.Context(), src))
			}
			require.NoError(t, src.UpdateSummary(t.Context(), nil))
			dst := newRepo(t, ostree.ModeBareUser)
			if !tc.scratch {
				_, err = pull.Pull(t.Context(), dst, serve(t, src).source(), &pull.Options{Refs: []string{"main"}, OverrideCommits: map[string]ostree.Checksum{"main": sums[2]}})
				require.NoError(t, err)
			}
			s := serve(t, src)
			res, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.NoError(t, err)
			require.Equal(t, 1, res.Deltas)
			requireComplete(t, dst, "origin:main", to)
			require.Zero(t, s.count(".dirtree")+s.count(".dirmeta"))
			require.Equal(t, tc.fallbacks, s.count(".filez"))
			require.Equal(t, tc.parts, s.count("/0"))
			require.Equal(t, 1, s.count("/superblock"))
			require.LessOrEqual(t, s.count(""), 10)
		})
	}
}
