package repodata

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repeated gives the head, then n times the body, then the tail, without holding them.
func repeated(head, body string, n int, tail string) io.Reader {
	left := n
	r := strings.NewReader(body)
	middle := readerFunc(func(p []byte) (int, error) {
		if r.Len() == 0 {
			if left--; left <= 0 {
				return 0, io.EOF
			}
			r.Seek(0, io.SeekStart)
		}
		return r.Read(p)
	})
	return io.MultiReader(strings.NewReader(head), middle, strings.NewReader(tail))
}

// compressed is the whole of r.
func compressed(t *testing.T, r io.Reader, c Compression) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, c)
	require.NoError(t, err)
	_, err = io.Copy(w, r)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// Small files that become large ones are read as a stream, or refused at once; both with little memory.
func TestBombs(t *testing.T) {
	const pkg = "<package><name>a</name><arch>b</arch><version ver=\"1\"/></package>"
	long := strings.Repeat(pkg, 1000)
	spaces := strings.Repeat(" ", 1<<16)
	entry := strings.Repeat(`<rpm:entry name="a"/>`, 1000)
	for _, c := range []struct {
		name string
		in   io.Reader
		want string // the error, or none
		n    int    // packages
		most uint64 // bytes allocated for each package or in all
	}{
		{"half a million packages", repeated("<metadata>", long, 500, "</metadata>"), "", 500_000, 1 << 10},
		{"white space", repeated("<metadata>", spaces, 256, "</metadata>"), "token longer than", 1, 64 << 20},
		{"a comment", repeated("<metadata><!--", spaces, 256, "--></metadata>"), "token longer than", 1, 64 << 20},
		{"a name", repeated("<metadata><package><name>", spaces, 256, "</name>"), "token longer than", 1, 64 << 20},
		{"an attribute", repeated(`<metadata><package><version ver="`, spaces, 256, `"/>`), "token longer than", 1, 64 << 20},
		{"text in pieces", repeated("<metadata><package><name>", spaces+"<!-- -->", 256, "</name>"), "text longer than", 1, 64 << 20},
		{"requirements", repeated("<metadata><package><format><rpm:requires>", entry, 2<<10, ""), "package element longer than", 1, 1 << 30},
		{"open elements", repeated("<metadata>", "<a>", 1<<20, ""), "nested deeper than", 1, 1 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := compressed(t, c.in, Gzip)
			require.Less(t, len(data), 4<<20)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := NewReader(bytes.NewReader(data))
			require.NoError(t, err)
			defer r.Close()
			n, last := 0, error(nil)
			for _, err := range ParsePrimary(context.Background(), r) {
				n, last = n+1, err
			}
			runtime.ReadMemStats(&after)
			if c.want == "" {
				require.NoError(t, last)
			} else {
				require.ErrorContains(t, last, c.want)
				var e *SyntaxError
				require.ErrorAs(t, last, &e)
			}
			require.Equal(t, c.n, n)
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)/uint64(n), c.most)
		})
	}
}

// Streams that ask for gigabytes before the first byte are refused.
func TestWindowBombs(t *testing.T) {
	zst := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0} // a window of 2 GiB
	xz := compressed(t, strings.NewReader(strings.Repeat("x", 100)), XZ)
	head := xz[12 : 12+4*(int(xz[12])+1)] // header of the first block
	at := bytes.IndexByte(head, 0x21)     // LZMA2, the length of its properties, dictionary size
	require.Positive(t, at)
	head[at+2] = 40 // 4 GiB
	binary.LittleEndian.PutUint32(head[len(head)-4:], crc32.ChecksumIEEE(head[:len(head)-4]))
	for name, data := range map[string][]byte{"zstd": zst, "xz": xz} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := NewReader(bytes.NewReader(data))
		if err == nil {
			_, err = io.ReadAll(r)
			require.NoError(t, r.Close())
		}
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), name)
	}
}
