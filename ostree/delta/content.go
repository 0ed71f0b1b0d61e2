package delta

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/bsdiff"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// source is a file of the old commit.
type source struct {
	io.ReaderAt
	size  int64
	close func() error
}

// openSource opens a file object of a transaction for reading anywhere in it.
func openSource(ctx context.Context, tx *ostree.Tx, c ostree.Checksum, tmp *dirfd.Dir) (*source, error) {
	f, err := tx.LoadFile(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", c, err)
	}
	return newSource(ctx, f, c, tmp)
}

// newSource makes a source of a file object, which it takes over. One that is
// stored compressed is unpacked to a file without a name in tmp.
func newSource(ctx context.Context, f *ostree.File, c ostree.Checksum, tmp *dirfd.Dir) (*source, error) {
	if f.Header.IsSymlink() {
		return nil, errors.Join(fmt.Errorf("source %s is a symbolic link", c), f.Close())
	}
	if r, ok := f.Reader.(io.ReaderAt); ok {
		return &source{r, f.Size, f.Close}, nil
	}
	t, err := unpack(ctx, f, tmp)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", c, err)
	}
	return &source{t, f.Size, func() error { return atomicfs.Discard(ctx, tmp, t) }}, nil
}

func unpack(ctx context.Context, f *ostree.File, tmp *dirfd.Dir) (*os.File, error) {
	t, err := atomicfs.TempFile(ctx, tmp, 0o600)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	n, err := io.Copy(t, f.Reader)
	if err == nil && n != f.Size {
		err = fmt.Errorf("has %d bytes instead of %d", n, f.Size)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, atomicfs.Discard(ctx, tmp, t))
	}
	return t, nil
}

// content reads a file that a part puts together, by running its operations as
// the bytes are asked for. Nothing is held in memory but a window.
type content struct {
	*payload
	cur  cursor
	size int64
	at   int // where the body starts in the part, for messages
	open func(ostree.Checksum) (*source, error)

	src *source
	seg io.Reader // the rest of the current operation
}

func newContent(p *payload, j *job, open func(ostree.Checksum) (*source, error)) (*content, error) {
	c := &content{payload: p, cur: cursor{ops: j.body}, size: j.size, at: j.bodyAt, open: open}
	if j.source.IsZero() {
		return c, nil
	}
	return c, c.setSource(j.source)
}

// Read implements io.Reader. It fills p, as operations may make a few bytes each,
// and who reads may write what has been read.
func (c *content) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if c.seg != nil {
			k, err := c.seg.Read(p[n:])
			n += k
			if err == io.EOF {
				c.seg, err = nil, nil
			}
			if err != nil {
				return n, err
			}
			continue
		}
		if c.cur.pos == len(c.cur.ops) {
			return n, io.EOF
		}
		at := c.cur.pos
		if err := c.step(); err != nil {
			return n, &opError{c.at + at, err}
		}
	}
	return n, nil
}

// step runs an operation. The scanner has checked everything that does not need
// the source.
func (c *content) step() error {
	o, err := c.cur.next(true)
	if err != nil {
		return err
	}
	switch o.code {
	case opSetSource:
		sum, err := c.checksumAt(o.arg[0])
		if err != nil {
			return err
		}
		return c.setSource(sum)
	case opUnsetSource:
		return c.Close()
	case opPatch:
		patch, err := c.bytes(o.arg[0], o.arg[1])
		if err != nil {
			return err
		}
		c.seg = bsdiff.NewReader(c.src, c.src.size, c.reader(patch), c.size)
		return nil
	case opWrite:
		return c.write(o.arg[0], o.arg[1])
	}
	return fmt.Errorf("unexpected operation %q", o.code)
}

func (c *content) write(size, offset uint64) error {
	if c.src == nil {
		b, err := c.bytes(offset, size)
		c.seg = c.reader(b)
		return err
	}
	if n := uint64(c.src.size); offset > n || size > n-offset {
		return fmt.Errorf("%d bytes at %d are outside of the %d bytes of the source", size, offset, n)
	}
	c.seg = io.NewSectionReader(c.src, int64(offset), int64(size))
	return nil
}

// reader reads bytes of the part once.
func (p *payload) reader(b []byte) io.Reader { return &partReader{b, p.storage} }

type partReader struct {
	b []byte
	s *storage
}

func (r *partReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b)
	r.b = r.b[n:]
	r.s.done(n)
	return n, nil
}

func (c *content) setSource(sum ostree.Checksum) error {
	if err := c.Close(); err != nil {
		return err
	}
	var err error
	c.src, err = c.open(sum)
	return err
}

// Close closes the source.
func (c *content) Close() error {
	if c.src == nil {
		return nil
	}
	err := c.src.close()
	c.src = nil
	return err
}
