package xzenc

import (
	"encoding/binary"
	"io"
)

// The limits of a chunk of LZMA2, and where to end one so as to stay below.
const (
	maxUnpacked  = 1 << 21
	maxPacked    = 1 << 16
	fullPacked   = maxPacked - 8<<10
	maxRawPacked = 1 << 16
)

// encoder turns steps into bits.
type encoder struct {
	model
	rc     rangeCoder
	state  int
	reps   [4]uint32 // the last distances, counting from 0
	data   []byte
	pos    int // of what is encoded
	prices *prices
	table  *priceTable
	parser parser
}

func newEncoder() *encoder {
	return &encoder{table: newPriceTable(), prices: &prices{}}
}

func (e *encoder) resetState() {
	e.model.reset()
	e.state, e.reps = 0, [4]uint32{}
	e.prices.update(e)
}

// encode writes data as a sequence of chunks.
func (e *encoder) encode(w io.Writer, data []byte, f *finder) error {
	e.data, e.pos = data, 0
	e.parser.start(e, f)
	// The first chunk resets everything.
	control := byte(0xe0)
	dictReset := true
	e.resetState()
	for e.pos < len(data) {
		start := e.pos
		e.rc.reset()
		// A chunk ends with a block of the parser: what is planned depends on
		// the last distances, which a chunk that is stored raw resets.
		for e.pos < len(data) && e.pos-start < maxUnpacked-maxBlock-maxMatch && e.rc.size() < fullPacked {
			e.block()
		}
		e.rc.flush()
		unpacked := data[start:e.pos]
		if len(e.rc.out) >= len(unpacked) || len(e.rc.out) > maxPacked {
			if err := writeRaw(w, unpacked, dictReset); err != nil {
				return err
			}
			if dictReset {
				control = 0xc0
			} else {
				control = max(control, 0xa0)
			}
			dictReset = false
			e.resetState()
			continue
		}
		if err := e.writeChunk(w, unpacked, control); err != nil {
			return err
		}
		control, dictReset = 0x80, false
	}
	_, err := w.Write([]byte{0})
	return err
}

func (e *encoder) writeChunk(w io.Writer, unpacked []byte, control byte) error {
	n := len(unpacked) - 1
	head := []byte{control | byte(n>>16)}
	head = binary.BigEndian.AppendUint16(head, uint16(n))
	head = binary.BigEndian.AppendUint16(head, uint16(len(e.rc.out)-1))
	if control >= 0xc0 {
		head = append(head, properties)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(e.rc.out)
	return err
}

// writeRaw writes what does not compress.
func writeRaw(w io.Writer, data []byte, dictReset bool) error {
	for len(data) > 0 {
		n := min(len(data), maxRawPacked)
		control := byte(2)
		if dictReset {
			control, dictReset = 1, false
		}
		if _, err := w.Write(binary.BigEndian.AppendUint16([]byte{control}, uint16(n-1))); err != nil {
			return err
		}
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// block encodes what the parser plans next.
func (e *encoder) block() {
	plan := e.parser.block()
	for i := len(plan) - 1; i >= 0; i-- {
		e.step(plan[i])
	}
}

// step encodes one step.
func (e *encoder) step(s step) {
	ps := e.pos & posMask
	if s.length == 1 && s.back < 0 {
		e.rc.bit(&e.isMatch[e.state][ps], 0)
		e.literal()
		e.pos++
		return
	}
	e.rc.bit(&e.isMatch[e.state][ps], 1)
	if s.back < len(e.reps) {
		e.rep(s, ps)
	} else {
		e.match(s, ps)
	}
	e.pos += s.length
}

// literalProbs is the model for a literal at pos.
func (e *encoder) literalProbs(pos int) *[literalSize]prob {
	if pos == 0 {
		return &e.literals[0]
	}
	return &e.literals[e.data[pos-1]>>(8-lc)]
}

func (e *encoder) literal() {
	probs := e.literalProbs(e.pos)
	v := uint32(e.data[e.pos])
	if e.state < litStates {
		e.rc.tree(probs[:0x100], v, 8)
	} else {
		e.matchedLiteral(probs, v, uint32(e.data[e.pos-int(e.reps[0])-1]))
	}
	e.state = afterLiteral(e.state)
}

// matchedLiteral follows a match: as long as the bits are those of the byte that
// would have continued it, they have models of their own.
func (e *encoder) matchedLiteral(probs *[literalSize]prob, v, expected uint32) {
	offset, m := uint32(0x100), uint32(1)
	for i := 7; i >= 0; i-- {
		expected <<= 1
		b := v >> i & 1
		e.rc.bit(&probs[offset+expected&offset+m], b)
		m = m<<1 | b
		offset &= ^(expected ^ b<<8)
	}
}

func (e *encoder) rep(s step, ps int) {
	e.rc.bit(&e.isRep[e.state], 1)
	if s.back == 0 {
		e.rc.bit(&e.isRep0[e.state], 0)
		if s.length == 1 {
			e.rc.bit(&e.isLong[e.state][ps], 0)
			e.state = afterShortRep(e.state)
			return
		}
		e.rc.bit(&e.isLong[e.state][ps], 1)
	} else {
		e.rc.bit(&e.isRep0[e.state], 1)
		if s.back == 1 {
			e.rc.bit(&e.isRep1[e.state], 0)
		} else {
			e.rc.bit(&e.isRep1[e.state], 1)
			e.rc.bit(&e.isRep2[e.state], uint32(s.back-2))
		}
		e.reps = moved(e.reps, s.back)
	}
	e.repLen.encode(&e.rc, s.length, ps)
	e.state = afterRep(e.state)
	e.prices.used(e, ps)
}

// moved is reps after the use of reps[i].
func moved(reps [4]uint32, i int) [4]uint32 {
	d := reps[i]
	copy(reps[1:i+1], reps[:i])
	reps[0] = d
	return reps
}

func (e *encoder) match(s step, ps int) {
	d := uint32(s.back - len(e.reps))
	e.rc.bit(&e.isRep[e.state], 0)
	e.length.encode(&e.rc, s.length, ps)
	slot := slotOf(d)
	e.rc.tree(e.slot[lenState(s.length)][:], uint32(slot), slotBits)
	if slot >= startSlot {
		n := slot/2 - 1
		base := uint32(2|slot&1) << n
		if slot < endSlot {
			e.rc.reverseTree(e.special[int(base)-slot:], d-base, n)
		} else {
			e.rc.direct((d-base)>>alignBits, n-alignBits)
			e.rc.reverseTree(e.align[:], d&(alignSize-1), alignBits)
		}
	}
	e.reps = [4]uint32{d, e.reps[0], e.reps[1], e.reps[2]}
	e.state = afterMatch(e.state)
	e.prices.used(e, ps)
}
