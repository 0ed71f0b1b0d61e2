package xzdec

import (
	"encoding/binary"
	"errors"
)

// decoder turns compressed chunks into bytes in a window.
type decoder struct {
	model
	in      input
	size    uint32 // of the chunk in the input
	rc      rangeDecoder
	state   uint8
	reps    [4]uint32 // the last distances, counting from 0
	pending int       // what is left of a match that did not fit

	lc      uint32
	lpMask  uint32
	posMask uint32

	// buf is the window, a ring.
	buf     []byte
	pos     int
	wrapped bool
}

var (
	errDistance = errors.New("distance beyond the start of the data")
	errEnd      = errors.New("compressed chunk ends too early")
	errRest     = errors.New("compressed chunk has bytes that are not used")
)

func (d *decoder) setProperties(b byte) bool {
	const lcs, lps, pbs = 9, 5, 5
	if b >= lcs*lps*pbs {
		return false
	}
	lc, lp := uint32(b%lcs), uint32(b/lcs%lps)
	if lc+lp > 4 {
		return false
	}
	d.lc, d.lpMask, d.posMask = lc, 1<<lp-1, 1<<(b/(lcs*lps))-1
	return true
}

func (d *decoder) resetState() {
	d.model.reset()
	d.state, d.reps, d.pending = 0, [4]uint32{}, 0
}

// slack is what the window is larger than the dictionary: what a short match
// overwrites behind its end.
const slack = 32

// have is how many bytes that can be referred to precede pos in the window.
func (d *decoder) have(pos int) int {
	if d.wrapped {
		return len(d.buf) - slack
	}
	return pos
}

// previous is the byte before pos, 0 at the start.
func (d *decoder) previous(pos int) byte {
	switch {
	case pos > 0:
		return d.buf[pos-1]
	case d.wrapped:
		return d.buf[len(d.buf)-1]
	}
	return 0
}

// run fills the window up to limit, which is at most its end.
func (d *decoder) run(limit int) error {
	if d.pending > 0 {
		n := min(d.pending, limit-d.pos)
		d.pending -= n
		d.pos = d.repeat(d.pos, int(d.reps[0]), n)
	}
	r, in, w, pos, state := d.rc, &d.in, d.buf[:limit], d.pos, d.state
	prev := d.previous(pos)
	for pos < len(w) {
		if r.pos > d.size {
			return errEnd
		}
		ps := uint32(pos) & d.posMask & (posStates - 1)
		r = r.fill(in)
		var set bool
		if r, set = r.flag(&d.isMatch[state][ps]); !set {
			probs := &d.literals[((uint32(pos)&d.lpMask)<<d.lc+uint32(prev)>>(8-d.lc))&(maxContexts-1)]
			var v uint32
			if state < litStates {
				r, v = r.literal(in, probs)
			} else {
				r, v = r.matchedLiteral(in, probs, uint32(d.at(pos, int(d.reps[0]))))
			}
			prev = byte(v)
			w[pos] = prev
			pos++
			state = afterLiteral[state]
			continue
		}
		var length uint32
		r = r.fill(in)
		if r, set = r.flag(&d.isRep[state]); set {
			r, length, state = d.rep(r, state, ps)
		} else {
			var dist uint32
			r, length = r.length(in, &d.length, ps)
			r, dist = r.distance(in, &d.model, length)
			d.reps = [4]uint32{dist, d.reps[0], d.reps[1], d.reps[2]}
			state = afterMatch[state]
		}
		if int(d.reps[0]) >= d.have(pos) {
			return errDistance
		}
		n := min(int(length), len(w)-pos)
		d.pending = int(length) - n
		pos = d.repeat(pos, int(d.reps[0]), n)
		prev = w[pos-1]
	}
	d.rc, d.pos, d.state = r, pos, state
	return nil
}

// rep reads the rest of a repeated match, whose distance comes to the front.
func (d *decoder) rep(r rangeDecoder, state uint8, ps uint32) (rangeDecoder, uint32, uint8) {
	in := &d.in
	r = r.fill(in)
	r, set := r.flag(&d.isRep0[state])
	if !set {
		r = r.fill(in)
		if r, set = r.flag(&d.isLong[state][ps&(posStates-1)]); !set {
			return r, 1, afterShortRep[state]
		}
	} else {
		i := 1
		r = r.fill(in)
		if r, set = r.flag(&d.isRep1[state]); set {
			i = 2
			r = r.fill(in)
			if r, set = r.flag(&d.isRep2[state]); set {
				i = 3
			}
		}
		dist := d.reps[i]
		copy(d.reps[1:i+1], d.reps[:i])
		d.reps[0] = dist
	}
	r, length := r.length(in, &d.repLen, ps)
	return r, length, afterRep[state]
}

// at is the byte at a distance that is known to be inside of the window.
func (d *decoder) at(pos, dist int) byte {
	if pos -= dist + 1; pos < 0 {
		pos += len(d.buf)
	}
	return d.buf[pos]
}

// repeat writes n bytes from a distance, which are inside of the window.
func (d *decoder) repeat(pos, dist, n int) int {
	w := d.buf
	from := pos - dist - 1
	if n <= slack && dist >= slack/2 && from >= 0 && pos+slack <= len(w) {
		// Most matches are short: copy too much rather than call.
		src, dst := w[from:from+slack:from+slack], w[pos:pos+slack:pos+slack]
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src))
		binary.LittleEndian.PutUint64(dst[8:], binary.LittleEndian.Uint64(src[8:]))
		if n > slack/2 {
			binary.LittleEndian.PutUint64(dst[16:], binary.LittleEndian.Uint64(src[16:]))
			binary.LittleEndian.PutUint64(dst[24:], binary.LittleEndian.Uint64(src[24:]))
		}
		return pos + n
	}
	if from < 0 {
		from += len(w)
		k := min(n, len(w)-from)
		copy(w[pos:pos+k], w[from:])
		pos, n, from = pos+k, n-k, 0
	}
	// What has been written is what comes next, so the source grows.
	for n > 0 {
		k := copy(w[pos:pos+n], w[from:pos])
		pos += k
		n -= k
	}
	return pos
}

// finish checks that a chunk ends where its header says.
func (d *decoder) finish() error {
	d.rc = d.rc.fill(&d.in)
	switch {
	case d.pending > 0:
		return errors.New("match is longer than the chunk")
	case d.rc.pos > d.size:
		return errEnd
	case d.rc.pos < d.size || d.rc.code != 0:
		return errRest
	}
	return nil
}
