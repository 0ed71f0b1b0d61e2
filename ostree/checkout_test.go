package ostree_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

// names lists what is below dir.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, p); rel != "." {
			out = append(out, rel)
		}
		return err
	}))
	return out
}

func TestCheckoutFilterAndSkip(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"usr/bin/a": "a", "usr/bin/b": "b", "usr/lib/c": "c", "var/d": "d", "l -> usr": ""})
	dir := t.TempDir() + "/out"
	seen := map[string]uint32{}
	require.NoError(t, repo.Checkout(t.Context(), commit, dir, &ostree.CheckoutOptions{
		UserMode: true,
		Skip:     map[string]bool{"/usr/bin/b": true},
		Filter: func(path string, h *ostree.FileHeader) ostree.FilterResult {
			seen[path] = h.Mode & unix.S_IFMT
			if path == "/usr/lib" {
				return ostree.FilterSkip
			}
			return ostree.FilterKeep
		},
	}))
	require.Equal(t, []string{"l", "usr", "usr/bin", "usr/bin/a", "var", "var/d"}, names(t, dir))
	require.Equal(t, map[string]uint32{"/": unix.S_IFDIR, "/l": unix.S_IFLNK, "/usr": unix.S_IFDIR, "/usr/bin": unix.S_IFDIR,
		"/usr/bin/a": unix.S_IFREG, "/usr/lib": unix.S_IFDIR, "/var": unix.S_IFDIR, "/var/d": unix.S_IFREG}, seen)
}

func TestCheckoutDevIno(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"a": "a", "b": "b", "same": "a", "empty": "", "l -> a": ""})
	dir := t.TempDir() + "/out"
	cache := &ostree.DevInoCache{}
	require.NoError(t, repo.Checkout(t.Context(), commit, dir, &ostree.CheckoutOptions{UserMode: true, DevIno: cache}))
	require.Equal(t, 2, cache.Len(), "links and empty files are copies")
	var st unix.Stat_t
	require.NoError(t, unix.Stat(dir+"/same", &st))
	sum, ok := cache.Lookup(st.Dev, st.Ino)
	require.True(t, ok)
	f, err := repo.LoadFile(t.Context(), sum)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, int64(1), f.Size)
}

func TestCheckoutLabel(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/a": "a", "l -> a": ""})
	err := repo.Checkout(t.Context(), commit, t.TempDir()+"/u", &ostree.CheckoutOptions{UserMode: true, Label: func(string, uint32) (string, error) { return "", nil }})
	require.ErrorContains(t, err, "user mode")
	var mu sync.Mutex
	seen := map[string]bool{}
	out := t.TempDir() + "/out"
	require.NoError(t, repo.Checkout(t.Context(), commit, out, &ostree.CheckoutOptions{Label: func(path string, mode uint32) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		seen[path] = true
		if path == "/d/a" {
			return "system_u:object_r:usr_t:s0", nil
		}
		return "", nil
	}}))
	require.Equal(t, map[string]bool{"/": true, "/d": true, "/d/a": true, "/l": true}, seen)
	buf := make([]byte, 100)
	n, err := unix.Lgetxattr(out+"/d/a", "security.selinux", buf)
	require.NoError(t, err)
	require.Equal(t, "system_u:object_r:usr_t:s0\x00", string(buf[:n]))
	_, err = unix.Lgetxattr(out+"/d", "security.selinux", buf)
	require.Error(t, err)
	boom := errors.New("boom")
	err = repo.Checkout(t.Context(), commit, out+"2", &ostree.CheckoutOptions{Label: func(string, uint32) (string, error) { return "", boom }})
	require.ErrorIs(t, err, boom)
}

// A link in the destination must not lead a checkout outside of it.
func TestCheckoutStaysInside(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/f": "f", ".wh.gone": ""})
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(outside+"/keep", nil, 0o644))
	for _, o := range []ostree.CheckoutOptions{{Union: ostree.UnionFiles}, {Union: ostree.UnionAdd}, {Union: ostree.UnionIdentical}} {
		o.UserMode = true
		dest := t.TempDir()
		require.NoError(t, os.Symlink(outside, dest+"/d"))
		require.ErrorContains(t, repo.Checkout(t.Context(), commit, dest, &o), "not a directory")
		require.Equal(t, []string{"keep"}, names(t, outside))
	}
	// Whiteouts replace the link, not what it points to.
	dest := t.TempDir()
	require.NoError(t, os.Symlink(outside, dest+"/d"))
	require.NoError(t, os.Symlink(outside, dest+"/gone"))
	require.NoError(t, repo.Checkout(t.Context(), commit, dest, &ostree.CheckoutOptions{UserMode: true, Union: ostree.UnionFiles, Whiteouts: true}))
	require.Equal(t, []string{"d", "d/f"}, names(t, dest))
	require.Equal(t, []string{"keep"}, names(t, outside))
}

func TestCheckoutHostileWhiteouts(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	for _, name := range []string{".wh.", ".wh..", ".wh...", ".ostree-wh.", ".ostree-wh..", ".ostree-wh..."} {
		commit := ostreetest.Write(t, repo, "x", map[string]string{"sub/" + name: ""})
		parent := t.TempDir()
		require.NoError(t, os.WriteFile(parent+"/keep", nil, 0o644))
		err := repo.Checkout(t.Context(), commit, parent+"/out", &ostree.CheckoutOptions{UserMode: true, Union: ostree.UnionFiles, Whiteouts: true, PassthroughWhiteouts: true})
		require.ErrorContains(t, err, "whiteout /sub/"+name, name)
		require.FileExists(t, parent+"/keep")
	}
}

// hostileTree stores a dirtree that no writer of ours would make, by its bytes.
func hostileTree(t testing.TB, repo *ostree.Repo, files []string, sum ostree.Checksum) ostree.Tree {
	t.Helper()
	var elems []gvariant.Value
	for _, name := range files {
		elems = append(elems, gvariant.NewTuple(gvariant.NewString(name), gvariant.NewBytes(sum[:])))
	}
	list, err := gvariant.NewArray("(say)", elems...)
	require.NoError(t, err)
	dirs, err := gvariant.NewArray("(sayay)")
	require.NoError(t, err)
	data := gvariant.NewTuple(list, dirs).Bytes()
	meta := (&ostree.DirMeta{Mode: unix.S_IFDIR | 0o755}).Encode()
	var tree ostree.Tree
	for _, o := range []struct {
		typ  ostree.ObjectType
		data []byte
		sum  *ostree.Checksum
	}{{ostree.TypeDirTree, data, &tree.Tree}, {ostree.TypeDirMeta, meta, &tree.Meta}} {
		*o.sum = sha256sum(o.data)
		p := filepath.Join(repo.Path(), "objects", ostree.ObjectName{Checksum: *o.sum, Type: o.typ}.LoosePath(repo.Mode()))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, o.data, 0o644))
	}
	return tree
}

func TestHostileTrees(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	ostreetest.Write(t, repo, "x", map[string]string{"f": "content"})
	var file ostree.Checksum
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		if n.Type == ostree.TypeFile {
			file = n.Checksum
		}
	}
	for name, files := range map[string][]string{
		"parent": {".."}, "self": {"."}, "slash": {"../escape"}, "absolute": {"/etc/x"}, "twice": {"a", "a"}, "order": {"b", "a"}, "empty": {""},
	} {
		t.Run(name, func(t *testing.T) {
			tree := hostileTree(t, repo, files, file)
			parent := t.TempDir()
			err := repo.CheckoutTree(t.Context(), tree, parent+"/out", &ostree.CheckoutOptions{UserMode: true})
			var ce *ostree.CorruptError
			require.ErrorAs(t, err, &ce)
			require.Equal(t, ostree.ObjectName{Checksum: tree.Tree, Type: ostree.TypeDirTree}, ce.Object)
			require.Subset(t, []string{"out"}, names(t, parent))
			_, err = repo.Diff(t.Context(), tree, tree, nil)
			require.NoError(t, err, "equal trees are not read")
			_, err = repo.TreeFS(t.Context(), tree)
			require.ErrorAs(t, err, &ce)
		})
	}
}

// deepTree nests n directories.
func deepTree(t testing.TB, repo *ostree.Repo, n int) ostree.Checksum {
	t.Helper()
	tx, err := repo.Begin(t.Context(), &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	defer tx.Abort()
	meta, err := tx.WriteMetadata(t.Context(), ostree.TypeDirMeta, (&ostree.DirMeta{Mode: unix.S_IFDIR | 0o755}).Encode())
	require.NoError(t, err)
	tree, err := tx.WriteMetadata(t.Context(), ostree.TypeDirTree, (&ostree.DirTree{}).Encode())
	require.NoError(t, err)
	for range n {
		tree, err = tx.WriteMetadata(t.Context(), ostree.TypeDirTree, (&ostree.DirTree{Dirs: []ostree.DirEntry{{Name: "d", Tree: tree, Meta: meta}}}).Encode())
		require.NoError(t, err)
	}
	sum, err := tx.WriteCommit(t.Context(), &ostree.Commit{RootTree: tree, RootMeta: meta})
	require.NoError(t, err)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return sum
}

func TestDepthLimit(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	fine, deep := deepTree(t, repo, 200), deepTree(t, repo, 600)
	empty := ostreetest.Write(t, repo, "empty", nil)
	require.NoError(t, repo.Checkout(t.Context(), fine, t.TempDir()+"/fine", &ostree.CheckoutOptions{UserMode: true}))
	const want = "more than 256 levels"
	require.ErrorContains(t, repo.Checkout(t.Context(), deep, t.TempDir()+"/deep", &ostree.CheckoutOptions{UserMode: true}), want)
	_, err := repo.Traverse(t.Context(), deep, 0)
	require.ErrorContains(t, err, want)
	_, err = repo.Diff(t.Context(), rootOf(t, repo, empty), rootOf(t, repo, deep), nil)
	require.ErrorContains(t, err, want)
	_, err = merge(t, repo, rootOf(t, repo, deep), ostree.Overlay{Tree: rootOf(t, repo, fine), Mode: ostree.UnionFiles})
	require.NoError(t, err, "merging reads only what the trees share")
	report, err := repo.Fsck(t.Context(), nil)
	require.NoError(t, err)
	require.ErrorContains(t, report.Err(), want)
}

// Whichever goroutine meets an error first, the caller sees that of the first path.
func TestCheckoutErrorIsDeterministic(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	files := map[string]string{}
	for i := range 40 {
		for j := range 5 {
			files[fmt.Sprintf("d%02d/f%d", i, j)] = fmt.Sprintf("%d %d", i, j)
		}
	}
	commit := ostreetest.Write(t, repo, "x", files)
	root := rootOf(t, repo, commit)
	dt, err := repo.LoadDirTree(t.Context(), root.Tree)
	require.NoError(t, err)
	for _, d := range []int{7, 8, 9, 20, 39} { // the last file of d07 and the first ones of later directories are gone
		sub, err := repo.LoadDirTree(t.Context(), dt.Dirs[d].Tree)
		require.NoError(t, err)
		e := sub.Files[0]
		if d == 7 {
			e = sub.Files[4]
		}
		require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: e.Checksum, Type: ostree.TypeFile}))
		if d == 7 {
			files["want"] = e.Checksum.String()
		}
	}
	for range 20 {
		err := repo.Checkout(t.Context(), commit, t.TempDir()+"/out", &ostree.CheckoutOptions{UserMode: true})
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, files["want"])
	}
}

// The files of one large directory are copied by several goroutines.
func TestCheckoutErrorInLargeDirectoryIsDeterministic(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	files := map[string]string{}
	for i := range 200 {
		files[fmt.Sprintf("f%03d", i)] = strings.Repeat(fmt.Sprint(i), 1+i%7*1000)
	}
	commit := ostreetest.Write(t, repo, "x", files)
	dt, err := repo.LoadDirTree(t.Context(), rootOf(t, repo, commit).Tree)
	require.NoError(t, err)
	for _, i := range []int{31, 32, 48, 180} {
		require.NoError(t, repo.Delete(t.Context(), ostree.ObjectName{Checksum: dt.Files[i].Checksum, Type: ostree.TypeFile}))
	}
	for range 20 {
		out := t.TempDir() + "/out"
		err := repo.Checkout(t.Context(), commit, out, &ostree.CheckoutOptions{UserMode: true})
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, dt.Files[31].Checksum.String())
		for i, name := range names(t, out)[:31] {
			require.Equal(t, dt.Files[i].Name, name, "what comes before the error is there")
		}
	}
}

// Failures of single steps come out as they are, and leave no half-written file behind.
func TestCheckoutFaults(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/f": strings.Repeat("x", 10000), "l -> d": ""})
	for k := 1; ; k++ {
		steps := 0
		ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, path string) error {
			if steps++; steps == k {
				return unix.ENOSPC
			}
			return nil
		})
		dir := t.TempDir()
		err := repo.Checkout(ctx, commit, dir+"/out", &ostree.CheckoutOptions{UserMode: true, FSync: true})
		if err == nil {
			require.Greater(t, k, 6)
			return
		}
		require.ErrorIs(t, err, unix.ENOSPC, "step %d", k)
		if st, err := os.Stat(dir + "/out/d/f"); err == nil {
			require.Equal(t, int64(10000), st.Size(), "step %d", k)
		}
	}
}

func TestCheckoutCancelled(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/f": "x"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, repo.Checkout(ctx, commit, t.TempDir()+"/out", nil), context.Canceled)
}

func TestCheckoutParentRepo(t *testing.T) {
	parent := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(t, parent, "x", map[string]string{"d/f": "x"})
	child := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	config := child.Config()
	config.Set("core", "parent", parent.Path())
	require.NoError(t, child.WriteConfig(t.Context(), config))
	repo, err := ostree.Open(t.Context(), child.Path(), nil)
	require.NoError(t, err)
	defer repo.Close()
	dir := t.TempDir()
	require.NoError(t, repo.Checkout(t.Context(), commit, dir+"/out", &ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}))
	var st unix.Stat_t
	require.NoError(t, unix.Stat(dir+"/out/d/f", &st))
	require.EqualValues(t, 2, st.Nlink)
}

func TestCheckoutUncompressedCache(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"a": "a", "d/same": "a", "suid mode=04755": "s", "empty": "", "l -> a": ""})
	o := &ostree.CheckoutOptions{UserMode: true, UncompressedCache: true}
	dir := t.TempDir()
	links := func(p string) (uint64, uint32) {
		var st unix.Stat_t
		require.NoError(t, unix.Lstat(p, &st))
		return uint64(st.Nlink), st.Mode & 0o7777
	}
	for i := range 2 {
		require.NoError(t, repo.Checkout(t.Context(), commit, fmt.Sprint(dir, "/", i), o))
	}
	n, mode := links(dir + "/0/a")
	require.EqualValues(t, 5, n, "two names in two checkouts, and the cache")
	require.EqualValues(t, 0o644, mode)
	_, mode = links(dir + "/0/suid")
	require.EqualValues(t, 0o755, mode)
	n, _ = links(dir + "/0/empty")
	require.EqualValues(t, 1, n)
	cached := func() (files int) {
		for _, name := range names(t, repo.Path()+"/uncompressed-objects-cache") {
			if strings.HasSuffix(name, ".file") {
				files++
			}
		}
		return files
	}
	require.Equal(t, 2, cached())

	// What no checkout uses any more goes when its directory is next written to.
	require.NoError(t, os.RemoveAll(dir+"/0"))
	require.NoError(t, os.RemoveAll(dir+"/1"))
	files := map[string]string{}
	for i := range 2000 {
		files[fmt.Sprint(i)] = fmt.Sprint("n", i)
	}
	require.NoError(t, repo.Checkout(t.Context(), ostreetest.Write(t, repo, "y", files), dir+"/2", o))
	require.Equal(t, 2000, cached())

	// Another checkout, which ends now, may remove what this one has just unpacked.
	cache := filepath.Join(repo.Path(), "uncompressed-objects-cache")
	third := ostreetest.Write(t, repo, "z", map[string]string{"z": "third"})
	tries := 0
	ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, p string) error {
		if op == atomicfs.OpLink && p == dir+"/4/z" {
			if tries++; tries == 2 {
				return os.RemoveAll(cache)
			}
		}
		return nil
	})
	require.NoError(t, repo.Checkout(ctx, third, dir+"/4", o))
	require.Equal(t, 2, tries)
	data, err := os.ReadFile(dir + "/4/z")
	require.NoError(t, err)
	require.Equal(t, "third", string(data))

	config := repo.Config()
	config.Set("core", "enable-uncompressed-cache", "false")
	require.NoError(t, repo.WriteConfig(t.Context(), config))
	require.NoError(t, repo.Checkout(t.Context(), commit, dir+"/3", o))
	n, _ = links(dir + "/3/a")
	require.EqualValues(t, 1, n)
}
