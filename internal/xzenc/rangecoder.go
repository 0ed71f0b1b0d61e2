package xzenc

import "math"

// prob is the probability, in units of 2^-11, that a bit is 0.
type prob = uint16

const (
	probBits  = 11
	probInit  = 1 << (probBits - 1)
	moveBits  = 5
	rangeTop  = 1 << 24
	directBit = 1 << 4 // the price of a bit that is not modelled
)

// rangeCoder writes bits as a number in an interval that narrows.
type rangeCoder struct {
	out   []byte
	low   uint64
	width uint32
	cache byte
	queue int // bytes that wait for a carry, the cache included
}

func (r *rangeCoder) reset() {
	r.out, r.low, r.width, r.cache, r.queue = r.out[:0], 0, math.MaxUint32, 0, 1
}

// size is the length of the output if it ended now.
func (r *rangeCoder) size() int { return len(r.out) + r.queue + 4 }

func (r *rangeCoder) shift() {
	if uint32(r.low) < 0xff000000 || r.low>>32 != 0 {
		carry := byte(r.low >> 32)
		for b := r.cache; r.queue > 0; r.queue-- {
			r.out = append(r.out, b+carry)
			b = 0xff
		}
		r.cache = byte(r.low >> 24)
	}
	r.queue++
	r.low = r.low & 0x00ffffff << 8
}

func (r *rangeCoder) flush() {
	for range 5 {
		r.shift()
	}
}

func (r *rangeCoder) bit(p *prob, b uint32) {
	bound := r.width >> probBits * uint32(*p)
	if b == 0 {
		r.width = bound
		*p += (1<<probBits - *p) >> moveBits
	} else {
		r.low += uint64(bound)
		r.width -= bound
		*p -= *p >> moveBits
	}
	for r.width < rangeTop {
		r.width <<= 8
		r.shift()
	}
}

// direct writes the low n bits of v without a model.
func (r *rangeCoder) direct(v uint32, n int) {
	for n--; n >= 0; n-- {
		r.width >>= 1
		if v>>n&1 == 1 {
			r.low += uint64(r.width)
		}
		for r.width < rangeTop {
			r.width <<= 8
			r.shift()
		}
	}
}

// tree writes n bits, the highest first, each with a model that depends on those
// before it.
func (r *rangeCoder) tree(probs []prob, v uint32, n int) {
	m := uint32(1)
	for n--; n >= 0; n-- {
		b := v >> n & 1
		r.bit(&probs[m], b)
		m = m<<1 | b
	}
}

// reverseTree is tree with the lowest bit first.
func (r *rangeCoder) reverseTree(probs []prob, v uint32, n int) {
	m := uint32(1)
	for range n {
		b := v & 1
		v >>= 1
		r.bit(&probs[m], b)
		m = m<<1 | b
	}
}

// Prices are in units of a sixteenth of a bit.
const (
	priceShift  = 4
	priceReduce = 4 // probabilities are rounded by so many bits
)

type priceTable [1 << (probBits - priceReduce)]uint32

func newPriceTable() *priceTable {
	var t priceTable
	for i := range t {
		p := (float64(i) + 0.5) / float64(len(t))
		t[i] = uint32(math.Round(-math.Log2(p) * (1 << priceShift)))
	}
	return &t
}

func (t *priceTable) bit(p prob, b uint32) uint32 {
	return t[(uint32(p)^-b&(1<<probBits-1))>>priceReduce]
}

func (t *priceTable) tree(probs []prob, v uint32, n int) uint32 {
	price, m := uint32(0), uint32(1)
	for n--; n >= 0; n-- {
		b := v >> n & 1
		price += t.bit(probs[m], b)
		m = m<<1 | b
	}
	return price
}

func (t *priceTable) reverseTree(probs []prob, v uint32, n int) uint32 {
	price, m := uint32(0), uint32(1)
	for range n {
		b := v & 1
		v >>= 1
		price += t.bit(probs[m], b)
		m = m<<1 | b
	}
	return price
}
