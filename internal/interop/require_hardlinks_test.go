package interop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestRequiredHardlinksAreThoseOfTheRealCommand: what is never linked does not fail where links are required.
func TestRequiredHardlinksAreThoseOfTheRealCommand(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours := ourCommand(t)
	for _, mode := range []string{"archive", "bare", "bare-user", "bare-user-only"} {
		for name, make := range map[string]func(string) error{
			"empty": func(file string) error { return os.WriteFile(file, nil, 0o644) },
			"file":  func(file string) error { return os.WriteFile(file, []byte("x"), 0o644) },
			"link":  func(file string) error { return os.Symlink("target", file) },
		} {
			dir := t.TempDir()
			repo, tree := filepath.Join(dir, "repo"), filepath.Join(dir, "tree")
			require.NoError(t, os.Mkdir(tree, 0o755))
			require.NoError(t, make(filepath.Join(tree, name)))
			testenv.Run(t, dir, "ostree", "--repo="+repo, "init", "--mode="+mode)
			testenv.Run(t, dir, "ostree", "--repo="+repo, "commit", "--branch=main", tree)
			for _, options := range [][]string{{"-H"}, {"-H", "-U"}, {"-H", "-U", "--disable-cache"}, {"-z", "-H"}} {
				var found [2]string
				for i, program := range []string{"ostree", ours} {
					dest := filepath.Join(t.TempDir(), "co")
					args := append([]string{"--repo=" + repo, "checkout", "main", dest}, options...)
					out, code := outcome(t, program, args...)
					found[i] = out
					if code == 0 {
						found[i] += testenv.Run(t, dest, "find", ".", "-type", "f,l", "-printf", "%p %m %n\n")
						require.NoError(t, os.RemoveAll(dest))
					}
				}
				assert.Equal(t, found[0], found[1], "%s %s %v", mode, name, options)
			}
		}
	}
}
