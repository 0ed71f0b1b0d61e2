package ostree

import (
	"encoding/binary"
	"errors"
)

// This file has the part of GVariant that file headers, dirmeta and dirtree
// objects need: containers of variable-size members whose alignment is 1. The
// codecs above it exist besides package gvariant because trees have tens of
// thousands of such values; they decode into structs without one allocation per
// member, and enforce normal form by encoding again and comparing.

var errFraming = errors.New("framing offset out of bounds")

// offsetWidth is the size of one framing offset in a container of size bytes.
func offsetWidth(size int) int {
	switch {
	case size == 0:
		return 0
	case size <= 0xff:
		return 1
	case size <= 0xffff:
		return 2
	case uint64(size) <= 0xffffffff:
		return 4
	}
	return 8
}

// readOffset reads the little-endian offset of width bytes that starts at pos.
// A value too large for an int comes back as -1, which no bounds check accepts.
func readOffset(data []byte, pos, width int) int {
	var v uint64
	for i := width - 1; i >= 0; i-- {
		v = v<<8 | uint64(data[pos+i])
	}
	if v > uint64(len(data)) {
		return -1
	}
	return int(v)
}

// appendOffsets completes the container that starts at buf[start:] with the
// given framing offsets.
func appendOffsets(buf []byte, start int, offsets []int) []byte {
	body := len(buf) - start
	width := 1
	for width < 8 && uint64(body+len(offsets)*width) > 1<<(8*width)-1 {
		width *= 2
	}
	for _, o := range offsets {
		var le [8]byte
		binary.LittleEndian.PutUint64(le[:], uint64(o))
		buf = append(buf, le[:width]...)
	}
	return buf
}

// splitArray calls yield for each element of an array of variable-size
// elements. It trusts no offset.
func splitArray(data []byte, yield func(elem []byte) error) error {
	if len(data) == 0 {
		return nil
	}
	width := offsetWidth(len(data))
	if len(data) < width {
		return errFraming
	}
	body := readOffset(data, len(data)-width, width)
	if body < 0 || body > len(data)-width || (len(data)-body)%width != 0 {
		return errFraming
	}
	start := 0
	for pos := body; pos < len(data); pos += width {
		end := readOffset(data, pos, width)
		if end < start || end > body {
			return errFraming
		}
		if err := yield(data[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// countArray bounds the number of elements of an array before they are read.
func countArray(data []byte) int {
	width := offsetWidth(len(data))
	if width == 0 || len(data) < width {
		return 0
	}
	body := readOffset(data, len(data)-width, width)
	if body < 0 || body > len(data)-width {
		return 0
	}
	return (len(data) - body) / width
}

// splitTuple splits a tuple into members, all but the last of which have a
// framing offset at the end, in reverse order.
func splitTuple(data []byte, members [][]byte) error {
	width := offsetWidth(len(data))
	table := (len(members) - 1) * width
	if width == 0 || len(data) < table {
		return errFraming
	}
	body := len(data) - table
	start := 0
	for i := range members {
		end := body
		if i < len(members)-1 {
			end = readOffset(data, len(data)-(i+1)*width, width)
		}
		if end < start || end > body {
			return errFraming
		}
		members[i] = data[start:end]
		start = end
	}
	return nil
}
