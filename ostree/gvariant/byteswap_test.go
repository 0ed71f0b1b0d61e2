package gvariant_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/gvariant"
)

// The expected texts follow from reversing the bytes by hand: 5 = 0x00000005 becomes 0x05000000 = 83886080.
func TestByteSwapped(t *testing.T) {
	for text, want := range map[string]string{
		"uint32 5":                           "uint32 83886080",
		"uint16 1":                           "uint16 256",
		"int16 1":                            "int16 256",
		"1":                                  "16777216",
		"int64 1":                            "int64 72057594037927936",
		"uint64 1":                           "uint64 72057594037927936",
		"byte 0x01":                          "byte 0x01",
		"'text'":                             "'text'",
		"true":                               "true",
		"<uint32 5>":                         "<uint32 83886080>",
		"@mi 1":                              "@mi 16777216",
		"@mi nothing":                        "@mi nothing",
		"[1, 2]":                             "[16777216, 33554432]",
		"(1, 'a', {'k': <uint16 1>}, b'xy')": "(16777216, 'a', {'k': <uint16 256>}, b'xy')",
	} {
		v, err := gvariant.ParseText(text, "")
		require.NoError(t, err, text)
		assert.Equal(t, want, v.ByteSwapped().String(), text)
		assert.Equal(t, v.Type(), v.ByteSwapped().Type(), text)
		assert.True(t, v.Equal(v.ByteSwapped().ByteSwapped()), "swapping twice is the identity: %s", text)
	}
}
