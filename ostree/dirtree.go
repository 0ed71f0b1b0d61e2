package ostree

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// FileEntry is a regular file or symbolic link in a directory.
type FileEntry struct {
	Name     string
	Checksum Checksum // of the file object
}

// DirEntry is a directory in a directory.
type DirEntry struct {
	Name string
	Tree Checksum // dirtree object
	Meta Checksum // dirmeta object
}

// DirTree is a dirtree object: the names in one directory. Both lists are
// sorted by the bytes of the names, and no name occurs twice.
type DirTree struct {
	Files []FileEntry
	Dirs  []DirEntry
}

// ParseDirTree decodes a dirtree object, the GVariant (a(say)a(sayay)). It
// enforces normal form, valid names, order, and that no name is both a file
// and a directory; everything else is a [*CorruptError].
func ParseDirTree(data []byte) (*DirTree, error) {
	t, err := parseDirTree(data)
	if err != nil {
		return nil, corrupt(TypeDirTree, "%w", err)
	}
	return t, nil
}

func parseDirTree(data []byte) (*DirTree, error) {
	var lists [2][]byte
	if err := splitTuple(data, lists[:]); err != nil {
		return nil, err
	}
	t := &DirTree{}
	if n := countArray(lists[0]); n > 0 {
		t.Files = make([]FileEntry, 0, n)
	}
	if n := countArray(lists[1]); n > 0 {
		t.Dirs = make([]DirEntry, 0, n)
	}
	if err := splitArray(lists[0], t.appendFile); err != nil {
		return nil, err
	}
	if err := splitArray(lists[1], t.appendDir); err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	if !bytes.Equal(t.Encode(), data) {
		return nil, errNotNormal
	}
	return t, nil
}

func (t *DirTree) appendFile(elem []byte) error {
	var m [2][]byte
	if err := splitTuple(elem, m[:]); err != nil {
		return err
	}
	name, err := cutNUL(m[0])
	if err != nil {
		return fmt.Errorf("file name: %w", err)
	}
	c, err := ChecksumFromBytes(m[1])
	if err != nil {
		return fmt.Errorf("file %q: %w", name, err)
	}
	t.Files = append(t.Files, FileEntry{name, c})
	return nil
}

func (t *DirTree) appendDir(elem []byte) error {
	var m [3][]byte
	if err := splitTuple(elem, m[:]); err != nil {
		return err
	}
	name, err := cutNUL(m[0])
	if err != nil {
		return fmt.Errorf("directory name: %w", err)
	}
	tree, err := ChecksumFromBytes(m[1])
	if err != nil {
		return fmt.Errorf("directory %q: tree: %w", name, err)
	}
	meta, err := ChecksumFromBytes(m[2])
	if err != nil {
		return fmt.Errorf("directory %q: metadata: %w", name, err)
	}
	t.Dirs = append(t.Dirs, DirEntry{name, tree, meta})
	return nil
}

// check demands valid, sorted names that occur once.
func (t *DirTree) check() error {
	prev := ""
	for i := range t.Files {
		if err := checkNextName(prev, t.Files[i].Name); err != nil {
			return err
		}
		prev = t.Files[i].Name
	}
	prev = ""
	for i := range t.Dirs {
		name := t.Dirs[i].Name
		if err := checkNextName(prev, name); err != nil {
			return err
		}
		if _, dup := t.file(name); dup {
			return fmt.Errorf("name %q is both a file and a directory", name)
		}
		prev = name
	}
	return nil
}

func (t *DirTree) file(name string) (int, bool) {
	return slices.BinarySearchFunc(t.Files, name, func(e FileEntry, s string) int { return strings.Compare(e.Name, s) })
}

func (t *DirTree) dir(name string) (int, bool) {
	return slices.BinarySearchFunc(t.Dirs, name, func(e DirEntry, s string) int { return strings.Compare(e.Name, s) })
}

// checkNextName checks a name and its place in the list after prev ("" for the
// first).
func checkNextName(prev, name string) error {
	if err := checkFileName(name); err != nil {
		return err
	}
	if name == prev {
		return fmt.Errorf("duplicate name %q", name)
	}
	if name < prev {
		return fmt.Errorf("name %q is not in order", name)
	}
	return nil
}

// checkFileName demands a name that cannot lead out of its directory.
func checkFileName(name string) error {
	switch {
	case name == "":
		return errors.New("empty name")
	case name == "." || name == "..":
		return fmt.Errorf("invalid name %q", name)
	case strings.Contains(name, "/"):
		return &NameError{"/", name}
	case strings.Contains(name, "\x00"):
		return &NameError{"NUL", name}
	case !utf8.ValidString(name):
		return &NameError{"UTF-8", name}
	}
	return nil
}

// Encode returns the bytes of the object. Both lists must be sorted.
func (t *DirTree) Encode() []byte {
	size := 8
	for i := range t.Files {
		size += len(t.Files[i].Name) + len(Checksum{}) + 8
	}
	for i := range t.Dirs {
		size += len(t.Dirs[i].Name) + 2*len(Checksum{}) + 8
	}
	buf := make([]byte, 0, size)
	ends := make([]int, 0, max(len(t.Files), len(t.Dirs)))
	for i := range t.Files {
		elem := len(buf)
		buf = append(append(buf, t.Files[i].Name...), 0)
		nameEnd := len(buf) - elem
		buf = append(buf, t.Files[i].Checksum[:]...)
		buf = appendOffsets(buf, elem, []int{nameEnd})
		ends = append(ends, len(buf))
	}
	if len(ends) > 0 {
		buf = appendOffsets(buf, 0, ends)
	}
	start := len(buf)
	ends = ends[:0]
	for i := range t.Dirs {
		elem := len(buf)
		buf = append(append(buf, t.Dirs[i].Name...), 0)
		nameEnd := len(buf) - elem
		buf = append(buf, t.Dirs[i].Tree[:]...)
		treeEnd := len(buf) - elem
		buf = append(buf, t.Dirs[i].Meta[:]...)
		buf = appendOffsets(buf, elem, []int{treeEnd, nameEnd})
		ends = append(ends, len(buf)-start)
	}
	if len(ends) > 0 {
		buf = appendOffsets(buf, start, ends)
	}
	return appendOffsets(buf, 0, []int{start})
}

// Checksum returns the name of the object.
func (t *DirTree) Checksum() Checksum { return sha256.Sum256(t.Encode()) }
