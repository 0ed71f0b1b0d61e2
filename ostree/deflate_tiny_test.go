package ostree

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// The expected bytes are those of zlib at level 6; the rest is checked by the
// standard library's reader.
func TestWriteTiny(t *testing.T) {
	for payload, want := range map[string][]byte{
		"a\n":     {0x4b, 0xe4, 0x02, 0x00},
		"first\n": {0x4b, 0xcb, 0x2c, 0x2a, 0x2e, 0xe1, 0x02, 0x00},
	} {
		var b bytes.Buffer
		require.NoError(t, writeTiny(&b, []byte(payload)))
		require.Equal(t, want, b.Bytes(), "%q", payload)
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for n := 0; n <= len(all)-maxTiny; n++ {
		payload := all[n : n+n%(maxTiny+1)]
		var b bytes.Buffer
		require.NoError(t, writeTiny(&b, payload))
		got, err := io.ReadAll(flate.NewReader(&b))
		require.NoError(t, err)
		require.Equal(t, string(payload), string(got))
	}
}
