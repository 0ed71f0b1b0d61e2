// Package progress shows long work on a command's output: a bar that redraws itself on a terminal, one line per task
// anywhere else, as scripts and logs expect it ("Importing packages...done").
//
// Most users need New and Printer.Task. A Printer is for one goroutine at a time; the library packages report from one
// goroutine, so that holds by itself.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// redrawEvery bounds how often a bar is redrawn: smooth to the eye, cheap on a serial console.
const redrawEvery = 100 * time.Millisecond

// A Printer writes progress to one stream.
type Printer struct {
	w     io.Writer
	quiet bool
	fd    int // of the terminal, or -1
	task  *Task
}

// New returns a Printer for w, which draws bars if w is a terminal. A quiet one writes nothing.
func New(w io.Writer, quiet bool) *Printer {
	p := &Printer{w: w, quiet: quiet, fd: -1}
	if IsTerminal(w) {
		p.fd = int(w.(*os.File).Fd())
	}
	return p
}

// IsTerminal tells whether w is a terminal, where bars can be drawn.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A Task is one named step of the work.
type Task struct {
	p     *Printer
	name  string
	drawn time.Time
	ended bool
}

// Task begins a step; a step that is still open ends first.
func (p *Printer) Task(name string) *Task {
	if p.task != nil {
		p.task.Done("")
	}
	t := &Task{p: p, name: name}
	p.task = t
	if !p.quiet {
		fmt.Fprintf(p.w, "%s...", name)
	}
	return t
}

// Update redraws the bar with done of total units; total 0 means that the end is not known. Off a terminal it does
// nothing.
func (t *Task) Update(done, total int64, detail string) {
	if t.ended || t.p.quiet || t.p.fd < 0 || time.Since(t.drawn) < redrawEvery {
		return
	}
	t.drawn = time.Now()
	fmt.Fprintf(t.p.w, "\r%s\x1b[K", t.fit(Bar(done, total)+" "+detail))
}

// Done ends the step: "NAME...done", or the note given in place of "done".
func (t *Task) Done(note string) {
	if t.ended {
		return
	}
	t.ended = true
	if t.p.task == t {
		t.p.task = nil
	}
	if t.p.quiet {
		return
	}
	if note == "" {
		note = "done"
	}
	if t.p.fd >= 0 {
		fmt.Fprintf(t.p.w, "\r%s...%s\x1b[K\n", t.name, note)
		return
	}
	fmt.Fprintln(t.p.w, note)
}

// Clear ends the step and takes its line away again, where that is possible.
func (t *Task) Clear() {
	if t.p.fd < 0 || t.p.quiet {
		t.Done("")
		return
	}
	t.ended, t.p.task = true, nil
	fmt.Fprint(t.p.w, "\r\x1b[K")
}

// fit cuts a line to the width of the terminal, so that a redraw never scrolls.
func (t *Task) fit(state string) string {
	line := t.name + "... " + strings.TrimSpace(state)
	width, _, err := term.GetSize(t.p.fd)
	if err == nil && width > 0 && len(line) >= width {
		line = line[:width-1]
	}
	return line
}

// Bar draws done of total: "[=====     ]  50%", or the bare count when the total is not known.
func Bar(done, total int64) string {
	const cells = 20
	if total <= 0 {
		return fmt.Sprintf("%d", done)
	}
	done = min(max(done, 0), total)
	full := int(done * cells / total)
	return fmt.Sprintf("[%s%s] %3d%%", strings.Repeat("=", full), strings.Repeat(" ", cells-full), done*100/total)
}

// Size formats a number of bytes as people read it: "512 bytes", "1.5 MB" (powers of 1000).
func Size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, units := float64(n), "kMGTPE"
	i := -1
	for f >= 1000 && i < len(units)-1 {
		f /= 1000
		i++
	}
	return fmt.Sprintf("%.1f %cB", f, units[i])
}
