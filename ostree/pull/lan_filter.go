package pull

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// refFilter is a Bloom filter of refs of collections: each ref sets one bit for each hash.
type refFilter struct {
	hashes byte
	bits   []byte // the lowest bit of a byte comes first
}

const (
	// maxFilter is the size of a filter in bytes: a string of a TXT record has a length of one byte (RFC 1035, 3.3), and
	// there are the key and two more numbers in it.
	maxFilter = 255 - len("rb=") - 2
	// maxHashes bounds the work for a ref where there are few of them; more hardly make the filter better.
	maxHashes = 16
)

// newRefFilter returns an empty filter of the size that a TXT record has room for, good for n refs.
func newRefFilter(n int) refFilter {
	best := math.Round(float64(maxFilter*8) * math.Ln2 / float64(max(n, 1)))
	return refFilter{byte(min(max(best, 1), maxHashes)), make([]byte, maxFilter)}
}

func (f refFilter) add(collection, name string) {
	for i := range f.hashes {
		at, bit := f.place(i, collection, name)
		f.bits[at] |= bit
	}
}

func (f refFilter) mayHave(collection, name string) bool {
	for i := range f.hashes {
		if at, bit := f.place(i, collection, name); f.bits[at]&bit == 0 {
			return false
		}
	}
	return true
}

// place returns the byte and the bit in it that hash i of a ref is about.
func (f refFilter) place(i byte, collection, name string) (at uint64, bit byte) {
	h := refHash(i, collection) ^ refHash(i, name)
	h %= uint64(len(f.bits)) * 8
	return h / 8, 1 << (h % 8)
}

// refHash is SipHash-2-4 with all bytes of the key being i.
func refHash(i byte, s string) uint64 {
	half := uint64(i) * 0x0101010101010101
	return sipHash(half, half, s)
}

// sipHash is SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) with a result of 64 bits.
func sipHash(k0, k1 uint64, s string) uint64 {
	v := sipState{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}
	last := uint64(len(s)) << 56
	for ; len(s) >= 8; s = s[8:] {
		v.mix(binary.LittleEndian.Uint64([]byte(s[:8])))
	}
	for i := range len(s) {
		last |= uint64(s[i]) << (8 * i)
	}
	v.mix(last)
	v[2] ^= 0xff
	for range 4 {
		v.round()
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}

type sipState [4]uint64

func (v *sipState) mix(word uint64) {
	v[3] ^= word
	v.round()
	v.round()
	v[0] ^= word
}

func (v *sipState) round() {
	v[0] += v[1]
	v[2] += v[3]
	v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
	v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
	v[0] = bits.RotateLeft64(v[0], 32)
	v[2] += v[1]
	v[0] += v[3]
	v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
	v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
	v[2] = bits.RotateLeft64(v[2], 32)
}
