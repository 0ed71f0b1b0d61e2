package bsdiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrCorrupt is the cause when a patch is malformed or does not fit.
var ErrCorrupt = errors.New("corrupt patch")

const (
	// window is how much of the old file is used at a time.
	window = 32 << 10
	// ahead is how much of it is read at least: most records are a few bytes long,
	// and go on near the one before.
	ahead = 8 << 10
)

// Reader reads the new file.
type Reader struct {
	old     io.ReaderAt
	oldSize int64
	pos     int64 // in the old file
	patch   io.Reader
	offset  int64 // in the patch
	left    int64 // of the new file

	diff, extra, seek int64 // what is left of the current record
	seeked            bool  // seek has been done

	buf   []byte // bytes of the old file
	bufAt int64  // where they are
}

// NewReader returns a reader of the new file, which has newSize bytes. Reading
// never goes outside of old, and returns an error matching ErrCorrupt, or what
// patch or old return, when something is wrong. Bytes outside of the old file
// count as zero.
func NewReader(old io.ReaderAt, oldSize int64, patch io.Reader, newSize int64) *Reader {
	return &Reader{old: old, oldSize: oldSize, patch: patch, left: newSize, seeked: true}
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.diff == 0 && r.extra == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if r.diff > 0 {
		return r.readDiff(p)
	}
	p = p[:min(int64(len(p)), r.extra)]
	n, err := r.read(p)
	r.extra -= int64(n)
	r.left -= int64(n)
	return n, err
}

// next reads the head of a record. A record that makes nothing is allowed, but
// each consumes input, so they come to an end.
func (r *Reader) next() error {
	if !r.seeked {
		r.pos, r.seeked = r.pos+r.seek, true
	}
	var head [recordSize]byte
	if _, err := r.full(head[:]); err != nil {
		return err
	}
	r.diff, r.extra, r.seek = decodeInt(head[0:]), decodeInt(head[8:]), decodeInt(head[16:])
	r.seeked = false
	switch {
	case r.diff < 0 || r.diff > r.left:
		return r.corrupt("difference of %d bytes where %d are left", r.diff, r.left)
	case r.extra < 0 || r.extra > r.left-r.diff:
		return r.corrupt("insertion of %d bytes where %d are left", r.extra, r.left-r.diff)
	case r.seek > maxPosition || r.seek < -maxPosition || r.pos > maxPosition || r.pos < -maxPosition:
		return r.corrupt("position out of range")
	}
	return nil
}

// maxPosition keeps sums of positions from overflowing.
const maxPosition = 1 << 61

func (r *Reader) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s at offset %d", ErrCorrupt, fmt.Sprintf(format, args...), r.offset)
}

func (r *Reader) read(p []byte) (int, error) {
	n, err := r.patch.Read(p)
	r.offset += int64(n)
	if n > 0 {
		return n, nil // an error will come again
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	if err == io.EOF {
		err = r.corrupt("unexpected end")
	}
	return 0, err
}

func (r *Reader) full(p []byte) (int, error) {
	n, err := io.ReadFull(r.patch, p)
	r.offset += int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = r.corrupt("unexpected end")
	}
	return n, err
}

// readDiff adds old bytes to those of the patch.
func (r *Reader) readDiff(p []byte) (int, error) {
	p = p[:min(int64(len(p)), r.diff, window)]
	n, err := r.read(p)
	if err != nil {
		return n, err
	}
	p = p[:n]
	// Only the part inside of the old file counts.
	from, to := max(r.pos, 0), min(r.pos+int64(n), r.oldSize)
	if from < to {
		old, err := r.oldBytes(from, to)
		if err != nil {
			return 0, err
		}
		add(p[from-r.pos:][:len(old)], old)
	}
	r.pos += int64(n)
	r.diff -= int64(n)
	r.left -= int64(n)
	return n, nil
}

// oldBytes are those of the old file from from to to, at most window, until the
// next call.
func (r *Reader) oldBytes(from, to int64) ([]byte, error) {
	if from < r.bufAt || to > r.bufAt+int64(len(r.buf)) {
		if r.buf == nil {
			r.buf = make([]byte, 0, window)
		}
		r.buf = r.buf[:max(to-from, min(ahead, r.oldSize-from))]
		r.bufAt = from
		if k, err := r.old.ReadAt(r.buf, from); k < len(r.buf) {
			r.buf = r.buf[:0]
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("read old file: %w", err)
		}
	}
	return r.buf[from-r.bufAt : to-r.bufAt], nil
}

// add adds old to dst, byte by byte; both are equally long.
func add(dst, old []byte) {
	const high = 0x8080808080808080
	for len(dst) >= 8 && len(old) >= 8 {
		a, b := binary.LittleEndian.Uint64(dst), binary.LittleEndian.Uint64(old)
		// The highest bit of each byte is added apart, so that nothing is carried
		// into the next.
		binary.LittleEndian.PutUint64(dst, (a&^high+b&^high)^(a^b)&high)
		dst, old = dst[8:], old[8:]
	}
	for i, b := range old {
		dst[i] += b
	}
}

// Rest reports how many bytes of the new file are still to come.
func (r *Reader) Rest() int64 { return r.left }

// decodeInt reads an integer with a sign bit.
func decodeInt(b []byte) int64 {
	x := binary.LittleEndian.Uint64(b)
	v := int64(x &^ (1 << 63))
	if x>>63 != 0 {
		return -v
	}
	return v
}

func appendInt(b []byte, v int64) []byte {
	x := uint64(v)
	if v < 0 {
		x = uint64(-v) | 1<<63
	}
	return binary.LittleEndian.AppendUint64(b, x)
}
