package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestDiffTakesAttributesOfDirectoriesForWhatTheyAre compares trees whose extended attributes differ, in all modes.
func TestDiffTakesAttributesOfDirectoriesForWhatTheyAre(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours := ourCommand(t)
	for _, mode := range []string{"bare", "bare-user", "bare-user-only", "archive", "archive core.disable-xattrs"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			repo, with, without := filepath.Join(dir, "repo"), filepath.Join(dir, "with"), filepath.Join(dir, "without")
			mode, disable, _ := strings.Cut(mode, " ")
			run := func(args ...string) { testenv.Run(t, "/", append([]string{"ostree", "--repo=" + repo}, args...)...) }
			run("init", "--mode="+mode)
			if disable != "" {
				run("config", "set", disable, "true")
			}
			for _, tree := range []string{with, without} {
				require.NoError(t, os.MkdirAll(filepath.Join(tree, "d"), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte("f"), 0o644))
				require.NoError(t, os.WriteFile(filepath.Join(tree, "d/g"), []byte("g"), 0o600))
				require.NoError(t, os.Symlink("f", filepath.Join(tree, "link")))
			}
			testenv.Run(t, with, "setfattr", "-n", "user.a", "-v", "b", "f", "d")
			run("commit", "--branch=with", with)
			run("commit", "--branch=without", without)
			run("checkout", "with", filepath.Join(dir, "links")) // in mode bare-user they are objects, and look so
			run("checkout", "-U", "with", filepath.Join(dir, "user"))
			testenv.Run(t, without, "setfattr", "-n", "user.ostreemeta", "-v", "any", "d/g")
			sides := []string{"with", "without", with, without, filepath.Join(dir, "links"), filepath.Join(dir, "user")}
			for _, from := range sides {
				for _, to := range sides {
					for _, option := range []string{"--fs-diff", "--no-xattrs"} {
						args := []string{"--repo=" + repo, "diff", option, from, to}
						want, wantCode := outcome(t, "ostree", args...)
						got, code := outcome(t, ours, args...)
						assert.Equal(t, wantCode, code, "%v: %s", args, got)
						assert.Equal(t, sortedLines(want), sortedLines(got), args)
					}
				}
			}
		})
	}
}
