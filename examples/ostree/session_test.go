package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/internal/transcript"
)

// TestSession repeats a session that was recorded with the real command and compares what it printed.
// internal/interop runs the same session with the real command and records it anew with -update.
func TestSession(t *testing.T) {
	t.Setenv("TZ", "UTC")
	data, err := os.ReadFile("testdata/transcript.txt")
	require.NoError(t, err)
	session, err := transcript.Parse(string(data))
	require.NoError(t, err)
	fixture, err := filepath.Abs("testdata/fixture.sh")
	require.NoError(t, err)
	dir := t.TempDir()
	t.Chdir(dir)
	testenv.NeedUserXattrs(t, dir)
	testenv.Run(t, dir, "sh", "-e", fixture)
	filter := transcript.Filter{
		Dir: dir, Drop: []*regexp.Regexp{regexp.MustCompile(`^fsck objects \(`)},
		Sort: func(line string) bool { return strings.HasPrefix(line, "refs ") && !strings.Contains(line, "--create") },
	}
	for _, section := range session.Sections {
		t.Run(section.Title, func(t *testing.T) {
			if section.Root {
				testenv.NeedRoot(t)
			}
			for _, call := range section.Calls() {
				got := filter.Apply(call.Line, runLine(t, dir, call.Line))
				assert.Empty(t, cmp.Diff(call.Want, got), "$ ostree %s", call.Line)
			}
		})
	}
}

// runLine runs a line of the session: ours in this process, the words split by the shell as for the real one.
func runLine(t *testing.T, dir, line string) transcript.Outcome {
	t.Helper()
	if script, ok := strings.CutPrefix(line, "sh "); ok {
		var out, errOut bytes.Buffer
		cmd := exec.Command("sh", "-c", script)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errOut
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		if err := cmd.Run(); err != nil {
			require.IsType(t, (*exec.ExitError)(nil), err)
		}
		return transcript.Outcome{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: errOut.String()}
	}
	args := shellWords(t, dir, line)
	var out, errOut bytes.Buffer
	env := append(os.Environ(), "OSTREE_SYSROOT_DEBUG=mutable-deployments", "OSTREE_SYSROOT_OPTS=bootloader-naming-1")
	code := run(t.Context(), args, env, strings.NewReader(""), &out, &errOut)
	return transcript.Outcome{Code: code, Out: out.String(), Err: errOut.String()}
}

// shellWords splits a line as sh(1) does.
func shellWords(t *testing.T, dir, line string) []string {
	t.Helper()
	out := testenv.Run(t, dir, "sh", "-c", "set -- "+line+"\n"+`for w in "$@"; do printf '%s\0' "$w"; done`)
	words := strings.Split(out, "\x00")
	return words[:len(words)-1]
}
