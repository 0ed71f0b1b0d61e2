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
	// maxCandidates bounds the places compared for one position.
	maxCandidates = 32
	// maxPlaces bounds the places looked at for them.
	maxPlaces = 1024
	// denseSize is the size up to which every position is indexed; above, every
	// 2nd, 3rd, ... so that the index stays at about 80 MiB, and a place fits into
	// placeBits.
	denseSize = 1<<placeBits - 1
	placeBits = 24
	placeMask = 1<<placeBits - 1
	tagBits   = 32 - placeBits
)

// index finds strings of a file: a table of places sorted by the hash of the
// string that begins there. Places are positions counted in strides. More bits of
// the hash are kept beside each place: most strings that are not there are not
// looked for in the file.
type index struct {
	data   []byte
	stride int
	bits   int
	first  []uint32 // where the places of each hash begin
	places []uint32 // ascending for each hash
}

func strideFor(size int) int { return max(1, (size+denseSize-1)/denseSize) }

// tableBits is the logarithm of the number of hashes, for about four places each.
func tableBits(n int) int { return max(bits.Len(uint(n))-3, 6) }

func newIndex(data []byte) *index {
	stride := strideFor(len(data))
	n := len(data) / stride
	ix := &index{data: data, stride: stride, bits: tableBits(n)}
	ix.first = make([]uint32, 1<<ix.bits+1)
	// Count, add up, and fill from the end, which leaves where each one begins.
	total := uint32(0)
	ix.each(n, func(_ int, h uint32) {
		ix.first[h>>tagBits]++
		total++
	})
	sum := uint32(0)
	for i, c := range ix.first {
		sum += c
		ix.first[i] = sum
	}
	ix.places = make([]uint32, total)
	ix.each(n, func(place int, h uint32) {
		at := ix.first[h>>tagBits] - 1
		ix.first[h>>tagBits] = at
		ix.places[at] = h<<placeBits | uint32(place)
	})
	return ix
}

// each calls f with the places to be indexed, from the last to the first, and
// their hashes.
func (ix *index) each(n int, f func(place int, hash uint32)) {
	for i := n - 1; i >= 0; i-- {
		pos := i * ix.stride
		if pos+keyLen > len(ix.data) {
			continue
		}
		key := binary.LittleEndian.Uint64(ix.data[pos:])
		if pos >= ix.stride && key == binary.LittleEndian.Uint64(ix.data[pos-ix.stride:]) && isRun(key) {
			continue // the start of a run stands for all of it
		}
		f(i, ix.hash(key))
	}
}

// isRun reports whether all bytes are the same.
func isRun(key uint64) bool { return key == bits.RotateLeft64(key, 8) }

// hash has the number of the table entry above tagBits bits that are kept beside
// the place.
func (ix *index) hash(key uint64) uint32 {
	return uint32(key * 0x9e3779b97f4a7c15 >> (64 - ix.bits - tagBits))
}

// find returns the longest match for next[scan:] among the candidates.
func (ix *index) find(next []byte, scan int) (pos, length int) {
	if scan+keyLen > len(next) {
		return 0, 0
	}
	h := ix.hash(binary.LittleEndian.Uint64(next[scan:]))
	tag := h << placeBits
	left := maxCandidates
	from, to := ix.first[h>>tagBits], ix.first[h>>tagBits+1]
	for _, place := range ix.places[from:min(to, from+maxPlaces)] {
		if (place^tag)>>placeBits != 0 {
			continue
		}
		if left--; left < 0 {
			break
		}
		p := int(place&placeMask) * ix.stride
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
