package scripts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"example.com/rpmostree/layering/sandbox"
)

// Runner runs steps in a tree.
type Runner struct {
	Sandbox sandbox.Sandbox
	Root    string
	Binds   []sandbox.Bind
	Log     *slog.Logger // nil is silent
	// Begin, if set, is called before each step.
	Begin func(s *Step)
}

// outputLimit bounds how much of a script's output is kept for messages.
const outputLimit = 64 << 10

// Run runs the steps in order and stops at the first that fails; the error
// names package and section and ends with the last line of output.
func (r *Runner) Run(ctx context.Context, steps []Step) error {
	for i := range steps {
		s := &steps[i]
		if r.Begin != nil {
			r.Begin(s)
		}
		if err := r.runOne(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) runOne(ctx context.Context, s *Step) error {
	out := &tail{}
	cmd := sandbox.Cmd{Root: r.Root, Argv: slices.Clone(s.Argv), Stdout: out, Stderr: out, Binds: r.Binds}
	if s.Body != "" {
		cmd.Script = []byte(s.Body)
		cmd.Argv = append(cmd.Argv, sandbox.ScriptPath)
		if s.Arg != "" {
			cmd.Argv = append(cmd.Argv, s.Arg)
		}
	}
	if len(s.Paths) > 0 {
		cmd.Stdin = strings.NewReader(strings.Join(s.Paths, "\n") + "\n")
	}
	start := time.Now()
	err := r.Sandbox.Run(ctx, cmd)
	r.log(ctx, s, out, time.Since(start))
	if err == nil {
		return nil
	}
	if last := out.lastLine(); last != "" && !errors.Is(err, sandbox.ErrUnavailable) {
		// A capital letter: this text is an interface.
		return fmt.Errorf("Running %%%s for %s: %w; last output: %s", s.Section, s.Package, err, last)
	}
	// A capital letter: this text is an interface.
	return fmt.Errorf("Running %%%s for %s: %w", s.Section, s.Package, err)
}

func (r *Runner) log(ctx context.Context, s *Step, out *tail, took time.Duration) {
	if r.Log == nil {
		return
	}
	for line := range strings.Lines(out.String()) {
		r.Log.InfoContext(ctx, strings.TrimRight(line, "\n"), "script", s.Name())
	}
	r.Log.InfoContext(ctx, "script executed", "script", s.Name(), "exec_time_ms", took.Milliseconds())
}

// tail keeps the last [outputLimit] bytes written to it.
type tail struct{ buf bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if n > outputLimit {
		p = p[n-outputLimit:]
	}
	if over := t.buf.Len() + len(p) - outputLimit; over > 0 {
		t.buf.Next(over)
	}
	t.buf.Write(p)
	return n, nil
}

func (t *tail) String() string { return t.buf.String() }

func (t *tail) lastLine() string {
	text := strings.TrimRight(t.buf.String(), "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}
