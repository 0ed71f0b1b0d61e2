package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestMadeParentsAreThoseOfTheRealCommand commits archives that lack entries for directories, alone and over a tree that
// has some of them with other owners and modes.
func TestMadeParentsAreThoseOfTheRealCommand(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "tar")
	testenv.NeedRoot(t)
	ours, dir := ourCommand(t), t.TempDir()
	base, layer := filepath.Join(dir, "base"), filepath.Join(dir, "layer")
	for path, mode := range map[string]os.FileMode{"base/usr/lib/a": 0o750, "layer/usr/lib/b/c/d": 0o711} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, path), mode))
	}
	for path, owner := range map[string]int{"base": 5, "base/usr": 6, "base/usr/lib": 7, "layer/usr": 8, "layer/usr/lib": 9} {
		require.NoError(t, os.Chown(filepath.Join(dir, path), owner, owner))
	}
	for i, name := range []string{"usr/lib/b/c/f", "usr/lib/b/c/d/g"} {
		require.NoError(t, os.WriteFile(filepath.Join(layer, name), []byte(name), 0o644))
		require.NoError(t, os.Chown(filepath.Join(layer, name), 20+i, 20+i))
	}
	for name, entries := range map[string]string{
		"file far below":         "usr/lib/b/c/f",
		"two files":              "usr/lib/b/c/f usr/lib/b/c/d/g",
		"directory in directory": "usr/lib",
		"entry before it":        "usr usr/lib/b/c",
		"entry again after it":   ". usr usr/lib/b/c/f usr/lib/b/c/d/g usr",
		"nothing":                "-T /dev/null",
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".tar")
		testenv.Run(t, layer, append([]string{"tar", "--no-recursion", "-cf", file}, strings.Fields(entries)...)...)
		for _, under := range [][]string{nil, {"--tree=dir=" + base}} {
			t.Run(strings.Join(append(under, name), ", "), func(t *testing.T) {
				var lists [2]string
				for i, bin := range []string{"ostree", ours} {
					repo := filepath.Join(t.TempDir(), "repo")
					testenv.Run(t, "/", bin, "init", "--repo="+repo, "--mode=archive")
					args := append([]string{bin, "commit", "--repo=" + repo, "-b", "x", "--tar-autocreate-parents"}, append(under, "--tree=tar="+file)...)
					testenv.Run(t, "/", args...)
					lists[i] = testenv.Run(t, "/", "ostree", "ls", "--repo="+repo, "-RC", "x")
				}
				require.Equal(t, lists[0], lists[1])
			})
		}
	}
}
