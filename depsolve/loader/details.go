package loader

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/rpmpkg"
)

// texts are the strings of a package that the details have, in their order.
func texts(i *rpmpkg.Info, checksum *string) [14]*string {
	return [...]*string{
		&i.NEVRA.Name, &i.NEVRA.Version, &i.NEVRA.Release, &i.NEVRA.Arch, &i.Location, checksum, &i.Vendor,
		&i.Summary, &i.License, &i.URL, &i.Group, &i.Packager, &i.SourceRPM, &i.BuildHost,
	}
}

// details adds the details of a package: variable-length numbers, then strings after their lengths.
func (s *storeWriter) details(i *rpmpkg.Info) error {
	s.buf = appendDetails(s.buf[:0], i)
	_, err := s.Write(s.buf)
	s.ends = binary.LittleEndian.AppendUint32(s.ends, uint32(s.at))
	return err
}

func appendDetails(b []byte, i *rpmpkg.Info) []byte {
	var built int64
	if !i.BuildTime.IsZero() {
		built = i.BuildTime.Unix()
	}
	for _, n := range []uint64{
		uint64(i.NEVRA.Epoch), uint64(built), i.PackageSize, i.InstalledSize, i.ArchiveSize, uint64(i.HeaderStart), uint64(i.HeaderEnd),
	} {
		b = binary.AppendUvarint(b, n)
	}
	sum := string(i.Checksum)
	for _, t := range texts(i, &sum) {
		b = append(binary.AppendUvarint(b, uint64(len(*t))), *t...)
	}
	return b
}

// parseDetails makes one string of b, of which the texts are parts: to describe a package takes two allocations.
func parseDetails(b []byte) (*rpmpkg.Info, error) {
	var n [7]uint64
	for k := range n {
		v, size := binary.Uvarint(b)
		if size <= 0 {
			return nil, fmt.Errorf("%w: details", errStore)
		}
		n[k], b = v, b[size:]
	}
	i, sum, all := &rpmpkg.Info{}, "", string(b)
	i.NEVRA.Epoch = uint32(n[0])
	if n[1] != 0 {
		i.BuildTime = time.Unix(int64(n[1]), 0).UTC()
	}
	i.PackageSize, i.InstalledSize, i.ArchiveSize = n[2], n[3], n[4]
	i.HeaderStart, i.HeaderEnd = int64(n[5]), int64(n[6])
	at := 0
	for _, t := range texts(i, &sum) {
		l, size := binary.Uvarint(b[at:])
		if size <= 0 || l > uint64(len(b)-at-size) {
			return nil, fmt.Errorf("%w: details", errStore)
		}
		at += size
		*t = all[at : at+int(l)]
		at += int(l)
	}
	i.Checksum = digest.Digest(sum)
	return i, nil
}

// info reads the details of the n-th package.
func (s *store) info(n int) (*rpmpkg.Info, error) {
	if n < 0 || 4*n+4 > len(s.ends) {
		return nil, fmt.Errorf("%w: no package %d", errStore, n)
	}
	var start uint32
	if n > 0 {
		start = binary.LittleEndian.Uint32(s.ends[4*n-4:])
	}
	end := binary.LittleEndian.Uint32(s.ends[4*n:])
	if end < start || end-start > 1<<24 {
		return nil, fmt.Errorf("%w: details of package %d", errStore, n)
	}
	b, err := s.read(int64(start), int64(end))
	if err != nil {
		return nil, err
	}
	return parseDetails(b)
}

// window is how much is read at once: who asks for one package often asks for the next ones too.
const window = 1 << 16

// read returns bytes of the details, which must not be changed.
func (s *store) read(start, end int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start < s.windowAt || end > s.windowAt+int64(len(s.window)) {
		all := int64(binary.LittleEndian.Uint32(s.ends[len(s.ends)-4:]))
		b := make([]byte, max(end-start, min(window, all-start))) // not the old one again: others may still read that
		if _, err := s.from.ReadAt(b, start); err != nil {
			return nil, err
		}
		s.window, s.windowAt = b, start
	}
	return s.window[start-s.windowAt : end-s.windowAt], nil
}
