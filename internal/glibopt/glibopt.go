// Package glibopt makes cobra commands look and fail the way GLib's option parser does, which is what scripts around
// ostree and rpm-ostree parse: the help layout with "Application Options:", "error: MESSAGE" on stderr, exit status 1,
// and the parser's own messages.
//
// Most users need Run, which executes a command tree, and the option functions (Bool, String, Strings, Int), which add
// options with a metavariable. It does not parse anything itself: that is pflag's work.
package glibopt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// An ExitError ends the command with a status other than 1. A nil Err prints nothing.
type ExitError struct {
	Code int
	Err  error
}

// Error is the message, or the status where there is none.
func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *ExitError) Unwrap() error { return e.Err }

// A UsageError is a wrong call: the command's help goes to stderr before the message.
type UsageError struct{ Message string }

// Error is the message.
func (e *UsageError) Error() string { return e.Message }

// Usagef makes a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// Run executes the command tree below root with args and returns the exit status: 0, 1, or an ExitError's. Errors go
// to stderr as "error: MESSAGE".
func Run(ctx context.Context, root *cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetArgs(args)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprint(stdout, Help(c)) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return translate(err, args) })
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var usage *UsageError
	if errors.As(err, &usage) {
		fmt.Fprint(stderr, Help(cmd))
	}
	code := 1
	var exit *ExitError
	if errors.As(err, &exit) {
		code = exit.Code
		if exit.Err == nil {
			return code
		}
	}
	fmt.Fprintf(stderr, "error: %s\n", strings.ToValidUTF8(err.Error(), "\uFFFD")) // as GLib's errors are
	return code
}

// Group returns a command that only has sub-commands. Called without one it prints its help and fails with noCommand;
// an unknown one fails with unknown, a format for the word.
func Group(use, short, noCommand, unknown string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &UsageError{noCommand}
			}
			return &UsageError{fmt.Sprintf(unknown, args[0])}
		},
	}
}

// metavar is the annotation that holds an option's metavariable.
const metavar = "glibopt-metavar"

// Bool adds a switch. short is one letter or "".
func Bool(c *cobra.Command, p *bool, name, short, help string) {
	Switch(c.Flags(), p, name, short, help)
}

// Switch adds a switch to a set of options. It is on whatever value it is given: GLib ignores it.
func Switch(fs *pflag.FlagSet, p *bool, name, short, help string) {
	fs.VarPF((*switchValue)(p), name, short, help).NoOptDefVal = "true"
}

type switchValue bool

func (v *switchValue) String() string { return strconv.FormatBool(bool(*v)) }
func (v *switchValue) Type() string   { return "bool" }

func (v *switchValue) Set(string) error {
	*v = true
	return nil
}

// String adds an option with a value, shown as --name=meta, or as --name where meta is "".
func String(c *cobra.Command, p *string, name, short, meta, help string) {
	c.Flags().StringVarP(p, name, short, *p, help)
	annotate(c.Flags(), name, meta)
}

// Strings adds an option that may be given many times; commas have no meaning.
func Strings(c *cobra.Command, p *[]string, name, short, meta, help string) {
	c.Flags().StringArrayVarP(p, name, short, *p, help)
	annotate(c.Flags(), name, meta)
}

// Int adds an option with a whole number.
func Int(c *cobra.Command, p *int, name, short, meta, help string) {
	c.Flags().VarP((*int32Value)(p), name, short, help)
	annotate(c.Flags(), name, meta)
}

// int32Value is a number as GLib has them, which may be written with a base as in C.
type int32Value int

func (v *int32Value) String() string { return strconv.Itoa(int(*v)) }
func (v *int32Value) Type() string   { return "int" }

func (v *int32Value) Set(s string) error {
	n, err := strconv.ParseInt(s, 0, 32)
	*v = int32Value(n)
	return err
}

// Hide takes an option out of the help.
func Hide(c *cobra.Command, names ...string) {
	for _, n := range names {
		if f := c.Flags().Lookup(n); f != nil {
			f.Hidden = true
		}
	}
}

func annotate(fs *pflag.FlagSet, name, meta string) {
	f := fs.Lookup(name)
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[metavar] = []string{meta}
}

// parserMessages turns pflag's messages into GLib's.
var parserMessages = []struct {
	pattern *regexp.Regexp
	format  string
}{
	{regexp.MustCompile(`^unknown shorthand flag: '(.)' in -\S+$`), "Unknown option -%s"},
	{regexp.MustCompile(`^flag needs an argument: '(.)' in -\S+$`), "Missing argument for -%s"},
	{regexp.MustCompile(`^flag needs an argument: (--\S+)$`), "Missing argument for %s"},
	{regexp.MustCompile(`^invalid argument (".*") for "(?:-., )?(--\S+)" flag: strconv\.ParseInt: .*: value out of range$`), "Integer value %s for %s out of range"},
	{regexp.MustCompile(`^invalid argument (".*") for "(?:-., )?(--\S+)" flag: strconv\.ParseInt`), "Cannot parse integer value %s for %s"},
}

// unknown is the message in which pflag leaves out the value that GLib shows.
var unknown = regexp.MustCompile(`^unknown flag: (--\S+)$`)

func translate(err error, args []string) error {
	text := err.Error()
	if sub := unknown.FindStringSubmatch(text); sub != nil {
		for _, a := range args {
			if strings.HasPrefix(a, sub[1]+"=") {
				return fmt.Errorf("Unknown option %s", a)
			}
		}
		return fmt.Errorf("Unknown option %s", sub[1])
	}
	for _, m := range parserMessages {
		if sub := m.pattern.FindStringSubmatch(text); sub != nil {
			args := make([]any, len(sub)-1)
			for i, s := range sub[1:] {
				args[i] = curly(s)
			}
			return fmt.Errorf(m.format, args...)
		}
	}
	return err
}

// curly turns "x" into “x”, as GLib quotes values.
func curly(s string) string {
	if len(s) >= 2 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) {
		return "“" + s[1:len(s)-1] + "”"
	}
	return s
}
