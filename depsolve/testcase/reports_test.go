package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// TestReportsAgreeWithRealSolver compares the texts of problems in the wild
// cases. Where the programs find problems by different ways, as they may, the
// texts may differ too.
func TestReportsAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	dir := t.TempDir()
	file := filepath.Join(dir, "wild.t")
	const cases = 400
	texts := 0
	var differ []uint64
	for seed := range uint64(cases) {
		require.NoError(t, os.WriteFile(file, []byte(wildCase(seed)), 0o644))
		out, err := exec.Command("testsolv", "-r", file).Output()
		require.NoError(t, err)
		want := infos(splitLines(string(out)))
		results, err := testcase.Run(context.Background(), os.DirFS(dir), "wild.t")
		require.NoError(t, err)
		got := infos(results[0].Got)
		texts += len(want)
		if !slices.Equal(want, got) {
			differ = append(differ, seed)
			t.Logf("seed %d: want %q, got %q", seed, want, got)
		}
	}
	t.Logf("%d texts, %d cases differ", texts, len(differ))
	require.Greater(t, texts, cases/10)
	require.LessOrEqual(t, len(differ), cases/100, "seeds %v", differ)
}

// infos returns the texts of problems, sorted.
func infos(lines []string) []string {
	var out []string
	for _, l := range lines {
		if _, text, ok := strings.Cut(l, " info "); ok && strings.HasPrefix(l, "problem ") {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}
