package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

func isExist(err error) bool    { return errors.Is(err, fs.ErrExist) }
func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// dir writes directory t as name below parent, "" for parent itself. Errors go
// to c.workers.
func (c *checkout) dir(ctx context.Context, parent *dirfd.Dir, name, path string, t Tree, depth int) {
	if c.workers.stopped(path) {
		return
	}
	err := ctx.Err()
	if err == nil {
		err = c.makeDir(ctx, parent, name, path, t, depth)
	}
	c.workers.fail(path, err)
}

func (c *checkout) makeDir(ctx context.Context, parent *dirfd.Dir, name, path string, t Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("%s: more than %d levels of directories", path, maxTreeDepth)
	}
	meta, err := c.dirMeta(ctx, t.Meta)
	if err != nil {
		return err
	}
	if c.skipped(path, func() *FileHeader {
		return &FileHeader{UID: meta.UID, GID: meta.GID, Mode: meta.Mode, Xattrs: meta.Xattrs}
	}) {
		return nil
	}
	dt, err := c.repo.LoadDirTree(ctx, t.Tree)
	if err != nil {
		return err
	}
	_, opaque := dt.file(opaqueWhiteout)
	opaque = opaque && c.o.Whiteouts
	if opaque && depth > 0 {
		// Nothing of the old directory stays, neither content nor metadata.
		if err := atomicfs.RemoveAll(ctx, parent, name); err != nil {
			return err
		}
	}
	d, fresh, err := c.openOrMake(ctx, parent, name, depth == 0)
	if err != nil {
		return err
	}
	defer d.Close()
	if fresh = fresh || opaque; fresh {
		// Attributes first: a default ACL or label is inherited by the content.
		if err := c.setXattrs(d, ".", path, meta.Mode, meta.Xattrs); err != nil {
			return err
		}
	}
	if err := c.content(ctx, d, path, dt, depth); err != nil || !fresh {
		return err
	}
	return c.finishDir(ctx, d, meta)
}

// openOrMake makes the directory, or opens it where it may exist. Only its owner
// can enter a new one until it is complete.
func (c *checkout) openOrMake(ctx context.Context, parent *dirfd.Dir, name string, root bool) (d *dirfd.Dir, fresh bool, err error) {
	if name == "" {
		if c.o.Union == UnionNone {
			return nil, false, &fs.PathError{Op: "mkdir", Path: parent.Path(), Err: fs.ErrExist}
		}
		d, err = dirfd.Open(parent.Path())
		return d, false, err
	}
	err = atomicfs.Mkdir(ctx, parent, name, 0o700)
	if isExist(err) && c.o.Union != UnionNone {
		if root { // a link that the caller named
			d, err = dirfd.Open(parent.Join(name))
			return d, false, err
		}
		d, err = parent.OpenDir(name)
		if err == nil || !c.replaces() {
			return d, false, err
		}
		if err = atomicfs.Remove(ctx, parent, name); err == nil {
			err = atomicfs.Mkdir(ctx, parent, name, 0o700)
		}
	}
	if err != nil {
		return nil, false, err
	}
	d, err = parent.OpenDir(name)
	return d, true, err
}

// replaces reports whether files and directories replace each other.
func (c *checkout) replaces() bool { return c.o.Whiteouts && c.o.Union == UnionFiles }

// content writes what is in the directory d: files, then directories, on all
// free workers.
func (c *checkout) content(ctx context.Context, d *dirfd.Dir, path string, dt *DirTree, depth int) error {
	if c.o.Whiteouts {
		if err := c.applyWhiteouts(ctx, d, path, dt); err != nil {
			return err
		}
	}
	if err := c.files(ctx, d, path, dt.Files); err != nil {
		return err
	}
	c.workers.each(len(dt.Dirs), func(i int) {
		e := &dt.Dirs[i]
		c.dir(ctx, d, e.Name, joinPath(path, e.Name), Tree{e.Tree, e.Meta}, depth+1)
	})
	return nil
}

// copyBatch is how many files of one directory a worker copies before it looks for the next ones.
const copyBatch = 16

// files writes the files of a directory. Links in one directory have to wait for each other anyway, and whiteouts may
// concern other names; copies are made on all free workers.
func (c *checkout) files(ctx context.Context, d *dirfd.Dir, path string, files []FileEntry) error {
	batch := len(files)
	if links := c.sources[0].links && !c.o.ForceCopy; !links && !c.o.PassthroughWhiteouts {
		batch = copyBatch
	}
	var errs workers
	c.workers.each(len(files)/max(batch, 1)+1, func(i int) {
		for _, e := range files[min(i*batch, len(files)):min((i+1)*batch, len(files))] {
			if errs.stopped(e.Name) {
				return
			}
			errs.fail(e.Name, c.file(ctx, d, path, e))
		}
	})
	return errs.err()
}

func joinPath(dir, name string) string {
	if dir == "/" {
		return dir + name
	}
	return dir + "/" + name
}

// finishDir sets owner, mode and time, last, because writing into the directory
// changes the time and because only then others may look inside.
func (c *checkout) finishDir(ctx context.Context, d *dirfd.Dir, meta *DirMeta) error {
	if err := atomicfs.CheckHook(ctx, atomicfs.OpAttr, d.Path()); err != nil {
		return err
	}
	mode := meta.Mode & 0o7777
	if c.o.BareUserOnlyDirs {
		mode &= 0o775
	}
	// chown clears setgid for an unprivileged caller, so it comes first.
	if !c.o.UserMode {
		if err := unix.Fchown(d.Fd(), int(meta.UID), int(meta.GID)); err != nil {
			return &fs.PathError{Op: "chown", Path: d.Path(), Err: err}
		}
	}
	if err := unix.Fchmod(d.Fd(), mode); err != nil {
		return &fs.PathError{Op: "chmod", Path: d.Path(), Err: err}
	}
	if !c.o.ForceCopy {
		if err := d.Utimens(".", time.Unix(0, 0), time.Unix(0, 0)); err != nil {
			return err
		}
	}
	if c.o.FSync {
		return atomicfs.SyncDir(ctx, d)
	}
	return nil
}

// dirMeta loads a dirmeta object; a tree has few different ones.
func (c *checkout) dirMeta(ctx context.Context, sum Checksum) (*DirMeta, error) {
	c.metaMu.Lock()
	m := c.metas[sum]
	c.metaMu.Unlock()
	if m != nil {
		return m, nil
	}
	m, err := c.repo.LoadDirMeta(ctx, sum)
	if err != nil {
		return nil, err
	}
	c.metaMu.Lock()
	c.metas[sum] = m
	c.metaMu.Unlock()
	return m, nil
}

// skipped asks Skip and Filter about path.
func (c *checkout) skipped(path string, header func() *FileHeader) bool {
	if c.o.Skip[path] {
		return true
	}
	if c.o.Filter == nil {
		return false
	}
	h := header()
	c.filterMu.Lock()
	defer c.filterMu.Unlock()
	return c.o.Filter(path, h) == FilterSkip
}

// setXattrs sets the recorded attributes of name in d, with Label's in place of
// the recorded label.
func (c *checkout) setXattrs(d *dirfd.Dir, name, path string, mode uint32, xattrs Xattrs) error {
	if c.o.UserMode || c.noXattrs {
		return nil
	}
	xattrs, err := c.labelled(path, mode, xattrs)
	if err != nil {
		return err
	}
	for _, x := range xattrs {
		if err := d.SetXattr(name, x.Name, x.Value); err != nil {
			return fmt.Errorf("set %s: %w", x.Name, err)
		}
	}
	return nil
}

const selinuxXattr = "security.selinux"

func (c *checkout) labelled(path string, mode uint32, xattrs Xattrs) (Xattrs, error) {
	if c.o.Label == nil {
		return xattrs, nil
	}
	label, err := c.o.Label(path, mode)
	if err != nil {
		return nil, fmt.Errorf("label %s: %w", path, err)
	}
	out := make(Xattrs, 0, len(xattrs)+1)
	for _, x := range xattrs {
		if x.Name != selinuxXattr {
			out = append(out, x)
		}
	}
	if label != "" {
		out = append(out, Xattr{selinuxXattr, append([]byte(label), 0)})
	}
	return out, nil
}
