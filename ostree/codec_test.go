package ostree

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/gvariant"
)

// The values below come from objects that ostree 2022.7 wrote.
const (
	rootTree  = "32c28863714f0f2acee0c9f0800e6e4ebcd51ce49ec12ae68f7d481698a1f6f9"
	rootMeta  = "446a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488"
	emptyTree = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
	fileA     = "dc2b665ccbdf782c75fe876e0e5b62f87ae9db78699f8d84bef03250983f0dc0"
	stickyDir = "bbe8d5c22ca8a645068a1aa51a59e117f139319d9a791e4d4c0d27dae64cc8c7"
)

func sum(t testing.TB, s string) Checksum {
	t.Helper()
	c, err := ParseChecksum(s)
	require.NoError(t, err)
	return c
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func TestContentChecksum(t *testing.T) {
	for _, tc := range []struct {
		name    string
		header  FileHeader
		payload string
		stream  string // what precedes the payload
		want    string
	}{
		{"hello", FileHeader{Mode: 0o100644}, "hello world\n",
			"00000012000000000000000000000000000081a4000000000011", "81381808c56d4f3d643ec12f6a18fcf2993af8daba7c2a1b2cbfc315b39424c6"},
		{"empty", FileHeader{Mode: 0o100644}, "",
			"00000012000000000000000000000000000081a4000000000011", "cc700d46f407c6c5ab2d5dde474366a928b7398277e61162e7f8ec06f469f07e"},
		{"link", FileHeader{Mode: 0o120777, Target: "hello"}, "",
			"000000170000000000000000000000000000a1ff0000000068656c6c6f0016", "73baaba0102e9154b8522687d33eedb8ed1bc78eadb82428b2616144ec502934"},
		{"xattrs", FileHeader{Mode: 0o100644, Xattrs: Xattrs{{"user.alpha", []byte("two")}, {"user.zeta", []byte("1")}}}, "xattrs\n",
			"0000002f000000000000000000000000000081a40000000000757365722e616c7068610074776f0b757365722e7a65746100310a0f1b11",
			"9214277e59b5e0dd109c397322b089b2f5ca111c3b0b8c21bbb8c3578a05e7a3"},
		{"suid", FileHeader{UID: 1000, GID: 100, Mode: 0o104755}, "x",
			"0000001200000000000003e800000064000089ed000000000011", "e102c1b23bf40fbeccfe5bf3a3102573e03a22c4e565ede662d9530d3d08e7b6"},
		{"big", FileHeader{Mode: 0o100644}, strings.Repeat("q", 70000),
			"00000012000000000000000000000000000081a4000000000011", "dc714cf3b873cd26c571857dbfe9acca46321a95b5f1399c392d7f975c0bd6fa"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.stream, hex.EncodeToString(tc.header.appendStream(nil)))
			got, n, err := ContentChecksum(&tc.header, strings.NewReader(tc.payload))
			require.NoError(t, err)
			require.Equal(t, tc.want, got.String())
			require.EqualValues(t, len(tc.payload), n)
		})
	}
}

func TestDirMeta(t *testing.T) {
	for _, tc := range []struct {
		meta DirMeta
		data string
		want string
	}{
		{DirMeta{Mode: 0o40755}, "0000000000000000000041ed", rootMeta},
		{DirMeta{Mode: 0o40755, Xattrs: Xattrs{{"user.dirattr", []byte("D")}}},
			"0000000000000000000041ed757365722e6469726174747200440d0f", "cec0134b0547bf2dd9d4a4aae8cea82d48a135c4cef01eb841c0adef59c3aa49"},
	} {
		require.Equal(t, tc.data, hex.EncodeToString(tc.meta.Encode()))
		require.Equal(t, tc.want, tc.meta.Checksum().String())
		got, err := ParseDirMeta(unhex(t, tc.data))
		require.NoError(t, err)
		if d := cmp.Diff(&tc.meta, got); d != "" {
			t.Errorf("parsed (-want +got):\n%s", d)
		}
	}
}

func TestDirTree(t *testing.T) {
	want := &DirTree{
		Files: []FileEntry{{"a", sum(t, fileA)}},
		Dirs:  []DirEntry{{"emptydir", sum(t, emptyTree), sum(t, stickyDir)}},
	}
	const data = "6100dc2b665ccbdf782c75fe876e0e5b62f87ae9db78699f8d84bef03250983f0dc00223656d707479646972006e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01dbbe8d5c22ca8a645068a1aa51a59e117f139319d9a791e4d4c0d27dae64cc8c729094b24"
	got, err := ParseDirTree(unhex(t, data))
	require.NoError(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("parsed (-want +got):\n%s", d)
	}
	require.Equal(t, data, hex.EncodeToString(want.Encode()))
	require.Equal(t, "f49c79c892a8b7ead8d27f0bf561be03bbccd30aa54050487285bd3608216a74", want.Checksum().String())
	require.Equal(t, emptyTree, (&DirTree{}).Checksum().String())
}

// TestFramingAgreesWithGVariant compares the short-cut codec with package
// gvariant where offsets change their width.
func TestFramingAgreesWithGVariant(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5, 6, 7, 8, 200, 1500, 1900, 2000} {
		tree := &DirTree{}
		var files, dirs []gvariant.Value
		for i := range n {
			name := hex.EncodeToString([]byte{byte(i >> 8), byte(i)})
			c := Checksum{byte(i), 1, byte(i >> 8)}
			tree.Files = append(tree.Files, FileEntry{"f" + name, c})
			tree.Dirs = append(tree.Dirs, DirEntry{"g" + name, c, c})
			files = append(files, gvariant.NewTuple(gvariant.NewString("f"+name), gvariant.NewBytes(bytes.Clone(c[:]))))
			dirs = append(dirs, gvariant.NewTuple(gvariant.NewString("g"+name), gvariant.NewBytes(bytes.Clone(c[:])), gvariant.NewBytes(bytes.Clone(c[:]))))
		}
		f, err := gvariant.NewArray("(say)", files...)
		require.NoError(t, err)
		d, err := gvariant.NewArray("(sayay)", dirs...)
		require.NoError(t, err)
		want := gvariant.NewTuple(f, d).Bytes()
		require.True(t, bytes.Equal(want, tree.Encode()), "%d entries", n)
		got, err := ParseDirTree(want)
		require.NoError(t, err)
		require.Len(t, got.Files, n)
	}
}

func TestCommit(t *testing.T) {
	metadata := gvariant.NewDict()
	metadata.Set("version", gvariant.NewString("1.0"))
	metadata.Set("answer", gvariant.NewUint32(42))
	metadata.Set(KeyRefBinding, gvariant.NewStrings([]string{"v/one"}))
	stamp := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		commit Commit
		data   string
	}{
		{Commit{Timestamp: stamp}, "0000000000000000000000005e0d5da532c28863714f0f2acee0c9f0800e6e4ebcd51ce49ec12ae68f7d481698a1f6f9446a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488300201000000"},
		{Commit{Metadata: metadata, Subject: "First commit", Body: "Body text", Timestamp: stamp},
			"76657273696f6e00312e300000730800616e7377657200002a000000007507006f73747265652e7265662d62696e64696e67000000000000762f6f6e650006006173130f1f43466972737420636f6d6d697400426f6479207465787400000000000000005e0d5da532c28863714f0f2acee0c9f0800e6e4ebcd51ce49ec12ae68f7d481698a1f6f9446a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488885d53464646"},
	} {
		tc.commit.RootTree, tc.commit.RootMeta = sum(t, rootTree), sum(t, rootMeta)
		data, err := tc.commit.Encode()
		require.NoError(t, err)
		require.Equal(t, tc.data, hex.EncodeToString(data))
		got, err := ParseCommit(data)
		require.NoError(t, err)
		require.Equal(t, tc.commit.Subject, got.Subject)
		require.Equal(t, tc.commit.Body, got.Body)
		require.Equal(t, stamp, got.Timestamp)
		require.Equal(t, tc.commit.RootTree, got.RootTree)
		require.Equal(t, tc.commit.RootMeta, got.RootMeta)
		require.True(t, got.Parent.IsZero())
		require.Equal(t, tc.commit.Version(), got.Version())
		again, err := got.Encode()
		require.NoError(t, err)
		require.Equal(t, data, again)
	}
}

func TestArchiveHeader(t *testing.T) {
	h := &FileHeader{UID: 1, GID: 2, Mode: 0o100640, Xattrs: Xattrs{{"user.a", []byte("b")}}}
	data := h.appendArchiveHeader(nil, 12345)
	got, size, err := readArchiveHeader(bytes.NewReader(data))
	require.NoError(t, err)
	require.EqualValues(t, 12345, size)
	if d := cmp.Diff(h, got); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	v, err := gvariant.Decode("(tuuuusa(ayay))", data[8:])
	require.NoError(t, err)
	require.EqualValues(t, 12345, gvariant.Swap64(v.Index(0).Uint()))
	require.EqualValues(t, 0o100640, gvariant.Swap32(uint32(v.Index(3).Uint())))
}

func TestChecksumText(t *testing.T) {
	c := sum(t, rootMeta)
	text, err := c.MarshalText()
	require.NoError(t, err)
	var back Checksum
	require.NoError(t, back.UnmarshalText(text))
	require.Equal(t, c, back)
	for _, bad := range []string{"", "44", strings.ToUpper(rootMeta), rootMeta + "0", strings.Repeat("g", 64), strings.Repeat(" ", 64)} {
		_, err := ParseChecksum(bad)
		require.Error(t, err, bad)
	}
	_, err = ChecksumFromBytes(make([]byte, 31))
	require.EqualError(t, err, "checksum of 31 bytes, want 32")
}

func TestLoosePath(t *testing.T) {
	const digits = "44/6a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488"
	for _, tc := range []struct {
		typ  ObjectType
		mode Mode
		ext  string
	}{
		{TypeFile, ModeBare, ".file"}, {TypeFile, ModeArchive, ".filez"}, {TypeDirTree, ModeArchive, ".dirtree"},
		{TypeDirMeta, ModeBareUser, ".dirmeta"}, {TypeCommit, ModeBare, ".commit"}, {TypeCommitMeta, ModeArchive, ".commitmeta"},
		{TypeTombstone, ModeBare, ".tombstone-commit"}, {TypePayloadLink, ModeBare, ".payload-link"},
	} {
		n := ObjectName{sum(t, rootMeta), tc.typ}
		require.Equal(t, digits+tc.ext, n.LoosePath(tc.mode))
		got, err := ParseLoosePath(digits+tc.ext, tc.mode)
		require.NoError(t, err)
		require.Equal(t, n, got)
	}
	for _, bad := range []string{"", digits, digits + ".", digits + ".what", digits + ".filez", "4/" + digits[3:] + ".file", "../" + digits + ".file", strings.ToUpper(digits) + ".file"} {
		_, err := ParseLoosePath(bad, ModeBare)
		require.Error(t, err, bad)
	}
	_, err := ParseLoosePath(digits+".file", ModeArchive)
	require.ErrorContains(t, err, "not used in a repository of mode archive-z2")
}

// What listing a directory takes for an object is what ParseLoosePath does.
func TestLooseNameIsLoosePath(t *testing.T) {
	const name = "6a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488"
	var names []string
	for _, ext := range typeNames {
		for _, z := range []string{"", "z", "zz"} {
			names = append(names, name+"."+ext+z, name[1:]+"."+ext+z, name+"0."+ext+z, name+ext+z)
		}
	}
	for i := range 256 { // any byte at the start and end of the digits
		names = append(names, string([]byte{byte(i)})+name[1:]+".file", name[:61]+string([]byte{byte(i)})+".dirtree")
	}
	names = append(names, "", ".", "..", name, name+".", name+".what", strings.ToUpper(name)+".file")
	objects := 0
	for _, m := range []Mode{ModeBare, ModeBareUser, ModeArchive, ModeBareSplitXattrs} {
		for _, dir := range []string{"44", "0f", "a9", "4", "", "444", "4G", "AA", ".."} {
			for _, name := range names {
				want, err := ParseLoosePath(dir+"/"+name, m)
				got, ok := parseLooseName(dir, name, m)
				require.Equal(t, err == nil, ok, "%s/%s in mode %s", dir, name, m)
				if ok {
					objects++
					require.Equal(t, want, got)
				}
			}
		}
	}
	require.Positive(t, objects)
}

// dirtree builds a dirtree without any of the checks.
func dirtree(files, dirs []string) []byte {
	t := &DirTree{}
	for _, f := range files {
		t.Files = append(t.Files, FileEntry{Name: f})
	}
	for _, d := range dirs {
		t.Dirs = append(t.Dirs, DirEntry{Name: d})
	}
	return t.Encode()
}

func TestHostileDirTree(t *testing.T) {
	good := dirtree([]string{"a", "b"}, []string{"c"})
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"slash", dirtree([]string{"a/b"}, nil), "invalid / in filename"},
		{"absolute", dirtree([]string{"/etc"}, nil), "invalid / in filename"},
		{"dot", dirtree(nil, []string{"."}), `invalid name "."`},
		{"dot dot", dirtree(nil, []string{".."}), `invalid name ".."`},
		{"dot dot file", dirtree([]string{".."}, nil), `invalid name ".."`},
		{"empty name", dirtree([]string{""}, nil), "empty name"},
		{"invalid UTF-8", dirtree([]string{"\xff"}, nil), "invalid UTF-8"},
		{"duplicate file", dirtree([]string{"a", "a"}, nil), `duplicate name "a"`},
		{"duplicate directory", dirtree(nil, []string{"a", "a"}), `duplicate name "a"`},
		{"file and directory", dirtree([]string{"a"}, []string{"a"}), "both a file and a directory"},
		{"order", dirtree([]string{"b", "a"}, nil), "not in order"},
		{"no bytes", nil, "framing offset"},
		{"truncated", good[:len(good)-1], ""},
		{"offset past the end", append(bytes.Clone(good[:len(good)-1]), 0xff), "framing offset"},
		{"trailing bytes", append(bytes.Clone(good), 0, 0), ""},
		{"huge offsets in 300 bytes", bytes.Repeat([]byte{0xff}, 300), "framing offset"},
		{"short checksum", gvariantTree(t, make([]byte, 31)), "checksum of 31 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseDirTree(tc.data)
			var ce *CorruptError
			require.ErrorAs(t, err, &ce)
			require.Equal(t, TypeDirTree, ce.Object.Type)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func gvariantTree(t testing.TB, checksum []byte) []byte {
	t.Helper()
	files, err := gvariant.NewArray("(say)", gvariant.NewTuple(gvariant.NewString("a"), gvariant.NewBytes(checksum)))
	require.NoError(t, err)
	dirs, err := gvariant.NewArray("(sayay)")
	require.NoError(t, err)
	return gvariant.NewTuple(files, dirs).Bytes()
}

func TestHostileDirMeta(t *testing.T) {
	meta := func(mode uint32, x ...Xattr) []byte { return (&DirMeta{Mode: mode, Xattrs: x}).Encode() }
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"regular file", meta(0o100644), "not that of a directory"},
		{"unknown bits", meta(0o40755 | 1<<20), "unknown bits"},
		{"short", make([]byte, 11), "too few"},
		{"no name", meta(0o40755, Xattr{"", []byte("1")}), "without a name"},
		{"bad framing", append(meta(0o40755), 0xff, 0xff), "framing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseDirMeta(tc.data)
			var ce *CorruptError
			require.ErrorAs(t, err, &ce)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// Eight zero bytes are how the format writes the time 1970-01-01.
func TestCommitWithoutTime(t *testing.T) {
	c := Commit{RootTree: sum(t, rootTree), RootMeta: sum(t, rootMeta)}
	data, err := c.Encode()
	require.NoError(t, err)
	got, err := ParseCommit(data)
	require.NoError(t, err)
	require.Equal(t, time.Unix(0, 0).UTC(), got.Timestamp)
}

func TestHostileCommit(t *testing.T) {
	c := Commit{Subject: "s", RootTree: sum(t, rootTree), RootMeta: sum(t, rootMeta), Timestamp: time.Unix(1, 0)}
	good, err := c.Encode()
	require.NoError(t, err)
	for i := range good {
		_, err := ParseCommit(good[:i])
		require.Error(t, err, "truncated to %d bytes", i)
	}
	padded := append(bytes.Clone(good), 0)
	_, err = ParseCommit(padded)
	var ce *CorruptError
	require.ErrorAs(t, err, &ce)
	c.Subject = "with \x00"
	_, err = c.Encode()
	require.ErrorContains(t, err, "NUL in subject")
	c.Subject = "not UTF-8 \xff"
	_, err = c.Encode()
	require.Error(t, err)
}

func TestHostileArchiveHeader(t *testing.T) {
	good := (&FileHeader{Mode: 0o100644}).appendArchiveHeader(nil, 1)
	big := bytes.Clone(good)
	copy(big, []byte{0xff, 0xff, 0xff, 0xff})
	lies := bytes.Clone(good)
	lies[1] = 0xf0 // within the limit, but far longer than the input
	padding := bytes.Clone(good)
	padding[5] = 1
	device := bytes.Clone(good)
	device[8+20] = 1
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"4 GiB header in 100 bytes", append(big, make([]byte, 60)...), "too long"},
		{"15 MiB header in 100 bytes", append(lies, make([]byte, 60)...), "unexpected EOF"},
		{"padding", padding, "padding is not zero"},
		{"device number", device, "not in normal form"},
		{"truncated", good[:20], "unexpected EOF"},
		{"empty", nil, "unexpected EOF"},
		{"directory", (&FileHeader{Mode: 0o40755}).appendArchiveHeader(nil, 0), "neither"},
		{"link with payload", (&FileHeader{Mode: 0o120777, Target: "x"}).appendArchiveHeader(nil, 5), "payload of 5 bytes"},
		{"link without target", (&FileHeader{Mode: 0o120777}).appendArchiveHeader(nil, 0), "without a target"},
		{"file with target", (&FileHeader{Mode: 0o100644, Target: "x"}).appendArchiveHeader(nil, 0), "with a link target"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := readArchiveHeader(bytes.NewReader(tc.data))
			var ce *CorruptError
			require.ErrorAs(t, err, &ce)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestParseRefspec(t *testing.T) {
	for _, tc := range []struct{ in, remote, ref string }{
		{"a", "", "a"}, {"a/b-c.d_e", "", "a/b-c.d_e"}, {"origin:x/y", "origin", "x/y"}, {"naïve/ünicode", "", "naïve/ünicode"},
		{"_x", "", "_x"}, {"rpmostree/pkg/bash/5.2-1.x86__64", "", "rpmostree/pkg/bash/5.2-1.x86__64"},
	} {
		remote, ref, err := ParseRefspec(tc.in)
		require.NoError(t, err, tc.in)
		require.Equal(t, []string{tc.remote, tc.ref}, []string{remote, ref})
	}
	for _, bad := range []string{"", "/", "a/", "/a", "a//b", "..", "a/../b", ".hidden", "-x", "a b", "a:b:c", "a/b:c", ":a", "a:", "a\x00", "\xff", rootMeta} {
		_, _, err := ParseRefspec(bad)
		require.Error(t, err, "%q", bad)
	}
}

func TestValidateCollectionID(t *testing.T) {
	require.NoError(t, ValidateCollectionID("org.example.Os_1"))
	for _, bad := range []string{"", "org", "org.", ".org", "org..x", "org.1x", "org.x-y", "org/x.y", strings.Repeat("a.", 200) + "a"} {
		require.Error(t, ValidateCollectionID(bad), bad)
	}
}

func TestCorruptErrorText(t *testing.T) {
	cause := errors.New("cause")
	for want, err := range map[string]error{
		"corrupt dirtree object: cause":            corrupt(TypeDirTree, "%w", cause),
		"corrupt " + rootMeta + ".file: cause":     nameCorrupt(corrupt(TypeFile, "%w", cause), ObjectName{sum(t, rootMeta), TypeFile}),
		"corrupt refs/heads/x: cause":              &CorruptError{Path: "refs/heads/x", Err: cause},
		"corrupt " + rootMeta + ".file (p): cause": &CorruptError{Object: ObjectName{sum(t, rootMeta), TypeFile}, Path: "p", Err: cause},
	} {
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, cause)
	}
}

func FuzzParseDirTree(f *testing.F) {
	f.Add((&DirTree{}).Encode())
	f.Add(dirtree([]string{"a", "b"}, []string{"c"}))
	f.Add(bytes.Repeat([]byte{0xff}, 300))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := ParseDirTree(data)
		if err == nil && !bytes.Equal(tree.Encode(), data) {
			t.Errorf("decoding and encoding changes %x", data)
		}
		_, verr := gvariant.Decode("(a(say)a(sayay))", data)
		if err == nil && verr != nil {
			t.Errorf("accepted %x, which is not in normal form: %v", data, verr)
		}
	})
}

func FuzzParseDirMeta(f *testing.F) {
	f.Add((&DirMeta{Mode: 0o40755}).Encode())
	f.Add((&DirMeta{Mode: 0o40755, Xattrs: Xattrs{{"user.a", []byte("1")}}}).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := ParseDirMeta(data); err == nil && !bytes.Equal(m.Encode(), data) {
			t.Errorf("decoding and encoding changes %x", data)
		}
	})
}

func FuzzParseCommit(f *testing.F) {
	c := Commit{Subject: "s", Timestamp: time.Unix(1, 0)}
	data, err := c.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCommit(data)
		if err != nil {
			return
		}
		if again, err := c.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("decoding and encoding changes %x: %v", data, err)
		}
	})
}

func FuzzArchive(f *testing.F) {
	f.Add((&FileHeader{Mode: 0o100644}).appendArchiveHeader(nil, 1))
	f.Add((&FileHeader{Mode: 0o120777, Target: "t"}).appendArchiveHeader(nil, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, size, err := readArchiveHeader(bytes.NewReader(data))
		if err == nil && !bytes.HasPrefix(data, h.appendArchiveHeader(nil, size)) {
			t.Errorf("decoding and encoding changes %x", data)
		}
	})
}

func FuzzInflate(f *testing.F) {
	f.Add(archived(f, &FileHeader{Mode: 0o100644}, 5, "hello"))
	f.Add(archived(f, &FileHeader{Mode: 0o120777, Target: "t"}, 0, ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newInflater(bytes.NewReader(data))
		defer d.release()
		h, size, err := d.open()
		if err != nil || h.IsSymlink() || size > 1<<20 {
			return
		}
		if n, err := io.Copy(io.Discard, d); err == nil && n != size {
			t.Errorf("%d bytes without an error, the header says %d", n, size)
		}
	})
}
