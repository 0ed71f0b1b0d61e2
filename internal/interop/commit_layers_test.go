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

// TestCommitsOfLayersWriteWhatTheRealOnesDo: the commit is the same, and no object of a tree in between is left.
func TestCommitsOfLayersWriteWhatTheRealOnesDo(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	ours, dir := ourCommand(t), t.TempDir()
	for file, body := range map[string]string{
		"a/x/y/f": "f", "a/x/g": "g", "a/top": "a", "b/x/z/h": "h", "b/new/deep/i": "i", "b/top": "b", "file/x": "a file", "dir/top/in": "a directory", "cwd/here": "here",
	} {
		path := filepath.Join(dir, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(body), 0o644))
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "b/x"), 0o700))
	plain := filepath.Join(dir, "repo")
	testenv.Run(t, dir, "ostree", "--repo="+plain, "init", "--mode=archive")
	for _, tree := range []string{"a", "b", "file", "dir"} {
		testenv.Run(t, dir, "ostree", "--repo="+plain, "commit", "--branch="+tree, tree)
	}
	for _, layers := range []string{
		"--tree=ref=a", "--tree=ref=a --tree=ref=b", "--base=a --tree=ref=b", "--base=b --tree=ref=a", "--base=a --tree=ref=b --tree=ref=a",
		"--base=a", "--base=a cwd", "--base=a --tree=dir=b", "--tree=dir=cwd --tree=ref=a --tree=ref=b", "--tree=dir=cwd --tree=ref=b --tree=dir=a",
		"--base=a --tree=dir=cwd --tree=ref=b", "--tree=ref=a --tree=dir=cwd --tree=ref=a", "--base=a --tree=ref=file", "--base=file --tree=ref=a",
		"--base=a --tree=ref=dir", "--base=a --tree=ref=b --owner-uid=7", "--base=a --tree=ref=nosuch", "--base=nosuch",
	} {
		var said, left [2]string
		for i, program := range []string{"ostree", ours} {
			repo := filepath.Join(t.TempDir(), "repo")
			testenv.Run(t, dir, "cp", "-a", plain, repo)
			script := `cd "$1" && shift && exec "$@"`
			args := append([]string{"-c", script, "sh", filepath.Join(dir, "cwd"), program, "--repo=" + repo, "commit", "--branch=new", "--timestamp=@1600000000"},
				strings.Fields(strings.NewReplacer("dir=", "dir="+dir+"/", " cwd", " "+dir+"/cwd").Replace(layers))...)
			said[i], _ = outcome(t, "sh", args...)
			left[i] = testenv.Run(t, repo, "sh", "-c", "find objects refs -type f | sort")
		}
		assert.Equal(t, said[0], said[1], layers)
		assert.Equal(t, left[0], left[1], layers)
	}
}
