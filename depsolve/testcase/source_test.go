package testcase_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
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
	"cleandeps/mistake.t":             "is about Debian packages",
	"evrcmp/caret.t":                  "prints comparisons as older versions do",
	"choicerules/choice5.t":           "an update by name that needs a split package is not found",
	"distupgrade/dup_multiversion2.t": "names one element of a solution less",
}

// TestLibsolvSource runs the cases in the source of the distribution's libsolv.
// RPMOSTREE_LIBSOLV_SOURCE names the directory of the unpacked source; without
// it the source is fetched, but only if interoperability is required.
func TestLibsolvSource(t *testing.T) {
	dir := os.Getenv("RPMOSTREE_LIBSOLV_SOURCE")
	if dir == "" {
		if !testenv.Require() {
			t.Skip("RPMOSTREE_LIBSOLV_SOURCE does not name the source of libsolv")
		}
		dir = fetchLibsolv(t)
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

// fetchLibsolv gets the source with apt-get, without touching how the system is
// set up.
func fetchLibsolv(t *testing.T) string {
	testenv.NeedTool(t, "apt-get", "tar")
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lists/partial"), 0o755))
	list := filepath.Join(dir, "sources.list")
	line := "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n"
	require.NoError(t, os.WriteFile(list, []byte(line), 0o644))
	apt := []string{"-q", "-o", "Dir::Etc::sourcelist=" + list, "-o", "Dir::Etc::sourceparts=-",
		"-o", "Dir::State::lists=" + filepath.Join(dir, "lists"), "-o", "Dir::Cache=" + dir}
	run := func(name string, args ...string) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	run("apt-get", append(apt, "update")...)
	run("apt-get", append(apt, "source", "--download-only", "libsolv")...)
	files, err := filepath.Glob(filepath.Join(dir, "libsolv_*.orig.tar.*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	run("tar", "-xf", files[0])
	return dir
}
