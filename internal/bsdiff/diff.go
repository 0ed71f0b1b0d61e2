package bsdiff

import "io"

// MemoryFor estimates the memory in bytes that [Diff] needs besides its inputs.
func MemoryFor(oldSize int) int {
	n := oldSize / strideFor(oldSize)
	return 4*n + 4<<tableBits(n)
}

// Diff writes a patch that makes next of old. The same input gives the same
// patch. An error is that of w.
//
// An index of old finds the places where next agrees with it. Runs that agree
// exactly are extended over single bytes that do not, which the patch stores as
// differences: in a program that was linked again most are addresses, and
// compress well. Time is about proportional to the size of both.
func Diff(w io.Writer, old, next []byte) error {
	d := &differ{old: old, next: next, ix: newIndex(old), w: w}
	// Every byte of next is in the patch, as a difference or as it is.
	d.out = make([]byte, 0, min(outSize+recordSize, len(next)+len(next)/32+4*recordSize))
	d.run()
	d.flush()
	return d.err
}

// outSize is how much of the patch is written at a time.
const outSize = 64 << 10

// minGain is by how many bytes another alignment has to be better: a record
// costs 24 bytes, most of which compress away.
const minGain = 8

// maxCompare bounds the comparison of two alignments.
const maxCompare = 4096

type differ struct {
	old, next []byte
	ix        *index
	w         io.Writer
	out       []byte // to be written
	err       error
}

// run walks over next. The current alignment continues the old file after what
// has been emitted; where it disagrees, the index is asked for a better one.
func (d *differ) run() {
	lastScan, lastPos := 0, 0
	for scan := 0; scan < len(d.next) && d.err == nil; {
		shift := lastPos - lastScan
		if scan+shift < len(d.old) && scan+shift >= 0 {
			n := matchLen(d.old[scan+shift:], d.next[scan:])
			if scan += n; scan == len(d.next) {
				break
			}
		}
		pos, length := d.ix.find(d.next, scan)
		if length < minMatch {
			scan++
			continue
		}
		if length <= d.score(scan, shift, min(length, maxCompare))+minGain {
			scan++
			continue
		}
		nextScan, nextPos := d.emit(lastScan, lastPos, scan, pos)
		lastScan, lastPos = nextScan, nextPos
		scan += length
	}
	d.emit(lastScan, lastPos, len(d.next), -1)
}

// score counts the bytes that agree in the next n under an alignment.
func (d *differ) score(scan, shift, n int) int {
	from, to := max(scan+shift, 0), min(scan+shift+n, len(d.old))
	if from >= to {
		return 0
	}
	same := 0
	b := d.next[from-shift:]
	for i, c := range d.old[from:to] {
		if c == b[i] {
			same++
		}
	}
	return same
}

// emit writes the record from lastScan to scan, where next continues at pos of
// the old file (-1 at the end), and returns where the next record starts: part
// of what precedes scan may fit better to what follows.
func (d *differ) emit(lastScan, lastPos, scan, pos int) (nextScan, nextPos int) {
	forward := extend(d.old[min(lastPos, len(d.old)):], d.next[lastScan:scan])
	backward := 0
	if pos >= 0 {
		backward = extendBack(d.old[:pos], d.next[lastScan:scan])
		if over := lastScan + forward - (scan - backward); over > 0 {
			cut := d.divide(lastScan+forward-over, lastPos+forward-over, scan-backward, pos-backward, over)
			forward += cut - over
			backward -= cut
		}
	}
	extra := scan - backward - (lastScan + forward)
	seek := 0
	if pos >= 0 {
		seek = pos - backward - (lastPos + forward)
	}
	if forward == 0 && extra == 0 && pos >= 0 {
		// An empty record only moves; the first one may have to.
		if lastPos == pos-backward {
			return scan - backward, pos - backward
		}
	}
	if forward > 0 || extra > 0 || seek != 0 {
		d.record(lastScan, lastPos, forward, extra, seek)
	}
	return scan - backward, pos - backward
}

func (d *differ) record(scan, pos, diff, extra, seek int) {
	d.out = appendInt(appendInt(appendInt(d.out, int64(diff)), int64(extra)), int64(seek))
	old := d.old[pos:]
	for from := 0; from < diff; {
		n := d.room(diff - from)
		for i, b := range d.next[scan+from : scan+from+n] {
			d.out = append(d.out, b-old[from+i])
		}
		from += n
	}
	for from := 0; from < extra; {
		n := d.room(extra - from)
		d.out = append(d.out, d.next[scan+diff+from:scan+diff+from+n]...)
		from += n
	}
}

// room makes room for some of n bytes that are to be written.
func (d *differ) room(n int) int {
	if len(d.out) >= outSize {
		d.flush()
	}
	return min(n, outSize-len(d.out))
}

func (d *differ) flush() {
	if d.err == nil && len(d.out) > 0 {
		_, d.err = d.w.Write(d.out)
	}
	d.out = d.out[:0]
}

// extend returns how many bytes of next agree with old for the most part: the
// length with the largest surplus of equal bytes.
func extend(old, next []byte) int {
	n := min(len(old), len(next))
	best, length, v := 0, 0, 0
	for i := 0; i < n; i++ {
		if old[i] != next[i] {
			v--
			continue
		}
		// The surplus grows up to the end of a run of equal bytes.
		run := matchLen(old[i:n], next[i:n])
		v += run
		i += run
		if v > best {
			best, length = v, i
		}
		v-- // the byte that ends the run, at i
	}
	return length
}

// extendBack is extend from the end.
func extendBack(old, next []byte) int {
	best, length, same := 0, 0, 0
	for i := 1; i <= min(len(old), len(next)); i++ {
		if old[len(old)-i] == next[len(next)-i] {
			same++
		}
		if v := 2*same - i; v > best {
			best, length = v, i
		}
	}
	return length
}

// divide says how many of n bytes that both alignments claim go to the first.
func (d *differ) divide(scanA, posA, scanB, posB, n int) int {
	best, length, v := 0, 0, 0
	for i := range n {
		if d.next[scanA+i] == d.old[posA+i] {
			v++
		}
		if d.next[scanB+i] == d.old[posB+i] {
			v--
		}
		if v > best {
			best, length = v, i+1
		}
	}
	return length
}
