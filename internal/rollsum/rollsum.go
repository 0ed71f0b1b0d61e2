// Package rollsum finds what two versions of a file have in common by cutting
// both into chunks where their content says so: an insertion moves the cuts with
// the bytes around them.
//
// [Match] is the function to use; [Split] is the cutting alone.
//
// The rolling checksum is that of bup (and rsync): two sums over a window of 64
// bytes; a chunk ends where the low 13 bits of the second sum are all ones, so
// that chunks have 8 KiB on average.
package rollsum

import (
	"bytes"
	"hash/crc32"
)

const (
	windowSize = 64
	splitBits  = 13
	charOffset = 31
	// MaxChunk is the largest chunk: content without natural cuts, such as
	// zeros, is cut after so many bytes.
	MaxChunk = 32 << 10
)

// Split returns the length of the first chunk of data.
func Split(data []byte) int {
	const mask = 1<<splitBits - 1
	s1, s2 := uint32(windowSize*charOffset), uint32(windowSize*(windowSize-1)*charOffset)
	for i, b := range data[:min(len(data), MaxChunk)] {
		var drop uint32
		if i >= windowSize {
			drop = uint32(data[i-windowSize])
		}
		s1 += uint32(b) - drop
		s2 += s1 - windowSize*(drop+charOffset)
		if s2&mask == mask {
			return i + 1
		}
	}
	return min(len(data), MaxChunk)
}

// Segment is a piece of the new file: Length bytes that are in the old file at
// Old, or new if Old is -1.
type Segment struct {
	Old    int
	Length int
}

// Match describes next in terms of old. The segments follow each other, and
// matched is how many bytes of next are found in old.
func Match(old, next []byte) (segments []Segment, matched int) {
	chunks := map[uint32][]Segment{} // by checksum
	for pos := 0; pos < len(old); {
		n := Split(old[pos:])
		sum := crc32.ChecksumIEEE(old[pos : pos+n])
		if len(chunks[sum]) < maxEqual {
			chunks[sum] = append(chunks[sum], Segment{pos, n})
		}
		pos += n
	}
	for pos := 0; pos < len(next); {
		n := Split(next[pos:])
		at := find(chunks, old, next[pos:pos+n])
		segments = add(segments, Segment{at, n})
		if at >= 0 {
			matched += n
		}
		pos += n
	}
	return segments, matched
}

// maxEqual bounds how many chunks with one checksum are compared.
const maxEqual = 8

func find(chunks map[uint32][]Segment, old, chunk []byte) int {
	for _, c := range chunks[crc32.ChecksumIEEE(chunk)] {
		if bytes.Equal(old[c.Old:c.Old+c.Length], chunk) {
			return c.Old
		}
	}
	return -1
}

// add appends a segment, or extends the last one.
func add(segments []Segment, s Segment) []Segment {
	if n := len(segments); n > 0 {
		last := &segments[n-1]
		fresh := last.Old < 0 && s.Old < 0
		if fresh || last.Old >= 0 && last.Old+last.Length == s.Old {
			last.Length += s.Length
			return segments
		}
	}
	return append(segments, s)
}
