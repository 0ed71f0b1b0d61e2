package ostree

import (
	"context"
	"fmt"
	"slices"
)

// DiffKind says what happened to a path; its value is the letter that tools print.
type DiffKind byte

// The kinds of difference, in the order in which they are listed.
const (
	DiffModified DiffKind = 'M'
	DiffRemoved  DiffKind = 'D'
	DiffAdded    DiffKind = 'A'
)

// DiffItem is a path that two trees do not have in common.
type DiffItem struct {
	Kind DiffKind
	Path string // "/usr/bin/x"
}

// String returns the line that the ostree command prints.
func (d DiffItem) String() string { return fmt.Sprintf("%c    %s", d.Kind, d.Path) }

// DiffOptions are the options of [Repo.Diff].
type DiffOptions struct {
	// NoXattrs takes files and directories for the same that differ in extended
	// attributes only. It reads the content of files that differ.
	NoXattrs bool
}

// Diff lists how to get from tree a to tree b: modified paths, then removed, then
// added ones, each in the order of the trees, where the files of a directory precede
// its directories. A directory is modified when its own metadata are; one that was
// removed is listed without, and one that was added with, everything below it. What
// has become a file from a directory, or the reverse, is modified.
func (r *Repo) Diff(ctx context.Context, a, b Tree, o *DiffOptions) ([]DiffItem, error) {
	if o == nil {
		o = &DiffOptions{}
	}
	d := &differ{ctx: ctx, r: r, o: o, out: make(map[DiffKind][]DiffItem)}
	if err := d.dirs("/", a, b, 0); err != nil {
		return nil, fmt.Errorf("diff: %w", err)
	}
	return slices.Concat(d.out[DiffModified], d.out[DiffRemoved], d.out[DiffAdded]), nil
}

type differ struct {
	ctx context.Context
	r   *Repo
	o   *DiffOptions
	out map[DiffKind][]DiffItem
}

func (d *differ) add(k DiffKind, path string) { d.out[k] = append(d.out[k], DiffItem{k, path}) }

// dirs compares what is in two directories, not the directories themselves.
func (d *differ) dirs(path string, a, b Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("%s: more than %d levels of directories", path, maxTreeDepth)
	}
	if a.Tree == b.Tree {
		return nil
	}
	at, err := d.r.LoadDirTree(d.ctx, a.Tree)
	if err != nil {
		return err
	}
	bt, err := d.r.LoadDirTree(d.ctx, b.Tree)
	if err != nil {
		return err
	}
	if err := d.changes(path, at, bt, depth); err != nil {
		return err
	}
	return d.additions(path, at, bt, depth)
}

// changes finds what was modified or removed.
func (d *differ) changes(path string, a, b *DirTree, depth int) error {
	for _, f := range a.Files {
		p := joinPath(path, f.Name)
		if i, ok := b.file(f.Name); ok {
			same, err := d.sameFile(f.Checksum, b.Files[i].Checksum)
			if err != nil {
				return err
			}
			if !same {
				d.add(DiffModified, p)
			}
		} else if _, ok := b.dir(f.Name); ok {
			d.add(DiffModified, p)
		} else {
			d.add(DiffRemoved, p)
		}
	}
	for _, e := range a.Dirs {
		p := joinPath(path, e.Name)
		if i, ok := b.dir(e.Name); ok {
			if err := d.bothDirs(p, e, b.Dirs[i], depth); err != nil {
				return err
			}
		} else if _, ok := b.file(e.Name); ok {
			d.add(DiffModified, p)
		} else {
			d.add(DiffRemoved, p)
		}
	}
	return nil
}

func (d *differ) bothDirs(path string, a, b DirEntry, depth int) error {
	same, err := d.sameMeta(a.Meta, b.Meta)
	if err != nil {
		return err
	}
	if !same {
		d.add(DiffModified, path)
	}
	return d.dirs(path, Tree{a.Tree, a.Meta}, Tree{b.Tree, b.Meta}, depth+1)
}

func (d *differ) additions(path string, a, b *DirTree, depth int) error {
	has := func(name string) bool {
		_, file := a.file(name)
		_, dir := a.dir(name)
		return file || dir
	}
	for _, f := range b.Files {
		if !has(f.Name) {
			d.add(DiffAdded, joinPath(path, f.Name))
		}
	}
	for _, e := range b.Dirs {
		if has(e.Name) {
			continue
		}
		p := joinPath(path, e.Name)
		d.add(DiffAdded, p)
		if err := d.addAll(p, e.Tree, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) addAll(path string, tree Checksum, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("%s: more than %d levels of directories", path, maxTreeDepth)
	}
	dt, err := d.r.LoadDirTree(d.ctx, tree)
	if err != nil {
		return err
	}
	return d.additions(path, &DirTree{}, dt, depth)
}

func (d *differ) sameMeta(a, b Checksum) (bool, error) {
	if a == b || !d.o.NoXattrs {
		return a == b, nil
	}
	x, err := d.r.LoadDirMeta(d.ctx, a)
	if err != nil {
		return false, err
	}
	y, err := d.r.LoadDirMeta(d.ctx, b)
	if err != nil {
		return false, err
	}
	return x.UID == y.UID && x.GID == y.GID && x.Mode == y.Mode, nil
}

func (d *differ) sameFile(a, b Checksum) (bool, error) {
	if a == b || !d.o.NoXattrs {
		return a == b, nil
	}
	x, err := d.r.LoadFile(d.ctx, a)
	if err != nil {
		return false, err
	}
	defer x.Close()
	y, err := d.r.LoadFile(d.ctx, b)
	if err != nil {
		return false, err
	}
	defer y.Close()
	h, g := x.Header, y.Header
	if h.UID != g.UID || h.GID != g.GID || h.Mode != g.Mode || h.Target != g.Target || x.Size != y.Size {
		return false, nil
	}
	if h.IsSymlink() {
		return true, nil
	}
	return sameBytes(x.Reader, y.Reader)
}
