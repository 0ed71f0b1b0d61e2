package rpmdb

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Limits of the header format.
const (
	maxEntries = 65535
	maxData    = 256 << 20
	entrySize  = 16
)

var headerMagic = []byte{0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0}

// entry is one index entry of a header.
type entry struct {
	tag    rpmtag.Tag
	typ    rpmtag.Type
	offset uint32
	count  uint32
}

// index is a header taken apart, not interpreted.
type index struct {
	entries []entry
	data    []byte
}

// parseIndex reads a header: index and data, with or without the magic in front. Offsets are checked, contents not.
func parseIndex(b []byte) (*index, error) {
	b = bytes.TrimPrefix(b, headerMagic)
	if len(b) < 8 {
		return nil, errors.New("header: shorter than 8 bytes")
	}
	il, dl := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if il == 0 || il > maxEntries || dl > maxData {
		return nil, fmt.Errorf("header: %d entries and %d bytes of data are out of range", il, dl)
	}
	if want := 8 + uint64(il)*entrySize + uint64(dl); uint64(len(b)) < want {
		return nil, fmt.Errorf("header: %d bytes instead of %d", len(b), want)
	}
	x := &index{entries: make([]entry, il), data: b[8+il*entrySize:][:dl]}
	for i := range x.entries {
		e := b[8+i*entrySize:]
		x.entries[i] = entry{
			tag:    rpmtag.Tag(binary.BigEndian.Uint32(e)),
			typ:    rpmtag.Type(binary.BigEndian.Uint32(e[4:])),
			offset: binary.BigEndian.Uint32(e[8:]),
			count:  binary.BigEndian.Uint32(e[12:]),
		}
		if x.entries[i].offset > dl || !x.entries[i].typ.Valid() {
			return nil, fmt.Errorf("header: tag %d: type %d or offset %d out of range", x.entries[i].tag, x.entries[i].typ, x.entries[i].offset)
		}
	}
	return x, nil
}

// value gives the stored bytes of an entry.
func (x *index) value(e entry) ([]byte, error) {
	rest := x.data[e.offset:]
	if size := e.typ.Size(); size > 0 {
		if n := uint64(size) * uint64(e.count); n <= uint64(len(rest)) {
			return rest[:n], nil
		}
		return nil, fmt.Errorf("header: tag %d: %d elements go beyond the data", e.tag, e.count)
	}
	end := 0
	for range e.count {
		n := bytes.IndexByte(rest[end:], 0)
		if n < 0 {
			return nil, fmt.Errorf("header: tag %d: string goes beyond the data", e.tag)
		}
		end += n + 1
	}
	return rest[:end], nil
}

// addition is an entry that an installed header has behind its immutable region.
type addition struct {
	tag   rpmtag.Tag
	typ   rpmtag.Type
	count uint32
	value []byte
}

func newUint32(tag rpmtag.Tag, v uint32) addition {
	return addition{tag, rpmtag.TypeInt32, 1, binary.BigEndian.AppendUint32(nil, v)}
}

// installedBlob makes the header of an installed package as the database stores it: the immutable region of the
// package's header unchanged, behind it the additions in the order of their tags.
func installedBlob(header []byte, adds []addition) ([]byte, error) {
	header = bytes.TrimPrefix(header, headerMagic)
	x, err := parseIndex(header)
	if err != nil {
		return nil, err
	}
	if x.entries[0].tag != rpmtag.HeaderImmutable {
		return nil, errors.New("header: no immutable region (package older than rpm 4)")
	}
	slices.SortStableFunc(adds, func(a, b addition) int { return cmp.Compare(a.tag, b.tag) })
	il := len(x.entries) + len(adds)
	if il > maxEntries {
		return nil, fmt.Errorf("header: %d entries are too many", il)
	}
	entries := header[8 : 8+len(x.entries)*entrySize]
	out := make([]byte, 8, 8+len(entries)+len(adds)*entrySize+len(x.data)+64)
	out = append(out, entries...)
	data := slices.Clip(x.data)
	for _, a := range adds {
		if align := a.typ.Size(); align > 1 && a.typ != rpmtag.TypeBin {
			for len(data)%align != 0 {
				data = append(data, 0)
			}
		}
		for _, v := range []uint32{uint32(a.tag), uint32(a.typ), uint32(len(data)), a.count} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		data = append(data, a.value...)
	}
	if len(data) > maxData {
		return nil, fmt.Errorf("header: %d bytes of data are too many", len(data))
	}
	binary.BigEndian.PutUint32(out, uint32(il))
	binary.BigEndian.PutUint32(out[4:], uint32(len(data)))
	return append(out, data...), nil
}

// mergedSignatures gives the entries of a signature header that rpm keeps in the installed header, under the tags
// that they have there. Tags that the main header has are left out, and for version 6 packages the old ones.
func mergedSignatures(signature, header []byte) ([]addition, error) {
	main, err := parseIndex(header)
	if err != nil {
		return nil, err
	}
	have := map[rpmtag.Tag]bool{}
	for _, e := range main.entries {
		have[e.tag] = true
	}
	sig, err := parseIndex(signature)
	if err != nil {
		return nil, fmt.Errorf("signature %w", err)
	}
	var adds []addition
	for _, e := range sig.entries {
		tag, ok := rpmtag.Merged(e.tag)
		if !ok || have[tag] || e.tag >= rpmtag.SigSize && have[rpmtag.RPMFormat] {
			continue
		}
		value, err := sig.value(e)
		if err != nil {
			return nil, fmt.Errorf("signature %w", err)
		}
		have[tag] = true
		adds = append(adds, addition{tag, e.typ, e.count, value})
	}
	return adds, nil
}
