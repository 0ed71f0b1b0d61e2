package pull_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
)

// wholeHistory also asks for all parents.
var wholeHistory = &pull.Options{Remote: "origin", Refs: []string{"main"}, Depth: -1}

// TestTombstones: where a server has them, a parent without one is not missing on purpose.
func TestTombstones(t *testing.T) {
	for _, c := range []struct {
		name             string
		configured, kept bool
		requests         int
		fails            bool
	}{
		{"as it should be", true, true, 1, false},
		{"gone as well", true, false, 1, true},
		{"none are left", false, false, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, sums := history(t)
			if c.configured {
				cfg := src.Config()
				cfg.Set("core", "tombstone-commits", "true")
				require.NoError(t, src.WriteConfig(t.Context(), cfg))
			}
			require.NoError(t, src.Delete(t.Context(), ostree.ObjectName{Checksum: sums[0], Type: ostree.TypeCommit}))
			name := ostree.ObjectName{Checksum: sums[0], Type: ostree.TypeTombstone}
			path := "objects/" + name.LoosePath(ostree.ModeArchive)
			if c.configured && !c.kept {
				require.NoError(t, os.Remove(filepath.Join(src.Path(), path)))
			}
			s := serve(t, src)
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), wholeHistory)
			require.Equal(t, c.requests, s.count(".tombstone-commit"))
			if c.fails {
				require.ErrorContains(t, err, name.String())
				require.ErrorContains(t, err, s.URL+"/"+path)
				require.ErrorIs(t, err, fs.ErrNotExist)
				requireUnchanged(t, dst)
				return
			}
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
			_, err = os.Stat(filepath.Join(dst.Path(), path))
			require.ErrorIs(t, err, fs.ErrNotExist, "nothing was deleted here")
		})
	}
}

// TestDeltasOfParents: from the oldest, each is made by the delta from the one before.
func TestDeltasOfParents(t *testing.T) {
	scratch, first, second := 0, 1, 2
	for _, c := range []struct {
		name   string
		have   int // commits that are there before
		served []int
		deltas int
		loose  int // new files that come one by one
	}{
		{"from scratch", 0, []int{scratch, first, second}, 3, 0},
		{"only from scratch", 0, []int{scratch}, 1, 2},
		{"from the oldest", 1, []int{first, second}, 2, 0},
		{"a gap", 1, []int{second}, 0, 2},
		{"not for the newest", 1, []int{first}, 1, 1},
	} {
		for _, indexed := range []bool{true, false} {
			t.Run(c.name+map[bool]string{true: ", index", false: ", summary"}[indexed], func(t *testing.T) {
				src, sums := history(t)
				names := []delta.Name{{To: sums[0]}, {From: sums[0], To: sums[1]}, {From: sums[1], To: sums[2]}}
				for _, i := range c.served {
					_, err := delta.Generate(t.Context(), src, names[i], nil)
					require.NoError(t, err)
				}
				if indexed {
					require.NoError(t, delta.Reindex(t.Context(), src))
				}
				require.NoError(t, src.UpdateSummary(t.Context(), nil))
				s := serve(t, src)
				dst := newRepo(t, ostree.ModeBareUser)
				if c.have > 0 {
					_, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Remote: "origin", DisableDeltas: true,
						OverrideCommits: map[string]ostree.Checksum{"main": sums[c.have-1]}})
					require.NoError(t, err)
				}
				s.setHook(nil)
				res, err := pull.Pull(t.Context(), dst, s.source(), wholeHistory)
				require.NoError(t, err)
				require.Equal(t, c.deltas, res.Deltas)
				require.Equal(t, c.loose, s.count(".filez"))
				for _, sum := range sums {
					state, err := dst.CommitState(t.Context(), sum)
					require.NoError(t, err)
					require.Equal(t, ostree.CommitNormal, state)
				}
				requireComplete(t, dst, "origin:main", sums[2])
			})
		}
	}
}

// TestRequiredDeltasAreNotForParents: --depth reaches back to what no delta leads to any more.
func TestRequiredDeltasAreNotForParents(t *testing.T) {
	src, sums := history(t)
	for _, n := range []delta.Name{{To: sums[0]}, {To: sums[2]}} {
		_, err := delta.Generate(t.Context(), src, n, nil)
		require.NoError(t, err)
	}
	require.NoError(t, delta.Reindex(t.Context(), src))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	dst := newRepo(t, ostree.ModeBareUser)
	o := *wholeHistory
	o.RequireDeltas = true
	res, err := pull.Pull(t.Context(), dst, serve(t, src).source(), &o)
	require.NoError(t, err)
	require.Equal(t, 2, res.Deltas)
	requireComplete(t, dst, "origin:main", sums[2])
}

// TestDeltasWithoutSummary: a server that lists no deltas is asked for the one that would be of most use.
func TestDeltasWithoutSummary(t *testing.T) {
	src, sums := history(t)
	for _, n := range []delta.Name{{To: sums[1]}, {From: sums[1], To: sums[2]}} {
		_, err := delta.Generate(t.Context(), src, n, nil)
		require.NoError(t, err)
	}
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	for i, c := range []ostree.Checksum{sums[1], sums[2]} {
		s.setHook(nil)
		res, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Remote: "origin", OverrideCommits: map[string]ostree.Checksum{"main": c}})
		require.NoError(t, err)
		require.Equal(t, 1, res.Deltas, i)
		require.Zero(t, s.count(".filez"))
		requireComplete(t, dst, "origin:main", c)
	}
	// One that is another's is not used.
	fresh := newRepo(t, ostree.ModeBareUser)
	s.setHook(func(w http.ResponseWriter, r *http.Request) bool {
		wrong := delta.Name{To: sums[2]}
		if r.URL.Path != "/"+wrong.Dir()+"/superblock" {
			return false
		}
		http.ServeFile(w, r, filepath.Join(src.Path(), delta.Name{To: sums[1]}.Dir(), "superblock"))
		return true
	})
	_, err := pull.Pull(t.Context(), fresh, s.source(), mainRef)
	require.ErrorContains(t, err, "superblock is that of delta "+sums[1].String())
	requireUnchanged(t, fresh)
}
