package xzdec

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"golang.org/x/sys/unix"
)

// ErrCorrupt is the cause when a stream is malformed.
var ErrCorrupt = errors.New("corrupt xz data")

// DefaultMaxDict is the largest dictionary by default, in bytes: that of the
// highest preset of xz.
const DefaultMaxDict = 64 << 20

// Options are the options of [NewReader]. The zero value and nil mean the
// defaults.
type Options struct {
	// MaxDict is the largest dictionary in bytes; <= 0 means DefaultMaxDict.
	MaxDict int
	// NoCheck leaves out the comparison with the checksum of the uncompressed
	// data, for callers that verify it otherwise.
	NoCheck bool
}

// Reader reads the uncompressed data of a stream. It is not safe for concurrent
// use, and must be closed.
type Reader struct {
	src     *bufio.Reader
	maxDict int
	verify  bool
	lz      decoder
	err     error

	flags [2]byte // of the stream
	check check
	block *block
	index index

	from int // of what has not been read yet, up to the decoder's position
	left int // of the current chunk, uncompressed
	raw  bool
	// What the next chunk has to bring.
	needDict, needProps bool
}

// NewReader reads the header of the stream.
func NewReader(r io.Reader, o *Options) (*Reader, error) {
	if o == nil {
		o = &Options{}
	}
	z := &Reader{src: bufio.NewReaderSize(r, 64<<10), maxDict: o.MaxDict, verify: !o.NoCheck}
	if z.maxDict <= 0 {
		z.maxDict = DefaultMaxDict
	}
	if err := z.readHeader(); err != nil {
		return nil, err
	}
	z.index.hash = sha256.New()
	return z, nil
}

// Close gives the memory back. It does not close what the stream is read from.
func (z *Reader) Close() error {
	z.err = errors.New("read of a closed xz reader")
	if z.lz.buf == nil {
		return nil
	}
	buf := z.lz.buf
	z.lz.buf = nil
	return unix.Munmap(buf)
}

// Read implements io.Reader.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := z.pending()
	if err != nil {
		return 0, err
	}
	n := copy(p, b)
	z.consume(n)
	return n, nil
}

// WriteTo implements io.WriterTo without a copy.
func (z *Reader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for {
		b, err := z.pending()
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(b)
		total += int64(n)
		z.consume(n)
		if err == nil && n < len(b) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return total, err
		}
	}
}

// pending is what can be read, at least one byte, or the error why not.
func (z *Reader) pending() ([]byte, error) {
	for z.from == z.lz.pos && z.err == nil {
		z.err = z.advance()
		if z.err != nil && z.err != io.EOF && !errors.Is(z.err, ErrCorrupt) {
			z.err = fmt.Errorf("decompress xz: %w", z.err)
		}
	}
	if z.err != nil {
		return nil, z.err
	}
	return z.lz.buf[z.from:z.lz.pos], nil
}

func (z *Reader) consume(n int) {
	z.from += n
	if z.from == len(z.lz.buf) && z.from == z.lz.pos {
		z.from, z.lz.pos, z.lz.wrapped = 0, 0, true
	}
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// full reads all of p.
func (z *Reader) full(p []byte) error {
	_, err := io.ReadFull(z.src, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = fmt.Errorf("%w: %w", ErrCorrupt, io.ErrUnexpectedEOF)
	}
	return err
}

const (
	streamMagic  = "\xfd7zXZ\x00"
	streamFooter = "YZ"
)

func (z *Reader) readHeader() error {
	var b [len(streamMagic) + 2 + 4]byte
	if err := z.full(b[:]); err != nil {
		return fmt.Errorf("decompress xz: read header: %w", err)
	}
	rest, ok := bytes.CutPrefix(b[:], []byte(streamMagic))
	if !ok {
		return corrupt("no xz header")
	}
	if crc32.ChecksumIEEE(rest[:2]) != binary.LittleEndian.Uint32(rest[2:]) {
		return corrupt("header has a wrong checksum")
	}
	z.flags = [2]byte(rest)
	if z.flags[0] != 0 || z.flags[1]&0xf0 != 0 {
		return corrupt("unknown flags %x", z.flags)
	}
	return z.check.start(z.flags[1])
}

// check is the checksum of the uncompressed data of a block.
type check struct {
	size int
	hash hash.Hash // nil for none
}

// The sizes of the sixteen kinds of checksum; three of them are defined.
var checkSizes = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

func (c *check) start(kind byte) error {
	c.size = checkSizes[kind]
	switch kind {
	case 0:
	case 1:
		c.hash = crc32.NewIEEE()
	case 4:
		c.hash = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		c.hash = sha256.New()
	default:
		return fmt.Errorf("decompress xz: check of kind %d is not known", kind)
	}
	return nil
}

// sum is the checksum as the format has it.
func (c *check) sum() []byte {
	switch h := c.hash.(type) {
	case hash.Hash64:
		return binary.LittleEndian.AppendUint64(nil, h.Sum64())
	case hash.Hash32:
		return binary.LittleEndian.AppendUint32(nil, h.Sum32())
	}
	return c.hash.Sum(nil)
}
