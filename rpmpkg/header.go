package rpmpkg

import (
	"encoding/binary"
	"iter"
	"slices"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Header is a parsed RPM header: an index of typed values by tag over the bytes as
// they were stored. It is immutable and safe for concurrent use.
//
// Getters return the zero value for an absent tag. Values of known tags have their
// right type in every Header (parsing fails otherwise); asking an unknown tag for
// another type than it has returns the zero value too.
type Header struct {
	raw     []byte  // the immutable region as a package stores it, with magic
	entries []entry // sorted by tag, unique
}

type entry struct {
	tag   rpmtag.Tag
	typ   rpmtag.Type
	count int
	data  []byte // exactly the bytes of the values
}

// Raw returns the header as stored in the package file: magic, counts, index and
// data. It is the input of digests and signatures. For the header of an installed
// package this is the immutable part, without what installation added. The caller
// must not change it.
func (h *Header) Raw() []byte { return h.raw }

// Tags iterates over the tags of the header in ascending order with their type and
// count. Region tags are left out.
func (h *Header) Tags() iter.Seq2[rpmtag.Tag, ValueInfo] {
	return func(yield func(rpmtag.Tag, ValueInfo) bool) {
		for _, e := range h.entries {
			if !yield(e.tag, ValueInfo{Type: e.typ, Count: e.count, Data: e.data}) {
				return
			}
		}
	}
}

// ValueInfo describes how a header stores a value.
type ValueInfo struct {
	Type  rpmtag.Type
	Count int
	Data  []byte // big-endian numbers or NUL-terminated strings; not to be changed
}

// Has reports whether the header has the tag.
func (h *Header) Has(t rpmtag.Tag) bool {
	_, ok := h.find(t)
	return ok
}

// Count returns the number of elements of a tag, 0 if it is absent.
func (h *Header) Count(t rpmtag.Tag) int {
	e, ok := h.find(t)
	if !ok {
		return 0
	}
	return e.count
}

func (h *Header) find(t rpmtag.Tag) (*entry, bool) {
	i, ok := slices.BinarySearchFunc(h.entries, t, func(e entry, t rpmtag.Tag) int { return int(e.tag) - int(t) })
	if !ok {
		return nil, false
	}
	return &h.entries[i], true
}

// Str returns the first string of a tag: for texts in several languages that of
// the C locale.
func (h *Header) Str(t rpmtag.Tag) string {
	e, ok := h.find(t)
	if !ok || !e.typ.IsString() {
		return ""
	}
	s, _ := cutString(e.data)
	return s
}

// Strings returns all strings of a tag.
func (h *Header) Strings(t rpmtag.Tag) []string {
	e, ok := h.find(t)
	if !ok || !e.typ.IsString() {
		return nil
	}
	// One conversion for all elements: they share their memory.
	all := string(e.data)
	list := make([]string, e.count)
	for i := range list {
		n := indexNUL(all)
		list[i], all = all[:n], all[n+1:]
	}
	return list
}

// Bytes returns the value of a binary tag; not to be changed.
func (h *Header) Bytes(t rpmtag.Tag) []byte {
	e, ok := h.find(t)
	if !ok || e.typ.IsString() {
		return nil
	}
	return e.data
}

// Uint64 returns the first number of an integer tag of any width.
func (h *Header) Uint64(t rpmtag.Tag) (uint64, bool) {
	e, ok := h.find(t)
	if !ok || !e.isInteger() {
		return 0, false
	}
	return e.uint(0), true
}

// Uint32 returns the first number of an integer tag; false also if it does not fit.
func (h *Header) Uint32(t rpmtag.Tag) (uint32, bool) {
	n, ok := h.Uint64(t)
	return uint32(n), ok && n>>32 == 0
}

// Uint64s returns all numbers of an integer tag of any width.
func (h *Header) Uint64s(t rpmtag.Tag) []uint64 { return integers[uint64](h, t) }

// Uint32s returns all numbers of an integer tag of up to 32 bits.
func (h *Header) Uint32s(t rpmtag.Tag) []uint32 {
	if e, ok := h.find(t); ok && e.typ == rpmtag.TypeInt64 {
		return nil
	}
	return integers[uint32](h, t)
}

// Uint16s returns all numbers of an integer tag of up to 16 bits.
func (h *Header) Uint16s(t rpmtag.Tag) []uint16 {
	if e, ok := h.find(t); ok && e.typ.Size() > 2 {
		return nil
	}
	return integers[uint16](h, t)
}

func integers[T uint16 | uint32 | uint64](h *Header, t rpmtag.Tag) []T {
	e, ok := h.find(t)
	if !ok || !e.isInteger() {
		return nil
	}
	list := make([]T, e.count)
	for i := range list {
		list[i] = T(e.uint(i))
	}
	return list
}

func (e *entry) isInteger() bool { return e.typ >= rpmtag.TypeChar && e.typ <= rpmtag.TypeInt64 }

func (e *entry) uint(i int) uint64 {
	switch e.typ.Size() {
	case 1:
		return uint64(e.data[i])
	case 2:
		return uint64(binary.BigEndian.Uint16(e.data[2*i:]))
	case 4:
		return uint64(binary.BigEndian.Uint32(e.data[4*i:]))
	default:
		return binary.BigEndian.Uint64(e.data[8*i:])
	}
}

func cutString(data []byte) (s string, rest []byte) {
	for i, c := range data {
		if c == 0 {
			return string(data[:i]), data[i+1:]
		}
	}
	return string(data), nil
}

func indexNUL(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == 0 {
			return i
		}
	}
	return len(s)
}
