package xzdec

const (
	states      = 12
	litStates   = 7 // below: the last thing was a literal
	posStates   = 1 << 4
	minMatch    = 2
	lenStates   = 4
	slotBits    = 6
	startSlot   = 4  // from here on distances have bits besides the slot
	endSlot     = 14 // from here on most of them are not modelled
	fullDist    = 1 << (endSlot / 2)
	alignBits   = 4
	literalSize = 0x300
	// maxContexts is the number of models of literals: the format allows as many
	// as 4 bits of context.
	maxContexts = 1 << 4
)

// model is what the decoder learns along with the encoder.
type model struct {
	isMatch  [states][posStates]prob
	isRep    [states]prob
	isRep0   [states]prob // 0: the last distance
	isRep1   [states]prob
	isRep2   [states]prob
	isLong   [states][posStates]prob // 0: a single byte at the last distance
	slot     [lenStates][1 << slotBits]prob
	special  [fullDist]prob
	align    [1 << alignBits]prob
	length   lenModel
	repLen   lenModel
	literals [maxContexts][literalSize]prob
}

// lenModel is the model of lengths.
type lenModel struct {
	choice [2]prob
	low    [posStates][8]prob
	mid    [posStates][8]prob
	high   [256]prob
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
	for _, l := range []*lenModel{&m.length, &m.repLen} {
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
var (
	afterLiteral  = [states]uint8{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5}
	afterMatch    = [states]uint8{7, 7, 7, 7, 7, 7, 7, 10, 10, 10, 10, 10}
	afterRep      = [states]uint8{8, 8, 8, 8, 8, 8, 8, 11, 11, 11, 11, 11}
	afterShortRep = [states]uint8{9, 9, 9, 9, 9, 9, 9, 11, 11, 11, 11, 11}
)
