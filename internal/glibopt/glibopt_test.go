package glibopt_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"

	"example.com/rpmostree/internal/glibopt"
)

func tree(got *string) *cobra.Command {
	root := glibopt.Group("ostree COMMAND", "", "No command specified", "Unknown command '%s'")
	var verbose bool
	glibopt.Switch(root.PersistentFlags(), &verbose, "verbose", "v", "Print debug information during command processing")
	cat := &cobra.Command{Use: "cat COMMIT PATH...", Short: "Concatenate contents of files"}
	var depth int
	var parent string
	glibopt.String(cat, &parent, "parent", "p", "COMMIT", "Parent commit")
	glibopt.Int(cat, &depth, "depth", "", "DEPTH", "How deep")
	cat.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("A COMMIT is required")
		}
		*got = args[0]
		switch args[0] {
		case "bad":
			return errors.New("no such commit")
		case "same":
			return &glibopt.ExitError{Code: 77}
		}
		return nil
	}
	root.AddCommand(cat)
	return root
}

func run(args ...string) (code int, out, errOut, got string) {
	var stdout, stderr bytes.Buffer
	code = glibopt.Run(context.Background(), tree(&got), args, nil, &stdout, &stderr)
	return code, stdout.String(), stderr.String(), got
}

// The messages are those that the real command prints for the same calls.
func TestMessagesAndExitStatus(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"cat", "x"}, 0, ""},
		{[]string{"cat", "x", "--depth=3", "-v"}, 0, ""},
		{[]string{"cat", "bad"}, 1, "error: no such commit\n"},
		{[]string{"cat", "same"}, 77, ""},
		{[]string{"cat", "--foo"}, 1, "error: Unknown option --foo\n"},
		{[]string{"cat", "--foo=x"}, 1, "error: Unknown option --foo=x\n"},
		{[]string{"cat", "same", "--verbose=x"}, 77, ""},
		{[]string{"cat", "-x"}, 1, "error: Unknown option -x\n"},
		{[]string{"cat", "--parent"}, 1, "error: Missing argument for --parent\n"},
		{[]string{"cat", "--depth=x"}, 1, "error: Cannot parse integer value “x” for --depth\n"},
		{[]string{"cat", "--depth=4000000000"}, 1, "error: Integer value “4000000000” for --depth out of range\n"},
	} {
		code, _, errOut, _ := run(c.args...)
		assert.Equal(t, c.code, code, "%v", c.args)
		assert.Equal(t, c.err, errOut, "%v", c.args)
	}
}

func TestAWrongCallPrintsTheHelpFirst(t *testing.T) {
	code, out, errOut, _ := run("cat")
	assert.Equal(t, 1, code)
	assert.Empty(t, out)
	assert.Regexp(t, `(?s)^Usage:\n  ostree cat \[OPTION…\] COMMIT PATH\.\.\.\n.*\nerror: A COMMIT is required\n$`, errOut)

	_, _, errOut, _ = run()
	assert.Regexp(t, `error: No command specified\n$`, errOut)
	_, _, errOut, _ = run("nope")
	assert.Regexp(t, `error: Unknown command 'nope'\n$`, errOut)
}

func TestHelpLayout(t *testing.T) {
	_, out, _, _ := run("cat", "--help")
	want := `Usage:
  ostree cat [OPTION…] COMMIT PATH...

Concatenate contents of files

Help Options:
  -h, --help             Show help options

Application Options:
  -p, --parent=COMMIT    Parent commit
  --depth=DEPTH          How deep
  -v, --verbose          Print debug information during command processing

`
	assert.Empty(t, cmp.Diff(want, out))
}

func TestVersionIsPrintedWithoutAVerb(t *testing.T) {
	for _, c := range []struct {
		args []string
		done bool
	}{
		{[]string{"--version"}, true},
		{[]string{"cat", "--version"}, true},
		{[]string{"cat", "--version=x"}, true},
		{[]string{"cat", "--", "--version"}, false},
		{[]string{"cat", "x"}, false},
	} {
		var got string
		var out bytes.Buffer
		assert.Equal(t, c.done, glibopt.Version(tree(&got), c.args, "1.0\n", &out), "%q", c.args)
		assert.Equal(t, map[bool]string{true: "1.0\n"}[c.done], out.String(), "%q", c.args)
	}
}

func TestEnvironTakesTheLastValue(t *testing.T) {
	get := glibopt.Environ([]string{"A=1", "B=x=y", "A=2", "C"})
	assert.Equal(t, []string{"2", "x=y", "", ""}, []string{get("A"), get("B"), get("C"), get("D")})
}
