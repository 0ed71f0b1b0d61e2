package ostree

import (
	"math/bits"
	"sync"
)

// huffman maps the next bits of input to symbols. An entry is, from the lowest bit: the number of bits of the code (4),
// the number of extra bits (4), flags, and in the upper half the literal byte, or the length or distance to which the extra
// bits are added. The bits behind tableBits of longer codes are looked up in sub, at the entry's value.
type huffman struct {
	table [1 << tableBits]uint32
	sub   []uint32
}

const (
	tableBits  = 10
	tableMask  = 1<<tableBits - 1
	maxCodeLen = 15
	subMask    = 1<<(maxCodeLen-tableBits) - 1

	isLiteral = 1 << 8
	isSpecial = 1 << 9  // one of the following, or no code
	isTable   = 1 << 10 // the rest of the code is in sub
	isEnd     = 1 << 11 // of the block

	maxLit  = 288
	maxDist = 32
)

// Lengths are 3 to 258, distances 1 to 32768 (RFC 1951, 3.2.5).
var (
	lengthBase  = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	codeOrder   = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// litEntry is the entry of a symbol of the first alphabet, without the length of the code.
func litEntry(sym int) uint32 {
	switch {
	case sym < 256:
		return uint32(sym)<<16 | isLiteral
	case sym == 256:
		return isSpecial | isEnd
	case sym < 257+len(lengthBase):
		return uint32(lengthBase[sym-257])<<16 | uint32(lengthExtra[sym-257])<<4
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
		return uint32(1+(2+sym&1)<<extra)<<16 | uint32(extra)<<4
	}
	return isSpecial
}

// plainEntry is the entry of a symbol that stands for itself.
func plainEntry(sym int) uint32 { return uint32(sym) << 16 }

// build makes the table of the canonical code with these lengths; it reports false if there is none. As zlib does it
// takes no code at all, and a single code of one bit, though they do not use all bits.
func (h *huffman) build(lens []uint8, entry func(int) uint32) bool {
	var count, next [maxCodeLen + 2]int
	longest := 0
	for _, n := range lens {
		count[n]++
		longest = max(longest, int(n))
	}
	count[0] = 0
	code, used := 0, 0
	for n := 1; n <= maxCodeLen; n++ {
		code = (code + count[n-1]) << 1
		next[n] = code
		used += count[n] << (maxCodeLen - n)
	}
	if used > 1<<maxCodeLen || used < 1<<maxCodeLen && longest > 1 {
		return false
	}
	if used < 1<<maxCodeLen {
		for i := range h.table {
			h.table[i] = isSpecial
		}
	}
	if h.sub = h.sub[:0]; longest > tableBits {
		clear(h.table[:]) // so that it shows which prefixes have a table
	}
	for sym, n := range lens {
		if n > 0 {
			h.add(bits.Reverse16(uint16(next[n]))>>(16-n), uint(n), entry(sym))
			next[n]++
		}
	}
	return true
}

// add enters a code of n bits, the first one lowest.
func (h *huffman) add(code uint16, n uint, e uint32) {
	if n <= tableBits {
		e |= uint32(n)
		for i := int(code); i < len(h.table); i += 1 << n {
			h.table[i] = e
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
	for i := int(code >> tableBits); i <= subMask; i += 1 << n {
		sub[i] = e | uint32(n)
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
	c.lit.build(lit[:], litEntry)
	c.dist.build(dist[:], distEntry)
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
	u.lit, u.dist = &u.own.lit, &u.own.dist
	if !u.lit.build(lens[:], plainEntry) {
		return errDeflate
	}
	all := u.lens[:nlit+ndist]
	if err := u.readLengths(all); err != nil {
		return err
	}
	if all[256] == 0 || !u.lit.build(all[:nlit], litEntry) || !u.dist.build(all[nlit:], distEntry) {
		return errDeflate
	}
	return nil
}

// readLengths reads lengths that are compressed themselves, with the code in u.lit.
func (u *unpacker) readLengths(lens []uint8) error {
	for i := 0; i < len(lens); {
		e, err := u.symbol(u.lit)
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
