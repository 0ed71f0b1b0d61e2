package gvariant

import (
	"bytes"
	"errors"
)

var (
	unitType  = &typ{str: "()", kind: '(', align: 1, size: 1, depth: 1}
	unitBytes = []byte{0}
)

// littleUint reads a little-endian integer of 1 to 8 bytes.
func littleUint(b []byte) uint64 {
	var n uint64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n
}

// offsetWidth is the size of a framing offset in a container of size bytes.
func offsetWidth(size int) int {
	switch {
	case size == 0:
		return 0
	case size <= 0xff:
		return 1
	case size <= 0xffff:
		return 2
	case uint64(size) <= 0xffffffff:
		return 4
	}
	return 8
}

// minWidth is the offset width a writer chooses for n offsets behind body bytes.
func minWidth(body, n int) int {
	for _, w := range []int{1, 2, 4} {
		if uint64(body)+uint64(n)*uint64(w) <= 1<<(8*w)-1 {
			return w
		}
	}
	return 8
}

// offsetAt reads the framing offset at b[pos:pos+width]; -1 when it points behind b.
func offsetAt(b []byte, pos, width int) int {
	n := littleUint(b[pos : pos+width])
	if n > uint64(len(b)) {
		return -1
	}
	return int(n)
}

// arrayFrame returns where the framing offsets of an array of variable-size elements
// start and how many there are; ok is false when that makes no sense.
func arrayFrame(b []byte) (start, n int, ok bool) {
	if len(b) == 0 {
		return 0, 0, true
	}
	w := offsetWidth(len(b))
	start = offsetAt(b, len(b)-w, w)
	if start < 0 || start > len(b)-w || (len(b)-start)%w != 0 {
		return 0, 0, false
	}
	return start, (len(b) - start) / w, true
}

func arrayLen(t *typ, b []byte) int {
	if size := t.elem.size; size != 0 {
		if len(b)%size != 0 {
			return 0
		}
		return len(b) / size
	}
	_, n, _ := arrayFrame(b)
	return n
}

// arrayChild returns the bytes of element i, which must exist.
func arrayChild(t *typ, b []byte, i int) []byte {
	if size := t.elem.size; size != 0 {
		return b[i*size : (i+1)*size : (i+1)*size]
	}
	frame, _, _ := arrayFrame(b)
	w := offsetWidth(len(b))
	start := 0
	if i > 0 {
		start = offsetAt(b, frame+(i-1)*w, w)
	}
	return span(b, start, offsetAt(b, frame+i*w, w), frame, t.elem.align)
}

// span returns b[start:end] with start aligned, nil unless 0 <= start <= end <= limit.
func span(b []byte, start, end, limit, align int) []byte {
	if start < 0 || end < 0 || end > limit {
		return nil
	}
	start = alignUp(start, align)
	if start > end {
		return nil
	}
	return b[start:end:end]
}

// tupleFrame returns where the framing offsets of a tuple start, -1 if b is too short for them.
func tupleFrame(t *typ, b []byte) int {
	return max(len(b)-t.offsets*offsetWidth(len(b)), -1)
}

// tupleChild returns the bytes of member i.
func tupleChild(t *typ, b []byte, i int) []byte {
	frame := tupleFrame(t, b)
	if frame < 0 {
		return nil
	}
	w := offsetWidth(len(b))
	m := t.members[i]
	pos := 0
	if m.prev > 0 {
		if pos = offsetAt(b, len(b)-m.prev*w, w); pos < 0 {
			return nil
		}
	}
	// Between the last framed member and this one all sizes are fixed.
	for j := t.firstAfter(i); j < i; j++ {
		pos = alignUp(pos, t.members[j].t.align) + t.members[j].t.size
	}
	end := frame
	switch {
	case m.t.size != 0:
		end = alignUp(pos, m.t.align) + m.t.size
	case m.framed:
		end = offsetAt(b, len(b)-(m.prev+1)*w, w)
	}
	return span(b, pos, end, frame, m.t.align)
}

// firstAfter returns the index behind the last framed member before i.
func (t *typ) firstAfter(i int) int {
	for i > 0 && !t.members[i-1].framed {
		i--
	}
	return i
}

// maybeChild returns the bytes of what a maybe holds.
func maybeChild(t *typ, b []byte) ([]byte, bool) {
	switch {
	case len(b) == 0:
		return nil, false
	case t.elem.size != 0:
		return b, len(b) == t.elem.size
	}
	return b[: len(b)-1 : len(b)-1], true
}

var errVariant = errors.New("variant without a type")

// splitVariant separates a variant into the type and the bytes of its child.
func splitVariant(b []byte) (*typ, []byte, error) {
	i := bytes.LastIndexByte(b, 0)
	if i < 0 {
		return nil, nil, errVariant
	}
	t := knownTypes[string(b[i+1:])]
	if t == nil {
		var err error
		if t, err = parseType(string(b[i+1:])); err != nil {
			return nil, nil, err
		}
	}
	return t, b[:i:i], nil
}
