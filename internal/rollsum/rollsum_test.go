package rollsum

import (
	"bytes"
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
			out = append(out, next[len(out):len(out)+s.Length]...)
		}
	}
	return out
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

// An insertion costs the chunk that it is in.
func TestMatch(t *testing.T) {
	a := noise(2, 500_000)
	for _, tc := range []struct {
		name      string
		old, next []byte
		missing   int // at most
		segments  int // at most
	}{
		{"same", a, a, 0, 1},
		{"insert", a, bytes.Join([][]byte{a[:200_000], []byte("inserted"), a[200_000:]}, nil), 2 * MaxChunk, 3},
		{"delete", a, append(bytes.Clone(a[:100_000]), a[150_000:]...), 2 * MaxChunk, 3},
		{"swap", a, append(bytes.Clone(a[250_000:]), a[:250_000]...), 4 * MaxChunk, 6},
		{"zeros", make([]byte, 300_000), make([]byte, 200_000), MaxChunk, 10},
		{"unrelated", a, noise(3, 50_000), 50_000, 1},
		{"empty", a, nil, 0, 0},
		{"from empty", nil, a, len(a), 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			segments, matched := Match(tc.old, tc.next)
			require.True(t, bytes.Equal(tc.next, rebuild(tc.old, tc.next, segments)))
			require.LessOrEqual(t, len(tc.next)-matched, tc.missing)
			require.LessOrEqual(t, len(segments), tc.segments)
		})
	}
}

func FuzzMatch(f *testing.F) {
	f.Add([]byte("one two three"), []byte("one two four"))
	f.Fuzz(func(t *testing.T, old, next []byte) {
		segments, _ := Match(old, next)
		if !bytes.Equal(next, rebuild(old, next, segments)) {
			t.Fatal("segments do not make the file")
		}
	})
}
