package rpmdb

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Layout of a header: eight bytes of magic, which the database leaves out, the two counts, entries of 16 bytes, data.
const (
	magicSize  = 8
	countsSize = 8
	entrySize  = 16
	maxEntries = 65535
	maxData    = 256<<20 - 1
)

// addition is an entry that an installed header has behind its immutable region.
type addition struct {
	tag   rpmtag.Tag
	typ   rpmtag.Type
	count int
	value []byte
}

func newUint32(tag rpmtag.Tag, v uint32) addition {
	return addition{tag, rpmtag.TypeInt32, 1, binary.BigEndian.AppendUint32(nil, v)}
}

// installedBlob makes the header of an installed package as the database stores it: the immutable region of the
// package's header unchanged, behind it the additions in the order of their tags.
func installedBlob(h *rpmpkg.Header, adds []addition) ([]byte, error) {
	raw := h.Raw()[magicSize:]
	il := int(binary.BigEndian.Uint32(raw))
	entries, region := raw[countsSize:countsSize+il*entrySize], raw[countsSize+il*entrySize:]
	slices.SortStableFunc(adds, func(a, b addition) int { return cmp.Compare(a.tag, b.tag) })

	data := slices.Clone(region)
	out := make([]byte, countsSize, len(raw)+1024)
	out = append(out, entries...)
	for _, a := range adds {
		if align := a.typ.Size(); align > 1 {
			for len(data)%align != 0 {
				data = append(data, 0)
			}
		}
		for _, v := range []uint32{uint32(a.tag), uint32(a.typ), uint32(len(data)), uint32(a.count)} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		data = append(data, a.value...)
	}
	if il += len(adds); il > maxEntries || len(data) > maxData {
		return nil, fmt.Errorf("header: %d entries and %d bytes are too many", il, len(data))
	}
	binary.BigEndian.PutUint32(out, uint32(il))
	binary.BigEndian.PutUint32(out[4:], uint32(len(data)))
	return append(out, data...), nil
}

// mergedSignatures gives the entries of a signature header that rpm keeps in the installed header, under the tags
// that they have there. Tags that the main header has are left out, and for version 6 packages the old ones.
func mergedSignatures(h, signature *rpmpkg.Header) []addition {
	if signature == nil {
		return nil
	}
	var adds []addition
	for tag, v := range signature.Tags() {
		as, ok := rpmtag.Merged(tag)
		if !ok || h.Has(as) || tag >= rpmtag.SigSize && h.Has(rpmtag.RPMFormat) {
			continue
		}
		adds = append(adds, addition{as, v.Type, v.Count, v.Data})
	}
	return adds
}
