package delta

import (
	"encoding/binary"
	"errors"
	"fmt"

	"example.com/rpmostree/ostree"
	"golang.org/x/sys/unix"
)

// The operations of a part. Each is a letter and numbers.
const (
	opSplice      = 'S' // a whole object from the blob; for a file with mode and attributes first
	opOpen        = 'o' // begin a file: mode, attributes, size
	opWrite       = 'w' // append to it: size, offset in the source, or in the blob if there is none
	opSetSource   = 'r' // the file whose checksum is at the offset in the blob is the source
	opUnsetSource = 'R'
	opPatch       = 'B' // append what the patch in the blob makes of the source: offset, size
	opClose       = 'c' // end the file; there is no source any more
)

// operands is how many numbers follow each operation; that of opSplice is for
// metadata.
var operands = map[byte]int{
	opSplice: 2, opOpen: 3, opWrite: 2, opSetSource: 1, opUnsetSource: 0, opPatch: 2, opClose: 0,
}

// operation is a decoded operation.
type operation struct {
	code byte
	arg  [4]uint64
	at   int // where it starts
}

// cursor walks over operations.
type cursor struct {
	ops []byte
	pos int
}

// next decodes an operation; file says that the current object is one.
func (c *cursor) next(file bool) (operation, error) {
	o := operation{code: c.ops[c.pos], at: c.pos}
	c.pos++
	n, ok := operands[o.code]
	if !ok {
		return o, fmt.Errorf("unknown operation %q", o.code)
	}
	if o.code == opSplice && file {
		n += 2
	}
	for i := range n {
		v, k := binary.Uvarint(c.ops[c.pos:])
		if k <= 0 {
			return o, errors.New("number is cut off or too large")
		}
		o.arg[i], c.pos = v, c.pos+k
	}
	return o, nil
}

// job is one object that a part makes.
type job struct {
	index  int // in the list of the part
	name   ostree.ObjectName
	at     int // of the first operation, for messages
	data   []byte
	header ostree.FileHeader
	size   int64
	// A file that is put together has operations up to opClose.
	pieces bool
	body   []byte
	bodyAt int
	source ostree.Checksum // set before the first of them, zero if none
}

// jobs calls yield for each object of the part, and checks the structure of the
// program: every number of a job is within bounds.
func (p *payload) jobs(objects []ostree.ObjectName, yield func(job) error) error {
	return (&scanner{payload: p, cur: cursor{ops: p.ops}, objects: objects}).run(yield)
}

// check is jobs for its errors: attributes, which may be long and of use for many
// objects, are not decoded.
func (p *payload) check(objects []ostree.ObjectName) error {
	s := &scanner{payload: p, cur: cursor{ops: p.ops}, objects: objects, only: true}
	return s.run(func(job) error { return nil })
}

func (s *scanner) run(yield func(job) error) error {
	for s.cur.pos < len(s.ops) {
		at := s.cur.pos
		if err := s.step(yield); err != nil {
			return &opError{at, err}
		}
	}
	switch {
	case s.open != nil:
		return fmt.Errorf("ends inside of object %s", s.open.name)
	case s.made < len(s.objects):
		return fmt.Errorf("makes %d of %d objects", s.made, len(s.objects))
	}
	return nil
}

// opError says where in the operations of a part something is wrong.
type opError struct {
	at  int
	err error
}

func (e *opError) Error() string { return fmt.Sprintf("operation at offset %d: %v", e.at, e.err) }
func (e *opError) Unwrap() error { return e.err }

type scanner struct {
	*payload
	cur     cursor
	objects []ostree.ObjectName
	made    int
	open    *job
	source  ostree.Checksum
	only    bool // to check
}

// current is the object to be made.
func (s *scanner) current() (ostree.ObjectName, error) {
	if s.made >= len(s.objects) {
		return ostree.ObjectName{}, fmt.Errorf("makes more than %d objects", len(s.objects))
	}
	return s.objects[s.made], nil
}

func (s *scanner) step(yield func(job) error) error {
	file := s.made < len(s.objects) && s.objects[s.made].Type == ostree.TypeFile
	o, err := s.cur.next(file)
	if err != nil {
		return err
	}
	switch o.code {
	case opSplice:
		return s.splice(o, yield)
	case opOpen:
		return s.begin(o)
	case opClose:
		return s.end(o, yield)
	case opSetSource:
		s.source, err = s.checksumAt(o.arg[0])
		return err
	case opUnsetSource:
		s.source = ostree.Checksum{}
		return nil
	}
	if s.open == nil {
		return fmt.Errorf("%q without an open file", o.code)
	}
	if o.code == opPatch {
		if s.source.IsZero() {
			return errors.New("patch without a source")
		}
		_, err = s.bytes(o.arg[0], o.arg[1])
		return err
	}
	if s.source.IsZero() {
		_, err = s.bytes(o.arg[1], o.arg[0])
	}
	return err
}

func (s *scanner) splice(o operation, yield func(job) error) error {
	name, err := s.current()
	if err != nil {
		return err
	}
	if s.open != nil {
		return fmt.Errorf("object %s is still open", s.open.name)
	}
	j := job{index: s.made, name: name, at: o.at}
	size, offset := o.arg[0], o.arg[1]
	if name.Type == ostree.TypeFile {
		if j.header, err = s.header(o.arg[0], o.arg[1]); err != nil {
			return err
		}
		size, offset = o.arg[2], o.arg[3]
	}
	if j.data, err = s.bytes(offset, size); err != nil {
		return err
	}
	j.size = int64(size)
	if name.Type == ostree.TypeFile && j.header.IsSymlink() {
		if size > unix.PathMax {
			return fmt.Errorf("link target is longer than %d bytes", unix.PathMax)
		}
		j.header.Target, j.data, j.size = string(j.data), nil, 0
	}
	s.made++
	return yield(j)
}

func (s *scanner) header(mode, xattrs uint64) (ostree.FileHeader, error) {
	if mode >= uint64(len(s.modes)) {
		return ostree.FileHeader{}, fmt.Errorf("mode %d of %d", mode, len(s.modes))
	}
	m := s.modes[mode]
	h := ostree.FileHeader{UID: m.uid, GID: m.gid, Mode: m.mode}
	if n := s.value.Index(1).Len(); xattrs >= uint64(n) {
		return h, fmt.Errorf("attributes %d of %d", xattrs, n)
	}
	if !s.only {
		h.Xattrs = s.xattrs(int(xattrs))
	}
	return h, nil
}

// maxContent keeps sizes of files within an int64 with room for sums.
const maxContent = 1 << 61

func (s *scanner) begin(o operation) error {
	name, err := s.current()
	if err != nil {
		return err
	}
	if s.open != nil {
		return fmt.Errorf("object %s is still open", s.open.name)
	}
	if name.Type != ostree.TypeFile {
		return fmt.Errorf("%s cannot be made in pieces", name)
	}
	j := &job{index: s.made, name: name, at: o.at, bodyAt: s.cur.pos, source: s.source}
	if j.header, err = s.header(o.arg[0], o.arg[1]); err != nil {
		return err
	}
	if j.header.IsSymlink() {
		return errors.New("symbolic link cannot be made in pieces")
	}
	if o.arg[2] > maxContent {
		return fmt.Errorf("content of %d bytes", o.arg[2])
	}
	j.size = int64(o.arg[2])
	s.open = j
	return nil
}

func (s *scanner) end(o operation, yield func(job) error) error {
	if s.open == nil {
		return errors.New("no file is open")
	}
	j := *s.open
	j.body, j.pieces = s.ops[j.bodyAt:o.at], true
	s.open, s.source = nil, ostree.Checksum{}
	s.made++
	return yield(j)
}

// checksumAt reads the name of a source file.
func (p *payload) checksumAt(offset uint64) (ostree.Checksum, error) {
	b, err := p.bytes(offset, 32)
	if err != nil {
		return ostree.Checksum{}, err
	}
	c, err := ostree.ChecksumFromBytes(b)
	if err == nil && c.IsZero() {
		err = errors.New("source has a checksum of zeros")
	}
	return c, err
}
