package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

// usbStick mounts a file system of its own where removable volumes are.
func usbStick(t *testing.T) string {
	t.Helper()
	testenv.NeedMounts(t)
	testenv.NeedTool(t, "ostree", "mkfs.ext4", "mount")
	image := filepath.Join(t.TempDir(), "image")
	require.NoError(t, os.WriteFile(image, nil, 0o600))
	require.NoError(t, os.Truncate(image, 32<<20))
	testenv.Run(t, "/", "mkfs.ext4", "-q", "-F", image)
	require.NoError(t, os.MkdirAll("/media", 0o755))
	mount, err := os.MkdirTemp("/media", "stick ") // a name to be escaped
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.Remove(mount)) })
	testenv.Run(t, "/", "mount", "-o", "loop", image, mount)
	t.Cleanup(func() { testenv.Run(t, "/", "umount", mount) })
	return mount
}

// lastModified matches what differs; only ours says why a pull fails.
var lastModified = regexp.MustCompile(`(?m)^( - Summary last modified:|Cannot pull from).*\n`)

// TestBothFindTheStickOfEachOther: create-usb of one, find-remotes of the other, and what is pulled.
func TestBothFindTheStickOfEachOther(t *testing.T) {
	t.Parallel()
	if !testenv.InNamespaces(t, "", "-m", "--propagation", "private") { // nobody else shall find it
		return
	}
	stick := usbStick(t)
	ours := ourCommand(t)
	g := newGnuPG(t)
	key := g.key("stick@example.org", "ed25519")
	keys := g.export(key)
	up := filepath.Join(t.TempDir(), "up")
	tree := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644))
	testenv.Run(t, "/", "ostree", "--repo="+up, "init", "--mode=archive", "--collection-id=org.example.Os")
	for _, branch := range []string{"main", "other"} {
		testenv.Run(t, "/", "ostree", "--repo="+up, "commit", "--canonical-permissions", "-b", branch, "--gpg-sign="+key, "--gpg-homedir="+g.home, tree)
	}
	testenv.Run(t, "/", "ostree", "--repo="+up, "commit", "--canonical-permissions", "-b", "unsigned", "--timestamp=@1700000000", tree)
	testenv.Run(t, "/", "ostree", "--repo="+up, "summary", "-u")
	for _, writer := range []string{"ostree", ours} {
		for _, place := range []string{".ostree/repo", "my/repo"} {
			require.NoError(t, os.RemoveAll(filepath.Join(stick, ".ostree")))
			require.NoError(t, os.RemoveAll(filepath.Join(stick, "my")))
			testenv.Run(t, "/", writer, "--repo="+up, "create-usb", "--destination-repo="+place, stick,
				"org.example.Os", "main", "org.example.Os", "other", "org.example.Os", "unsigned")
			var said [2][3]string
			for i, reader := range []string{"ostree", ours} {
				local := filepath.Join(t.TempDir(), "local")
				testenv.Run(t, "/", "ostree", "--repo="+local, "init", "--mode=bare-user-only")
				testenv.Run(t, "/", "ostree", "--repo="+local, "remote", "add", "--gpg-import="+keys, "--collection-id=org.example.Os", "origin", "http://192.0.2.1/")
				find := func(finders string, args ...string) string {
					out, code := outcome(t, reader, append([]string{"--repo=" + local, "find-remotes", "--finders=" + finders}, args...)...)
					lines := strings.Split(lastModified.ReplaceAllString(fmt.Sprintf("%s%d\n", out, code), ""), "\n")
					slices.Sort(lines) // the real command lists refs in no order
					return strings.Join(lines, "\n")
				}
				said[i][0] = find("mount", "org.example.Os", "main", "org.example.Os", "missing")
				said[i][1] = find("mount", "--pull", "org.example.Os", "main", "org.example.Os", "other")
				said[i][2] = find("mount", "--pull", "org.example.Os", "unsigned")
				require.ElementsMatch(t, []string{"origin:main", "origin:other"}, strings.Fields(testenv.Run(t, "/", "ostree", "--repo="+local, "refs")))
				testenv.Run(t, "/", "ostree", "--repo="+local, "fsck", "-q")
			}
			require.Contains(t, said[0][1], "Result 0: file://"+stick+"/"+place)
			require.Contains(t, said[0][1], "Pulled 2/2 refs successfully.")
			require.Contains(t, said[0][2], "Failed to pull some refs from the remotes: (org.example.Os, unsigned)")
			require.Equal(t, said[0], said[1], "%s wrote %s", writer, place)
		}
	}
}
