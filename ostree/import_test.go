package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
)

// sourceTree makes a small directory to import.
func sourceTree(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "src")
	for name, body := range map[string]string{"a": "a\n", "sub/b": "b\n", "sub/deep/c": "c\n", "skip/d": "d\n", "large": strings.Repeat("L", scratchSize+5)} {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(body), 0o644))
	}
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "link")))
	return dir
}

// list describes a tree: path -> mode, owner, target.
func list(t testing.TB, tx *Tx, tree, meta Checksum, at string, out map[string]string) map[string]string {
	t.Helper()
	ctx := context.Background()
	m, err := tx.LoadDirMeta(ctx, meta)
	require.NoError(t, err)
	out[at] = fmt.Sprintf("%o %d:%d", m.Mode, m.UID, m.GID)
	d, err := tx.LoadDirTree(ctx, tree)
	require.NoError(t, err)
	for _, e := range d.Files {
		f, err := tx.LoadFile(ctx, e.Checksum)
		require.NoError(t, err)
		out[filepath.Join(at, e.Name)] = strings.TrimSpace(fmt.Sprintf("%o %d:%d %s", f.Header.Mode, f.Header.UID, f.Header.GID, f.Header.Target))
		require.NoError(t, f.Close())
	}
	for _, e := range d.Dirs {
		list(t, tx, e.Tree, e.Meta, filepath.Join(at, e.Name), out)
	}
	return out
}

func importAll(t testing.TB, tx *Tx, dir string, o *ImportOptions) (tree, meta Checksum) {
	t.Helper()
	m := NewMutableTree()
	require.NoError(t, tx.ImportDir(context.Background(), m, dir, o))
	tree, meta, err := tx.WriteTree(context.Background(), m)
	require.NoError(t, err)
	return tree, meta
}

func TestImportModifiers(t *testing.T) {
	uid, gid := uint32(12), uint32(34)
	dir := sourceTree(t)
	overrides, err := ParseStatOverride(strings.NewReader("2048 /a\n\n=384 /sub/b\n=448 /sub\n"))
	require.NoError(t, err)
	var seen []string
	o := &ImportOptions{
		OwnerUID: &uid, OwnerGID: &gid, ModeOverrides: overrides, Skip: []string{"/large"},
		Filter: func(path string, h *FileHeader) FilterResult {
			seen = append(seen, path)
			if path == "/skip" {
				return FilterSkip
			}
			if path == "/sub/deep" {
				h.UID = 99
			}
			return FilterKeep
		},
	}
	tx := begin(t, newRepo(t, ModeArchive))
	tree, meta := importAll(t, tx, dir, o)
	want := map[string]string{
		"/": "40755 12:34", "/a": "104644 12:34", "/link": "120777 12:34 a", "/sub": "40700 12:34", "/sub/b": "100600 12:34",
		"/sub/deep": "40755 99:34", "/sub/deep/c": "100644 12:34",
	}
	if d := cmp.Diff(want, list(t, tx, tree, meta, "/", map[string]string{})); d != "" {
		t.Errorf("tree (-want +got):\n%s", d)
	}
	require.Equal(t, []string{"/", "/a", "/link", "/skip", "/sub", "/sub/b", "/sub/deep", "/sub/deep/c"}, seen)

	m := NewMutableTree()
	err = tx.ImportDir(context.Background(), m, dir, &ImportOptions{Skip: []string{"/none"}, ModeOverrides: map[string]ModeOverride{"/void": {}}})
	require.ErrorContains(t, err, "unmatched statoverride path /void")
	require.ErrorContains(t, err, "unmatched skip path /none")
}

func TestParseStatOverrideErrors(t *testing.T) {
	for _, bad := range []string{"x /a", "12", "=-1 /a", "4096 /a"} {
		_, err := ParseStatOverride(strings.NewReader("1 /ok\n" + bad + "\n"))
		require.ErrorContains(t, err, "line 2", bad)
	}
}

func TestImportCanonicalAndXattrs(t *testing.T) {
	dir := sourceTree(t)
	require.NoError(t, os.Chmod(filepath.Join(dir, "a"), 0o777|os.ModeSetuid))
	require.NoError(t, os.Chmod(filepath.Join(dir, "sub"), 0o2775))
	for _, mode := range []Mode{ModeArchive, ModeBareUserOnly} {
		tx := begin(t, newRepo(t, mode))
		tree, meta := importAll(t, tx, dir, &ImportOptions{CanonicalPermissions: mode == ModeArchive})
		got := list(t, tx, tree, meta, "/", map[string]string{})
		require.Equal(t, "100755 0:0", got["/a"])
		require.Equal(t, "40755 0:0", got["/sub"])
	}

	tx := begin(t, newRepo(t, ModeArchive))
	tree, _ := importAll(t, tx, dir, &ImportOptions{NoXattrs: true, Xattrs: func(path string, h *FileHeader) (Xattrs, error) {
		if path == "/sub/b" {
			return Xattrs{{"user.z", []byte("1")}, {"security.selinux", []byte(path)}}, nil
		}
		return h.Xattrs, nil
	}})
	m := tx.MutableTree(tree, Checksum{1})
	e, err := m.Lookup(context.Background(), "sub/b")
	require.NoError(t, err)
	f, err := tx.LoadFile(context.Background(), e.File)
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, Xattrs{{"security.selinux", []byte("/sub/b")}, {"user.z", []byte("1")}}, f.Header.Xattrs)
	cause := errors.New("no label")
	err = tx.ImportDir(context.Background(), NewMutableTree(), dir, &ImportOptions{Xattrs: func(path string, h *FileHeader) (Xattrs, error) {
		if path == "/sub/deep/c" || path == "/sub/b" {
			return nil, cause
		}
		return nil, nil
	}})
	require.ErrorIs(t, err, cause)
}

func TestImportMerges(t *testing.T) {
	ctx := context.Background()
	tx := begin(t, newRepo(t, ModeArchive))
	one, two := sourceTree(t), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(two, "sub"), 0o700))
	require.NoError(t, os.Chmod(filepath.Join(two, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(two, "sub/b"), []byte("other\n"), 0o600))
	m := NewMutableTree()
	o := &ImportOptions{NoXattrs: true}
	require.NoError(t, tx.ImportDir(ctx, m, one, o))
	require.NoError(t, tx.ImportDir(ctx, m, two, o))
	tree, meta, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	got := list(t, tx, tree, meta, "/", map[string]string{})
	require.True(t, strings.HasPrefix(got["/sub"], "40700"), got["/sub"])
	require.True(t, strings.HasPrefix(got["/sub/b"], "100600"), got["/sub/b"])
	require.Contains(t, got, "/sub/deep/c")

	require.NoError(t, os.Mkdir(filepath.Join(two, "a"), 0o755))
	require.ErrorContains(t, tx.ImportDir(ctx, m, two, o), "not a directory")
}

func TestImportRefusesOtherTypes(t *testing.T) {
	dir := sourceTree(t)
	require.NoError(t, unix.Mkfifo(filepath.Join(dir, "sub/fifo"), 0o644))
	tx := begin(t, newRepo(t, ModeArchive))
	err := tx.ImportDir(context.Background(), NewMutableTree(), dir, nil)
	require.ErrorContains(t, err, "/sub/fifo: only directories, regular files and symbolic links")
	_, _ = importAll(t, tx, dir, &ImportOptions{Skip: []string{"/sub/fifo"}})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad\xffname"), nil, 0o644))
	err = tx.ImportDir(context.Background(), NewMutableTree(), dir, &ImportOptions{Skip: []string{"/sub/fifo"}})
	require.ErrorContains(t, err, "invalid UTF-8")
	err = tx.ImportDir(context.Background(), NewMutableTree(), filepath.Join(dir, "none"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, tx.ImportDir(cancelled, NewMutableTree(), dir, nil), context.Canceled)
}

func TestImportIsDeterministic(t *testing.T) {
	dir := sourceTree(t)
	for i := range 200 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("sub/deep/%d", i)), fmt.Appendf(nil, "%d", i), 0o644))
	}
	var trees []Checksum
	for _, workers := range []int{1, 2, 7} {
		tx := begin(t, newRepo(t, ModeArchive))
		var last ImportProgress
		tree, _ := importAll(t, tx, dir, &ImportOptions{Workers: workers, Progress: func(p ImportProgress) { last = p }})
		trees = append(trees, tree)
		require.Equal(t, 206, last.Files)
	}
	require.Equal(t, trees[0], trees[1])
	require.Equal(t, trees[0], trees[2])
}

// TestDevIno imports a directory whose files are hardlinks of objects.
func TestDevIno(t *testing.T) {
	ctx := context.Background()
	for _, mode := range []Mode{ModeBare, ModeBareUser, ModeBareUserOnly} {
		t.Run(mode.String(), func(t *testing.T) {
			r := newRepo(t, mode)
			src := sourceTree(t)
			tx := begin(t, r)
			tree, meta := importAll(t, tx, src, &ImportOptions{NoXattrs: true})
			_, err := tx.Commit(ctx)
			require.NoError(t, err)

			// A checkout by hardlink, as far as this test needs one.
			out := filepath.Join(t.TempDir(), "out")
			cache := &DevInoCache{}
			d, err := r.LoadDirTree(ctx, tree)
			require.NoError(t, err)
			require.NoError(t, os.Mkdir(out, 0o755))
			for _, e := range d.Files {
				if e.Name == "link" {
					require.NoError(t, os.Symlink("a", filepath.Join(out, "link")))
					continue
				}
				object := filepath.Join(r.Path(), "objects", ObjectName{e.Checksum, TypeFile}.LoosePath(mode))
				require.NoError(t, os.Link(object, filepath.Join(out, e.Name)))
				var st unix.Stat_t
				require.NoError(t, unix.Lstat(object, &st))
				cache.Add(uint64(st.Dev), st.Ino, e.Checksum)
			}
			require.Equal(t, 2, cache.Len())
			require.NoError(t, os.WriteFile(filepath.Join(out, "added"), []byte("new\n"), 0o644))
			for _, canonical := range []bool{true, false} {
				tx = begin(t, r)
				again, _ := importAll(t, tx, out, &ImportOptions{NoXattrs: true, DevIno: cache, DevInoCanonical: canonical})
				got, err := tx.LoadDirTree(ctx, again)
				require.NoError(t, err)
				require.Equal(t, d.Files[0], got.Files[0], "file a")
				require.Equal(t, 2, tx.stats.DevInoHits)
				require.NoError(t, tx.Abort())
			}
			if mode == ModeBareUserOnly {
				return
			}
			// A changed header makes another object of the same content.
			tx = begin(t, r)
			again, _ := importAll(t, tx, out, &ImportOptions{NoXattrs: true, DevIno: cache, Filter: func(path string, h *FileHeader) FilterResult {
				if path == "/a" {
					h.Mode |= 0o111
				}
				return FilterKeep
			}})
			require.Equal(t, 1, tx.stats.DevInoHits)
			require.Equal(t, "100755", list(t, tx, again, meta, "/", map[string]string{})["/a"][:6])
		})
	}
}

func TestImportConsume(t *testing.T) {
	ctx := context.Background()
	forModes(t, func(t *testing.T, r *Repo) {
		keep := begin(t, newRepo(t, ModeArchive))
		src := sourceTree(t)
		require.NoError(t, os.Link(filepath.Join(src, "sub/b"), filepath.Join(src, "sub/b2")))
		require.NoError(t, os.Chmod(filepath.Join(src, "a"), 0o600))
		wantTree, _ := importAll(t, keep, src, &ImportOptions{NoXattrs: true, CanonicalPermissions: r.Mode() == ModeBareUserOnly})
		tx := begin(t, r)
		tree, _ := importAll(t, tx, src, &ImportOptions{NoXattrs: true, Consume: true})
		require.Equal(t, wantTree, tree)
		require.DirExists(t, src, "what is not committed may be needed again")
		_, err := tx.Commit(ctx)
		require.NoError(t, err)
		require.NoDirExists(t, src)
		verifyObjects(t, r)
	})
}

func TestImportConsumeAbortedLosesNothing(t *testing.T) {
	forModes(t, func(t *testing.T, r *Repo) {
		src := sourceTree(t)
		o := &ImportOptions{NoXattrs: true, Consume: true}
		tx := begin(t, r)
		want, _ := importAll(t, tx, src, o)
		require.NoError(t, tx.Abort())
		tx = begin(t, r)
		again, _ := importAll(t, tx, src, o)
		require.Equal(t, want, again)
		_, err := tx.Commit(t.Context())
		require.NoError(t, err)
		require.NoDirExists(t, src)
		verifyObjects(t, r)
	})
}

func TestImportLossyIntoBareUserOnly(t *testing.T) {
	testenv.NeedRoot(t)
	ctx := context.Background()
	src := newRepo(t, ModeArchive)
	tx := begin(t, src)
	c, err := tx.WriteFile(ctx, &FileHeader{UID: 1000, Mode: 0o100644}, 1, strings.NewReader("x"))
	require.NoError(t, err)
	suid, err := tx.WriteFile(ctx, &FileHeader{Mode: 0o104755}, 1, strings.NewReader("x"))
	require.NoError(t, err)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	dst := newRepo(t, ModeBareUserOnly)
	tx = begin(t, dst)
	_, err = tx.ImportObject(ctx, src, ObjectName{c, TypeFile}, nil)
	require.NoError(t, err, "the owner is forgotten")
	_, err = tx.ImportObject(ctx, src, ObjectName{suid, TypeFile}, nil)
	require.ErrorContains(t, err, "is not within 0775")
	f, err := tx.LoadFile(ctx, c)
	require.NoError(t, err)
	defer f.Close()
	require.Zero(t, f.Header.UID)
}

func TestImportObjectDetectsCorruption(t *testing.T) {
	ctx := context.Background()
	src := newRepo(t, ModeBareUserOnly)
	c := mustCommit(t, src, "x", map[string]string{"f": "content\n"})
	commit, err := src.LoadCommit(ctx, c)
	require.NoError(t, err)
	tree, err := src.LoadDirTree(ctx, commit.RootTree)
	require.NoError(t, err)
	n := ObjectName{tree.Files[0].Checksum, TypeFile}
	p := filepath.Join(src.Path(), "objects", n.LoosePath(src.Mode()))
	require.NoError(t, os.WriteFile(p, []byte("tampered\n"), 0o644))
	dst := begin(t, newRepo(t, ModeArchive))
	_, err = dst.ImportObject(ctx, src, n, &ImportObjectOptions{Untrusted: true})
	var ce *CorruptError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, n, ce.Object)
	_, err = dst.ImportObject(ctx, src, ObjectName{Checksum{1}, TypeFile}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = dst.ImportObject(ctx, src, ObjectName{c, TypeTombstone}, nil)
	require.ErrorContains(t, err, "cannot be imported")
}

func TestDevInoOfAllObjects(t *testing.T) {
	for _, mode := range []Mode{ModeBareUser, ModeBareUserOnly} {
		r, err := Init(t.Context(), filepath.Join(t.TempDir(), "repo"), &InitOptions{Mode: mode})
		require.NoError(t, err)
		defer r.Close()
		tx, err := r.Begin(t.Context(), nil)
		require.NoError(t, err)
		want := map[Checksum]devIno{}
		for _, content := range []string{"a", "b", "c"} {
			c, err := tx.WriteFile(t.Context(), &FileHeader{Mode: unix.S_IFREG | 0o644}, -1, strings.NewReader(content))
			require.NoError(t, err)
			want[c] = devIno{}
		}
		_, err = tx.Commit(t.Context())
		require.NoError(t, err)
		cache, err := r.DevIno(t.Context())
		require.NoError(t, err)
		require.Equal(t, len(want), cache.Len())
		slow := &DevInoCache{m: map[devIno]Checksum{}}
		for c := range want {
			var st unix.Stat_t
			require.NoError(t, unix.Lstat(filepath.Join(r.Path(), "objects", ObjectName{c, TypeFile}.LoosePath(mode)), &st))
			got, ok := cache.Lookup(uint64(st.Dev), st.Ino)
			require.True(t, ok)
			require.Equal(t, c, got)
			inodes, err := r.inodes(c.String()[:2], false)
			require.NoError(t, err)
			for _, i := range inodes {
				slow.m[i.id] = i.checksum
			}
			h, size, err := r.LoadFileHeader(t.Context(), c)
			require.NoError(t, err)
			require.Equal(t, uint32(unix.S_IFREG|0o644), h.Mode)
			require.Equal(t, int64(1), size)
		}
		require.Equal(t, cache.m, slow.m, "stat and readdir agree here")
		_, _, err = r.LoadFileHeader(t.Context(), Checksum{1})
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}
