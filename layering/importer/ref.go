package importer

import (
	"fmt"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// RefPrefix is where the refs of imported packages lie.
const RefPrefix = "rpmostree/pkg"

const upperHex = "0123456789ABCDEF"

// escape makes a ref component of any string: ASCII letters, digits, "." and
// "-" stay, "_" is doubled, any other byte is "_" and two upper-case hex digits.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-':
			b.WriteByte(c)
		case c == '_':
			b.WriteString("__")
		default:
			b.WriteByte('_')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

// unescape is the inverse of escape.
func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '_' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '_' {
			b.WriteByte('_')
			i++
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%q: unfinished escape", s)
		}
		hi, lo := strings.IndexByte(upperHex, s[i+1]), strings.IndexByte(upperHex, s[i+2])
		if hi < 0 || lo < 0 {
			return "", fmt.Errorf("%q: bad escape %q", s, s[i:i+3])
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	return b.String(), nil
}

// RefFor is the ref of an imported package: "rpmostree/pkg/NAME/EVR.ARCH" with
// both last parts escaped. Epoch 0 is left out.
func RefFor(n rpmver.NEVRA) string {
	return RefPrefix + "/" + escape(n.Name) + "/" + escape(n.EVR.String()+"."+n.Arch)
}

// ParseRef is the inverse of [RefFor].
func ParseRef(ref string) (rpmver.NEVRA, error) {
	rest, ok := strings.CutPrefix(ref, RefPrefix+"/")
	name, evra, both := strings.Cut(rest, "/")
	if !ok || !both || name == "" || strings.Contains(evra, "/") {
		return rpmver.NEVRA{}, fmt.Errorf("parse ref %q: not the ref of a package", ref)
	}
	name, err := unescape(name)
	if err != nil {
		return rpmver.NEVRA{}, fmt.Errorf("parse ref %q: %w", ref, err)
	}
	if evra, err = unescape(evra); err != nil {
		return rpmver.NEVRA{}, fmt.Errorf("parse ref %q: %w", ref, err)
	}
	n, err := rpmver.ParseNEVRA(name + "-" + evra)
	if err != nil {
		return rpmver.NEVRA{}, fmt.Errorf("parse ref %q: %w", ref, err)
	}
	return n, nil
}
