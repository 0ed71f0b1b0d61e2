package layering

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
)

// maxTreeFile bounds the files that are read into memory for editing.
const maxTreeFile = 64 << 20

// Tree edits the content of an image inside a transaction of its repository,
// without a checkout. Paths are relative to the root and slash-separated; a
// leading slash is allowed. Symbolic links are never followed. Errors for
// something that is not there match [fs.ErrNotExist]. A Tree is not safe for
// concurrent use.
type Tree struct {
	repo *ostree.Repo
	tx   *ostree.Tx
	root *ostree.MutableTree
}

// EditTree begins a transaction and opens a tree in it: a copy of base, which
// is loaded as needed, or for the zero value an empty root directory that
// belongs to root, mode 0755. The caller ends it with [Tree.Commit] or
// [Tree.Abort].
func EditTree(ctx context.Context, repo *ostree.Repo, base ostree.Tree, o *ostree.TxOptions) (*Tree, error) {
	tx, err := repo.Begin(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("edit tree: %w", err)
	}
	t := &Tree{repo: repo, tx: tx}
	if !base.Tree.IsZero() {
		t.root = tx.MutableTree(base.Tree, base.Meta)
		return t, nil
	}
	t.root = ostree.NewMutableTree()
	meta, err := t.dirMeta(ctx, 0, 0, 0o755, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("edit tree: %w", err), tx.Abort())
	}
	t.root.SetMeta(meta)
	return t, nil
}

// Tx is the transaction that the tree is in. It changes when a checkout has
// to be made, see [Tree.Session].
func (t *Tree) Tx() *ostree.Tx { return t.tx }

// Write writes what has changed and returns the objects of the root.
func (t *Tree) Write(ctx context.Context) (ostree.Tree, error) {
	tree, meta, err := t.tx.WriteTree(ctx, t.root)
	if err != nil {
		return ostree.Tree{}, fmt.Errorf("write tree: %w", err)
	}
	return ostree.Tree{Tree: tree, Meta: meta}, nil
}

// Replace continues with another tree of the same transaction.
func (t *Tree) Replace(tree ostree.Tree) { t.root = t.tx.MutableTree(tree.Tree, tree.Meta) }

// Commit ends the transaction: the objects and refs become part of the
// repository.
func (t *Tree) Commit(ctx context.Context) (ostree.TxStats, error) { return t.tx.Commit(ctx) } // COMMIT POINT

// Abort ends the transaction without effect. After Commit it does nothing.
func (t *Tree) Abort() error { return t.tx.Abort() }

// flush makes what has been written visible to a checkout and goes on in a new
// transaction, without letting a prune in between.
func (t *Tree) flush(ctx context.Context) (ostree.Tree, error) {
	tree, err := t.Write(ctx)
	if err != nil {
		return tree, err
	}
	tx, err := t.tx.Continue(ctx) // only objects; the operation's COMMIT POINT is [Tree.Commit]
	if err != nil {
		return tree, fmt.Errorf("write tree: %w", err)
	}
	t.tx = tx
	t.Replace(tree)
	return tree, nil
}

// clean makes the relative form; "" is the root.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

func treeError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: "/" + clean(name), Err: err}
}

func (t *Tree) lookup(ctx context.Context, name string) (ostree.Entry, error) {
	name = clean(name)
	if name == "" {
		return ostree.Entry{Kind: ostree.EntryDir, Dir: t.root}, nil
	}
	e, err := t.root.Lookup(ctx, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return ostree.Entry{}, nil
	}
	return e, err
}

// Exists tells whether there is something at a path.
func (t *Tree) Exists(ctx context.Context, name string) (bool, error) {
	e, err := t.lookup(ctx, name)
	return e.Kind != ostree.EntryNone, err
}

// IsDir tells whether there is a directory at a path.
func (t *Tree) IsDir(ctx context.Context, name string) (bool, error) {
	e, err := t.lookup(ctx, name)
	return e.Kind == ostree.EntryDir, err
}

func (t *Tree) file(ctx context.Context, op, name string) (*ostree.File, error) {
	e, err := t.lookup(ctx, name)
	switch {
	case err != nil:
		return nil, treeError(op, name, err)
	case e.Kind == ostree.EntryNone:
		return nil, treeError(op, name, fs.ErrNotExist)
	case e.Kind == ostree.EntryDir:
		return nil, treeError(op, name, unix.EISDIR)
	}
	f, err := t.tx.LoadFile(ctx, e.File)
	if err != nil {
		return nil, treeError(op, name, err)
	}
	return f, nil
}

// ReadFile returns the content of a regular file.
func (t *Tree) ReadFile(ctx context.Context, name string) ([]byte, error) {
	f, err := t.file(ctx, "read", name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch {
	case f.Header.IsSymlink():
		return nil, treeError("read", name, errors.New("is a symbolic link"))
	case f.Size > maxTreeFile:
		return nil, treeError("read", name, fmt.Errorf("larger than %d bytes", maxTreeFile))
	}
	data, err := io.ReadAll(io.LimitReader(f.Reader, maxTreeFile+1))
	if err != nil {
		return nil, treeError("read", name, err)
	}
	return data, nil
}

// Header returns owner, mode, attributes and link target of a file.
func (t *Tree) Header(ctx context.Context, name string) (*ostree.FileHeader, error) {
	f, err := t.file(ctx, "stat", name)
	if err != nil {
		return nil, err
	}
	return &f.Header, f.Close()
}

// Readlink returns the target of a symbolic link.
func (t *Tree) Readlink(ctx context.Context, name string) (string, error) {
	h, err := t.Header(ctx, name)
	if err != nil {
		return "", err
	}
	if !h.IsSymlink() {
		return "", treeError("readlink", name, unix.EINVAL)
	}
	return h.Target, nil
}

// ReadDir returns the names in a directory, sorted.
func (t *Tree) ReadDir(ctx context.Context, name string) ([]string, error) {
	e, err := t.lookup(ctx, name)
	switch {
	case err != nil:
		return nil, treeError("readdir", name, err)
	case e.Kind == ostree.EntryNone:
		return nil, treeError("readdir", name, fs.ErrNotExist)
	case e.Kind != ostree.EntryDir:
		return nil, treeError("readdir", name, unix.ENOTDIR)
	}
	names, err := e.Dir.Names(ctx)
	if err != nil {
		return nil, treeError("readdir", name, err)
	}
	return names, nil
}

// WriteFile makes or replaces a regular file owned by root; missing parent
// directories are made with mode 0755. What was there, directories excepted,
// is replaced.
func (t *Tree) WriteFile(ctx context.Context, name string, data []byte, perm uint32) error {
	h := &ostree.FileHeader{Mode: unix.S_IFREG | perm&0o7777}
	return t.put(ctx, "write", name, h, int64(len(data)), bytes.NewReader(data))
}

// Rewrite replaces the content of a regular file and keeps everything else of
// it; a file that is not there is made with mode perm.
func (t *Tree) Rewrite(ctx context.Context, name string, data []byte, perm uint32) error {
	h, err := t.Header(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return t.WriteFile(ctx, name, data, perm)
	}
	if err != nil {
		return err
	}
	if h.IsSymlink() {
		return treeError("write", name, errors.New("is a symbolic link"))
	}
	return t.put(ctx, "write", name, h, int64(len(data)), bytes.NewReader(data))
}

// Symlink makes or replaces a symbolic link.
func (t *Tree) Symlink(ctx context.Context, target, name string) error {
	return t.put(ctx, "symlink", name, &ostree.FileHeader{Mode: unix.S_IFLNK | 0o777, Target: target}, 0, nil)
}

// put writes a file object and enters it.
func (t *Tree) put(ctx context.Context, op, name string, h *ostree.FileHeader, size int64, r io.Reader) error {
	sum, err := t.tx.WriteFile(ctx, h, size, r)
	if err != nil {
		return treeError(op, name, err)
	}
	return t.SetObject(ctx, name, sum)
}

// SetObject enters a file object that is in the repository already.
func (t *Tree) SetObject(ctx context.Context, name string, sum ostree.Checksum) error {
	name = clean(name)
	if err := t.mkdirAll(ctx, path.Dir(name)); err != nil {
		return treeError("write", name, err)
	}
	if err := t.root.SetFile(ctx, name, sum); err != nil {
		return treeError("write", name, err)
	}
	return nil
}

// mkdirAll makes missing directories; name may be ".".
func (t *Tree) mkdirAll(ctx context.Context, name string) error {
	if name == "." || name == "" {
		return nil
	}
	plain, err := t.dirMeta(ctx, 0, 0, 0o755, nil)
	if err == nil {
		_, err = t.root.EnsureDir(ctx, name, plain)
	}
	return err
}

// Mkdir makes a directory owned by root, with missing parents of mode 0755. A
// directory that is there keeps its content and gets the mode and owner.
func (t *Tree) Mkdir(ctx context.Context, name string, perm uint32) error {
	return t.setDir(ctx, name, 0, 0, perm, nil)
}

func (t *Tree) setDir(ctx context.Context, name string, uid, gid, perm uint32, xattrs ostree.Xattrs) error {
	meta, err := t.dirMeta(ctx, uid, gid, perm, xattrs)
	if err != nil {
		return treeError("mkdir", name, err)
	}
	dir, err := t.root, error(nil)
	if rel := clean(name); rel != "" {
		if err := t.mkdirAll(ctx, path.Dir(rel)); err != nil {
			return treeError("mkdir", name, err)
		}
		dir, err = t.root.EnsureDir(ctx, rel, meta)
	}
	if err != nil {
		return treeError("mkdir", name, err)
	}
	dir.SetMeta(meta)
	return nil
}

func (t *Tree) dirMeta(ctx context.Context, uid, gid, perm uint32, xattrs ostree.Xattrs) (ostree.Checksum, error) {
	m := ostree.DirMeta{UID: uid, GID: gid, Mode: unix.S_IFDIR | perm&0o7777, Xattrs: xattrs}
	return t.tx.WriteMetadata(ctx, ostree.TypeDirMeta, m.Encode())
}

// Remove removes a file, or a directory with all its content.
func (t *Tree) Remove(ctx context.Context, name string) error {
	if ok, err := t.Exists(ctx, name); err != nil || !ok {
		if err == nil {
			err = fs.ErrNotExist
		}
		return treeError("remove", name, err)
	}
	if err := t.root.Remove(ctx, clean(name)); err != nil {
		return treeError("remove", name, err)
	}
	return nil
}

// RemoveIfExists is Remove without an error for what is not there.
func (t *Tree) RemoveIfExists(ctx context.Context, name string) error {
	if err := t.Remove(ctx, name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Rename moves a file or directory. The destination must not exist.
func (t *Tree) Rename(ctx context.Context, from, to string) error {
	if err := t.mkdirAll(ctx, path.Dir(clean(to))); err != nil {
		return treeError("rename", to, err)
	}
	if err := t.root.Rename(ctx, clean(from), clean(to)); err != nil {
		return treeError("rename", from, err)
	}
	return nil
}

// Copy enters the object of one file under a second name.
func (t *Tree) Copy(ctx context.Context, from, to string) error {
	e, err := t.lookup(ctx, from)
	if err != nil || e.Kind != ostree.EntryFile {
		if err == nil {
			err = fs.ErrNotExist
		}
		return treeError("copy", from, err)
	}
	return t.SetObject(ctx, to, e.File)
}

// SetAttributes changes owner and permission bits of a file or directory and
// keeps its content and extended attributes. The owner of a symbolic link
// changes, its mode does not.
func (t *Tree) SetAttributes(ctx context.Context, name string, uid, gid, perm uint32) error {
	e, err := t.lookup(ctx, name)
	switch {
	case err != nil:
		return treeError("chown", name, err)
	case e.Kind == ostree.EntryNone:
		return treeError("chown", name, fs.ErrNotExist)
	case e.Kind == ostree.EntryDir:
		m, err := t.tx.LoadDirMeta(ctx, e.Dir.Meta())
		if err != nil {
			return treeError("chown", name, err)
		}
		return t.setDir(ctx, name, uid, gid, perm, m.Xattrs)
	}
	f, err := t.tx.LoadFile(ctx, e.File)
	if err != nil {
		return treeError("chown", name, err)
	}
	defer f.Close()
	h := f.Header
	h.UID, h.GID = uid, gid
	if !h.IsSymlink() {
		h.Mode = unix.S_IFREG | perm&0o7777
	}
	if h.UID == f.Header.UID && h.GID == f.Header.GID && h.Mode == f.Header.Mode {
		return nil
	}
	var body io.Reader
	if f.Reader != nil {
		body = f.Reader
	}
	return t.put(ctx, "chown", name, &h, f.Size, body)
}

// Walk calls fn for everything below a directory, in depth-first order of the
// names, directories before their content. fn returning [fs.SkipDir] for a
// directory leaves out what is below it. The tree must not change meanwhile.
func (t *Tree) Walk(ctx context.Context, dir string, fn func(name string, isDir bool) error) error {
	names, err := t.ReadDir(ctx, dir)
	if err != nil {
		return err
	}
	for _, base := range slices.Sorted(slices.Values(names)) {
		name := path.Join(clean(dir), base)
		isDir, err := t.IsDir(ctx, name)
		if err != nil {
			return err
		}
		err = fn(name, isDir)
		if errors.Is(err, fs.SkipDir) && isDir {
			continue
		}
		if err == nil && isDir {
			err = t.Walk(ctx, name, fn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
