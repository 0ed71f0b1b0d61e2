package delta

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/xzenc"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sys/unix"
)

// partWriter collects one part. Its bytes are in a file without a name, so that
// memory does not depend on the size of parts.
type partWriter struct {
	info     Part
	tmp      *dirfd.Dir
	file     *os.File
	blob     *bufio.Writer
	blobSize int64
	patched  int64 // bytes of patches
	ops      []byte
	modes    []byte
	modeAt   map[fileMode]uint64
	xattrs   []gvariant.Value
	xattrAt  map[string]uint64
	sources  map[ostree.Checksum]uint64 // where in the blob a source is named
}

func newPartWriter(ctx context.Context, tmp *dirfd.Dir) (*partWriter, error) {
	f, err := atomicfs.TempFile(ctx, tmp, 0o600)
	if err != nil {
		return nil, err
	}
	return &partWriter{
		tmp: tmp, file: f, blob: bufio.NewWriterSize(f, 64<<10),
		modeAt: map[fileMode]uint64{}, xattrAt: map[string]uint64{}, sources: map[ostree.Checksum]uint64{},
	}, nil
}

// size is the length of the part so far, before compression.
func (p *partWriter) size() int64 { return p.blobSize + int64(len(p.ops)) }

// header returns the places of mode and attributes in the tables of the part.
func (p *partWriter) header(h *ostree.FileHeader) (mode, xattrs uint64) {
	m := fileMode{h.UID, h.GID, h.Mode}
	mode, ok := p.modeAt[m]
	if !ok {
		mode = uint64(len(p.modeAt))
		p.modeAt[m] = mode
		for _, v := range []uint32{m.uid, m.gid, m.mode} {
			p.modes = binary.BigEndian.AppendUint32(p.modes, v)
		}
	}
	x := encodeXattrs(h.Xattrs)
	key := string(x.Bytes())
	if xattrs, ok = p.xattrAt[key]; !ok {
		xattrs = uint64(len(p.xattrs))
		p.xattrAt[key] = xattrs
		p.xattrs = append(p.xattrs, x)
	}
	return mode, xattrs
}

const xattrsType = "a(ayay)"

func encodeXattrs(x ostree.Xattrs) gvariant.Value {
	items := make([]gvariant.Value, len(x))
	for i, a := range x {
		items[i] = gvariant.NewTuple(gvariant.NewByteString([]byte(a.Name)), gvariant.NewBytes(a.Value))
	}
	v, err := gvariant.NewArray("(ayay)", items...)
	if err != nil {
		return gvariant.Value{}
	}
	return v
}

// finish compresses the part, with all the encoders, and hands it to out.
func (p *partWriter) finish(ctx context.Context, out *output, encoders []*xzenc.Encoder, index int, built *builtPart) error {
	raw, err := p.serialize(ctx)
	if err != nil {
		return err
	}
	// Patches consist of differences, most of which are 0.
	encoders[0].Thorough = p.patched > p.blobSize/2
	encoders[0].Done = letGo
	err = p.compress(ctx, out, encoders, index, raw, built)
	if len(raw) > 0 {
		err = errors.Join(err, unix.Munmap(raw))
	}
	built.info = p.info
	return err
}

// serialize writes the GVariant of the part to a file and maps that.
func (p *partWriter) serialize(ctx context.Context) ([]byte, error) {
	xattrs, err := gvariant.NewArray(xattrsType, p.xattrs...)
	if err != nil {
		return nil, err
	}
	if err := p.blob.Flush(); err != nil {
		return nil, err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	f, err := atomicfs.TempFile(ctx, p.tmp, 0o600)
	if err != nil {
		return nil, err
	}
	raw, err := p.writeTuple(f, xattrs.Bytes())
	return raw, errors.Join(err, atomicfs.Discard(ctx, p.tmp, f))
}

// writeTuple writes the four members, none of which needs padding before it, and
// the offsets of the ends of the first three.
func (p *partWriter) writeTuple(f *os.File, xattrs []byte) ([]byte, error) {
	if _, err := f.Write(append(bytes.Clone(p.modes), xattrs...)); err != nil {
		return nil, err
	}
	if _, err := io.Copy(f, p.file); err != nil {
		return nil, err
	}
	modesEnd := int64(len(p.modes))
	xattrsEnd := modesEnd + int64(len(xattrs))
	blobEnd := xattrsEnd + p.blobSize
	tail := appendTupleOffsets(bytes.Clone(p.ops), blobEnd, []int64{blobEnd, xattrsEnd, modesEnd})
	if _, err := f.Write(tail); err != nil {
		return nil, err
	}
	size := blobEnd + int64(len(tail))
	if size != int64(int(size)) {
		return nil, fmt.Errorf("%d bytes are too many", size)
	}
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
}

// appendTupleOffsets appends framing offsets to the end of a tuple, of which
// before bytes precede tail, in the smallest width that can express its length.
func appendTupleOffsets(tail []byte, before int64, offsets []int64) []byte {
	body := uint64(before) + uint64(len(tail))
	width := 1
	for width < 8 && body+uint64(len(offsets)*width) > 1<<(8*width)-1 {
		width *= 2
	}
	for _, o := range offsets {
		var le [8]byte
		binary.LittleEndian.PutUint64(le[:], uint64(o))
		tail = append(tail, le[:width]...)
	}
	return tail
}

// compress writes the part and notes length and checksum.
func (p *partWriter) compress(ctx context.Context, out *output, encoders []*xzenc.Encoder, index int, raw []byte, built *builtPart) error {
	w := &partSink{hash: sha256.New()}
	if out.o.Inline {
		w.w = &w.buf
	} else {
		f, err := atomicfs.TempFile(ctx, out.dir, 0o644)
		if err != nil {
			return err
		}
		w.f, w.w = f, f
	}
	err := writeCompressed(w, encoders[0], raw, encoders[1:]...)
	if err == nil {
		err = checkCompressed(w.reader(), raw)
	}
	if err == nil && w.f != nil {
		err = out.publishPart(ctx, w.f, index)
	}
	if w.f != nil {
		err = errors.Join(err, atomicfs.Discard(ctx, out.dir, w.f))
	} else {
		built.inline = w.buf.Bytes()
	}
	p.info.Size, p.info.Checksum = uint64(w.n), ostree.Checksum(w.hash.Sum(nil))
	return err
}

// partSink counts and hashes a part on its way.
type partSink struct {
	w    io.Writer
	f    *os.File
	buf  bytes.Buffer
	hash hash.Hash
	n    int64
}

func (s *partSink) Write(b []byte) (int, error) {
	s.hash.Write(b)
	n, err := s.w.Write(b)
	s.n += int64(n)
	return n, err
}

// reader reads what has been written.
func (s *partSink) reader() io.Reader {
	if s.f == nil {
		return bytes.NewReader(s.buf.Bytes())
	}
	return bufio.NewReaderSize(io.NewSectionReader(s.f, 0, s.n), 64<<10)
}

func (p *partWriter) discard(ctx context.Context) error {
	if p.file == nil {
		return nil
	}
	f := p.file
	p.file = nil
	return atomicfs.Discard(ctx, p.tmp, f)
}
