package ostree_test

import (
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// day is the nth of a month in which commits are made.
func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

// dated writes a commit of a day over the tree of another one; without a ref it is an orphan.
func dated(t *testing.T, repo *ostree.Repo, ref string, tree, parent ostree.Checksum, n int) ostree.Checksum {
	t.Helper()
	from, err := repo.LoadCommit(t.Context(), tree)
	require.NoError(t, err)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	sum, err := tx.WriteCommit(t.Context(), &ostree.Commit{
		Subject: fmt.Sprintf("%s %d", ref, n), Parent: parent, Timestamp: day(n), RootTree: from.RootTree, RootMeta: from.RootMeta,
	})
	require.NoError(t, err)
	if ref != "" {
		tx.SetRef(ref, sum)
	}
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return sum
}

// TestPruneRetention prunes a repository with two branches of a commit a day, "a" on days 1 to 5 and "b" on 2 to 4, and
// orphans of days 3 and 5.
func TestPruneRetention(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    ostree.PruneOptions
		kept string
	}{
		{"since", ostree.PruneOptions{Since: day(4)}, "a4 a5 b4"},
		{"heads stay", ostree.PruneOptions{Since: day(9)}, "a5 b4"},
		{"one branch", ostree.PruneOptions{Since: day(9), OnlyBranches: []string{"b"}}, "a1 a2 a3 a4 a5 b4"},
		{"depth of one branch", ostree.PruneOptions{Depth: new(0), OnlyBranches: []string{"a"}}, "a5 b2 b3 b4"},
		{"branch has a depth", ostree.PruneOptions{Since: day(9), BranchDepth: map[string]int{"a": 2}}, "a3 a4 a5 b4"},
		{"branch has all", ostree.PruneOptions{Depth: new(0), BranchDepth: map[string]int{"a": -1}}, "a1 a2 a3 a4 a5 b4"},
		{"a branch's depth alone", ostree.PruneOptions{BranchDepth: map[string]int{"a": 0}}, "a5 b2 b3 b4"},
		{"young orphans", ostree.PruneOptions{RefsOnly: true, Depth: new(0), UnreferencedSince: day(5)}, "a5 b4 o5"},
		{"young ancestors have no ref", ostree.PruneOptions{RefsOnly: true, Depth: new(0), UnreferencedSince: day(4)}, "a4 a5 b4 o5"},
		{"all orphans stay anyhow", ostree.PruneOptions{UnreferencedSince: day(9)}, "a1 a2 a3 a4 a5 b2 b3 b4 o3 o5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
			tree := ostreetest.Write(t, repo, "a", map[string]string{"f": "1"})
			commits := map[string]ostree.Checksum{}
			for i := 1; i <= 5; i++ {
				commits[fmt.Sprint("a", i)] = dated(t, repo, "a", tree, commits[fmt.Sprint("a", i-1)], i)
			}
			for i := 2; i <= 4; i++ {
				commits[fmt.Sprint("b", i)] = dated(t, repo, "b", tree, commits[fmt.Sprint("b", i-1)], i)
			}
			for _, i := range []int{3, 5} {
				commits[fmt.Sprint("o", i)] = dated(t, repo, "", tree, ostree.Checksum{}, i)
			}
			require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: tree, Type: ostree.TypeCommit}))

			_, err := repo.Prune(t.Context(), &tc.o)
			require.NoError(t, err)
			kept := ""
			for _, name := range []string{"a1", "a2", "a3", "a4", "a5", "b2", "b3", "b4", "o3", "o5"} {
				_, err := repo.Traverse(t.Context(), commits[name], 0)
				if err == nil {
					kept += " " + name
					continue
				}
				require.ErrorIs(t, err, fs.ErrNotExist)
			}
			require.Equal(t, " "+tc.kept, kept)
		})
	}
}
