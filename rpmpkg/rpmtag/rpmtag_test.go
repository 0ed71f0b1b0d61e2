package rpmtag_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// The table of the manual: number in a signature header, number once installed.
func TestMergedTags(t *testing.T) {
	for from, to := range map[rpmtag.Tag]rpmtag.Tag{
		267: 267, 268: 268, 269: 269, 270: 270, 271: 271, 273: 273, 274: 5090, 275: 5091, 278: 278, 279: 279,
		1000: 257, 1002: 259, 1004: 261, 1005: 262, 1007: 1046,
	} {
		got, ok := rpmtag.Merged(from)
		assert.True(t, ok, "%d", uint32(from))
		assert.Equal(t, to, got, "%d", uint32(from))
	}
	for _, dropped := range []rpmtag.Tag{62, 999, 1008, 5000} {
		_, ok := rpmtag.Merged(dropped)
		assert.False(t, ok, "%d is not kept", uint32(dropped))
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		name string
		kind func(rpmtag.Tag) (rpmtag.Type, bool)
		tag  rpmtag.Tag
		want rpmtag.Type
		ok   bool
	}{
		{"name", rpmtag.Kind, 1000, rpmtag.TypeString, true},
		{"size of header and payload", rpmtag.SignatureKind, 1000, rpmtag.TypeInt32, true},
		{"MD5", rpmtag.SignatureKind, 1004, rpmtag.TypeBin, true},
		{"SHA1", rpmtag.SignatureKind, 269, rpmtag.TypeString, true},
		{"modes", rpmtag.Kind, 1030, rpmtag.TypeInt16, true},
		{"long sizes", rpmtag.Kind, 5008, rpmtag.TypeInt64, true},
		{"states", rpmtag.Kind, 1029, rpmtag.TypeChar, true},
		{"unknown", rpmtag.Kind, 999999, 0, false},
		{"not in a signature header", rpmtag.SignatureKind, 1030, 0, false},
	} {
		got, ok := c.kind(c.tag)
		assert.Equal(t, c.want, got, c.name)
		assert.Equal(t, c.ok, ok, c.name)
	}
}

func TestTypes(t *testing.T) {
	sizes := map[rpmtag.Type]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 0, 7: 1, 8: 0, 9: 0}
	for typ, size := range sizes {
		assert.Equal(t, size, typ.Size())
		assert.True(t, typ.Valid())
		assert.Equal(t, size == 0, typ.IsString())
	}
	assert.False(t, rpmtag.Type(0).Valid())
	assert.False(t, rpmtag.Type(10).Valid())
	assert.True(t, rpmtag.HeaderImmutable.IsRegion())
	assert.False(t, rpmtag.HeaderI18NTable.IsRegion())
}

func ExampleTag_String() {
	fmt.Println(rpmtag.Basenames, rpmtag.Tag(4711))
	// Output: Basenames 4711
}
