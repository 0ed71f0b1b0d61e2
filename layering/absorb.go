package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// Attributes by which overlayfs keeps its own books in the upper directory,
// see Documentation/filesystems/overlayfs.rst of the kernel.
const (
	overlayXattrs = "trusted.overlay."
	opaqueXattr   = overlayXattrs + "opaque"
	labelXattr    = "security.selinux"
)

// absorbedRoots are the directories of the root whose changes count.
var absorbedRoots = []string{"usr", "etc"}

// absorb applies the upper directory of an overlay to the tree, which is what
// the lower directory was made from.
func (t *Tree) absorb(ctx context.Context, upper string) error {
	d, err := dirfd.Open(upper)
	if err != nil {
		return fmt.Errorf("take over changes: %w", err)
	}
	defer d.Close()
	for _, name := range absorbedRoots {
		if ok, err := d.Exists(name); err != nil || !ok {
			if err != nil {
				return fmt.Errorf("take over changes: %w", err)
			}
			continue
		}
		if err := t.absorbEntry(ctx, d, name); err != nil {
			return fmt.Errorf("take over changes: %w", err)
		}
	}
	return nil
}

// absorbEntry takes over one name of the upper directory.
func (t *Tree) absorbEntry(ctx context.Context, d *dirfd.Dir, name string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	st, err := d.Lstat(name)
	if err != nil {
		return err
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return t.absorbDir(ctx, d, name, &st)
	case unix.S_IFREG:
		return t.absorbFile(ctx, d, name, &st)
	case unix.S_IFLNK:
		return t.absorbLink(ctx, d, name, &st)
	case unix.S_IFCHR:
		if st.Rdev == 0 { // a whiteout: the name is gone
			return t.RemoveIfExists(ctx, name)
		}
	}
	return nil // devices, sockets and fifos have no place in an image
}

func (t *Tree) absorbDir(ctx context.Context, d *dirfd.Dir, name string, st *dirfd.Stat) error {
	xattrs, opaque, err := imageXattrs(d, name)
	if err != nil {
		return err
	}
	isDir, err := t.IsDir(ctx, name)
	if err != nil {
		return err
	}
	if isDir && !opaque {
		if xattrs, err = t.keepDirLabel(ctx, name, xattrs); err != nil {
			return err
		}
	} else if err := t.RemoveIfExists(ctx, name); err != nil {
		return err
	}
	if err := t.setDir(ctx, name, st.Uid, st.Gid, st.Mode&0o7777, xattrs); err != nil {
		return err
	}
	entries, err := d.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := t.absorbEntry(ctx, d, path.Join(name, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tree) absorbFile(ctx context.Context, d *dirfd.Dir, name string, st *dirfd.Stat) error {
	xattrs, _, err := imageXattrs(d, name)
	if err != nil {
		return err
	}
	f, err := d.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	h := &ostree.FileHeader{UID: st.Uid, GID: st.Gid, Mode: st.Mode & (unix.S_IFMT | 0o7777), Xattrs: xattrs}
	if err := t.keepLabel(ctx, name, h); err != nil {
		return err
	}
	return t.absorbObject(ctx, name, func() error { return t.put(ctx, "write", name, h, st.Size, f) })
}

func (t *Tree) absorbLink(ctx context.Context, d *dirfd.Dir, name string, st *dirfd.Stat) error {
	target, err := d.Readlink(name)
	if err != nil {
		return err
	}
	h := &ostree.FileHeader{UID: st.Uid, GID: st.Gid, Mode: unix.S_IFLNK | 0o777, Target: target}
	if err := t.keepLabel(ctx, name, h); err != nil {
		return err
	}
	return t.absorbObject(ctx, name, func() error { return t.put(ctx, "symlink", name, h, 0, nil) })
}

// keepLabel gives a changed file the SELinux label that it has in the image.
// What the kernel put on it here comes from the policy of this host.
func (t *Tree) keepLabel(ctx context.Context, name string, h *ostree.FileHeader) error {
	old, err := t.Header(ctx, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.EISDIR) {
		return nil
	}
	if err != nil {
		return err
	}
	h.Xattrs = withLabelOf(h.Xattrs, old.Xattrs)
	return nil
}

// keepDirLabel is keepLabel for directories: the overlay copies every one above
// a changed file.
func (t *Tree) keepDirLabel(ctx context.Context, name string, xattrs ostree.Xattrs) (ostree.Xattrs, error) {
	e, err := t.lookup(ctx, name)
	if err != nil {
		return nil, err
	}
	m, err := t.tx.LoadDirMeta(ctx, e.Dir.Meta())
	if err != nil {
		return nil, treeError("stat", name, err)
	}
	return withLabelOf(xattrs, m.Xattrs), nil
}

func withLabelOf(xattrs, old ostree.Xattrs) ostree.Xattrs {
	for _, x := range old {
		if x.Name == labelXattr {
			xattrs = append(xattrs, x)
			slices.SortFunc(xattrs, func(a, b ostree.Xattr) int { return strings.Compare(a.Name, b.Name) })
		}
	}
	return xattrs
}

// absorbObject enters a file, also in the place of a directory.
func (t *Tree) absorbObject(ctx context.Context, name string, put func() error) error {
	isDir, err := t.IsDir(ctx, name)
	if err == nil && isDir {
		err = t.Remove(ctx, name)
	}
	if err != nil {
		return err
	}
	return put()
}

// imageXattrs reads the attributes that are part of the image: neither those
// of the overlay or of the repository, nor labels, which are computed.
func imageXattrs(d *dirfd.Dir, name string) (xattrs ostree.Xattrs, opaque bool, err error) {
	all, err := d.ReadXattrs(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return nil, false, err
	}
	for _, x := range all {
		switch {
		case x.Name == opaqueXattr:
			opaque = string(x.Value) == "y"
		case strings.HasPrefix(x.Name, overlayXattrs), strings.HasPrefix(x.Name, "user.ostree"), x.Name == labelXattr:
		default:
			xattrs = append(xattrs, ostree.Xattr{Name: x.Name, Value: x.Value})
		}
	}
	slices.SortFunc(xattrs, func(a, b ostree.Xattr) int { return strings.Compare(a.Name, b.Name) })
	return xattrs, opaque, nil
}
