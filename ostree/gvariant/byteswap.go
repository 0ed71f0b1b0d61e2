package gvariant

import "math/bits"

// ByteSwapped returns the value with the bytes of every number inside it reversed. Formats that store big-endian
// numbers in values show their true numbers that way; text, bytes and framing stay as they are.
func (v Value) ByteSwapped() Value {
	typ := v.Type()
	if typ == "" {
		return v
	}
	switch typ[0] {
	case 'n':
		return NewInt16(int16(bits.ReverseBytes16(uint16(v.Int()))))
	case 'q':
		return NewUint16(bits.ReverseBytes16(uint16(v.Uint())))
	case 'i':
		return NewInt32(int32(bits.ReverseBytes32(uint32(v.Int()))))
	case 'h':
		return NewHandle(int32(bits.ReverseBytes32(uint32(v.Int()))))
	case 'u':
		return NewUint32(bits.ReverseBytes32(uint32(v.Uint())))
	case 'x':
		return NewInt64(int64(bits.ReverseBytes64(uint64(v.Int()))))
	case 't':
		return NewUint64(bits.ReverseBytes64(v.Uint()))
	case 'd':
		return DecodeTrusted("d", NewUint64(bits.ReverseBytes64(DecodeTrusted("t", v.Bytes()).Uint())).Bytes())
	case 'v':
		return NewVariant(v.Variant().ByteSwapped())
	case 'a', 'm', '(', '{':
		return v.swappedContainer(typ)
	}
	return v
}

func (v Value) swappedContainer(typ string) Value {
	if typ == "ay" || typ == "as" || v.Len() == 0 {
		return v
	}
	elems := make([]Value, v.Len())
	for i := range elems {
		elems[i] = v.Index(i).ByteSwapped()
	}
	switch typ[0] {
	case 'm':
		return NewMaybe(typ[1:], &elems[0])
	case '(':
		return NewTuple(elems...)
	case '{':
		return NewDictEntry(elems[0], elems[1])
	}
	swapped, err := NewArray(typ[1:], elems...)
	if err != nil {
		return v // elements keep their types, so this cannot happen
	}
	return swapped
}
