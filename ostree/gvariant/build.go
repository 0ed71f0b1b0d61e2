package gvariant

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

func (n *textNode) buildInferred() (Value, error) {
	t, err := n.infer()
	if err != nil {
		return Value{}, err
	}
	return n.build(t)
}

// build makes n a value of type t.
func (n *textNode) build(t *typ) (Value, error) {
	if n.kind == textTyped { // where a type is asked for, GLib lets it win over the annotation
		return n.children[0].build(t)
	}
	if t.kind == 'm' {
		return n.buildMaybe(t)
	}
	v, err := n.buildPlain(t)
	if err == nil && !v.IsValid() {
		err = textError(n.pos, "no value of type %s", t.str)
	}
	return v, err
}

// buildMaybe also takes a value without "just" in front.
func (n *textNode) buildMaybe(t *typ) (Value, error) {
	inner := n
	switch n.kind {
	case textNothing:
		return Value{t, nil}, nil
	case textJust:
		inner = n.children[0]
	}
	v, err := inner.build(t.elem)
	if err != nil {
		return Value{}, err
	}
	return NewMaybe(t.elem.str, &v), nil
}

func (n *textNode) mismatch(t *typ) error {
	return textError(n.pos, "can not be of type %s", t.str)
}

func (n *textNode) buildPlain(t *typ) (Value, error) {
	switch {
	case n.kind == textNumber && t.kind == 'd', n.kind == textDouble && t.kind == 'd':
		return n.buildDouble()
	case n.kind == textNumber && fits('N', t.kind):
		return n.buildInteger(t.kind)
	case n.kind == textBool && t.kind == 'b':
		return NewBool(n.text == "true"), nil
	case n.kind == textString && fits('S', t.kind):
		return newString(t.kind, n.text), nil
	case n.kind == textBytes && t.str == "ay":
		return NewByteString([]byte(n.text)), nil
	case n.kind == textVariant && t.kind == 'v':
		child, err := n.children[0].buildInferred()
		return NewVariant(child), err
	case n.kind == textTuple && t.kind == '(':
		return n.buildTuple(t)
	case n.kind == textEntry && t.kind == '{':
		return n.buildTuple(t)
	case n.kind == textArray && t.kind == 'a':
		return n.buildArray(t)
	case n.kind == textDict && t.kind == 'a' && t.elem.kind == '{':
		return n.buildDict(t)
	}
	return Value{}, n.mismatch(t)
}

func (n *textNode) buildTuple(t *typ) (Value, error) {
	if len(n.children) != len(t.members) {
		return Value{}, n.mismatch(t)
	}
	vals := make([]Value, len(n.children))
	for i, c := range n.children {
		var err error
		if vals[i], err = c.build(t.members[i].t); err != nil {
			return Value{}, err
		}
	}
	return Value{t, encodeTuple(t, vals)}, nil
}

func (n *textNode) buildArray(t *typ) (Value, error) {
	elems := make([]Value, len(n.children))
	for i, c := range n.children {
		var err error
		if elems[i], err = c.build(t.elem); err != nil {
			return Value{}, err
		}
	}
	return NewArray(t.elem.str, elems...)
}

func (n *textNode) buildDict(t *typ) (Value, error) {
	var elems []Value
	for i := 0; i < len(n.children); i += 2 {
		key, err := n.children[i].build(t.elem.members[0].t)
		if err != nil {
			return Value{}, err
		}
		value, err := n.children[i+1].build(t.elem.members[1].t)
		if err != nil {
			return Value{}, err
		}
		elems = append(elems, NewDictEntry(key, value))
	}
	return NewArray(t.elem.str, elems...)
}

// buildDouble reads decimal numbers, inf and nan, and hexadecimal integers.
func (n *textNode) buildDouble() (Value, error) {
	// Decimal digits after a leading 0 are octal in an integer only.
	if i, ok := n.integer(); ok && strings.ContainsAny(n.text, "xX") {
		f, _ := new(big.Float).SetInt(i).Float64()
		if i.Sign() == 0 && strings.HasPrefix(n.text, "-") {
			f = math.Copysign(0, -1)
		}
		return NewDouble(f), nil
	}
	text := n.text
	// An exponent needs digits before it, and a hexadecimal fraction an exponent of its own.
	f, err := strconv.ParseFloat(text, 64)
	if strings.HasSuffix(text, "nan") && len(text) == 4 {
		f, err = math.NaN(), nil
		if text[0] == '-' {
			f = math.Copysign(f, -1)
		}
	}
	if err != nil {
		return Value{}, textError(n.pos, "%q is no number of type d", text)
	}
	return NewDouble(f), nil
}

// integer reads a decimal, octal (0...) or hexadecimal (0x...) number.
func (n *textNode) integer() (*big.Int, bool) {
	digits := strings.TrimLeft(n.text, "+-")
	if len(n.text)-len(digits) > 1 || digits == "" || len(digits) > 32 {
		return nil, false
	}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0x"), strings.HasPrefix(digits, "0X"):
		base, digits = 16, digits[2:]
	case digits[0] == '0' && len(digits) > 1:
		base, digits = 8, digits[1:]
	}
	i, ok := new(big.Int).SetString(digits, base)
	if !ok || strings.ContainsAny(digits, "_+-") {
		return nil, false
	}
	if n.text[0] == '-' {
		i.Neg(i)
	}
	return i, true
}

// integerBits gives the size in bits of an integer type, negative if signed.
var integerBits = map[byte]int{'y': 8, 'n': -16, 'q': 16, 'i': -32, 'h': -32, 'u': 32, 'x': -64, 't': 64}

func (n *textNode) buildInteger(kind byte) (Value, error) {
	i, ok := n.integer()
	if !ok {
		return Value{}, textError(n.pos, "%q is no integer", n.text)
	}
	bits := integerBits[kind]
	inRange := i.Sign() >= 0 && i.BitLen() <= bits
	if bits < 0 {
		bits = -bits
		inRange = i.IsInt64() && fitsSigned(i.Int64(), bits)
	}
	if !inRange {
		return Value{}, textError(n.pos, "number %s out of range for type %c", n.text, kind)
	}
	var b []byte
	x := i.Uint64()
	if i.Sign() < 0 {
		x = uint64(i.Int64())
	}
	for range bits / 8 {
		b = append(b, byte(x))
		x >>= 8
	}
	return basic(kind, b), nil
}

func fitsSigned(x int64, bits int) bool {
	shift := 64 - bits
	return x<<shift>>shift == x
}
