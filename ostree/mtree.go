package ostree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// MutableTree is a directory tree that is being put together: names and object
// checksums, no content. Subtrees taken from the repository are read when
// something looks into them, and written by [Tx.WriteTree] only when changed.
//
// Paths are slash-separated; a leading slash means nothing, and "" or "/" is the
// tree itself. A MutableTree is not safe for concurrent use.
type MutableTree struct {
	tx    *Tx      // where lazy content comes from; nil if there is none
	meta  Checksum // dirmeta
	tree  Checksum // dirtree that files and dirs equal, unless changed
	lazy  bool     // files and dirs have not been read from tree
	dirty bool     // files or the names in dirs differ from tree
	files map[string]Checksum
	dirs  map[string]*MutableTree
}

// EntryKind says what a name in a [MutableTree] is.
type EntryKind uint8

// The kinds of entry.
const (
	EntryNone EntryKind = iota // the name does not exist
	EntryFile                  // regular file or symbolic link
	EntryDir
)

// Entry is what a name stands for.
type Entry struct {
	Kind EntryKind
	File Checksum     // for EntryFile
	Dir  *MutableTree // for EntryDir
}

// NewMutableTree returns an empty tree without metadata.
func NewMutableTree() *MutableTree { return &MutableTree{dirty: true} }

// MutableTree returns the tree made of a dirtree and a dirmeta object. Nothing is
// read yet.
func (t *Tx) MutableTree(tree, meta Checksum) *MutableTree {
	return &MutableTree{tx: t, tree: tree, meta: meta, lazy: true}
}

// SetMeta sets the dirmeta object of the directory itself.
func (m *MutableTree) SetMeta(c Checksum) { m.meta = c }

// Meta returns the dirmeta object of the directory itself; zero if not set.
func (m *MutableTree) Meta() Checksum { return m.meta }

// load reads the names from the repository.
func (m *MutableTree) load(ctx context.Context) error {
	if !m.lazy {
		return nil
	}
	if m.tx == nil {
		return fmt.Errorf("load dirtree %s: the tree was made without a transaction", m.tree)
	}
	t, err := m.tx.LoadDirTree(ctx, m.tree)
	if err != nil {
		return err
	}
	m.files = make(map[string]Checksum, len(t.Files))
	for _, f := range t.Files {
		m.files[f.Name] = f.Checksum
	}
	m.dirs = make(map[string]*MutableTree, len(t.Dirs))
	for _, d := range t.Dirs {
		m.dirs[d.Name] = m.tx.MutableTree(d.Tree, d.Meta)
	}
	m.lazy = false
	return nil
}

// splitPath returns the components of a path.
func splitPath(p string) ([]string, error) {
	p = strings.Trim(p, "/")
	if p == "" || p == "." {
		return nil, nil
	}
	parts := strings.Split(p, "/")
	for _, part := range parts {
		if err := checkFileName(part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func pathError(op, p string, err error) error { return &fs.PathError{Op: op, Path: p, Err: err} }

var (
	errIsDir  = errors.New("is a directory")
	errNotDir = errors.New("not a directory")
)

// EnsureDir returns the directory at path and makes it, and those above it, if
// they do not exist; new ones get the given metadata. A file in the way is an
// error.
func (m *MutableTree) EnsureDir(ctx context.Context, p string, metaForNew Checksum) (*MutableTree, error) {
	parts, err := splitPath(p)
	if err != nil {
		return nil, pathError("make directory", p, err)
	}
	for _, name := range parts {
		if err := m.load(ctx); err != nil {
			return nil, pathError("make directory", p, err)
		}
		if _, ok := m.files[name]; ok {
			return nil, pathError("make directory", p, errNotDir)
		}
		sub, ok := m.dirs[name]
		if !ok {
			sub = &MutableTree{tx: m.tx, meta: metaForNew, dirty: true}
			m.addDir(name, sub)
		}
		m = sub
	}
	return m, nil
}

func (m *MutableTree) addDir(name string, sub *MutableTree) {
	if m.dirs == nil {
		m.dirs = make(map[string]*MutableTree)
	}
	m.dirs[name] = sub
	m.dirty = true
}

// Lookup returns what is at path. Where there is nothing, also because a
// directory above is missing, the kind is EntryNone and the error nil.
func (m *MutableTree) Lookup(ctx context.Context, p string) (Entry, error) {
	parts, err := splitPath(p)
	if err != nil {
		return Entry{}, pathError("look up", p, err)
	}
	e := Entry{Kind: EntryDir, Dir: m}
	for _, name := range parts {
		if e.Kind != EntryDir {
			return Entry{}, nil
		}
		if e, err = e.Dir.child(ctx, name); err != nil {
			return Entry{}, pathError("look up", p, err)
		}
	}
	return e, nil
}

func (m *MutableTree) child(ctx context.Context, name string) (Entry, error) {
	if err := m.load(ctx); err != nil {
		return Entry{}, err
	}
	if c, ok := m.files[name]; ok {
		return Entry{Kind: EntryFile, File: c}, nil
	}
	if d, ok := m.dirs[name]; ok {
		return Entry{Kind: EntryDir, Dir: d}, nil
	}
	return Entry{}, nil
}

// parent returns the loaded directory that holds path, and the last component.
func (m *MutableTree) parent(ctx context.Context, p string) (*MutableTree, string, error) {
	parts, err := splitPath(p)
	if err != nil {
		return nil, "", err
	}
	if len(parts) == 0 {
		return nil, "", errIsDir
	}
	dir, name := path.Split(strings.Trim(p, "/"))
	e, err := m.Lookup(ctx, dir)
	if err != nil {
		return nil, "", err
	}
	switch e.Kind {
	case EntryNone:
		return nil, "", fs.ErrNotExist
	case EntryFile:
		return nil, "", errNotDir
	}
	return e.Dir, name, e.Dir.load(ctx)
}

// SetFile puts a file object at path, in place of a file that may be there. The
// directory above must exist. A directory in the way is an error.
func (m *MutableTree) SetFile(ctx context.Context, p string, c Checksum) error {
	dir, name, err := m.parent(ctx, p)
	if err == nil && dir.dirs[name] != nil {
		err = errIsDir
	}
	if err != nil {
		return pathError("set file", p, err)
	}
	dir.setFile(name, c)
	return nil
}

func (m *MutableTree) setFile(name string, c Checksum) {
	if old, ok := m.files[name]; ok && old == c {
		return
	}
	if m.files == nil {
		m.files = make(map[string]Checksum)
	}
	m.files[name] = c
	m.dirty = true
}

// SetDir puts a whole stored directory at path, in place of a directory that may
// be there. It is not read. A file in the way is an error.
func (m *MutableTree) SetDir(ctx context.Context, p string, tree, meta Checksum) error {
	graft := MutableTree{tx: m.tx, tree: tree, meta: meta, lazy: true}
	if parts, err := splitPath(p); err == nil && len(parts) == 0 {
		*m = graft
		return nil
	}
	dir, name, err := m.parent(ctx, p)
	if err == nil {
		if _, ok := dir.files[name]; ok {
			err = errNotDir
		}
	}
	if err != nil {
		return pathError("set directory", p, err)
	}
	dir.addDir(name, &graft)
	return nil
}

// Remove removes the file or directory at path. The error matches
// [fs.ErrNotExist] if there is none.
func (m *MutableTree) Remove(ctx context.Context, p string) error {
	dir, name, err := m.parent(ctx, p)
	if err != nil {
		return pathError("remove", p, err)
	}
	if e, _ := dir.child(ctx, name); e.Kind == EntryNone {
		return pathError("remove", p, fs.ErrNotExist)
	}
	delete(dir.files, name)
	delete(dir.dirs, name)
	dir.dirty = true
	return nil
}

// Rename moves a file or directory. The new name must not exist, the directory
// above it must.
func (m *MutableTree) Rename(ctx context.Context, old, new string) error {
	from, name, err := m.parent(ctx, old)
	if err != nil {
		return pathError("rename", old, err)
	}
	e, err := from.child(ctx, name)
	if err == nil && e.Kind == EntryNone {
		err = fs.ErrNotExist
	}
	if err != nil {
		return pathError("rename", old, err)
	}
	to, target, err := m.parent(ctx, new)
	if err == nil && strings.HasPrefix(strings.Trim(new, "/")+"/", strings.Trim(old, "/")+"/") {
		err = errors.New("the new name is below the old one")
	}
	if err == nil {
		var there Entry
		if there, err = to.child(ctx, target); there.Kind != EntryNone {
			err = fs.ErrExist
		}
	}
	if err != nil {
		return pathError("rename", new, err)
	}
	delete(from.files, name)
	delete(from.dirs, name)
	from.dirty = true
	if e.Kind == EntryDir {
		to.addDir(target, e.Dir)
	} else {
		to.setFile(target, e.File)
	}
	return nil
}

// Names returns the names in the directory, sorted by their bytes.
func (m *MutableTree) Names(ctx context.Context) ([]string, error) {
	if err := m.load(ctx); err != nil {
		return nil, err
	}
	names := slices.AppendSeq(make([]string, 0, len(m.files)+len(m.dirs)), maps.Keys(m.files))
	names = slices.AppendSeq(names, maps.Keys(m.dirs))
	slices.Sort(names)
	return names, nil
}

// WriteTree writes the dirtree objects of what has changed and returns the root.
// Every directory must have metadata. The tree stays usable, and refers to the
// transaction's objects.
func (t *Tx) WriteTree(ctx context.Context, m *MutableTree) (tree, meta Checksum, err error) {
	if tree, err = t.writeTree(ctx, m, "/"); err != nil {
		return Checksum{}, Checksum{}, fmt.Errorf("write tree: %w", err)
	}
	return tree, m.meta, nil
}

func (t *Tx) writeTree(ctx context.Context, m *MutableTree, at string) (Checksum, error) {
	if m.meta.IsZero() {
		return Checksum{}, pathError("write", at, errors.New("directory without metadata"))
	}
	if m.lazy {
		return m.tree, nil
	}
	out := &DirTree{
		Files: make([]FileEntry, 0, len(m.files)),
		Dirs:  make([]DirEntry, 0, len(m.dirs)),
	}
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		out.Files = append(out.Files, FileEntry{name, m.files[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(m.dirs)) {
		sub := m.dirs[name]
		tree, err := t.writeTree(ctx, sub, path.Join(at, name))
		if err != nil {
			return Checksum{}, err
		}
		out.Dirs = append(out.Dirs, DirEntry{name, tree, sub.meta})
	}
	data := out.Encode()
	if c := Checksum(sha256.Sum256(data)); !m.dirty && c == m.tree {
		return c, nil
	}
	c, err := t.WriteMetadata(ctx, TypeDirTree, data)
	if err != nil {
		return Checksum{}, err
	}
	m.tree, m.dirty = c, false
	if m.tx == nil {
		m.tx = t
	}
	return c, nil
}
