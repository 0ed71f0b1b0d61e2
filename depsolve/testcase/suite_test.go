package testcase_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/depsolve/testcase"
)

// TestSuite runs every case below the directory that RPMOSTREE_TESTCASES names
// and compares transactions, problems and solutions.
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
				if !r.EqualTransaction() {
					t.Errorf("line %d: want - got +\n%s", r.Line, r.Diff())
				} else if d := r.Diff(); d != "" {
					t.Errorf("line %d: other problems or details\n%s", r.Line, d)
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
