package cpio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

// Reader reads an archive entry by entry. It needs memory for one name and a fixed
// buffer, whatever the archive holds.
type Reader struct {
	r      *bufio.Reader
	sizeOf func(index int) (int64, error)
	left   int64 // data of the current entry not yet read
	pad    int64 // bytes after it
	done   bool
	buf    [newcSize]byte
}

// Options controls reading. The zero value is the default.
type Options struct {
	// SizeOf returns the size of the data of file index; it is called once for
	// each entry of a stripped archive, in archive order. Without it stripped
	// archives are an error.
	SizeOf func(index int) (int64, error)
}

const bufferSize = 64 << 10

// NewReader returns a Reader of the archive in r.
func NewReader(r io.Reader, o *Options) *Reader {
	cr := &Reader{r: bufio.NewReaderSize(r, bufferSize)}
	if o != nil {
		cr.sizeOf = o.SizeOf
	}
	return cr
}

// Next skips what is left of the current entry and returns the next one. At the
// trailer it returns io.EOF; an archive that ends without one gives
// io.ErrUnexpectedEOF.
func (r *Reader) Next() (*Header, error) {
	if r.done {
		return nil, io.EOF
	}
	if err := r.skip(r.left + r.pad); err != nil {
		return nil, err
	}
	r.left, r.pad = 0, 0
	if err := r.full(r.buf[:strippedSize]); err != nil {
		return nil, err
	}
	switch string(r.buf[:6]) {
	case newcMagic, crcMagic:
		return r.newc()
	case strippedMagic:
		return r.stripped()
	}
	return nil, fmt.Errorf("%w: entry starts with %q", ErrFormat, r.buf[:6])
}

// Read reads data of the current entry; io.EOF at its end.
func (r *Reader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// WriteTo writes the rest of the current entry's data to w without copying it.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for r.left > 0 {
		if _, err := r.r.Peek(1); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return total, err
		}
		b, err := r.r.Peek(int(min(r.left, int64(r.r.Buffered()))))
		if err != nil {
			return total, err
		}
		n, err := w.Write(b)
		total += int64(n)
		r.left -= int64(n)
		if _, discardErr := r.r.Discard(n); err == nil {
			err = discardErr
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// maxRest bounds the zero bytes after the trailer: cpio tools fill up a block of a
// tape, of at most this size.
const maxRest = 64 << 10

// Rest reads the archive's input to its end, which must hold nothing but some zero
// bytes after the trailer that Next has reached.
func (r *Reader) Rest() error {
	for left := maxRest; left > 0; {
		n, err := r.r.Read(r.buf[:])
		if len(bytes.Trim(r.buf[:n], "\x00")) != 0 {
			return fmt.Errorf("%w: data after the trailer", ErrFormat)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		left -= n
	}
	return fmt.Errorf("%w: too many bytes after the trailer", ErrFormat)
}

func (r *Reader) newc() (*Header, error) {
	if err := r.full(r.buf[strippedSize:]); err != nil {
		return nil, err
	}
	var f [newcFields]uint32
	for i := range f {
		var err error
		if f[i], err = parseHex(r.buf[6+8*i:]); err != nil {
			return nil, err
		}
	}
	name, err := r.name(f[11])
	if err != nil {
		return nil, err
	}
	if name == trailerName {
		r.done = true
		return nil, io.EOF
	}
	h := &Header{
		Index: -1, Name: name, Inode: f[0], Mode: f[1], UID: f[2], GID: f[3], Nlink: f[4], MTime: f[5],
		Size: int64(f[6]), Major: f[7], Minor: f[8], RMajor: f[9], RMinor: f[10],
	}
	r.left, r.pad = h.Size, padding(h.Size)
	return h, nil
}

// name reads a NUL-terminated name and the padding after it.
func (r *Reader) name(size uint32) (string, error) {
	if size < 2 || size > maxNameSize {
		return "", fmt.Errorf("%w: name of %d bytes", ErrFormat, size)
	}
	b := make([]byte, int64(size)+padding(newcSize+int64(size)))
	if err := r.full(b); err != nil {
		return "", err
	}
	if bytes.IndexByte(b, 0) != int(size)-1 {
		return "", fmt.Errorf("%w: name of %d bytes is not terminated there", ErrFormat, size)
	}
	return string(b[:size-1]), nil
}

func (r *Reader) stripped() (*Header, error) {
	n, err := parseHex(r.buf[6:])
	if err != nil {
		return nil, err
	}
	if r.sizeOf == nil || n > math.MaxInt32 {
		return nil, fmt.Errorf("%w: unexpected stripped entry for file %d", ErrFormat, n)
	}
	if err := r.skip(padding(strippedSize)); err != nil {
		return nil, err
	}
	size, err := r.sizeOf(int(n))
	if err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, fmt.Errorf("%w: file %d has size %d", ErrFormat, n, size)
	}
	r.left, r.pad = size, padding(size)
	return &Header{Index: int(n), Size: size}, nil
}

func (r *Reader) full(p []byte) error {
	_, err := io.ReadFull(r.r, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (r *Reader) skip(n int64) error {
	for n > 0 {
		step := min(n, 1<<30)
		d, err := r.r.Discard(int(step))
		n -= int64(d)
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// padding returns how many bytes follow n bytes up to a multiple of four.
func padding(n int64) int64 { return -n & 3 }

func parseHex(p []byte) (uint32, error) {
	var n uint32
	for _, c := range p[:8] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, fmt.Errorf("%w: %q is not a hexadecimal number", ErrFormat, p[:8])
		}
		n = n<<4 | uint32(c)
	}
	return n, nil
}
