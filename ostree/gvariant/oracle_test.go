package gvariant_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/gvariant"
)

// vector is a line of testdata/oracle.py.
type vector struct {
	Kind, Type, Hex, Text string
	Normal                bool
	Result                []string
}

func checkVectors(t *testing.T, data []byte) {
	kinds := map[string]int{}
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var v vector
		require.NoError(t, json.Unmarshal(sc.Bytes(), &v))
		raw, err := hex.DecodeString(v.Hex)
		require.NoError(t, err)
		kinds[v.Kind]++
		switch v.Kind {
		case "value":
			checkValue(t, &v, raw)
		case "normal":
			_, err := gvariant.Decode(v.Type, raw)
			assert.Equal(t, v.Normal, err == nil, "normal form of %s %s: %v", v.Type, v.Hex, err)
			walk(gvariant.DecodeTrusted(v.Type, raw))
		case "parse":
			checkParse(t, &v)
		}
	}
	require.NoError(t, sc.Err())
	for _, k := range []string{"value", "normal", "parse"} {
		require.Greater(t, kinds[k], 100, "vectors of kind %s", k)
	}
}

// checkValue: the bytes decode, print as GLib prints, and come back from the text and from the parts.
func checkValue(t *testing.T, v *vector, raw []byte) {
	got, err := gvariant.Decode(v.Type, raw)
	if !assert.NoError(t, err, "%s %s", v.Type, v.Hex) {
		return
	}
	assert.Equal(t, v.Text, got.String(), "text of %s %s", v.Type, v.Hex)
	again, err := gvariant.ParseText(v.Text, v.Type)
	if assert.NoError(t, err, "%s %s", v.Type, v.Text) {
		assert.Equal(t, v.Hex, hex.EncodeToString(again.Bytes()), "parsed %s %s", v.Type, v.Text)
	}
	inferred, err := gvariant.ParseText(v.Text, "")
	if assert.NoError(t, err, "%s %s", v.Type, v.Text) {
		assert.Equal(t, v.Type, inferred.Type(), "inferred from %s", v.Text)
	}
	rebuilt := rebuild(t, got)
	assert.Equal(t, v.Type, rebuilt.Type())
	assert.Equal(t, v.Hex, hex.EncodeToString(rebuilt.Bytes()), "rebuilt %s %s", v.Type, v.Text)
}

func checkParse(t *testing.T, v *vector) {
	got, err := gvariant.ParseText(v.Text, v.Type)
	if v.Result == nil {
		assert.Error(t, err, "parse %q as %q gave %v", v.Text, v.Type, got)
		return
	}
	if assert.NoError(t, err, "parse %q as %q", v.Text, v.Type) {
		assert.Equal(t, v.Result, []string{got.Type(), got.String()}, "parse %q as %q", v.Text, v.Type)
	}
}

// rebuild makes a value anew from what the accessors give.
func rebuild(t *testing.T, v gvariant.Value) gvariant.Value {
	typ := v.Type()
	var parts []gvariant.Value
	for _, c := range v.All() {
		parts = append(parts, rebuild(t, c))
	}
	switch typ[0] {
	case 'b':
		return gvariant.NewBool(v.Bool())
	case 'y':
		return gvariant.NewByte(v.Byte())
	case 'n':
		return gvariant.NewInt16(int16(v.Int()))
	case 'q':
		return gvariant.NewUint16(uint16(v.Uint()))
	case 'i':
		return gvariant.NewInt32(int32(v.Int()))
	case 'u':
		return gvariant.NewUint32(uint32(v.Uint()))
	case 'h':
		return gvariant.NewHandle(int32(v.Int()))
	case 'x':
		return gvariant.NewInt64(v.Int())
	case 't':
		return gvariant.NewUint64(v.Uint())
	case 'd':
		return gvariant.NewDouble(v.Double())
	case 's':
		return gvariant.NewString(v.Str())
	case 'o':
		return gvariant.NewObjectPath(v.Str())
	case 'g':
		return gvariant.NewSignature(v.Str())
	case 'v':
		return gvariant.NewVariant(parts[0])
	case '(':
		return gvariant.NewTuple(parts...)
	case '{':
		return gvariant.NewDictEntry(parts[0], parts[1])
	case 'm':
		if len(parts) == 0 {
			return gvariant.NewMaybe(typ[1:], nil)
		}
		return gvariant.NewMaybe(typ[1:], &parts[0])
	}
	if typ == "as" {
		return gvariant.NewStrings(v.Strings())
	}
	a, err := gvariant.NewArray(typ[1:], parts...)
	require.NoError(t, err)
	return a
}

// walk calls every accessor on v and on a limited number of values below it.
func walk(v gvariant.Value) int {
	budget := 200
	return walkSome(v, &budget)
}

func walkSome(v gvariant.Value, budget *int) int {
	*budget--
	n := len(v.Str()) + len(v.RawBytes()) + len(v.ByteString()) + len(v.Strings()) + len(v.String()) +
		int(v.Uint()) + int(v.Int()) + int(v.Byte()) + int(v.Double())
	if v.Bool() {
		n++
	}
	if _, ok := v.Lookup("key"); ok {
		n++
	}
	for _, c := range v.All() {
		if *budget <= 0 {
			break
		}
		n += walkSome(c, budget)
	}
	return n
}

func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	checkVectors(t, data)
}

// TestGLib compares with GLib itself. RPMOSTREE_GVARIANT_SEED makes other values than those of the vectors and of CI.
func TestGLib(t *testing.T) {
	python := testenv.NeedPython(t, "gi.repository.GLib")
	seed := cmp.Or(os.Getenv("RPMOSTREE_GVARIANT_SEED"), "20")
	out, err := exec.Command(python, "testdata/oracle.py", seed, "300").Output()
	require.NoError(t, err)
	checkVectors(t, out)
}
