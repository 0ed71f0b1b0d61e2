package interop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestCatOfLinksIsTheRealOne: a symbolic link leads to a file, but not to what is below a directory.
func TestCatOfLinksIsTheRealOne(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, dir := ourCommand(t), t.TempDir()
	repo, tree := filepath.Join(dir, "repo"), filepath.Join(dir, "tree")
	require.NoError(t, os.MkdirAll(filepath.Join(tree, "d/e"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte("f\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(tree, "d/g"), []byte("g\n"), 0o644))
	for name, target := range map[string]string{
		"l": "f", "ll": "l", "ld": "d", "lde": "d/e", "abs": "/d/g", "absd": "/d", "broken": "nope", "lb": "broken", "below": "ld/g", "d/lg": "g",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(tree, name)))
	}
	testenv.Run(t, dir, "ostree", "--repo="+repo, "init", "--mode=archive")
	testenv.Run(t, dir, "ostree", "--repo="+repo, "commit", "--branch=main", tree)
	for _, path := range []string{
		"/f", "f", "/", "/d", "/l", "ll", "ld", "/ld/g", "ld/nope", "lde", "abs", "absd", "/absd/g", "broken", "broken/x", "lb", "f/x", "l/x", "nope/x",
		"/d/nope/x", "below", "d/lg", "ld/lg",
	} {
		args := []string{"--repo=" + repo, "cat", "main", path}
		want, wantCode := outcome(t, "ostree", args...)
		got, code := outcome(t, ours, args...)
		assert.Equal(t, wantCode, code, path)
		assert.Equal(t, want, got, path)
	}
}

// TestCatGoesUp: where the real command takes ".." for a name, ours follows the link.
func TestCatGoesUp(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, dir := ourCommand(t), t.TempDir()
	repo, tree := filepath.Join(dir, "repo"), filepath.Join(dir, "tree")
	require.NoError(t, os.MkdirAll(filepath.Join(tree, "d"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte("f\n"), 0o644))
	require.NoError(t, os.Symlink("../f", filepath.Join(tree, "d/up")))
	require.NoError(t, os.Symlink("loop", filepath.Join(tree, "loop")))
	testenv.Run(t, dir, "ostree", "--repo="+repo, "init", "--mode=archive")
	testenv.Run(t, dir, "ostree", "--repo="+repo, "commit", "--branch=main", tree)
	got, code := outcome(t, ours, "--repo="+repo, "cat", "main", "d/up")
	assert.Equal(t, "f\n", got)
	assert.Zero(t, code)
	got, code = outcome(t, ours, "--repo="+repo, "cat", "main", "/loop") // the real command crashes
	assert.Equal(t, "error: /loop: Too many levels of symbolic links\n", got)
	assert.Equal(t, 1, code)
}
