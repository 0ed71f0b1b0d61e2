package scripts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering/sandbox"
)

// fake records what would run.
type fake struct {
	ran  []sandbox.Cmd
	in   []string
	out  string
	fail map[string]error // by script body
}

func (f *fake) Run(_ context.Context, cmd sandbox.Cmd) error {
	f.ran = append(f.ran, cmd)
	var in []byte
	if cmd.Stdin != nil {
		in, _ = io.ReadAll(cmd.Stdin)
	}
	f.in = append(f.in, string(in))
	io.WriteString(cmd.Stdout, f.out)
	return f.fail[string(cmd.Script)]
}

func TestRunnerCommands(t *testing.T) {
	f := &fake{out: "line 1\nline 2\n"}
	var log bytes.Buffer
	r := &Runner{Sandbox: f, Root: "/tree", Log: slog.New(slog.NewTextHandler(&log, nil))}
	require.NoError(t, r.Run(t.Context(), []Step{
		{Package: "a", Section: Post, Argv: []string{"/bin/sh"}, Body: "x", Arg: "2"},
		{Package: "b", Section: Post, Argv: []string{"/sbin/ldconfig"}, Arg: "1"},
		{Package: "c", Section: TransFileTriggerIn, Argv: []string{"/bin/sh"}, Body: "y", Paths: []string{"/usr/a", "/usr/b"}},
	}))
	require.Equal(t, []string{"/bin/sh", "/proc/self/fd/5", "2"}, f.ran[0].Argv)
	require.Equal(t, []string{"/sbin/ldconfig"}, f.ran[1].Argv, "a program alone gets no argument")
	require.Equal(t, []string{"/bin/sh", "/proc/self/fd/5"}, f.ran[2].Argv)
	require.Equal(t, []string{"", "", "/usr/a\n/usr/b\n"}, f.in)
	require.Contains(t, log.String(), `msg="line 1" script=a.post`)
	require.Contains(t, log.String(), `msg="script executed" script=c.transfiletriggerin exec_time_ms=`)
}

func TestRunnerStopsAtFailure(t *testing.T) {
	f := &fake{out: "some output\nit broke\n", fail: map[string]error{"bad": &sandbox.ExitError{Program: "/bin/sh", Code: 3}}}
	r := &Runner{Sandbox: f, Root: "/tree"}
	err := r.Run(t.Context(), []Step{
		{Package: "a", Section: Pre, Argv: []string{"/bin/sh"}, Body: "bad"},
		{Package: "a", Section: Post, Argv: []string{"/bin/sh"}, Body: "good"},
	})
	require.EqualError(t, err, "Running %pre for a: bwrap(/bin/sh): Child process exited with code 3; last output: it broke")
	require.Len(t, f.ran, 1)
}

func TestRunnerWithoutSandbox(t *testing.T) {
	r := &Runner{Sandbox: sandbox.None()}
	err := r.Run(t.Context(), []Step{{Package: "foo", Section: Post, Argv: []string{"/bin/sh"}, Body: "x"}})
	require.True(t, errors.Is(err, sandbox.ErrUnavailable))
	require.EqualError(t, err, "Running %post for foo: run /bin/sh: no sandbox available: running programs of the tree needs root and bubblewrap (bwrap)")
}

func TestTailKeepsTheEnd(t *testing.T) {
	var w tail
	for range 100 {
		io.WriteString(&w, strings.Repeat("x", 4096))
	}
	io.WriteString(&w, "\nlast\n")
	require.Equal(t, "last", w.lastLine())
	require.LessOrEqual(t, len(w.String()), outputLimit)
}

func TestWrapSystemctl(t *testing.T) {
	testenv.NeedTool(t, "bwrap")
	testenv.NeedRoot(t)
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "usr/bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "usr/bin/systemctl"), []byte("#!/bin/sh\necho real \"$@\"\n"), 0o755))
	binds := Wrap(root)
	// The tree has no shell of its own: take those of the host.
	for _, name := range []string{"bin/sh", "lib", "lib64"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "usr", filepath.Dir(name)), 0o755))
		target, err := filepath.EvalSymlinks("/usr/" + name)
		if err == nil {
			binds = append(binds, sandbox.Bind{Source: target, Dest: "/usr/" + name})
		}
	}
	var out bytes.Buffer
	require.NoError(t, sandbox.Bwrap(nil).Run(t.Context(), sandbox.Cmd{
		Root: root, Argv: []string{"/usr/bin/sh", sandbox.ScriptPath}, Binds: binds, Stdout: &out, Stderr: &out,
		Script: []byte("/usr/bin/systemctl daemon-reload; /usr/bin/systemctl --no-reload preset a.service"),
	}), out.String())
	require.Equal(t, "real --no-reload preset a.service\n", out.String())
}
