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

// TestWhatRandomSessionsFoundIsSaidAsTheRealCommandDoes has what sessions of random commands found to be different.
func TestWhatRandomSessionsFoundIsSaidAsTheRealCommandDoes(t *testing.T) {
	t.Parallel() // waits for processes
	testenv.NeedTool(t, "ostree")
	base := t.TempDir()
	run := func(args ...string) string {
		return testenv.Run(t, base, append([]string{"ostree", "--repo=r"}, args...)...)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(base, "t/d"), 0o755))
	run("init", "--mode=archive")
	run("config", "set", "core.fsync", "false")
	run("commit", "-b", "main", "--timestamp=@1600000000", "t")
	run("refs", "--create=other", "main") // the commit is not bound to it
	run("static-delta", "generate", "--empty", "main")
	main := strings.TrimSpace(run("rev-parse", "main"))
	tree := strings.Fields(run("ls", "-d", "-C", "main"))[4]
	missing := strings.Repeat("f", 64)
	ours := ourCommand(t)
	for _, line := range []string{
		"ls|main|",
		"ls|main|/d/x",
		"cat|main|/d",
		"show|--print-variant-type=u|nope",
		"refs|-c|--create=bad id:main|main",
		"refs|-c|--create=bad:main|main",
		"refs|-c|--create=bad|main",
		"init|--mode=nope|--collection-id=bad id",
		"create-usb|t|org.example.Two|origin:os",
		"fsck|--verify-bindings",
		"static-delta|show|" + main,
		"refs|-c|--create=org.example.Two:x|" + missing + "; fsck",
		"refs|--create=x|" + missing + "; summary|-u; config|get|core.indexed-deltas",
		"!rm|r/objects/" + tree[:2] + "/" + tree[2:] + ".dirtree; ls|main; ls|-R|main|/d; cat|main|/d",
	} {
		t.Run(strings.NewReplacer("/", "_", main, "MAIN", missing, "MISSING", tree, "TREE").Replace(line), func(t *testing.T) {
			var said [2]string
			for i, bin := range []string{"ostree", ours} {
				dir := t.TempDir()
				testenv.Run(t, "/", "cp", "-a", base+"/.", dir)
				for command := range strings.SplitSeq(line, "; ") {
					words := strings.Split(command, "|")
					if outside, ok := strings.CutPrefix(words[0], "!"); ok {
						testenv.Run(t, dir, append([]string{outside}, words[1:]...)...)
						continue
					}
					out, _ := outcome(t, "env", append([]string{"-C", dir, bin, "--repo=r"}, words...)...)
					said[i] += stableDelta(out)
				}
			}
			require.NotEmpty(t, said[0])
			assert.Equal(t, said[0], said[1])
		})
	}
}

// stableDelta leaves out what depends on how a delta or a report of progress is made.
func stableDelta(out string) string {
	st := &step{argv: []string{"static-delta"}}
	var lines []string
	for line := range strings.Lines(st.stable(out)) {
		if !strings.HasPrefix(line, "fsck objects (") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
