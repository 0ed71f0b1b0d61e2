package delta

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/xzdec"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// payloadType is the GVariant type of a part without compression: modes,
// attributes, bytes, operations.
const payloadType = "(a(uuu)aa(ayay)ayay)"

// The compressions of a part.
const (
	compressionNone = 0
	compressionXZ   = 'x'
)

// payload is a decoded part.
type payload struct {
	value gvariant.Value
	modes []fileMode
	blob  []byte
	ops   []byte
	*storage
}

type fileMode struct{ uid, gid, mode uint32 }

const (
	// maxDict is the largest dictionary of an xz stream: that of its highest
	// preset.
	maxDict = 64 << 20
	// partOverhead is what a part may have besides its objects.
	partOverhead = 64 << 20
	// modeSize is the length of an element of the table of modes.
	modeSize = 12
)

// readPayload decodes a part and verifies length and checksum. tmp is the
// directory for large ones.
func (p *Part) readPayload(ctx context.Context, r io.Reader, tmp *dirfd.Dir, limits limits) (*payload, error) {
	hash := sha256.New()
	in := io.TeeReader(io.LimitReader(r, int64(min(p.Size, 1<<62))+1), hash)
	stored, err := spool(ctx, in, tmp, p.limit(limits))
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(io.Discard, in) // the checksum covers what the decoder left
	if err == nil && n > 0 {
		err = errors.New("has bytes after the end of the compressed stream")
	}
	if sum := ostree.Checksum(hash.Sum(nil)); err == nil && sum != p.Checksum {
		err = fmt.Errorf("has checksum %s instead of %s", sum, p.Checksum)
	}
	var out *payload
	if err == nil {
		out, err = parsePayload(stored)
	}
	if err != nil {
		return nil, errors.Join(err, stored.free())
	}
	return out, nil
}

// readInline decodes a part inside the superblock, which has no checksum of its
// own.
func (p *Part) readInline(ctx context.Context, r io.Reader, tmp *dirfd.Dir, limits limits) (*payload, error) {
	stored, err := spool(ctx, r, tmp, p.limit(limits))
	if err != nil {
		return nil, err
	}
	out, err := parsePayload(stored)
	if err != nil {
		return nil, errors.Join(err, stored.free())
	}
	return out, nil
}

// limit is the largest decoded part. A patch is hardly larger than the file it
// makes, but may be: each of its records has 24 bytes, and gets at least 8 of the
// file.
func (p *Part) limit(l limits) limits {
	declared := min(p.Usize, 1<<60)*4 + partOverhead
	l.size = min(l.size, int64(declared))
	l.large = p.Usize > inMemory
	return l
}

// limits say how a part is decoded.
type limits struct {
	size  int64 // of the decoded part
	large bool  // the decoded part is expected to be
	// unchecked leaves out the checksum in the compressed stream, where that of
	// each object is looked at.
	unchecked bool
}

// spool decompresses a part.
func spool(ctx context.Context, r io.Reader, tmp *dirfd.Dir, l limits) (*storage, error) {
	var head [1]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("read compression: %w", err)
	}
	s := &storage{ctx: ctx, tmp: tmp, limit: l.size, large: l.large}
	var err error
	switch head[0] {
	case compressionNone:
		_, err = io.Copy(s, r)
	case compressionXZ:
		var z *xzdec.Reader
		if z, err = xzdec.NewReader(r, &xzdec.Options{MaxDict: maxDict, NoCheck: l.unchecked}); err == nil {
			_, err = z.WriteTo(s)
			err = errors.Join(err, z.Close())
		}
	default:
		err = fmt.Errorf("unknown compression %q", head[0])
	}
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return nil, errors.Join(err, s.free())
	}
	return s, nil
}

func parsePayload(s *storage) (*payload, error) {
	v, err := gvariant.Decode(payloadType, s.data)
	if err != nil {
		return nil, err
	}
	p := &payload{storage: s, value: v, blob: v.Index(2).RawBytes(), ops: v.Index(3).RawBytes()}
	// The table is read as it is, since it may be long.
	table := v.Index(0).Bytes()
	p.modes = make([]fileMode, 0, len(table)/modeSize)
	for ; len(table) >= modeSize; table = table[modeSize:] {
		p.modes = append(p.modes, fileMode{
			binary.BigEndian.Uint32(table), binary.BigEndian.Uint32(table[4:]), binary.BigEndian.Uint32(table[8:]),
		})
	}
	return p, nil
}

// xattrs returns element i of the table of attributes.
func (p *payload) xattrs(i int) ostree.Xattrs {
	var out ostree.Xattrs
	for _, x := range p.value.Index(1).Index(i).All() {
		out = append(out, ostree.Xattr{Name: string(x.Index(0).ByteString()), Value: x.Index(1).RawBytes()})
	}
	return out
}

// bytes returns blob[offset:][:size].
func (p *payload) bytes(offset, size uint64) ([]byte, error) {
	if n := uint64(len(p.blob)); offset > n || size > n-offset {
		return nil, fmt.Errorf("%d bytes at %d are outside of the %d bytes of the part", size, offset, n)
	}
	return p.blob[offset:][:size], nil
}
