package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestUnwritableRepository runs both commands as an ordinary user on a repository whose objects or whose directory cannot
// be written, and compares which verbs fail and that they say so.
func TestUnwritableRepository(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "setpriv")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	dir, err := os.MkdirTemp("", "unprivileged") // unlike that of the test, to be entered by everybody
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o777))
	ours := filepath.Join(dir, "ours")
	testenv.Run(t, "/", "cp", ourCommand(t), ours)
	as := func(bin string, args ...string) (string, bool) {
		cmd := exec.Command("setpriv", append([]string{"--reuid=65534", "--regid=65534", "--clear-groups", bin}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	need := func(bin string, args ...string) {
		t.Helper()
		out, ok := as(bin, args...)
		require.True(t, ok, "%s %q: %s", bin, args, out)
	}
	need("mkdir", "tree")
	need("sh", "-c", "echo content >tree/file")
	verbs := []string{
		"commit -b main tree", "refs --create=name main", "refs --delete name", "summary -u", "config set core.x y", "remote add o http://localhost", "pull-local source",
		"fsck -q", "rev-parse main", "ls main", "checkout -U main out", "sign main key", "prune --refs-only",
	}
	for _, mode := range []string{"archive", "bare-user"} {
		for _, closed := range []string{"objects", ""} {
			var said [2]string
			for i, bin := range []string{"ostree", ours} {
				need("ostree", "init", "--repo=repo", "--mode="+mode)
				need("ostree", "init", "--repo=source", "--mode="+mode)
				need("ostree", "commit", "--repo=repo", "-b", "main", "tree")
				need("ostree", "commit", "--repo=source", "-b", "source", "-s", "other", "tree")
				need("chmod", "a-w", filepath.Join("repo", closed))
				for _, verb := range verbs {
					out, ok := as(bin, append(strings.Fields(verb), "--repo=repo")...)
					said[i] += fmt.Sprintf("%s: done=%v denied=%v\n", verb, ok, strings.Contains(out, "Permission denied"))
				}
				need("chmod", "-R", "u+w", "repo")
				for _, name := range []string{"repo", "source", "out"} {
					require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
				}
			}
			assert.Equal(t, said[0], said[1], "%s, %q closed", mode, closed)
		}
	}
}
