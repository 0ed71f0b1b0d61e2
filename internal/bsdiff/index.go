package bsdiff

import (
	"encoding/binary"
	"math/bits"
)

const (
	// keyLen is the length of the strings that the index holds.
	keyLen = 8
	// minMatch is the shortest match worth considering.
	minMatch = 8
	// maxChain bounds the candidates compared for one position.
	maxChain = 32
	// denseSize is the size up to which every position is indexed; above, every
	// 2nd, 3rd, ... so that the index stays at about 64 MiB.
	denseSize = 16 << 20
)

// index finds strings of a file: a hash table of chains of positions. Positions
// are counted in strides.
type index struct {
	data   []byte
	stride int
	shift  int     // of the hash
	head   []int32 // position + 1, 0 for none
	prev   []int32
}

func strideFor(size int) int { return max(1, (size+denseSize-1)/denseSize) }

// tableBits is the logarithm of the number of chains.
func tableBits(n int) int { return min(max(bits.Len(uint(n)), 8), 21) }

func newIndex(data []byte) *index {
	stride := strideFor(len(data))
	n := len(data) / stride
	ix := &index{data: data, stride: stride, shift: 64 - tableBits(n)}
	ix.head = make([]int32, 1<<tableBits(n))
	ix.prev = make([]int32, n)
	// From the end, so that chains start with the first place.
	for i := n - 1; i >= 0; i-- {
		pos := i * stride
		if pos+keyLen > len(data) {
			continue
		}
		key := binary.LittleEndian.Uint64(data[pos:])
		if pos >= stride && key == binary.LittleEndian.Uint64(data[pos-stride:]) && isRun(key) {
			continue // the start of a run stands for all of it
		}
		h := ix.hash(key)
		ix.prev[i] = ix.head[h]
		ix.head[h] = int32(i) + 1
	}
	return ix
}

// isRun reports whether all bytes are the same.
func isRun(key uint64) bool { return key == bits.RotateLeft64(key, 8) }

func (ix *index) hash(key uint64) int {
	return int(key * 0x9e3779b97f4a7c15 >> ix.shift)
}

// find returns the longest match for next[scan:] among the candidates.
func (ix *index) find(next []byte, scan int) (pos, length int) {
	if scan+keyLen > len(next) {
		return 0, 0
	}
	key := binary.LittleEndian.Uint64(next[scan:])
	i := ix.head[ix.hash(key)]
	for range maxChain {
		if i == 0 {
			break
		}
		p := int(i-1) * ix.stride
		i = ix.prev[i-1]
		// A longer match has to agree where the best one ended.
		if length > 0 && (p+length >= len(ix.data) || scan+length >= len(next) || ix.data[p+length] != next[scan+length]) {
			continue
		}
		if n := matchLen(ix.data[p:], next[scan:]); n > length {
			pos, length = p, n
		}
	}
	return pos, length
}

// matchLen is the length of the common start of a and b.
func matchLen(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}
