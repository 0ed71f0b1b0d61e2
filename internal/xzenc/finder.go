package xzenc

import (
	"encoding/binary"
	"math/bits"
)

// match is an earlier occurrence of the bytes at the current position.
type match struct {
	length int
	dist   int // at least 1
}

// The hash tables are small, so that they stay in the cache of the processor.
const (
	hashBits   = 14
	hashLen    = 1 << hashBits
	hashFactor = 0x9e3779b1
)

// finder finds matches: the longest, which links know, and nearer ones, with hash
// tables of the last strings of two, three and four bytes.
type finder struct {
	data    []byte
	pos     int
	dict    int
	links   links
	last    [3][hashLen]uint16 // the low bits of positions
	matches []match

	// niceLen is the length from which on a match is taken without looking
	// further.
	niceLen int
}

func (f *finder) start(data []byte, dict int) error {
	f.data, f.pos, f.dict = data, 0, dict
	f.last = [3][hashLen]uint16{}
	if err := f.links.allocate(min(dict, maxWindow, len(data))); err != nil {
		return err
	}
	f.links.start(data, 0, f.niceLen)
	return nil
}

// next returns the matches at the current position, shorter ones first, and moves
// on. The result is valid until the next call.
func (f *finder) next() []match {
	f.matches = f.matches[:0]
	pos := f.pos
	f.pos++
	left := len(f.data) - pos
	if left < 4 {
		return nil
	}
	if pos >= f.links.to {
		f.links.start(f.data, pos, f.niceLen)
	}
	d := f.data[pos:]
	limit := min(left, f.niceLen)
	best := 1
	for _, p := range f.near(pos) {
		if p < 0 || p == pos || pos-p > f.dict {
			continue
		}
		if n := common(f.data[p:], d, limit); n > best {
			best = n
			f.matches = append(f.matches, match{n, pos - p})
		}
	}
	if n, from := f.links.link(pos); n > best {
		best = n
		f.matches = append(f.matches, match{best, pos - from})
	}
	if best >= min(f.niceLen, runLength) { // what has been found may be longer
		m := &f.matches[len(f.matches)-1]
		m.length = common(f.data[pos-m.dist:], d, min(left, maxMatch))
	}
	return f.matches
}

// near returns positions of strings before pos that may begin like the one there,
// the last ones within 64 KiB, or pos, and puts pos in their place.
func (f *finder) near(pos int) [3]int {
	v := binary.LittleEndian.Uint32(f.data[pos:])
	cur := uint16(pos)
	var out [3]int
	for i := range f.last {
		// Two bytes, then three, then all four.
		last := &f.last[i][v<<(16-8*i)*hashFactor>>(32-hashBits)]
		out[i] = pos - int(cur-*last)
		*last = cur
	}
	return out
}

// Of a match from thinFrom on, keepEnds positions at each end are put into the hash
// tables.
const (
	keepEnds = 16
	thinFrom = 192
)

// skip moves over n positions as next does, but for the search of matches that
// nobody asks for.
func (f *finder) skip(n int) {
	for i := range n {
		if (i < keepEnds || i >= n-keepEnds || n <= thinFrom) && len(f.data)-f.pos >= 4 {
			f.near(f.pos)
		}
		f.pos++
	}
}

// common is the length of the common start of a and b, at most limit.
func common(a, b []byte, limit int) int {
	i := 0
	for ; i+8 <= limit; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < limit && a[i] == b[i] {
		i++
	}
	return i
}
