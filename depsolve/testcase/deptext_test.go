package testcase_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// TestDependencyTextAsRealSolver compares how chains of operators are read and
// written, which shows where parentheses appear.
func TestDependencyTextAsRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	texts := strings.Split("a . x|a . x = 1|a . x > 1 . y|a = 1 . x|(a . x) = 1|a . (x = 1)|a = (1 . x)|a . x . y|a - b - c|(a - b) - c|a:any = 1|"+
		"a:any . x|a <MULTIARCH> b = 1|a <MULTIARCH> any = 1|a . x compat >= 2|a = 1 compat >= 2|a > 1 compat >= 2 & c|(a = 1) compat >= 2|"+
		"a compat >= b . c|a <NAMESPACE> b . c = 1|a <KIND> b . x|a <99> b|a <3> b = 1|a <23> b|a <FILECONFLICT> b", "|")
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		texts = append(texts, randomDep(r, 3))
	}
	var b strings.Builder
	b.WriteString("repo system 0 testtags <inline>\nsystem x86_64 rpm system\n")
	for _, text := range texts {
		fmt.Fprintf(&b, "job install provides %s\n", text)
	}
	b.WriteString("result jobs <inline>\n")
	dir := t.TempDir()
	file := filepath.Join(dir, "deps.t")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	out, err := exec.Command("testsolv", "-r", file).Output()
	require.NoError(t, err)
	results, err := testcase.Run(context.Background(), os.DirFS(dir), "deps.t")
	require.NoError(t, err)
	require.Len(t, results[0].Got, len(texts))
	require.ElementsMatch(t, splitLines(string(out)), results[0].Got, cmp.Diff(splitLines(string(out)), results[0].Got))
}

// randomDep writes a chain with parentheses anywhere.
func randomDep(r *rand.Rand, depth int) string {
	word := func() string { return []string{"a", "b", "c", "d:any", "1-1"}[r.IntN(5)] }
	ops := []string{"=", "<", ">=", ".", "&", "|", "+", "-", "<IF>", "<ELSE>", "<UNLESS>", "<MULTIARCH>", "<KIND>"}
	out := word()
	for range 1 + r.IntN(3) {
		side := word()
		if depth > 0 && r.IntN(3) == 0 {
			side = "(" + randomDep(r, depth-1) + ")"
		}
		out += " " + ops[r.IntN(len(ops))] + " " + side
	}
	return out
}
