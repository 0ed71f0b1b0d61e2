package ostree

import (
	"archive/tar"
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/gvariant"
)

// FuzzImportTar: whatever an archive says, the tree that comes of it can be written and read again, and what is stored
// is whole.
func FuzzImportTar(f *testing.F) {
	dir := &tar.Header{Name: "usr/", Typeflag: tar.TypeDir, Mode: 0o755}
	f.Add(tarOf(f, dir, &tar.Header{Name: "usr/sh", Typeflag: tar.TypeReg, Mode: 0o755, Uid: 1, PAXRecords: map[string]string{"SCHILY.xattr.user.a": "1"}},
		&tar.Header{Name: "usr/hard", Typeflag: tar.TypeLink, Linkname: "usr/sh"},
		&tar.Header{Name: "usr/soft", Typeflag: tar.TypeSymlink, Linkname: "sh"}), false)
	f.Add(tarOf(f, &tar.Header{Name: "../../etc/x", Typeflag: tar.TypeReg, Mode: 0o644}), true)
	f.Add(tarOf(f, &tar.Header{Name: "a/b/" + strings.Repeat("long/", 60) + "c", Typeflag: tar.TypeReg}), true)
	f.Add(tarOf(f, &tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, &tar.Header{Name: "a/b", Typeflag: tar.TypeReg}), true)
	f.Add(tarOf(f, &tar.Header{Name: "dev", Typeflag: tar.TypeChar, Devmajor: 1}), true)
	f.Add([]byte{}, true)
	r := newRepo(f, ModeArchive)
	f.Fuzz(func(t *testing.T, data []byte, parents bool) {
		ctx := context.Background()
		tx := begin(t, r)
		defer tx.Abort()
		m := NewMutableTree()
		if err := tx.ImportTar(ctx, m, bytes.NewReader(data), &ImportOptions{CreateParents: parents}); err != nil {
			return
		}
		tree, meta, err := tx.WriteTree(ctx, m)
		if err != nil {
			return // an archive without a root
		}
		for path := range list(t, tx, tree, meta, "/", map[string]string{}) {
			require.NotContains(t, path, "/../")
			require.NotContains(t, path, "//")
		}
	})
}

// FuzzParseStatOverride: what is accepted keeps within permission bits.
func FuzzParseStatOverride(f *testing.F) {
	for _, s := range []string{"", "2048 /a\n", "=384 /a b\n+1 /c", "1 ", "4096 /x", "-1 /x", "\n\n", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseStatOverride(strings.NewReader(text))
		if err != nil {
			require.ErrorContains(t, err, "parse statoverride: ")
			return
		}
		for path, o := range got {
			require.LessOrEqual(t, o.Mode, uint32(0o7777))
			require.Contains(t, text, path)
		}
	})
}

// FuzzParseRefspec: what is accepted can become a path below refs, and says the same when it is put together again.
func FuzzParseRefspec(f *testing.F) {
	for _, s := range []string{"a", "origin:x/y", "a/../b", ":a", "a:", "-x", "a\x00", "org.example.Os:x", "naïve/x", "a//b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		remote, ref, err := ParseRefspec(text)
		if err != nil {
			return
		}
		for part := range strings.SplitSeq(remote+"/"+ref, "/") {
			require.NotContains(t, []string{".", ".."}, part)
			require.NotContains(t, part, "\x00")
		}
		require.NotEmpty(t, ref)
		if remote != "" {
			ref = remote + ":" + ref
		}
		require.Equal(t, text, ref)
	})
}

// FuzzSizes reads the entries of ostree.sizes, which say the same when they are written again.
func FuzzSizes(f *testing.F) {
	f.Add(ObjectSize{Object: ObjectName{Checksum{1}, TypeFile}, Archived: 300, Unpacked: 1 << 40}.encode())
	f.Add(bytes.Repeat([]byte{0xff}, 60))
	f.Add(make([]byte, 32))
	f.Fuzz(func(t *testing.T, entry []byte) {
		list, err := gvariant.NewArray("ay", gvariant.NewBytes(entry))
		require.NoError(t, err)
		c := &Commit{Metadata: gvariant.NewDict()}
		c.Metadata.Set(KeySizes, list)
		sizes, err := c.Sizes()
		if err != nil {
			var ce *CorruptError
			require.ErrorAs(t, err, &ce)
			return
		}
		require.Len(t, sizes, 1)
		again, err := parseSizeEntry(sizes[0].encode())
		require.NoError(t, err)
		require.Equal(t, sizes[0], again)
	})
}

// FuzzLoosePath: a path that is accepted is the one that the object has.
func FuzzLoosePath(f *testing.F) {
	n := ObjectName{Checksum{0xab}, TypeDirTree}
	f.Add(n.LoosePath(ModeArchive))
	f.Add("ab/" + strings.Repeat("0", 62) + ".filez")
	f.Add("../" + strings.Repeat("0", 61) + ".file")
	f.Add("")
	f.Fuzz(func(t *testing.T, path string) {
		for _, mode := range []Mode{ModeBare, ModeArchive} {
			if n, err := ParseLoosePath(path, mode); err == nil {
				require.Equal(t, path, n.LoosePath(mode))
			}
		}
	})
}
