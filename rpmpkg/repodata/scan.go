package repodata

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits of the scanner. Real metadata nests five levels; its largest token is a package description of some KiB.
const (
	maxDepth   = 32
	maxToken   = 8 << 20
	maxAttrs   = 64
	maxPackage = 32 << 20 // of a package element, which becomes one value; real ones have up to 5 MiB
	firstChunk = 256 << 10
)

// A SyntaxError is malformed or unacceptable XML in a metadata file.
type SyntaxError struct {
	Offset int64 // bytes of uncompressed input before the offending markup
	Msg    string
}

// Error gives the message with its offset.
func (e *SyntaxError) Error() string { return fmt.Sprintf("xml offset %d: %s", e.Offset, e.Msg) }

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokStart
	tokEnd
	tokText
)

type attribute struct {
	name, value []byte
	plain       bool // nothing to unescape in value
}

// scanner is a pull tokenizer over a sliding window. The slices it hands out alias the window and are valid until
// the next call of next.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	base     int64 // input offset of buf[0]
	err      error // sticky read error, io.EOF included
	limit    int64 // offset up to which the present package may go; 0 outside of packages

	name    []byte      // local name of the last start or end tag, without namespace prefix
	attrs   []attribute // of the last start tag, values still escaped
	text    []byte      // of the last text token, still escaped unless cdata
	cdata   bool
	tag     []byte // raw bytes of the last start tag
	openTag bool   // the last start tag was empty: its end tag is due

	names []byte // names of the open elements, one after the other
	marks []int  // where each begins
	root  bool   // a root element has been seen
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, firstChunk)}
}

func (s *scanner) depth() int { return len(s.marks) }

func (s *scanner) syntax(format string, args ...any) error {
	return &SyntaxError{Offset: s.base + int64(s.pos), Msg: fmt.Sprintf(format, args...)}
}

// fill makes more input visible behind end, moving or growing the window. It reports io.EOF when there is none.
func (s *scanner) fill() error {
	if s.err != nil {
		return s.err
	}
	if s.limit > 0 && s.base+int64(s.pos) > s.limit {
		return s.syntax("package element longer than %d bytes", maxPackage)
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if s.end >= maxToken {
			return s.syntax("token longer than %d bytes", maxToken)
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// more is fill for the middle of a construct, where the end of input is a syntax error.
func (s *scanner) more(what string) error {
	err := s.fill()
	if errors.Is(err, io.EOF) {
		return s.syntax("input ends inside %s", what)
	}
	return err
}

// next gives the next token. After tokEOF or an error it must not be called again.
func (s *scanner) next() (tokenKind, error) {
	if s.openTag {
		s.openTag = false
		s.pop()
		return tokEnd, nil
	}
	for {
		i := bytes.IndexByte(s.buf[s.pos:s.end], '<')
		if i < 0 {
			err := s.fill()
			if errors.Is(err, io.EOF) {
				return tokEOF, s.atEOF()
			}
			if err != nil {
				return 0, err
			}
			continue
		}
		if i > 0 {
			s.text, s.cdata = s.buf[s.pos:s.pos+i], false
			if s.depth() > 0 {
				s.pos += i
				return tokText, nil
			}
			if err := s.outside(s.text); err != nil {
				return 0, err
			}
			s.pos += i
		}
		kind, err := s.markup()
		if kind != tokEOF || err != nil {
			return kind, err
		}
	}
}

func (s *scanner) atEOF() error {
	if s.depth() > 0 {
		return s.syntax("input ends inside element %q", s.top())
	}
	if !s.root {
		return s.syntax("no root element")
	}
	return s.outside(s.buf[s.pos:s.end])
}

// outside checks text before or after the root element: white space, and a byte order mark at the very start.
func (s *scanner) outside(text []byte) error {
	if s.base == 0 && s.pos == 0 {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	if len(bytes.TrimLeft(text, " \t\r\n")) > 0 {
		return s.syntax("text outside of the root element")
	}
	return nil
}

// markup handles what begins with '<' at pos. tokEOF without an error means: nothing to report, go on.
func (s *scanner) markup() (tokenKind, error) {
	for s.end-s.pos < 2 {
		if err := s.more("markup"); err != nil {
			return 0, err
		}
	}
	switch s.buf[s.pos+1] {
	case '/':
		return s.endTag()
	case '?':
		body, err := s.until("<?", "?>", "processing instruction")
		if err != nil {
			return 0, err
		}
		return tokEOF, s.declaration(body)
	case '!':
		return s.bang()
	}
	return s.startTag()
}

func (s *scanner) bang() (tokenKind, error) {
	for s.end-s.pos < len("<![CDATA[") {
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return 0, err
		}
	}
	rest := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		_, err := s.until("<!--", "-->", "comment")
		return tokEOF, err
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		if s.depth() == 0 {
			return 0, s.syntax("CDATA outside of the root element")
		}
		body, err := s.until("<![CDATA[", "]]>", "CDATA section")
		s.text, s.cdata = body, true
		return tokText, err
	}
	return 0, s.syntax("document type declarations are not accepted")
}

// until consumes a construct with the given ends and gives what is between them.
func (s *scanner) until(open, end, what string) ([]byte, error) {
	from := len(open)
	for {
		if s.pos+from <= s.end {
			if i := bytes.Index(s.buf[s.pos+from:s.end], []byte(end)); i >= 0 {
				body := s.buf[s.pos+len(open) : s.pos+from+i]
				s.pos += from + i + len(end)
				return body, nil
			}
			from = max(len(open), s.end-s.pos-len(end)+1)
		}
		if err := s.more(what); err != nil {
			return nil, err
		}
	}
}

// declaration refuses encodings other than UTF-8.
func (s *scanner) declaration(body []byte) error {
	if !bytes.HasPrefix(body, []byte("xml ")) {
		return nil
	}
	_, enc, ok := bytes.Cut(body, []byte("encoding="))
	if !ok || len(enc) < 2 {
		return nil
	}
	if i := bytes.IndexByte(enc[1:], enc[0]); i >= 0 {
		enc = enc[1 : 1+i]
	}
	for _, good := range []string{"utf-8", "utf8", "us-ascii"} {
		if bytes.EqualFold(enc, []byte(good)) {
			return nil
		}
	}
	return s.syntax("encoding %q is not UTF-8", enc)
}

func (s *scanner) push(name []byte) error {
	if len(s.marks) == maxDepth {
		return s.syntax("elements nested deeper than %d", maxDepth)
	}
	if len(s.marks) == 0 {
		if s.root {
			return s.syntax("second root element %q", name)
		}
		s.root = true
	}
	s.marks = append(s.marks, len(s.names))
	s.names = append(s.names, name...)
	return nil
}

func (s *scanner) top() []byte { return s.names[s.marks[len(s.marks)-1]:] }

func (s *scanner) pop() {
	last := len(s.marks) - 1
	s.names = s.names[:s.marks[last]]
	s.marks = s.marks[:last]
}
