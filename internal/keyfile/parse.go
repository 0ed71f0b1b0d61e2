package keyfile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says what is wrong in which line (1-based).
type SyntaxError struct {
	Line int
	Msg  string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads a key file. Errors are *SyntaxError.
func Parse(data []byte) (*File, error) {
	f := New()
	var cur *group
	text := string(data)
	for n := 1; text != ""; n++ {
		var l string
		l, text, _ = strings.Cut(text, "\n")
		l = strings.TrimRight(l, "\r")
		if err := f.parseLine(&cur, l); err != "" {
			return nil, &SyntaxError{Line: n, Msg: err}
		}
	}
	return f, nil
}

func (f *File) parseLine(cur **group, l string) string {
	trimmed := strings.TrimLeft(l, " \t\v\f\r")
	switch {
	case trimmed == "" || trimmed[0] == '#':
		if *cur == nil {
			f.header = append(f.header, line{value: l})
		} else {
			(*cur).lines = append((*cur).lines, line{value: l})
		}
		return ""
	case trimmed[0] == '[':
		return f.parseGroup(cur, trimmed)
	case *cur == nil:
		return "key before the first group"
	}
	return parseKey(*cur, trimmed)
}

func (f *File) parseGroup(cur **group, l string) string {
	l = strings.TrimRight(l, " \t\v\f")
	if !strings.HasSuffix(l, "]") {
		return fmt.Sprintf("group header %q does not end with ]", l)
	}
	name := l[1 : len(l)-1]
	if !ValidGroup(name) {
		return fmt.Sprintf("invalid group name %q", name)
	}
	if *cur = f.group(name); *cur == nil {
		*cur = &group{name: name}
		f.groups = append(f.groups, *cur)
	}
	return ""
}

func parseKey(g *group, l string) string {
	key, value, ok := strings.Cut(l, "=")
	if !ok {
		return fmt.Sprintf("%q is neither a group, a key=value pair nor a comment", l)
	}
	key = strings.TrimRight(key, " \t\v\f")
	if key == "" {
		return "empty key"
	}
	if strings.ContainsAny(key, "[]") && !localized(key) {
		return fmt.Sprintf("invalid key name %q", key)
	}
	value = strings.TrimLeft(value, " \t\v\f")
	if !utf8.ValidString(value) || !utf8.ValidString(key) {
		return fmt.Sprintf("key %q is not UTF-8", key)
	}
	g.lines = append(g.lines, line{key: key, value: value})
	return ""
}

// localized reports whether key has the form name[locale].
func localized(key string) bool {
	i := strings.IndexByte(key, '[')
	return i > 0 && strings.HasSuffix(key, "]") && !strings.ContainsAny(key[i+1:len(key)-1], "[]")
}
