package testcase_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// knownDifferences are cases of the distribution's libsolv that do not come out
// equal, and why.
var knownDifferences = map[string]string{
	"cleandeps/mistake.t": "is about Debian packages",
	"evrcmp/caret.t":      "prints comparisons as older versions do",
}

// TestLibsolvSource runs the cases in the source of the distribution's libsolv.
// RPMOSTREE_LIBSOLV_SOURCE names the directory that it is unpacked in.
func TestLibsolvSource(t *testing.T) {
	dir := os.Getenv("RPMOSTREE_LIBSOLV_SOURCE")
	if dir == "" {
		require.False(t, testenv.Require(), "RPMOSTREE_LIBSOLV_SOURCE must name the source of libsolv (apt-get source libsolv)")
		t.Skip("RPMOSTREE_LIBSOLV_SOURCE does not name the source of libsolv")
	}
	ran := 0
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		rel := filepath.ToSlash(file)
		_, rel, ok := strings.Cut(rel, "/test/testcases/")
		if err != nil || !ok || e.IsDir() || !strings.HasSuffix(file, ".t") {
			return err
		}
		ran++
		t.Run(rel, func(t *testing.T) { runSourceCase(t, file, rel) })
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, ran, 50, "cases below %s", dir)
}

func runSourceCase(t *testing.T, file, name string) {
	if why := knownDifferences[name]; why != "" {
		t.Skip(why)
	}
	results, err := testcase.Run(context.Background(), os.DirFS(filepath.Dir(file)), filepath.Base(file))
	require.NoError(t, err)
	for _, r := range results {
		require.Empty(t, r.Skipped, "line %d", r.Line)
		r.Want, r.Got = withoutHeads(r.Want), withoutHeads(r.Got)
		require.Empty(t, r.Diff(), "line %d", r.Line)
	}
}

// withoutHeads drops what choices are about, which versions word differently.
func withoutHeads(lines []string) []string {
	var out []string
	for _, l := range lines {
		if f := strings.Fields(l); f[0] != "alternative" || f[2] != "0" {
			out = append(out, l)
		}
	}
	return out
}
