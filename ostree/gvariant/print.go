package gvariant

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// String returns v in the GVariant text format with type annotations where the type does not
// follow from the text, so that ParseText gives v again. The zero Value, and bytes that are not
// in normal form, come out as a short remark in angle brackets.
func (v Value) String() string {
	if v.t == nil {
		return "<invalid>"
	}
	if checkNormal(v.t, v.b, 0) != nil {
		return "<" + v.t.str + " not in normal form>"
	}
	return string(appendText(nil, v, true))
}

// Plain is [Value.String] without type annotations, for people to read.
func (v Value) Plain() string {
	if v.t == nil || checkNormal(v.t, v.b, 0) != nil {
		return v.String()
	}
	return string(appendText(nil, v, false))
}

// appendText appends the text form of v. Without annotate the type is known from before, as in
// all elements of an array but the first.
func appendText(b []byte, v Value, annotate bool) []byte {
	switch v.t.kind {
	case 'a':
		return appendArray(b, v, annotate)
	case '(':
		return appendTuple(b, v, annotate)
	case '{':
		b = append(b, '{')
		b = appendText(b, v.Index(0), annotate)
		b = append(b, ", "...)
		b = appendText(b, v.Index(1), annotate)
		return append(b, '}')
	case 'm':
		return appendMaybe(b, v, annotate)
	case 'v':
		b = append(b, '<')
		b = appendText(b, v.Variant(), true)
		return append(b, '>')
	case 's':
		return appendQuoted(b, v.Str())
	}
	if annotate {
		b = append(b, annotations[v.t.kind]...)
	}
	return appendScalar(b, v)
}

// annotations are the keywords before values whose type is not the default of their text.
var annotations = map[byte]string{
	'y': "byte ", 'n': "int16 ", 'q': "uint16 ", 'h': "handle ", 'u': "uint32 ",
	'x': "int64 ", 't': "uint64 ", 'o': "objectpath ", 'g': "signature ",
}

func appendScalar(b []byte, v Value) []byte {
	switch v.t.kind {
	case 'b':
		return strconv.AppendBool(b, v.Bool())
	case 'y':
		const digits = "0123456789abcdef"
		c := v.Byte()
		return append(b, '0', 'x', digits[c>>4], digits[c&15])
	case 'q', 'u', 't':
		return strconv.AppendUint(b, v.Uint(), 10)
	case 'd':
		return appendDouble(b, v.Double())
	case 'o', 'g':
		return appendQuoted(b, v.Str())
	}
	return strconv.AppendInt(b, v.Int(), 10)
}

// appendDouble writes 17 significant digits, enough to read the same number back, and a mark
// that tells it from an integer.
func appendDouble(b []byte, x float64) []byte {
	switch {
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	case math.IsNaN(x):
		if math.Signbit(x) {
			b = append(b, '-')
		}
		return append(b, "nan"...)
	}
	s := strconv.FormatFloat(x, 'g', 17, 64)
	b = append(b, s...)
	if !strings.ContainsAny(s, ".e") {
		b = append(b, ".0"...)
	}
	return b
}

func appendArray(b []byte, v Value, annotate bool) []byte {
	if v.t.str == "ay" {
		if n := len(v.b) - 1; n >= 0 && bytes.IndexByte(v.b, 0) == n {
			return appendByteString(b, v.b[:n])
		}
	}
	dict := v.t.elem.kind == '{'
	open, end := byte('['), byte(']')
	if dict {
		open, end = '{', '}'
	}
	n := v.Len()
	if n == 0 && annotate {
		b = append(append(append(b, '@'), v.t.str...), ' ')
	}
	b = append(b, open)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		e := v.Index(i)
		if dict {
			b = appendText(b, e.Index(0), annotate)
			b = append(b, ": "...)
			e = e.Index(1)
		}
		b = appendText(b, e, annotate)
		annotate = false
	}
	return append(b, end)
}

func appendTuple(b []byte, v Value, annotate bool) []byte {
	b = append(b, '(')
	n := v.Len()
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendText(b, v.Index(i), annotate)
	}
	if n == 1 {
		b = append(b, ',')
	}
	return append(b, ')')
}

// appendMaybe leaves "just" out, except where nothing inside needs it to be told from nothing.
func appendMaybe(b []byte, v Value, annotate bool) []byte {
	if annotate {
		b = append(append(append(b, '@'), v.t.str...), ' ')
	}
	justs := 0
	for v.t.kind == 'm' {
		if v.Len() == 0 {
			for range justs {
				b = append(b, "just "...)
			}
			return append(b, "nothing"...)
		}
		v = v.Index(0)
		justs++
	}
	return appendText(b, v, false)
}

// quoteFor chooses the quote that needs no escape.
func quoteFor(s string) byte {
	if strings.Contains(s, "'") {
		return '"'
	}
	return '\''
}

var escapes = map[rune]string{
	'\\': `\\`, '\a': `\a`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\v': `\v`,
}

func appendQuoted(b []byte, s string) []byte {
	quote := quoteFor(s)
	b = append(b, quote)
	for _, r := range s {
		esc, special := escapes[r]
		switch {
		case r == rune(quote):
			b = append(b, '\\', quote)
		case special:
			b = append(b, esc...)
		case printable(r):
			b = append(b, string(r)...)
		case r < 0x10000:
			b = append(b, `\u`...)
			b = appendHex(b, r, 4)
		default:
			b = append(b, `\U`...)
			b = appendHex(b, r, 8)
		}
	}
	return append(b, quote)
}

func appendHex(b []byte, r rune, digits int) []byte {
	s := strconv.FormatInt(int64(r), 16)
	for range digits - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// printable reports whether r is assigned and neither a control nor a format character.
func printable(r rune) bool {
	if r < 0x80 {
		return r >= 0x20 && r < 0x7f
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Co)
}

// appendByteString writes bytes outside printable ASCII as octal escapes.
func appendByteString(b, s []byte) []byte {
	quote := quoteFor(string(s))
	b = append(b, 'b', quote)
	for _, c := range s {
		esc, special := escapes[rune(c)]
		switch {
		case c == '"':
			b = append(b, `\"`...)
		case special && c != '\a':
			b = append(b, esc...)
		case c >= 0x20 && c < 0x7f:
			b = append(b, c)
		default:
			b = append(b, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		}
	}
	return append(b, quote)
}
