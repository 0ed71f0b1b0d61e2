package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// cleaning finds jobs that are made to clean up in half of the cases.
var cleaning = regexp.MustCompile(`(?m)^job (erase|update) name [A-Z]$`)

// TestUnneededAgreesWithRealSolver compares what nothing needs any more in the
// wild cases, and what goes along with what jobs erase and update.
func TestUnneededAgreesWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	dir := t.TempDir()
	file := filepath.Join(dir, "wild.t")
	const cases = 400
	nonempty := 0
	for seed := range uint64(cases) {
		text := strings.Replace(wildCase(seed), "result transaction,problems ", "result unneeded,cleandeps ", 1)
		if seed%2 == 1 {
			text = cleaning.ReplaceAllString(text, "$0 [cleandeps]")
		}
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		out, err := exec.Command("testsolv", "-r", file).Output()
		require.NoError(t, err)
		want := splitLines(string(out))
		slices.Sort(want)
		results, err := testcase.Run(context.Background(), os.DirFS(dir), "wild.t")
		require.NoError(t, err)
		if len(want) > 0 {
			nonempty++
		}
		if !slices.Equal(want, results[0].Got) {
			t.Errorf("seed %d\n%s%s", seed, text, cmp.Diff(want, results[0].Got))
		}
	}
	require.Greater(t, nonempty, cases/2)
}
