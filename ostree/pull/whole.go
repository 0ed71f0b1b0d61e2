package pull

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// smallFile is what every transfer may hold in memory before anything of it is verified.
const smallFile = 1 << 20

// wholeReader passes all of r to use.
type wholeReader func(r io.Reader, use func([]byte) error) error

// read gets a file into memory.
func (p *puller) read(ctx context.Context, path string, limit int64) ([]byte, error) {
	var data []byte
	err := p.readWith(ctx, path, limit, func(got []byte) error {
		data = got
		return nil
	})
	return data, err
}

// readWith passes a file to use as a whole. An error of that tells where the file is from.
func (p *puller) readWith(ctx context.Context, path string, limit int64, use func([]byte) error) error {
	return do(ctx, p.src, path, limit, func(r io.Reader, _ int64) error { return p.readAll(ctx, r, nil, use) })
}

// readObject is readWith for a metadata object: use is called with what has the checksum.
func (p *puller) readObject(ctx context.Context, n ostree.ObjectName, limit int64, use func([]byte) error) error {
	return do(ctx, p.src, objectPath(n), limit, func(r io.Reader, _ int64) error { return p.readAll(ctx, r, &n, use) })
}

// readAll passes all of r to use, once it is the object n unless that is nil. A server could send the largest possible
// file everywhere, or one that does not end: what is large takes turns, and waits on disk until it is complete and verified.
func (p *puller) readAll(ctx context.Context, r io.Reader, n *ostree.ObjectName, use func([]byte) error) error {
	data, err := io.ReadAll(io.LimitReader(r, smallFile))
	if err == nil && len(data) == smallFile {
		return p.readLarge(ctx, data, r, n, use)
	}
	p.received(len(data))
	if err == nil && n != nil {
		err = verify(*n, sha256.Sum256(data))
	}
	if err != nil {
		return err
	}
	return use(data)
}

func (p *puller) received(n int) {
	if p.local == nil {
		p.count.bytes.Add(int64(n))
	}
}

// readLarge is readAll of a file that begins with head, which it overwrites.
func (p *puller) readLarge(ctx context.Context, head []byte, r io.Reader, n *ostree.ObjectName, use func([]byte) error) (err error) {
	p.large.Lock()
	defer p.large.Unlock()
	dir, f, err := p.tempFile(ctx)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, atomicfs.Discard(ctx, dir, f), dir.Close())
	}()
	sum := sha256.New()
	w := io.MultiWriter(f, sum)
	if _, err := w.Write(head); err != nil {
		return err
	}
	rest, err := io.CopyBuffer(w, struct{ io.Reader }{r}, head)
	size := len(head) + int(rest)
	p.received(size)
	if err == nil && n != nil {
		err = verify(*n, ostree.Checksum(sum.Sum(nil)))
	}
	if err != nil {
		return err
	}
	data := make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil {
		return err
	}
	return use(data)
}

// tempFile opens a file in the repository, or where everybody may have one: a dry run changes no repository.
func (p *puller) tempFile(ctx context.Context) (*dirfd.Dir, *os.File, error) {
	var errs []error
	for _, path := range []string{p.dst.Path() + "/tmp", os.TempDir()} {
		dir, err := dirfd.Open(path)
		if err == nil {
			var f *os.File
			if f, err = atomicfs.TempFile(ctx, dir, 0o600); err == nil {
				return dir, f, nil
			}
			err = errors.Join(err, dir.Close())
		}
		errs = append(errs, err)
	}
	return nil, nil, errors.Join(errs...)
}
