// Package transcript runs recorded sessions of a command: each line with what it printed and how it ended. A session
// is recorded with one program (the real tool) and then compared with another (ours), so that the expected output
// never is our own.
//
// Most users need Parse and Session.Run. The format:
//
//	## section        a part that needs the fixture of its own kind; "## root: section" needs root
//	# comment
//	$ verb args       a call of the command, read by sh(1)
//	$ sh LINE         a shell line that is not a call of the command
//	> line            of standard output
//	! line            of standard error
//	= 1               the exit status, if it is not 0
package transcript

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An Outcome is what a user sees of one call.
type Outcome struct {
	Code     int
	Out, Err string
}

// A Call is one line of a session with its recorded outcome.
type Call struct {
	Line string
	Want Outcome
}

// A Section is a part of a session.
type Section struct {
	Title string
	Root  bool   // needs root
	Text  []item // calls and comments in order
}

// item is a call, or a comment where call is nil.
type item struct {
	call    *Call
	comment string
}

// A Session is a parsed recording.
type Session struct{ Sections []*Section }

// Parse reads a recording.
func Parse(text string) (*Session, error) {
	s := &Session{}
	var at *Section
	var call *Call
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch {
		case mark == "##":
			title, root := strings.CutPrefix(rest, "root: ")
			at, call = &Section{Title: title, Root: root}, nil
			s.Sections = append(s.Sections, at)
		case line == "":
		case at == nil:
			return nil, fmt.Errorf("line %d: text before the first section", n+1)
		case mark == "#":
			at.Text = append(at.Text, item{comment: line})
		case mark == "$":
			call = &Call{Line: rest}
			at.Text = append(at.Text, item{call: call})
		case call == nil:
			return nil, fmt.Errorf("line %d: output before the first call", n+1)
		case mark == ">":
			call.Want.Out += rest + "\n"
		case mark == "!":
			call.Want.Err += rest + "\n"
		case mark == "=":
			if _, err := fmt.Sscan(rest, &call.Want.Code); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
		default:
			return nil, fmt.Errorf("line %d: unknown mark %q", n+1, mark)
		}
	}
	return s, nil
}

// Calls returns the calls of a section.
func (s *Section) Calls() []*Call {
	var out []*Call
	for _, i := range s.Text {
		if i.call != nil {
			out = append(out, i.call)
		}
	}
	return out
}

// String is the inverse of Parse.
func (s *Session) String() string {
	var b strings.Builder
	for _, sec := range s.Sections {
		title := sec.Title
		if sec.Root {
			title = "root: " + title
		}
		fmt.Fprintf(&b, "## %s\n", title)
		for _, i := range sec.Text {
			if i.call == nil {
				b.WriteString(i.comment + "\n")
				continue
			}
			fmt.Fprintf(&b, "$ %s\n", i.call.Line)
			marked(&b, ">", i.call.Want.Out)
			marked(&b, "!", i.call.Want.Err)
			if i.call.Want.Code != 0 {
				fmt.Fprintf(&b, "= %d\n", i.call.Want.Code)
			}
		}
	}
	return b.String()
}

func marked(b *strings.Builder, mark, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight(mark+" "+line, " ") + "\n")
	}
}

// A Filter takes out of outputs what differs by nature.
type Filter struct {
	Dir  string           // replaced by DIR
	Drop []*regexp.Regexp // lines to leave out
	// Sort tells for which calls the order of lines means nothing.
	Sort func(line string) bool
}

// Apply filters the outcome of a call. Help that is printed with an error is reduced to the error, NUL bytes become
// visible, blanks at line ends go.
func (f *Filter) Apply(line string, o Outcome) Outcome {
	o.Out, o.Err = f.text(o.Out), f.text(o.Err)
	if f.Sort != nil && f.Sort(line) && o.Out != "" {
		lines := strings.Split(strings.TrimSuffix(o.Out, "\n"), "\n")
		slices.Sort(lines)
		o.Out = strings.Join(lines, "\n") + "\n"
	}
	return o
}

func (f *Filter) text(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", "\\0\n"), f.Dir, "DIR")
	if help, msg, ok := strings.Cut(s, "\nerror: "); ok && strings.HasPrefix(help, "Usage:") {
		s = "error: " + msg
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \n")
		if !slices.ContainsFunc(f.Drop, func(d *regexp.Regexp) bool { return d.MatchString(line) }) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
