package ostree

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sys/unix"
)

// FileHeader is everything about a file object but its content.
type FileHeader struct {
	UID, GID uint32
	Mode     uint32 // st_mode, including S_IFREG or S_IFLNK
	Target   string // of a symbolic link, else ""
	Xattrs   Xattrs
}

// IsSymlink reports whether the object is a symbolic link rather than a
// regular file.
func (h *FileHeader) IsSymlink() bool { return h.Mode&unix.S_IFMT == unix.S_IFLNK }

func (h *FileHeader) check() error {
	switch h.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		if h.Target != "" {
			return errors.New("regular file with a link target")
		}
	case unix.S_IFLNK:
		if h.Target == "" {
			return errors.New("symbolic link without a target")
		}
		if strings.IndexByte(h.Target, 0) >= 0 {
			return errors.New("NUL in link target")
		}
	default:
		return fmt.Errorf("mode %#o is neither that of a regular file nor of a symbolic link", h.Mode)
	}
	if h.Mode&^(unix.S_IFMT|0o7777) != 0 {
		return fmt.Errorf("mode %#o has unknown bits", h.Mode)
	}
	return h.Xattrs.check()
}

// appendTo appends the GVariant (uuuusa(ayay)); the fourth number is the device
// number, always 0.
func (h *FileHeader) appendTo(buf []byte) []byte {
	return h.appendAfter(buf, len(buf))
}

// appendAfter appends the header fields to a tuple that starts at buf[start:].
func (h *FileHeader) appendAfter(buf []byte, start int) []byte {
	buf = binary.BigEndian.AppendUint32(buf, h.UID)
	buf = binary.BigEndian.AppendUint32(buf, h.GID)
	buf = binary.BigEndian.AppendUint32(buf, h.Mode)
	buf = binary.BigEndian.AppendUint32(buf, 0)
	buf = append(append(buf, h.Target...), 0)
	targetEnd := len(buf) - start
	buf = h.Xattrs.appendTo(buf)
	return appendOffsets(buf, start, []int{targetEnd})
}

// appendStream appends what precedes the payload in the checksummed stream: the
// header with its length in front.
func (h *FileHeader) appendStream(buf []byte) []byte {
	start := len(buf)
	buf = append(buf, 0, 0, 0, 0, 0, 0, 0, 0)
	buf = h.appendTo(buf)
	binary.BigEndian.PutUint32(buf[start:], uint32(len(buf)-start-8))
	return buf
}

// appendArchiveHeader appends what precedes the deflate stream in a .filez: the
// GVariant (tuuuusa(ayay)), which starts with the size of the payload, with its
// length in front.
func (h *FileHeader) appendArchiveHeader(buf []byte, size uint64) []byte {
	start := len(buf)
	buf = append(buf, 0, 0, 0, 0, 0, 0, 0, 0)
	buf = binary.BigEndian.AppendUint64(buf, size)
	buf = h.appendAfter(buf, start+8)
	binary.BigEndian.PutUint32(buf[start:], uint32(len(buf)-start-8))
	return buf
}

// parseArchiveHeader decodes the GVariant that appendArchiveHeader made.
func parseArchiveHeader(data []byte) (*FileHeader, uint64, error) {
	if len(data) < 8+16+2 {
		return nil, 0, corrupt(TypeFile, "header of %d bytes is too short", len(data))
	}
	size := binary.BigEndian.Uint64(data)
	h := &FileHeader{
		UID:  binary.BigEndian.Uint32(data[8:]),
		GID:  binary.BigEndian.Uint32(data[12:]),
		Mode: binary.BigEndian.Uint32(data[16:]),
	}
	width := offsetWidth(len(data))
	targetEnd := readOffset(data, len(data)-width, width)
	if targetEnd < 24 || targetEnd > len(data)-width {
		return nil, 0, corrupt(TypeFile, "%w", errFraming)
	}
	var err error
	if h.Target, err = cutNUL(data[24:targetEnd]); err != nil {
		return nil, 0, corrupt(TypeFile, "link target: %w", err)
	}
	if h.Xattrs, err = parseXattrs(data[targetEnd : len(data)-width]); err != nil {
		return nil, 0, corrupt(TypeFile, "%w", err)
	}
	if err := h.check(); err != nil {
		return nil, 0, corrupt(TypeFile, "%w", err)
	}
	if h.IsSymlink() && size != 0 {
		return nil, 0, corrupt(TypeFile, "symbolic link with a payload of %d bytes", size)
	}
	if !bytes.Equal(h.appendArchiveHeader(nil, size)[8:], data) {
		return nil, 0, corrupt(TypeFile, "header: %w", errNotNormal)
	}
	return h, size, nil
}

// ContentChecksum returns the name of the file object with header h and the
// given payload, and the number of bytes read. The payload of a symbolic link
// must be nil. The name depends on the order of h.Xattrs, see [Xattrs].
func ContentChecksum(h *FileHeader, payload io.Reader) (Checksum, int64, error) {
	return contentChecksum(context.Background(), h, payload)
}

func contentChecksum(ctx context.Context, h *FileHeader, payload io.Reader) (Checksum, int64, error) {
	if err := h.check(); err != nil {
		return Checksum{}, 0, fmt.Errorf("checksum file: %w", err)
	}
	s := getScratch()
	defer s.put()
	s.ctx = ctx
	s.start(h)
	if payload == nil {
		return s.sum(), 0, nil
	}
	n, err := s.hashFrom(payload)
	if err != nil {
		return Checksum{}, n, fmt.Errorf("checksum file: %w", err)
	}
	return s.sum(), n, nil
}

// encodeFileMeta is the value of user.ostreemeta in bare-user mode, the GVariant
// (uuua(ayay)): a header without link target.
func (h *FileHeader) encodeFileMeta() []byte {
	return (&DirMeta{h.UID, h.GID, h.Mode, h.Xattrs}).Encode()
}

func parseFileMeta(data []byte) (FileHeader, error) {
	if len(data) < 12 {
		return FileHeader{}, corrupt(TypeFile, "%s of %d bytes is too short", metaXattr, len(data))
	}
	h := FileHeader{
		UID:  binary.BigEndian.Uint32(data),
		GID:  binary.BigEndian.Uint32(data[4:]),
		Mode: binary.BigEndian.Uint32(data[8:]),
	}
	var err error
	if h.Xattrs, err = parseXattrs(data[12:]); err != nil {
		return FileHeader{}, corrupt(TypeFile, "%s: %w", metaXattr, err)
	}
	if !bytes.Equal(h.encodeFileMeta(), data) {
		return FileHeader{}, corrupt(TypeFile, "%s: %w", metaXattr, errNotNormal)
	}
	if h.IsSymlink() { // the target is stored elsewhere
		return h, nil
	}
	if err := h.check(); err != nil {
		return FileHeader{}, corrupt(TypeFile, "%s: %w", metaXattr, err)
	}
	return h, nil
}
