package ostree

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// DirMeta is a dirmeta object: everything about a directory but its names.
type DirMeta struct {
	UID, GID uint32
	Mode     uint32 // st_mode, including S_IFDIR
	Xattrs   Xattrs
}

// ParseDirMeta decodes a dirmeta object, the GVariant (uuua(ayay)) with
// big-endian numbers. Anything but the normal form of a directory's metadata is
// a [*CorruptError].
func ParseDirMeta(data []byte) (*DirMeta, error) {
	if len(data) < 12 {
		return nil, corrupt(TypeDirMeta, "%d bytes are too few", len(data))
	}
	m := &DirMeta{
		UID:  binary.BigEndian.Uint32(data),
		GID:  binary.BigEndian.Uint32(data[4:]),
		Mode: binary.BigEndian.Uint32(data[8:]),
	}
	var err error
	if m.Xattrs, err = parseXattrs(data[12:]); err != nil {
		return nil, corrupt(TypeDirMeta, "%w", err)
	}
	if err := m.check(); err != nil {
		return nil, corrupt(TypeDirMeta, "%w", err)
	}
	if !bytes.Equal(m.Encode(), data) {
		return nil, corrupt(TypeDirMeta, "%w", errNotNormal)
	}
	return m, nil
}

var errNotNormal = errors.New("not in normal form")

func (m *DirMeta) check() error {
	if m.Mode&unix.S_IFMT != unix.S_IFDIR {
		return errors.New("mode is not that of a directory")
	}
	if m.Mode&^(unix.S_IFMT|0o7777) != 0 {
		return errors.New("mode has unknown bits")
	}
	return m.Xattrs.check()
}

// Encode returns the bytes of the object. Xattrs must be sorted by name.
func (m *DirMeta) Encode() []byte {
	buf := make([]byte, 0, 64)
	buf = binary.BigEndian.AppendUint32(buf, m.UID)
	buf = binary.BigEndian.AppendUint32(buf, m.GID)
	buf = binary.BigEndian.AppendUint32(buf, m.Mode)
	return m.Xattrs.appendTo(buf)
}

// Checksum returns the name of the object.
func (m *DirMeta) Checksum() Checksum { return sha256.Sum256(m.Encode()) }
