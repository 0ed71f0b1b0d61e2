package xzenc

// prices are what lengths and distances cost, computed now and then.
type prices struct {
	length, repLen [posStates][lenSymbols]uint32
	slot           [lenStates][slots]uint32
	full           [lenStates][fullDist]uint32 // of small distances
	align          [alignSize]uint32
	count          int
}

// refresh is after how many matches prices are computed again.
const refresh = 128

func (p *prices) used(e *encoder, _ int) {
	if p.count++; p.count >= refresh {
		p.update(e)
	}
}

func (p *prices) update(e *encoder) {
	p.count = 0
	e.length.prices(e.table, &p.length)
	e.repLen.prices(e.table, &p.repLen)
	for i := range uint32(alignSize) {
		p.align[i] = e.table.reverseTree(e.align[:], i, alignBits)
	}
	var low [fullDist]uint32
	for d := uint32(startSlot); d < fullDist; d++ {
		slot := slotOf(d)
		n := slot/2 - 1
		base := uint32(2|slot&1) << n
		low[d] = e.table.reverseTree(e.special[int(base)-slot:], d-base, n)
	}
	for ls := range p.slot {
		for s := range uint32(slots) {
			price := e.table.tree(e.slot[ls][:], s, slotBits)
			if s >= endSlot {
				price += (s/2 - 1 - alignBits) * directBit
			}
			p.slot[ls][s] = price
		}
		for d := range uint32(fullDist) {
			p.full[ls][d] = p.slot[ls][slotOf(d)] + low[d]
		}
	}
}

// dist is the price of a distance, counting from 0.
func (p *prices) dist(d uint32, length int) uint32 {
	ls := lenState(length)
	if d < fullDist {
		return p.full[ls][d]
	}
	return p.slot[ls][slotOf(d)] + p.align[d&(alignSize-1)]
}

// literalPrice is the price of the literal at pos in a state with a last
// distance.
func (e *encoder) literalPrice(pos, state int, rep0 uint32) uint32 {
	probs := e.literalProbs(pos)
	v := uint32(e.data[pos])
	if state < litStates {
		return e.table.tree(probs[:0x100], v, 8)
	}
	expected := uint32(e.data[pos-int(rep0)-1])
	price, offset, m := uint32(0), uint32(0x100), uint32(1)
	for i := 7; i >= 0; i-- {
		expected <<= 1
		b := v >> i & 1
		price += e.table.bit(probs[offset+expected&offset+m], b)
		m = m<<1 | b
		offset &= ^(expected ^ b<<8)
	}
	return price
}

// repPrice is the price of choosing reps[i], without the length.
func (e *encoder) repPrice(i, state, ps int) uint32 {
	t := e.table
	if i == 0 {
		return t.bit(e.isRep0[state], 0) + t.bit(e.isLong[state][ps], 1)
	}
	price := t.bit(e.isRep0[state], 1)
	if i == 1 {
		return price + t.bit(e.isRep1[state], 0)
	}
	return price + t.bit(e.isRep1[state], 1) + t.bit(e.isRep2[state], uint32(i-2))
}
