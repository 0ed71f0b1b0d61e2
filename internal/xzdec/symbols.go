package xzdec

// What follows is called for each symbol, with everything that changes all the
// time as values in registers.

// literal reads a byte that does not follow a match.
func (r rangeDecoder) literal(in *input, p *[literalSize]prob) (rangeDecoder, uint32) {
	m, zero := uint32(1), uint32(0)
	for m < 0x100 {
		r = r.fill(in)
		r, zero = r.bit(&p[m])
		m = m<<1 + 1 + zero
	}
	return r, m
}

// matchedLiteral reads a byte after a match. As long as its bits are those of the
// byte that would have continued the match, they have models of their own.
func (r rangeDecoder) matchedLiteral(in *input, p *[literalSize]prob, expected uint32) (rangeDecoder, uint32) {
	offset, m, zero := uint32(0x100), uint32(1), uint32(0)
	for m < 0x100 {
		expected <<= 1
		same := expected & offset
		r = r.fill(in)
		r, zero = r.bit(&p[offset+same+m])
		m = m<<1 + 1 + zero
		offset &= same ^ zero
	}
	return r, m
}

// length reads the length of a match.
func (r rangeDecoder) length(in *input, l *lenModel, posState uint32) (rangeDecoder, uint32) {
	r = r.fill(in)
	r, long := r.flag(&l.choice[0])
	if !long {
		r, m := r.tree8(in, &l.low[posState&(posStates-1)])
		return r, minMatch + m - 8
	}
	r = r.fill(in)
	if r, long = r.flag(&l.choice[1]); !long {
		r, m := r.tree8(in, &l.mid[posState&(posStates-1)])
		return r, minMatch + 8 + m - 8
	}
	m, zero := uint32(1), uint32(0)
	for m < 0x100 {
		r = r.fill(in)
		r, zero = r.bit(&l.high[m])
		m = m<<1 + 1 + zero
	}
	return r, minMatch + 16 + m - 0x100
}

// tree8 reads three bits; the result has a bit above them set.
func (r rangeDecoder) tree8(in *input, p *[8]prob) (rangeDecoder, uint32) {
	m, zero := uint32(1), uint32(0)
	for m < 8 {
		r = r.fill(in)
		r, zero = r.bit(&p[m])
		m = m<<1 + 1 + zero
	}
	return r, m
}

// distance reads the distance of a match, counting from 0.
func (r rangeDecoder) distance(in *input, d *model, length uint32) (rangeDecoder, uint32) {
	slots := &d.slot[min(length-minMatch, lenStates-1)]
	m, zero := uint32(1), uint32(0)
	for m < 1<<slotBits {
		r = r.fill(in)
		r, zero = r.bit(&slots[m])
		m = m<<1 + 1 + zero
	}
	slot := m - 1<<slotBits
	if slot < startSlot {
		return r, slot
	}
	n := slot/2 - 1
	dist := (2 | slot&1) << n
	if slot < endSlot {
		base, m := dist-slot, uint32(1)
		for i := range n {
			r = r.fill(in)
			r, zero = r.bit(&d.special[(base+m)&(fullDist-1)])
			m = m<<1 + 1 + zero
			dist += (1 + zero) << i
		}
		return r, dist
	}
	high := dist >> n
	for range n - alignBits {
		r = r.fill(in)
		r.width >>= 1
		r.code -= r.width
		mask := -(r.code >> 31) // all ones if the bit is 0
		r.code += r.width & mask
		high = high<<1 + 1 + mask
	}
	dist = high << alignBits
	m = 1
	for i := range alignBits {
		r = r.fill(in)
		r, zero = r.bit(&d.align[m&(1<<alignBits-1)])
		m = m<<1 + 1 + zero
		dist += (1 + zero) << i
	}
	return r, dist
}
