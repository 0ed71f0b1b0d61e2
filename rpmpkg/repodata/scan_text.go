package repodata

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// unescape decodes entities and normalises line ends of text. It gives b itself if there is nothing to do.
func (s *scanner) unescape(b []byte, attr bool) ([]byte, error) {
	if !utf8.Valid(b) {
		return nil, s.syntax("invalid UTF-8 %q", clip(b))
	}
	if bytes.IndexByte(b, '&') < 0 && bytes.IndexByte(b, '\r') < 0 && !(attr && bytes.ContainsAny(b, "\n\t")) {
		return b, nil
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '&':
			end := bytes.IndexByte(b[i:], ';')
			if end < 0 {
				return nil, s.syntax("'&' without ';'")
			}
			r, ok := entity(b[i+1 : i+end])
			if !ok {
				return nil, s.syntax("unknown entity %q", clip(b[i:i+end+1]))
			}
			out = utf8.AppendRune(out, r)
			i += end
		case attr && isSpace(c):
			out = append(out, ' ')
		case c == '\r':
			if i+1 == len(b) || b[i+1] != '\n' {
				out = append(out, '\n')
			}
		default:
			out = append(out, c)
		}
	}
	return out, nil
}

// entity gives the rune of a predefined entity or a character reference.
func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !validRune(n) {
		return 0, false
	}
	return rune(n), true
}

// validRune is the Char production of XML 1.0.
func validRune(n uint64) bool {
	return n == '\t' || n == '\n' || n == '\r' || n >= 0x20 && n <= 0xd7ff || n >= 0xe000 && n <= 0xfffd ||
		n >= 0x10000 && n <= 0x10ffff
}

// content reads the text of the element whose start tag was just read, up to and including its end tag. Elements
// inside are skipped. The result may alias the window: it is valid until the next call.
func (s *scanner) content() ([]byte, error) {
	want := s.depth() - 1
	var first, joined []byte
	for {
		kind, err := s.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case tokStart:
			if err := s.skip(); err != nil {
				return nil, err
			}
		case tokText:
			text := s.text
			if !s.cdata {
				if text, err = s.unescape(text, false); err != nil {
					return nil, err
				}
			}
			if first == nil && joined == nil && s.endsHere() {
				first = text
				continue
			}
			joined = append(joined, text...)
			if len(joined) > maxToken {
				return nil, s.syntax("text longer than %d bytes", maxToken)
			}
		case tokEnd:
			if s.depth() == want {
				if joined != nil {
					return joined, nil
				}
				return first, nil
			}
		}
	}
}

// endsHere reports that a whole end tag follows inside the window, so that reading it moves no bytes.
func (s *scanner) endsHere() bool {
	rest := s.buf[s.pos:s.end]
	return len(rest) > 1 && rest[0] == '<' && rest[1] == '/' && bytes.IndexByte(rest, '>') >= 0
}

// attr gives the value of an attribute of the last start tag, "" if there is none.
func (s *scanner) attr(name string) ([]byte, error) {
	for _, a := range s.attrs {
		if string(a.name) == name {
			return s.unescape(a.value, true)
		}
	}
	return nil, nil
}
