package ostree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// FS shows a tree as a file system. It implements [fs.FS], [fs.ReadDirFS],
// [fs.ReadLinkFS] and [fs.StatFS]. Symbolic links are followed within the tree, as if
// it were the root directory. [fs.FileInfo.Sys] is a *[FileHeader] or, for a
// directory, a *[DirMeta]; all times are the epoch.
//
// It reads objects when asked and fails when they are missing. It is safe for
// concurrent use.
type FS struct {
	ctx  context.Context
	repo *Repo
	root Tree

	mu    sync.Mutex
	trees map[Checksum]*DirTree // recently used
}

var (
	_ fs.ReadDirFS  = (*FS)(nil)
	_ fs.ReadLinkFS = (*FS)(nil)
	_ fs.StatFS     = (*FS)(nil)
)

// FS returns the tree of a commit as a file system. ctx ends its use.
func (r *Repo) FS(ctx context.Context, commit Checksum) (*FS, error) {
	c, err := r.LoadCommit(ctx, commit)
	if err != nil {
		return nil, err
	}
	return r.TreeFS(ctx, c.Root())
}

// TreeFS is [Repo.FS] of a tree that need not be in a commit.
func (r *Repo) TreeFS(ctx context.Context, t Tree) (*FS, error) {
	f := &FS{ctx: ctx, repo: r, root: t, trees: make(map[Checksum]*DirTree)}
	if _, err := f.load(t.Tree); err != nil {
		return nil, err
	}
	return f, nil
}

// cachedTrees is how many directories stay in memory between calls.
const cachedTrees = 64

func (f *FS) load(sum Checksum) (*DirTree, error) {
	f.mu.Lock()
	dt := f.trees[sum]
	f.mu.Unlock()
	if dt != nil {
		return dt, nil
	}
	dt, err := f.repo.LoadDirTree(f.ctx, sum)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.trees) >= cachedTrees {
		clear(f.trees)
	}
	f.trees[sum] = dt
	return dt, nil
}

// fsNode is a place in the tree: a directory, or a file if file is not zero.
type fsNode struct {
	name string
	dir  Tree
	file Checksum
}

func (n *fsNode) isDir() bool { return n.file.IsZero() }

// maxLinks bounds symbolic links in one look-up, as path_resolution(7) does.
const maxLinks = 40

// find walks to name. The last component is followed if it is a link and follow
// is set.
func (f *FS) find(name string, follow bool) (*fsNode, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	w := &fsWalk{f: f, stack: []fsNode{{name: ".", dir: f.root}}, rest: name}
	for w.rest != "" {
		var comp string
		comp, w.rest, _ = strings.Cut(w.rest, "/")
		switch comp {
		case "", ".":
		case "..":
			w.stack = w.stack[:max(len(w.stack)-1, 1)]
		default:
			if err := w.step(comp, follow || w.rest != ""); err != nil {
				return nil, err
			}
		}
	}
	n := w.here()
	n.name = path.Base(name)
	return &n, nil
}

// fsWalk is a look-up on its way.
type fsWalk struct {
	f     *FS
	stack []fsNode // from the root to where it is
	rest  string   // what is left of the path
	links int      // that were followed
}

func (w *fsWalk) here() fsNode { return w.stack[len(w.stack)-1] }

// step goes down to comp or, if that is a link and follow is set, to where it leads.
func (w *fsWalk) step(comp string, follow bool) error {
	here := w.here()
	if !here.isDir() {
		return unix.ENOTDIR
	}
	next, err := w.f.child(here.dir.Tree, comp)
	if err != nil {
		return err
	}
	if !next.isDir() && follow {
		target, err := w.f.linkTarget(next.file)
		if err != nil {
			return err
		}
		if target != "" {
			return w.follow(target)
		}
	}
	w.stack = append(w.stack, *next)
	return nil
}

// follow puts the target of a link in front of what is left of the path.
func (w *fsWalk) follow(target string) error {
	if w.links++; w.links > maxLinks {
		return unix.ELOOP
	}
	if path.IsAbs(target) {
		w.stack = w.stack[:1]
	}
	w.rest = target + "/" + w.rest
	return nil
}

func (f *FS) child(tree Checksum, name string) (*fsNode, error) {
	dt, err := f.load(tree)
	if err != nil {
		return nil, err
	}
	if i, ok := dt.dir(name); ok {
		return &fsNode{name: name, dir: Tree{dt.Dirs[i].Tree, dt.Dirs[i].Meta}}, nil
	}
	if i, ok := dt.file(name); ok {
		return &fsNode{name: name, file: dt.Files[i].Checksum}, nil
	}
	return nil, fs.ErrNotExist
}

// linkTarget returns "" for what is no symbolic link.
func (f *FS) linkTarget(sum Checksum) (string, error) {
	h, _, err := f.repo.LoadFileHeader(f.ctx, sum)
	if err != nil {
		return "", err
	}
	return h.Target, nil
}

func fsErr(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Open implements [fs.FS].
func (f *FS) Open(name string) (fs.File, error) {
	n, err := f.find(name, true)
	if err != nil {
		return nil, fsErr("open", name, err)
	}
	if n.isDir() {
		info, err := f.info(n)
		if err != nil {
			return nil, fsErr("open", name, err)
		}
		entries, err := f.entries(n.dir.Tree)
		if err != nil {
			return nil, fsErr("open", name, err)
		}
		return &fsDir{info: info, name: name, entries: entries}, nil
	}
	file, err := f.repo.LoadFile(f.ctx, n.file)
	if err != nil {
		return nil, fsErr("open", name, err)
	}
	return &fsFile{info: fileInfo(n.name, &file.Header, file.Size), name: name, file: file, sum: n.file, left: file.Size}, nil
}

// Stat implements [fs.StatFS].
func (f *FS) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat implements [fs.ReadLinkFS].
func (f *FS) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *FS) stat(op, name string, follow bool) (fs.FileInfo, error) {
	n, err := f.find(name, follow)
	if err != nil {
		return nil, fsErr(op, name, err)
	}
	info, err := f.info(n)
	if err != nil {
		return nil, fsErr(op, name, err)
	}
	return info, nil
}

// ReadLink implements [fs.ReadLinkFS].
func (f *FS) ReadLink(name string) (string, error) {
	n, err := f.find(name, false)
	if err != nil {
		return "", fsErr("readlink", name, err)
	}
	var target string
	if !n.isDir() {
		if target, err = f.linkTarget(n.file); err != nil {
			return "", fsErr("readlink", name, err)
		}
	}
	if target == "" {
		return "", fsErr("readlink", name, fs.ErrInvalid)
	}
	return target, nil
}

// ReadDir implements [fs.ReadDirFS].
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := f.find(name, true)
	if err == nil && !n.isDir() {
		err = unix.ENOTDIR
	}
	if err != nil {
		return nil, fsErr("readdir", name, err)
	}
	entries, err := f.entries(n.dir.Tree)
	return entries, fsErr("readdir", name, err)
}

// entries lists a directory by name.
func (f *FS) entries(tree Checksum) ([]fs.DirEntry, error) {
	dt, err := f.load(tree)
	if err != nil {
		return nil, err
	}
	out := make([]fs.DirEntry, 0, len(dt.Files)+len(dt.Dirs))
	files, dirs := dt.Files, dt.Dirs
	for len(files)+len(dirs) > 0 {
		if len(dirs) == 0 || len(files) > 0 && files[0].Name < dirs[0].Name {
			out = append(out, &fsEntry{f, fsNode{name: files[0].Name, file: files[0].Checksum}})
			files = files[1:]
			continue
		}
		out = append(out, &fsEntry{f, fsNode{name: dirs[0].Name, dir: Tree{dirs[0].Tree, dirs[0].Meta}}})
		dirs = dirs[1:]
	}
	return out, nil
}

func (f *FS) info(n *fsNode) (*fsInfo, error) {
	if n.isDir() {
		m, err := f.repo.LoadDirMeta(f.ctx, n.dir.Meta)
		if err != nil {
			return nil, err
		}
		return &fsInfo{name: n.name, mode: goMode(m.Mode), sys: m}, nil
	}
	h, size, err := f.repo.LoadFileHeader(f.ctx, n.file)
	if err != nil {
		return nil, err
	}
	return fileInfo(n.name, h, size), nil
}

func fileInfo(name string, h *FileHeader, size int64) *fsInfo {
	return &fsInfo{name: name, size: size, mode: goMode(h.Mode), sys: h}
}

// goMode converts st_mode of inode(7).
func goMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	switch m & unix.S_IFMT {
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	}
	for bit, goBit := range map[uint32]fs.FileMode{unix.S_ISUID: fs.ModeSetuid, unix.S_ISGID: fs.ModeSetgid, unix.S_ISVTX: fs.ModeSticky} {
		if m&bit != 0 {
			mode |= goBit
		}
	}
	return mode
}

// fsInfo implements fs.FileInfo.
type fsInfo struct {
	name string
	size int64
	mode fs.FileMode
	sys  any
}

func (i *fsInfo) Name() string       { return i.name }
func (i *fsInfo) Size() int64        { return i.size }
func (i *fsInfo) Mode() fs.FileMode  { return i.mode }
func (i *fsInfo) ModTime() time.Time { return time.Unix(0, 0) }
func (i *fsInfo) IsDir() bool        { return i.mode.IsDir() }
func (i *fsInfo) Sys() any           { return i.sys }

// fsEntry implements fs.DirEntry. Whether a file is a link is only known from its
// object, which is read when asked for.
type fsEntry struct {
	f *FS
	n fsNode
}

func (e *fsEntry) Name() string               { return e.n.name }
func (e *fsEntry) IsDir() bool                { return e.n.isDir() }
func (e *fsEntry) Info() (fs.FileInfo, error) { return e.f.info(&e.n) }
func (e *fsEntry) String() string             { return fs.FormatDirEntry(e) }

func (e *fsEntry) Type() fs.FileMode {
	if e.IsDir() {
		return fs.ModeDir
	}
	info, err := e.Info()
	if err != nil {
		return fs.ModeIrregular
	}
	return info.Mode().Type()
}

// fsFile is an open file.
type fsFile struct {
	info *fsInfo
	name string
	file *File
	sum  Checksum
	left int64
}

func (f *fsFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *fsFile) Close() error               { return f.file.Close() }

// Read demands that the payload is as long as the object says.
func (f *fsFile) Read(p []byte) (int, error) {
	n, err := f.file.Reader.Read(p)
	f.left -= int64(n)
	if f.left < 0 || errors.Is(err, io.EOF) && f.left > 0 {
		err = &CorruptError{Object: ObjectName{f.sum, TypeFile}, Err: fmt.Errorf("payload is not %d bytes long", f.file.Size)}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fsErr("read", f.name, err)
	}
	return n, err
}

// fsDir is an open directory.
type fsDir struct {
	info    *fsInfo
	name    string
	entries []fs.DirEntry
}

func (d *fsDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *fsDir) Close() error               { return nil }
func (d *fsDir) Read([]byte) (int, error)   { return 0, fsErr("read", d.name, unix.EISDIR) }

func (d *fsDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.entries) {
		n = len(d.entries)
	}
	out := d.entries[:n]
	d.entries = d.entries[n:]
	return out, nil
}
