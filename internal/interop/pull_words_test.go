package interop

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPullErrorsAreTheRealOnes: scripts look at them.
func TestPullErrorsAreTheRealOnes(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	listed := filepath.Join(t.TempDir(), "listed")
	testenv.Run(t, "/", "cp", "-a", src, listed)
	testenv.Run(t, "/", "ostree", "--repo="+listed, "summary", "-u")
	bound := filepath.Join(t.TempDir(), "bound")
	testenv.Run(t, "/", "cp", "-a", src, bound)
	testenv.Run(t, "/", "ostree", "--repo="+bound, "refs", "--create=stolen", "main")
	webs := map[string]string{"LISTED": serve(t, listed), "PLAIN": serve(t, src), "BOUND": serve(t, bound)}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, line := range []string{
		"pull listed nosuch",
		"pull path nosuch",
		"pull nosuch main",
		"pull listed",
		"pull gone main",
		"pull listed bad/../ref",
		"pull listed main@xyz",
		"pull listed main --timestamp-check-from-rev=nosuch",
		"pull listed main --localcache-repo=" + missing,
		"pull listed main --url=ftp://x",
		"pull listed main --http-header=x",
		"pull bound stolen",
		"pull signed main",
		"pull custom main",
		"pull unconfigured main",
		"pull",
		"pull-local",
		"pull-local " + missing + " main",
		"pull-local " + src + " nosuch",
		"pull-local " + src + " main --gpg-verify",
		"remote refs nosuch",
		"remote refs plain",
		"remote summary plain",
		"remote show-url nosuch",
		"remote delete nosuch",
		"remote add listed http://x",
		"remote add",
		"remote gpg-list-keys nosuch",
		"remote add-cookie listed",
		"remote list-cookies",
		"create-usb",
		"create-usb " + missing + " org.example.Os nosuch",
		"find-remotes",
		"find-remotes org.example.Os",
		"find-remotes --finders=nosuch org.example.Os main",
		"find-remotes --mirror org.example.Os main",
	} {
		t.Run(strings.NewReplacer("/", "_").Replace(line), func(t *testing.T) {
			var said [2]string
			for i, bin := range []string{"ostree", ours} {
				repo := filepath.Join(t.TempDir(), "repo")
				run := func(args ...string) {
					testenv.Run(t, "/", append([]string{"ostree", "--repo=" + repo}, args...)...)
				}
				run("init", "--mode=bare-user-only")
				for name, args := range map[string][]string{
					"listed": {webs["LISTED"]}, "plain": {webs["PLAIN"]}, "bound": {webs["BOUND"]},
					"path": {"file://" + listed}, "gone": {"file://" + missing}, "custom": {webs["PLAIN"], "--custom-backend=x"},
					"unconfigured": {webs["PLAIN"], "--set=unconfigured-state=register first"},
				} {
					run(append([]string{"remote", "add", "--no-gpg-verify", name}, args...)...)
				}
				run("remote", "add", "signed", webs["PLAIN"])
				out, code := outcome(t, bin, append([]string{"--repo=" + repo}, strings.Fields(line)...)...)
				require.Equal(t, 1, code, out)
				lines := strings.Split(strings.TrimSpace(out), "\n")
				said[i] = lines[len(lines)-1]
			}
			assert.Equal(t, said[0], said[1])
		})
	}
}
