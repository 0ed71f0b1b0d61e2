package depsolve_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

// TestSolutionsCanBeTaken follows every solution of every failing situation: it
// leaves fewer problems than there were, and one solution of each problem
// together leaves none.
func TestSolutionsCanBeTaken(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txt")
	require.NoError(t, err)
	o := &depsolve.Options{KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			s := readSituation(t, file)
			problems := problemsOf(t, s.pool, s.jobs, o)
			var first []depsolve.Solution
			for _, p := range problems {
				sols, err := p.Solutions(context.Background())
				require.NoError(t, err)
				require.NotEmpty(t, sols)
				first = append(first, sols[0])
				for _, sol := range sols {
					left := problemsOf(t, s.pool, sol.Take(s.jobs), o)
					require.Less(t, len(left), len(problems), "%v", sol.Elements)
				}
			}
			require.Empty(t, problemsOf(t, s.pool, depsolve.TakeAll(s.jobs, first...), o))
		})
	}
}

func problemsOf(t *testing.T, pool *depsolve.Pool, jobs []depsolve.Job, o *depsolve.Options) []*depsolve.Problem {
	t.Helper()
	_, err := pool.Solve(context.Background(), jobs, o)
	var unsolvable *depsolve.UnsolvableError
	if errors.As(err, &unsolvable) {
		return unsolvable.Problems
	}
	require.NoError(t, err)
	return nil
}
