package gvariant

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// textNode is one value of a parsed text. Its type may still be open.
type textNode struct {
	kind     textKind
	pos      int         // where it starts in the text
	text     string      // of a number or string, the bytes of a byte string
	children []*textNode // keys and values in turn for a dictionary
	t        *typ        // of a typed value
}

type textKind uint8

const (
	textNumber textKind = iota
	textDouble
	textBool
	textString
	textBytes
	textArray
	textDict
	textEntry
	textTuple
	textVariant
	textJust
	textNothing
	textTyped
)

// ParseText parses a value in the GVariant text format. With typ "" the type comes from the
// text: numbers are i or d, strings s, unless annotated. Otherwise the text must fit typ. The
// error says at which byte of the text it stopped.
func ParseText(text, typ string) (Value, error) {
	v, err := parseText(text, typ)
	if err != nil {
		return Value{}, fmt.Errorf("parse gvariant text: %w", err)
	}
	return v, nil
}

func parseText(text, typ string) (Value, error) {
	p := &textParser{text: text}
	n, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	if p.space(); p.pos < len(p.text) {
		return Value{}, p.errorf("expected end of text")
	}
	if typ == "" {
		return n.buildInferred()
	}
	t, err := parseType(typ)
	if err != nil {
		return Value{}, err
	}
	return n.build(t)
}

// textParser reads values from text.
type textParser struct {
	text string
	pos  int
}

func textError(pos int, format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", pos, fmt.Sprintf(format, args...))
}

func (p *textParser) errorf(format string, args ...any) error {
	return textError(p.pos, format, args...)
}

func (p *textParser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\n\v\f\r", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// peek returns the next byte that is no space, 0 at the end.
func (p *textParser) peek() byte {
	if p.space(); p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// accept skips c if it comes next.
func (p *textParser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// word reads letters, digits and the extra bytes.
func (p *textParser) word(extra string) string {
	start := p.pos
	for p.pos < len(p.text) && (alnum(p.text[p.pos]) || strings.IndexByte(extra, p.text[p.pos]) >= 0) {
		p.pos++
	}
	return p.text[start:p.pos]
}

func (p *textParser) value(depth int) (*textNode, error) {
	if depth >= maxDepth {
		return nil, p.errorf("nested deeper than %d", maxDepth)
	}
	c := p.peek()
	n := &textNode{pos: p.pos}
	switch {
	case c == '[':
		return p.list(n, textArray, ']', depth)
	case c == '(':
		return p.list(n, textTuple, ')', depth)
	case c == '{':
		return p.dict(n, depth)
	case c == '<':
		return p.variant(n, depth)
	case c == '\'' || c == '"':
		n.kind = textString
		return n, p.str(n)
	case c == 'b' && p.pos+1 < len(p.text) && strings.IndexByte(`'"`, p.text[p.pos+1]) >= 0:
		p.pos++
		n.kind = textBytes
		return n, p.str(n)
	case c == '@':
		return p.typed(n, depth)
	case '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.':
		return p.number(n), nil
	case 'a' <= c && c <= 'z':
		return p.keyword(n, depth)
	}
	return nil, p.errorf("expected a value")
}

func (p *textParser) number(n *textNode) *textNode {
	n.text = p.word("+-.")
	n.kind = textNumber
	hex := strings.Contains(n.text, "0x") || strings.Contains(n.text, "0X")
	if strings.Contains(n.text, ".") || !hex && strings.ContainsAny(n.text, "eE") ||
		strings.HasSuffix(n.text, "inf") || strings.HasSuffix(n.text, "nan") {
		n.kind = textDouble
	}
	return n
}

// typeWords are the keywords that stand for "@TYPE".
var typeWords = map[string]string{
	"boolean": "b", "byte": "y", "int16": "n", "uint16": "q", "int32": "i", "handle": "h",
	"uint32": "u", "int64": "x", "uint64": "t", "double": "d", "string": "s",
	"objectpath": "o", "signature": "g",
}

func (p *textParser) keyword(n *textNode, depth int) (*textNode, error) {
	word := p.word("")
	n.text = word
	switch word {
	case "true", "false":
		n.kind = textBool
		return n, nil
	case "inf", "nan":
		n.kind = textDouble
		return n, nil
	case "nothing":
		n.kind = textNothing
		return n, nil
	case "just":
		n.kind = textJust
		return n, p.child(n, depth)
	}
	typ, ok := typeWords[word]
	if !ok {
		return nil, textError(n.pos, "unknown keyword %q", word)
	}
	n.kind, n.t = textTyped, knownTypes[typ]
	return n, p.child(n, depth)
}

func (p *textParser) child(n *textNode, depth int) error {
	c, err := p.value(depth + 1)
	n.children = append(n.children, c)
	return err
}

func (p *textParser) typed(n *textNode, depth int) (*textNode, error) {
	p.pos++
	t, rest, err := parseOne(p.text[p.pos:], 0)
	if err != nil {
		return nil, p.errorf("type string: %v", err)
	}
	n.kind, n.t = textTyped, t
	p.pos = len(p.text) - len(rest)
	return n, p.child(n, depth)
}

func (p *textParser) variant(n *textNode, depth int) (*textNode, error) {
	n.kind = textVariant
	p.pos++
	if err := p.child(n, depth); err != nil {
		return nil, err
	}
	if !p.accept('>') {
		return nil, p.errorf("expected '>'")
	}
	return n, nil
}

// list reads an array or tuple. A tuple of one needs a comma.
func (p *textParser) list(n *textNode, kind textKind, end byte, depth int) (*textNode, error) {
	n.kind = kind
	p.pos++
	for !p.accept(end) {
		if len(n.children) > 0 && !p.accept(',') {
			return nil, p.errorf("expected ',' or %q", end)
		}
		if kind == textTuple && len(n.children) == 1 && p.accept(end) {
			return n, nil
		}
		if err := p.child(n, depth); err != nil {
			return nil, err
		}
		if kind == textTuple && len(n.children) == 1 && p.peek() != ',' {
			return nil, p.errorf("expected ',' after the first member")
		}
	}
	return n, nil
}

// dict reads {key: value, ...} or the single entry {key, value}.
func (p *textParser) dict(n *textNode, depth int) (*textNode, error) {
	n.kind = textDict
	p.pos++
	for !p.accept('}') {
		if len(n.children) > 0 && !p.accept(',') {
			return nil, p.errorf("expected ',' or '}'")
		}
		if err := p.child(n, depth); err != nil {
			return nil, err
		}
		if len(n.children) == 1 && p.accept(',') {
			n.kind = textEntry
		} else if !p.accept(':') {
			return nil, p.errorf("expected ':'")
		}
		if err := p.child(n, depth); err != nil {
			return nil, err
		}
		if n.kind == textEntry {
			if !p.accept('}') {
				return nil, p.errorf("expected '}'")
			}
			return n, nil
		}
	}
	return n, nil
}

// str reads a quoted string or byte string into n.text.
func (p *textParser) str(n *textNode) error {
	quote := p.text[p.pos]
	p.pos++
	var b []byte
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		switch {
		case c == quote:
			n.text = string(b)
			return p.checkStr(n)
		case c != '\\':
			b = append(b, c)
		default:
			var err error
			if b, err = p.escape(b, n.kind); err != nil {
				return err
			}
		}
	}
	return textError(n.pos, "unterminated string")
}

func (p *textParser) checkStr(n *textNode) error {
	switch {
	case strings.IndexByte(n.text, 0) >= 0:
		return textError(n.pos, "NUL byte in a string")
	case n.kind == textString && !utf8.ValidString(n.text):
		return textError(n.pos, "string is not UTF-8")
	}
	return nil
}

var unescapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape reads what follows a backslash: \u and \U in strings, octal in byte strings.
func (p *textParser) escape(b []byte, kind textKind) ([]byte, error) {
	if p.pos == len(p.text) {
		return nil, p.errorf("unterminated string")
	}
	c := p.text[p.pos]
	p.pos++
	switch {
	case c == '\n': // a line continues
		return b, nil
	case kind == textString && (c == 'u' || c == 'U'):
		return p.unicode(b, c)
	case kind == textBytes && '0' <= c && c <= '7':
		x := int(c - '0')
		for i := 0; i < 2 && p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '7'; i++ {
			x = x<<3 | int(p.text[p.pos]-'0')
			p.pos++
		}
		return append(b, byte(x)), nil
	}
	if u, ok := unescapes[c]; ok {
		c = u
	}
	return append(b, c), nil
}

func (p *textParser) unicode(b []byte, c byte) ([]byte, error) {
	digits := 4
	if c == 'U' {
		digits = 8
	}
	if p.pos+digits > len(p.text) {
		return nil, p.errorf("invalid %d-digit unicode escape", digits)
	}
	x, err := strconv.ParseUint(p.text[p.pos:p.pos+digits], 16, 32)
	if err != nil || x == 0 || x > utf8.MaxRune || !utf8.ValidRune(rune(x)) {
		return nil, p.errorf("invalid %d-digit unicode escape", digits)
	}
	p.pos += digits
	return utf8.AppendRune(b, rune(x)), nil
}
