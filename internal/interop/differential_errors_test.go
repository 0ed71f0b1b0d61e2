package interop

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// wrongCalls are command lines that fail; @S is the checksum of main, and each is of some kind of mistake.
var wrongCalls = []string{
	// Nothing but the verb: the repository is opened before the arguments are looked at.
	"cat", "checkout", "commit", "config", "diff", "export", "find-remotes", "create-usb", "fsck", "gpg-sign", "log", "ls", "prune", "pull", "pull-local", "refs", "reset",
	"rev-parse", "show", "sign", "summary", "checksum", "remote", "remote add", "remote show-url", "static-delta", "static-delta show", "static-delta generate",
	// The same, with a repository.
	"cat --repo=r", "checkout --repo=r", "commit --repo=r", "config --repo=r", "diff --repo=r", "export --repo=r", "find-remotes --repo=r", "create-usb --repo=r", "gpg-sign --repo=r",
	"log --repo=r", "ls --repo=r", "pull --repo=r", "pull-local --repo=r", "reset --repo=r", "rev-parse --repo=r", "show --repo=r", "sign --repo=r", "remote add --repo=r",
	"remote delete --repo=r", "static-delta show --repo=r", "static-delta delete --repo=r", "static-delta verify --repo=r", "static-delta apply-offline --repo=r",
	// No repository, or something else.
	"refs --repo=missing", "pull --repo=t o", "ls --repo=t/f main", "commit --repo main t", "--repo=missing show main",
	// Options.
	"ls --repo=r main --frob", "ls --repo=r main --frob=x", "ls --repo=r main -Z", "prune --repo=r --depth=x", "prune --repo=r --depth=99999999999", "log --repo=r main --repo",
	"ls --repo=r main --recursive=x /nope", "prune --no-prune=0 --delete-commit=@S --repo=r", "frob", "remote frob", "static-delta frob",
	// Revisions and names.
	"show --repo=r nope", "show --repo=r main^^", "show --repo=r @S^", "show --repo=r x:y:z", "show --repo=r a//b", "show --repo=r -- -x", "cat --repo=r main /nope",
	"log --repo=r ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "gpg-sign --repo=r ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff K",
	"reset --repo=r nope main^^^", "reset --repo=r @S main", "reset --repo=r mai main", "find-remotes --repo=r org.a x org.b", "find-remotes --repo=r a/b x", "create-usb --repo=r usb x",
	"create-usb --repo=r usb org.a x org.b", "static-delta show --repo=r nope", "refs --repo=r --create=a//b main", "refs --repo=r --create=x nope",
	// What of several mistakes comes first.
	"pull --repo=r --http-header=bad nope", "pull --repo=r --http-header=bad nope main@x", "pull --repo=r -L missing --http-header=bad nope", "pull --repo=r -L missing nope",
	"pull --repo=r --require-static-deltas nope", "pull --repo=r nope a//b", "pull-local --repo=r missing main", "pull-local --repo=r --gpg-verify r",
	// Configurations.
	"refs --repo=mode", "refs --repo=version", "refs --repo=no-version", "refs --repo=no-core", "refs --repo=empty", "refs --repo=no-config", "refs --repo=directory",
	"refs --repo=fsync", "refs --repo=free", "refs --repo=size",
	// Objects that are missing.
	"commit --repo=hollow -b x --tree=ref=main", "checkout --repo=hollow -U main co",
}

// brokenConfigs are those of repositories that cannot be opened, by name.
var brokenConfigs = map[string]string{
	"mode": "[core]\nrepo_version=1\nmode=frob\n", "version": "[core]\nrepo_version=2\nmode=bare\n", "no-version": "[core]\nmode=bare\n", "no-core": "[x]\ny=z\n", "empty": "",
	"fsync": "[core]\nrepo_version=1\nmode=bare\nfsync=x\n", "free": "[core]\nrepo_version=1\nmode=bare\nmin-free-space-percent=101\n",
	"size": "[core]\nrepo_version=1\nmode=bare\nmin-free-space-size=5XB\n",
}

var wholeUsage = regexp.MustCompile(`(?s)^Usage:.*?(\n\nerror: |$)`)

// TestWrongCallsFailAsTheRealOnesDo: scripts go by the words and the status.
func TestWrongCallsFailAsTheRealOnesDo(t *testing.T) {
	t.Parallel() // waits for processes
	testenv.NeedTool(t, "ostree")
	ours, dir := ourCommand(t), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "t"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t/f"), []byte("f"), 0o644))
	for name, text := range brokenConfigs {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name, "objects"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, "config"), []byte(text), 0o644))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "no-config/objects"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "directory/objects"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "directory/config"), 0o755))
	testenv.Run(t, dir, "ostree", "init", "--repo=r", "--mode=archive")
	testenv.Run(t, dir, "ostree", "commit", "--repo=r", "-b", "main", "--timestamp=@1600000000", "t")
	sum := strings.TrimSpace(testenv.Run(t, dir, "ostree", "rev-parse", "--repo=r", "main"))
	testenv.Run(t, dir, "sh", "-c", "cp -a r hollow && rm hollow/objects/*/*.dirtree")
	for _, call := range wrongCalls {
		said := func(program string) (string, int) {
			words := strings.Fields(strings.ReplaceAll(call, "@S", sum))
			out, code := outcome(t, "sh", append([]string{"-c", `cd "$1" && shift && exec "$@"`, "sh", dir, program}, words...)...)
			return wholeUsage.ReplaceAllString(out, "USAGE$1"), code
		}
		want, status := said("ostree")
		got, code := said(ours)
		assert.Equal(t, want, got, "ostree %s", call)
		assert.Equal(t, status, code, "ostree %s", call)
	}
}
