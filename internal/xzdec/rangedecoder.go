package xzdec

// prob is the probability, in units of 2^-11, that a bit is 0.
type prob = uint16

const (
	probBits = 11
	probOne  = 1 << probBits
	probInit = probOne / 2
	moveBits = 5
	rangeTop = 1 << 24
	// towardsOne added to a probability gives minus its distance from 1, so that
	// the shift by moveBits rounds towards 0.
	towardsOne = 1<<32 - (probOne - (1<<moveBits - 1))

	// inputSize has room for a compressed chunk, and is a power of two so that an
	// offset with inputMask never has to be compared with the length.
	inputSize = 1 << 17
	inputMask = inputSize - 1
)

// input is a compressed chunk.
type input [inputSize]byte

// rangeDecoder reads bits from a number in an interval that narrows. It is passed
// and returned by value: that keeps it in registers.
//
// It does not look whether the input is at its end: what it reads there is
// garbage, and the caller compares the position in time.
type rangeDecoder struct {
	width, code uint32
	pos         uint32 // in the input
}

// start reads what precedes the first bit; ok is false if it is malformed.
func start(in *input) (r rangeDecoder, ok bool) {
	code := uint32(in[1])<<24 | uint32(in[2])<<16 | uint32(in[3])<<8 | uint32(in[4])
	return rangeDecoder{width: ^uint32(0), code: code, pos: startLen}, in[0] == 0
}

// startLen is the number of bytes that start reads.
const startLen = 5

// fill makes the interval wide enough for another bit.
func (r rangeDecoder) fill(in *input) rangeDecoder {
	if r.width < rangeTop {
		r.width <<= 8
		r.code = r.code<<8 | uint32(in[r.pos&inputMask])
		r.pos++
	}
	return r
}

// bit reads a bit, after fill, without a branch on it: that of a literal is hard
// to predict. It returns all ones for 0 and no ones for 1.
func (r rangeDecoder) bit(p *prob) (rangeDecoder, uint32) {
	v := uint32(*p)
	bound := r.width >> probBits * v
	zero := uint32(int64(uint64(r.code)-uint64(bound)) >> 63)
	r.code -= bound &^ zero
	r.width -= bound
	r.width += (bound - r.width) & zero
	*p = prob(v - uint32(int32(v+zero&towardsOne)>>moveBits))
	return r, zero
}

// flag reads a bit, after fill, with a branch on it, for what is easy to predict.
func (r rangeDecoder) flag(p *prob) (rangeDecoder, bool) {
	v := *p
	bound := r.width >> probBits * uint32(v)
	if r.code < bound {
		*p = v + (probOne-v)>>moveBits
		r.width = bound
		return r, false
	}
	*p = v - v>>moveBits
	r.width -= bound
	r.code -= bound
	return r, true
}
