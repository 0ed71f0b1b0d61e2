package ostree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Overlay is a tree that is laid over others, for example the content of a
// package.
type Overlay struct {
	Tree Tree
	Mode UnionMode // what happens where it has the same paths as what is below
	Name string    // for [ConflictError]
}

// ConflictError says that two trees cannot be merged because of a path.
type ConflictError struct {
	Path string // "/usr/bin/x"
	A, B string // names of the overlay that was there first, "" for the base, and of the one that came later
}

// Error implements error.
func (e *ConflictError) Error() string {
	a := e.A
	if a == "" {
		a = "the base tree"
	}
	return fmt.Sprintf("%s from %s conflicts with %s", e.Path, e.B, a)
}

// MergeTrees lays overlays over base, in order, and returns the combined tree. The
// result is what a checkout of base, a checkout of each overlay into the same
// directory with its union mode, and a commit of that directory would give, at a
// fraction of the cost: only directories that two trees share are looked at, and
// no files.
//
// A directory in several trees keeps the metadata that it had first. A zero base
// is no tree at all; then the first overlay takes its place. The error for
// incompatible trees is a [*ConflictError]; an overlay with UnionNone may share
// nothing but directories.
func (t *Tx) MergeTrees(ctx context.Context, base Tree, overlays []Overlay) (Tree, error) {
	layers := make([]Overlay, 0, len(overlays)+1)
	if base != (Tree{}) {
		layers = append(layers, Overlay{Tree: base})
	}
	layers = append(layers, overlays...)
	if len(layers) == 0 {
		return Tree{}, errors.New("merge trees: neither a base nor overlays")
	}
	merged, err := (&merger{t}).dir(ctx, "/", layers, 0)
	if err != nil {
		return Tree{}, fmt.Errorf("merge trees: %w", err)
	}
	return merged, nil
}

type merger struct{ t *Tx }

// merging is a directory under construction.
type merging struct {
	path  string
	files map[string]mergedFile
	dirs  map[string][]Overlay // the layers that have the directory
}

type mergedFile struct {
	sum  Checksum
	from string
}

// dir merges the directory path, which all layers have.
func (m *merger) dir(ctx context.Context, path string, layers []Overlay, depth int) (Tree, error) {
	if depth > maxTreeDepth {
		return Tree{}, fmt.Errorf("%s: more than %d levels of directories", path, maxTreeDepth)
	}
	out := layers[0].Tree
	if !slices.ContainsFunc(layers, func(l Overlay) bool { return l.Tree.Tree != out.Tree }) {
		return out, nil // nothing to load, whatever is below
	}
	d := &merging{path: path, files: map[string]mergedFile{}, dirs: map[string][]Overlay{}}
	for _, l := range layers {
		dt, err := m.t.LoadDirTree(ctx, l.Tree.Tree)
		if err == nil {
			err = d.add(l, dt)
		}
		if err != nil {
			return Tree{}, err
		}
	}
	dt := &DirTree{Files: make([]FileEntry, 0, len(d.files)), Dirs: make([]DirEntry, 0, len(d.dirs))}
	for name, f := range d.files {
		dt.Files = append(dt.Files, FileEntry{name, f.sum})
	}
	slices.SortFunc(dt.Files, func(a, b FileEntry) int { return cmp.Compare(a.Name, b.Name) })
	for _, name := range slices.Sorted(maps.Keys(d.dirs)) {
		sub, err := m.dir(ctx, joinPath(path, name), d.dirs[name], depth+1)
		if err != nil {
			return Tree{}, err
		}
		dt.Dirs = append(dt.Dirs, DirEntry{name, sub.Tree, sub.Meta})
	}
	var err error
	out.Tree, err = m.t.WriteMetadata(ctx, TypeDirTree, dt.Encode())
	return out, err
}

// add lays the names of one layer over those that are there.
func (d *merging) add(l Overlay, dt *DirTree) error {
	for _, f := range dt.Files {
		if err := d.addFile(l, f); err != nil {
			return err
		}
	}
	for _, e := range dt.Dirs {
		if old, ok := d.files[e.Name]; ok {
			return d.conflict(e.Name, old.from, l.Name)
		}
		l.Tree = Tree{e.Tree, e.Meta}
		d.dirs[e.Name] = append(d.dirs[e.Name], l)
	}
	return nil
}

func (d *merging) addFile(l Overlay, f FileEntry) error {
	if dirs, ok := d.dirs[f.Name]; ok {
		if l.Mode == UnionAdd {
			return nil
		}
		return d.conflict(f.Name, dirs[0].Name, l.Name)
	}
	old, ok := d.files[f.Name]
	switch {
	case ok && l.Mode == UnionAdd, ok && l.Mode == UnionIdentical && old.sum == f.Checksum:
		return nil
	case ok && l.Mode != UnionFiles:
		return d.conflict(f.Name, old.from, l.Name)
	}
	d.files[f.Name] = mergedFile{f.Checksum, l.Name}
	return nil
}

func (d *merging) conflict(name, a, b string) error {
	return &ConflictError{Path: joinPath(d.path, name), A: a, B: b}
}
