package sepolicy

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// A SyntaxError is a line of a policy file that cannot be used.
type SyntaxError struct {
	File string // as named in the file system given to Load
	Line int    // from 1
	Err  error
}

// Error names file and line.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: line %d: %v", e.File, e.Line, e.Err) }

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// noLabel is the label of paths that shall have none.
const noLabel = "<<none>>"

// spec is one line of file_contexts.
type spec struct {
	stem    string // first component of the path, "" if the pattern covers it
	pattern pattern
	mode    uint32 // file type, 0 = any
	label   string // "" = none
	meta    bool   // the expression has a metacharacter
}

// parseSpec reads "EXPRESSION [TYPE] LABEL". ok is false for a line without
// content. What follows the third word is ignored.
func parseSpec(line string) (s *spec, ok bool, err error) {
	words := strings.FieldsFunc(line, isSpace)
	if len(words) == 0 || words[0][0] == '#' {
		return nil, false, nil
	}
	words = words[:min(len(words), 3)]
	for _, w := range words {
		if i := strings.IndexFunc(w, func(c rune) bool { return c == 0 || c >= 0x80 }); i >= 0 {
			return nil, false, fmt.Errorf("%q: byte that is not ASCII", w)
		}
	}
	s = &spec{meta: hasMeta(words[0])}
	switch len(words) {
	case 1:
		return nil, false, errors.New("no label")
	case 2:
		s.label = words[1]
	default:
		if s.mode, err = parseType(words[1]); err != nil {
			return nil, false, err
		}
		s.label = words[2]
	}
	if s.label == noLabel {
		s.label = ""
	}
	expr := words[0]
	s.stem = stemOf(expr)
	if s.pattern, err = parsePattern(expr[len(s.stem):]); err != nil {
		return nil, false, fmt.Errorf("expression %s: %w", expr, err)
	}
	// A backslash in the stem is part of neither the expression nor any path
	// that libselinux compares with it.
	return s, !strings.Contains(s.stem, `\`), nil
}

// isSpace is isspace(3) of the C locale.
func isSpace(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// parseType reads the file type, which looks like what ls prints.
func parseType(s string) (uint32, error) {
	switch s {
	case "--":
		return unix.S_IFREG, nil
	case "-d":
		return unix.S_IFDIR, nil
	case "-l":
		return unix.S_IFLNK, nil
	case "-b":
		return unix.S_IFBLK, nil
	case "-c":
		return unix.S_IFCHR, nil
	case "-p":
		return unix.S_IFIFO, nil
	case "-s":
		return unix.S_IFSOCK, nil
	}
	return 0, fmt.Errorf("file type %q: not one of -- -d -l -b -c -p -s", s)
}

const metacharacters = ".^$?*+|[({"

// stemOf returns the first component of an expression, if it is free of
// metacharacters and something follows. A backslash is none of them.
func stemOf(expr string) string {
	if i := strings.IndexByte(expr[1:], '/'); i >= 0 && !strings.ContainsAny(expr[:i+1], metacharacters) {
		return expr[:i+1]
	}
	return ""
}

func hasMeta(expr string) bool {
	for i := 0; i < len(expr); i++ {
		switch {
		case expr[i] == '\\':
			i++ // the next character stands for itself
		case strings.IndexByte(metacharacters, expr[i]) >= 0:
			return true
		}
	}
	return false
}
