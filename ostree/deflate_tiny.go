package ostree

import "io"

// maxTiny is the length up to which a payload is deflated by writeTiny: too short
// for repetitions to matter, and for a compressor to be worth its set-up.
const maxTiny = 32

// writeTiny writes payload as one deflate block of literals in the fixed code of
// RFC 1951, section 3.2.6: mostly a byte or two longer than the payload.
func writeTiny(w io.Writer, payload []byte) error {
	b := &bitWriter{out: make([]byte, 0, len(payload)+4)}
	b.low(0b011, 3) // the last block, fixed code
	for _, c := range payload {
		if c < 144 {
			b.code(0x30+uint32(c), 8)
		} else {
			b.code(0x190+uint32(c)-144, 9)
		}
	}
	b.code(0, 7) // end of block
	_, err := w.Write(b.finish())
	return err
}

// bitWriter packs bits into bytes, the least significant bit first.
type bitWriter struct {
	out  []byte
	bits uint32
	n    uint
}

// low writes the n low bits of v, lowest first.
func (b *bitWriter) low(v uint32, n uint) {
	b.bits |= v << b.n
	for b.n += n; b.n >= 8; b.n -= 8 {
		b.out = append(b.out, byte(b.bits))
		b.bits >>= 8
	}
}

// code writes the n low bits of a Huffman code, highest first.
func (b *bitWriter) code(v uint32, n uint) {
	for n > 0 {
		n--
		b.low(v>>n&1, 1)
	}
}

func (b *bitWriter) finish() []byte {
	if b.n > 0 {
		b.out = append(b.out, byte(b.bits))
	}
	return b.out
}
