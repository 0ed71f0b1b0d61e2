package testcase_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/rpmostree/depsolve/testcase"
)

// TestSuite runs every case below the directory that RPMOSTREE_TESTCASES names
// and compares transactions.
func TestSuite(t *testing.T) {
	dir := os.Getenv("RPMOSTREE_TESTCASES")
	if dir == "" {
		t.Skip("RPMOSTREE_TESTCASES names no directory of test cases")
	}
	passed, all := 0, 0
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".t") {
			return err
		}
		rel, _ := filepath.Rel(dir, file)
		t.Run(rel, func(t *testing.T) {
			results, err := testcase.Run(context.Background(), os.DirFS(filepath.Dir(file)), filepath.Base(file))
			if err != nil {
				t.Fatal(err)
			}
			ran, solving := 0, time.Duration(0)
			for _, r := range results {
				if r.Skipped != "" {
					t.Logf("line %d: %s", r.Line, r.Skipped)
					continue
				}
				ran++
				solving += r.Elapsed
				if !slices.Equal(solutionLines(r.Want), solutionLines(r.Got)) {
					t.Logf("line %d: other solutions\n%s", r.Line, cmp.Diff(solutionLines(r.Want), solutionLines(r.Got)))
				}
				if !r.EqualTransaction() {
					t.Errorf("line %d: want - got +\n%s", r.Line, diff(&r))
				}
			}
			if ran == 0 {
				t.Skip("no section could be run")
			}
			t.Logf("%d sections solved in %v", ran, solving)
		})
		all++
		if !t.Failed() {
			passed++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files", all)
}

// diff lists the lines that differ, ours with the reason.
func diff(r *testcase.Result) string {
	var b strings.Builder
	for _, l := range r.Want {
		if !slices.Contains(r.Got, l) {
			fmt.Fprintf(&b, "- %s\n", l)
		}
	}
	for _, l := range r.Got {
		if !slices.Contains(r.Want, l) {
			fmt.Fprintf(&b, "+ %s  (%s)\n", l, r.Why[l])
		}
	}
	return b.String()
}

// solutionLines returns the lines of solutions without the ids of problems, and
// a line for each problem.
func solutionLines(lines []string) []string {
	var out []string
	problems := map[string]bool{}
	for _, l := range lines {
		f := strings.SplitN(l, " ", 5)
		if f[0] != "problem" || len(f) < 4 {
			continue
		}
		if !problems[f[1]] {
			problems[f[1]] = true
			out = append(out, "problem")
		}
		if f[2] == "solution" && len(f) == 5 {
			out = append(out, f[4])
		}
	}
	slices.Sort(out)
	return out
}
