package rpmpkg_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/cpio"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// small is a package of a few hundred bytes, uncompressed.
func small() *rpmtest.Package {
	return &rpmtest.Package{Name: "small", Compression: "none", Files: []rpmtest.File{
		{Path: "/usr/aa/data", Body: "0123456789"}, {Path: "/usr/aa/dir", Dir: true}, {Path: "/usr/aa/link", LinkTo: "data"},
	}}
}

func readBytes(data []byte, o *rpmpkg.Options) error {
	p, err := rpmpkg.Read(bytes.NewReader(data), o)
	if err != nil {
		return err
	}
	_, err = readAll(p)
	return err
}

// TestEveryFlippedBitIsFound: from the main header on nothing can change unnoticed.
func TestEveryFlippedBitIsFound(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		s := small()
		s.V6 = v6
		data := build(t, s)
		p, err := rpmpkg.Read(bytes.NewReader(data), nil)
		require.NoError(t, err)
		start, end := p.HeaderRange()
		assert.Less(t, start, end)
		for i := range data {
			changed := slices.Clone(data)
			changed[i] ^= 1 << (i % 8)
			err := readBytes(changed, nil) // must not panic anywhere
			if int64(i) >= start {
				assert.Error(t, err, "byte %d of %d", i, len(data))
			}
			_ = readBytes(changed, &rpmpkg.Options{SkipDigests: true})
		}
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	data := build(t, small())
	for n := range data {
		require.Error(t, readBytes(data[:n], nil), "%d of %d bytes", n, len(data))
		p, err := rpmpkg.Read(io.MultiReader(bytes.NewReader(data[:n])), nil)
		if err == nil {
			_, err = readAll(p)
		}
		require.Error(t, err, "%d of %d bytes from a stream", n, len(data))
	}
	assert.ErrorContains(t, readBytes(append(data, 0), nil), "announce")
}

// TestHugeLengthsAllocateNothing gives four billion of everything in a hundred bytes.
func TestHugeLengthsAllocateNothing(t *testing.T) {
	lead := build(t, small())[:96]
	magic := []byte{0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0}
	for _, il := range []uint32{0, 1, 32, 65535, math.MaxUint32} {
		for _, dl := range []uint32{0, 16, 64 << 20, 256<<20 - 1, math.MaxUint32} {
			data := append(slices.Clone(lead), magic...)
			data = binary.BigEndian.AppendUint32(data, il)
			data = binary.BigEndian.AppendUint32(data, dl)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			assert.Error(t, readBytes(data, nil))
			_, err := rpmpkg.Read(io.MultiReader(bytes.NewReader(data)), nil)
			assert.Error(t, err)
			_, err = rpmpkg.ParseHeader(data[96:])
			assert.Error(t, err)
			_, err = rpmpkg.ParseBlob(data[104:])
			assert.Error(t, err)
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "%d entries and %d bytes announced", il, dl)
		}
	}
}

func TestBadStart(t *testing.T) {
	data := build(t, small())
	for cause, change := range map[string]func(b []byte) []byte{
		"not an RPM package": func(b []byte) []byte { b[0] = 0; return b },
		"package type 7":     func(b []byte) []byte { b[7] = 7; return b },
		"signature type 1":   func(b []byte) []byte { b[79] = 1; return b },
		"signature header":   func(b []byte) []byte { b[96] = 0; return b },
		"lead: unexpected":   func(b []byte) []byte { return b[:50] },
	} {
		_, err := rpmpkg.Read(bytes.NewReader(change(slices.Clone(data))), nil)
		assert.ErrorContains(t, err, cause)
	}
	_, err := rpmpkg.Open("/nonexistent/x.rpm", nil)
	assert.ErrorContains(t, err, "no such file")
}

// headerOf returns the main header of a package.
func headerOf(t testing.TB, p *rpmtest.Package) []byte {
	t.Helper()
	r, err := rpmpkg.Read(bytes.NewReader(build(t, p)), nil)
	require.NoError(t, err)
	return slices.Clone(r.Header.Raw())
}

// indexOf returns the place of a tag's index entry in a header.
func indexOf(t testing.TB, header []byte, tag rpmtag.Tag) int {
	t.Helper()
	for i := 16; ; i += 16 {
		if rpmtag.Tag(binary.BigEndian.Uint32(header[i:])) == tag {
			return i
		}
	}
}

func TestBadHeaders(t *testing.T) {
	good := headerOf(t, small())
	put := func(tag rpmtag.Tag, field int, v uint32) func([]byte) []byte {
		return func(b []byte) []byte {
			binary.BigEndian.PutUint32(b[indexOf(t, b, tag)+4*field:], v)
			return b
		}
	}
	const typ, offset, count = 1, 2, 3
	for _, c := range []struct {
		cause  string
		change func([]byte) []byte
	}{
		{"bad magic", func(b []byte) []byte { b[3] = 2; return b }},
		{"no entries", func(b []byte) []byte { clear(b[8:12]); return b }},
		{"bytes where index and data make", func(b []byte) []byte { return append(b, 0) }},
		{"no region mark", put(rpmtag.HeaderImmutable, 0, 1000)},
		{"no region mark", put(rpmtag.HeaderImmutable, count, 17)},
		{"outside of the data", put(rpmtag.HeaderImmutable, offset, 1<<31)},
		{"outside of the data", put(rpmtag.HeaderImmutable, offset, 1<<20)},
		{"bad region trailer", put(rpmtag.HeaderImmutable, offset, 0)},
		{"region of", func(b []byte) []byte {
			binary.BigEndian.PutUint32(b[len(b)-8:], uint32(0xffffffff-16*65535+1))
			return b
		}},
		{"region of", func(b []byte) []byte { binary.BigEndian.PutUint32(b[len(b)-8:], 0); return b }},
		{"region covers", func(b []byte) []byte { binary.BigEndian.PutUint32(b[len(b)-8:], uint32(0xffffffff-16*2+1)); return b }},
		{"region tag inside", put(rpmtag.Name, 0, 99)},
		{"occurs twice", put(rpmtag.URL, 0, uint32(rpmtag.Version))},
		{"unknown type 10", put(rpmtag.Name, typ, 10)},
		{"unknown type 0", put(rpmtag.Name, typ, 0)},
		{"type 4 instead of 6", put(rpmtag.Name, typ, 4)},
		{"count 0", put(rpmtag.Name, count, 0)},
		{"count 4294967295", put(rpmtag.FileSizes, count, math.MaxUint32)},
		{"2 values where the type allows one", put(rpmtag.Name, count, 2)},
		{"data ends too early", put(rpmtag.FileSizes, count, 1<<20-1)},
		{"string is not terminated", put(rpmtag.Basenames, count, 1<<20-1)},
		{"not aligned", func(b []byte) []byte { i := indexOf(t, b, rpmtag.FileSizes) + 8; b[i+3]++; return b }},
		{"not in", put(rpmtag.Name, offset, math.MaxUint32)},
		{"not in", put(rpmtag.Version, offset, 0)}, // overlaps the value before
		{"not in", put(rpmtag.Name, offset, uint32(len(good)))},
	} {
		s := small()
		s.URL = "x"
		_, err := rpmpkg.ParseHeader(c.change(headerOf(t, s)))
		assert.ErrorContains(t, err, c.cause)
	}
	_, err := rpmpkg.ParseHeader(good)
	assert.NoError(t, err)
	_, err = rpmpkg.ParseHeader(nil)
	assert.ErrorContains(t, err, "bad magic")
}

// TestBadFileLists changes values, which no check of the format itself can find.
func TestBadFileLists(t *testing.T) {
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	rename := func(from, to rpmtag.Tag) func([]byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint32(b[indexOf(t, b, from):], uint32(to)); return b }
	}
	for _, c := range []struct {
		cause  string
		change func([]byte) []byte
	}{
		{"..", replace("/usr/aa/\x00", "/usr/../\x00")},
		{"..", replace("\x00link\x00", "\x00..\x00\x00\x00")},
		{"empty name", replace("/usr/aa/\x00", "/usr//a/\x00")},
		{"absolute path", replace("/usr/aa/\x00", "usr/aaa/\x00")},
		{"absolute path", replace("/usr/aa/\x00", "/usr/aaa\x00")},
		{"slash in a name", replace("\x00link\x00", "\x00l/nk\x00")},
		{"directory index", func(b []byte) []byte {
			i := indexOf(t, b, rpmtag.DirIndexes)
			at := 16 + 16*int(binary.BigEndian.Uint32(b[8:])) + int(binary.BigEndian.Uint32(b[i+8:]))
			b[at] = 0xff
			return b
		}},
		{"no modes", rename(rpmtag.FileModes, 9001)},
		{"directory indexes", func(b []byte) []byte { b[indexOf(t, b, rpmtag.DirIndexes)+15]--; return b }},
		{"2 values for 3 files", func(b []byte) []byte { b[indexOf(t, b, rpmtag.FileSizes)+15]--; return b }},
	} {
		b := c.change(headerOf(t, small()))
		h, err := rpmpkg.ParseHeader(b)
		require.NoError(t, err, c.cause)
		_, err = h.Files()
		assert.ErrorContains(t, err, c.cause)
	}
}

func TestBadDependencies(t *testing.T) {
	h, err := rpmpkg.ParseHeader(bytes.Replace(headerOf(t, &rpmtest.Package{Name: "x", Requires: []string{"(a or b)"}}), []byte("(a or b)"), []byte("(a xr b)"), 1))
	require.NoError(t, err)
	_, err = h.Info()
	assert.ErrorContains(t, err, "unknown operator")

	b := headerOf(t, &rpmtest.Package{Name: "x"})
	b[indexOf(t, b, rpmtag.RequireFlags)+15]--
	h, err = rpmpkg.ParseHeader(b)
	if err == nil {
		_, err = h.Info()
	}
	assert.Error(t, err, "fewer flags than names")
}

// archive makes a package of small() with another payload.
func archive(t *testing.T, write func(w *cpio.Writer), tail string) []byte {
	t.Helper()
	data := build(t, small())
	p, err := rpmpkg.Read(bytes.NewReader(data), nil)
	require.NoError(t, err)
	_, end := p.HeaderRange()
	var b bytes.Buffer
	b.Write(data[:end])
	w := cpio.NewWriter(&b)
	write(w)
	if tail != "cut" {
		require.NoError(t, w.Close())
		b.WriteString(tail)
	}
	return b.Bytes()
}

func TestBadArchives(t *testing.T) {
	add := func(w *cpio.Writer, name string, mode uint32, body string) {
		require.NoError(t, w.WriteHeader(&cpio.Header{Index: -1, Name: name, Mode: mode, Size: int64(len(body))}))
		_, err := w.Write([]byte(body))
		require.NoError(t, err)
	}
	data := func(w *cpio.Writer) { add(w, "./usr/aa/data", 0o100644, "0123456789") }
	rest := func(w *cpio.Writer) {
		add(w, "./usr/aa/dir", 0o040755, "")
		add(w, "./usr/aa/link", 0o120777, "data")
	}
	for _, c := range []struct {
		cause string
		write func(w *cpio.Writer)
		tail  string
	}{
		{"payload: digest is", func(w *cpio.Writer) { add(w, "./usr/aa/data", 0o100644, "012345678X"); rest(w) }, ""},
		{"/usr/aa/link: missing in the archive", func(w *cpio.Writer) { data(w); add(w, "./usr/aa/dir", 0o040755, "") }, ""},
		{"/usr/aa/data: twice", func(w *cpio.Writer) { data(w); data(w) }, ""},
		{"9 bytes in the archive, 10 in the header", func(w *cpio.Writer) { add(w, "./usr/aa/data", 0o100644, "012345678") }, ""},
		{"11 bytes in the archive, 10", func(w *cpio.Writer) { add(w, "./usr/aa/data", 0o100644, "0123456789X") }, ""},
		{"not in the header", func(w *cpio.Writer) { add(w, "./../etc/passwd", 0o100644, "") }, ""},
		{"not in the header", func(w *cpio.Writer) { add(w, "/etc/passwd", 0o100644, "") }, ""},
		{"not in the header", func(w *cpio.Writer) { add(w, "./usr/aa/../aa/data", 0o100644, "0123456789") }, ""},
		{"mode 120777 in the archive", func(w *cpio.Writer) { add(w, "./usr/aa/data", 0o120777, "0123456789") }, ""},
		{"for a file without content", func(w *cpio.Writer) { add(w, "./usr/aa/dir", 0o040755, "x") }, ""},
		{"link target", func(w *cpio.Writer) { add(w, "./usr/aa/link", 0o120777, "/etc") }, ""},
		{"link target", func(w *cpio.Writer) { add(w, "./usr/aa/link", 0o120777, strings.Repeat("x", 1<<20)) }, ""},
		{"file 7 of 3", func(w *cpio.Writer) { require.NoError(t, w.WriteHeader(&cpio.Header{Index: 7})) }, ""},
		{"unexpected EOF", func(w *cpio.Writer) { data(w) }, "cut"},
		{"after the trailer", func(w *cpio.Writer) { data(w); rest(w) }, "more"},
		{"too many bytes after", func(w *cpio.Writer) { data(w); rest(w) }, strings.Repeat("\x00", 1<<20)},
	} {
		err := readBytes(archive(t, c.write, c.tail), &rpmpkg.Options{SkipDigests: true})
		assert.ErrorContains(t, err, c.cause)
	}
}

func TestHardlinksWithoutContent(t *testing.T) {
	s := small()
	s.Files = append(s.Files, rpmtest.File{Path: "/usr/aa/second", Hardlink: "/usr/aa/data"})
	data := build(t, s)
	p, err := rpmpkg.Read(bytes.NewReader(data), nil)
	require.NoError(t, err)
	_, end := p.HeaderRange()
	for cause, bodies := range map[string][2]string{"no content for any": {"", ""}, "comes twice": {"0123456789", "0123456789"}} {
		b := bytes.NewBuffer(slices.Clone(data[:end]))
		w := cpio.NewWriter(b)
		for _, e := range []struct {
			name, body string
			mode       uint32
		}{
			{"./usr/aa/data", bodies[0], 0o100644}, {"./usr/aa/dir", "", 0o040755}, {"./usr/aa/link", "data", 0o120777}, {"./usr/aa/second", bodies[1], 0o100644},
		} {
			require.NoError(t, w.WriteHeader(&cpio.Header{Index: -1, Name: e.name, Mode: e.mode, Size: int64(len(e.body))}))
			_, err := w.Write([]byte(e.body))
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		assert.ErrorContains(t, readBytes(b.Bytes(), &rpmpkg.Options{SkipDigests: true}), cause)
	}
}

func TestPayloadLimit(t *testing.T) {
	data := build(t, sample())
	assert.ErrorContains(t, readBytes(data, &rpmpkg.Options{MaxPayload: 1000}), "more than 1000 bytes uncompressed")
	assert.NoError(t, readBytes(data, &rpmpkg.Options{MaxPayload: 1 << 20}))
}

func TestUnknownCompressor(t *testing.T) {
	data := build(t, sample())
	data = bytes.Replace(data, []byte("cpio\x00zstd\x00"), []byte("cpio\x00zstx\x00"), 1)
	assert.ErrorContains(t, readBytes(data, &rpmpkg.Options{SkipDigests: true}), `compressor "zstx" is not supported`)
}

// TestFileDigests: old packages have no digest of the payload, so files are checked
// one by one; newer ones on request.
func TestFileDigests(t *testing.T) {
	data := build(t, small())
	for _, tag := range []rpmtag.Tag{rpmtag.PayloadDigest, rpmtag.PayloadDigestAlgo, rpmtag.PayloadDigestAlt} {
		data = hideTag(t, data, tag)
	}
	// Without the signature header's MD5 nothing but the files' digests is left.
	data = hideTag(t, data, rpmtag.SigMD5)
	skip := &rpmpkg.Options{SkipDigests: true}
	require.NoError(t, readBytes(data, skip))
	changed := bytes.Replace(data, []byte("0123456789"), []byte("012345678X"), 1)
	err := readBytes(changed, skip)
	var digestErr *rpmpkg.DigestError
	require.ErrorAs(t, err, &digestErr)
	assert.Equal(t, "/usr/aa/data", digestErr.What)
	assert.Equal(t, "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882", digestErr.Want, "sha256 of 0123456789")

	err = readBytes(bytes.Replace(build(t, small()), []byte("0123456789"), []byte("012345678X"), 1), &rpmpkg.Options{VerifyAll: true})
	require.ErrorAs(t, err, &digestErr)
	assert.Equal(t, "/usr/aa/data", digestErr.What, "found before the end of the payload")
}

// hideTag renumbers the first index entry of a tag, in whichever header, to one that
// nobody knows and that keeps the order.
func hideTag(t *testing.T, data []byte, tag rpmtag.Tag) []byte {
	t.Helper()
	want := binary.BigEndian.AppendUint32(nil, uint32(tag))
	i := bytes.Index(data[96:], want)
	require.GreaterOrEqual(t, i, 0)
	data = slices.Clone(data)
	binary.BigEndian.PutUint32(data[96+i:], 0x70000000+uint32(tag))
	return data
}
