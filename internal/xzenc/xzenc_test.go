package xzenc

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/mikelolasagasti/xz"
	"github.com/stretchr/testify/require"
)

func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 8))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func inputs(t testing.TB) map[string][]byte {
	words := strings.Fields("the xz format is a container for compressed data and checks of various kinds")
	r := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	for text.Len() < 300_000 {
		text.WriteString(words[r.IntN(len(words))] + " ")
	}
	exe, err := os.Executable()
	require.NoError(t, err)
	program, err := os.ReadFile(exe)
	require.NoError(t, err)
	// Pieces that compress and pieces that do not, in all lengths, so that chunks
	// of both kinds follow each other everywhere.
	var patchwork []byte
	for i := range 400 {
		n := r.IntN(1 << (4 + r.IntN(14)))
		switch i % 3 {
		case 0:
			patchwork = append(patchwork, noise(uint64(i), n)...)
		case 1:
			at := r.IntN(200_000)
			patchwork = append(patchwork, text.String()[at:at+min(n, 90_000)]...)
		default:
			at := r.IntN(len(patchwork))
			patchwork = append(patchwork, patchwork[at:min(at+n, len(patchwork))]...)
		}
	}
	return map[string][]byte{
		"patchwork": patchwork,
		"empty":     nil,
		"one":       []byte("a"),
		"short":     []byte("abcabcabcabc"),
		"zeros":     make([]byte, 5<<20),
		"text":      []byte(text.String()),
		"noise":     noise(1, 400_000),
		"mixed":     bytes.Join([][]byte{noise(2, 70_000), []byte(text.String()), noise(3, 200_000), make([]byte, 100_000), noise(2, 70_000)}, nil),
		"program":   program[:min(len(program), 2<<20)],
	}
}

// requireDecodes reads a stream with a decoder that holds at most dict bytes (0: its default).
func requireDecodes(t *testing.T, want, stream []byte, dict uint32) {
	t.Helper()
	r, err := xz.NewReader(bytes.NewReader(stream), dict)
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
}

// Everything that is written comes back through two independent decoders.
func TestRoundTrip(t *testing.T) {
	testenv.NeedTool(t, "xz")
	var e Encoder
	defer e.Close()
	for name, data := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			require.NoError(t, e.Encode(&buf, data))
			requireDecodes(t, data, buf.Bytes(), 0)
			cmd := exec.Command("xz", "-dc")
			cmd.Stdin = bytes.NewReader(buf.Bytes())
			out, err := cmd.Output()
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, out))
			var again bytes.Buffer
			var fresh Encoder
			defer fresh.Close()
			require.NoError(t, fresh.Encode(&again, data))
			require.True(t, bytes.Equal(buf.Bytes(), again.Bytes()), "depends on earlier inputs")
		})
	}
}

// Blocks come back through both decoders, and do not depend on who made them.
func TestBlocks(t *testing.T) {
	testenv.NeedTool(t, "xz")
	data := inputs(t)["patchwork"]
	for _, size := range []int{100_000, 1 << 20, len(data) - 1, len(data), len(data) + 1} {
		var e, second, third Encoder
		defer e.Close()
		defer second.Close()
		defer third.Close()
		var buf bytes.Buffer
		require.NoError(t, e.EncodeBlocks(&buf, data, size))
		requireDecodes(t, data, buf.Bytes(), 0)
		cmd := exec.Command("xz", "-dc")
		cmd.Stdin = bytes.NewReader(buf.Bytes())
		out, err := cmd.Output()
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, out))
		for _, others := range [][]*Encoder{{&second}, {&second, &third}} {
			var again bytes.Buffer
			require.NoError(t, e.EncodeBlocks(&again, data, size, others...))
			require.True(t, bytes.Equal(buf.Bytes(), again.Bytes()))
		}
		require.ErrorIs(t, e.EncodeBlocks(&fullWriter{buf.Len() / 2}, data, size, &second), io.ErrShortWrite)
	}
}

// fullWriter takes only so much.
type fullWriter struct{ left int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

// Nearly as small as the xz command at the preset of static deltas.
func TestRatio(t *testing.T) {
	testenv.NeedTool(t, "xz")
	var e Encoder
	defer e.Close()
	for _, name := range []string{"text", "mixed", "program", "noise"} {
		data := inputs(t)[name]
		var buf bytes.Buffer
		require.NoError(t, e.Encode(&buf, data))
		file := filepath.Join(t.TempDir(), "data")
		require.NoError(t, os.WriteFile(file, data, 0o600))
		theirs := len(testenv.Run(t, "", "xz", "-8", "-c", file))
		t.Logf("%s: %d bytes, xz -8 %d", name, buf.Len(), theirs)
		require.LessOrEqual(t, float64(buf.Len()), 1.04*float64(theirs), name)
	}
}

// Distances beyond the dictionary must not be used.
func TestSmallDictionary(t *testing.T) {
	block := noise(5, 3000)
	data := bytes.Join([][]byte{block, noise(6, 4096), block, block}, nil)
	e := Encoder{DictSize: 4096}
	defer e.Close()
	var buf bytes.Buffer
	require.NoError(t, e.Encode(&buf, data))
	requireDecodes(t, data, buf.Bytes(), 4096)
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte("hello hello hello"))
	var e Encoder
	defer e.Close()
	f.Fuzz(func(t *testing.T, data []byte) {
		var buf bytes.Buffer
		require.NoError(t, e.Encode(&buf, data))
		requireDecodes(t, data, buf.Bytes(), 0)
	})
}

func BenchmarkEncode(b *testing.B) {
	data := inputs(b)["program"]
	var e Encoder
	defer e.Close()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := e.Encode(io.Discard, data); err != nil {
			b.Fatal(err)
		}
	}
}
