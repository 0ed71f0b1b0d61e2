package ostree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/rpmostree/internal/atomicfs"
)

// WriteFile writes a file object: the regular file of the given size with
// content r, or a symbolic link if r is nil. size is -1 if unknown; another
// size than the actual one is an error. Attributes of h are sorted, and those
// without a value dropped.
//
// Content that can be read twice (r is an [io.Seeker]) is not compressed if the
// object exists, nor copied unless most content before was new; small files are
// neither.
func (t *Tx) WriteFile(ctx context.Context, h *FileHeader, size int64, r io.Reader) (Checksum, error) {
	xattrs, err := h.Xattrs.normalize()
	if err != nil {
		return Checksum{}, fmt.Errorf("write file: %w", err)
	}
	clean := *h
	clean.Xattrs = xattrs
	c, err := t.writeFile(ctx, fileInput{header: &clean, size: size, r: r})
	if err != nil {
		return Checksum{}, fmt.Errorf("write file: %w", err)
	}
	return c, nil
}

// WriteFileExpect is [Tx.WriteFile] for an object whose name is known: nothing
// is read if it exists, and content with another checksum is a [*CorruptError].
func (t *Tx) WriteFileExpect(ctx context.Context, want Checksum, h *FileHeader, size int64, r io.Reader) error {
	n := ObjectName{want, TypeFile}
	ok, err := t.has(ctx, n)
	if err == nil && ok {
		t.count(n, 0, false)
		return nil
	}
	if err == nil {
		_, err = t.writeFile(ctx, fileInput{header: h, size: size, r: r, want: &want})
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", n, nameCorrupt(err, n))
	}
	return nil
}

// fileInput is a file object on its way into the repository.
type fileInput struct {
	header *FileHeader
	size   int64 // -1 if unknown
	r      io.Reader
	want   *Checksum // nil if any will do
	// trusted makes want the name of the object whatever its content is, which is not hashed.
	trusted bool
	file    *ownFile // set if r is a file that may become the object itself
}

// name is the name to store content with checksum c under.
func (in *fileInput) name(c Checksum) (Checksum, error) {
	switch {
	case in.trusted:
		return *in.want, nil
	case in.want == nil || *in.want == c:
		return c, nil
	}
	return Checksum{}, mismatch(ObjectName{*in.want, TypeFile}, c)
}

func (in *fileInput) verifySize(n int64) error {
	if in.size < 0 || in.size == n {
		return nil
	}
	err := fmt.Errorf("content has %d bytes, %d expected", n, in.size)
	if in.want != nil {
		return &CorruptError{Object: ObjectName{*in.want, TypeFile}, Err: err}
	}
	return err
}

// writeFile hashes first and writes what is missing, if the content allows.
func (t *Tx) writeFile(ctx context.Context, in fileInput) (Checksum, error) {
	if err := t.active(ctx); err != nil {
		return Checksum{}, err
	}
	if err := in.header.check(); err != nil {
		return Checksum{}, err
	}
	if err := t.checkStorable(in.header); err != nil {
		return Checksum{}, err
	}
	s := getScratch()
	defer s.put()
	s.named, s.both, s.ctx = in.trusted, t.payloadLinks >= 0 && !in.header.IsSymlink(), ctx
	if in.header.IsSymlink() {
		if in.r != nil {
			return Checksum{}, errors.New("symbolic link with content")
		}
		return t.writeWhole(ctx, s, in, nil)
	}
	if in.r == nil {
		in.r = eofReader{}
	}
	first, err := s.first(in)
	if err == io.EOF {
		return t.writeWhole(ctx, s, in, first)
	}
	if err != nil {
		return Checksum{}, err
	}
	if seeker, ok := in.r.(io.Seeker); ok && !t.writesFirst(&in) {
		return t.writeSeekable(ctx, s, in, seeker)
	}
	return t.stream(ctx, s, in, first)
}

// first returns the start of the content, which is all of it if the error is io.EOF. It is as much as the buffer holds, so
// that small files are not written in vain, unless the object is known to be missing and already in memory.
func (s *scratch) first(in fileInput) ([]byte, error) {
	if d, ok := in.r.(decoder); ok && in.want != nil {
		return d.next()
	}
	n, err := fill(s.buf, in.r)
	return s.buf[:n], err
}

// writesFirst reports whether a large file should be written while it is hashed, in vain if the object exists, rather
// than be read and hashed twice if it does not. What came before tells which is more likely; compressing in vain costs
// far more.
func (t *Tx) writesFirst(in *fileInput) bool {
	if t.repo.mode == ModeArchive || in.file != nil || t.payloadLinks >= 0 {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return 2*t.stats.ContentWritten > t.stats.ContentTotal
}

// fill reads until buf is full. Unlike io.ReadFull it tells the end of r (io.EOF)
// from an r that itself reports to be cut off (io.ErrUnexpectedEOF).
func fill(buf []byte, r io.Reader) (int, error) {
	n := 0
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err != nil && n < len(buf) {
			return n, err
		}
	}
	return n, nil
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// writeWhole writes an object whose payload is in memory.
func (t *Tx) writeWhole(ctx context.Context, s *scratch, in fileInput, payload []byte) (Checksum, error) {
	if err := in.verifySize(int64(len(payload))); err != nil && !in.header.IsSymlink() {
		return Checksum{}, err
	}
	s.start(in.header)
	s.feed(payload)
	c, err := in.name(s.sum())
	if err != nil {
		return Checksum{}, err
	}
	n := ObjectName{c, TypeFile}
	if in.want == nil { // else the caller has looked
		if ok, err := t.has(ctx, n); err != nil {
			return Checksum{}, err
		} else if ok {
			t.count(n, 0, false)
			return c, nil
		}
	}
	if err := t.reserve(int64(len(payload))); err != nil {
		return Checksum{}, err
	}
	existed, err := t.takeOver(ctx, n, in)
	if errors.Is(err, errors.ErrUnsupported) {
		existed, err = t.storeWhole(ctx, s, c, in.header, payload)
	}
	if err == nil && !existed {
		err = t.notePayload(ctx, s, n, int64(len(payload)))
	}
	if err != nil {
		return Checksum{}, err
	}
	t.count(n, int64(len(payload)), !existed)
	return c, nil
}

// writeSeekable writes a large file that can be read twice; its first part is in
// s.buf. The second reading is verified, since the file may change in between.
func (t *Tx) writeSeekable(ctx context.Context, s *scratch, in fileInput, seeker io.Seeker) (Checksum, error) {
	s.start(in.header)
	s.feed(s.buf)
	rest, err := s.hashFrom(in.r)
	if err != nil {
		return Checksum{}, err
	}
	size := int64(len(s.buf)) + rest
	c, err := in.name(s.sum())
	if err := errors.Join(in.verifySize(size), err); err != nil {
		return Checksum{}, err
	}
	n := ObjectName{c, TypeFile}
	if ok, err := t.has(ctx, n); err != nil {
		return Checksum{}, err
	} else if ok {
		t.count(n, 0, false)
		return c, nil
	}
	if existed, err := t.takeOver(ctx, n, in); !errors.Is(err, errors.ErrUnsupported) {
		if err == nil {
			t.count(n, size, !existed)
			err = t.notePayload(ctx, s, n, size)
		}
		return c, err
	}
	if existed, shared, err := t.storeShared(ctx, s, n, in.header, size); shared || err != nil {
		if err == nil {
			t.count(n, size, !existed)
		}
		return c, err
	}
	if _, err := seeker.Seek(-size, io.SeekCurrent); err != nil {
		return Checksum{}, err
	}
	in.want, in.size = &c, size
	return t.stream(ctx, s, in, nil)
}

// stream writes an object while hashing it: first the bytes already read, then
// the rest.
func (t *Tx) stream(ctx context.Context, s *scratch, in fileInput, first []byte) (Checksum, error) {
	if err := t.reserve(max(in.size, int64(len(first)))); err != nil {
		return Checksum{}, err
	}
	f, err := t.tempFile(ctx, in.header)
	if err != nil {
		return Checksum{}, err
	}
	c, size, existed, err := t.fillAndPublish(ctx, s, in, first, f)
	if derr := atomicfs.Discard(ctx, t.staging.dir, f); err == nil && derr != nil {
		err = derr
	}
	if err != nil {
		return Checksum{}, err
	}
	t.count(ObjectName{c, TypeFile}, size, !existed)
	return c, nil
}

func (t *Tx) fillAndPublish(ctx context.Context, s *scratch, in fileInput, first []byte, f *os.File) (c Checksum, size int64, existed bool, err error) {
	w, err := t.payloadWriter(f, in.header, max(in.size, 0))
	if err != nil {
		return c, 0, false, err
	}
	size, err = t.pump(s, w, in, first)
	if err = errors.Join(err, w.finish(size)); err != nil {
		return c, size, false, err
	}
	c, err = in.name(s.sum())
	if err := errors.Join(in.verifySize(size), err); err != nil {
		return c, size, false, err
	}
	n := ObjectName{c, TypeFile}
	if existed, err = t.has(ctx, n); err != nil || existed {
		return c, size, existed, err
	}
	t.sharePayload(s, f, size)
	existed, err = t.publishFile(ctx, f, n, in.header)
	if err == nil && !existed {
		err = t.notePayload(ctx, s, n, size)
	}
	return c, size, existed, err
}

// pump feeds hash and writer; content of unknown size is charged as it comes.
func (t *Tx) pump(s *scratch, w *payloadWriter, in fileInput, first []byte) (int64, error) {
	s.start(in.header)
	s.feed(first)
	if _, err := w.Write(first); err != nil {
		return 0, err
	}
	var out io.Writer = w
	if in.size < 0 {
		out = &reservingWriter{t, w}
	}
	n, err := s.pump(out, in.r)
	return n + int64(len(first)), err
}

type reservingWriter struct {
	t *Tx
	w io.Writer
}

func (r *reservingWriter) Write(p []byte) (int, error) {
	if err := r.t.take(int64(len(p))); err != nil {
		return 0, err
	}
	return r.w.Write(p)
}

// count updates statistics and remembers that the object is there.
func (t *Tx) count(n ObjectName, bytes int64, written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[n] = struct{}{}
	total, wrote := &t.stats.MetadataTotal, &t.stats.MetadataWritten
	if n.Type == TypeFile {
		total, wrote = &t.stats.ContentTotal, &t.stats.ContentWritten
	}
	*total++
	if written {
		*wrote++
		t.stats.ContentBytesWritten += bytes
	}
	if n.Type == TypeCommit {
		t.commits = append(t.commits, n.Checksum)
	}
}

// WriteMetadata writes a dirtree, dirmeta or commit object. It refuses bytes
// that the parser of the type refuses, and attributes that are not in order.
func (t *Tx) WriteMetadata(ctx context.Context, typ ObjectType, data []byte) (Checksum, error) {
	n := ObjectName{sha256.Sum256(data), typ}
	var err error
	if typ == TypeDirMeta {
		err = orderedDirMeta(data)
	}
	if err == nil {
		err = t.writeMetadata(ctx, n, data)
	}
	if err != nil {
		return Checksum{}, fmt.Errorf("write %s: %w", n, nameCorrupt(err, n))
	}
	return n.Checksum, nil
}

func orderedDirMeta(data []byte) error {
	m, err := ParseDirMeta(data)
	if err == nil {
		err = m.Xattrs.ordered()
	}
	return err
}

// WriteMetadataExpect is [Tx.WriteMetadata] for an object whose name is known,
// whose attributes may be in any order; another checksum is a [*CorruptError].
func (t *Tx) WriteMetadataExpect(ctx context.Context, n ObjectName, data []byte) error {
	if c := Checksum(sha256.Sum256(data)); c != n.Checksum {
		return fmt.Errorf("write %s: %w", n, mismatch(n, c))
	}
	if err := t.writeMetadata(ctx, n, data); err != nil {
		return fmt.Errorf("write %s: %w", n, nameCorrupt(err, n))
	}
	return nil
}

// WriteCommit writes a commit object. The objects it names should have been
// written before.
func (t *Tx) WriteCommit(ctx context.Context, c *Commit) (Checksum, error) {
	data, err := c.Encode()
	if err != nil {
		return Checksum{}, err
	}
	return t.WriteMetadata(ctx, TypeCommit, data)
}

func (t *Tx) writeMetadata(ctx context.Context, n ObjectName, data []byte) error {
	if err := t.active(ctx); err != nil {
		return err
	}
	if ok, err := t.has(ctx, n); err != nil {
		return err
	} else if ok {
		t.count(n, 0, false)
		return nil
	}
	if err := checkMetadata(n.Type, data); err != nil {
		return err
	}
	existed, err := t.storePlain(ctx, n, data)
	if err != nil {
		return err
	}
	t.count(n, 0, !existed)
	return nil
}

func checkMetadata(typ ObjectType, data []byte) error {
	if len(data) > maxMetadataSize {
		return corrupt(typ, "%d bytes are more than %d", len(data), maxMetadataSize)
	}
	var err error
	switch typ {
	case TypeDirTree:
		_, err = ParseDirTree(data)
	case TypeDirMeta:
		_, err = ParseDirMeta(data)
	case TypeCommit:
		_, err = ParseCommit(data)
	default:
		err = fmt.Errorf("objects of type %s are not named by their bytes", typ)
	}
	return err
}
