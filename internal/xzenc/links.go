package xzenc

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

const (
	// A link is a length and a position.
	linkBits = 24
	linkMask = 1<<linkBits - 1
	// maxWindow is how much data has links to within itself.
	maxWindow = 1 << linkBits
	// gathered is how many positions are sorted at a time, groupSize how many of
	// those that begin with the same two bytes.
	gathered  = 1 << 21
	groupSize = 1 << 19
	// fewPlaces is up to how many strings are compared with each other: less work
	// than to divide them further.
	fewPlaces = 24
	// runLength is from which length on the strings inside of a run of equal bytes
	// are left out.
	runLength = 32
)

// place is a position with bytes of the string there that groups are divided by.
type place struct{ pos, key uint32 }

// links finds, for every position of a window of data, the earlier position whose
// string has most in common with the one there, and of several the nearest.
//
// All strings are divided into groups that begin alike, in the order of their
// positions, and each group by the byte that follows, and so on. A string that is
// the first of its new group has its longest match in the old one, and the nearest
// such string just before it. The work on a group stays in the cache of the
// processor, where a tree of all strings is read all over the memory.
type links struct {
	data     []byte // up to the end of the window
	from, to int    // the window
	nice     int    // the length from which on strings are equal
	found    table[uint32]
	order    table[uint32] // positions, by the first two bytes
	groups   [2]table[place]
	first    []uint32 // how many strings begin with two bytes, then where they go
}

// link is the longest match at a position of the window, cut off at the nice
// length, at the end of the window, or inside of a run at runLength.
func (l *links) link(pos int) (length, from int) {
	v := l.found.s[pos-l.from]
	return min(int(v>>linkBits), l.to-pos), l.from + int(v&linkMask)
}

// allocate makes room for a window of n bytes, at most maxWindow.
func (l *links) allocate(n int) error {
	if l.first == nil {
		l.first = make([]uint32, 1<<16)
	}
	group := min(n, groupSize)
	return errors.Join(l.found.allocate(n), l.order.allocate(min(n, gathered)),
		l.groups[0].allocate(group), l.groups[1].allocate(group))
}

func (l *links) free() error {
	return errors.Join(l.found.free(), l.order.free(), l.groups[0].free(), l.groups[1].free())
}

// start makes the links of the window that begins at from.
func (l *links) start(data []byte, from, nice int) {
	l.from, l.to, l.nice = from, min(len(data), from+len(l.found.s)), nice
	l.data = data[:l.to]
	clear(l.found.s)
	l.count()
	for begin := 0; begin < len(l.first); {
		begin = l.gather(begin)
	}
}

// count counts the strings by their first two bytes, and links those inside of
// runs.
func (l *links) count() {
	clear(l.first)
	d := l.data[l.from:]
	for i := 0; i+1 < len(d); i++ {
		if i > 0 && d[i] == d[i-1] && inRun(d[i-1:]) {
			l.found.s[i] = uint32(min(l.nice, runLength))<<linkBits | uint32(i-1)
			continue
		}
		l.first[uint(d[i])<<8|uint(d[i+1])]++
	}
}

// inRun reports whether d begins with more than runLength equal bytes.
func inRun(d []byte) bool {
	if len(d) <= runLength {
		return false
	}
	for i := 0; i < runLength; i += 8 {
		if binary.LittleEndian.Uint64(d[i:]) != binary.LittleEndian.Uint64(d[i+1:]) {
			return false
		}
	}
	return true
}

// gather links the strings that begin with begin, and with as many of the pairs
// of bytes that follow as there is room for. It returns the next pair.
func (l *links) gather(begin int) int {
	sum, end := 0, begin
	room := len(l.order.s)
	for end < len(l.first) && (end == begin || sum+int(l.first[end]) <= room) {
		n := int(l.first[end])
		l.first[end] = uint32(sum)
		sum += n
		end++
	}
	if sum > room {
		l.gatherMany(begin)
		return end
	}
	d, order, first := l.data[l.from:], l.order.s, l.first[begin:end]
	for i := 0; i+1 < len(d); i++ {
		b := int(d[i])<<8 | int(d[i+1]) - begin
		if uint(b) < uint(len(first)) && l.found.s[i] == 0 {
			order[first[b]] = uint32(i)
			first[b]++
		}
	}
	at := uint32(0)
	for _, to := range first {
		if to-at > 1 {
			l.bucket(order[at:to])
		}
		at = to
	}
	return end
}

// gatherMany links the strings that begin with one pair of bytes, which are too
// many to be in order at the same time.
func (l *links) gatherMany(pair int) {
	d, order := l.data[l.from:], l.order.s
	n := 0
	for i := 0; i+1 < len(d); i++ {
		if int(d[i])<<8|int(d[i+1]) != pair || l.found.s[i] != 0 {
			continue
		}
		if n == len(order) {
			l.bucket(order)
			n = 0
		}
		order[n] = uint32(i)
		n++
	}
	l.bucket(order[:n])
}

// bucket links strings that have two bytes in common.
func (l *links) bucket(order []uint32) {
	for len(order) > 0 {
		n := min(len(order), len(l.groups[0].s))
		a, b := l.groups[0].s[:n], l.groups[1].s[:n]
		for i, pos := range order[:n] {
			a[i].pos = pos
		}
		l.group(a, b, 2)
		order = order[n:]
	}
}

// group links strings that have depth bytes in common. It may use spare.
func (l *links) group(a, spare []place, depth int) {
	for {
		switch {
		case depth >= l.nice:
			l.chain(a)
			return
		case len(a) <= fewPlaces:
			l.compare(a, depth)
			return
		}
		shift := 24 - 8*((depth-2)&3)
		if shift == 24 {
			l.load(a, depth)
		}
		var next [257]uint32
		for i := range a {
			next[1+a[i].key>>shift&0xff]++
		}
		if int(next[1+a[0].key>>shift&0xff]) == len(a) {
			depth++
			continue
		}
		for i := 1; i < len(next); i++ {
			next[i] += next[i-1]
		}
		start := next
		l.divide(a, spare, next[:256], start[:256], shift, depth)
		for i := range 256 {
			if from, to := start[i], start[i+1]; to-from > 1 {
				l.group(spare[from:to], a[from:to], depth+1)
			}
		}
		return
	}
}

// divide puts the places into the groups of their next byte. The first of each
// has its longest match in a.
func (l *links) divide(a, to []place, next, start []uint32, shift, depth int) {
	length := uint32(depth) << linkBits
	next, start = next[:256], start[:256]
	before := a[0].pos
	for i := range a {
		p := a[i]
		c := p.key >> shift & 0xff
		at := next[c]
		if at == start[c] && i > 0 {
			l.found.s[p.pos] = length | before
		}
		to[at] = p
		next[c] = at + 1
		before = p.pos
	}
}

// load gets the next four bytes of each string.
func (l *links) load(a []place, depth int) {
	d := l.data[l.from:]
	for i := range a {
		at := int(a[i].pos) + depth
		if at+4 <= len(d) {
			a[i].key = binary.BigEndian.Uint32(d[at:])
		} else {
			a[i].key = binary.BigEndian.Uint32(padded(d, at))
		}
	}
}

// padded is the end of d with zeros after it.
func padded(d []byte, at int) []byte {
	var b [8]byte
	copy(b[:], d[min(at, len(d)):])
	return b[:]
}

// chain links strings that have as much in common as matters.
func (l *links) chain(a []place) {
	length := uint32(l.nice) << linkBits
	for i := 1; i < len(a); i++ {
		l.found.s[a[i].pos] = length | a[i-1].pos
	}
}

// compare links a few strings by comparing each with all before it.
func (l *links) compare(a []place, depth int) {
	d := l.data[l.from:]
	var keys [fewPlaces]uint64
	for i := range a {
		at := int(a[i].pos) + depth
		if at+8 <= len(d) {
			keys[i] = binary.LittleEndian.Uint64(d[at:])
		} else {
			keys[i] = binary.LittleEndian.Uint64(padded(d, at))
		}
	}
	limit := l.nice - depth
	for i := 1; i < len(a); i++ {
		key, best, from := keys[i], -1, 0
		for j := i - 1; j >= 0 && best < limit; j-- {
			n := bits.TrailingZeros64(key^keys[j]) >> 3
			if n == 8 {
				n = l.common(a[i].pos, a[j].pos, depth)
			}
			if n = min(n, limit); n > best {
				best, from = n, j
			}
		}
		l.found.s[a[i].pos] = uint32(depth+best)<<linkBits | a[from].pos
	}
}

// common is how much the strings have in common after depth.
func (l *links) common(p, earlier uint32, depth int) int {
	d := l.data[l.from:]
	at := int(p) + depth
	limit := min(len(d)-at, l.nice-depth)
	if limit <= 0 {
		return 0
	}
	return common(d[int(earlier)+depth:], d[at:], limit)
}
