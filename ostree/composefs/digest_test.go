package composefs_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
	"example.com/rpmostree/ostree/ostreetest"
)

// commitFiles imports a directory with these files, and links "NAME -> TARGET".
func commitFiles(t *testing.T, o *ostree.ImportOptions, files map[string]string) (*ostree.Repo, ostree.Checksum) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if isLink {
			require.NoError(t, os.Symlink(target, path))
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	o.Filter = func(_ string, h *ostree.FileHeader) ostree.FilterResult { // whatever the umask
		switch h.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
			h.Mode = unix.S_IFDIR | 0o755
		case unix.S_IFREG:
			h.Mode = unix.S_IFREG | 0o644
		}
		return ostree.FilterKeep
	}
	m := ostree.NewMutableTree()
	require.NoError(t, tx.ImportDir(t.Context(), m, dir, o))
	tree, meta, err := tx.WriteTree(t.Context(), m)
	require.NoError(t, err)
	commit, err := tx.WriteCommit(t.Context(), &ostree.Commit{RootTree: tree, RootMeta: meta})
	require.NoError(t, err)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return repo, commit
}

// richTree has attributes that are shared and that are not, of several lengths, a
// directory with more than a block of names, and the longest target of a link that
// is stored with its inode.
func richTree() (files map[string]string, xattrs func(string, *ostree.FileHeader) (ostree.Xattrs, error)) {
	files = map[string]string{
		"shared/s1.txt": "s1\n", "shared/s2.txt": "s2\n", "shared/s3.txt": "s3\n", "shared/s4.txt": "s4\n",
		"nested/deep/g.txt": "deep\n", "shared.txt": "top\n", "uniq.txt": "u\n", "longlink -> " + strings.Repeat("z", 4063): "",
	}
	attrs := map[string]ostree.Xattrs{"/bigdir": {{Name: "user.dirattr", Value: []byte("bigdirvalue")}}}
	for i := range 300 {
		files[fmt.Sprintf("bigdir/d%03d", i)] = "x"
	}
	shared, unique := ostree.Xattr{Name: "user.shared", Value: []byte("commonvalue")}, ostree.Xattr{Name: "user.uniq", Value: []byte("onlyhere")}
	for _, name := range []string{"/shared/s1.txt", "/shared/s2.txt", "/shared/s3.txt", "/shared/s4.txt", "/nested/deep/g.txt", "/shared.txt"} {
		attrs[name] = append(attrs[name], shared)
	}
	for _, name := range []string{"/shared/s1.txt", "/uniq.txt"} {
		attrs[name] = append(attrs[name], unique)
	}
	for _, n := range []int{1, 5, 13, 21, 29} {
		name := fmt.Sprintf("attrs/a%d/f", n)
		files[name] = "c"
		attrs["/"+name] = ostree.Xattrs{{Name: "user.v", Value: []byte(strings.Repeat("v", n))}}
	}
	return files, func(path string, _ *ostree.FileHeader) (ostree.Xattrs, error) { return attrs[path], nil }
}

// TestDigests has digests that ostree 2026.1 computed with libcomposefs 1.0.8.
func TestDigests(t *testing.T) {
	rich, xattrs := richTree()
	for _, tc := range []struct {
		name   string
		files  map[string]string
		xattrs func(string, *ostree.FileHeader) (ostree.Xattrs, error)
		want   string
	}{
		{
			name:  "empty and nested files",
			files: map[string]string{"hello.txt": "hello ostree\n", "empty.txt": "", "subdir/nested.txt": "nested\n", "link -> hello.txt": ""},
			want:  "c91bad0285efab4453562cadf7a22f2dc3714dee81dbe002ded71318e18384d9",
		},
		{"attributes and many names", rich, xattrs, "f61bd5eb6f723968ed7e65c43705502b2dad7cca5498e72953388bed5a69b2ba"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := uint32(0)
			repo, commit := commitFiles(t, &ostree.ImportOptions{OwnerUID: &root, OwnerGID: &root, NoXattrs: true, Xattrs: tc.xattrs}, tc.files)
			digest, err := composefs.WriteImage(t.Context(), io.Discard, repo, commit, nil)
			require.NoError(t, err)
			require.Equal(t, tc.want, digest.String())
		})
	}
}
