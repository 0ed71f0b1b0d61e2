package ostree_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

func sha256sum(b []byte) ostree.Checksum { return sha256.Sum256(b) }

func objects(t testing.TB, repo *ostree.Repo) []ostree.ObjectName {
	t.Helper()
	var out []ostree.ObjectName
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		out = append(out, n)
	}
	return out
}

func TestTraverse(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	var commits []ostree.Checksum
	for i := range 3 {
		commits = append(commits, ostreetest.Write(t, repo, "x", map[string]string{"same/a": "a", "f": fmt.Sprint(i)}))
	}
	for depth, want := range map[int]int{0: 1 + 2 + 1 + 2, 1: 2 + 3 + 1 + 3, 2: 3 + 4 + 1 + 4, -1: 3 + 4 + 1 + 4, 100: 3 + 4 + 1 + 4} {
		s, err := repo.Traverse(t.Context(), commits[2], depth)
		require.NoError(t, err)
		require.Equal(t, want, s.Len(), "depth %d", depth)
	}
	all, err := repo.Traverse(t.Context(), commits[2], -1)
	require.NoError(t, err)
	require.ElementsMatch(t, objects(t, repo), slices.Collect(all.All()))

	// A commit seen before with less depth must not hide its ancestors.
	s := new(ostree.ObjectSet)
	require.NoError(t, repo.TraverseInto(t.Context(), s, commits[2], 0))
	require.NoError(t, repo.TraverseInto(t.Context(), s, commits[2], -1))
	require.Equal(t, all.Len(), s.Len())

	// History may end early, the commit itself must be there.
	require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: commits[1], Type: ostree.TypeCommit}))
	s, err = repo.Traverse(t.Context(), commits[2], -1)
	require.NoError(t, err)
	require.Equal(t, 6, s.Len())
	_, err = repo.Traverse(t.Context(), commits[1], -1)
	require.ErrorIs(t, err, fs.ErrNotExist)

	// A missing directory is an error unless the commit is known to be partial.
	dt := rootOf(t, repo, commits[2]).Tree
	require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: dt, Type: ostree.TypeDirTree}))
	_, err = repo.Traverse(t.Context(), commits[2], 0)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, repo.MarkPartial(t.Context(), commits[2], true))
	_, err = repo.Traverse(t.Context(), commits[2], 0)
	require.NoError(t, err)
}

func TestObjectSet(t *testing.T) {
	var s ostree.ObjectSet
	n := ostree.ObjectName{Checksum: ostree.Checksum{1}, Type: ostree.TypeFile}
	require.False(t, s.Has(n))
	require.True(t, s.Add(n))
	require.False(t, s.Add(n))
	require.True(t, s.Has(n))
	require.False(t, s.Add(ostree.ObjectName{Type: 99}))
	require.False(t, s.Has(ostree.ObjectName{Type: 99}))
	require.Equal(t, 1, s.Len())
	for range s.All() {
		break
	}
}

func TestPrune(t *testing.T) {
	setup := func(t *testing.T) (*ostree.Repo, []ostree.Checksum) {
		repo := ostreetest.NewRepo(t, ostree.ModeArchive)
		var commits []ostree.Checksum
		for i := range 4 {
			commits = append(commits, ostreetest.Write(t, repo, "x", map[string]string{"same/a": "a", "f": fmt.Sprint(i)}))
		}
		return repo, commits
	}
	for _, tc := range []struct {
		name   string
		o      *ostree.PruneOptions
		pruned int
		kept   []int // commits
	}{
		{"nothing to do", nil, 0, []int{0, 1, 2, 3}},
		{"refs, all history", &ostree.PruneOptions{RefsOnly: true}, 0, []int{0, 1, 2, 3}},
		{"refs, no history", &ostree.PruneOptions{RefsOnly: true, Depth: new(0)}, 9, []int{3}},
		{"refs, one parent", &ostree.PruneOptions{RefsOnly: true, Depth: new(1)}, 6, []int{2, 3}},
		{"commits without refs stay", &ostree.PruneOptions{Depth: new(0)}, 0, []int{0, 1, 2, 3}},
		{"count only", &ostree.PruneOptions{RefsOnly: true, Depth: new(0), NoPrune: true}, 9, []int{0, 1, 2, 3}},
		{"commits only", &ostree.PruneOptions{RefsOnly: true, Depth: new(0), CommitOnly: true}, 3, []int{3}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repo, commits := setup(t)
			require.NoError(t, repo.SetDetachedMetadata(t.Context(), commits[0], gvariant.NewDict()))
			require.NoError(t, repo.MarkPartial(t.Context(), commits[0], true))
			total := len(objects(t, repo)) - 1
			stats, err := repo.Prune(t.Context(), tc.o)
			require.NoError(t, err)
			if tc.o != nil && tc.o.CommitOnly {
				total = len(commits)
			}
			require.Equal(t, total, stats.Total)
			require.Equal(t, tc.pruned, stats.Pruned)
			require.Equal(t, tc.pruned > 0, stats.Freed > 0)
			var kept []int
			for i, c := range commits {
				if ok, err := repo.Has(t.Context(), ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit}); ok {
					require.NoError(t, err)
					kept = append(kept, i)
				}
			}
			require.Equal(t, tc.kept, kept)
			gone := !slices.Contains(kept, 0)
			state, err := repo.CommitState(t.Context(), commits[0])
			require.NoError(t, err)
			require.Equal(t, gone, state == ostree.CommitNormal, "state of the deleted commit")
			there, err := repo.Has(t.Context(), ostree.ObjectName{Checksum: commits[0], Type: ostree.TypeCommitMeta})
			require.NoError(t, err)
			require.Equal(t, !gone, there, "detached metadata of the deleted commit")
			report, err := repo.Fsck(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, report.Err())
		})
	}
}

func TestPruneKeepAndReachable(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := ostreetest.Write(t, repo, "x", map[string]string{"f": "1"})
	b := ostreetest.Write(t, repo, "x", map[string]string{"f": "2"})
	stats, err := repo.Prune(t.Context(), &ostree.PruneOptions{RefsOnly: true, Depth: new(0), Keep: []ostree.Checksum{a}})
	require.NoError(t, err)
	require.Zero(t, stats.Pruned)
	boom := errors.New("boom")
	_, err = repo.Prune(t.Context(), &ostree.PruneOptions{Reachable: func(ctx ctx, keep *ostree.ObjectSet) error { return boom }})
	require.ErrorIs(t, err, boom)
	stats, err = repo.Prune(t.Context(), &ostree.PruneOptions{Reachable: func(ctx ctx, keep *ostree.ObjectSet) error {
		return repo.TraverseInto(ctx, keep, a, 0)
	}})
	require.NoError(t, err)
	require.Equal(t, 3, stats.Pruned)
	_, err = repo.LoadCommit(t.Context(), b)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A ref to a commit that is gone does not keep Prune from its work; the real
// tool does the same.
func TestPruneWithDanglingRef(t *testing.T) {
	for _, o := range []ostree.PruneOptions{{RefsOnly: true}, {RefsOnly: true, Depth: new(int)}, {}} {
		r := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
		gone := ostreetest.Write(t, r, "one", map[string]string{"a": "1"})
		kept := ostreetest.Write(t, r, "two", map[string]string{"a": "2"})
		require.NoError(t, r.Delete(t.Context(), ostree.ObjectName{Checksum: gone, Type: ostree.TypeCommit}))
		stats, err := r.Prune(t.Context(), &o)
		require.NoError(t, err)
		require.Equal(t, 2, stats.Pruned, "directory and file")
		_, err = r.Traverse(t.Context(), kept, 0)
		require.NoError(t, err)
		_, err = r.Traverse(t.Context(), gone, 0)
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}

func TestPruneDeltasAndSummaries(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := ostreetest.Write(t, repo, "x", map[string]string{"f": "1"})
	keep := "deltas/" + deltaPath(ostree.Checksum{}, a)
	drop := "deltas/" + deltaPath(a, ostree.Checksum{7})
	for _, d := range []string{keep, drop, "tmp/cache/summaries"} {
		require.NoError(t, os.MkdirAll(filepath.Join(repo.Path(), d), 0o755))
	}
	for _, f := range []string{keep + "/superblock", drop + "/superblock", "tmp/cache/summaries/known", "tmp/cache/summaries/known.sig", "tmp/cache/summaries/other"} {
		require.NoError(t, os.WriteFile(filepath.Join(repo.Path(), f), []byte("x"), 0o644))
	}
	require.NoError(t, repo.AddRemote(t.Context(), ostree.Remote{Name: "known", URL: "http://example.com"}, nil))
	_, err := repo.Prune(t.Context(), nil)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(repo.Path(), keep, "superblock"))
	require.NoDirExists(t, filepath.Join(repo.Path(), drop))
	entries, err := os.ReadDir(filepath.Join(repo.Path(), "tmp/cache/summaries"))
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

// damage changes a byte of a stored object.
func damage(t testing.TB, repo *ostree.Repo, n ostree.ObjectName) {
	t.Helper()
	p := filepath.Join(repo.Path(), "objects", n.LoosePath(repo.Mode()))
	data, err := os.ReadFile(p)
	require.NoError(t, err)
	data[len(data)-1] ^= 1
	require.NoError(t, os.WriteFile(p, data, 0o644))
}

func TestFsckFindsEveryDamage(t *testing.T) {
	for _, mode := range fsModes {
		repo := ostreetest.NewRepo(t, mode)
		commit := ostreetest.Write(t, repo, "x", map[string]string{"f": "content", "d/ mode=0700": "", "d/g mode=0755": "more"})
		all := objects(t, repo)
		require.Len(t, all, 1+2+2+2)
		report, err := repo.Fsck(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, report.Err())
		require.Equal(t, len(all), report.Objects)
		require.Equal(t, 1, report.Commits)
		for _, n := range all {
			t.Run(mode.String()+"/"+n.Type.String(), func(t *testing.T) {
				p := filepath.Join(repo.Path(), "objects", n.LoosePath(mode))
				good, err := os.ReadFile(p)
				require.NoError(t, err)
				damage(t, repo, n)
				report, err := repo.Fsck(t.Context(), nil)
				require.NoError(t, err)
				i := slices.IndexFunc(report.Problems, func(p ostree.FsckProblem) bool { return p.Object == n })
				require.GreaterOrEqual(t, i, 0)
				var ce *ostree.CorruptError
				require.ErrorAs(t, report.Problems[i].Err, &ce)
				require.Equal(t, n, ce.Object)
				if n.Type != ostree.TypeCommit {
					require.Equal(t, []ostree.Checksum{commit}, report.Problems[i].Commits)
				}
				require.Empty(t, report.MarkedPartial, "damage alone marks nothing")
				require.NoError(t, os.WriteFile(p, good, 0o644))
			})
		}
	}
}

func TestFsckMissingAndDelete(t *testing.T) {
	for _, how := range []string{"missing", "deleted", "kept"} {
		repo := ostreetest.NewRepo(t, ostree.ModeArchive)
		a := ostreetest.Write(t, repo, "a", map[string]string{"d/f": "shared", "x": "1"})
		b := ostreetest.Write(t, repo, "b", map[string]string{"e/f": "shared", "x": "2"})
		c := ostreetest.Write(t, repo, "c", map[string]string{"x": "3"})
		tree, err := repo.LoadDirTree(t.Context(), rootOf(t, repo, a).Tree)
		require.NoError(t, err)
		sub, err := repo.LoadDirTree(t.Context(), tree.Dirs[0].Tree)
		require.NoError(t, err)
		n := ostree.ObjectName{Checksum: sub.Files[0].Checksum, Type: ostree.TypeFile}
		o := &ostree.FsckOptions{Delete: how == "deleted", KeepStates: how == "kept"}
		if how == "deleted" {
			damage(t, repo, n)
		} else {
			require.NoError(t, repo.Delete(t.Context(), n))
		}
		report, err := repo.Fsck(t.Context(), o)
		require.NoError(t, err)
		require.Len(t, report.Problems, 1)
		p := report.Problems[0]
		require.Equal(t, n, p.Object)
		require.ElementsMatch(t, []ostree.Checksum{a, b}, p.Commits)
		require.Equal(t, how == "deleted", p.Deleted)
		require.Equal(t, how != "deleted", p.Missing)
		want := []ostree.Checksum{a, b}
		if how == "kept" {
			want = nil
		}
		require.ElementsMatch(t, want, report.MarkedPartial)
		for sum, state := range map[ostree.Checksum]ostree.CommitState{a: ostree.CommitFsckPartial, c: ostree.CommitNormal} {
			if how == "kept" {
				state = ostree.CommitNormal
			}
			got, err := repo.CommitState(t.Context(), sum)
			require.NoError(t, err)
			require.Equal(t, state, got)
		}
		if how == "kept" {
			continue
		}
		report, err = repo.Fsck(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Equal(t, 2, report.FsckPartialCommits)
		require.EqualError(t, report.Err(), "2 partial commits from fsck-detected corruption")
	}
}

func TestFsckRefsAndBindings(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := ostreetest.Write(t, repo, "x", map[string]string{"f": "1"})
	require.NoError(t, repo.SetRef(t.Context(), "gone", ostree.Checksum{9}))
	var last ostree.FsckProgress
	report, err := repo.Fsck(t.Context(), &ostree.FsckOptions{Progress: func(p ostree.FsckProgress) { last = p }})
	require.NoError(t, err)
	require.Len(t, report.Problems, 1)
	require.Equal(t, "gone", report.Problems[0].Ref)
	require.True(t, report.Problems[0].Missing)
	require.Equal(t, ostree.FsckProgress{Commits: 1, Done: 4, Total: 4}, last)
	require.NoError(t, repo.DeleteRef(t.Context(), "gone"))

	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	d := gvariant.NewDict()
	d.Set(ostree.KeyRefBinding, gvariant.NewStrings([]string{"bound"}))
	root := rootOf(t, repo, a)
	c, err := tx.WriteCommit(t.Context(), &ostree.Commit{Metadata: d, Parent: ostree.Checksum{5}, RootTree: root.Tree, RootMeta: root.Meta})
	require.NoError(t, err)
	tx.SetRef("other", c)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	for _, tc := range []struct {
		o    *ostree.FsckOptions
		want int
	}{{nil, 0}, {&ostree.FsckOptions{VerifyBindings: true}, 1}, {&ostree.FsckOptions{VerifyBackRefs: true}, 2}} {
		report, err := repo.Fsck(t.Context(), tc.o)
		require.NoError(t, err)
		require.Len(t, report.Problems, tc.want)
	}
	report, err = repo.Fsck(t.Context(), &ostree.FsckOptions{AddTombstones: true})
	require.NoError(t, err)
	require.Equal(t, []ostree.Checksum{{5}}, report.Tombstones)
	there, err := repo.Has(t.Context(), ostree.ObjectName{Checksum: ostree.Checksum{5}, Type: ostree.TypeTombstone})
	require.NoError(t, err)
	require.True(t, there)
}
