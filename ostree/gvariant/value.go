package gvariant

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/bits"
)

// Value is an immutable GVariant: a definite type and the serialised bytes.
// Several goroutines may use one at a time. The zero Value is invalid: it has no type,
// and every accessor returns a zero result.
type Value struct {
	t *typ
	b []byte // exactly t.size bytes when the type has a fixed size
}

// Decode interprets data as a value of type typ. It keeps data, which must not
// change afterwards, and copies nothing. It is an error if typ is not a single
// definite type or data is not in normal form, that is, not the one encoding
// that the value has.
func Decode(typ string, data []byte) (Value, error) {
	t, err := parseType(typ)
	if err != nil {
		return Value{}, fmt.Errorf("decode gvariant: %w", err)
	}
	if err := checkNormal(t, data, 0); err != nil {
		return Value{}, fmt.Errorf("decode gvariant %s: not in normal form: %w", typ, err)
	}
	return Value{t, data}, nil
}

// DecodeTrusted is Decode without the check of normal form, for data that has
// been checked before. On bad data the accessors return defaults (0, "", empty) but
// never panic or read outside data; walking nested containers of unchecked data may
// visit the same bytes more than once. An invalid typ gives the zero Value.
func DecodeTrusted(typ string, data []byte) Value {
	t, err := parseType(typ)
	if err != nil {
		return Value{}
	}
	return trusted(t, data)
}

// trusted makes a Value of t, replacing bytes of the wrong size by zeros.
func trusted(t *typ, data []byte) Value {
	if t.size != 0 && len(data) != t.size {
		data = make([]byte, t.size)
	}
	return Value{t, data}
}

// IsValid reports whether v is not the zero Value.
func (v Value) IsValid() bool { return v.t != nil }

// Type returns the type string of v, "" for the zero Value.
func (v Value) Type() string {
	if v.t == nil {
		return ""
	}
	return v.t.str
}

// Bytes returns the serialised form. The caller must not change it.
func (v Value) Bytes() []byte { return v.b }

// Equal reports whether both have the same type and the same bytes.
func (v Value) Equal(o Value) bool {
	return v.Type() == o.Type() && bytes.Equal(v.b, o.b)
}

func (v Value) kind() byte {
	if v.t == nil {
		return 0
	}
	return v.t.kind
}

// Len returns the number of children: elements of an array, members of a tuple, 2 for a
// dict entry, 0 or 1 for a maybe, 1 for a variant, 0 for everything else.
func (v Value) Len() int {
	switch v.kind() {
	case 'a':
		return arrayLen(v.t, v.b)
	case '(', '{':
		return len(v.t.members)
	case 'm':
		if _, ok := maybeChild(v.t, v.b); ok {
			return 1
		}
	case 'v':
		return 1
	}
	return 0
}

// Index returns child i, the zero Value if there is none.
func (v Value) Index(i int) Value {
	if i < 0 {
		return Value{}
	}
	switch v.kind() {
	case 'a':
		if i < arrayLen(v.t, v.b) {
			return trusted(v.t.elem, arrayChild(v.t, v.b, i))
		}
	case '(', '{':
		if i < len(v.t.members) {
			return trusted(v.t.members[i].t, tupleChild(v.t, v.b, i))
		}
	case 'm':
		if b, ok := maybeChild(v.t, v.b); ok && i == 0 {
			return trusted(v.t.elem, b)
		}
	case 'v':
		if i == 0 {
			return v.Variant()
		}
	}
	return Value{}
}

// All iterates over the children that Len counts.
func (v Value) All() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		for i, n := 0, v.Len(); i < n; i++ {
			if !yield(i, v.Index(i)) {
				return
			}
		}
	}
}

// Variant returns the value inside a v, the zero Value for another type. On
// bad data it is the unit tuple.
func (v Value) Variant() Value {
	if v.kind() != 'v' {
		return Value{}
	}
	t, b, err := splitVariant(v.b)
	if err != nil {
		return Value{unitType, unitBytes}
	}
	return trusted(t, b)
}

// Bool returns a b, false for another type.
func (v Value) Bool() bool { return v.kind() == 'b' && v.b[0] != 0 }

// Byte returns a y, 0 for another type.
func (v Value) Byte() byte {
	if v.kind() != 'y' {
		return 0
	}
	return v.b[0]
}

// Uint returns an unsigned integer of any width (y, q, u, t), 0 for another type.
func (v Value) Uint() uint64 {
	switch v.kind() {
	case 'y', 'q', 'u', 't':
		return littleUint(v.b)
	}
	return 0
}

// Int returns a signed integer of any width (n, i, x, h), 0 for another type.
func (v Value) Int() int64 {
	switch v.kind() {
	case 'n':
		return int64(int16(littleUint(v.b)))
	case 'i', 'h':
		return int64(int32(littleUint(v.b)))
	case 'x':
		return int64(littleUint(v.b))
	}
	return 0
}

// Double returns a d, 0 for another type.
func (v Value) Double() float64 {
	if v.kind() != 'd' {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(v.b))
}

// Str returns an s, o or g, "" for another type.
func (v Value) Str() string {
	switch v.kind() {
	case 's', 'o', 'g':
		if stringError(v.kind(), v.b) == nil {
			return string(v.b[:len(v.b)-1])
		}
	}
	return ""
}

// RawBytes returns an ay as it is, nil for another type. The caller must not change it.
func (v Value) RawBytes() []byte {
	if v.Type() != "ay" {
		return nil
	}
	return v.b
}

// ByteString returns an ay up to its first NUL byte, the way names that need not be UTF-8
// are stored; nil for another type. The caller must not change it.
func (v Value) ByteString() []byte {
	b := v.RawBytes()
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i:i]
	}
	return b
}

// Strings returns an as, ao or ag, nil for another type.
func (v Value) Strings() []string {
	if v.kind() != 'a' {
		return nil
	}
	switch v.t.elem.kind {
	case 's', 'o', 'g':
	default:
		return nil
	}
	out := make([]string, 0, v.Len())
	for _, s := range v.All() {
		out = append(out, s.Str())
	}
	return out
}

// Lookup returns the value of key in a dictionary with string keys; values of type v
// come unwrapped. With a repeated key the first one counts.
func (v Value) Lookup(key string) (Value, bool) {
	if v.kind() != 'a' || v.t.elem.kind != '{' || v.t.elem.members[0].t.kind != 's' {
		return Value{}, false
	}
	for _, e := range v.All() {
		if e.Index(0).Str() != key {
			continue
		}
		val := e.Index(1)
		if val.kind() == 'v' {
			val = val.Variant()
		}
		return val, true
	}
	return Value{}, false
}

// Swap32 reverses the bytes of x: NewUint32(Swap32(x)) is x in big-endian order.
func Swap32(x uint32) uint32 { return bits.ReverseBytes32(x) }

// Swap64 reverses the bytes of x.
func Swap64(x uint64) uint64 { return bits.ReverseBytes64(x) }
