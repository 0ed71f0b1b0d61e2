package gvariant_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/gvariant"
)

// Limits measured with GLib 2.74: 127 variants around a basic value, 128 arrays around a byte.
func TestDepthLimit(t *testing.T) {
	data, typ := []byte{1}, "b"
	for n := 1; n <= 130; n++ {
		data, typ = append(append(data, 0), typ...), "v"
		_, err := gvariant.Decode("v", data)
		require.Equal(t, n <= 127, err == nil, "%d nested variants: %v", n, err)
	}
	_, err := gvariant.Decode(strings.Repeat("a", 127)+"y", nil)
	require.NoError(t, err)
	_, err = gvariant.Decode(strings.Repeat("a", 100000)+"y", nil)
	require.ErrorContains(t, err, "nested deeper")
	_, err = gvariant.ParseText(strings.Repeat("[", 100000), "")
	require.ErrorContains(t, err, "nested deeper")
	v := gvariant.NewBool(true)
	for range 200 {
		v = gvariant.NewTuple(v)
	}
	require.False(t, v.IsValid())
}

// The offset width grows when body and offsets together no longer fit below 256 and 65536 bytes.
func TestOffsetWidth(t *testing.T) {
	for _, tc := range []struct{ payload, size int }{
		{253, 253 + 1 + 1}, // 255 bytes: one-byte offset
		{254, 254 + 1 + 2},
		{65532, 65532 + 1 + 2},
		{65533, 65533 + 1 + 4},
	} {
		s := strings.Repeat("x", tc.payload)
		v := gvariant.NewStrings([]string{s})
		require.Len(t, v.Bytes(), tc.size)
		got, err := gvariant.Decode("as", v.Bytes())
		require.NoError(t, err)
		require.Equal(t, []string{s}, got.Strings())
		tuple := gvariant.NewTuple(gvariant.NewString(s), gvariant.NewBytes(nil))
		require.Len(t, tuple.Bytes(), tc.size)
		got, err = gvariant.Decode("(say)", tuple.Bytes())
		require.NoError(t, err)
		require.Equal(t, s, got.Index(0).Str())
	}
}

func TestNotNormal(t *testing.T) {
	for name, tc := range map[string]struct{ typ, data, want string }{
		"offset wider than needed": {"as", "a\x00" + strings.Repeat("x", 250) + "\x00\x02\x00\xfd\x00", "wider"},
		"offset past the end":      {"as", "a\x00\x09", "out of place"},
		"offsets go back":          {"as", "a\x00b\x00\x04\x02", "out of place"},
		"padding":                  {"(yu)", "\x01\x01\x00\x00\x02\x00\x00\x00", "padding"},
		"tail padding":             {"(uy)", "\x02\x00\x00\x00\x01\x00\x00\x01", "padding"},
		"boolean two":              {"b", "\x02", "boolean is 2"},
		"string without NUL":       {"s", "ab", "NUL"},
		"string with NUL inside":   {"s", "a\x00b\x00", "NUL"},
		"string not UTF-8":         {"s", "\xff\x00", "UTF-8"},
		"surrogate":                {"s", "\xed\xa0\x80\x00", "UTF-8"},
		"variant without type":     {"v", "\x01", "variant without a type"},
		"variant of two types":     {"v", "\x01\x00bb", "more than one type"},
		"variant of bad type":      {"v", "\x01\x00z", "no type"},
		"fixed size":               {"u", "\x01", "1 bytes for type u, want 4"},
		"array of fixed size":      {"au", "\x01\x02\x03", "no array of 4-byte"},
		"unit tuple":               {"()", "\x01", "padding"},
		"just without end":         {"ms", "a\x00\x01", "padding"},
		"missing offsets":          {"(ss)", "", "NUL"},
	} {
		_, err := gvariant.Decode(tc.typ, []byte(tc.data))
		require.ErrorContains(t, err, tc.want, name)
	}
	for _, typ := range []string{"", "a", "(", "(s", "{s}", "{vs}", "{sss}", "ss", "z", "m", "a{sv", "r", "*"} {
		_, err := gvariant.Decode(typ, nil)
		require.Error(t, err, "type %q", typ)
		require.False(t, gvariant.DecodeTrusted(typ, nil).IsValid())
	}
}

func TestTrustedDefaults(t *testing.T) {
	require.Equal(t, uint64(0), gvariant.DecodeTrusted("u", []byte{1}).Uint())
	require.Equal(t, "", gvariant.DecodeTrusted("s", []byte("no end")).Str())
	require.Equal(t, "()", gvariant.DecodeTrusted("v", nil).Variant().Type())
	require.Equal(t, 0, gvariant.DecodeTrusted("as", []byte{0xff}).Len())
	v := gvariant.DecodeTrusted("(sus)", []byte{9})
	require.Equal(t, "", v.Index(0).Str())
	require.Equal(t, uint64(0), v.Index(1).Uint())
	require.False(t, v.Index(3).IsValid())
	require.False(t, v.Index(-1).IsValid())
	require.Equal(t, "<s not in normal form>", gvariant.DecodeTrusted("s", nil).String())
	var zero gvariant.Value
	require.Equal(t, "<invalid>", zero.String())
	require.Equal(t, 0, walk(zero)-len("<invalid>"))
}

func TestInvalidSpreads(t *testing.T) {
	bad := gvariant.NewString("a\x00b")
	require.False(t, bad.IsValid())
	require.False(t, gvariant.NewString("\xff").IsValid())
	require.False(t, gvariant.NewTuple(bad).IsValid())
	require.False(t, gvariant.NewVariant(bad).IsValid())
	require.False(t, gvariant.NewStrings([]string{"ok", "\xff"}).IsValid())
	require.False(t, gvariant.NewDictEntry(gvariant.NewVariant(gvariant.NewByte(1)), gvariant.NewByte(1)).IsValid())
	require.False(t, gvariant.NewByteString([]byte("a\x00")).IsValid())
	require.False(t, gvariant.NewObjectPath("/a/").IsValid())
	require.False(t, gvariant.NewSignature("ms").IsValid())
	require.False(t, gvariant.NewMaybe("zz", nil).IsValid())
	require.False(t, gvariant.NewMaybe("s", &bad).IsValid())
	d := gvariant.NewDict()
	d.Set("k", bad)
	require.False(t, d.Value().IsValid())
	_, err := gvariant.NewArray("s", gvariant.NewByte(1))
	require.ErrorContains(t, err, "element 0")
}

func TestDict(t *testing.T) {
	d := gvariant.NewDict()
	d.Set("z", gvariant.NewString("1"))
	d.Set("a", gvariant.NewBool(true))
	d.Set("m", gvariant.NewStrings([]string{"x", "y"}))
	d.Set("z", gvariant.NewString("2"))
	require.Equal(t, []string{"z", "a", "m"}, d.Keys())
	require.Equal(t, "{'z': <'2'>, 'a': <true>, 'm': <['x', 'y']>}", d.Value().String())

	got, err := gvariant.DictFromValue(d.Value())
	require.NoError(t, err)
	require.True(t, got.Value().Equal(d.Value()))
	s, ok := got.String("z")
	require.True(t, ok)
	require.Equal(t, "2", s)
	_, ok = got.String("a")
	require.False(t, ok)
	b, ok := got.Bool("a")
	require.True(t, b && ok)
	list, ok := got.Strings("m")
	require.True(t, ok)
	require.Equal(t, []string{"x", "y"}, list)

	c := got.Clone()
	c.Delete("z")
	c.Delete("missing")
	require.Equal(t, []string{"a", "m"}, c.Keys())
	require.Equal(t, 3, got.Len())

	var none *gvariant.Dict
	require.Equal(t, 0, none.Len())
	require.Equal(t, "@a{sv} {}", none.Value().String())
	_, ok = none.Get("k")
	require.False(t, ok)

	entry := gvariant.NewDictEntry(gvariant.NewString("k"), gvariant.NewVariant(gvariant.NewByte(1)))
	twice, err := gvariant.NewArray("{sv}", entry, entry)
	require.NoError(t, err)
	_, err = gvariant.DictFromValue(twice)
	require.ErrorContains(t, err, `key "k" occurs twice`)
	_, err = gvariant.DictFromValue(gvariant.NewByte(1))
	require.ErrorContains(t, err, "not a{sv}")
}

func FuzzDecode(f *testing.F) {
	for _, s := range []struct{ typ, data string }{
		{"(a{sv}aya(say)sstayay)", commitHex}, {"as", "a\x00b\x00\x02\x04"}, {"v", "\x01\x00b"}, {"mms", "a\x00\x00\x00"},
		{"(a(say)a(sayay))", "\x00"}, {"a(yv)", "\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00b"}, {"{sv}", "k\x00"}, {"ao", "/\x00\x02"},
	} {
		f.Add(s.typ, []byte(s.data))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		before := bytes.Clone(data)
		walk(gvariant.DecodeTrusted(typ, data))
		v, err := gvariant.Decode(typ, data)
		if err != nil {
			return
		}
		if got := rebuild(t, v).Bytes(); !bytes.Equal(got, before) {
			t.Fatalf("%s %x came back as %x", typ, before, got)
		}
		text := v.String()
		again, err := gvariant.ParseText(text, typ)
		if err != nil {
			t.Fatalf("%s %x printed as unreadable %s: %v", typ, data, text, err)
		}
		if again.String() != text {
			t.Fatalf("%s printed again as %s", text, again.String())
		}
	})
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"{'a': <1>}", "[just nothing, 1]", "b'\\001'", "@a{sv} {}", "(1,)", "-0x1f", "'\\u00e9'"} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, typ string) {
		v, err := gvariant.ParseText(text, typ)
		if err != nil {
			return
		}
		if _, err := gvariant.Decode(v.Type(), v.Bytes()); err != nil {
			t.Fatalf("%s gave a bad value: %v", text, err)
		}
	})
}

// FuzzByteSwapped: values swap back to what they were, and only numbers change.
func FuzzByteSwapped(f *testing.F) {
	f.Add("(a{sv}aya(say)sstayay)", []byte(commitHex))
	f.Add("(uqt)", []byte{1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0})
	f.Add("av", []byte{1, 0, 0, 0, 0, 'u', 6})
	f.Add("a{sd}", []byte{})
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		v, err := gvariant.Decode(typ, data)
		if err != nil {
			return
		}
		swapped := v.ByteSwapped()
		if swapped.Type() != v.Type() || len(swapped.Bytes()) != len(data) {
			t.Fatalf("%s %x swapped is %s %x", typ, data, swapped.Type(), swapped.Bytes())
		}
		if again := swapped.ByteSwapped(); !bytes.Equal(again.Bytes(), data) {
			t.Fatalf("%s %x swapped twice is %x", typ, data, again.Bytes())
		}
	})
}
