package ostree

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"example.com/rpmostree/ostree/gvariant"
)

// KeySizes is the commit metadata key with the sizes of all objects of a commit,
// which tells a client what a pull will cost.
const KeySizes = "ostree.sizes"

// ObjectSize is an entry of [KeySizes].
type ObjectSize struct {
	Object   ObjectName
	Archived uint64 // bytes as an archive repository stores the object
	Unpacked uint64 // bytes of content
}

// Sizes returns the value of [KeySizes] for a commit of tree. The repository must
// be an archive.
func (t *Tx) Sizes(ctx context.Context, tree Tree) (gvariant.Value, error) {
	if t.repo.mode != ModeArchive {
		return gvariant.Value{}, fmt.Errorf("sizes of tree %s: repository mode %s: %w", tree.Tree, t.repo.mode, errors.ErrUnsupported)
	}
	set := new(ObjectSet)
	if err := t.addTree(ctx, set, tree, 0); err != nil {
		return gvariant.Value{}, fmt.Errorf("sizes of tree %s: %w", tree.Tree, err)
	}
	names := slices.SortedFunc(set.All(), func(a, b ObjectName) int { return bytes.Compare(a.Checksum[:], b.Checksum[:]) })
	entries := make([]gvariant.Value, 0, len(names))
	for _, n := range names {
		s, err := t.objectSize(ctx, n)
		if err != nil {
			return gvariant.Value{}, fmt.Errorf("sizes of tree %s: %w", tree.Tree, err)
		}
		entries = append(entries, gvariant.NewBytes(s.encode()))
	}
	return gvariant.NewArray("ay", entries...)
}

func (t *Tx) addTree(ctx context.Context, set *ObjectSet, tree Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("more than %d levels of directories", maxTreeDepth)
	}
	set.Add(ObjectName{tree.Meta, TypeDirMeta})
	if !set.Add(ObjectName{tree.Tree, TypeDirTree}) {
		return nil
	}
	dt, err := t.LoadDirTree(ctx, tree.Tree)
	if err != nil {
		return err
	}
	for _, f := range dt.Files {
		set.Add(ObjectName{f.Checksum, TypeFile})
	}
	for _, d := range dt.Dirs {
		if err := t.addTree(ctx, set, Tree{d.Tree, d.Meta}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) objectSize(ctx context.Context, n ObjectName) (ObjectSize, error) {
	s := ObjectSize{Object: n}
	size, err := firstOf(t.stores(), n, func(l *looseStore) (int64, error) {
		st, err := l.dir.Lstat(n.LoosePath(l.mode))
		return st.Size, err
	})
	if err != nil {
		return s, err
	}
	s.Archived, s.Unpacked = uint64(size), uint64(size)
	if n.Type != TypeFile {
		return s, nil
	}
	f, err := t.LoadFile(ctx, n.Checksum)
	if err != nil {
		return s, err
	}
	s.Unpacked = uint64(f.Size)
	if f.Header.IsSymlink() {
		s.Unpacked = uint64(len(f.Header.Target))
	}
	return s, f.Close()
}

func (s ObjectSize) encode() []byte {
	b := slices.Clone(s.Object.Checksum[:])
	b = binary.AppendUvarint(b, s.Archived)
	b = binary.AppendUvarint(b, s.Unpacked)
	return append(b, byte(s.Object.Type))
}

// Sizes returns what [KeySizes] of the commit lists; nil without an error if the
// commit has no such key.
func (c *Commit) Sizes() ([]ObjectSize, error) {
	v, ok := c.Metadata.Get(KeySizes)
	if !ok {
		return nil, nil
	}
	if v.Type() != "aay" {
		return nil, corrupt(TypeCommit, "%s has type %s", KeySizes, v.Type())
	}
	sizes := make([]ObjectSize, 0, v.Len())
	for _, entry := range v.All() {
		s, err := parseSizeEntry(entry.RawBytes())
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, s)
	}
	return sizes, nil
}

func parseSizeEntry(b []byte) (s ObjectSize, err error) {
	bad := func() (ObjectSize, error) { return s, corrupt(TypeCommit, "%s has an invalid entry", KeySizes) }
	n := copy(s.Object.Checksum[:], b)
	if n < len(s.Object.Checksum) {
		return bad()
	}
	b = b[n:]
	for _, p := range []*uint64{&s.Archived, &s.Unpacked} {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return bad()
		}
		*p, b = v, b[n:]
	}
	s.Object.Type = TypeFile // old commits do not say
	if len(b) > 0 {
		s.Object.Type = ObjectType(b[0])
	}
	if len(b) > 1 || !s.Object.Type.valid() {
		return bad()
	}
	return s, nil
}
