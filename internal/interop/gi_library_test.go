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
// every mode; each repository then looks the same to both libraries, and each goes on with what the other one has made.
func TestLibraryAndWeAreTheSameProgram(t *testing.T) {
	t.Parallel()
	python := libostree(t)
	tree, archive := giTree(t, t.TempDir())
	for _, mode := range pullModes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			collection := map[string]string{"archive": "org.example.Os", "bare": "org.example.Os"}[mode]
			theirs, ours := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours")
			want := strings.Fields(testenv.Run(t, "", python, "testdata/gi/write.py", theirs, mode, tree, archive, collection))
			repo := initMode(t, ours, mode, collection)
			p := &program{t: t, ctx: t.Context(), repo: repo, canonical: mode == "bare-user-only"}
			one, two := p.run(tree, archive)
			require.Equal(t, want, []string{one.String(), two.String()})
			a, b := sameViews(t, python, theirs), sameViews(t, python, ours)
			if mode == "archive" { // compressed by another encoder
				a.sizesOf(b)
			}
			require.Empty(t, cmp.Diff(a.lines(), b.lines()))

			applyEachOther(t, python, theirs, ours, delta.Name{To: two})
			importEachOther(t, python, theirs, ours, p.canonical)
			if collection == "" { // else the command, not the library, writes the ref ostree-metadata
				sameSummary(t, python, theirs)
				sameSummary(t, python, ours)
			}
			testenv.Run(t, "", python, "testdata/gi/change.py", ours, "prune")
			sameViews(t, python, ours)
		})
	}
}

func initMode(t *testing.T, dir, mode, collection string) *ostree.Repo {
	t.Helper()
	parsed, err := ostree.ParseMode(mode)
	require.NoError(t, err)
	repo, err := ostree.Init(t.Context(), dir, &ostree.InitOptions{Mode: parsed, CollectionID: collection})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	return repo
}

// sizesOf takes over the sizes of the file objects from another view.
func (v *repoView) sizesOf(o *repoView) {
	for name := range v.Objects {
		if strings.HasSuffix(name, ".file") {
			v.Objects[name] = o.Objects[name]
		}
	}
}

// applyEachOther has the delta from scratch that either library has made applied by the other one.
func applyEachOther(t *testing.T, python, theirs, ours string, name delta.Name) {
	t.Helper()
	dir := t.TempDir()
	us, them := filepath.Join(dir, "us"), filepath.Join(dir, "them")
	repo := initMode(t, us, "bare-user", "")
	d, err := delta.OpenPath(filepath.Join(theirs, name.Dir()))
	require.NoError(t, err)
	_, err = d.Apply(t.Context(), repo, nil)
	require.NoError(t, err)
	initMode(t, them, "bare-user", "")
	testenv.Run(t, "", python, "testdata/gi/change.py", them, "apply", filepath.Join(ours, name.Dir()))
	a, b := sameViews(t, python, us), sameViews(t, python, them)
	require.Contains(t, a.Commits, name.To.String())
	require.Empty(t, cmp.Diff(a.lines(), b.lines()))
}

// importEachOther copies objects one by one with either library, unverified ones, into a repository of another mode.
func importEachOther(t *testing.T, python, theirs, ours string, canonical bool) {
	t.Helper()
	dir := t.TempDir()
	mode := "bare-user"
	if canonical {
		mode = "bare-user-only"
	}
	us, them := filepath.Join(dir, "us"), filepath.Join(dir, "them")
	initMode(t, them, mode, "")
	testenv.Run(t, "", python, "testdata/gi/change.py", them, "import", ours)
	src, err := ostree.Open(t.Context(), theirs, nil)
	require.NoError(t, err)
	defer src.Close()
	p := &program{t: t, ctx: t.Context(), repo: initMode(t, us, mode, "")}
	p.transaction(func(tx *ostree.Tx) ostree.Checksum {
		for name, err := range src.Objects(t.Context()) {
			require.NoError(t, err)
			if name.Type == ostree.TypeCommitMeta {
				continue // comes with the commit
			}
			_, err := tx.ImportObject(t.Context(), src, name, &ostree.ImportObjectOptions{Untrusted: true})
			require.NoError(t, err)
		}
		refs, err := src.Refs(t.Context(), &ostree.RefsOptions{Remotes: true})
		require.NoError(t, err)
		for _, ref := range refs {
			tx.SetRef(ref.Refspec(), ref.Checksum)
		}
		return ostree.Checksum{}
	})
	a, b := sameViews(t, python, us), sameViews(t, python, them)
	require.Empty(t, cmp.Diff(a.lines(), b.lines()))
}

// sameSummary writes the summary with libostree, and again with package ostree for the same time.
func sameSummary(t *testing.T, python, path string) {
	t.Helper()
	testenv.Run(t, "", python, "testdata/gi/change.py", path, "summary")
	want, err := os.ReadFile(filepath.Join(path, "summary"))
	require.NoError(t, err)
	parsed, err := ostree.ParseSummary(want)
	require.NoError(t, err)
	modified, ok := parsed.Time(ostree.KeySummaryLastModified)
	require.True(t, ok)
	repo, err := ostree.Open(t.Context(), path, nil)
	require.NoError(t, err)
	defer repo.Close()
	extra := gvariant.NewDict()
	extra.Set("org.example.key", gvariant.NewString("value"))
	require.NoError(t, repo.UpdateSummary(t.Context(), &ostree.SummaryOptions{Time: modified, Metadata: extra}))
	got, err := os.ReadFile(filepath.Join(path, "summary"))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// TestLibraryReadsSplitAttributes: libostree can read this mode, but writes only parts of it.
func TestLibraryReadsSplitAttributes(t *testing.T) {
	t.Parallel()
	python := libostree(t)
	tree, archive := giTree(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "repo")
	repo := initMode(t, path, "bare-split-xattrs", "")
	config := repo.Config()
	config.Set("ex-split-xattrs", "write", "true")
	require.NoError(t, repo.WriteConfig(t.Context(), config))
	p := &program{t: t, ctx: t.Context(), repo: repo}
	p.run(tree, archive)
	sameViews(t, python, path)
}

// TestLibraryFindsTheSameDamage changes a file behind the back of both libraries.
func TestLibraryFindsTheSameDamage(t *testing.T) {
	t.Parallel()
	python := libostree(t)
	tree, archive := giTree(t, t.TempDir())
	for _, mode := range []string{"bare", "bare-user", "bare-user-only"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "repo")
			p := &program{t: t, ctx: t.Context(), repo: initMode(t, path, mode, ""), canonical: mode == "bare-user-only"}
			one, two := p.run(tree, archive)
			require.NoError(t, p.repo.MarkPartial(t.Context(), one, false))
			c := fileAt(t, p.repo, two, "usr/share/big")
			object := filepath.Join(path, "objects", ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}.LoosePath(p.repo.Mode()))
			data, err := os.ReadFile(object)
			require.NoError(t, err)
			data[len(data)/2] ^= 1
			require.NoError(t, os.WriteFile(object, data, 0o644))
			v := libraryView(t, python, path, t.TempDir())
			require.Len(t, v.Bad, 1)
			require.Contains(t, v.Bad[0], c.String())
			require.Equal(t, v.Bad, ourView(t, path, t.TempDir()).Bad)
		})
	}
}

func fileAt(t *testing.T, repo *ostree.Repo, commit ostree.Checksum, path string) ostree.Checksum {
	t.Helper()
	c, err := repo.LoadCommit(t.Context(), commit)
	require.NoError(t, err)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	e, err := tx.MutableTree(c.RootTree, c.RootMeta).Lookup(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, ostree.EntryFile, e.Kind)
	return e.File
}
