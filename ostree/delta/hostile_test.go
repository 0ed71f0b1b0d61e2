package delta

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"example.com/rpmostree/internal/xzenc"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
	"github.com/stretchr/testify/require"
)

// program builds the operations of a part.
func program(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case rune:
			b = append(b, byte(p))
		case int:
			b = binary.AppendUvarint(b, uint64(p))
		case uint64:
			b = binary.AppendUvarint(b, p)
		case string:
			b = append(b, p...)
		}
	}
	return b
}

// rawPart is an uncompressed part with one mode (a regular file of root) and one
// empty set of attributes.
func rawPart(blob, ops []byte) []byte {
	mode := gvariant.NewTuple(gvariant.NewUint32(0), gvariant.NewUint32(0), gvariant.NewUint32(gvariant.Swap32(0o100644)))
	link := gvariant.NewTuple(gvariant.NewUint32(0), gvariant.NewUint32(0), gvariant.NewUint32(gvariant.Swap32(0o120777)))
	modes, _ := gvariant.NewArray("(uuu)", mode, link)
	none, _ := gvariant.NewArray("(ayay)")
	xattrs, _ := gvariant.NewArray("a(ayay)", none)
	return append([]byte{compressionNone}, gvariant.NewTuple(modes, xattrs, gvariant.NewBytes(blob), gvariant.NewBytes(ops)).Bytes()...)
}

func partFor(data []byte, objects ...ostree.ObjectName) Part {
	return Part{Checksum: sha256.Sum256(data), Size: uint64(len(data)), Objects: objects}
}

func applyRaw(t testing.TB, repo *ostree.Repo, data []byte, objects ...ostree.ObjectName) error {
	ctx := context.Background()
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	s := &Superblock{Parts: []Part{partFor(data, objects...)}}
	return s.ApplyPart(ctx, tx, 0, bytes.NewReader(data), &ApplyOptions{Workers: 1})
}

func TestHostileOperations(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	ostreetest.Write(t, repo, "main", map[string]string{"f": "0123456789"})
	header := &ostree.FileHeader{Mode: 0o100644}
	source, _, err := ostree.ContentChecksum(header, bytes.NewReader([]byte("0123456789")))
	require.NoError(t, err)
	want, _, err := ostree.ContentChecksum(header, bytes.NewReader([]byte("hello")))
	require.NoError(t, err)
	file := ostree.ObjectName{Checksum: want, Type: ostree.TypeFile}
	tree := ostree.ObjectName{Checksum: want, Type: ostree.TypeDirTree}
	blob := append([]byte("hello"), source[:]...)
	record := func(diff, insert, seek int64, data string) {
		for _, v := range []int64{diff, insert, seek} {
			x := uint64(v)
			if v < 0 {
				x = uint64(-v) | 1<<63
			}
			blob = binary.LittleEndian.AppendUint64(blob, x)
		}
		blob = append(blob, data...)
	}
	record(5, 0, 0, "hello") // added to 01234
	record(0, 0, -1000, "")  // what is there counts as zero
	record(5, 0, 0, "hello")
	record(0, 0, -1<<62, "")
	record(-5, 0, 0, "")
	const far = uint64(1) << 63
	for _, tc := range []struct {
		name    string
		ops     []byte
		objects []ostree.ObjectName
		want    string // "" for success
	}{
		{"splice", program('S', 0, 0, 5, 0), []ostree.ObjectName{file}, ""},
		{"pieces", program('o', 0, 0, 5, 'w', 2, 0, 'w', 3, 2, 'c'), []ostree.ObjectName{file}, ""},
		{"nothing", nil, []ostree.ObjectName{file}, "makes 0 of 1 objects"},
		{"unknown operation", program('S', 0, 0, 5, 0, 'z'), []ostree.ObjectName{file}, "operation at offset 5: unknown operation 'z'"},
		{"too many", program('S', 0, 0, 5, 0, 'S', 5, 0), []ostree.ObjectName{file}, "makes more than 1 objects"},
		{"cut number", program('S', 0, 0, 5, "\x80"), []ostree.ObjectName{file}, "number is cut off"},
		{"long number", program('S', "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), []ostree.ObjectName{file}, "cut off or too large"},
		{"mode", program('S', 9, 0, 5, 0), []ostree.ObjectName{file}, "mode 9 of 2"},
		{"attributes", program('S', 0, 7, 5, 0), []ostree.ObjectName{file}, "attributes 7 of 1"},
		{"offset", program('S', 0, 0, 5, far), []ostree.ObjectName{file}, "outside of"},
		{"overflow", program('S', 0, 0, far, far), []ostree.ObjectName{file}, "outside of"},
		{"wrong content", program('S', 0, 0, 4, 0), []ostree.ObjectName{file}, "content has checksum"},
		{"metadata", program('S', 5, 0), []ostree.ObjectName{tree}, "content has checksum"},
		{"metadata in pieces", program('o', 0, 0, 5, 'w', 5, 0, 'c'), []ostree.ObjectName{tree}, "cannot be made in pieces"},
		{"link in pieces", program('o', 1, 0, 5, 'w', 5, 0, 'c'), []ostree.ObjectName{file}, "cannot be made in pieces"},
		{"size too large", program('o', 0, 0, far, 'w', 5, 0, 'c'), []ostree.ObjectName{file}, "content of"},
		{"size promised", program('o', 0, 0, 500, 'w', 5, 0, 'c'), []ostree.ObjectName{file}, "500 expected"},
		{"write without open", program('w', 5, 0), []ostree.ObjectName{file}, "without an open file"},
		{"write outside", program('o', 0, 0, 5, 'w', 500, 0, 'c'), []ostree.ObjectName{file}, "outside of"},
		{"open twice", program('o', 0, 0, 5, 'o', 0, 0, 5), []ostree.ObjectName{file, file}, "still open"},
		{"splice while open", program('o', 0, 0, 5, 'S', 0, 0, 5, 0), []ostree.ObjectName{file, file}, "still open"},
		{"close without open", program('c'), []ostree.ObjectName{file}, "no file is open"},
		{"not closed", program('o', 0, 0, 5, 'w', 5, 0), []ostree.ObjectName{file}, "ends inside of object"},
		{"patch without source", program('o', 0, 0, 5, 'B', 0, 5, 'c'), []ostree.ObjectName{file}, "patch without a source"},
		{"patch outside", program('o', 0, 0, 5, 'r', 5, 'B', 0, 5000, 'c'), []ostree.ObjectName{file}, "outside of"},
		{"patch cut off", program('o', 0, 0, 5, 'r', 5, 'B', 0, 5, 'c'), []ostree.ObjectName{file}, "corrupt patch"},
		{"source outside", program('o', 0, 0, 5, 'r', 136, 'c'), []ostree.ObjectName{file}, "outside of"},
		{"source missing", program('o', 0, 0, 5, 'r', 3, 'w', 1, 0, 'c'), []ostree.ObjectName{file}, "source 6c6f"},
		{"read outside source", program('o', 0, 0, 5, 'r', 5, 'w', 11, 0, 'c'), []ostree.ObjectName{file}, "outside of the 10 bytes of the source"},
		{"more than promised", program('o', 0, 0, 5, 'w', 5, 0, 'w', 5, 0, 'c'), []ostree.ObjectName{file}, "content has 10 bytes, 5 expected"},
		{"the same twice", program('S', 0, 0, 5, 0, 'o', 0, 0, 5, 'w', 5, 0, 'c'), []ostree.ObjectName{file, file}, ""},
		{"source across objects", program('r', 5, 'o', 0, 0, 5, 'R', 'w', 5, 0, 'c'), []ostree.ObjectName{file}, ""},
		{"source after close", program('o', 0, 0, 5, 'r', 5, 'R', 'w', 5, 0, 'c', 'o', 0, 0, 5, 'B', 0, 5, 'c'), []ostree.ObjectName{file, file}, "patch without a source"},
		{"patch of the wrong bytes", program('o', 0, 0, 5, 'r', 5, 'B', 37, 29, 'c'), []ostree.ObjectName{file}, "content has checksum"},
		{"patch before its source", program('o', 0, 0, 5, 'r', 5, 'B', 66, 53, 'c'), []ostree.ObjectName{file}, ""},
		{"patch seeks far", program('o', 0, 0, 5, 'r', 5, 'B', 119, 24, 'c'), []ostree.ObjectName{file}, "position out of range"},
		{"patch with negative lengths", program('o', 0, 0, 5, 'r', 5, 'B', 143, 24, 'c'), []ostree.ObjectName{file}, "difference of -5 bytes"},
		{"read overflow", program('o', 0, 0, 5, 'r', 5, 'w', far, far, 'c'), []ostree.ObjectName{file}, "outside of the 10 bytes of the source"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := applyRaw(t, repo, rawPart(blob, tc.ops), tc.objects...)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, "part 0: ")
		})
	}
}

func TestHostileParts(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	good := rawPart(nil, nil)
	apply := func(p Part, data []byte, o *ApplyOptions) error {
		return (&Superblock{Parts: []Part{p}}).ApplyPart(t.Context(), tx, 0, bytes.NewReader(data), o)
	}
	require.NoError(t, apply(partFor(good), good, nil))
	wrong := partFor(good)
	wrong.Checksum[0] ^= 1
	require.ErrorContains(t, apply(wrong, good, nil), "has checksum")
	require.ErrorContains(t, apply(partFor(good), append(bytes.Clone(good), 0), nil), "")
	unknown := append([]byte{'z'}, good[1:]...)
	require.ErrorContains(t, apply(partFor(unknown), unknown, nil), "unknown compression 'z'")
	require.Error(t, apply(partFor(nil), nil, nil))
	garbage := []byte{compressionXZ, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	require.Error(t, apply(partFor(garbage), garbage, nil))
	require.Error(t, (&Superblock{}).ApplyPart(t.Context(), tx, 0, bytes.NewReader(good), nil))

	// A small file that grows without end.
	var bomb bytes.Buffer
	require.NoError(t, writeCompressed(&bomb, &xzenc.Encoder{}, make([]byte, 40<<20)))
	require.Less(t, bomb.Len(), 100_000)
	err = apply(partFor(bomb.Bytes()), bomb.Bytes(), &ApplyOptions{MaxPart: 20 << 20})
	require.ErrorContains(t, err, "is larger than 20971520 bytes when decompressed")
	trailing := bytes.Clone(bomb.Bytes())
	trailing = append(trailing, "more"...)
	require.Error(t, apply(partFor(trailing), trailing, nil))
}

func TestHostileSuperblocks(t *testing.T) {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{MinFallbackSize: 200_000})
	require.NoError(t, err)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	v, err := gvariant.Decode(superblockType, d.Bytes())
	require.NoError(t, err)
	with := func(i int, x gvariant.Value) []byte {
		var members []gvariant.Value
		for k, m := range v.All() {
			if k == i {
				m = x
			}
			members = append(members, m)
		}
		return gvariant.NewTuple(members...).Bytes()
	}
	array := func(typ string, elems ...gvariant.Value) gvariant.Value {
		a, err := gvariant.NewArray(typ, elems...)
		require.NoError(t, err)
		return a
	}
	info := func(version uint32, sum, objects []byte) gvariant.Value {
		return array(partInfoType, gvariant.NewTuple(gvariant.NewUint32(version), gvariant.NewBytes(sum),
			gvariant.NewUint64(1), gvariant.NewUint64(1), gvariant.NewBytes(objects)))
	}
	order := gvariant.NewDict()
	order.Set(keyEndianness, gvariant.NewByte('x'))
	sum := make([]byte, 32)
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, ""},
		{"cut", d.Bytes()[:len(d.Bytes())-1], ""},
		{"byte order", with(0, order.Value()), "unknown byte order"},
		{"time", with(1, gvariant.NewUint64(^uint64(0))), "out of range"},
		{"from", with(2, gvariant.NewBytes([]byte("short"))), "from"},
		{"to", with(3, gvariant.NewBytes(nil)), "to"},
		{"other commit", with(3, gvariant.NewBytes(sum)), "has commit"},
		{"recursion", with(5, gvariant.NewBytes(make([]byte, 64))), "refers to other deltas"},
		{"part version", with(6, info(1, sum, nil)), "part 0: unknown version 1"},
		{"part checksum", with(6, info(0, sum[1:], nil)), "part 0"},
		{"part objects", with(6, info(0, sum, make([]byte, 34))), "no multiple of 33"},
		{"part with another commit", with(6, info(0, sum, append([]byte{byte(ostree.TypeCommit)}, w.name.From[:]...))), "part 0: makes commit " + w.name.From.String()},
		{"part object type", with(6, info(0, sum, append([]byte{7}, sum...))), "of type 7"},
		{"fallback", with(7, array(fallbackType, gvariant.NewTuple(gvariant.NewByte(1), gvariant.NewBytes(nil), gvariant.NewUint64(1), gvariant.NewUint64(1)))), "fallback 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseSuperblock(tc.data)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, "parse delta superblock: ")
		})
	}
}

// TestManyFallbacks: a superblock with a hundred thousand parts and fallbacks is read in memory that is a small multiple of its
// length, and refused before anything is written.
func TestManyFallbacks(t *testing.T) {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, nil)
	require.NoError(t, err)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	v, err := gvariant.Decode(superblockType, d.Bytes())
	require.NoError(t, err)
	const many = 100_000
	var fallbacks, parts, members []gvariant.Value
	one := gvariant.NewUint64(1)
	for i := range many {
		sum := binary.BigEndian.AppendUint64(make([]byte, 24), uint64(i))
		fallbacks = append(fallbacks, gvariant.NewTuple(gvariant.NewByte(1), gvariant.NewBytes(sum), one, one))
		parts = append(parts, gvariant.NewTuple(gvariant.NewUint32(0), gvariant.NewBytes(sum), one, one, gvariant.NewBytes(nil)))
	}
	for i, m := range v.All() {
		switch i {
		case 6:
			m, err = gvariant.NewArray(partInfoType, parts...)
		case 7:
			m, err = gvariant.NewArray(fallbackType, fallbacks...)
		}
		require.NoError(t, err)
		members = append(members, m)
	}
	data := gvariant.NewTuple(members...).Bytes()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err = Parse(data)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Len(t, d.Superblock.Parts, many)
	require.Len(t, d.Superblock.Fallbacks, many)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20*len(data)))
	dst := w.clone(t, ostree.ModeBareUser)
	_, err = d.Apply(t.Context(), dst, nil)
	require.ErrorContains(t, err, "is a fallback")
	requireNoTemporaries(t, dst)
	d.Superblock.Fallbacks = nil
	_, err = d.Apply(t.Context(), dst, nil)
	require.ErrorContains(t, err, "part ")
	requireNoTemporaries(t, dst)
}

// Deltas without a note about the byte order are judged by their sizes.
func TestOldByteOrder(t *testing.T) {
	part := func(size, usize uint64) Part {
		return Part{Size: size, Usize: usize, Objects: make([]ostree.ObjectName, 3)}
	}
	for _, tc := range []struct {
		name string
		part Part
		big  bool
	}{
		{"plausible", part(1000, 3000), false},
		{"swapped", part(gvariant.Swap64(1000), gvariant.Swap64(3000)), true},
		{"hardly compressible", part(3100, 3000), false},
		{"grown too much", part(9000, 3000), true},
		{"huge objects", part(1, 3<<40), true},
	} {
		s := &Superblock{Parts: []Part{tc.part}}
		big, err := s.byteOrder()
		require.NoError(t, err)
		require.Equal(t, tc.big, big, tc.name)
		require.True(t, s.Guessed, tc.name)
	}
}

// smallWorld has deltas of a few hundred bytes.
func smallWorld(t testing.TB) *world {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	from := ostreetest.Write(t, repo, "main", map[string]string{"a": "some text that changes", "mode": "same"})
	to := ostreetest.Write(t, repo, "main", map[string]string{"a": "some text that has changed", "mode mode=0600": "same", "l -> a": "", "x user.a=b": "x"})
	return &world{repo, Name{from, to}}
}

func FuzzSuperblock(f *testing.F) {
	w := smallWorld(f)
	for _, o := range allOptions {
		_, err := Generate(context.Background(), w.repo, w.name, &o)
		require.NoError(f, err)
		d, err := Open(w.repo, w.name)
		require.NoError(f, err)
		f.Add(d.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		_, _ = d.Superblock.Detached()
		for i := range d.Superblock.Parts {
			d.Inline(i)
		}
	})
}

func FuzzPart(f *testing.F) {
	repo := ostreetest.NewRepo(f, ostree.ModeArchive)
	w := smallWorld(f)
	_, err := Generate(context.Background(), w.repo, w.name, &GenerateOptions{MaxPartSize: 100})
	require.NoError(f, err)
	d, err := Open(w.repo, w.name)
	require.NoError(f, err)
	for i := range d.Superblock.Parts {
		p, err := d.readPart(context.Background(), w.repo, i)
		require.NoError(f, err)
		if raw := p.value.Bytes(); len(raw) < 10_000 {
			f.Add(append([]byte{compressionNone}, raw...), encodeObjects(d.Superblock.Parts[i].Objects))
		}
		packed, err := os.ReadFile(filepath.Join(w.repo.Path(), w.name.Dir(), strconv.Itoa(i)))
		require.NoError(f, err)
		f.Add(packed, []byte{})
		require.NoError(f, p.free())
	}
	tx, err := repo.Begin(context.Background(), &ostree.TxOptions{NoSync: true})
	require.NoError(f, err)
	f.Cleanup(func() { tx.Abort() })
	f.Fuzz(func(t *testing.T, data, objects []byte) {
		p := partFor(data)
		for ; len(objects) >= objectLen; objects = objects[objectLen:] {
			n, err := parseObject(objects[0], objects[1:objectLen])
			if err != nil {
				return
			}
			p.Objects = append(p.Objects, n)
		}
		s := &Superblock{Parts: []Part{p}}
		// What cannot have the right checksum is never stored, whatever it is.
		_ = s.ApplyPart(context.Background(), tx, 0, io.LimitReader(bytes.NewReader(data), 1<<20), &ApplyOptions{MaxPart: 1 << 20, Workers: 1})
	})
}

// What is accepted says the same after it is written again.
func FuzzIndex(f *testing.F) {
	to, from := ostree.Checksum{1}, ostree.Checksum{2}
	f.Add([]byte{})
	f.Add(encodeIndex(nil))
	f.Add(encodeIndex(map[Name]ostree.Checksum{{To: to}: {3}, {From: from, To: to}: {4}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		index, err := ParseIndex(data)
		if err != nil || index == nil {
			return
		}
		again, err := ParseIndex(encodeIndex(index))
		require.NoError(t, err)
		require.Equal(t, index, again)
	})
}

func encodeIndex(deltas map[Name]ostree.Checksum) []byte {
	byText := map[string]ostree.Checksum{}
	var names []string
	for n, sum := range deltas {
		byText[n.String()] = sum
		names = append(names, n.String())
	}
	slices.Sort(names)
	list, d := gvariant.NewDict(), gvariant.NewDict()
	for _, name := range names {
		sum := byText[name]
		list.Set(name, gvariant.NewBytes(sum[:]))
	}
	d.Set(keyStaticDeltas, list.Value())
	return d.Value().Bytes()
}
