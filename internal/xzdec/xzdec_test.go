package xzdec

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mikelolasagasti/xz"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 8))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// patchwork has pieces that compress, pieces that do not, and repetitions at all
// distances.
func patchwork(size int) []byte {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("the xz format is a container for compressed data and checks of various kinds")
	var b []byte
	for i := 0; len(b) < size; i++ {
		n := 1 + r.IntN(1<<(3+r.IntN(14)))
		switch i % 5 {
		case 0:
			b = append(b, noise(uint64(i), n)...)
		case 1:
			for range n / 6 {
				b = append(append(b, words[r.IntN(len(words))]...), ' ')
			}
		case 2:
			b = append(b, bytes.Repeat(b[max(len(b)-1-r.IntN(9), 0):], 1+n/8)...)
		default:
			at := r.IntN(len(b))
			b = append(b, b[at:min(at+n, len(b))]...)
		}
	}
	return b[:size]
}

func compress(t testing.TB, data []byte, args ...string) []byte {
	testenv.NeedTool(t, "xz")
	cmd := exec.Command("xz", append([]string{"-c", "-T1"}, args...)...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	require.NoError(t, err)
	return out
}

func decompress(stream []byte, o *Options) ([]byte, error) {
	z, err := NewReader(bytes.NewReader(stream), o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = z.WriteTo(&out)
	return out.Bytes(), errors.Join(err, z.Close())
}

// What the xz command writes with all kinds of options is read.
func TestStreamsOfXZ(t *testing.T) {
	data := patchwork(3 << 20)
	for _, args := range [][]string{
		{"-0"}, {"-1"}, {"-6"}, {"-8"}, {"-9e"},
		{"--check=none"}, {"--check=crc32"}, {"--check=crc64"}, {"--check=sha256"},
		{"--block-size=100000"}, {"--block-size=900000", "-T2"},
		{"--lzma2=preset=6,lc=0,lp=4,pb=0"}, {"--lzma2=preset=6,lc=4,lp=0,pb=4"}, {"--lzma2=preset=6,lc=1,lp=3,pb=1"},
		{"--lzma2=preset=6,dict=4KiB"}, {"--lzma2=preset=6,dict=96KiB"}, {"--lzma2=preset=1,dict=1MiB,nice=4"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			stream := compress(t, data, args...)
			got, err := decompress(stream, nil)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))
			// The same in small reads of a source that gives little.
			z, err := NewReader(iotest.HalfReader(bytes.NewReader(stream)), nil)
			require.NoError(t, err)
			got, err = io.ReadAll(iotest.OneByteReader(io.LimitReader(z, 50_000)))
			require.NoError(t, err)
			rest, err := io.ReadAll(z)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, append(got, rest...)))
			require.NoError(t, z.Close())
			_, err = z.Read(got)
			require.ErrorContains(t, err, "closed")
		})
	}
}

func TestSpecialData(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": nil, "one": []byte("x"), "zeros": make([]byte, 9<<20), "noise": noise(1, 300_000),
		"noise again": bytes.Repeat(noise(2, 70_000), 9), "periods": bytes.Repeat([]byte("abcdefg"), 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			for _, args := range [][]string{{"-6"}, {"--lzma2=preset=6,dict=4KiB"}} {
				got, err := decompress(compress(t, data, args...), nil)
				require.NoError(t, err)
				require.True(t, bytes.Equal(data, got))
			}
		})
	}
}

func small(t testing.TB) (data, stream []byte) {
	data = append(patchwork(300), bytes.Repeat([]byte("ab"), 300)...)
	return data, compress(t, data, "--check=crc64", "--lzma2=preset=6,dict=4KiB")
}

// A changed bit anywhere is an error, as is a missing end.
func TestDamage(t *testing.T) {
	data, stream := small(t)
	got, err := decompress(stream, nil)
	require.NoError(t, err)
	require.Equal(t, data, got)
	for i := range stream {
		for bit := range 8 {
			bad := bytes.Clone(stream)
			bad[i] ^= 1 << bit
			_, err := decompress(bad, nil)
			require.Error(t, err, "bit %d of byte %d", bit, i)
		}
		_, err := decompress(stream[:i], nil)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut to %d bytes", i)
	}
	_, err = decompress(append(bytes.Clone(stream), 0), nil)
	require.ErrorContains(t, err, "bytes after the end")
	broken := errors.New("broken source")
	z, err := NewReader(io.MultiReader(bytes.NewReader(stream[:len(stream)/2]), iotest.ErrReader(broken)), nil)
	require.NoError(t, err)
	_, err = io.ReadAll(z)
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, ErrCorrupt)
	require.NoError(t, z.Close())
}

func TestRefused(t *testing.T) {
	data := patchwork(50_000)
	for _, tc := range []struct {
		name   string
		stream []byte
		o      *Options
		want   string
	}{
		{"no xz", []byte("this is not what was expected here"), nil, "no xz header"},
		{"machine code", compress(t, data, "--x86", "--lzma2"), nil, "filters other than LZMA2"},
		{"dictionary", compress(t, data, "--lzma2=dict=1MiB"), &Options{MaxDict: 1 << 19}, "dictionary of 1048576 bytes, more than 524288"},
		{"two streams", bytes.Repeat(compress(t, data), 2), nil, "bytes after the end"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := decompress(tc.stream, tc.o)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// Without the check, what the checksum alone would find is not found.
func TestNoCheck(t *testing.T) {
	data, stream := small(t)
	const footer, index = 12, 12
	stream[len(stream)-footer-index-1] ^= 1 // the last byte of the checksum
	_, err := decompress(stream, nil)
	require.ErrorContains(t, err, "data has a wrong checksum")
	got, err := decompress(stream, &Options{NoCheck: true})
	require.NoError(t, err)
	require.Equal(t, data, got)
}

// What is accepted is what an independent decoder makes of it.
func FuzzReader(f *testing.F) {
	_, stream := small(f)
	f.Add(stream)
	f.Add(compress(f, patchwork(3000), "--block-size=1000", "--check=sha256", "--lzma2=lc=1,lp=2,dict=4KiB"))
	f.Add(compress(f, noise(3, 100), "--check=none"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stream []byte) {
		z, err := NewReader(bytes.NewReader(stream), &Options{MaxDict: 1 << 20})
		if err != nil {
			return
		}
		defer z.Close()
		got, err := io.ReadAll(io.LimitReader(z, 4<<20))
		if err != nil || len(got) == 4<<20 {
			return
		}
		r, err := xz.NewReader(bytes.NewReader(stream), 1<<20)
		require.NoError(t, err)
		want, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
	})
}

// FuzzChunks reads chunks that no encoder writes; the checksums around them are
// right.
func FuzzChunks(f *testing.F) {
	f.Add([]byte{1, 0, 2, 'a', 'b', 'c', 2, 0, 0, 'd', 0})
	_, stream := small(f)
	f.Add(stream[24 : len(stream)-32])
	f.Fuzz(func(t *testing.T, chunks []byte) {
		head := stream[:24] // stream header and block header of a dictionary of 4 KiB
		z, err := NewReader(bytes.NewReader(append(bytes.Clone(head), chunks...)), &Options{NoCheck: true})
		require.NoError(t, err)
		defer z.Close()
		got, err := io.ReadAll(io.LimitReader(z, 4<<20))
		require.False(t, err == nil && len(got) < 4<<20, "there is no end of the stream")
		r, err := xz.NewReader(bytes.NewReader(append(bytes.Clone(head), chunks...)), 0)
		if err != nil {
			return // it has begun to decode
		}
		want, _ := io.ReadAll(io.LimitReader(r, 4<<20)) // decoders notice errors at different places
		n := min(len(want), len(got))
		require.True(t, bytes.Equal(want[:n], got[:n]))
	})
}

func benchmarkData(b *testing.B) []byte {
	exe, err := os.Executable()
	require.NoError(b, err)
	program, err := os.ReadFile(exe)
	require.NoError(b, err)
	return program[:min(len(program), 4<<20)]
}

func BenchmarkRead(b *testing.B) {
	data := benchmarkData(b)
	stream := compress(b, data, "-6")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		z, err := NewReader(bytes.NewReader(stream), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, struct{ io.Reader }{z}); err != nil {
			b.Fatal(err)
		}
		z.Close()
	}
}

// BenchmarkOther is what there was before.
func BenchmarkOther(b *testing.B) {
	data := benchmarkData(b)
	stream := compress(b, data, "-6")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		z, err := xz.NewReader(bytes.NewReader(stream), 0)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			b.Fatal(err)
		}
	}
}
