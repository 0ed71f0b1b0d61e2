package repo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Vars are the variables that definitions may use, such as "releasever" and "basearch".
type Vars map[string]string

// baseArches maps architectures to $basearch where the two differ.
var baseArches = map[string]string{
	"i386": "i386", "i486": "i386", "i586": "i386", "i686": "i386", "athlon": "i386", "geode": "i386",
	"amd64": "x86_64", "ia32e": "x86_64", "x86_64_v2": "x86_64", "x86_64_v3": "x86_64", "x86_64_v4": "x86_64",
	"armv7hl": "armhfp", "armv7hnl": "armhfp", "armv6hl": "armhfp", "armv8hl": "armhfp", "armv5tel": "arm", "armv7l": "arm",
	"ppc64p7": "ppc64",
}

// NewVars gives releasever, arch and basearch. Arch is an RPM architecture, such as "x86_64".
func NewVars(releasever, arch string) Vars {
	base := baseArches[arch]
	if base == "" {
		base = arch
	}
	v := Vars{"arch": arch, "basearch": base}
	if releasever != "" {
		v["releasever"] = releasever
		v["releasever_major"], v["releasever_minor"], _ = strings.Cut(releasever, ".")
	}
	return v
}

// LoadDir adds the variables of directories such as /etc/dnf/vars: a file's name is the name, its first line the
// value. Later directories win; those that do not exist are skipped.
func (v Vars) LoadDir(dirs ...string) error {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return err
		}
		for _, e := range entries {
			if fi, err := os.Stat(filepath.Join(dir, e.Name())); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxRepoFile ||
				nameLen(e.Name()) != len(e.Name()) {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			line, _, _ := strings.Cut(string(data), "\n")
			v[e.Name()] = strings.TrimSpace(line)
		}
	}
	return nil
}

func nameLen(s string) int {
	for i, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return i
		}
	}
	return len(s)
}

// Limits of hostile values: of nested defaults, and of references that never end, each of which is looked at to the
// end of the value.
const (
	maxExpansion = 8
	maxOpen      = 16
)

// Expand replaces $name and ${name}, and the forms ${name:-text if name is unset or empty} and ${name:+text if it is
// set}. A backslash before "$", "}" or "\" takes its meaning. Unknown variables stay as they are.
func (v Vars) Expand(s string) string { return v.expand(s, 0) }

func (v Vars) expand(s string, depth int) string {
	if depth > maxExpansion || !strings.ContainsAny(s, "$\\") {
		return s
	}
	var b strings.Builder
	open := 0
	for i := 0; i < len(s); {
		switch {
		case open > maxOpen:
			b.WriteString(s[i:])
			i = len(s)
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("$}\\", s[i+1]) >= 0:
			b.WriteByte(s[i+1])
			i += 2
		case s[i] == '$':
			text, n := v.reference(s[i:], depth)
			if n == 1 && strings.HasPrefix(s[i:], "${") {
				open++
			}
			b.WriteString(text)
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// reference expands the reference at the beginning of s and gives its length.
func (v Vars) reference(s string, depth int) (text string, n int) {
	if !strings.HasPrefix(s, "${") {
		n = 1 + nameLen(s[1:])
		if value, ok := v[s[1:n]]; ok {
			return value, n
		}
		return s[:n], n
	}
	end := closing(s)
	if end < 0 {
		return s[:1], 1
	}
	inner := s[2:end]
	name := inner[:nameLen(inner)]
	value, ok := v[name]
	switch rest := inner[len(name):]; {
	case rest == "" && ok:
		return value, end + 1
	case strings.HasPrefix(rest, ":-"):
		if ok && value != "" {
			return value, end + 1
		}
		return v.expand(rest[2:], depth+1), end + 1
	case strings.HasPrefix(rest, ":+"):
		if !ok || value == "" {
			return "", end + 1
		}
		return v.expand(rest[2:], depth+1), end + 1
	}
	return s[:end+1], end + 1
}

// closing gives the index of the brace that ends the reference at the beginning of s, -1 if there is none.
func closing(s string) int {
	level := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			level++
		case '}':
			if level--; level == 0 {
				return i
			}
		}
	}
	return -1
}
