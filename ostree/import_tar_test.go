package ostree

import (
	"archive/tar"
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func tarOf(t testing.TB, headers ...*tar.Header) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, h := range headers {
		body := "content of " + h.Name
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(body))
		}
		require.NoError(t, w.WriteHeader(h))
		if h.Typeflag == tar.TypeReg {
			_, err := w.Write([]byte(body))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return buf.Bytes()
}

func TestImportTar(t *testing.T) {
	ctx := context.Background()
	data := tarOf(t,
		&tar.Header{Name: "usr/bin/sh", Typeflag: tar.TypeReg, Mode: 0o755, Uid: 1, Gid: 2, PAXRecords: map[string]string{"SCHILY.xattr.user.a": "1"}},
		&tar.Header{Name: "./usr/bin/", Typeflag: tar.TypeDir, Mode: 0o700, Uid: 3},
		&tar.Header{Name: "/usr/bin/hard", Typeflag: tar.TypeLink, Linkname: "./usr/bin/sh"},
		&tar.Header{Name: "usr/bin/soft", Typeflag: tar.TypeSymlink, Linkname: "sh", Mode: 0o777},
		&tar.Header{Name: "skip/", Typeflag: tar.TypeDir, Mode: 0o755},
		&tar.Header{Name: "skip/below", Typeflag: tar.TypeReg, Mode: 0o644},
		&tar.Header{Name: "skipped-not", Typeflag: tar.TypeReg, Mode: 0o4711},
	)
	tx := begin(t, newRepo(t, ModeArchive))
	m := NewMutableTree()
	require.NoError(t, tx.ImportTar(ctx, m, bytes.NewReader(data), &ImportOptions{CreateParents: true, Skip: []string{"/skip"}}))
	tree, meta, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	want := map[string]string{
		"/": "40755 1:2", "/usr": "40755 1:2", "/usr/bin": "40700 3:0", "/usr/bin/sh": "100755 1:2", "/usr/bin/hard": "100755 1:2",
		"/usr/bin/soft": "120777 0:0 sh", "/skipped-not": "104711 0:0",
	}
	if d := cmp.Diff(want, list(t, tx, tree, meta, "/", map[string]string{})); d != "" {
		t.Errorf("tree (-want +got):\n%s", d)
	}
	e, err := m.Lookup(ctx, "usr/bin/sh")
	require.NoError(t, err)
	f, err := tx.LoadFile(ctx, e.File)
	require.NoError(t, err)
	require.Equal(t, Xattrs{{"user.a", []byte("1")}}, f.Header.Xattrs)
	require.Equal(t, "content of usr/bin/sh", readFile(t, f))
}

func TestImportTarRename(t *testing.T) {
	ctx := context.Background()
	data := tarOf(t,
		&tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		&tar.Header{Name: "./etc/", Typeflag: tar.TypeDir, Mode: 0o750},
		&tar.Header{Name: "etc/a", Typeflag: tar.TypeReg, Mode: 0o644},
		&tar.Header{Name: "etc/b", Typeflag: tar.TypeLink, Linkname: "etc/a"},
		&tar.Header{Name: "etc/c", Typeflag: tar.TypeReg, Mode: 0o644},
	)
	seen := []string{}
	o := &ImportOptions{
		CreateParents: true,
		Skip:          []string{"/usr/etc/c"},
		Rename: func(path string) string {
			seen = append(seen, path)
			if rest, ok := strings.CutPrefix(path, "/etc"); ok {
				return "usr//etc" + rest // is cleaned
			}
			return path
		},
	}
	tx := begin(t, newRepo(t, ModeArchive))
	m := NewMutableTree()
	require.NoError(t, tx.ImportTar(ctx, m, bytes.NewReader(data), o))
	require.Equal(t, []string{"/", "/etc", "/etc/a", "/etc/b", "/etc/a", "/etc/c"}, seen)
	tree, meta, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	want := map[string]string{"/": "40755 0:0", "/usr": "40755 0:0", "/usr/etc": "40750 0:0", "/usr/etc/a": "100644 0:0", "/usr/etc/b": "100644 0:0"}
	require.Empty(t, cmp.Diff(want, list(t, tx, tree, meta, "/", map[string]string{})))

	o.Rename = func(string) string { return "/../out" }
	require.ErrorContains(t, tx.ImportTar(ctx, NewMutableTree(), bytes.NewReader(data), o), `invalid name ".."`)
}

func TestImportTarErrors(t *testing.T) {
	root := &tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}
	for want, headers := range map[string][]*tar.Header{
		`invalid name ".."`:               {root, {Name: "../../etc/passwd", Typeflag: tar.TypeReg}},
		`entry "a/../b"`:                  {root, {Name: "a/../b", Typeflag: tar.TypeReg}},
		"no entry for its directory /a":   {root, {Name: "a/b", Typeflag: tar.TypeReg}},
		"not a directory":                 {root, {Name: "a", Typeflag: tar.TypeReg}, {Name: "a/b", Typeflag: tar.TypeReg}},
		"is a directory":                  {root, {Name: "a", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "a", Typeflag: tar.TypeReg}},
		"no such file precedes it":        {root, {Name: "a", Typeflag: tar.TypeLink, Linkname: "b"}},
		`hard link to "../x"`:             {root, {Name: "a", Typeflag: tar.TypeLink, Linkname: "../x"}},
		"only directories, regular files": {root, {Name: "a", Typeflag: tar.TypeFifo}},
		"link without a target":           {root, {Name: "a", Typeflag: tar.TypeSymlink}},
	} {
		tx := begin(t, newRepo(t, ModeArchive))
		err := tx.ImportTar(context.Background(), NewMutableTree(), bytes.NewReader(tarOf(t, headers...)), nil)
		require.ErrorContains(t, err, want)
	}
	tx := begin(t, newRepo(t, ModeArchive))
	err := tx.ImportTar(context.Background(), NewMutableTree(), strings.NewReader(strings.Repeat("junk", 200)), nil)
	require.ErrorContains(t, err, "import archive")
	data := tarOf(t, root, &tar.Header{Name: "a", Typeflag: tar.TypeReg})
	err = tx.ImportTar(context.Background(), NewMutableTree(), bytes.NewReader(data[:1030]), nil)
	require.ErrorContains(t, err, "unexpected EOF")
}
