package rollsum

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// rebuild applies segments.
func rebuild(old, next []byte, segments []Segment) []byte {
	var out []byte
	for _, s := range segments {
		if s.Old >= 0 {
			out = append(out, old[s.Old:s.Old+s.Length]...)
		} else {
			out = append(out, next[len(out):len(out)+int(s.Length)]...)
		}
	}
	return out
}

// match is Match for files in memory.
func match(t *testing.T, old, next []byte) (segments []Segment, matched int64) {
	file := func(b []byte) File { return File{bytes.NewReader(b), int64(len(b))} }
	segments, matched, err := Match(file(old), file(next))
	require.NoError(t, err)
	return segments, matched
}

func TestSplitSizes(t *testing.T) {
	data := noise(1, 4<<20)
	var n, largest int
	for pos := 0; pos < len(data); n++ {
		k := Split(data[pos:])
		require.Positive(t, k)
		pos, largest = pos+k, max(largest, k)
	}
	require.LessOrEqual(t, largest, MaxChunk)
	require.InDelta(t, 8192, len(data)/n, 2000, "mean length")
	require.Equal(t, MaxChunk, Split(make([]byte, 100_000)))
	require.Equal(t, 5, Split([]byte("short")))
	require.Equal(t, 0, Split(nil))
}

// What has changed is all that is missing.
func TestMatch(t *testing.T) {
	a := noise(2, 500_000)
	flipped := bytes.Clone(a)
	for i := 10_000; i < len(flipped); i += 100_000 {
		flipped[i] ^= 1
	}
	for _, tc := range []struct {
		name      string
		old, next []byte
		missing   int64 // at most
		segments  int   // at most
	}{
		{"same", a, a, 0, 1},
		{"insert", a, bytes.Join([][]byte{a[:200_000], []byte("inserted"), a[200_000:]}, nil), 8, 3},
		{"replace", a, bytes.Join([][]byte{a[:200_000], noise(9, 4000), a[204_000:]}, nil), 4000, 3},
		{"flip", a, flipped, 5, 11},
		{"delete", a, append(bytes.Clone(a[:100_000]), a[150_000:]...), 0, 2},
		{"swap", a, append(bytes.Clone(a[250_000:]), a[:250_000]...), 2 * MaxChunk, 4},
		{"shorter", a, a[:123_456], 0, 1},
		{"longer", a[:123_456], a, 500_000 - 123_456, 2},
		{"zeros", make([]byte, 300_000), make([]byte, 200_000), 0, 1},
		{"more zeros", make([]byte, 200_000), make([]byte, 300_000), MaxChunk, 3},
		{"unrelated", a, noise(3, 50_000), 50_000, 1},
		{"empty", a, nil, 0, 0},
		{"from empty", nil, a, 500_000, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			segments, matched := match(t, tc.old, tc.next)
			require.True(t, bytes.Equal(tc.next, rebuild(tc.old, tc.next, segments)))
			require.LessOrEqual(t, int64(len(tc.next))-matched, tc.missing)
			require.LessOrEqual(t, len(segments), tc.segments)
		})
	}
}

// A file that has become shorter is an error, whichever it is.
func TestMatchShort(t *testing.T) {
	a := noise(4, 100_000)
	whole, cut := File{bytes.NewReader(a), int64(len(a))}, File{bytes.NewReader(a[:60_000]), int64(len(a))}
	for _, files := range [][2]File{{cut, whole}, {whole, cut}} {
		_, _, err := Match(files[0], files[1])
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
}

// Copies of a few pieces with insertions, in any order.
func TestMatchAny(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		old := noise(r.Uint64(), r.IntN(200_000))
		var next []byte
		var inserted int64
		pieces := r.IntN(6)
		for range pieces {
			if len(old) > 0 {
				from := r.IntN(len(old))
				next = append(next, old[from:from+r.IntN(len(old)-from)]...)
			}
			n := r.IntN(3000)
			next, inserted = append(next, noise(r.Uint64(), n)...), inserted+int64(n)
		}
		segments, matched := match(t, old, next)
		require.True(t, bytes.Equal(next, rebuild(old, next, segments)))
		// Each piece is found from its first chunk boundary on.
		require.LessOrEqual(t, int64(len(next))-matched, inserted+int64(pieces)*2*MaxChunk)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add([]byte("one two three"), []byte("one two four"))
	f.Add(make([]byte, 70_000), make([]byte, 40_000))
	f.Add(noise(1, 50_000), append(noise(1, 40_000), noise(2, 20_000)...))
	f.Fuzz(func(t *testing.T, old, next []byte) {
		segments, _ := match(t, old, next)
		if !bytes.Equal(next, rebuild(old, next, segments)) {
			t.Fatal("segments do not make the file")
		}
	})
}
