package rpmpkg

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Limits that rpm enforces on headers. They bound what a hostile file can make a
// reader allocate.
const (
	maxSignatureIndex = 32
	maxSignatureData  = 64 << 20
	maxMainIndex      = 65535
	maxMainData       = 256<<20 - 1
	maxCount          = 1<<20 - 1 // elements of an entry that is not binary

	headerPreamble = 16 // magic and counts
	indexEntrySize = 16
)

var headerMagic = []byte{0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0}

// layout is what differs between a signature header and a main one.
type layout struct {
	name              string
	region            rpmtag.Tag
	maxIndex, maxData uint32
	kind              func(rpmtag.Tag) (rpmtag.Type, bool)
}

var (
	signatureLayout = layout{"signature header", rpmtag.HeaderSignatures, maxSignatureIndex, maxSignatureData, rpmtag.SignatureKind}
	mainLayout      = layout{"header", rpmtag.HeaderImmutable, maxMainIndex, maxMainData, rpmtag.Kind}
)

// ParseHeader parses a main header as package files store it, with its magic.
// data must hold the header and nothing else; the Header keeps it.
func ParseHeader(data []byte) (*Header, error) {
	h, err := mainLayout.parse(data)
	if err != nil {
		return nil, fmt.Errorf("parse header: %w", err)
	}
	return h, nil
}

// ParseBlob parses the header of an installed package as the package database
// stores it: without magic, and with entries that were added at installation. The
// Header keeps data.
func ParseBlob(data []byte) (*Header, error) {
	h, err := parseBlob(data)
	if err != nil {
		return nil, fmt.Errorf("parse header blob: %w", err)
	}
	return h, nil
}

// parse parses a header of a package file: the region must cover all of it.
func (l *layout) parse(data []byte) (*Header, error) {
	if len(data) < headerPreamble || !bytes.Equal(data[:8], headerMagic) {
		return nil, errors.New("bad magic")
	}
	b, err := l.split(data[8:])
	if err != nil {
		return nil, err
	}
	if err := b.findRegion(l); err != nil {
		return nil, err
	}
	if b.regionIndex != b.count() || b.regionData != len(b.data) {
		return nil, fmt.Errorf("region covers %d of %d entries and %d of %d bytes", b.regionIndex, b.count(), b.regionData, len(b.data))
	}
	entries, err := b.entries(l)
	if err != nil {
		return nil, err
	}
	return &Header{raw: data, entries: entries}, sortUnique(entries)
}

func parseBlob(data []byte) (*Header, error) {
	b, err := mainLayout.split(data)
	if err != nil {
		return nil, err
	}
	if err := b.findRegion(&mainLayout); err != nil {
		return nil, err
	}
	entries, err := b.entries(&mainLayout)
	if err != nil {
		return nil, err
	}
	region, added := entries[:b.regionIndex-1], entries[b.regionIndex-1:]
	if err := errors.Join(sortUnique(region), sortUnique(added)); err != nil {
		return nil, err
	}
	return &Header{raw: b.regionBytes(), entries: overlay(region, added)}, nil
}

// blob is a header cut into index and data, without magic.
type blob struct {
	index, data []byte
	// Extent of the immutable region in entries and bytes, both with its marks.
	regionIndex, regionData int
}

// preamble checks the two counts in front of a header.
func (l *layout) preamble(p []byte) (il, dl int, err error) {
	n, m := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
	switch {
	case n == 0:
		return 0, 0, errors.New("no entries")
	case n > l.maxIndex:
		return 0, 0, fmt.Errorf("%d entries, more than %d", n, l.maxIndex)
	case m > l.maxData:
		return 0, 0, fmt.Errorf("%d bytes of data, more than %d", m, l.maxData)
	}
	return int(n), int(m), nil
}

func (l *layout) split(data []byte) (*blob, error) {
	if len(data) < 8 {
		return nil, io.ErrUnexpectedEOF
	}
	il, dl, err := l.preamble(data)
	if err != nil {
		return nil, err
	}
	if len(data) != 8+il*indexEntrySize+dl {
		return nil, fmt.Errorf("%d bytes where index and data make %d", len(data), 8+il*indexEntrySize+dl)
	}
	cut := 8 + il*indexEntrySize
	return &blob{index: data[8:cut], data: data[cut:]}, nil
}

func (b *blob) count() int { return len(b.index) / indexEntrySize }

type indexEntry struct {
	tag    rpmtag.Tag
	typ    rpmtag.Type
	offset int32
	count  uint32
}

func decodeEntry(p []byte) indexEntry {
	return indexEntry{
		tag:    rpmtag.Tag(binary.BigEndian.Uint32(p)),
		typ:    rpmtag.Type(binary.BigEndian.Uint32(p[4:])),
		offset: int32(binary.BigEndian.Uint32(p[8:])),
		count:  binary.BigEndian.Uint32(p[12:]),
	}
}

// findRegion checks the region mark, which is the first index entry, and the
// trailer it points to.
func (b *blob) findRegion(l *layout) error {
	mark := decodeEntry(b.index)
	if mark.tag != l.region || mark.typ != rpmtag.TypeBin || mark.count != indexEntrySize {
		return fmt.Errorf("no region mark: first entry is tag %d type %d count %d", mark.tag, mark.typ, mark.count)
	}
	if mark.offset < 0 || int(mark.offset) > len(b.data)-indexEntrySize {
		return fmt.Errorf("region trailer at %d outside of the data", mark.offset)
	}
	end := int(mark.offset) + indexEntrySize
	trailer := decodeEntry(b.data[mark.offset:end])
	// Some ancient signature headers have the tag of a whole header image here.
	const headerImage = 61
	tagOK := trailer.tag == l.region || l.region == rpmtag.HeaderSignatures && trailer.tag == headerImage
	n := -int64(trailer.offset)
	if !tagOK || trailer.typ != rpmtag.TypeBin || trailer.count != indexEntrySize || n%indexEntrySize != 0 {
		return errors.New("bad region trailer")
	}
	if n /= indexEntrySize; n < 1 || n > int64(b.count()) {
		return fmt.Errorf("region of %d entries in a header of %d", n, b.count())
	}
	b.regionIndex, b.regionData = int(n), end
	return nil
}

// entries decodes all index entries but the region mark, in stored order.
func (b *blob) entries(l *layout) ([]entry, error) {
	list := make([]entry, 0, b.count()-1)
	end := 0
	for i := 1; i < b.count(); i++ {
		limit := b.regionData - indexEntrySize // the trailer
		if i >= b.regionIndex {
			limit = len(b.data)
			end = max(end, b.regionData)
		}
		ie := decodeEntry(b.index[i*indexEntrySize:])
		e, err := b.entry(l, ie, end, limit)
		if err != nil {
			return nil, fmt.Errorf("tag %d (entry %d): %w", ie.tag, i, err)
		}
		end = int(ie.offset) + len(e.data)
		list = append(list, e)
	}
	return list, nil
}

// entry checks one index entry whose values must lie in data[start:limit].
func (b *blob) entry(l *layout, ie indexEntry, start, limit int) (entry, error) {
	switch {
	case ie.tag.IsRegion():
		return entry{}, errors.New("region tag inside of the header")
	case !ie.typ.Valid():
		return entry{}, fmt.Errorf("unknown type %d", ie.typ)
	case ie.count == 0 || ie.typ != rpmtag.TypeBin && ie.count > maxCount:
		return entry{}, fmt.Errorf("count %d", ie.count)
	case ie.typ == rpmtag.TypeString && ie.count != 1:
		return entry{}, fmt.Errorf("%d values where the type allows one", ie.count)
	case int(ie.offset) < start || int(ie.offset) > limit:
		return entry{}, fmt.Errorf("data at %d, not in %d to %d", ie.offset, start, limit)
	}
	if k, known := l.kind(ie.tag); known && k != ie.typ && !(k.IsString() && ie.typ.IsString()) {
		return entry{}, fmt.Errorf("type %d instead of %d", ie.typ, k)
	}
	n, err := valueSize(ie, b.data[ie.offset:limit])
	if err != nil {
		return entry{}, err
	}
	return entry{ie.tag, ie.typ, int(ie.count), b.data[ie.offset : int(ie.offset)+n : int(ie.offset)+n]}, nil
}

// valueSize returns how many bytes of data the values of an entry take.
func valueSize(ie indexEntry, data []byte) (int, error) {
	if size := ie.typ.Size(); size > 0 {
		if int(ie.offset)%size != 0 {
			return 0, fmt.Errorf("data at %d not aligned to %d", ie.offset, size)
		}
		if n := uint64(ie.count) * uint64(size); n <= uint64(len(data)) {
			return int(n), nil
		}
		return 0, errors.New("data ends too early")
	}
	n := 0
	for range ie.count {
		i := bytes.IndexByte(data[n:], 0)
		if i < 0 {
			return 0, errors.New("string is not terminated")
		}
		n += i + 1
	}
	return n, nil
}

func sortUnique(list []entry) error {
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(a.tag, b.tag) })
	for i := 1; i < len(list); i++ {
		if list[i].tag == list[i-1].tag {
			return fmt.Errorf("tag %d occurs twice", list[i].tag)
		}
	}
	return nil
}

// overlay merges two sorted lists; entries added later replace those of the same
// tag, and added base names the old style file list.
func overlay(region, added []entry) []entry {
	list := make([]entry, 0, len(region)+len(added))
	hidesOld := slices.ContainsFunc(added, func(e entry) bool { return e.tag == rpmtag.Basenames })
	for _, e := range region {
		if hidesOld && e.tag == rpmtag.OldFilenames {
			continue
		}
		for len(added) > 0 && added[0].tag < e.tag {
			list, added = append(list, added[0]), added[1:]
		}
		if len(added) > 0 && added[0].tag == e.tag {
			continue
		}
		list = append(list, e)
	}
	return append(list, added...)
}

// regionBytes rebuilds what the package file had: magic, counts, and the region.
func (b *blob) regionBytes() []byte {
	raw := make([]byte, 0, headerPreamble+b.regionIndex*indexEntrySize+b.regionData)
	raw = append(raw, headerMagic...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(b.regionIndex))
	raw = binary.BigEndian.AppendUint32(raw, uint32(b.regionData))
	raw = append(raw, b.index[:b.regionIndex*indexEntrySize]...)
	return append(raw, b.data[:b.regionData]...)
}
