package xzenc

const (
	// Literals depend on the top lc bits of the byte before, everything on the
	// low pb bits of the position: the usual properties.
	lc, lp, pb = 3, 0, 2
	properties = (pb*5+lp)*9 + lc
	posStates  = 1 << pb
	posMask    = posStates - 1

	states      = 12
	litStates   = 7 // below: the last thing was a literal
	minMatch    = 2
	maxMatch    = 273
	lenStates   = 4
	slotBits    = 6
	slots       = 1 << slotBits
	startSlot   = 4  // from here on distances have bits besides the slot
	endSlot     = 14 // from here on most of them are not modelled
	fullDist    = 1 << (endSlot / 2)
	alignBits   = 4
	alignSize   = 1 << alignBits
	lenLow      = 8
	lenMid      = 8
	lenHigh     = 256
	lenSymbols  = lenLow + lenMid + lenHigh
	literalSize = 0x300
)

// lenCoder codes lengths.
type lenCoder struct {
	choice [2]prob
	low    [posStates][lenLow]prob
	mid    [posStates][lenMid]prob
	high   [lenHigh]prob
}

func (l *lenCoder) encode(r *rangeCoder, length, posState int) {
	v := uint32(length - minMatch)
	switch {
	case v < lenLow:
		r.bit(&l.choice[0], 0)
		r.tree(l.low[posState][:], v, 3)
	case v < lenLow+lenMid:
		r.bit(&l.choice[0], 1)
		r.bit(&l.choice[1], 0)
		r.tree(l.mid[posState][:], v-lenLow, 3)
	default:
		r.bit(&l.choice[0], 1)
		r.bit(&l.choice[1], 1)
		r.tree(l.high[:], v-lenLow-lenMid, 8)
	}
}

func (l *lenCoder) prices(t *priceTable, out *[posStates][lenSymbols]uint32) {
	short := t.bit(l.choice[0], 0)
	longer := t.bit(l.choice[0], 1)
	mid, high := longer+t.bit(l.choice[1], 0), longer+t.bit(l.choice[1], 1)
	for v := range uint32(lenHigh) {
		out[0][lenLow+lenMid+v] = high + t.tree(l.high[:], v, 8)
	}
	for ps := range out {
		copy(out[ps][lenLow+lenMid:], out[0][lenLow+lenMid:])
		for v := range uint32(lenLow) {
			out[ps][v] = short + t.tree(l.low[ps][:], v, 3)
			out[ps][lenLow+v] = mid + t.tree(l.mid[ps][:], v, 3)
		}
	}
}

// model is everything that the decoder learns along with the encoder.
type model struct {
	isMatch  [states][posStates]prob
	isRep    [states]prob
	isRep0   [states]prob // 0: the last distance
	isRep1   [states]prob
	isRep2   [states]prob
	isLong   [states][posStates]prob // 0: a single byte at the last distance
	slot     [lenStates][slots]prob
	special  [1 + fullDist - endSlot]prob
	align    [alignSize]prob
	length   lenCoder
	repLen   lenCoder
	literals [1 << (lc + lp)][literalSize]prob
}

// reset makes every bit equally likely.
func (m *model) reset() {
	fill(m.isRep[:], m.isRep0[:], m.isRep1[:], m.isRep2[:], m.special[:], m.align[:])
	for i := range m.isMatch {
		fill(m.isMatch[i][:], m.isLong[i][:])
	}
	for i := range m.slot {
		fill(m.slot[i][:])
	}
	for i := range m.literals {
		fill(m.literals[i][:])
	}
	for _, l := range []*lenCoder{&m.length, &m.repLen} {
		fill(l.choice[:], l.high[:])
		for i := range l.low {
			fill(l.low[i][:], l.mid[i][:])
		}
	}
}

func fill(lists ...[]prob) {
	for _, l := range lists {
		for i := range l {
			l[i] = probInit
		}
	}
}

// The state after each kind of step.
func afterLiteral(s int) int {
	switch {
	case s < 4:
		return 0
	case s < 10:
		return s - 3
	}
	return s - 6
}

func afterMatch(s int) int    { return pick(s, 7, 10) }
func afterRep(s int) int      { return pick(s, 8, 11) }
func afterShortRep(s int) int { return pick(s, 9, 11) }

func pick(s, afterLit, other int) int {
	if s < litStates {
		return afterLit
	}
	return other
}

// slotOf is the class of a distance, which counts from 0 here.
func slotOf(d uint32) int {
	if d < startSlot {
		return int(d)
	}
	n := log2(d)
	return 2*n + int(d>>(n-1)&1)
}

func lenState(length int) int { return min(length-minMatch, lenStates-1) }
