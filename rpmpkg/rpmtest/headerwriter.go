package rpmtest

import (
	"cmp"
	"encoding/binary"
	"slices"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// headerWriter collects values by tag and lays them out as a header.
type headerWriter struct{ entries []value }

type value struct {
	tag   rpmtag.Tag
	typ   rpmtag.Type
	count int
	data  []byte
}

func (w *headerWriter) add(t rpmtag.Tag, typ rpmtag.Type, count int, data []byte) {
	if count > 0 {
		w.entries = append(w.entries, value{t, typ, count, data})
	}
}

// str adds one string unless it is empty.
func (w *headerWriter) str(t rpmtag.Tag, s string) {
	if s != "" {
		w.add(t, rpmtag.TypeString, 1, append([]byte(s), 0))
	}
}

// text adds a text that could be translated, in the only locale there is.
func (w *headerWriter) text(t rpmtag.Tag, s string) {
	w.add(t, rpmtag.TypeI18NString, 1, append([]byte(s), 0))
}

func (w *headerWriter) strs(t rpmtag.Tag, list ...string) {
	var data []byte
	for _, s := range list {
		data = append(append(data, s...), 0)
	}
	w.add(t, rpmtag.TypeStringArray, len(list), data)
}

func (w *headerWriter) u16s(t rpmtag.Tag, list ...uint16) {
	var data []byte
	for _, n := range list {
		data = binary.BigEndian.AppendUint16(data, n)
	}
	w.add(t, rpmtag.TypeInt16, len(list), data)
}

func (w *headerWriter) u32s(t rpmtag.Tag, list ...uint32) {
	var data []byte
	for _, n := range list {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	w.add(t, rpmtag.TypeInt32, len(list), data)
}

func (w *headerWriter) u64s(t rpmtag.Tag, list ...uint64) {
	var data []byte
	for _, n := range list {
		data = binary.BigEndian.AppendUint64(data, n)
	}
	w.add(t, rpmtag.TypeInt64, len(list), data)
}

func (w *headerWriter) bin(t rpmtag.Tag, data []byte) {
	w.add(t, rpmtag.TypeBin, len(data), data)
}

// bytes lays the header out as one region: sorted by tag, values aligned, with the
// region's trailer at the end of the data.
func (w *headerWriter) bytes(region rpmtag.Tag) []byte {
	slices.SortStableFunc(w.entries, func(a, b value) int { return cmp.Compare(a.tag, b.tag) })
	const entrySize = 16
	il := len(w.entries) + 1
	var index, data []byte
	for _, v := range w.entries {
		for size := v.typ.Size(); size > 1 && len(data)%size != 0; {
			data = append(data, 0)
		}
		index = appendEntry(index, v.tag, v.typ, int32(len(data)), v.count)
		data = append(data, v.data...)
	}
	mark := appendEntry(nil, region, rpmtag.TypeBin, int32(len(data)), entrySize)
	data = appendEntry(data, region, rpmtag.TypeBin, int32(-il*entrySize), entrySize)

	out := []byte{0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0}
	out = binary.BigEndian.AppendUint32(out, uint32(il))
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	return append(append(append(out, mark...), index...), data...)
}

func appendEntry(b []byte, t rpmtag.Tag, typ rpmtag.Type, offset int32, count int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t))
	b = binary.BigEndian.AppendUint32(b, uint32(typ))
	b = binary.BigEndian.AppendUint32(b, uint32(offset))
	return binary.BigEndian.AppendUint32(b, uint32(count))
}
