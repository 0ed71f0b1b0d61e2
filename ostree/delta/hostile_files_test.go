package delta

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/xzenc"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// forger changes a delta file by file. What it writes is consistent unless the case is about that: the superblock has
// the checksums and sizes of the parts.
type forger struct {
	super gvariant.Value
	parts [][]byte // as stored
	infos []Part
	big   bool // what the superblock says about the byte order of sizes
	keep  bool // sizes and checksums as they are in infos
}

func newForger(t *testing.T, w *world) *forger {
	dir := t.TempDir()
	_, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{Output: filepath.Join(dir, "superblock"), MaxPartSize: 100_000, MinFallbackSize: -1})
	require.NoError(t, err)
	d, err := OpenPath(dir)
	require.NoError(t, err)
	f := &forger{infos: d.Superblock.Parts}
	require.Greater(t, len(f.infos), 2)
	f.super, err = gvariant.Decode(superblockType, d.Bytes())
	require.NoError(t, err)
	for i := range f.infos {
		data, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(i)))
		require.NoError(t, err)
		f.parts = append(f.parts, data)
	}
	return f
}

// write stores the delta, with parts inside of the superblock or beside it.
func (f *forger) write(t *testing.T, inline bool) string {
	dir := t.TempDir()
	meta := gvariant.NewDict()
	meta.Set(keyEndianness, gvariant.NewByte(map[bool]byte{false: littleEndian, true: bigEndian}[f.big]))
	to, err := ostree.ChecksumFromBytes(f.super.Index(3).RawBytes())
	require.NoError(t, err)
	from, err := ostree.ChecksumFromBytes(f.super.Index(2).RawBytes())
	require.NoError(t, err)
	var infos []gvariant.Value
	for i, p := range f.infos {
		if !f.keep {
			p.Checksum, p.Size = sha256.Sum256(f.parts[i]), uint64(len(f.parts[i]))
		}
		infos = append(infos, gvariant.NewTuple(gvariant.NewUint32(0), gvariant.NewBytes(p.Checksum[:]),
			gvariant.NewUint64(p.Size), gvariant.NewUint64(p.Usize), gvariant.NewBytes(encodeObjects(p.Objects))))
		if !inline {
			require.NoError(t, os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), f.parts[i], 0o644))
		} else if len(f.parts[i]) > 0 {
			meta.Set(Name{from, to}.Dir()+"/"+strconv.Itoa(i), gvariant.NewTuple(gvariant.NewByte(f.parts[i][0]), gvariant.NewBytes(f.parts[i][1:])))
		}
	}
	list, err := gvariant.NewArray(partInfoType, infos...)
	require.NoError(t, err)
	var members []gvariant.Value
	for i, m := range f.super.All() {
		switch i {
		case 0:
			m = meta.Value()
		case 6:
			m = list
		}
		members = append(members, m)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "superblock"), gvariant.NewTuple(members...).Bytes(), 0o644))
	return dir
}

func packed(t *testing.T, raw []byte) []byte {
	var b bytes.Buffer
	e := &xzenc.Encoder{}
	defer e.Close()
	require.NoError(t, writeCompressed(&b, e, raw))
	return b.Bytes()
}

// TestHostileDeltaFiles: part 1 of several lies. Nothing of the commit becomes visible, the error names the delta and the
// part, and memory stays within bounds.
func TestHostileDeltaFiles(t *testing.T) {
	w := newWorld(t)
	const victim = 1
	for _, tc := range []struct {
		name   string
		forge  func(t *testing.T, f *forger)
		want   string // in the error; "" for lies that do no harm
		beside bool   // only where parts are files of their own
		valid  bool   // nothing wrong can be seen before the objects are made
	}{
		{"nothing", func(*testing.T, *forger) {}, "", false, true},
		{"byte order", func(_ *testing.T, f *forger) { f.big = true }, "", false, true},
		{"usize 0", func(_ *testing.T, f *forger) { f.infos[victim].Usize = 0 }, "", false, true},
		{"usize", func(_ *testing.T, f *forger) { f.infos[victim].Usize = 1 << 63 }, "", false, true},
		{"checksum", func(_ *testing.T, f *forger) { f.keep = true; f.infos[victim].Checksum[0] ^= 1 }, "has checksum", true, false},
		{"size too small", func(_ *testing.T, f *forger) { f.keep = true; f.infos[victim].Size = 20 }, "unexpected EOF", true, false},
		{"size too large", func(_ *testing.T, f *forger) { f.keep = true; f.infos[victim].Size = 1 << 63 }, "", true, true},
		{"missing", func(_ *testing.T, f *forger) { f.parts[victim] = nil }, "", false, false},
		{"empty", func(_ *testing.T, f *forger) { f.parts[victim] = []byte{'x'} }, "EOF", false, false},
		{"cut", func(_ *testing.T, f *forger) { f.parts[victim] = f.parts[victim][:len(f.parts[victim])-1] }, "EOF", false, false},
		{"longer", func(_ *testing.T, f *forger) { f.parts[victim] = append(f.parts[victim], 0) }, "after the end of the compressed stream", false, false},
		{"garbage", func(_ *testing.T, f *forger) { f.parts[victim] = []byte("xgarbage that is no stream") }, "no xz header", false, false},
		{"compression", func(_ *testing.T, f *forger) { f.parts[victim][0] = 'z' }, "unknown compression 'z'", false, false},
		{"bit", func(_ *testing.T, f *forger) { f.parts[victim][len(f.parts[victim])/2] ^= 4 }, "", false, false},
		{"other part", func(_ *testing.T, f *forger) { f.parts[victim] = f.parts[0] }, "", false, false},
		{"objects", func(_ *testing.T, f *forger) {
			o := f.infos[victim].Objects
			f.infos[victim].Objects = o[:len(o)-1]
		}, "makes more than", false, false},
		{"one object more", func(_ *testing.T, f *forger) {
			f.infos[victim].Objects = append(f.infos[victim].Objects, f.infos[victim].Objects[0])
		}, "makes ", false, false},
		{"other object", func(_ *testing.T, f *forger) {
			o := f.infos[victim].Objects
			o[0].Checksum[5] ^= 1
		}, "has checksum", false, true},
		{"bomb", func(t *testing.T, f *forger) { f.parts[victim] = packed(t, make([]byte, 300<<20)) }, "bytes when decompressed", false, false},
		{"bomb of a plain part", func(_ *testing.T, f *forger) { f.parts[victim] = make([]byte, 80<<20) }, "bytes when decompressed", false, false},
	} {
		for _, inline := range []bool{false, true} {
			if inline && tc.beside {
				continue
			}
			t.Run(tc.name+map[bool]string{true: ", inline"}[inline], func(t *testing.T) {
				f := newForger(t, w)
				tc.forge(t, f)
				dir := f.write(t, inline)
				d, err := OpenPath(dir)
				require.NoError(t, err)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				fails := tc.want != "" || !tc.valid
				_, err = d.Inspect(t.Context(), w.repo, victim)
				requirePartError(t, err, w.name, victim, fails && !tc.valid, tc.want)
				dst := w.clone(t, ostree.ModeBareUser)
				_, err = d.Apply(t.Context(), dst, nil)
				requirePartError(t, err, w.name, victim, fails, tc.want)
				runtime.ReadMemStats(&after)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(150<<20))
				requireNoTemporaries(t, dst)
				if !fails {
					requireIntact(t, dst)
					return
				}
				has, err := dst.Has(t.Context(), ostree.ObjectName{Checksum: w.name.To, Type: ostree.TypeCommit})
				require.NoError(t, err)
				require.False(t, has)
			})
		}
	}
}

func requirePartError(t *testing.T, err error, n Name, part int, fails bool, want string) {
	t.Helper()
	if !fails {
		require.NoError(t, err)
		return
	}
	require.ErrorContains(t, err, want)
	require.ErrorContains(t, err, "delta "+n.String())
	require.ErrorContains(t, err, "part "+strconv.Itoa(part)+": ")
}

// requireNoTemporaries: what a failure leaves in tmp are locks at most.
func requireNoTemporaries(t *testing.T, r *ostree.Repo) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.Path(), "tmp"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() != "cache" {
			require.Regexp(t, `^staging-.*-lock$`, e.Name())
		}
	}
}

// TestHostileRaw: part 1 is a program with one thing changed everywhere in turn: nothing wrong is ever stored.
func TestHostileRaw(t *testing.T) {
	w := smallWorld(t)
	dir := t.TempDir()
	_, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{Output: filepath.Join(dir, "superblock"), MinFallbackSize: -1})
	require.NoError(t, err)
	d, err := OpenPath(dir)
	require.NoError(t, err)
	p, err := d.readPart(t.Context(), w.repo, 0)
	require.NoError(t, err)
	raw := bytes.Clone(p.data)
	require.NoError(t, p.free())
	dst := w.clone(t, ostree.ModeBareUser)
	failed := 0
	for at := range raw {
		for _, change := range []byte{1, 0x80, 0xff} {
			bad := append([]byte{compressionNone}, raw...)
			bad[1+at] ^= change
			err := applyOnly(t, dst, bad, d.Superblock.Parts[0].Objects)
			if err != nil {
				require.ErrorContains(t, err, "part 0: ")
				failed++
			}
		}
		for _, cut := range [][]byte{raw[:at], raw[at:]} {
			require.Error(t, applyOnly(t, dst, append([]byte{compressionNone}, cut[:min(len(cut), len(raw)-1)]...), d.Superblock.Parts[0].Objects))
		}
	}
	require.Greater(t, failed, len(raw), "most bytes matter")
	requireIntact(t, dst)
	requireNoTemporaries(t, dst)
}

// applyOnly makes the objects of one part and forgets them unless all are right.
func applyOnly(t *testing.T, repo *ostree.Repo, data []byte, objects []ostree.ObjectName) error {
	tx, err := repo.Begin(context.Background(), &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	s := &Superblock{Parts: []Part{partFor(data, objects...)}}
	err = s.ApplyPart(context.Background(), tx, 0, bytes.NewReader(data), &ApplyOptions{Workers: 1})
	return errors.Join(err, tx.Abort())
}

// TestHostileOpen: what is not a delta is refused with its path or name.
func TestHostileOpen(t *testing.T) {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, nil)
	require.NoError(t, err)
	at := filepath.Join(w.repo.Path(), w.name.Dir(), "superblock")
	good, err := os.ReadFile(at)
	require.NoError(t, err)
	sig := gvariant.NewDict()
	signed, err := Sign(good, sig)
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)/2], "garbage": []byte("garbage"), "longer": append(bytes.Clone(good), 0),
		"magic alone": signed[:8], "signed, cut": signed[:len(signed)-1], "signed, garbage": append([]byte(signedMagic), good[:100]...),
		"index": encodeIndex(map[Name]ostree.Checksum{w.name: {1}}),
	} {
		require.NoError(t, os.WriteFile(at, data, 0o644))
		_, err := Open(w.repo, w.name)
		require.ErrorContains(t, err, "open delta "+w.name.String()+": ", name)
		require.ErrorContains(t, err, at, name)
		_, err = OpenPath(at)
		require.ErrorContains(t, err, at, name)
	}
	other := Name{From: w.name.To, To: w.name.From}
	require.NoError(t, os.MkdirAll(filepath.Join(w.repo.Path(), other.Dir()), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(w.repo.Path(), other.Dir(), "superblock"), good, 0o644))
	_, err = Open(w.repo, other)
	require.ErrorContains(t, err, "open delta "+other.String()+": superblock is that of delta "+w.name.String())
}

// TestHostileIndexes: an index with lies in it is an error that says where.
func TestHostileIndexes(t *testing.T) {
	n := Name{From: ostree.Checksum{1}, To: ostree.Checksum{2}}
	entry := func(name string, v gvariant.Value) []byte {
		list, d := gvariant.NewDict(), gvariant.NewDict()
		list.Set(name, v)
		d.Set(keyStaticDeltas, list.Value())
		return d.Value().Bytes()
	}
	typed := gvariant.NewDict()
	typed.Set(keyStaticDeltas, gvariant.NewString("x"))
	for name, data := range map[string][]byte{
		"cut":          entry(n.String(), gvariant.NewBytes(n.To[:]))[:20],
		"garbage":      []byte("<html></html>"),
		"other type":   typed.Value().Bytes(),
		"short digest": entry(n.String(), gvariant.NewBytes(n.To[:31])),
		"text digest":  entry(n.String(), gvariant.NewString(n.To.String())),
		"name":         entry("../../etc/passwd", gvariant.NewBytes(n.To[:])),
		"upper case":   entry("AA"+n.String()[2:], gvariant.NewBytes(n.To[:])),
	} {
		index, err := ParseIndex(data)
		require.ErrorContains(t, err, "parse delta index: ", name)
		require.Empty(t, index)
	}
}
