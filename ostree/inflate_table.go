package ostree

import (
	"math/bits"
	"sync"
)

// huffman maps the next bits of input to symbols. An entry is, from the lowest bit: the number of bits of the code with its
// extra bits (6), the number of literals (2), the number of bits of the code (4), flags, and in the upper half up to two
// literal bytes, or the length or distance to which the extra bits are added. A length that is short enough has an entry
// for each value of its extra bits, which then count as bits of the code. The bits behind tableBits of longer codes are
// looked up in sub, at the entry's value.
type huffman struct {
	table [1 << tableBits]uint32
	sub   []uint32

	order [maxLit]uint16 // symbols by code
	short []coded        // literals
	long  []coded        // lengths with extra bits
}

// coded is a code in table, and its entry.
type coded struct {
	code  uint16
	entry uint32
}

const (
	tableBits  = 11
	tableMask  = 1<<tableBits - 1
	maxCodeLen = 15
	subMask    = 1<<(maxCodeLen-tableBits) - 1

	oneLiteral = 1 << countShift
	isLiteral  = countMask << countShift
	isEnd      = 1 << 12 // of the block
	isTable    = 1 << 13 // the rest of the code is in sub
	isLong     = 1 << 14 // a length whose extra bits are not in the entry
	isSpecial  = 1 << 15 // the end, a table, a long length, or no code

	bitsMask   = 63 // all bits
	codeShift  = 8
	codeMask   = 15
	countShift = 6 // number of literals
	countMask  = 3

	maxLit  = 288
	maxDist = 32
)

// Lengths are 3 to 258, distances 1 to 32768 (RFC 1951, 3.2.5).
var (
	lengthBase  = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	codeOrder   = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// litEntry is the entry of a symbol of the first alphabet, with the extra bits only.
func litEntry(sym int) uint32 {
	switch {
	case sym < 256:
		return uint32(sym)<<16 | oneLiteral
	case sym == 256:
		return isSpecial | isEnd
	case sym < 257+len(lengthBase):
		e := uint32(lengthBase[sym-257]) << 16
		if x := uint32(lengthExtra[sym-257]); x > 0 {
			e |= x | isLong | isSpecial
		}
		return e
	}
	return isSpecial
}

// distEntry is the entry of a distance: 1, 2, 3, 4, and then two symbols for each number of extra bits.
func distEntry(sym int) uint32 {
	switch {
	case sym < 4:
		return uint32(sym+1) << 16
	case sym < 30:
		extra := sym/2 - 1
		return uint32(1+(2+sym&1)<<extra)<<16 | uint32(extra)
	}
	return isSpecial
}

// plainEntry is the entry of a symbol that stands for itself.
func plainEntry(sym int) uint32 { return uint32(sym) << 16 }

// build makes the table of the canonical code with these lengths; it reports false if there is none. As zlib does it
// takes no code at all, and a single code of one bit, though they do not use all bits.
//
// The table grows with the length of codes: what is known of the first n bits is doubled, then the codes of n+1 bits
// take their places, also those of two literals together if pairs is set.
func (h *huffman) build(lens []uint8, entry func(int) uint32, pairs bool) bool {
	var count [maxCodeLen + 1]int
	for _, n := range lens {
		count[n]++
	}
	longest, used := 0, 0
	for n := 1; n <= maxCodeLen; n++ {
		if count[n] > 0 {
			longest = n
		}
		used += count[n] << (maxCodeLen - n)
	}
	if used > 1<<maxCodeLen || used < 1<<maxCodeLen && longest > 1 {
		return false
	}
	h.sort(lens, &count)
	h.table[0] = 0 // shows, for long codes, which prefixes have a table
	if used < 1<<maxCodeLen {
		h.table[0] = isSpecial
	}
	h.sub, h.short, h.long = h.sub[:0], h.short[:0], h.long[:0]
	code, done := 0, 0
	var literals [maxCodeLen + 2]int // h.short[literals[n]:literals[n+1]] have n bits
	for n := 1; n <= maxCodeLen; n++ {
		if n <= tableBits {
			copy(h.table[1<<(n-1):1<<n], h.table[:1<<(n-1)])
		}
		for _, sym := range h.order[done : done+count[n]] {
			h.add(bits.Reverse16(uint16(code))>>(16-n), uint(n), entry(int(sym)))
			code++
		}
		done += count[n]
		code <<= 1
		literals[n+1] = len(h.short)
		if !pairs || n > tableBits {
			continue
		}
		for first := 1; first < n; first++ {
			h.pair(h.short[literals[first]:literals[first+1]], h.short[literals[n-first]:literals[n-first+1]])
		}
	}
	for _, l := range h.long {
		h.expand(l)
	}
	return true
}

// sort puts symbols in the order of their codes.
func (h *huffman) sort(lens []uint8, count *[maxCodeLen + 1]int) {
	var next [maxCodeLen + 1]int
	for n := 1; n < maxCodeLen; n++ {
		next[n+1] = next[n] + count[n]
	}
	for sym, n := range lens {
		if n > 0 {
			h.order[next[n]] = uint16(sym)
			next[n]++
		}
	}
}

// add enters a code of n bits, the first one lowest, in a table of n bits.
func (h *huffman) add(code uint16, n uint, e uint32) {
	if n <= tableBits {
		e += uint32(n) | uint32(n)<<codeShift
		h.table[code] = e
		switch {
		case e&isLiteral != 0:
			h.short = append(h.short, coded{code, e})
		case e&isLong != 0 && e&bitsMask <= tableBits:
			h.long = append(h.long, coded{code, e})
		}
		return
	}
	n -= tableBits
	p := &h.table[code&tableMask]
	if *p == 0 {
		*p = isSpecial | isTable | uint32(len(h.sub))<<16 | tableBits
		h.sub = append(h.sub, make([]uint32, subMask+1)...)
	}
	sub := h.sub[*p>>16:]
	e += uint32(n) | uint32(n)<<codeShift
	for i := int(code >> tableBits); i <= subMask; i += 1 << n {
		sub[i] = e
	}
}

// expand enters the lengths that a code and its extra bits stand for.
func (h *huffman) expand(l coded) {
	n, all := l.entry>>codeShift&codeMask, l.entry&bitsMask
	e := l.entry&^(isLong|isSpecial|codeMask<<codeShift) | all<<codeShift
	for i := int(l.code); i < len(h.table); i += 1 << n {
		h.table[i] = e + uint32(i)>>n&(1<<(all-n)-1)<<16
	}
}

// pair enters all pairs of literals whose codes are together as long as the table is wide.
func (h *huffman) pair(first, second []coded) {
	for _, a := range first {
		n := a.entry & bitsMask
		for _, b := range second {
			h.table[a.code|b.code<<n] = a.entry + b.entry&bitsMask + oneLiteral | b.entry>>16<<24
		}
	}
}

// codes are those of a block.
type codes struct{ lit, dist huffman }

// fixedCodes are those of RFC 1951, 3.2.6.
var fixedCodes = sync.OnceValue(func() *codes {
	var lit [maxLit]uint8
	for i := range lit {
		switch {
		case i < 144:
			lit[i] = 8
		case i < 256:
			lit[i] = 9
		case i < 280:
			lit[i] = 7
		default:
			lit[i] = 8
		}
	}
	var dist [maxDist]uint8
	for i := range dist {
		dist[i] = 5
	}
	c := new(codes)
	c.lit.build(lit[:], litEntry, true)
	c.dist.build(dist[:], distEntry, false)
	return c
})

// readCodes reads the codes of a block (RFC 1951, 3.2.7).
func (u *unpacker) readCodes() error {
	head, err := u.take(14)
	if err != nil {
		return err
	}
	nlit, ndist, nlen := head&31+257, head>>5&31+1, head>>10+4
	if nlit > 286 || ndist > 30 {
		return errDeflate
	}
	var lens [len(codeOrder)]uint8
	for _, i := range codeOrder[:nlen] {
		n, err := u.take(3)
		if err != nil {
			return err
		}
		lens[i] = uint8(n)
	}
	u.codes = &u.own
	lit, dist := &u.own.lit, &u.own.dist
	if !lit.build(lens[:], plainEntry, false) {
		return errDeflate
	}
	all := u.lens[:nlit+ndist]
	if err := u.readLengths(all); err != nil {
		return err
	}
	if all[256] == 0 || !lit.build(all[:nlit], litEntry, true) || !dist.build(all[nlit:], distEntry, false) {
		return errDeflate
	}
	return nil
}

// readLengths reads lengths that are compressed themselves, with the code in u.lit.
func (u *unpacker) readLengths(lens []uint8) error {
	for i := 0; i < len(lens); {
		e, err := u.symbol(&u.own.lit)
		if err != nil {
			return err
		}
		sym := uint8(e >> 16)
		if sym < 16 {
			lens[i] = sym
			i++
			continue
		}
		var repeat uint8
		extra, base := uint(2), 3
		switch {
		case sym == 17:
			extra = 3
		case sym == 18:
			extra, base = 7, 11
		case i == 0:
			return errDeflate
		default:
			repeat = lens[i-1]
		}
		n, err := u.take(extra)
		if err != nil {
			return err
		}
		if n += base; i+n > len(lens) {
			return errDeflate
		}
		for range n {
			lens[i] = repeat
			i++
		}
	}
	return nil
}
