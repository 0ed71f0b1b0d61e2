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
	hash4   table[int32]
	sons    table[[2]int32] // smaller and larger strings of each position
	at      int             // of pos in the trees
	matches []match

	// niceLen is the length from which on a match is taken without looking
	// further, depth bounds the steps down a tree.
	niceLen, depth int
}

func (f *finder) start(data []byte, dict int) error {
	f.data, f.pos, f.at, f.dict = data, 0, 0, dict
	f.cycle = min(dict, max(len(data), 1))
	n := min(max(bits.Len(uint(f.cycle)), 10), 22)
	f.shift = 32 - n
	if f.hash2 == nil {
		f.hash2, f.hash3 = make([]int32, hash2Len), make([]int32, hash3Len)
	}
	clear(f.hash2)
	clear(f.hash3)
	if err := f.hash4.allocate(1 << n); err != nil {
		return err
	}
	if err := f.sons.allocate(f.cycle); err != nil { // what is read has been written before
		return err
	}
	clear(f.hash4.s)
	return nil
}

// next returns the matches at the current position, longer ones having larger
// distances, and moves on. The result is valid until the next call.
func (f *finder) next() []match {
	f.matches = f.matches[:0]
	left := len(f.data) - f.pos
	if left < 4 {
		f.move()
		return nil
	}
	d := f.data[f.pos:]
	v := binary.LittleEndian.Uint32(d)
	h2, h3 := hash2(v), hash3(v)
	cur := int32(f.pos) + 1
	best := 1
	p2, p3 := int(f.hash2[h2])-1, int(f.hash3[h3])-1
	f.hash2[h2], f.hash3[h3] = cur, cur
	limit := min(left, f.niceLen)
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
	f.move()
	return f.extended(left)
}

func (f *finder) move() {
	f.pos++
	if f.at++; f.at == f.cycle {
		f.at = 0
	}
}

// extended makes the longest match as long as it can be.
func (f *finder) extended(left int) []match {
	if n := len(f.matches); n > 0 {
		m := &f.matches[n-1]
		if m.length >= f.niceLen {
			pos := f.pos - 1
			m.length = common(f.data[pos-m.dist:], f.data[pos:], min(left, maxMatch))
		}
	}
	return f.matches
}

// tree inserts the current position and reports matches longer than best.
func (f *finder) tree(v uint32, limit, best int) {
	pos, data, sons, cycle := f.pos, f.data, f.sons.s, f.cycle
	d := data[pos : pos+limit]
	h := v * 0x9e3779b1 >> f.shift
	node := int(f.hash4.s[h]) - 1
	f.hash4.s[h] = int32(pos) + 1
	// The places where the next smaller and the next larger string go.
	smaller, larger := &sons[f.at][0], &sons[f.at][1]
	smallLen, largeLen := 0, 0
	for depth := f.depth; ; depth-- {
		dist := pos - node
		if node < 0 || depth == 0 || dist >= cycle {
			*smaller, *larger = 0, 0
			return
		}
		i := f.at - dist
		if i < 0 {
			i += cycle
		}
		pair := &sons[i]
		old := data[node : node+limit]
		n := min(smallLen, largeLen)
		if old[n] == d[n] {
			n += 1 + common(old[n+1:], d[n+1:], limit-n-1)
			if n > best {
				best = n
				f.matches = append(f.matches, match{n, dist})
			}
			if n == limit {
				*smaller, *larger = pair[0], pair[1]
				return
			}
		}
		if old[n] < d[n] {
			*smaller = int32(node) + 1
			smaller = &pair[1]
			node, smallLen = int(pair[1])-1, n
		} else {
			*larger = int32(node) + 1
			larger = &pair[0]
			node, largeLen = int(pair[0])-1, n
		}
	}
}

// Of a match from thinFrom on, keepEnds positions at each end can be found later.
// Between them the strings are those of the match, which can be found too.
const (
	keepEnds = 16
	thinFrom = 192
)

// skip moves over n positions as next does, but for the search of matches that
// nobody asks for.
func (f *finder) skip(n int) {
	for i := range n {
		if i >= keepEnds && i < n-keepEnds && n > thinFrom {
			f.move()
			continue
		}
		if left := len(f.data) - f.pos; left >= 4 {
			f.insert(left)
		}
		f.move()
	}
}

func (f *finder) insert(left int) {
	v := binary.LittleEndian.Uint32(f.data[f.pos:])
	cur := int32(f.pos) + 1
	f.hash2[hash2(v)], f.hash3[hash3(v)] = cur, cur
	limit := min(left, f.niceLen)
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
