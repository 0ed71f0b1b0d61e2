package rpmpkg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Package is an RPM package: the headers in memory, the payload where it was.
//
// A Package made by [Open], or by [Read] from a source that is an io.ReaderAt and
// an io.Seeker, may read its payload many times and from several goroutines; one
// made from a mere stream can read it once.
type Package struct {
	Lead      Lead
	Signature *Header // tags as numbered in a signature header; see rpmtag.Merged
	Header    *Header

	name         string // for messages
	opts         Options
	headerStart  int64
	payloadStart int64
	size         int64 // of the whole package; -1 = unknown
	at           io.ReaderAt
	stream       io.Reader // if at is nil: positioned at the payload, nil once used
	closer       io.Closer
}

// Options controls reading. The zero value is the default.
type Options struct {
	// SkipDigests leaves the header digests and the size unchecked: to look at a
	// damaged package.
	SkipDigests bool
	// VerifyAll checks also what the digest of the compressed payload vouches for
	// already: the digest of the uncompressed payload and those of all files.
	VerifyAll bool
	// MaxPayload bounds the uncompressed size of the payload in bytes; <= 0 means
	// that the sizes which the header gives for the files are the only bound.
	MaxPayload int64
}

// Lead is the historic first part of a package file. Only the type still matters.
type Lead struct {
	Major, Minor uint8
	Source       bool   // source package
	Name         string // not to be trusted; see Header.NEVRA
}

const (
	leadSize      = 96
	leadNameSize  = 66
	headerSigType = 5 // the only kind of signature in use since rpm 3
)

var leadMagic = []byte{0xed, 0xab, 0xee, 0xdb}

// Open reads the headers of a package file and verifies their digests and the size
// of the file. Close the Package when done with its payload.
func Open(path string, o *Options) (*Package, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := read(f, path, o)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open package %s: %w", path, err)
	}
	p.closer = f
	return p, nil
}

// Read reads the headers of a package from r and verifies their digests. It does
// not close r, which must stay usable until the payload has been read.
func Read(r io.Reader, o *Options) (*Package, error) {
	p, err := read(r, "package", o)
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	return p, nil
}

// Close closes the file that [Open] opened.
func (p *Package) Close() error {
	if p.closer == nil {
		return nil
	}
	err := p.closer.Close()
	p.closer = nil
	return err
}

// HeaderRange returns where the main header starts and ends in the package file,
// in bytes, as repository metadata gives it. The payload starts at end.
func (p *Package) HeaderRange() (start, end int64) { return p.headerStart, p.payloadStart }

// Size returns the size of the package file in bytes, -1 if it is not known.
func (p *Package) Size() int64 { return p.size }

// Info returns the common view of the package.
func (p *Package) Info() (*Info, error) {
	i, err := p.Header.Info()
	if err != nil {
		return nil, err
	}
	i.HeaderStart, i.HeaderEnd = p.HeaderRange()
	if p.size > 0 {
		i.PackageSize = uint64(p.size)
	}
	if n := p.Signature.firstSize(rpmtag.LongArchiveSize, rpmtag.SigPayloadSize); n > 0 {
		i.ArchiveSize = n
	} else if n, ok := p.Header.Uint64(rpmtag.PayloadSizeAlt); ok {
		i.ArchiveSize = n
	}
	return i, nil
}

// Files returns the metadata of all files; see [Header.Files].
func (p *Package) Files() ([]FileInfo, error) { return p.Header.Files() }

// Scripts returns the scriptlets and triggers; see [Header.Scripts].
func (p *Package) Scripts() (*Scripts, error) { return p.Header.Scripts() }

func read(r io.Reader, name string, o *Options) (*Package, error) {
	p := &Package{name: name, size: -1}
	if o != nil {
		p.opts = *o
	}
	if err := p.attach(r); err != nil {
		return nil, err
	}
	src := &source{r: p.stream, left: p.size}
	if p.at != nil {
		src.r = io.NewSectionReader(p.at, 0, p.size)
	}
	if err := p.readLead(src); err != nil {
		return nil, err
	}
	var err error
	if p.Signature, err = src.header(&signatureLayout); err != nil {
		return nil, err
	}
	if err := src.skip(-src.off & 7); err != nil {
		return nil, fmt.Errorf("signature header padding: %w", err)
	}
	p.headerStart = src.off
	if p.Header, err = src.header(&mainLayout); err != nil {
		return nil, err
	}
	p.payloadStart = src.off
	if p.opts.SkipDigests {
		return p, nil
	}
	if err := p.checkHeaderDigests(); err != nil {
		return nil, err
	}
	return p, p.checkSize()
}

// attach finds out whether r allows reading at any place.
func (p *Package) attach(r io.Reader) error {
	at, isAt := r.(io.ReaderAt)
	seeker, isSeeker := r.(io.Seeker)
	if !isAt || !isSeeker {
		p.stream = r
		return nil
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe
		p.stream = r
		return nil
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := seeker.Seek(start, io.SeekStart); err != nil {
		return err
	}
	p.at, p.size = io.NewSectionReader(at, start, end-start), end-start
	return nil
}

func (p *Package) readLead(src *source) error {
	b, err := src.take(leadSize)
	if err != nil {
		return fmt.Errorf("lead: %w", err)
	}
	if !bytes.Equal(b[:4], leadMagic) {
		return errors.New("not an RPM package: bad magic")
	}
	typ := binary.BigEndian.Uint16(b[6:])
	if sig := binary.BigEndian.Uint16(b[78:]); typ > 1 || sig != headerSigType {
		return fmt.Errorf("lead: package type %d with signature type %d is not supported", typ, sig)
	}
	name, _ := cutString(b[10 : 10+leadNameSize])
	p.Lead = Lead{Major: b[4], Minor: b[5], Source: typ == 1, Name: name}
	return nil
}

// source reads the front of a package and counts.
type source struct {
	r    io.Reader
	off  int64
	left int64 // in the package, -1 = unknown
}

// take reads n bytes. Memory grows with what arrives, not with what was announced.
func (s *source) take(n int) ([]byte, error) {
	if s.left >= 0 && int64(n) > s.left {
		return nil, io.ErrUnexpectedEOF
	}
	const firstStep = 1 << 20
	var buf []byte
	for have := 0; have < n; {
		step := min(n-have, max(firstStep, have))
		buf = append(buf, make([]byte, step)...)
		if _, err := io.ReadFull(s.r, buf[have:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		have += step
	}
	s.off += int64(n)
	if s.left >= 0 {
		s.left -= int64(n)
	}
	return buf, nil
}

func (s *source) skip(n int64) error {
	_, err := s.take(int(n))
	return err
}

func (s *source) header(l *layout) (*Header, error) {
	h, err := s.readHeader(l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.name, err)
	}
	return h, nil
}

func (s *source) readHeader(l *layout) (*Header, error) {
	front, err := s.take(headerPreamble)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(front[:8], headerMagic) {
		return nil, errors.New("bad magic")
	}
	il, dl, err := l.preamble(front[8:])
	if err != nil {
		return nil, err
	}
	rest, err := s.take(il*indexEntrySize + dl)
	if err != nil {
		return nil, err
	}
	return l.parse(append(front, rest...))
}
