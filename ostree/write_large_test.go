package ostree

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// countingSeeker counts the bytes that are read.
type countingSeeker struct {
	*bytes.Reader
	read int
}

func (c *countingSeeker) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func (c *countingSeeker) WriteTo(io.Writer) (int64, error) { panic("read as a whole") }

// Large content is read once if it is probably new or is there, and twice if it turns out to be new after all. In an
// archive it is never compressed in vain.
func TestLargeContentIsReadOnceIfExpected(t *testing.T) {
	forModes(t, func(t *testing.T, r *Repo) {
		h := &FileHeader{Mode: unix.S_IFREG | 0o644}
		large := func(tx *Tx, n byte) (Checksum, float64) {
			data := bytes.Repeat([]byte{n, 2, 3}, scratchSize)
			in := &countingSeeker{Reader: bytes.NewReader(data)}
			c, err := tx.WriteFile(t.Context(), h, int64(len(data)), in)
			require.NoError(t, err)
			return c, float64(in.read) / float64(len(data))
		}
		small := func(tx *Tx, first int) {
			for i := range 3 {
				_, err := tx.WriteFile(t.Context(), h, -1, strings.NewReader(fmt.Sprint(first+i)))
				require.NoError(t, err)
			}
		}
		commit := func(tx *Tx, written int) {
			stats, err := tx.Commit(t.Context())
			require.NoError(t, err)
			require.Equal(t, written, stats.ContentWritten)
			requireCleanTmp(t, r)
		}
		begin := func() *Tx {
			tx, err := r.Begin(t.Context(), nil)
			require.NoError(t, err)
			return tx
		}
		once := 1.0
		if r.Mode() == ModeArchive {
			once = 2
		}

		tx := begin()
		first, times := large(tx, 1)
		require.InDelta(t, 2, times, 0.01, "nothing is known")
		small(tx, 0)
		second, times := large(tx, 2)
		require.InDelta(t, once, times, 0.01, "all before was new")
		commit(tx, 5)

		tx = begin()
		small(tx, 0)
		again, times := large(tx, 1)
		require.Equal(t, first, again)
		require.InDelta(t, 1, times, 0.01, "it is there")
		small(tx, 10)
		small(tx, 20)
		again, times = large(tx, 2)
		require.Equal(t, second, again)
		require.InDelta(t, 1, times, 0.01, "it is there, though most before was new")
		commit(tx, 6)

		for i, c := range []Checksum{first, second} {
			f, err := r.LoadFile(t.Context(), c)
			require.NoError(t, err)
			require.Equal(t, strings.Repeat(string([]byte{byte(1 + i), 2, 3}), scratchSize), readFile(t, f))
		}
	})
}
