package interop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

// TestMirrorsOfCollectionsAreTheSame: a mirror of a repository that itself mirrors two others, for remotes that are of no
// collection, of one of these or of a foreign one. Either command makes the repositories.
func TestMirrorsOfCollectionsAreTheSame(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours := ourCommand(t)
	for _, writer := range []string{"ostree", ours} {
		dir, tree := t.TempDir(), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644))
		run := func(repo string, args ...string) {
			testenv.Run(t, "/", append([]string{writer, "--repo=" + filepath.Join(dir, repo)}, args...)...)
		}
		for repo, id := range map[string]string{"one": "org.example.One", "two": "org.example.Two", "mirror": "org.example.Own"} {
			run(repo, "init", "--mode=archive", "--collection-id="+id)
			run(repo, "commit", "--canonical-permissions", "-b", "same", "-s", repo, tree)
			run(repo, "commit", "--canonical-permissions", "-b", "only/"+repo, "-s", repo, tree)
			run(repo, "summary", "-u")
		}
		for repo, id := range map[string]string{"one": "org.example.One", "two": "org.example.Two"} {
			run("mirror", "remote", "add", "--no-gpg-verify", "--collection-id="+id, repo, "file://"+filepath.Join(dir, repo))
			run("mirror", "pull", "--mirror", repo)
		}
		run("mirror", "summary", "-u")
		url := serve(t, filepath.Join(dir, "mirror"))
		for _, c := range []struct{ id, refs string }{
			{"", ""}, {"org.example.One", ""}, {"org.example.Own", ""}, {"org.example.Foreign", ""},
			{"org.example.Own", "same"}, {"", "same"},
		} {
			var said [2]string
			for i, reader := range []string{"ostree", ours} {
				dst := filepath.Join(t.TempDir(), "dst")
				testenv.Run(t, "/", "ostree", "--repo="+dst, "init", "--mode=archive")
				args := []string{"ostree", "--repo=" + dst, "remote", "add", "--no-gpg-verify", "origin", url}
				if c.id != "" {
					args = append(args, "--collection-id="+c.id)
				}
				testenv.Run(t, "/", args...)
				_, code := outcome(t, reader, append([]string{"--repo=" + dst, "pull", "--mirror", "origin"}, strings.Fields(c.refs)...)...)
				said[i] = strings.Join(refFiles(t, dst), "\n") + "\nexit status " + string(rune('0'+code))
				testenv.Run(t, "/", "ostree", "--repo="+dst, "fsck", "-q")
			}
			require.Equal(t, said[0], said[1], "%+v by %s", c, writer)
			if c.id == "" && c.refs == "" {
				require.Contains(t, said[0], "mirrors/org.example.Two/only/two ")
			}
		}
	}
}

// refFiles lists refs as they are stored.
func refFiles(t *testing.T, repo string) []string {
	t.Helper()
	var out []string
	root := filepath.Join(repo, "refs")
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out = append(out, strings.TrimPrefix(path, root+"/")+" "+strings.TrimSpace(string(data)))
		return err
	}))
	slices.Sort(out)
	return out
}
