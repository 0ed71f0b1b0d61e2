package interop

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
)

// libostree finds a Python that can call the C library.
func libostree(t *testing.T) string {
	t.Helper()
	testenv.NeedTool(t, "ostree", "tar")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	python := testenv.NeedPython(t, "gi.repository.OSTree")
	return python
}

// giTree makes a directory and an archive of it.
func giTree(t *testing.T, dir string) (tree, archive string) {
	t.Helper()
	tree, archive = filepath.Join(dir, "tree"), filepath.Join(dir, "tree.tar")
	(&pairing{t: t}).tree(tree, "one")
	require.NoError(t, os.WriteFile(filepath.Join(tree, "usr/share/omitted"), []byte("omitted"), 0o644))
	testenv.Run(t, "/", "tar", "--sort=name", "-cf", archive, "-C", tree, "usr/lib", "usr/bin")
	return tree, archive
}

// program does with package ostree what testdata/gi/write.py does with libostree.
type program struct {
	t         *testing.T
	ctx       context.Context
	repo      *ostree.Repo
	canonical bool
}

func (p *program) run(tree, archive string) (one, two ostree.Checksum) {
	one = p.transaction(func(tx *ostree.Tx) ostree.Checksum {
		c := p.first(tx, tree)
		tx.SetRef("os/stable", c)
		return c
	})
	two = p.transaction(func(tx *ostree.Tx) ostree.Checksum {
		c := p.second(tx, one, archive)
		tx.SetRef("os/stable", c)
		tx.SetRef("origin:os/stable", one)
		tx.SetCollectionRef("org.other.Os", "main", one)
		return c
	})
	note := gvariant.NewDict()
	note.Set("note", gvariant.NewString("later"))
	for _, err := range []error{
		p.repo.SetAlias(p.ctx, "current", "os/stable"),
		p.repo.SetDetachedMetadata(p.ctx, two, note),
		p.repo.AddRemote(p.ctx, ostree.Remote{Name: "origin", URL: "http://example.com/repo", Branches: []string{"a", "b"},
			Options: map[string]string{"gpg-verify": "false"}}, nil),
		p.delta(delta.Name{To: two}, &delta.GenerateOptions{Inline: true, MinFallbackSize: -1}),
		p.delta(delta.Name{From: one, To: two}, &delta.GenerateOptions{MinFallbackSize: -1}),
		p.repo.ReindexDeltas(p.ctx, two),
		p.repo.MarkPartial(p.ctx, one, true),
	} {
		require.NoError(p.t, err)
	}
	return one, two
}

func (p *program) delta(name delta.Name, o *delta.GenerateOptions) error {
	_, err := delta.Generate(p.ctx, p.repo, name, o)
	return err
}

func (p *program) transaction(fill func(*ostree.Tx) ostree.Checksum) ostree.Checksum {
	tx, err := p.repo.Begin(p.ctx, &ostree.TxOptions{NoSync: true})
	require.NoError(p.t, err)
	defer tx.Abort()
	c := fill(tx)
	_, err = tx.Commit(p.ctx)
	require.NoError(p.t, err)
	return c
}

func (p *program) first(tx *ostree.Tx, tree string) ostree.Checksum {
	m := ostree.NewMutableTree()
	require.NoError(p.t, tx.ImportDir(p.ctx, m, tree, &ostree.ImportOptions{
		CanonicalPermissions: p.canonical,
		Filter: func(path string, h *ostree.FileHeader) ostree.FilterResult {
			if path == "/usr/share/omitted" {
				return ostree.FilterSkip
			}
			return ostree.FilterKeep
		},
	}))
	meta := gvariant.NewDict()
	meta.Set(ostree.KeyVersion, gvariant.NewString("1"))
	meta.Set(ostree.KeyRefBinding, gvariant.NewStrings([]string{"os/stable"}))
	return p.commit(tx, m, &ostree.Commit{Subject: "first", Body: "of\ntwo", Metadata: meta, Timestamp: time.Unix(1700000000, 0)})
}

func (p *program) second(tx *ostree.Tx, parent ostree.Checksum, archive string) ostree.Checksum {
	old, err := tx.LoadCommit(p.ctx, parent)
	require.NoError(p.t, err)
	m := tx.MutableTree(old.RootTree, old.RootMeta)
	uid, gid, xattrs := uint32(3), uint32(4), ostree.Xattrs{{Name: "user.note", Value: []byte("value")}}
	if p.canonical {
		uid, gid, xattrs = 0, 0, nil
	}
	dirmeta, err := tx.WriteMetadata(p.ctx, ostree.TypeDirMeta, (&ostree.DirMeta{UID: uid, GID: gid, Mode: unix.S_IFDIR | 0o755, Xattrs: xattrs}).Encode())
	require.NoError(p.t, err)
	opt, err := m.EnsureDir(p.ctx, "opt", dirmeta)
	require.NoError(p.t, err)
	hello, err := tx.WriteFile(p.ctx, &ostree.FileHeader{UID: uid, GID: gid, Mode: unix.S_IFREG | 0o644, Xattrs: xattrs}, 6, strings.NewReader("hello\n"))
	require.NoError(p.t, err)
	link, err := tx.WriteFile(p.ctx, &ostree.FileHeader{UID: uid, GID: gid, Mode: unix.S_IFLNK | 0o777, Target: "hello"}, 0, nil)
	require.NoError(p.t, err)
	require.NoError(p.t, opt.SetFile(p.ctx, "hello", hello))
	require.NoError(p.t, opt.SetFile(p.ctx, "link", link))
	require.NoError(p.t, m.Remove(p.ctx, "usr/lib/private"))
	require.ErrorIs(p.t, m.Remove(p.ctx, "usr/lib/private"), os.ErrNotExist)
	tar, err := opt.EnsureDir(p.ctx, "tar", dirmeta)
	require.NoError(p.t, err)
	f, err := os.Open(archive)
	require.NoError(p.t, err)
	defer f.Close()
	require.NoError(p.t, tx.ImportTar(p.ctx, tar, f, &ostree.ImportOptions{CanonicalPermissions: p.canonical, CreateParents: true}))
	meta := gvariant.NewDict()
	meta.Set(ostree.KeyVersion, gvariant.NewString("2"))
	return p.commit(tx, m, &ostree.Commit{Parent: parent, Subject: "second", Metadata: meta, Timestamp: time.Unix(1700000001, 0)})
}

func (p *program) commit(tx *ostree.Tx, m *ostree.MutableTree, c *ostree.Commit) ostree.Checksum {
	var err error
	c.RootTree, c.RootMeta, err = tx.WriteTree(p.ctx, m)
	require.NoError(p.t, err)
	sum, err := tx.WriteCommit(p.ctx, c)
	require.NoError(p.t, err)
	return sum
}

// sameViews compares what both libraries say about a repository, and what they check out of it.
func sameViews(t *testing.T, python, repo string) *repoView {
	t.Helper()
	theirs, ours := t.TempDir(), t.TempDir()
	want := libraryView(t, python, repo, theirs)
	got := ourView(t, repo, ours)
	require.Empty(t, cmp.Diff(want.lines(), got.lines()))
	require.Empty(t, cmp.Diff(snapshot(t, theirs), snapshot(t, ours)))
	return want
}

// TestLibraryAndWeAreTheSameProgram writes the same two commits with libostree and with package ostree, call by call, in
// every mode; each repository then looks the same to both libraries.
func TestLibraryAndWeAreTheSameProgram(t *testing.T) {
	t.Parallel()
	python := libostree(t)
	tree, archive := giTree(t, t.TempDir())
	for _, mode := range pullModes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			theirs, ours := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours")
			want := strings.Fields(testenv.Run(t, "", python, "testdata/gi/write.py", theirs, mode, tree, archive))
			parsed, err := ostree.ParseMode(mode)
			require.NoError(t, err)
			repo, err := ostree.Init(t.Context(), ours, &ostree.InitOptions{Mode: parsed, CollectionID: "org.example.Os"})
			require.NoError(t, err)
			defer repo.Close()
			p := &program{t: t, ctx: t.Context(), repo: repo, canonical: mode == "bare-user-only"}
			one, two := p.run(tree, archive)
			require.Equal(t, want, []string{one.String(), two.String()})
			a, b := sameViews(t, python, theirs), sameViews(t, python, ours)
			if mode == "archive" { // compressed by another encoder
				a.sizesOf(b)
			}
			require.Empty(t, cmp.Diff(a.lines(), b.lines()))
		})
	}
}

// sizesOf takes over the sizes of the file objects from another view.
func (v *repoView) sizesOf(o *repoView) {
	for name := range v.Objects {
		if strings.HasSuffix(name, ".file") {
			v.Objects[name] = o.Objects[name]
		}
	}
}
