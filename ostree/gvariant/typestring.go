package gvariant

import (
	"errors"
	"fmt"
)

// maxDepth limits the nesting of containers, in a type string and in data
// (GVariant text: implementations may limit it; 128 is what GLib accepts).
const maxDepth = 128

// typ is a parsed definite type.
type typ struct {
	str     string   // the type string
	kind    byte     // its first character
	align   int      // alignment of a serialised value: 1, 2, 4 or 8
	size    int      // serialised size in bytes, 0 when it varies
	depth   int      // nesting of containers, 1 for a basic type
	elem    *typ     // of an array or maybe
	members []member // of a tuple or dict entry
	offsets int      // framing offsets a tuple or dict entry stores
}

// member is one position of a tuple.
type member struct {
	t *typ
	// prev is the number of framing offsets that belong to earlier members.
	prev int
	// framed says that the end of this member is a framing offset.
	framed bool
}

// basicTypes holds every type that contains no other one, and the variant.
var basicTypes = map[byte]*typ{
	'b': {str: "b", kind: 'b', align: 1, size: 1, depth: 1},
	'y': {str: "y", kind: 'y', align: 1, size: 1, depth: 1},
	'n': {str: "n", kind: 'n', align: 2, size: 2, depth: 1},
	'q': {str: "q", kind: 'q', align: 2, size: 2, depth: 1},
	'i': {str: "i", kind: 'i', align: 4, size: 4, depth: 1},
	'u': {str: "u", kind: 'u', align: 4, size: 4, depth: 1},
	'h': {str: "h", kind: 'h', align: 4, size: 4, depth: 1},
	'x': {str: "x", kind: 'x', align: 8, size: 8, depth: 1},
	't': {str: "t", kind: 't', align: 8, size: 8, depth: 1},
	'd': {str: "d", kind: 'd', align: 8, size: 8, depth: 1},
	's': {str: "s", kind: 's', align: 1, depth: 1},
	'o': {str: "o", kind: 'o', align: 1, depth: 1},
	'g': {str: "g", kind: 'g', align: 1, depth: 1},
	'v': {str: "v", kind: 'v', align: 8, depth: 1},
}

// knownTypes saves parsing the types that repositories are full of.
var knownTypes = mustParseTypes(
	"b", "y", "n", "q", "i", "u", "h", "x", "t", "d", "s", "o", "g", "v",
	"ay", "as", "aay", "{sv}", "a{sv}", "(ayay)", "a(ayay)", "(say)", "(sayay)",
	"(uuua(ayay))", "(uuuusa(ayay))", "(tuuuusa(ayay))",
	"(a(say)a(sayay))", "(a{sv}aya(say)sstayay)",
	"(a(s(taya{sv}))a{sv})", "(a{sv}tayay(a{sv}aya(say)sstayay)aya(uayttay)a(yaytt))",
)

func mustParseTypes(types ...string) map[string]*typ {
	m := make(map[string]*typ, len(types))
	for _, s := range types {
		t, rest, err := parseOne(s, 0)
		if err == nil && rest == "" {
			m[s] = t
		}
	}
	return m
}

// parseType parses s as exactly one definite type.
func parseType(s string) (*typ, error) {
	if t := knownTypes[s]; t != nil {
		return t, nil
	}
	t, rest, err := parseOne(s, 0)
	switch {
	case err != nil:
		return nil, fmt.Errorf("type string %q: %w", s, err)
	case rest != "":
		return nil, fmt.Errorf("type string %q: more than one type", s)
	}
	return t, nil
}

var (
	errTypeEnd   = errors.New("ends too early")
	errTypeDepth = fmt.Errorf("nested deeper than %d", maxDepth)
	errTypeKey   = errors.New("key of a dict entry is not a basic type")
)

// parseOne parses the first type of s and returns what follows it.
func parseOne(s string, depth int) (*typ, string, error) {
	if s == "" {
		return nil, "", errTypeEnd
	}
	if depth >= maxDepth {
		return nil, "", errTypeDepth
	}
	switch c := s[0]; c {
	case 'a', 'm':
		elem, rest, err := parseOne(s[1:], depth+1)
		if err != nil {
			return nil, "", err
		}
		return newElemType(s[:len(s)-len(rest)], elem), rest, nil
	case '(':
		return parseTupleType(s, depth)
	case '{':
		return parseEntryType(s, depth)
	default:
		if t := basicTypes[c]; t != nil {
			return t, s[1:], nil
		}
		return nil, "", fmt.Errorf("%q is no type", c)
	}
}

func parseTupleType(s string, depth int) (*typ, string, error) {
	var members []*typ
	rest := s[1:]
	for {
		if rest == "" {
			return nil, "", errTypeEnd
		}
		if rest[0] == ')' {
			rest = rest[1:]
			return newTupleType(s[:len(s)-len(rest)], members), rest, nil
		}
		m, r, err := parseOne(rest, depth+1)
		if err != nil {
			return nil, "", err
		}
		members, rest = append(members, m), r
	}
}

func parseEntryType(s string, depth int) (*typ, string, error) {
	key, rest, err := parseOne(s[1:], depth+1)
	if err != nil {
		return nil, "", err
	}
	if !key.basic() {
		return nil, "", errTypeKey
	}
	value, rest, err := parseOne(rest, depth+1)
	if err != nil {
		return nil, "", err
	}
	if rest == "" {
		return nil, "", errTypeEnd
	}
	if rest[0] != '}' {
		return nil, "", errors.New("dict entry of more than two types")
	}
	rest = rest[1:]
	return newTupleType(s[:len(s)-len(rest)], []*typ{key, value}), rest, nil
}

// basic reports whether a value of the type holds no other value.
func (t *typ) basic() bool {
	switch t.kind {
	case 'a', 'm', '(', '{', 'v':
		return false
	}
	return true
}

func newElemType(str string, elem *typ) *typ {
	return &typ{str: str, kind: str[0], align: elem.align, depth: elem.depth + 1, elem: elem}
}

// newTupleType makes the type of a tuple or, by the first byte of str, a dict entry.
func newTupleType(str string, members []*typ) *typ {
	t := &typ{str: str, kind: str[0], align: 1, depth: 1, members: make([]member, len(members))}
	size, fixed := 0, true
	for i, m := range members {
		framed := m.size == 0 && i < len(members)-1
		t.members[i] = member{t: m, prev: t.offsets, framed: framed}
		if framed {
			t.offsets++
		}
		t.align = max(t.align, m.align)
		t.depth = max(t.depth, m.depth+1)
		fixed = fixed && m.size != 0
		size = alignUp(size, m.align) + m.size
	}
	if fixed {
		// The unit tuple takes one byte so that arrays of it have a length.
		t.size = max(alignUp(size, t.align), 1)
	}
	return t
}

// alignUp rounds n up to a multiple of the power of two a.
func alignUp(n, a int) int { return (n + a - 1) &^ (a - 1) }
