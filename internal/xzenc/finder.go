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

// The hash tables fit into the cache of a processor.
const (
	hash2Len   = 1 << 16
	hash3Bits  = 16
	hash3Len   = 1 << hash3Bits
	hash4Bits  = 17
	hash4Len   = 1 << hash4Bits
	hashFactor = 0x9e3779b1
)

// finder finds matches: the longest, which links know, and nearer ones, with hash
// tables of the last strings of two, three and four bytes.
type finder struct {
	data                []byte
	pos                 int
	dict                int
	links               links
	hash2, hash3, hash4 []int32 // position + 1
	matches             []match

	// niceLen is the length from which on a match is taken without looking
	// further.
	niceLen int
}

func (f *finder) start(data []byte, dict int) error {
	f.data, f.pos, f.dict = data, 0, dict
	if f.hash2 == nil {
		f.hash2, f.hash3, f.hash4 = make([]int32, hash2Len), make([]int32, hash3Len), make([]int32, hash4Len)
	}
	clear(f.hash2)
	clear(f.hash3)
	clear(f.hash4)
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
		if p < 0 || pos-p > f.dict {
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

// near returns the last positions of strings that begin like the one at pos, and
// puts pos in their place.
func (f *finder) near(pos int) [3]int {
	v := binary.LittleEndian.Uint32(f.data[pos:])
	p2, p3, p4 := &f.hash2[hash2(v)], &f.hash3[hash3(v)], &f.hash4[hash4(v)]
	last := [3]int{int(*p2) - 1, int(*p3) - 1, int(*p4) - 1}
	cur := int32(pos) + 1
	*p2, *p3, *p4 = cur, cur, cur
	return last
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

func hash2(v uint32) uint32 { return v & (hash2Len - 1) }
func hash3(v uint32) uint32 { return v << 8 * hashFactor >> (32 - hash3Bits) }
func hash4(v uint32) uint32 { return v * hashFactor >> (32 - hash4Bits) }

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
