package gvariant

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

func basic(kind byte, b []byte) Value { return Value{basicTypes[kind], b} }

// NewBool makes a b.
func NewBool(x bool) Value {
	if x {
		return basic('b', []byte{1})
	}
	return basic('b', []byte{0})
}

// NewByte makes a y.
func NewByte(x byte) Value { return basic('y', []byte{x}) }

// NewInt16 makes an n.
func NewInt16(x int16) Value {
	return basic('n', binary.LittleEndian.AppendUint16(nil, uint16(x)))
}

// NewUint16 makes a q.
func NewUint16(x uint16) Value {
	return basic('q', binary.LittleEndian.AppendUint16(nil, x))
}

// NewInt32 makes an i.
func NewInt32(x int32) Value {
	return basic('i', binary.LittleEndian.AppendUint32(nil, uint32(x)))
}

// NewUint32 makes a u.
func NewUint32(x uint32) Value {
	return basic('u', binary.LittleEndian.AppendUint32(nil, x))
}

// NewHandle makes an h, the index of a file descriptor passed beside the value.
func NewHandle(x int32) Value {
	return basic('h', binary.LittleEndian.AppendUint32(nil, uint32(x)))
}

// NewInt64 makes an x.
func NewInt64(x int64) Value {
	return basic('x', binary.LittleEndian.AppendUint64(nil, uint64(x)))
}

// NewUint64 makes a t.
func NewUint64(x uint64) Value {
	return basic('t', binary.LittleEndian.AppendUint64(nil, x))
}

// NewDouble makes a d.
func NewDouble(x float64) Value {
	return basic('d', binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
}

// NewString makes an s. It is invalid if x is not UTF-8 or holds a NUL byte.
func NewString(x string) Value { return newString('s', x) }

// NewObjectPath makes an o. It is invalid if x is no D-Bus object path.
func NewObjectPath(x string) Value { return newString('o', x) }

// NewSignature makes a g. It is invalid if x is no sequence of D-Bus types.
func NewSignature(x string) Value { return newString('g', x) }

func newString(kind byte, x string) Value {
	b := append(make([]byte, 0, len(x)+1), x...)
	b = append(b, 0)
	if stringError(kind, b) != nil {
		return Value{}
	}
	return basic(kind, b)
}

// NewBytes makes an ay that holds x as it is, and keeps x.
func NewBytes(x []byte) Value { return Value{knownTypes["ay"], x} }

// NewByteString makes an ay that holds x and a NUL byte. It is invalid if x holds one itself.
func NewByteString(x []byte) Value {
	b := append(make([]byte, 0, len(x)+1), x...)
	if !zeroFree(b) {
		return Value{}
	}
	return NewBytes(append(b, 0))
}

func zeroFree(b []byte) bool {
	for _, c := range b {
		if c == 0 {
			return false
		}
	}
	return true
}

// NewStrings makes an as. It is invalid if one of x is not UTF-8 or holds a NUL byte.
func NewStrings(x []string) Value {
	elems := make([]Value, len(x))
	for i, s := range x {
		elems[i] = NewString(s)
	}
	v, err := NewArray("s", elems...)
	if err != nil {
		return Value{}
	}
	return v
}

// NewVariant makes a v that holds x.
func NewVariant(x Value) Value {
	if x.t == nil || x.t.depth >= maxDepth {
		return Value{}
	}
	b := append(make([]byte, 0, len(x.b)+1+len(x.t.str)), x.b...)
	b = append(b, 0)
	return basic('v', append(b, x.t.str...))
}

// NewMaybe makes a maybe of type m+elemType: nothing if x is nil. It is invalid if
// elemType is no type or x has another one.
func NewMaybe(elemType string, x *Value) Value {
	t, err := parseType("m" + elemType)
	if err != nil {
		return Value{}
	}
	switch {
	case x == nil:
		return Value{t, nil}
	case x.Type() != elemType:
		return Value{}
	case t.elem.size != 0:
		return Value{t, x.b}
	}
	b := append(make([]byte, 0, len(x.b)+1), x.b...)
	return Value{t, append(b, 0)}
}

// NewTuple makes a tuple of vals. It is invalid if one of them is.
func NewTuple(vals ...Value) Value {
	return newTuple('(', ')', vals)
}

// NewDictEntry makes a dict entry. It is invalid unless key has a basic type and both are valid.
func NewDictEntry(key, value Value) Value {
	if key.t == nil || !key.t.basic() {
		return Value{}
	}
	return newTuple('{', '}', []Value{key, value})
}

func newTuple(open, end byte, vals []Value) Value {
	var str strings.Builder
	members := make([]*typ, len(vals))
	str.WriteByte(open)
	for i, v := range vals {
		if v.t == nil || v.t.depth >= maxDepth {
			return Value{}
		}
		members[i] = v.t
		str.WriteString(v.t.str)
	}
	str.WriteByte(end)
	t := knownTypes[str.String()]
	if t == nil {
		t = newTupleType(str.String(), members)
	}
	return Value{t, encodeTuple(t, vals)}
}

func encodeTuple(t *typ, vals []Value) []byte {
	if t.size != 0 {
		b := make([]byte, 0, t.size)
		for _, v := range vals {
			b = append(pad(b, v.t.align), v.b...)
		}
		return b[:t.size]
	}
	size := 0
	for _, v := range vals {
		size = alignUp(size, v.t.align) + len(v.b)
	}
	w := minWidth(size, t.offsets)
	b := make([]byte, 0, size+t.offsets*w)
	ends := make([]int, 0, t.offsets)
	for i, v := range vals {
		b = append(pad(b, v.t.align), v.b...)
		if t.members[i].framed {
			ends = append(ends, len(b))
		}
	}
	for i := len(ends) - 1; i >= 0; i-- {
		b = appendOffset(b, ends[i], w)
	}
	return b
}

// pad appends zero bytes up to the next multiple of align.
func pad(b []byte, align int) []byte {
	for len(b)%align != 0 {
		b = append(b, 0)
	}
	return b
}

func appendOffset(b []byte, off, width int) []byte {
	for range width {
		b = append(b, byte(off))
		off >>= 8
	}
	return b
}

// NewArray makes an array of type a+elemType. It is an error if elemType is no definite type
// or an element has another one.
func NewArray(elemType string, elems ...Value) (Value, error) {
	t, err := parseType("a" + elemType)
	if err != nil {
		return Value{}, fmt.Errorf("gvariant array: %w", err)
	}
	size := 0
	for i, e := range elems {
		if e.Type() != elemType {
			return Value{}, fmt.Errorf("gvariant array of %s: element %d has type %q", elemType, i, e.Type())
		}
		size = alignUp(size, t.align) + len(e.b)
	}
	n := len(elems)
	if t.elem.size != 0 {
		n = 0
	}
	w := minWidth(size, n)
	b := make([]byte, 0, size+n*w)
	ends := make([]int, 0, n)
	for _, e := range elems {
		b = append(pad(b, t.align), e.b...)
		ends = append(ends, len(b))
	}
	for _, end := range ends[:n] {
		b = appendOffset(b, end, w)
	}
	return Value{t, b}, nil
}
