package ostree

import (
	"bytes"
	stdflate "compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	kflate "github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deflated compresses with the standard library, which is an independent source.
func deflated(t testing.TB, level int, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := stdflate.NewWriter(&b, level)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func unpackAll(r io.Reader) ([]byte, bool, error) {
	u := newUnpacker()
	u.reset(r)
	out, err := unpackPieces(u, math.MaxInt)
	if err != nil {
		return out, false, err
	}
	more, err := u.rest()
	return out, more, err
}

// unpackPieces reads up to limit bytes, in turn with Read and without a copy.
func unpackPieces(u *unpacker, limit int) ([]byte, error) {
	var out []byte
	var buf [1000]byte
	for i := 0; len(out) < limit; i++ {
		var p []byte
		var err error
		if i%2 == 0 {
			var n int
			n, err = u.Read(buf[:])
			p = buf[:n]
		} else {
			p, err = u.next()
		}
		out = append(out, p...)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
	return out[:limit], nil
}

// payloads are contents that need different parts of the format.
func payloads() map[string][]byte {
	r := rand.New(rand.NewPCG(5, 6))
	random := make([]byte, 300_000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	var text, skewed bytes.Buffer
	for text.Len() < 500_000 {
		fmt.Fprintf(&text, "line %d of %x\n", r.IntN(1000), r.IntN(70_000))
	}
	for skewed.Len() < 400_000 { // codes of all lengths
		skewed.WriteByte(byte(r.ExpFloat64() * 9))
	}
	far := bytes.Repeat(random[:windowSize], 5) // matches at the largest distance
	return map[string][]byte{
		"empty": nil, "byte": {7}, "runs": make([]byte, 1_000_000), "random": random, "text": text.Bytes(),
		"skewed": skewed.Bytes(), "far": far, "pairs": bytes.Repeat([]byte("ab"), 100_000), "short": []byte("hello, hello, hello"),
	}
}

func TestUnpackerReadsWhatOthersHaveCompressed(t *testing.T) {
	for name, data := range payloads() {
		for _, level := range []int{stdflate.HuffmanOnly, 0, 1, 6, 9} {
			t.Run(fmt.Sprint(name, " ", level), func(t *testing.T) {
				packed := deflated(t, level, data)
				for reader, r := range map[string]io.Reader{
					"whole": bytes.NewReader(packed), "halves": iotest.HalfReader(bytes.NewReader(packed)),
					"with EOF": iotest.DataErrReader(bytes.NewReader(packed)), "bytes": iotest.OneByteReader(bytes.NewReader(packed)),
				} {
					got, more, err := unpackAll(r)
					require.NoError(t, err, reader)
					assert.True(t, bytes.Equal(data, got), reader)
					assert.False(t, more, reader)
				}
				_, more, err := unpackAll(bytes.NewReader(append(packed, 0)))
				require.NoError(t, err)
				assert.True(t, more, "data behind the stream")
			})
		}
	}
}

func TestUnpackerNoticesTheEnd(t *testing.T) {
	for name, data := range payloads() {
		packed := deflated(t, 6, data)
		for _, n := range []int{0, 1, len(packed) / 2, len(packed) - 1} {
			_, _, err := unpackAll(bytes.NewReader(packed[:n]))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s, %d of %d bytes", name, n, len(packed))
		}
		broken := errors.New("broken")
		_, _, err := unpackAll(io.MultiReader(bytes.NewReader(packed[:len(packed)/2]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken, name)
	}
}

func TestUnpackerRefusesWhatIsNoStream(t *testing.T) {
	for name, in := range map[string][]byte{
		"block type 3":               {0x07},
		"stored length":              {0x01, 1, 0, 1, 0, 0},
		"distance before the start":  {0x03 | 0x18, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"287 literal codes":          {0xf5, 0xff, 0, 0, 0, 0, 0, 0},
		"31 distance codes":          {0x05, 0xfe, 0, 0, 0, 0, 0, 0},
		"no code for the code":       {0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"too many codes of a length": {0x05, 0xe0, 0x24, 0x49, 0x92, 0x24, 0x49, 0x92, 0x24, 0, 0, 0},
	} {
		_, wantErr := io.ReadAll(stdflate.NewReader(bytes.NewReader(in)))
		require.Error(t, wantErr, name)
		_, _, err := unpackAll(bytes.NewReader(in))
		require.ErrorIs(t, err, errDeflate, name)
	}
}

func FuzzUnpackerIsThatOfTheStandardLibrary(f *testing.F) {
	for _, data := range payloads() {
		for _, level := range []int{stdflate.HuffmanOnly, 0, 1, 6} {
			f.Add(deflated(f, level, data[:min(len(data), 2000)]))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		compareWithStandardLibrary(t, in)
	})
}

// compareWithStandardLibrary demands the same output from a valid stream, and that both refuse the others.
func compareWithStandardLibrary(t *testing.T, in []byte) {
	t.Helper()
	const limit = 1 << 20
	want, wantErr := io.ReadAll(io.LimitReader(stdflate.NewReader(bytes.NewReader(in)), limit))
	u := newUnpacker()
	u.reset(bytes.NewReader(in))
	got, err := unpackPieces(u, limit)
	if wantErr == nil {
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
	}
	if err == nil && wantErr != nil {
		t.Fatalf("the standard library says %v", wantErr)
	}
}

// TestUnpackerOnDamagedStreams changes bits of valid streams: many of them stay valid, with other codes and lengths, also
// such as no compressor makes.
func TestUnpackerOnDamagedStreams(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	u := newUnpacker()
	valid, all := 0, 0
	for name, data := range payloads() {
		for _, level := range []int{stdflate.HuffmanOnly, 1, 6, 9} {
			packed := deflated(t, level, data[:min(len(data), 30_000)])
			for range 60 {
				in := bytes.Clone(packed)
				for range 1 + r.IntN(3) {
					bit := r.IntN(8 * len(in))
					if r.IntN(2) == 0 { // in the codes
						bit %= 600
					}
					in[bit/8%len(in)] ^= 1 << (bit % 8)
				}
				want, wantErr := io.ReadAll(io.LimitReader(stdflate.NewReader(bytes.NewReader(in)), 1<<20))
				u.reset(bytes.NewReader(in))
				got, err := unpackPieces(u, 1<<20)
				require.Equal(t, wantErr == nil, err == nil, "%s: %v, the standard library says %v", name, err, wantErr)
				if all++; err == nil {
					valid++
					require.True(t, bytes.Equal(want, got), name)
				}
			}
		}
	}
	require.Greater(t, valid, all/20, "of %d", all)
}

// TestUnpackerOnCodesOfAllLengths compresses symbols whose frequencies are powers of two, so that codes have up to 15 bits and
// the lengths among them all numbers of bits with and without extra ones.
func TestUnpackerOnCodesOfAllLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	noise := make([]byte, 1000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for base := range 8 {
		var data []byte
		for len(data) < 400_000 {
			n := 0
			for n < 15 && r.IntN(2) == 0 {
				n++
			}
			if n = (n + 2*base) % 16; n < 4 {
				data = append(data, byte(n*17+r.IntN(1+n)))
				continue
			}
			from := r.IntN(len(noise) - 260)
			data = append(data, noise[from:from+3+r.IntN(1<<(n/2))]...)
		}
		for _, level := range []int{1, 9} {
			compareWithStandardLibrary(t, deflated(t, level, data))
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	for name, data := range payloads() {
		packed := deflated(b, 6, data)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			u := newUnpacker()
			for b.Loop() {
				u.reset(bytes.NewReader(packed))
				if _, err := io.Copy(io.Discard, struct{ io.Reader }{u}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+" klauspost", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			z := kflate.NewReader(nil)
			buf := make([]byte, 32<<10)
			for b.Loop() {
				z.(kflate.Resetter).Reset(bytes.NewReader(packed), nil)
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{z}, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
