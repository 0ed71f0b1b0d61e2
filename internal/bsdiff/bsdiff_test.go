package bsdiff

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 9))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// apply is an independent, obvious implementation of the format.
func apply(t *testing.T, old, patch []byte, size int) []byte {
	t.Helper()
	var out []byte
	pos := 0
	number := func() int {
		v := binary.LittleEndian.Uint64(patch)
		patch = patch[8:]
		if v>>63 == 1 {
			return -int(v &^ (1 << 63))
		}
		return int(v)
	}
	for len(out) < size {
		diff, extra, seek := number(), number(), number()
		for i := range diff {
			out = append(out, patch[i]+old[pos+i])
		}
		patch, pos = patch[diff:], pos+diff
		out = append(out, patch[:extra]...)
		patch, pos = patch[extra:], pos+seek
	}
	require.Empty(t, patch)
	return out
}

// diff is Diff into memory.
func diff(t testing.TB, old, next []byte) []byte {
	var b bytes.Buffer
	require.NoError(t, Diff(&b, old, next))
	return b.Bytes()
}

func TestDiff(t *testing.T) {
	a := noise(1, 100_000)
	flipped := bytes.Clone(a)
	for i := 0; i < len(flipped); i += 500 {
		flipped[i]++
	}
	text := []byte(strings.Repeat("static deltas are small\n", 3000))
	for _, tc := range []struct {
		name      string
		old, next []byte
		most      int // of the patch, without bytes that are 0
	}{
		{"empty", nil, nil, 0},
		{"from empty", nil, []byte("hello"), 30},
		{"to empty", []byte("hello"), nil, 0},
		{"same", a, a, 30},
		{"insert", a, bytes.Join([][]byte{a[:40_000], []byte("inserted"), a[40_000:]}, nil), 100},
		{"delete", a, append(bytes.Clone(a[:30_000]), a[50_000:]...), 100},
		{"swap halves", a, append(bytes.Clone(a[50_000:]), a[:50_000]...), 100},
		{"twice", a, append(bytes.Clone(a), a...), 100},
		{"flips", a, flipped, 300},
		{"tail", a, a[90_000:], 60},
		{"text", text, bytes.ReplaceAll(text, []byte("small"), []byte("tiny")), 72_000},
		{"zeros", make([]byte, 100_000), make([]byte, 200_000), 600},
		{"unrelated", a, noise(2, 50_000), 50_300},
		{"short", []byte("abc"), []byte("abd"), 30},
	} {
		t.Run(tc.name, func(t *testing.T) {
			patch := diff(t, tc.old, tc.next)
			require.True(t, bytes.Equal(tc.next, apply(t, tc.old, patch, len(tc.next))))
			require.Equal(t, patch, diff(t, tc.old, tc.next), "not deterministic")
			got, err := io.ReadAll(NewReader(bytes.NewReader(tc.old), int64(len(tc.old)), bytes.NewReader(patch), int64(len(tc.next))))
			require.NoError(t, err)
			require.True(t, bytes.Equal(tc.next, got))
			require.LessOrEqual(t, len(patch)-bytes.Count(patch, []byte{0}), tc.most)
		})
	}
}

func number(v int64) []byte { return appendInt(nil, v) }

func TestReaderRefuses(t *testing.T) {
	old := []byte("0123456789")
	rec := func(v ...int64) []byte {
		var b []byte
		for _, x := range v {
			b = append(b, number(x)...)
		}
		return b
	}
	for _, tc := range []struct {
		name  string
		patch []byte
		want  string
	}{
		{"nothing", nil, "unexpected end"},
		{"cut head", rec(1, 2)[:12], "unexpected end"},
		{"cut difference", append(rec(4, 0, 0), 0, 0), "unexpected end"},
		{"cut insertion", append(rec(0, 4, 0), 'x'), "unexpected end"},
		{"negative difference", rec(-1, 0, 0), "difference of -1"},
		{"negative insertion", rec(0, -1, 0), "insertion of -1"},
		{"too much difference", rec(11, 0, 0), "difference of 11"},
		{"too much insertion", rec(5, 6, 0), "insertion of 6"},
		{"overflow", rec(1<<62, 1<<62, 0), "difference of"},
		{"far seek", rec(0, 0, 1<<62), "out of range"},
		{"empty records without end", rec(0, 0, 1, 0, 0, 1), "unexpected end"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := io.ReadAll(NewReader(bytes.NewReader(old), 10, bytes.NewReader(tc.patch), 10))
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// Positions outside of the old file count as zero bytes.
func TestReaderOutsideOld(t *testing.T) {
	patch := append(number(0), append(number(0), number(-2)...)...)
	patch = append(patch, append(number(6), append(number(0), number(0)...)...)...)
	patch = append(patch, "\x61\x62\x00\x00\x00\x63"...)
	got, err := io.ReadAll(NewReader(strings.NewReader("xyz"), 3, bytes.NewReader(patch), 6))
	require.NoError(t, err)
	require.Equal(t, "abxyzc", string(got))
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("hello world, hello"), diff(f, []byte("hello world, hello"), []byte("hello there, hello")), uint16(18))
	f.Add([]byte(""), []byte{}, uint16(3))
	f.Fuzz(func(t *testing.T, old, patch []byte, size uint16) {
		got, err := io.ReadAll(NewReader(bytes.NewReader(old), int64(len(old)), bytes.NewReader(patch), int64(size)))
		if err == nil && len(got) != int(size) {
			t.Fatalf("%d bytes, %d expected", len(got), size)
		}
		if len(got) > int(size) {
			t.Fatal("too many bytes")
		}
	})
}

// fullWriter accepts some bytes.
type fullWriter struct{ left int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if len(b) > w.left {
		return 0, io.ErrShortWrite
	}
	w.left -= len(b)
	return len(b), nil
}

// A patch is written in pieces, and nothing after the first that fails.
func TestDiffWrites(t *testing.T) {
	old := noise(3, 1_000_000)
	next := append(append(bytes.Clone(old[:700_000]), noise(4, 300_000)...), old[100_000:]...)
	var b bytes.Buffer
	sizes := writerFunc(func(p []byte) (int, error) {
		require.LessOrEqual(t, len(p), outSize+recordSize)
		return b.Write(p)
	})
	require.NoError(t, Diff(sizes, old, next))
	require.True(t, bytes.Equal(next, apply(t, old, b.Bytes(), len(next))))
	for _, n := range []int{0, outSize, 1_000_000, b.Len() - 1} {
		require.ErrorIs(t, Diff(&fullWriter{n}, old, next), io.ErrShortWrite)
	}
	require.NoError(t, Diff(&fullWriter{b.Len()}, old, next))
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func FuzzDiff(f *testing.F) {
	f.Add([]byte("hello world, hello"), []byte("hello there, hello"))
	f.Fuzz(func(t *testing.T, old, next []byte) {
		patch := diff(t, old, next)
		got, err := io.ReadAll(NewReader(bytes.NewReader(old), int64(len(old)), bytes.NewReader(patch), int64(len(next))))
		if err != nil || !bytes.Equal(got, next) {
			t.Fatalf("round trip: %v", err)
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	old := noise(1, 4<<20)
	next := bytes.Clone(old)
	for i := 0; i < len(next); i += 777 {
		next[i]++
	}
	b.SetBytes(int64(len(next)))
	for b.Loop() {
		require.NoError(b, Diff(io.Discard, old, next))
	}
}

// countedReads counts calls.
type countedReads struct {
	*bytes.Reader
	n int
}

func (c *countedReads) ReadAt(p []byte, at int64) (int, error) {
	c.n++
	return c.Reader.ReadAt(p, at)
}

// Records of a few bytes near each other take one read of the old file for many.
func TestReaderReadsAhead(t *testing.T) {
	old := noise(3, 20_000)
	var patch []byte
	for i := range 1500 {
		patch = append(patch, bytes.Join([][]byte{number(10), number(1), number(int64(i%3 - 1))}, nil)...)
		patch = append(patch, noise(uint64(i), 11)...)
	}
	size := 1500 * 11
	c := &countedReads{Reader: bytes.NewReader(old)}
	got, err := io.ReadAll(NewReader(c, int64(len(old)), bytes.NewReader(patch), int64(size)))
	require.NoError(t, err)
	require.True(t, bytes.Equal(apply(t, old, patch, size), got))
	require.LessOrEqual(t, c.n, 3)
	_, err = io.ReadAll(NewReader(bytes.NewReader(old[:9000]), int64(len(old)), bytes.NewReader(patch), int64(size)))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a file that is shorter than it was")
}
