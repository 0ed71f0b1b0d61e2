// Package sandbox runs programs of a tree inside that tree: the scriptlets of
// packages, depmod, dracut, and the post-processing scripts of a treefile.
//
// [Bwrap] runs them under bubblewrap; [None] refuses. Both implement
// [Sandbox], which is all that other packages see.
//
// The package does not protect the tree from what the program does to /usr and
// /etc: a caller whose files are shared with a repository puts an overlay file
// system in between.
//
// Reference: bwrap(1), capabilities(7).
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"syscall"
)

// Sandbox runs one program to its end. Implementations are safe for
// concurrent use.
type Sandbox interface {
	// Run returns an error that wraps *ExitError if the program ran and did
	// not succeed, and one that wraps [ErrUnavailable] if nothing can be run.
	// Cancelling ctx kills the program and everything it has started.
	Run(ctx context.Context, cmd Cmd) error
}

// Cmd is a program to run in a tree.
type Cmd struct {
	Root   string   // directory that holds the tree: usr, etc and perhaps var
	Argv   []string // program, as an absolute path inside or a name, and arguments
	Env    []string // "NAME=value" in addition to the fixed environment
	Stdin  io.Reader
	Stdout io.Writer // nil discards
	Stderr io.Writer // nil discards
	// Script, if not nil, is readable by the program as [ScriptPath].
	Script []byte
	// ReadOnly mounts all of the tree read-only.
	ReadOnly bool
	// Binds are mounted last.
	Binds []Bind
}

// ScriptPath is where a program finds [Cmd].Script.
const ScriptPath = "/proc/self/fd/5"

// Bind makes a file or directory of the host, or some data as an executable
// file, visible in the sandbox.
type Bind struct {
	Source   string // path on the host; ignored if Data is set
	Data     []byte
	Dest     string // absolute path inside
	Writable bool   // not for Data
}

// ErrUnavailable means that programs cannot be run here at all.
var ErrUnavailable = errors.New("no sandbox available")

// ExitError tells how a program failed.
type ExitError struct {
	Program string
	Code    int            // exit code, if Signal is 0
	Signal  syscall.Signal // the signal that ended it
}

// Error has the words that users of the real tool know.
func (e *ExitError) Error() string {
	if e.Signal != 0 {
		return fmt.Sprintf("bwrap(%s): Child process killed by signal %d", e.Program, e.Signal)
	}
	return fmt.Sprintf("bwrap(%s): Child process exited with code %d", e.Program, e.Code)
}

// None returns a sandbox that runs nothing and says so.
func None() Sandbox { return none{} }

type none struct{}

func (none) Run(_ context.Context, cmd Cmd) error {
	return fmt.Errorf("run %s: %w: running programs of the tree needs root and bubblewrap (bwrap)", programName(cmd), ErrUnavailable)
}

func programName(cmd Cmd) string {
	if len(cmd.Argv) == 0 {
		return "(no program)"
	}
	return path.Clean(cmd.Argv[0])
}

// exitError translates the result of os/exec.
func exitError(cmd Cmd, err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return &ExitError{Program: programName(cmd), Signal: status.Signal()}
	}
	return &ExitError{Program: programName(cmd), Code: exit.ExitCode()}
}
