package glibopt

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// A Command is a whole command: tests call it in process. It returns the exit status.
type Command func(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int

// Main runs the command as this process: its context ends with SIGINT and SIGTERM.
func Main(run Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
}

// Environ turns KEY=VALUE pairs into a lookup; the last one wins, as with getenv after setenv.
func Environ(pairs []string) func(string) string {
	m := make(map[string]string, len(pairs))
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		m[k] = v
	}
	return func(key string) string { return m[key] }
}

// Version adds --version to root. Where args has it, even without a verb or beside one, it prints text and returns true:
// nothing else is to be done then.
func Version(root *cobra.Command, args []string, text string, stdout io.Writer) bool {
	Switch(root.PersistentFlags(), new(bool), "version", "", "Print version information and exit")
	for _, arg := range args {
		switch name, _, _ := strings.Cut(arg, "="); name {
		case "--":
			return false
		case "--version":
			fmt.Fprint(stdout, text)
			return true
		}
	}
	return false
}
