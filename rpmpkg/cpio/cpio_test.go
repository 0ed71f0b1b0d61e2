package cpio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/cpio"
)

type entry struct {
	Header cpio.Header
	Body   string
}

var entries = []entry{
	{cpio.Header{Index: -1, Name: ".", Mode: 0o040755, Nlink: 2, MTime: 1700000000}, ""},
	{cpio.Header{Index: -1, Name: "./a", Mode: 0o100644, Nlink: 1, Size: 1, MTime: 1700000000}, "x"},
	{cpio.Header{Index: -1, Name: "./bb", Mode: 0o100600, Nlink: 1, Size: 4, MTime: 1600000000}, "1234"},
	{cpio.Header{Index: -1, Name: "./link", Mode: 0o120777, Nlink: 1, Size: 2, MTime: 1700000000}, "bb"},
	{cpio.Header{Index: -1, Name: "./none", Mode: 0o100644, Nlink: 1, MTime: 1700000000}, ""},
}

func archive(t testing.TB, list []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := cpio.NewWriter(&b)
	for _, e := range list {
		require.NoError(t, w.WriteHeader(&e.Header))
		_, err := io.WriteString(w, e.Body)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func read(r *cpio.Reader) ([]entry, error) {
	var list []entry
	for {
		h, err := r.Next()
		if err == io.EOF {
			return list, r.Rest()
		}
		if err != nil {
			return list, err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return list, err
		}
		list = append(list, entry{*h, string(body)})
	}
}

func TestRoundTrip(t *testing.T) {
	data := archive(t, entries)
	for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
		got, err := read(cpio.NewReader(r, nil))
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(entries, got))
	}
}

func TestStrippedRoundTrip(t *testing.T) {
	list := []entry{{cpio.Header{Index: 2, Size: 3}, "abc"}, {cpio.Header{Index: 0}, ""}, {cpio.Header{Index: 1, Size: 5}, "12345"}}
	sizes := []int64{0, 5, 3}
	data := archive(t, list)
	assert.Equal(t, "07070X00000002\x00\x00abc\x0007070X00000000\x00\x0007070X", string(data[:20+16+6]))
	got, err := read(cpio.NewReader(bytes.NewReader(data), &cpio.Options{SizeOf: func(i int) (int64, error) { return sizes[i], nil }}))
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(list, got))

	_, err = read(cpio.NewReader(bytes.NewReader(data), nil))
	assert.ErrorIs(t, err, cpio.ErrFormat)
	boom := errors.New("boom")
	_, err = read(cpio.NewReader(bytes.NewReader(data), &cpio.Options{SizeOf: func(int) (int64, error) { return 0, boom }}))
	assert.ErrorIs(t, err, boom)
	_, err = read(cpio.NewReader(bytes.NewReader(data), &cpio.Options{SizeOf: func(int) (int64, error) { return -1, nil }}))
	assert.ErrorIs(t, err, cpio.ErrFormat)
}

func TestNextSkipsData(t *testing.T) {
	r := cpio.NewReader(bytes.NewReader(archive(t, entries)), nil)
	var names []string
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		names = append(names, h.Name)
	}
	assert.Equal(t, []string{".", "./a", "./bb", "./link", "./none"}, names)
	_, err := r.Next()
	assert.Equal(t, io.EOF, err, "stays at the end")
}

// TestOurArchiveInCpio unpacks with the real cpio what we write.
func TestOurArchiveInCpio(t *testing.T) {
	testenv.NeedTool(t, "cpio")
	dir := t.TempDir()
	file := filepath.Join(dir, "archive")
	require.NoError(t, os.WriteFile(file, archive(t, entries), 0o644))
	testenv.Run(t, dir, "sh", "-c", "mkdir out && cd out && cpio -id --quiet < ../archive")
	body, err := os.ReadFile(filepath.Join(dir, "out/bb"))
	require.NoError(t, err)
	assert.Equal(t, "1234", string(body))
	fi, err := os.Lstat(filepath.Join(dir, "out/bb"))
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, fi.Mode().Perm())
	target, err := os.Readlink(filepath.Join(dir, "out/link"))
	require.NoError(t, err)
	assert.Equal(t, "bb", target)
}

// TestCpiosArchive reads what the real cpio writes, padded to a block.
func TestCpiosArchive(t *testing.T) {
	testenv.NeedTool(t, "cpio")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte(strings.Repeat("z", 70001)), 0o640))
	require.NoError(t, os.Symlink("f", filepath.Join(dir, "l")))
	for _, format := range []string{"newc", "crc"} {
		out := testenv.Run(t, dir, "sh", "-c", "printf 'f\\nl\\n' | cpio -o --quiet -H "+format)
		got, err := read(cpio.NewReader(strings.NewReader(out), nil))
		require.NoError(t, err, format)
		require.Len(t, got, 2)
		assert.Equal(t, "f", got[0].Header.Name)
		assert.EqualValues(t, 0o100640, got[0].Header.Mode)
		assert.Equal(t, strings.Repeat("z", 70001), got[0].Body)
		assert.Equal(t, "f", got[1].Body)
	}
}

func TestMalformed(t *testing.T) {
	good := string(archive(t, entries[1:2]))
	change := func(at int, with string) string { return good[:at] + with + good[at+len(with):] }
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"other format":          {"070707" + good[6:], cpio.ErrFormat},
		"not hexadecimal":       {change(20, "zzzzzzzz"), cpio.ErrFormat},
		"name of no bytes":      {change(94, "00000000"), cpio.ErrFormat},
		"name of a gigabyte":    {change(94, "40000000"), cpio.ErrFormat},
		"name not terminated":   {change(94, "00000003"), cpio.ErrFormat},
		"NUL inside of a name":  {change(111, "\x00"), cpio.ErrFormat},
		"4 GiB in 100 bytes":    {change(54, "ffffffff"), io.ErrUnexpectedEOF},
		"data after the end":    {good + "x", cpio.ErrFormat},
		"too much after it":     {good + strings.Repeat("\x00", 1<<17), cpio.ErrFormat},
		"nothing":               {"", io.ErrUnexpectedEOF},
		"cut in the first name": {good[:112], io.ErrUnexpectedEOF},
		"cut in the data":       {good[:116], io.ErrUnexpectedEOF},
		"no trailer":            {good[:120], io.ErrUnexpectedEOF},
	} {
		_, err := read(cpio.NewReader(strings.NewReader(c.data), nil))
		assert.ErrorIs(t, err, c.want, name)
	}
}

func TestReadErrorIsPassedOn(t *testing.T) {
	boom := errors.New("boom")
	data := archive(t, entries)
	for n := range data {
		_, err := read(cpio.NewReader(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(boom)), nil))
		require.ErrorIs(t, err, boom, "after %d bytes", n)
	}
}

func TestWriteTo(t *testing.T) {
	body := strings.Repeat("0123456789", 30000)
	data := archive(t, []entry{{cpio.Header{Index: -1, Name: "a", Size: int64(len(body))}, body}})
	r := cpio.NewReader(bytes.NewReader(data), nil)
	_, err := r.Next()
	require.NoError(t, err)
	front := make([]byte, 7)
	_, err = io.ReadFull(r, front)
	require.NoError(t, err)
	var rest strings.Builder
	n, err := r.WriteTo(&rest)
	require.NoError(t, err)
	assert.EqualValues(t, len(body)-7, n)
	assert.Equal(t, body[7:], rest.String())

	r = cpio.NewReader(bytes.NewReader(data[:100000]), nil)
	_, err = r.Next()
	require.NoError(t, err)
	_, err = r.WriteTo(io.Discard)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)

	r = cpio.NewReader(bytes.NewReader(data), nil)
	_, err = r.Next()
	require.NoError(t, err)
	_, err = r.WriteTo(&failAfter{1000})
	assert.ErrorIs(t, err, io.ErrShortWrite)
}

type failAfter struct{ n int }

func (f *failAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	w := cpio.NewWriter(io.Discard)
	require.NoError(t, w.WriteHeader(&cpio.Header{Index: -1, Name: "a", Size: 2}))
	_, err := io.WriteString(w, "123")
	assert.ErrorContains(t, err, "more data than announced")
	assert.ErrorContains(t, w.WriteHeader(&cpio.Header{Index: -1, Name: "b"}), "2 bytes of data are missing")
	w = cpio.NewWriter(io.Discard)
	assert.ErrorContains(t, w.WriteHeader(&cpio.Header{Index: -1, Name: "a", Size: 1 << 32}), "does not fit")
	assert.ErrorContains(t, w.WriteHeader(&cpio.Header{Index: -1, Name: strings.Repeat("a", 5000)}), "too long")
	for n := range 200 {
		w := cpio.NewWriter(&failAfter{n})
		err := w.WriteHeader(&cpio.Header{Index: -1, Name: "a", Size: 2})
		if err == nil {
			_, err = io.WriteString(w, "12")
		}
		if err == nil {
			err = w.Close()
		}
		assert.ErrorIs(t, err, io.ErrShortWrite, "%d bytes", n)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(archive(f, entries))
	f.Add(archive(f, []entry{{cpio.Header{Index: 2, Size: 3}, "abc"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := cpio.NewReader(bytes.NewReader(data), &cpio.Options{SizeOf: func(i int) (int64, error) { return int64(i), nil }})
		list, err := read(r)
		if err != nil {
			return
		}
		again, err := read(cpio.NewReader(bytes.NewReader(archive(t, list)), &cpio.Options{SizeOf: func(i int) (int64, error) { return int64(i), nil }}))
		if err != nil || !cmp.Equal(list, again) {
			t.Fatalf("%v, %s", err, cmp.Diff(list, again))
		}
	})
}

func BenchmarkReader(b *testing.B) {
	body := strings.Repeat("x", 40000)
	var list []entry
	for i := range 1000 {
		list = append(list, entry{cpio.Header{Index: -1, Name: fmt.Sprintf("./file%d", i), Size: int64(len(body))}, body})
	}
	data := archive(b, list)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r := cpio.NewReader(bytes.NewReader(data), nil)
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func ExampleReader() {
	var b bytes.Buffer
	w := cpio.NewWriter(&b)
	if err := w.WriteHeader(&cpio.Header{Index: -1, Name: "./hello", Mode: 0o100644, Size: 6}); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := io.WriteString(w, "hello\n"); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	r := cpio.NewReader(&b, nil)
	h, err := r.Next()
	if err != nil {
		fmt.Println(err)
		return
	}
	body, err := io.ReadAll(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %s", h.Name, body)
	// Output: ./hello: hello
}
