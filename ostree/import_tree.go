package ostree

import (
	"context"
	"fmt"
	"path"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ImportTree adds a stored tree to m as [Tx.ImportDir] does for a directory on
// disk: the options change headers, and what they leave as it is keeps its
// objects unread. Without options [MutableTree.SetDir] or [Tx.MergeTrees] give the
// same at less cost. Consume, DevIno and Workers have no effect.
func (t *Tx) ImportTree(ctx context.Context, m *MutableTree, tree Tree, o *ImportOptions) error {
	if o == nil {
		o = &ImportOptions{}
	}
	if err := t.active(ctx); err != nil {
		return fmt.Errorf("import tree %s: %w", tree.Tree, err)
	}
	canonical := o.CanonicalPermissions || t.repo.mode == ModeBareUserOnly
	im := &treeImporter{t: t, m: m, modifier: newModifier(o, canonical, o.NoXattrs || t.settings.noXattrs)}
	err := im.dir(ctx, "/", tree, 0)
	if err == nil {
		err = im.modifier.unmatched()
	}
	if err != nil {
		return fmt.Errorf("import tree %s: %w", tree.Tree, err)
	}
	return nil
}

type treeImporter struct {
	t        *Tx
	m        *MutableTree
	modifier *modifier
}

func (im *treeImporter) dir(ctx context.Context, at string, tree Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("more than %d levels of directories", maxTreeDepth)
	}
	old, err := im.t.LoadDirMeta(ctx, tree.Meta)
	if err != nil {
		return err
	}
	h := &FileHeader{UID: old.UID, GID: old.GID, Mode: old.Mode, Xattrs: old.Xattrs}
	if im.modifier.apply(at, h) == FilterSkip {
		return nil
	}
	if err := im.xattrs(at, h); err != nil {
		return err
	}
	meta := DirMeta{UID: h.UID, GID: h.GID, Mode: h.Mode, Xattrs: h.Xattrs}
	sum, err := im.t.WriteMetadata(ctx, TypeDirMeta, meta.Encode())
	if err != nil {
		return err
	}
	dir, err := im.m.EnsureDir(ctx, at, sum)
	if err != nil {
		return err
	}
	dir.SetMeta(sum)
	return im.children(ctx, at, tree.Tree, depth)
}

func (im *treeImporter) children(ctx context.Context, at string, tree Checksum, depth int) error {
	dt, err := im.t.LoadDirTree(ctx, tree)
	if err != nil {
		return err
	}
	for _, e := range dt.Files {
		if err := im.file(ctx, path.Join(at, e.Name), e.Checksum); err != nil {
			return fmt.Errorf("%s: %w", path.Join(at, e.Name), err)
		}
	}
	for _, e := range dt.Dirs {
		if err := im.dir(ctx, path.Join(at, e.Name), Tree{e.Tree, e.Meta}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (im *treeImporter) file(ctx context.Context, at string, sum Checksum) error {
	f, err := im.t.LoadFile(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	h := f.Header
	if im.modifier.apply(at, &h) == FilterSkip {
		return nil
	}
	if h.Mode&unix.S_IFMT != f.Header.Mode&unix.S_IFMT {
		return fmt.Errorf("filter has changed the type of %s", at)
	}
	if err := im.xattrs(at, &h); err != nil {
		return err
	}
	if !sameHeader(&h, &f.Header) {
		if sum, err = im.rewrite(ctx, &h, f); err != nil {
			return err
		}
	} else {
		im.t.count(ObjectName{sum, TypeFile}, 0, false)
	}
	return im.m.SetFile(ctx, at, sum)
}

func (im *treeImporter) rewrite(ctx context.Context, h *FileHeader, f *File) (Checksum, error) {
	if h.IsSymlink() {
		return im.t.WriteFile(ctx, h, 0, nil)
	}
	return im.t.WriteFile(ctx, h, f.Size, f.Reader)
}

func (im *treeImporter) xattrs(at string, h *FileHeader) error {
	stored := toDisk(h.Xattrs)
	return im.modifier.xattrs(at, h, func() ([]dirfd.Xattr, error) { return stored, nil })
}
