// Package ostreetest helps tests that need a repository with something in it.
//
// [NewRepo] makes a repository that is gone when the test ends, and [Write] puts a
// commit into it from a map of names to contents. [List] is the way back, for
// comparing what a commit holds.
//
// It is for tests: every function fails the test instead of returning an error.
package ostreetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// NewRepo makes an empty repository in a temporary directory. It skips the test
// where the mode is impossible: [ostree.ModeBare] needs root to hold files of
// any owner, [ostree.ModeBareUser] a file system with user attributes.
func NewRepo(t testing.TB, mode ostree.Mode) *ostree.Repo {
	t.Helper()
	dir := t.TempDir()
	switch mode {
	case ostree.ModeBare:
		testenv.NeedRoot(t)
	case ostree.ModeBareUser:
		testenv.NeedUserXattrs(t, dir)
	}
	repo, err := ostree.Init(t.Context(), dir+"/repo", &ostree.InitOptions{Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	return repo
}

// Write commits files to ref and returns the commit. Its parent is what the ref
// had; its time is fixed, so that equal files with equal history give equal
// checksums.
//
// A name is a path without leading slash, then attributes:
//
//	usr/bin/su mode=04755          regular file; mode 0644 if not given
//	usr/bin/ mode=0700 uid=1       directory, needed only if empty or special; mode 0755
//	usr/lib64 -> lib               symbolic link; the content must be empty
//	etc/x uid=1 gid=2 user.a=b     owner and extended attributes
func Write(t testing.TB, repo *ostree.Repo, ref string, files map[string]string) ostree.Checksum {
	t.Helper()
	sum, err := write(t.Context(), repo, ref, files)
	if err != nil {
		t.Fatalf("write %s: %v", ref, err)
	}
	return sum
}

// WriteTxtar is [Write] of the files in a txtar archive.
func WriteTxtar(t testing.TB, repo *ostree.Repo, ref, archive string) ostree.Checksum {
	t.Helper()
	files := make(map[string]string)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = string(f.Data)
	}
	return Write(t, repo, ref, files)
}

// epoch is the time of all commits: that of the first commit of this format's history.
const epoch = 1_300_000_000

func write(ctx context.Context, repo *ostree.Repo, ref string, files map[string]string) (ostree.Checksum, error) {
	tx, err := repo.Begin(ctx, &ostree.TxOptions{NoSync: true})
	if err != nil {
		return ostree.Checksum{}, err
	}
	defer tx.Abort()
	w := &writer{ctx: ctx, tx: tx, tree: ostree.NewMutableTree()}
	if w.plain, err = w.meta(&entry{mode: 0o755}); err != nil {
		return ostree.Checksum{}, err
	}
	w.tree.SetMeta(w.plain)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.add(name, files[name]); err != nil {
			return ostree.Checksum{}, fmt.Errorf("%q: %w", name, err)
		}
	}
	c := &ostree.Commit{Subject: "test", Timestamp: time.Unix(epoch, 0)}
	if c.RootTree, c.RootMeta, err = tx.WriteTree(ctx, w.tree); err != nil {
		return ostree.Checksum{}, err
	}
	c.Parent, err = repo.ResolveRev(ctx, ref)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ostree.Checksum{}, err
	}
	sum, err := tx.WriteCommit(ctx, c)
	if err != nil {
		return ostree.Checksum{}, err
	}
	tx.SetRef(ref, sum)
	_, err = tx.Commit(ctx)
	return sum, err
}

type writer struct {
	ctx   context.Context
	tx    *ostree.Tx
	tree  *ostree.MutableTree
	plain ostree.Checksum // dirmeta of ordinary directories
}

// entry is a name with its attributes.
type entry struct {
	path     string
	dir      bool
	target   string
	mode     uint32
	uid, gid uint32
	xattrs   ostree.Xattrs
}

func (w *writer) add(name, content string) error {
	e, err := parseEntry(name)
	if err != nil {
		return err
	}
	if e.dir {
		meta, err := w.meta(e)
		if err != nil {
			return err
		}
		d, err := w.tree.EnsureDir(w.ctx, e.path, w.plain)
		if err != nil {
			return err
		}
		d.SetMeta(meta)
		return nil
	}
	if dir := path.Dir(e.path); dir != "." {
		if _, err := w.tree.EnsureDir(w.ctx, dir, w.plain); err != nil {
			return err
		}
	}
	h := &ostree.FileHeader{UID: e.uid, GID: e.gid, Mode: unix.S_IFREG | e.mode, Xattrs: e.xattrs}
	var sum ostree.Checksum
	if e.target != "" {
		h.Mode, h.Target = unix.S_IFLNK|0o777, e.target
		sum, err = w.tx.WriteFile(w.ctx, h, 0, nil)
	} else {
		sum, err = w.tx.WriteFile(w.ctx, h, int64(len(content)), strings.NewReader(content))
	}
	if err != nil {
		return err
	}
	return w.tree.SetFile(w.ctx, e.path, sum)
}

func (w *writer) meta(e *entry) (ostree.Checksum, error) {
	m := &ostree.DirMeta{UID: e.uid, GID: e.gid, Mode: unix.S_IFDIR | e.mode, Xattrs: e.xattrs}
	return w.tx.WriteMetadata(w.ctx, ostree.TypeDirMeta, m.Encode())
}

func parseEntry(name string) (*entry, error) {
	fields := strings.Fields(name)
	if len(fields) == 0 {
		return nil, errors.New("empty name")
	}
	e := &entry{path: strings.TrimSuffix(fields[0], "/"), dir: strings.HasSuffix(fields[0], "/"), mode: 0o644}
	if e.dir {
		e.mode = 0o755
	}
	rest := fields[1:]
	if len(rest) >= 2 && rest[0] == "->" {
		e.target, rest = rest[1], rest[2:]
	}
	for _, f := range rest {
		if err := e.set(f); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(e.xattrs, func(a, b ostree.Xattr) int { return strings.Compare(a.Name, b.Name) })
	return e, nil
}

func (e *entry) set(field string) error {
	key, value, ok := strings.Cut(field, "=")
	if !ok {
		return fmt.Errorf("attribute %q is not KEY=VALUE", field)
	}
	numbers := map[string]*uint32{"mode": &e.mode, "uid": &e.uid, "gid": &e.gid}
	p := numbers[key]
	if p == nil {
		e.xattrs = append(e.xattrs, ostree.Xattr{Name: key, Value: []byte(value)})
		return nil
	}
	n, err := strconv.ParseUint(value, 0, 32)
	*p = uint32(n)
	return err
}

// List returns what a commit holds, in the form that [Write] takes; all
// directories but the root are listed, and attributes where they are not the
// default.
func List(t testing.TB, repo *ostree.Repo, commit ostree.Checksum) map[string]string {
	t.Helper()
	fsys, err := repo.FS(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == "." {
			return err
		}
		name, err := describe(p, d)
		if err != nil {
			return err
		}
		var data []byte
		if d.Type().IsRegular() {
			data, err = fs.ReadFile(fsys, p)
		}
		out[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func describe(p string, d fs.DirEntry) (string, error) {
	info, err := d.Info()
	if err != nil {
		return "", err
	}
	e := &entry{path: p}
	standard := uint32(0o644)
	switch sys := info.Sys().(type) {
	case *ostree.DirMeta:
		e.dir, e.mode, e.uid, e.gid, e.xattrs = true, sys.Mode, sys.UID, sys.GID, sys.Xattrs
		standard = 0o755
	case *ostree.FileHeader:
		e.mode, e.uid, e.gid, e.xattrs, e.target = sys.Mode, sys.UID, sys.GID, sys.Xattrs, sys.Target
		if sys.IsSymlink() {
			standard = 0o777
		}
	}
	return e.format(standard), nil
}

func (e *entry) format(standard uint32) string {
	var b strings.Builder
	b.WriteString(e.path)
	if e.dir {
		b.WriteByte('/')
	}
	if e.target != "" {
		b.WriteString(" -> " + e.target)
	}
	if m := e.mode & 0o7777; m != standard {
		fmt.Fprintf(&b, " mode=%#o", m)
	}
	if e.uid != 0 {
		fmt.Fprintf(&b, " uid=%d", e.uid)
	}
	if e.gid != 0 {
		fmt.Fprintf(&b, " gid=%d", e.gid)
	}
	for _, x := range e.xattrs {
		fmt.Fprintf(&b, " %s=%s", x.Name, x.Value)
	}
	return b.String()
}
