package importer

import (
	"fmt"
	"sort"
	"strings"
)

// TmpfilesDir is where package commits keep their tmpfiles.d lines.
const TmpfilesDir = "usr/lib/rpm-ostree/tmpfiles.d"

// tmpfiles collects the tmpfiles.d(5) lines of one package.
type tmpfiles struct {
	lines map[string]string // by path, so that no path occurs twice
}

func (t *tmpfiles) set(path, line string) {
	if t.lines == nil {
		t.lines = map[string]string{}
	}
	t.lines[path] = line
}

// runPath rewrites /var/run, which is a link, to /run.
func runPath(p string) string {
	if p == "var/run" || strings.HasPrefix(p, "var/run/") {
		p = strings.TrimPrefix(p, "var/")
	}
	return "/" + p
}

// dir adds a directory; p is relative to the root.
func (t *tmpfiles) dir(p string, mode uint32, user, group string) {
	p = runPath(p)
	t.set(p, fmt.Sprintf("d %s %04o %s %s - -", quote(p), mode&0o7777, quote(user), quote(group)))
}

// argument escapes the last field of a line, which extends to its end and
// knows C escapes but no quotes.
var argument = strings.NewReplacer(`%`, `%%`, `\`, `\\`, "\n", `\n`)

// link adds a symbolic link.
func (t *tmpfiles) link(p, target string) {
	p = runPath(p)
	t.set(p, fmt.Sprintf("L %s - - - - %s", quote(p), argument.Replace(target)))
}

// bytes returns the file, sorted by path; nil if there are no lines.
func (t *tmpfiles) bytes() []byte {
	if len(t.lines) == 0 {
		return nil
	}
	paths := make([]string, 0, len(t.lines))
	for p := range t.lines {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	var b strings.Builder
	for _, p := range paths {
		b.WriteString(t.lines[p])
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// quote makes one word of s for a tmpfiles.d line: as it is if it has nothing
// special, else in double quotes with C escapes. A percent sign starts a
// specifier and is doubled.
func quote(s string) string {
	s = strings.ReplaceAll(s, "%", "%%")
	special := func(r rune) bool { return r <= ' ' || r == '"' || r == '\'' || r == '\\' || r == 0x7f }
	if s != "" && strings.IndexFunc(s, special) < 0 {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\x%02x", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
