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

const (
	// niceLen is the length from which on a match is taken without looking
	// further.
	niceLen = 128
	// maxDepth bounds the steps down a tree.
	maxDepth = 56
	hash2Len = 1 << 16
	hash3Len = 1 << 18
)

// finder finds matches with hash tables of the last strings of two and three
// bytes, and a binary tree for each hash of four: a new string becomes the root,
// and the old tree is split into what is smaller and what is larger.
type finder struct {
	data    []byte
	pos     int
	dict    int
	cycle   int // positions that the trees hold
	shift   int
	hash2   []int32 // position + 1
	hash3   []int32
	hash4   []int32
	sons    []int32
	matches []match
}

func (f *finder) start(data []byte, dict int) {
	f.data, f.pos, f.dict = data, 0, dict
	f.cycle = min(dict, max(len(data), 1))
	n := min(max(bits.Len(uint(f.cycle)), 10), 22)
	f.shift = 32 - n
	f.hash2, f.hash3 = cleared(f.hash2, hash2Len), cleared(f.hash3, hash3Len)
	f.hash4 = cleared(f.hash4, 1<<n)
	if cap(f.sons) < 2*f.cycle {
		f.sons = make([]int32, 2*f.cycle)
	}
	f.sons = f.sons[:2*f.cycle] // what is read has been written before
}

func cleared(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// next returns the matches at the current position, longer ones having larger
// distances, and moves on. The result is valid until the next call.
func (f *finder) next() []match {
	f.matches = f.matches[:0]
	left := len(f.data) - f.pos
	if left < 4 {
		f.pos++
		return nil
	}
	d := f.data[f.pos:]
	v := binary.LittleEndian.Uint32(d)
	h2, h3 := hash2(v), hash3(v)
	cur := int32(f.pos) + 1
	best := 1
	p2, p3 := int(f.hash2[h2])-1, int(f.hash3[h3])-1
	f.hash2[h2], f.hash3[h3] = cur, cur
	limit := min(left, niceLen)
	for _, p := range [2]int{p2, p3} {
		if p < 0 || f.pos-p > f.dict {
			continue
		}
		if n := common(f.data[p:], d, limit); n > best {
			best = n
			f.matches = append(f.matches, match{n, f.pos - p})
		}
	}
	f.tree(v, limit, best)
	f.pos++
	return f.extended(left)
}

// extended makes the longest match as long as it can be.
func (f *finder) extended(left int) []match {
	if n := len(f.matches); n > 0 {
		m := &f.matches[n-1]
		if m.length >= niceLen {
			pos := f.pos - 1
			m.length = common(f.data[pos-m.dist:], f.data[pos:], min(left, maxMatch))
		}
	}
	return f.matches
}

// tree inserts the current position and reports matches longer than best.
func (f *finder) tree(v uint32, limit, best int) {
	d := f.data[f.pos:]
	h := v * 0x9e3779b1 >> f.shift
	node := int(f.hash4[h]) - 1
	f.hash4[h] = int32(f.pos) + 1
	at := f.pos % f.cycle * 2
	// The places where the next smaller and the next larger string go.
	smaller, larger := at, at+1
	smallLen, largeLen := 0, 0
	for depth := maxDepth; ; depth-- {
		if node < 0 || depth == 0 || f.pos-node >= f.cycle {
			f.sons[smaller], f.sons[larger] = 0, 0
			return
		}
		pair := node % f.cycle * 2
		n := min(smallLen, largeLen)
		old := f.data[node:]
		n += common(old[n:], d[n:], limit-n)
		if n > best {
			best = n
			f.matches = append(f.matches, match{n, f.pos - node})
		}
		if n == limit {
			f.sons[smaller], f.sons[larger] = f.sons[pair], f.sons[pair+1]
			return
		}
		if old[n] < d[n] {
			f.sons[smaller] = int32(node) + 1
			smaller = pair + 1
			node, smallLen = int(f.sons[pair+1])-1, n
		} else {
			f.sons[larger] = int32(node) + 1
			larger = pair
			node, largeLen = int(f.sons[pair])-1, n
		}
	}
}

// skip moves over n positions as next does, but for the search of matches that
// nobody asks for.
func (f *finder) skip(n int) {
	for range n {
		if left := len(f.data) - f.pos; left >= 4 {
			f.insert(left)
		}
		f.pos++
	}
}

func (f *finder) insert(left int) {
	v := binary.LittleEndian.Uint32(f.data[f.pos:])
	cur := int32(f.pos) + 1
	f.hash2[hash2(v)], f.hash3[hash3(v)] = cur, cur
	limit := min(left, niceLen)
	f.tree(v, limit, limit)
}

func hash2(v uint32) uint32 { return v & 0xffff }

func hash3(v uint32) uint32 { return v << 8 * 0x9e3779b1 >> (32 - 18) }

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
