package depsolve

import "math/bits"

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b *bitset) grow(n int) {
	for len(*b)*64 < n {
		*b = append(*b, 0)
	}
}

// has is false for anything outside the set's range.
func (b bitset) has(i int32) bool {
	w := int(uint32(i) >> 6)
	return w < len(b) && b[w]&(1<<(uint32(i)&63)) != 0
}

func (b bitset) set(i int32)   { b[uint32(i)>>6] |= 1 << (uint32(i) & 63) }
func (b bitset) clear(i int32) { b[uint32(i)>>6] &^= 1 << (uint32(i) & 63) }

func (b bitset) clone() bitset { return append(bitset(nil), b...) }

func (b bitset) reset() {
	for i := range b {
		b[i] = 0
	}
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// each calls f for every member in ascending order.
func (b bitset) each(f func(int32)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			f(int32(i*64 + bits.TrailingZeros64(w)))
		}
	}
}

// eachDown calls f for every member in descending order.
func (b bitset) eachDown(f func(int32)) {
	for i := len(b) - 1; i >= 0; i-- {
		for w := b[i]; w != 0; {
			n := 63 - bits.LeadingZeros64(w)
			w &^= 1 << n
			f(int32(i*64 + n))
		}
	}
}

// union adds another set of the same range.
func (b bitset) union(o bitset) {
	for i, w := range o {
		b[i] |= w
	}
}
