package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// TestRules compares the clauses of each class, literal for literal, with those
// of the real solver, and the results of every kind of job for every kind of
// selection.
func TestRules(t *testing.T) {
	classes := map[string]string{ // which one a file is about
		"pkg": "pkg", "update": "update", "job-install": "job", "job-erase": "job", "job-lock": "job", "job-flags": "job",
		"infarch": "infarch", "best": "best", "black": "black", "strictrepo": "strictrepoprio", "choice": "choice",
	}
	files, err := filepath.Glob("testdata/rules/*.t")
	require.NoError(t, err)
	actions := 0
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".t")
		if _, ok := strings.CutPrefix(name, "select-"); ok {
			actions++
		} else {
			require.Contains(t, classes, name)
		}
		t.Run(name, func(t *testing.T) {
			results, err := testcase.Run(context.Background(), os.DirFS("."), f)
			require.NoError(t, err)
			require.Greater(t, len(results), 2)
			shown := 0
			for _, r := range results {
				require.Empty(t, r.Skipped)
				require.Empty(t, r.Diff(), "line %d", r.Line)
				for _, l := range r.Want {
					if strings.HasPrefix(l, "rule "+classes[name]+" ") {
						shown++
					}
				}
			}
			if classes[name] != "" {
				require.NotZero(t, shown, "no rule of the class")
			}
		})
	}
	require.Equal(t, 14, actions, "jobs with all selections")
}

func TestRulesAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	files, err := filepath.Glob("testdata/rules/*.t")
	require.NoError(t, err)
	for _, f := range files {
		out, err := exec.Command("testsolv", f).CombinedOutput()
		require.NoError(t, err, "%s: %s", f, out)
	}
}
