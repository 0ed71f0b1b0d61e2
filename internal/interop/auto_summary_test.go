package interop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestAutomaticSummariesIndexDeltasAsTheRealOnes: with core.auto-update-summary a new ref is enough.
func TestAutomaticSummariesIndexDeltasAsTheRealOnes(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, dir := ourCommand(t), t.TempDir()
	plain, tree := filepath.Join(dir, "repo"), filepath.Join(dir, "tree")
	require.NoError(t, os.Mkdir(tree, 0o755))
	real := func(repo string, args ...string) {
		testenv.Run(t, dir, append([]string{"ostree", "--repo=" + repo}, args...)...)
	}
	real(plain, "init", "--mode=archive")
	for _, body := range []string{"one", "two"} {
		require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte(body), 0o644))
		real(plain, "commit", "--branch=main", tree)
	}
	real(plain, "config", "set", "core.auto-update-summary", "true")
	real(plain, "static-delta", "generate", "main")
	real(plain, "static-delta", "generate", "--empty", "main")
	for name, prepare := range map[string]func(repo string){
		"deltas": func(string) {},
		"stale index": func(repo string) {
			real(repo, "static-delta", "reindex")
			require.NoError(t, os.RemoveAll(filepath.Join(repo, "deltas")))
		},
		"no deltas":    func(repo string) { require.NoError(t, os.RemoveAll(filepath.Join(repo, "deltas"))) },
		"switched off": func(repo string) { real(repo, "config", "set", "core.indexed-deltas", "false") },
	} {
		for _, args := range [][]string{{"refs", "--create=other", "main"}, {"commit", "--branch=other", "--timestamp=@1600000000", tree}} {
			var left [2]string
			for i, program := range []string{"ostree", ours} {
				repo := filepath.Join(t.TempDir(), "repo")
				testenv.Run(t, dir, "cp", "-a", plain, repo)
				prepare(repo)
				_, code := outcome(t, program, append([]string{"--repo=" + repo}, args...)...)
				require.Zero(t, code)
				left[i] = testenv.Run(t, repo, "sh", "-c", "find delta-indexes -exec md5sum {} + 2>/dev/null | sort; find delta-indexes 2>/dev/null | sort; grep indexed-deltas config; ostree --repo=. summary -v | grep -i delta")
			}
			assert.Equal(t, left[0], left[1], "%s: %v", name, args)
		}
	}
}
