package ostree

import (
	"encoding/binary"
	"errors"
	"io"
)

// An unpacker decodes a raw deflate stream (RFC 1951). It is what reading an archive repository spends its time on, so
// it takes 64 bits of input at a time, looks up two literals at once, and copies matches in words.
//
// Input is buffered, and what follows the stream stays in the buffer: see rest.
type unpacker struct {
	r    io.Reader
	rerr error // sticky, of r
	in   [inputSize + 8]byte
	pos  int // in[pos:end] is unread
	end  int
	bits uint64 // the next nbits bits of input, the first one lowest; what is above is not to be looked at
	n    uint

	out  window // history and what has been decoded
	from int    // out[from:to] has not been read yet
	to   int

	block  func(*unpacker) error // decodes more of the current block; nil between blocks
	final  bool                  // the current block is the last one
	stored int                   // bytes left of a stored block
	err    error                 // sticky, of the stream
	codes  *codes                // of the current block
	own    codes                 // those that are in the input
	lens   [maxLit + maxDist]uint8
}

const (
	inputSize  = 64 << 10
	windowSize = 32 << 10            // the largest distance
	outputSize = windowSize + 96<<10 // a power of two
	maxMatch   = 258
	// slack is the room that one round of decoding needs: eight literals, a match, and what copying in words writes behind it.
	slack = maxMatch + 32
	// fastInput is how much input has to be there for decoding without looking for its end: two words.
	fastInput = 16
	// maxDistBits is the number of bits of the longest code of a distance with its extra bits.
	maxDistBits = maxCodeLen + 13
)

// window has room behind the end for writing words at any position.
type window [outputSize + 8]byte

var errDeflate = errors.New("invalid deflate stream")

func newUnpacker() *unpacker { return new(unpacker) }

// reset makes r the input.
func (u *unpacker) reset(r io.Reader) {
	u.r, u.rerr, u.err = r, nil, nil
	u.pos, u.end, u.bits, u.n = 0, 0, 0, 0
	u.from, u.to = 0, 0
	u.block, u.final = nil, false
}

// more reads input behind what is still unread. At the end of the input it leaves rerr.
func (u *unpacker) more() {
	u.end = copy(u.in[:], u.in[u.pos:u.end])
	u.pos = 0
	for tries := 0; u.rerr == nil; tries++ {
		var n int
		n, u.rerr = u.r.Read(u.in[u.end:inputSize])
		u.end += n
		if n > 0 {
			return
		}
		if tries == 100 && u.rerr == nil {
			u.rerr = io.ErrNoProgress
		}
	}
}

// rawReader reads input that is not compressed, before the stream.
type rawReader struct{ u *unpacker }

// Read implements io.Reader.
func (r rawReader) Read(p []byte) (int, error) {
	u := r.u
	if u.pos == u.end {
		if u.more(); u.pos == u.end {
			return 0, u.rerr
		}
	}
	n := copy(p, u.in[u.pos:u.end])
	u.pos += n
	return n, nil
}

// rest reports whether there is input behind the stream.
func (u *unpacker) rest() (bool, error) {
	if u.n >= 8 || u.pos < u.end {
		return true, nil
	}
	if u.more(); u.end > 0 {
		return true, nil
	}
	if errors.Is(u.rerr, io.EOF) {
		return false, nil
	}
	return false, u.rerr
}

// fill decodes more unless there is some that has not been read; it reports the error only when there is nothing left.
func (u *unpacker) fill() error {
	for u.from == u.to {
		if u.err != nil {
			return u.err
		}
		if u.to+slack > outputSize {
			u.from = copy(u.out[:], u.out[u.to-windowSize:u.to])
			u.to = u.from
		}
		u.err = u.decode()
	}
	return nil
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (int, error) {
	if err := u.fill(); err != nil {
		return 0, err
	}
	n := copy(p, u.out[u.from:u.to])
	u.from += n
	return n, nil
}

// next is Read without a copy: the bytes are good until the next call. The last ones come with the error.
func (u *unpacker) next() ([]byte, error) {
	if err := u.fill(); err != nil {
		return nil, err
	}
	p := u.out[u.from:u.to]
	u.from = u.to
	return p, u.err
}

// decode fills the output; io.EOF means that the stream has ended.
func (u *unpacker) decode() error {
	for u.to+slack <= outputSize {
		if u.block == nil {
			if u.final {
				return io.EOF
			}
			if err := u.startBlock(); err != nil {
				return err
			}
		}
		if err := u.block(u); err != nil {
			return err
		}
	}
	return nil
}

// peek gets at least want (<= 48) bits if the input has them, and more if they are at hand.
func (u *unpacker) peek(want uint) {
	for u.n <= 56 {
		if u.pos == u.end {
			if u.n >= want || u.rerr != nil {
				return
			}
			if u.more(); u.pos == u.end {
				return
			}
		}
		u.bits = u.bits&(1<<u.n-1) | uint64(u.in[u.pos])<<u.n
		u.n += 8
		u.pos++
	}
}

func (u *unpacker) truncated() error {
	if u.rerr == nil || errors.Is(u.rerr, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return u.rerr
}

// take returns the next n (<= 16) bits.
func (u *unpacker) take(n uint) (int, error) {
	if u.n < n {
		if u.peek(n); u.n < n {
			return 0, u.truncated()
		}
	}
	v := u.bits & (1<<n - 1)
	u.drop(n)
	return int(v), nil
}

func (u *unpacker) drop(n uint) {
	u.bits >>= n
	u.n -= n
}

func (u *unpacker) startBlock() error {
	head, err := u.take(3)
	if err != nil {
		return err
	}
	u.final = head&1 != 0
	switch head >> 1 {
	case 0:
		return u.startStored()
	case 1:
		u.codes = fixedCodes()
	case 2:
		if err := u.readCodes(); err != nil {
			return err
		}
	default:
		return errDeflate
	}
	u.block = (*unpacker).compressed
	return nil
}

// startStored reads the length of a block that is not compressed, and what is already in u.bits.
func (u *unpacker) startStored() error {
	u.drop(u.n & 7)
	n, err := u.take(16)
	if err != nil {
		return err
	}
	not, err := u.take(16)
	if err != nil {
		return err
	}
	if n != not^0xffff {
		return errDeflate
	}
	for ; n > 0 && u.n >= 8; n-- {
		u.out[u.to] = byte(u.bits)
		u.to++
		u.drop(8)
	}
	if u.n < 8 {
		u.bits, u.n = 0, 0
	}
	u.stored = n
	u.block = (*unpacker).copyStored
	return nil
}

func (u *unpacker) copyStored() error {
	for u.stored > 0 && u.to < outputSize {
		if u.pos == u.end {
			if u.more(); u.pos == u.end {
				return u.truncated()
			}
		}
		n := min(u.stored, u.end-u.pos)
		n = copy(u.out[u.to:outputSize], u.in[u.pos:u.pos+n])
		u.pos, u.to, u.stored = u.pos+n, u.to+n, u.stored-n
	}
	if u.stored == 0 {
		u.block = nil
	}
	return nil
}

// compressed decodes symbols until the block ends or the output is full.
func (u *unpacker) compressed() error {
	for u.to+slack <= outputSize {
		if u.end-u.pos < fastInput && u.rerr == nil {
			u.more()
		}
		if u.end-u.pos >= fastInput {
			if done, err := u.fast(); done || err != nil {
				return err
			}
			continue
		}
		if done, err := u.slow(); done || err != nil {
			return err
		}
	}
	return nil
}

// fast decodes while there are fastInput bytes of input and slack bytes of room. done means that the block has ended.
//
// A refill leaves at least 56 bits: enough for three entries of the table and a length, and mostly for the distance too. What
// takes the time is that nobody can foresee whether a literal or a length is next. Buffers and tables are parts of two
// structs to leave registers to the rest. Positions are masked to show the compiler that they are within the arrays, which they are without.
func (u *unpacker) fast() (done bool, err error) {
	pos, to, bits, n := u.pos, u.to, u.bits, u.n
	c := u.codes
	lastPos := u.end - fastInput
loop:
	for pos <= lastPos && to <= outputSize-slack {
		bits |= binary.LittleEndian.Uint64(u.in[pos&(inputSize-1):]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := c.lit.table[bits&tableMask]
		if e&isLiteral != 0 {
			to = putLiterals(&u.out, to, e)
			bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
			if e = c.lit.table[bits&tableMask]; e&isLiteral != 0 {
				to = putLiterals(&u.out, to, e)
				bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
				if e = c.lit.table[bits&tableMask]; e&isLiteral != 0 {
					to = putLiterals(&u.out, to, e)
					bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
					if e = c.lit.table[bits&tableMask]; e&isLiteral != 0 {
						to = putLiterals(&u.out, to, e)
						bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
						continue
					}
				}
			}
		}
		length := int(e >> 16)
		if e&isSpecial != 0 {
			if e&isTable != 0 {
				bits, n = bits>>tableBits, n-tableBits
				e = c.lit.sub[e>>16+uint32(bits)&subMask]
			}
			switch {
			case e&isLiteral != 0:
				to = putLiterals(&u.out, to, e)
				bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
				continue
			case e&isEnd != 0:
				bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
				done, u.block = true, nil
				break loop
			case e&(isSpecial|isLong) == isSpecial:
				err = errDeflate
				break loop
			}
			length = int(e>>16) + int(bits&(1<<(e&bitsMask)-1)>>(e>>codeShift&codeMask))
		}
		bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
		if n < maxDistBits {
			bits |= binary.LittleEndian.Uint64(u.in[pos&(inputSize-1):]) << (n & 63)
			pos += int((63 - n) >> 3)
			n |= 56
		}
		e = c.dist.table[bits&tableMask]
		if e&isTable != 0 {
			bits, n = bits>>tableBits, n-tableBits
			e = c.dist.sub[e>>16+uint32(bits)&subMask]
		}
		distance := int(e>>16) + int(bits&(1<<(e&bitsMask)-1)>>(e>>codeShift&codeMask))
		bits, n = bits>>(e&bitsMask), n-uint(e&bitsMask)
		if e&isSpecial != 0 || distance > to {
			err = errDeflate
			break
		}
		if distance >= 8 {
			copyWord(&u.out, to, to-distance)
			copyWord(&u.out, to+8, to+8-distance)
			if length > 16 {
				copyWords(&u.out, to+16, distance, to+length)
			}
		} else {
			copyRun(u.out[(to-distance)&(outputSize-1):(to+length)&(outputSize-1)], distance)
		}
		to += length
	}
	u.pos, u.to, u.bits, u.n = pos, to, bits, n
	return done, err
}

// putLiterals writes one or two literals, in either case two bytes.
func putLiterals(out *window, to int, e uint32) int {
	binary.LittleEndian.PutUint16(out[to&(outputSize-1):], uint16(e>>16))
	return to + int(e>>countShift&countMask)
}

func copyWord(out *window, to, from int) {
	w := binary.LittleEndian.Uint64(out[from&(outputSize-1):])
	binary.LittleEndian.PutUint64(out[to&(outputSize-1):], w)
}

// copyWords repeats what is distance bytes back up to end, and up to seven bytes more.
func copyWords(out *window, to, distance, end int) {
	for ; to < end; to += 8 {
		copyWord(out, to, to-distance)
	}
}

// copyRun repeats the first n bytes of b; what can be copied at once doubles.
func copyRun(b []byte, n int) {
	for n < len(b) {
		n += copy(b[n:], b[:n])
	}
}

// slow decodes one symbol near the end of the input.
func (u *unpacker) slow() (done bool, err error) {
	e, err := u.symbol(&u.codes.lit)
	switch {
	case err != nil:
		return false, err
	case e&isLiteral != 0:
		u.out[u.to] = byte(e >> 16) // the first one of a pair
		u.to++
		return false, nil
	case e&isEnd != 0:
		u.block = nil
		return true, nil
	}
	length, err := u.take(extraBits(e))
	if err != nil {
		return false, err
	}
	length += int(e >> 16)
	if e, err = u.symbol(&u.codes.dist); err != nil {
		return false, err
	}
	distance, err := u.take(extraBits(e))
	if err != nil {
		return false, err
	}
	if distance += int(e >> 16); distance > u.to {
		return false, errDeflate
	}
	copyRun(u.out[u.to-distance:u.to+length], distance)
	u.to += length
	return false, nil
}

func extraBits(e uint32) uint { return uint(e&bitsMask - e>>codeShift&codeMask) }

// symbol decodes a code, of which the input may end with the last bit.
func (u *unpacker) symbol(h *huffman) (uint32, error) {
	if u.n < maxCodeLen {
		u.peek(maxCodeLen)
	}
	bits := u.bits & (1<<u.n - 1)
	e, used := h.table[bits&tableMask], uint(0)
	if e&isTable != 0 {
		e, used = h.sub[e>>16+uint32(bits>>tableBits)&subMask], tableBits
	}
	used += uint(e >> codeShift & codeMask)
	switch {
	case used > u.n:
		return 0, u.truncated()
	case e&isSpecial != 0 && e&(isEnd|isLong) == 0:
		if u.n < maxCodeLen { // what is missing was taken for zeros
			return 0, u.truncated()
		}
		return 0, errDeflate
	}
	u.drop(used)
	return e, nil
}
