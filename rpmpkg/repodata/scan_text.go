package repodata

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// plainUntil gives the index of the first byte of b that is end or needs a closer look: markup, an entity, a control
// character or not ASCII. It looks at eight bytes at a time: a byte that is zero borrows from the bits above it.
func plainUntil(b []byte, end byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	wanted := uint64(end) * ones
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		e, lt, amp := w^wanted, w^('<'*ones), w^('&'*ones)
		m := w | (w-0x20*ones)&^w | (e-ones)&^e | (lt-ones)&^lt | (amp-ones)&^amp
		if m &= highs; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == end || c == '<' || c == '&' || c < 0x20 || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}

// unescape decodes entities and normalises line ends of text. It gives b itself if there is nothing to do.
func (s *scanner) unescape(b []byte, attr bool) ([]byte, error) {
	if plainUntil(b, '&') == len(b) {
		return b, nil
	}
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
	if b, ok := s.plainContent(); ok {
		return b, nil
	}
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

// plainContent is content if that is plain text and wholly inside the window.
func (s *scanner) plainContent() ([]byte, bool) {
	if s.openTag {
		return nil, false
	}
	b := s.buf[s.pos:s.end]
	n := plainUntil(b, '<')
	size := s.closes(b[n:])
	if size == 0 {
		return nil, false
	}
	s.pos += n + size
	s.pop()
	return b[:n], true
}

// closes gives the length of the end tag of the innermost element at the beginning of b; 0 if something else is there.
func (s *scanner) closes(b []byte) int {
	top := s.top()
	if n := len(top) + 2; n < len(b) && b[n] == '>' && b[0] == '<' && b[1] == '/' && string(b[2:n]) == string(top) {
		return n + 1
	}
	return 0
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
			return s.valueOf(&a)
		}
	}
	return nil, nil
}

// valueOf gives the value of an attribute.
func (s *scanner) valueOf(a *attribute) ([]byte, error) {
	if a.plain {
		return a.value, nil
	}
	return s.unescape(a.value, true)
}
