package pull_test

import (
	"crypto/sha256"
	"os"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// splitHistory makes an archive repository with a commit of four files, of which two have the same attributes, and a
// bare-split-xattrs copy.
func splitHistory(t *testing.T) (origin, dst *ostree.Repo, files map[string]ostree.ObjectName, commit ostree.Checksum) {
	t.Helper()
	ctx := t.Context()
	origin = newRepo(t, ostree.ModeArchive)
	tx, err := origin.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o40755}).Encode())
	require.NoError(t, err)
	tree := ostree.NewMutableTree()
	tree.SetMeta(meta)
	files = map[string]ostree.ObjectName{}
	shared := ostree.Xattrs{{Name: "user.label", Value: []byte("shared")}}
	for name, xattrs := range map[string]ostree.Xattrs{"a": shared, "b": shared, "c": nil, "d": {{Name: "user.own", Value: []byte("x")}}} {
		h := &ostree.FileHeader{Mode: 0o100644, Xattrs: xattrs}
		c, err := tx.WriteFile(ctx, h, 1, strings.NewReader(name))
		require.NoError(t, err)
		require.NoError(t, tree.SetFile(ctx, name, c))
		files[name] = ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}
	}
	root, rootMeta, err := tx.WriteTree(ctx, tree)
	require.NoError(t, err)
	commit, err = tx.WriteCommit(ctx, &ostree.Commit{RootTree: root, RootMeta: rootMeta})
	require.NoError(t, err)
	tx.SetRef("main", commit)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)

	dst = newRepo(t, ostree.ModeBareSplitXattrs)
	cfg := dst.Config()
	cfg.Set("ex-split-xattrs", "write", "true")
	require.NoError(t, dst.WriteConfig(ctx, cfg))
	_, err = pull.Pull(ctx, dst, pull.Local(origin), &pull.Options{Refs: []string{"main"}, Remote: "origin"})
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", commit)
	return origin, dst, files, commit
}

// inPlace changes a byte of a file, and so of all its hard links.
func inPlace(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	b := []byte{0}
	_, err = f.ReadAt(b, 0)
	require.NoError(t, err)
	b[0] ^= 0x55
	_, err = f.WriteAt(b, 0)
	require.NoError(t, err)
}

// TestRepairSplitXattrs: whatever of a file is damaged, its content, its link to the attributes, or these, which it
// shares with others.
func TestRepairSplitXattrs(t *testing.T) {
	testenv.NeedRoot(t) // files of root
	link := func(n ostree.ObjectName) ostree.ObjectName {
		return ostree.ObjectName{Checksum: n.Checksum, Type: ostree.TypeFileXattrsLink}
	}
	for _, c := range []struct {
		name  string
		harm  func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName)
		fixed []string
	}{
		{"content", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			inPlace(t, stored(dst, files["a"]))
		}, []string{"a"}},
		{"file missing", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			require.NoError(t, os.Remove(stored(dst, files["a"])))
		}, []string{"a"}},
		{"link missing", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			require.NoError(t, os.Remove(stored(dst, link(files["b"]))))
		}, []string{"b"}},
		{"link of another", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			require.NoError(t, os.Remove(stored(dst, link(files["b"]))))
			require.NoError(t, os.Link(stored(dst, link(files["d"])), stored(dst, link(files["b"]))))
		}, []string{"b"}},
		{"shared attributes", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			inPlace(t, stored(dst, link(files["a"])))
		}, []string{"a", "b"}},
		{"attributes of one", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			require.NoError(t, os.Truncate(stored(dst, link(files["d"])), 3))
		}, []string{"d"}},
		{"attributes and content", func(t *testing.T, dst *ostree.Repo, files map[string]ostree.ObjectName) {
			inPlace(t, stored(dst, files["a"]))
			inPlace(t, stored(dst, link(files["a"])))
		}, []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			origin, dst, files, commit := splitHistory(t)
			c.harm(t, dst, files)
			res, err := pull.Repair(t.Context(), dst, []pull.Source{serve(t, origin).source()}, nil)
			require.NoError(t, err)
			require.Empty(t, res.Failed)
			var want []ostree.ObjectName
			for _, name := range c.fixed {
				want = append(want, files[name])
			}
			require.ElementsMatch(t, want, res.Repaired)
			requireComplete(t, dst, "origin:main", commit)
			requireSoundAttributes(t, dst)
			// What comes next with the same attributes is sound too.
			tx, err := dst.Begin(t.Context(), nil)
			require.NoError(t, err)
			defer tx.Abort()
			h := &ostree.FileHeader{Mode: 0o100644, Xattrs: ostree.Xattrs{{Name: "user.label", Value: []byte("shared")}}}
			sum, err := tx.WriteFile(t.Context(), h, 3, strings.NewReader("new"))
			require.NoError(t, err)
			_, err = tx.Commit(t.Context())
			require.NoError(t, err)
			f, err := dst.LoadFile(t.Context(), sum)
			require.NoError(t, err)
			require.Equal(t, h.Xattrs, f.Header.Xattrs)
			require.NoError(t, f.Close())
		})
	}
}

// requireSoundAttributes: the name of an attribute object is the SHA-256 of its content.
func requireSoundAttributes(t *testing.T, r *ostree.Repo) {
	t.Helper()
	for n, err := range r.Objects(t.Context()) {
		require.NoError(t, err)
		if n.Type == ostree.TypeFileXattrs {
			data, err := os.ReadFile(stored(r, n))
			require.NoError(t, err)
			require.Equal(t, n.Checksum, ostree.Checksum(sha256.Sum256(data)))
		}
	}
}
