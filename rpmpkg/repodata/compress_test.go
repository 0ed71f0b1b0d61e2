package repodata

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompressions(t *testing.T) {
	text := strings.Repeat("some metadata ", 200_000)
	for _, c := range []Compression{None, Gzip, XZ, Zstd} {
		var packed bytes.Buffer
		w, err := NewWriter(&packed, c)
		require.NoError(t, err)
		_, err = io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.Equal(t, c, Detect(packed.Bytes()))
		whole := packed.Bytes()

		r, err := NewReader(bytes.NewReader(whole))
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.True(t, text == string(got), c)

		if c == None {
			continue
		}
		r, err = NewReader(bytes.NewReader(whole[:len(whole)-5]))
		require.NoError(t, err)
		_, err = io.ReadAll(r)
		require.Error(t, err, "%s: cut off", c)
		require.NoError(t, r.Close())

		r, err = NewReader(bytes.NewReader(whole))
		require.NoError(t, err)
		_, err = r.Read(make([]byte, 10))
		require.NoError(t, err)
		require.NoError(t, r.Close(), "%s: closed early", c)
	}
	_, err := NewWriter(io.Discard, BZ2)
	require.ErrorContains(t, err, `writing "bz2" is not supported`)
}

func TestBzip2(t *testing.T) {
	// printf hello | bzip2
	packed := "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x19\x31\x65\x3d\x00\x00\x00\x81\x00\x02\x44\xa0\x00\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80"
	r, err := NewReader(strings.NewReader(packed))
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "hello", string(got))
	require.NoError(t, r.Close())
}

func TestReaderOfNothing(t *testing.T) {
	r, err := NewReader(strings.NewReader(""))
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Empty(t, got)
	_, err = NewReader(strings.NewReader("\x1f\x8bgarbage that is no gzip header"))
	require.Error(t, err)
}
