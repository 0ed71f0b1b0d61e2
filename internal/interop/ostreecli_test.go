package interop

import (
	"bytes"
	"errors"
	"flag"
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

var update = flag.Bool("update", false, "record the sessions of the real commands anew")

const ostreeTestdata = "../../examples/ostree/testdata"

// knownDifferences are lines of output where we do not do what the real command does, on purpose.
var knownDifferences = []*regexp.Regexp{
	regexp.MustCompile(`^Relabeling /var `), // no SELinux here, so there is nothing to do
	regexp.MustCompile(`^Freed objects: `),
	regexp.MustCompile(`^fsck objects \(`), // how often progress is reported
}

// unordered are verbs whose real output has the order of a hash table.
func unordered(line string) bool {
	return strings.HasPrefix(line, "refs ") && !strings.Contains(line, "--create")
}

// TestOstreeSessionIsThatOfTheRealCommand runs the session that the example's own test compares with, so that the
// recording stays what the real command prints.
func TestOstreeSessionIsThatOfTheRealCommand(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t) // the real command's system roots
	name := filepath.Join(ostreeTestdata, "transcript.txt")
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	session, err := transcript.Parse(string(data))
	require.NoError(t, err)
	dir := t.TempDir()
	fixture, err := os.ReadFile(filepath.Join(ostreeTestdata, "fixture.sh"))
	require.NoError(t, err)
	testenv.Run(t, dir, "sh", "-ec", string(fixture))
	filter := transcript.Filter{Dir: dir, Drop: knownDifferences, Sort: unordered}
	for _, section := range session.Sections {
		for _, call := range section.Calls() {
			got := filter.Apply(call.Line, runReal(t, dir, call.Line))
			if *update {
				call.Want = got
			}
			assert.Empty(t, cmp.Diff(call.Want, got), "%s: $ ostree %s", section.Title, call.Line)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(session.String()), 0o644))
	}
}

// runReal runs a line of a session with the real command.
func runReal(t *testing.T, dir, line string) transcript.Outcome {
	t.Helper()
	script := "exec ostree " + line
	if rest, ok := strings.CutPrefix(line, "sh "); ok {
		script = rest
	}
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OSTREE_SYSROOT_DEBUG=mutable-deployments", "OSTREE_SYSROOT_OPTS=bootloader-naming-1", "TZ=UTC", "LC_ALL=C.UTF-8")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return transcript.Outcome{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: errOut.String()}
}

func TestOstreeCommandHelpHasTheRealOptions(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ours := ourCommand(t)
	for _, verb := range []string{"init", "log", "ls", "cat", "refs", "rev-parse", "reset", "config", "diff", "admin deploy", "admin undeploy", "admin pin", "admin os-init", "admin init-fs", "admin config-diff", "admin cleanup"} {
		argv := append(strings.Fields(verb), "--help")
		want := options(testenv.Run(t, ".", append([]string{"ostree"}, argv...)...))
		got := options(testenv.Run(t, ".", append([]string{ours}, argv...)...))
		for o := range want {
			if leftOut[verb+" "+o] == "" {
				assert.Contains(t, got, o, "ostree %s", verb)
			}
		}
	}
}

// leftOut are options that we do not have, with the reason.
var leftOut = map[string]string{
	"admin deploy --stage":          "staged deployments are read, not written",
	"admin deploy --overlay-initrd": "no overlay initrds",
}

var optionName = regexp.MustCompile(`(?m)^  (?:-\w, )?(--[a-z-]+)`)

func options(help string) map[string]bool {
	m := map[string]bool{}
	for _, f := range optionName.FindAllStringSubmatch(help, -1) {
		m[f[1]] = true
	}
	return m
}
