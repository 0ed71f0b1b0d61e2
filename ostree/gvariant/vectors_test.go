package gvariant_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/gvariant"
)

// A commit object written by ostree 2022.7.
const commitHex = "76657273696f6e00312e300000730800616e7377657200002a000000007507006f73747265652e7265662d62696e64696e6700" +
	"0000000000762f6f6e650006006173130f1f43466972737420636f6d6d697400426f6479207465787400000000000000005e0d5da5" +
	"32c28863714f0f2acee0c9f0800e6e4ebcd51ce49ec12ae68f7d481698a1f6f9446a0ef11b7cc167f3b603e585c7eeeeb675faa412" +
	"d5ec73f62988eb0b6c5488885d53464646"

func TestCommitObject(t *testing.T) {
	raw, err := hex.DecodeString(commitHex)
	require.NoError(t, err)
	v, err := gvariant.Decode("(a{sv}aya(say)sstayay)", raw)
	require.NoError(t, err)
	require.Equal(t, 8, v.Len())
	require.Equal(t, "First commit", v.Index(3).Str())
	require.Equal(t, "Body text", v.Index(4).Str())
	require.Equal(t, uint64(1577934245), gvariant.Swap64(v.Index(5).Uint()))
	answer, ok := v.Index(0).Lookup("answer")
	require.True(t, ok)
	require.Equal(t, uint64(42), answer.Uint())

	meta := gvariant.NewDict()
	meta.Set("version", gvariant.NewString("1.0"))
	meta.Set("answer", gvariant.NewUint32(42))
	meta.Set("ostree.ref-binding", gvariant.NewStrings([]string{"v/one"}))
	related, err := gvariant.NewArray("(say)")
	require.NoError(t, err)
	built := gvariant.NewTuple(meta.Value(), gvariant.NewBytes(nil), related,
		gvariant.NewString("First commit"), gvariant.NewString("Body text"),
		gvariant.NewUint64(gvariant.Swap64(1577934245)), v.Index(6), v.Index(7))
	require.Equal(t, commitHex, hex.EncodeToString(built.Bytes()))
	require.Equal(t, "(a{sv}aya(say)sstayay)", built.Type())
}
