package depsolve

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
