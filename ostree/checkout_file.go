package ostree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

const (
	whiteoutPrefix      = ".wh."
	opaqueWhiteout      = ".wh..wh..opq"
	passthroughWhiteout = ".ostree-wh."
)

// file writes e into d, whose path in the tree is dir.
func (c *checkout) file(ctx context.Context, d *dirfd.Dir, dir string, e FileEntry) error {
	if c.o.Whiteouts && strings.HasPrefix(e.Name, whiteoutPrefix) {
		return nil // applied before
	}
	if c.o.Skip != nil || c.o.Filter != nil {
		skip, err := c.skipFile(joinPath(dir, e.Name), e.Checksum)
		if skip || err != nil {
			return err
		}
	}
	if c.o.PassthroughWhiteouts && strings.HasPrefix(e.Name, passthroughWhiteout) {
		return c.passthrough(ctx, d, dir, e)
	}
	linked, err := c.link(ctx, d, e)
	if linked || err != nil {
		return err
	}
	return c.copy(ctx, d, dir, e)
}

func (c *checkout) skipFile(path string, sum Checksum) (bool, error) {
	var f *File
	var err error
	if c.o.Filter != nil && !c.o.Skip[path] {
		if f, err = c.load(sum); err != nil {
			return false, err
		}
		defer f.Close()
	}
	return c.skipped(path, func() *FileHeader { return &f.Header }), nil
}

func (c *checkout) load(sum Checksum) (*File, error) {
	stores := make([]looseStore, len(c.sources))
	for i, s := range c.sources {
		stores[i] = s.looseStore
	}
	return loadFile(stores, sum)
}

// link makes e a hardlink if it may be one; false means that it has to be copied.
func (c *checkout) link(ctx context.Context, d *dirfd.Dir, e FileEntry) (bool, error) {
	if c.o.ForceCopy || c.o.Label != nil {
		return false, nil
	}
	src, dir, st, err := c.find(e.Checksum)
	if err != nil {
		return false, err
	}
	name := ObjectName{e.Checksum, TypeFile}.looseName(src.mode)
	ok, never, err := src.linkable(dir, name, &st)
	if err != nil {
		return false, nameCorrupt(err, ObjectName{e.Checksum, TypeFile})
	}
	if !ok {
		if !c.o.RequireHardlinks || never {
			return false, nil
		}
		if empty, err := c.emptyFile(src, e.Checksum); err != nil || empty {
			return false, err
		}
		return false, src.noLinks(c.o.UserMode)
	}
	err = c.place(d, e.Name, placing{
		create: func(name2 string) error { return atomicfs.Link(ctx, dir, name, d, name2) },
		linked: func(old *unix.Stat_t) bool { return old.Ino == st.Ino && old.Dev == st.Dev },
		same:   func(old *unix.Stat_t) (bool, error) { return c.sameAsObject(d, e, old, &st) },
	}, ctx)
	switch {
	case err == nil:
		if c.o.DevIno != nil {
			c.o.DevIno.Add(uint64(st.Dev), st.Ino, e.Checksum)
		}
		return true, nil
	case !c.o.RequireHardlinks && (errors.Is(err, unix.EMLINK) || errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EPERM)):
		return false, nil
	}
	return false, err
}

// emptyFile reports whether an object of an archive has no content, which its size does not tell: empty files are copied
// where links are required, as they are in other modes.
func (c *checkout) emptyFile(src *source, sum Checksum) (bool, error) {
	if src.mode != ModeArchive {
		return false, nil
	}
	f, err := c.load(sum)
	if err != nil {
		return false, err
	}
	return f.Size == 0 && !f.Header.IsSymlink(), f.Close()
}

// find returns the first source that has the object, the directory it is in,
// and what lstat(2) says.
func (c *checkout) find(sum Checksum) (*source, *dirfd.Dir, unix.Stat_t, error) {
	for _, s := range c.sources {
		dir, err := s.prefix(sum[0])
		if err == nil {
			var st unix.Stat_t
			if st, err = dir.Lstat(ObjectName{sum, TypeFile}.looseName(s.mode)); err == nil {
				return s, dir, st, nil
			}
		}
		if !isNotExist(err) {
			return nil, nil, unix.Stat_t{}, err
		}
	}
	return nil, nil, unix.Stat_t{}, &MissingError{ObjectName{sum, TypeFile}}
}

// node is a file as it shall be on disk.
type node struct {
	mode     uint32 // with the type
	uid, gid uint32
	target   string
	xattrs   Xattrs
}

// node applies user mode and labels to a header.
func (c *checkout) node(path string, h *FileHeader) (*node, error) {
	n := &node{mode: h.Mode, uid: h.UID, gid: h.GID, target: h.Target, xattrs: h.Xattrs}
	if c.o.UserMode || c.noXattrs {
		n.xattrs = nil
	}
	if !h.IsSymlink() {
		if c.o.UserMode {
			n.mode &^= unix.S_ISUID | unix.S_ISGID
		}
		if c.o.UserMode || c.repo.mode == ModeBareUserOnly {
			n.mode |= unix.S_IRUSR
		}
	}
	var err error
	n.xattrs, err = c.labelled(path, h.Mode, n.xattrs)
	return n, err
}

// copy writes e as a new file or symbolic link.
func (c *checkout) copy(ctx context.Context, d *dirfd.Dir, dir string, e FileEntry) error {
	f, err := c.load(e.Checksum)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := c.node(joinPath(dir, e.Name), &f.Header)
	if err != nil {
		return err
	}
	return c.place(d, e.Name, placing{
		create: func(name string) error {
			if f.Header.IsSymlink() {
				return c.writeLink(ctx, d, name, n)
			}
			if c.unpacked != nil && f.Size > 0 && f.Header.Mode&unix.S_IRUSR != 0 {
				if linked, err := c.linkUnpacked(ctx, d, name, e.Checksum, n); linked || err != nil {
					return err
				}
			}
			return c.writeFile(ctx, d, name, n, f)
		},
		same: func(old *unix.Stat_t) (bool, error) { return c.sameNode(d, e, old, n) },
	}, ctx)
}

func (c *checkout) writeLink(ctx context.Context, d *dirfd.Dir, name string, n *node) error {
	if err := atomicfs.Symlink(ctx, n.target, d, name); err != nil {
		return err
	}
	return c.setOwner(d, name, n)
}

// setOwner sets owner and attributes of what is no regular file.
func (c *checkout) setOwner(d *dirfd.Dir, name string, n *node) error {
	if c.o.UserMode {
		return nil
	}
	if err := d.Chown(name, int(n.uid), int(n.gid)); err != nil {
		return err
	}
	for _, x := range n.xattrs {
		if err := d.SetXattr(name, x.Name, x.Value); err != nil {
			return fmt.Errorf("set %s: %w", x.Name, err)
		}
	}
	return nil
}

func (c *checkout) writeFile(ctx context.Context, d *dirfd.Dir, name string, n *node, f *File) (err error) {
	if err := atomicfs.CheckHook(ctx, atomicfs.OpCreate, d.Join(name)); err != nil {
		return err
	}
	out, err := d.OpenFile(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			atomicfs.Remove(ctx, d, name)
		}
	}()
	if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, d.Join(name)); err != nil {
		return err
	}
	if err := copyPayload(ctx, out, f); err != nil {
		return err
	}
	if err := c.setFileMeta(out, n); err != nil {
		return err
	}
	if c.o.FSync {
		return atomicfs.SyncFile(ctx, out)
	}
	return nil
}

// copyPayload copies all of f and demands that there is as much as promised.
// It may take over the Reader.
func copyPayload(ctx context.Context, out *os.File, f *File) error {
	if f.Size == 0 {
		return nil
	}
	var n int64
	var err error
	if in, ok := f.Reader.(*dirfd.File); ok {
		file := in.Take()
		defer file.Close()
		n, err = dirfd.CopyData(ctx, out, file)
	} else {
		s := getScratch()
		defer s.put()
		s.ctx = ctx
		n, err = s.each(f.Reader, func(p []byte) error {
			_, err := out.Write(p)
			return err
		})
	}
	if err == nil && n != f.Size {
		err = fmt.Errorf("file object has %d bytes, not %d: %w", n, f.Size, io.ErrUnexpectedEOF)
	}
	return err
}

// setFileMeta sets the owner first, which clears capabilities and setuid bits,
// and the mode last.
func (c *checkout) setFileMeta(f *os.File, n *node) error {
	fd := int(f.Fd())
	if !c.o.UserMode {
		if err := unix.Fchown(fd, int(n.uid), int(n.gid)); err != nil {
			return &fs.PathError{Op: "chown", Path: f.Name(), Err: err}
		}
	}
	for _, x := range n.xattrs {
		if err := dirfd.FSetXattr(f, x.Name, x.Value); err != nil {
			return fmt.Errorf("set %s: %w", x.Name, err)
		}
	}
	if err := unix.Fchmod(fd, n.mode&0o7777); err != nil {
		return &fs.PathError{Op: "chmod", Path: f.Name(), Err: err}
	}
	return nil
}
