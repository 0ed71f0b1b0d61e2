package interop

import (
	"fmt"
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
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	ours, dir := ourCommand(t), t.TempDir()
	for file, body := range map[string]string{
		"one/x/y/f": "f", "one/x/g": "g", "one/top": "1", "two/x/z/h": "h", "two/new/deep/i": "i", "two/top": "2", "file/x": "a file", "dir/top/in": "a directory", "cwd/here": "here",
	} {
		path := filepath.Join(dir, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(body), 0o644))
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "two/x"), 0o700))
	plain := filepath.Join(dir, "repo")
	testenv.Run(t, dir, "ostree", "--repo="+plain, "init", "--mode=archive")
	for _, tree := range []string{"one", "two", "file", "dir"} {
		testenv.Run(t, dir, "ostree", "--repo="+plain, "commit", "--branch="+tree, tree)
	}
	for _, layers := range []string{
		"--tree=ref=one", "--tree=ref=one --tree=ref=two", "--base=one --tree=ref=two", "--base=two --tree=ref=one", "--base=one --tree=ref=two --tree=ref=one",
		"--base=one", "--base=one cwd", "--base=one --tree=dir=two", "--tree=dir=cwd --tree=ref=one --tree=ref=two", "--tree=dir=cwd --tree=ref=two --tree=dir=one",
		"--base=one --tree=dir=cwd --tree=ref=two", "--tree=ref=one --tree=dir=cwd --tree=ref=one", "--base=one --tree=ref=file", "--base=file --tree=ref=one",
		"--base=one --tree=ref=dir", "--base=one --tree=ref=two --owner-uid=7", "--base=one --tree=ref=nosuch", "--base=nosuch",
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

// TestStoredTreesAreGoneThroughWhereTheRealCommandDoes: where options or the mode of the repository may change a tree, its
// permissions become canonical and its files count, also if the tree comes from a commit.
func TestStoredTreesAreGoneThroughWhereTheRealCommandDoes(t *testing.T) {
	t.Parallel() // waits for processes
	testenv.NeedTool(t, "ostree")
	ours, dir := ourCommand(t), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "t/wide"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t/wide/f"), []byte("f"), 0o644))
	require.NoError(t, os.Chmod(filepath.Join(dir, "t/wide"), 0o1777))
	testenv.Run(t, dir, "ostree", "--repo=src", "init", "--mode=archive")
	testenv.Run(t, dir, "ostree", "--repo=src", "commit", "--branch=main", "--owner-uid=0", "--owner-gid=0", "--no-xattrs", "t")
	for _, mode := range []string{"bare-user-only", "archive"} {
		var said [2]string
		for i, program := range []string{"ostree", ours} {
			repo := filepath.Join(dir, fmt.Sprint(mode, i))
			testenv.Run(t, dir, "ostree", "--repo="+repo, "init", "--mode="+mode)
			testenv.Run(t, dir, "ostree", "--repo="+repo, "pull-local", "src", "main")
			for _, option := range []string{"--no-bindings", "--canonical-permissions", "--link-checkout-speedup", "--devino-canonical", "--consume"} {
				out, _ := outcome(t, program, "--repo="+repo, "commit", "--orphan", "--timestamp=@1600000000", "--table-output", "--tree=ref=main", option)
				said[i] += option + "\n" + out
			}
		}
		assert.Equal(t, said[0], said[1], mode)
	}
}
