package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// hostTree is a tree whose usr is that of the host; etc and var are its own.
func hostTree(t *testing.T) string {
	t.Helper()
	testenv.NeedTool(t, "bwrap")
	testenv.NeedRoot(t)
	root := t.TempDir()
	for _, dir := range []string{"usr", "etc", "var/tmp", "var/lib/rpm-state"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	return root
}

func run(t *testing.T, root, script string, edit func(*Cmd)) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := Cmd{
		Root: root, Argv: []string{"/bin/sh", ScriptPath, "1"}, Script: []byte(script),
		Stdout: &out, Stderr: &out,
		Binds: []Bind{{Source: "/usr", Dest: "/usr"}},
	}
	if edit != nil {
		edit(&cmd)
	}
	err := Bwrap(&Options{SourceDateEpoch: time.Unix(1234, 0)}).Run(t.Context(), cmd)
	return out.String(), err
}

func TestBwrapEnvironment(t *testing.T) {
	root := hostTree(t)
	out, err := run(t, root, `
env | grep -v -E '^(PWD|SHLVL|_|OLDPWD)=' | sort
echo "arg=$1 cwd=$(pwd)"
test -e /run/ostree-booted && echo booted
cat /etc/from-tree
ls /sys
cat
`, func(c *Cmd) {
		require.NoError(t, os.WriteFile(filepath.Join(root, "etc/from-tree"), []byte("tree\n"), 0o644))
		c.Stdin = strings.NewReader("from stdin\n")
		c.Env = []string{"EXTRA=1"}
	})
	require.NoError(t, err, out)
	require.Equal(t, `EXTRA=1
LANG=C
PATH=/usr/sbin:/usr/bin
SOURCE_DATE_EPOCH=1234
SYSTEMD_OFFLINE=1
arg=1 cwd=/
booted
tree
block
bus
class
dev
devices
from stdin
`, out)
}

// TestBwrapFollowsNoLinkOfTheTree: a program that ran before may have put links
// to the outside where the next one gets its mounts from.
func TestBwrapFollowsNoLinkOfTheTree(t *testing.T) {
	root := hostTree(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), nil, 0o600))
	at := func(name string) string { return filepath.Join(root, name) }
	require.NoError(t, os.MkdirAll(at("usr/share/rpm"), 0o755))
	require.NoError(t, os.Symlink(outside, at("usr/share/empty")))
	host := []Bind{{Source: "/usr/bin", Dest: "/usr/bin"}, {Source: "/usr/lib", Dest: "/usr/lib"}}
	if _, err := os.Stat("/usr/lib64"); err == nil {
		host = append(host, Bind{Source: "/usr/lib64", Dest: "/usr/lib64"})
	}
	out, err := run(t, root, "ls -A /usr/share/rpm", func(c *Cmd) { c.Binds = host })
	require.NoError(t, err)
	require.Empty(t, out, "what is in the package database")

	require.NoError(t, os.RemoveAll(at("var/lib")))
	require.NoError(t, os.Symlink(outside, at("var/lib")))
	require.NoError(t, os.Mkdir(filepath.Join(outside, "rpm-state"), 0o755))
	_, err = run(t, root, "echo x >/var/lib/rpm-state/planted", func(c *Cmd) { c.Binds = host })
	require.Error(t, err)
	require.NoFileExists(t, filepath.Join(outside, "rpm-state/planted"))

	require.NoError(t, os.Symlink(outside, at("usr/libexec")))
	_, err = run(t, root, "true", func(c *Cmd) { c.Binds = append(host, Bind{Data: []byte("x"), Dest: "/usr/libexec/planted"}) })
	require.ErrorContains(t, err, `bind destination "/usr/libexec/planted" leads through a link or file of the tree`)
	require.NoFileExists(t, filepath.Join(outside, "planted"))
}

func TestBwrapWritable(t *testing.T) {
	root := hostTree(t)
	out, err := run(t, root, `
echo new >/etc/new && echo scratch >/var/tmp/x && echo state >/var/lib/rpm-state/s
(echo no >/var/no) 2>/dev/null && echo "var is writable"
chown 42:43 /etc/new && echo done
`, nil)
	require.NoError(t, err, out)
	require.Equal(t, "done\n", out)
	var st syscall.Stat_t
	require.NoError(t, syscall.Stat(filepath.Join(root, "etc/new"), &st))
	require.Equal(t, [2]uint32{42, 43}, [2]uint32{st.Uid, st.Gid})
	require.NoFileExists(t, filepath.Join(root, "var/tmp/x"))
	require.FileExists(t, filepath.Join(root, "var/lib/rpm-state/s"))

	out, err = run(t, root, `(echo no >/etc/ro) 2>/dev/null || echo read-only`, func(c *Cmd) { c.ReadOnly = true })
	require.NoError(t, err)
	require.Equal(t, "read-only\n", out)
}

// TestBwrapDropsCapabilities compares with the numbers of capabilities(7).
func TestBwrapDropsCapabilities(t *testing.T) {
	root := hostTree(t)
	out, err := run(t, root, `grep CapEff /proc/self/status`, nil)
	require.NoError(t, err)
	var want uint64
	for _, bit := range []int{0 /*chown*/, 1 /*dac_override*/, 3 /*fowner*/, 4 /*fsetid*/, 5 /*kill*/, 6 /*setgid*/, 7 /*setuid*/, 8 /*setpcap*/, 18 /*sys_chroot*/, 31 /*setfcap*/} {
		want |= 1 << bit
	}
	require.Equal(t, fmt.Sprintf("CapEff:\t%016x\n", want), out)
}

func TestBwrapFailures(t *testing.T) {
	root := hostTree(t)
	_, err := run(t, root, "exit 7", nil)
	var exit *ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, &ExitError{Program: "/bin/sh", Code: 7}, exit)
	require.EqualError(t, err, "bwrap(/bin/sh): Child process exited with code 7")

	_, err = run(t, t.TempDir(), "exit 0", nil)
	require.ErrorIs(t, err, os.ErrNotExist)

	_, err = run(t, root, "", func(c *Cmd) { c.Argv = nil })
	require.ErrorContains(t, err, "no program")

	_, err = run(t, root, "", func(c *Cmd) { c.Binds = []Bind{{Source: "/usr", Dest: "usr"}} })
	require.ErrorContains(t, err, "not absolute")

	err = Bwrap(&Options{Path: filepath.Join(root, "nowhere")}).Run(t.Context(), Cmd{Root: root, Argv: []string{"/bin/true"}})
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestBwrapCancelKills(t *testing.T) {
	root := hostTree(t)
	fifo := filepath.Join(root, "etc/ready")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := context.Canceled
	go func() {
		if f, err := os.Open(fifo); err == nil { // blocks until the script runs
			f.Close()
		}
		cancel(stop)
	}()
	start := time.Now()
	err := Bwrap(nil).Run(ctx, Cmd{
		Root: root, Argv: []string{"/bin/sh", ScriptPath}, Script: []byte("echo >/etc/ready; sleep 1000"),
		Binds: []Bind{{Source: "/usr", Dest: "/usr"}},
	})
	require.ErrorIs(t, err, stop)
	require.Less(t, time.Since(start), 30*time.Second)
}

func TestNone(t *testing.T) {
	err := None().Run(t.Context(), Cmd{Argv: []string{"/usr/bin/true"}})
	require.ErrorIs(t, err, ErrUnavailable)
	require.EqualError(t, err, "run /usr/bin/true: no sandbox available: running programs of the tree needs root and bubblewrap (bwrap)")
}
