// Package rollsum finds what two versions of a file have in common by cutting
// both into chunks where their content says so: an insertion moves the cuts with
// the bytes around them.
//
// [Match] is the function to use; [Split] is the cutting alone.
//
// The rolling checksum is that of bup (and rsync): two sums over a window of 64
// bytes; a chunk ends where the low 13 bits of the second sum are all ones, so
// that chunks have 8 KiB on average.
package rollsum

const (
	windowSize = 64
	splitBits  = 13
	charOffset = 31
	// MaxChunk is the largest chunk: content without natural cuts, such as
	// zeros, is cut after so many bytes.
	MaxChunk = 32 << 10
)

// Split returns the length of the first chunk of data.
func Split(data []byte) int {
	const mask = 1<<splitBits - 1
	data = data[:min(len(data), MaxChunk)]
	s1, s2 := uint32(windowSize*charOffset), uint32(windowSize*(windowSize-1)*charOffset)
	for i, b := range data[:min(len(data), windowSize)] {
		s1 += uint32(b)
		s2 += s1 - windowSize*charOffset
		if s2&mask == mask {
			return i + 1
		}
	}
	if len(data) <= windowSize {
		return len(data)
	}
	entering := data[windowSize:]
	leaving := data[:len(entering)]
	for i, b := range entering {
		drop := uint32(leaving[i])
		s1 += uint32(b) - drop
		s2 += s1 - windowSize*(drop+charOffset)
		if s2&mask == mask {
			return windowSize + i + 1
		}
	}
	return len(data)
}
