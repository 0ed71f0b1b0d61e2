package repodata

import (
	"bytes"
	"io"
)

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// local cuts the namespace prefix off. The element names of rpm-md are unique without it, and every writer uses
// the same prefix, so namespaces carry no information here.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

func (s *scanner) endTag() (tokenKind, error) {
	if s.depth() > 0 {
		if n := s.closes(s.buf[s.pos:s.end]); n > 0 {
			s.name = local(s.buf[s.pos+2 : s.pos+n-1])
			s.pos += n
			s.pop()
			return tokEnd, nil
		}
	}
	body, err := s.until("</", ">", "end tag")
	if err != nil {
		return 0, err
	}
	for len(body) > 0 && isSpace(body[len(body)-1]) {
		body = body[:len(body)-1]
	}
	if s.depth() == 0 || !bytes.Equal(body, s.top()) {
		return 0, s.syntax("end tag %q does not match", clip(body))
	}
	s.pop()
	s.name = local(body)
	return tokEnd, nil
}

func clip(b []byte) []byte { return b[:min(len(b), 64)] }

// startTag reads a start tag with its attributes; a tag cut by the window's end is read again with more input.
func (s *scanner) startTag() (tokenKind, error) {
	for {
		n, msg := s.tryStartTag(s.buf[s.pos:s.end])
		if msg != "" {
			return 0, s.syntax("%s", msg)
		}
		if n > 0 {
			name := s.name
			if err := s.push(name); err != nil {
				return 0, err
			}
			s.name, s.tag = local(name), s.buf[s.pos:s.pos+n]
			s.pos += n
			return tokStart, nil
		}
		if err := s.more("start tag"); err != nil {
			return 0, err
		}
	}
}

// tryStartTag gives the length of the start tag at the beginning of b, 0 if b ends inside of it, or a complaint.
func (s *scanner) tryStartTag(b []byte) (n int, complaint string) {
	i := 1
	for i < len(b) && !isSpace(b[i]) && b[i] != '>' && b[i] != '/' {
		i++
	}
	if i == len(b) {
		return 0, ""
	}
	if i == 1 {
		return 0, "element without a name"
	}
	s.name, s.attrs, s.openTag = b[1:i], s.attrs[:0], false
	for {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i+1 >= len(b) && (i >= len(b) || b[i] != '>') {
			return 0, ""
		}
		switch {
		case b[i] == '>':
			return i + 1, ""
		case b[i] == '/' && b[i+1] == '>':
			s.openTag = true
			return i + 2, ""
		case b[i] == '/' || b[i] == '<' || b[i] == '=' || !isSpace(b[i-1]):
			return 0, "malformed start tag"
		}
		next, complaint := s.tryAttribute(b, i)
		if next == 0 {
			return 0, complaint
		}
		i = next
	}
}

// tryAttribute reads the attribute at b[i:] and gives the index behind it.
func (s *scanner) tryAttribute(b []byte, i int) (next int, complaint string) {
	name := i
	for i < len(b) && b[i] != '=' {
		if b[i] == '>' || b[i] == '<' || b[i] == '"' || b[i] == '\'' {
			return 0, "attribute without a value"
		}
		i++
	}
	nameEnd := i
	for nameEnd > name && isSpace(b[nameEnd-1]) {
		nameEnd--
	}
	i++
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i >= len(b) {
		return 0, ""
	}
	if b[i] != '"' && b[i] != '\'' {
		return 0, "attribute value without quotes"
	}
	rest := b[i+1:]
	j := plainUntil(rest, b[i])
	plain := j < len(rest) && rest[j] == b[i]
	if !plain {
		k := bytes.IndexByte(rest[j:], b[i])
		if k < 0 {
			return 0, ""
		}
		if bytes.IndexByte(rest[j:j+k], '<') >= 0 {
			return 0, "'<' in an attribute value"
		}
		j += k
	}
	if len(s.attrs) == maxAttrs {
		return 0, "too many attributes"
	}
	s.attrs = append(s.attrs, attribute{b[name:nameEnd], rest[:j], plain})
	return i + j + 2, ""
}

// skip consumes the rest of the element whose start tag was just read.
func (s *scanner) skip() error {
	for want := s.depth() - 1; ; {
		kind, err := s.next()
		if err != nil {
			return err
		}
		if kind == tokEOF {
			return io.ErrUnexpectedEOF
		}
		if kind == tokEnd && s.depth() == want {
			return nil
		}
	}
}
