package ostree

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"example.com/rpmostree/internal/dirfd"
	"github.com/klauspost/compress/flate"
)

// A .filez object is a header with its length in front, then the payload as a
// raw deflate stream (RFC 1951). See appendArchiveHeader.

// maxHeaderSize bounds headers of file objects. The kernel allows 64 KiB of
// attributes in one list and 64 KiB for a value; this leaves room.
const maxHeaderSize = 16 << 20

// readArchiveHeader reads the header in front of the deflate stream.
func readArchiveHeader(r io.Reader) (*FileHeader, uint64, error) {
	var prefix [8]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, 0, corrupt(TypeFile, "header: %w", noEOF(err))
	}
	size := binary.BigEndian.Uint32(prefix[:])
	if size > maxHeaderSize {
		return nil, 0, corrupt(TypeFile, "header of %d bytes is too long", size)
	}
	if binary.BigEndian.Uint32(prefix[4:]) != 0 {
		return nil, 0, corrupt(TypeFile, "header: padding is not zero")
	}
	// ReadAll grows with the input, so a large number in a short file is cheap.
	data, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(data) < int(size) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, 0, corrupt(TypeFile, "header: %w", err)
	}
	return parseArchiveHeader(data)
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// inflater unpacks the payload of a .filez and checks its length and that
// nothing follows it.
type inflater struct {
	z    *unpacker
	left uint64
	err  error // sticky
}

var inflaterPool = sync.Pool{New: func() any { return &inflater{z: newUnpacker()} }}

// newInflater takes the payload of the given size from r.
func newInflater(r io.Reader) *inflater {
	d := inflaterPool.Get().(*inflater)
	d.z.reset(r)
	d.left, d.err = 0, nil
	return d
}

func (d *inflater) release() {
	d.z.reset(nil)
	inflaterPool.Put(d)
}

// Read implements io.Reader.
func (d *inflater) Read(p []byte) (int, error) {
	if d.err != nil || len(p) == 0 {
		return 0, d.err
	}
	n, err := d.z.Read(p)
	n = d.check(n, err)
	return n, d.err
}

// next is Read without a copy: the bytes are good until the next call. The last ones come with the error or [io.EOF].
func (d *inflater) next() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	p, err := d.z.next()
	p = p[:d.check(len(p), err)]
	return p, d.err
}

// check accounts for n bytes, sets the sticky error, and returns how many of them are payload.
func (d *inflater) check(n int, err error) int {
	if uint64(n) > d.left {
		n, err = int(d.left), errors.New("payload is longer than the header says")
	}
	d.left -= uint64(n)
	switch {
	case err == nil:
	case !errors.Is(err, io.EOF):
		d.err = corrupt(TypeFile, "payload: %w", err)
	case d.left > 0:
		d.err = corrupt(TypeFile, "payload is %d bytes shorter than the header says", d.left)
	default:
		d.err = d.end()
	}
	return n
}

// end demands that the input ends with the deflate stream.
func (d *inflater) end() error {
	switch more, err := d.z.rest(); {
	case err != nil:
		return err
	case more:
		return corrupt(TypeFile, "data after the payload")
	}
	return io.EOF
}

// archivedReader is the payload of an open .filez.
type archivedReader struct {
	*inflater
	f io.Closer
}

// Close implements io.Closer.
func (a *archivedReader) Close() error {
	if a.inflater == nil {
		return fs.ErrClosed
	}
	a.inflater.release()
	a.inflater = nil
	return a.f.Close()
}

// Read implements io.Reader.
func (a *archivedReader) Read(p []byte) (int, error) {
	if a.inflater == nil {
		return 0, fs.ErrClosed
	}
	return a.inflater.Read(p)
}

func (a *archivedReader) next() ([]byte, error) {
	if a.inflater == nil {
		return nil, fs.ErrClosed
	}
	return a.inflater.next()
}

// open reads the header of a .filez, after which Read gives the payload. What
// stands for a symbolic link must end there.
func (d *inflater) open() (*FileHeader, int64, error) {
	h, size, err := readArchiveHeader(rawReader{d.z})
	switch {
	case err != nil:
		return nil, 0, err
	case size > maxFileSize:
		return nil, 0, corrupt(TypeFile, "size %d is out of range", size)
	case !h.IsSymlink():
		d.left = size
		return h, int64(size), nil
	}
	if err := d.end(); !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	return h, 0, nil
}

// maxFileSize is the size of the largest file that a kernel can have.
const maxFileSize = 1<<63 - 1

// openArchived reads the header of a .filez. On success f belongs to the File,
// or is closed.
func openArchived(f io.ReadCloser) (*File, error) {
	d := newInflater(f)
	h, size, err := d.open()
	if err != nil {
		d.release()
		return nil, err
	}
	if h.IsSymlink() {
		d.release()
		return &File{Header: *h}, f.Close()
	}
	return &File{Header: *h, Size: size, Reader: &archivedReader{d, f}}, nil
}

// deflaters are pools of compressors by level, which are large (about a
// megabyte) and slow to make.
var deflaters = [10]sync.Pool{}

// getDeflater returns a compressor that writes to w.
func getDeflater(level int, w io.Writer) (*flate.Writer, error) {
	if z, ok := deflaters[level].Get().(*flate.Writer); ok {
		z.Reset(w)
		return z, nil
	}
	z, err := flate.NewWriter(w, level)
	if err != nil {
		return nil, fmt.Errorf("zlib-level %d: %w", level, err)
	}
	return z, nil
}

func putDeflater(level int, z *flate.Writer) { deflaters[level].Put(z) }

// OpenArchived opens a file object as it is stored in an archive repository,
// for serving and mirroring, and returns its length in bytes. Other modes have
// no such form: the error matches [errors.ErrUnsupported].
func (r *Repo) OpenArchived(ctx context.Context, c Checksum) (io.ReadCloser, int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	n := ObjectName{c, TypeFile}
	if r.mode != ModeArchive {
		return nil, 0, fmt.Errorf("open %sz: repository has mode %s: %w", n, r.mode, errors.ErrUnsupported)
	}
	f, size, err := r.openArchived(c)
	if err != nil {
		return nil, 0, err
	}
	return f, size, nil
}

func (r *Repo) openArchived(c Checksum) (*dirfd.File, int64, error) {
	n := ObjectName{c, TypeFile}
	f, err := firstOf(r.archiveStores(), n, func(s *looseStore) (*dirfd.File, error) {
		d, name := s.at(n)
		return d.OpenRead(name)
	})
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err == nil {
		err = nameCorrupt(needRegular(TypeFile, &st), n)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size, nil
}

func (r *Repo) archiveStores() []looseStore {
	var out []looseStore
	for _, s := range r.stores() {
		if s.mode == ModeArchive {
			out = append(out, s)
		}
	}
	return out
}
