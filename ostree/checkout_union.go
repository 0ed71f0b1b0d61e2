package ostree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// placing says how to make a file and how to compare it with one in the way.
type placing struct {
	create func(name string) error     // must fail with fs.ErrExist
	linked func(old *unix.Stat_t) bool // the file in the way is the same inode; nil if it cannot be
	same   func(old *unix.Stat_t) (bool, error)
}

// place makes a file called name, or does what the union mode says where there is
// one.
func (c *checkout) place(d *dirfd.Dir, name string, p placing, ctx context.Context) error {
	err := p.create(name)
	if !isExist(err) || c.o.Union == UnionNone {
		return err
	}
	if c.o.Union == UnionAdd {
		return nil
	}
	old, serr := d.Lstat(name)
	if serr != nil {
		return serr
	}
	if p.linked != nil && p.linked(&old) {
		return nil
	}
	if c.o.Union == UnionFiles {
		return c.replace(ctx, d, name, p)
	}
	same, serr := p.same(&old)
	if serr != nil {
		return serr
	}
	if !same {
		return err
	}
	return nil
}

// replace puts the new file under a temporary name and renames it, so that name
// always has a complete file.
func (c *checkout) replace(ctx context.Context, d *dirfd.Dir, name string, p placing) error {
	for {
		tmp := atomicfs.TempPrefix + strconv.FormatUint(rand.Uint64(), 36)
		err := p.create(tmp)
		if isExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err = c.renameOver(ctx, d, tmp, name); err != nil {
			atomicfs.Remove(ctx, d, tmp)
		}
		return err
	}
}

func (c *checkout) renameOver(ctx context.Context, d *dirfd.Dir, tmp, name string) error {
	err := atomicfs.Rename(ctx, d, tmp, d, name)
	if errors.Is(err, unix.EISDIR) && c.replaces() {
		if err = atomicfs.RemoveAll(ctx, d, name); err == nil {
			err = atomicfs.Rename(ctx, d, tmp, d, name)
		}
	}
	return err
}

// applyWhiteouts removes what the tree says is gone, before its own files come.
func (c *checkout) applyWhiteouts(ctx context.Context, d *dirfd.Dir, path string, dt *DirTree) error {
	for _, e := range dt.Files {
		if !strings.HasPrefix(e.Name, whiteoutPrefix) {
			continue
		}
		if e.Name == opaqueWhiteout {
			if err := c.emptyDir(ctx, d); err != nil {
				return err
			}
			continue
		}
		name, err := whiteoutName(path, e.Name, whiteoutPrefix)
		if err != nil {
			return err
		}
		if err := atomicfs.RemoveAll(ctx, d, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *checkout) emptyDir(ctx context.Context, d *dirfd.Dir) error {
	ents, err := d.ReadDir(".")
	for _, e := range ents {
		if err == nil {
			err = atomicfs.RemoveAll(ctx, d, e.Name)
		}
	}
	return err
}

// whiteoutName cuts the prefix off and refuses what would be another directory.
func whiteoutName(path, full, prefix string) (string, error) {
	name := strings.TrimPrefix(full, prefix)
	if err := checkFileName(name); err != nil {
		return "", fmt.Errorf("whiteout %s: %w", joinPath(path, full), err)
	}
	return name, nil
}

// passthrough makes the device that overlayfs takes for a whiteout (kernel
// documentation, filesystems/overlayfs, "whiteouts and opaque directories").
func (c *checkout) passthrough(ctx context.Context, d *dirfd.Dir, dir string, e FileEntry) error {
	name, err := whiteoutName(dir, e.Name, passthroughWhiteout)
	if err != nil {
		return err
	}
	f, err := c.load(e.Checksum)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := c.node(joinPath(dir, name), &f.Header)
	if err != nil {
		return err
	}
	n.mode = unix.S_IFCHR | n.mode&0o7777
	return c.place(d, name, placing{
		create: func(name string) error { return c.writeDevice(ctx, d, name, n) },
		same: func(old *unix.Stat_t) (bool, error) {
			return old.Rdev == 0 && old.Mode == n.mode && c.sameOwner(old, n), nil
		},
	}, ctx)
}

func (c *checkout) writeDevice(ctx context.Context, d *dirfd.Dir, name string, n *node) error {
	if err := atomicfs.CheckHook(ctx, atomicfs.OpMknod, d.Join(name)); err != nil {
		return err
	}
	if err := d.Mknod(name, unix.S_IFCHR|n.mode&0o777, 0); err != nil {
		return err
	}
	if err := c.setOwner(d, name, n); err != nil {
		return err
	}
	return d.Chmod(name, n.mode&0o7777)
}

func (c *checkout) sameOwner(old *unix.Stat_t, n *node) bool {
	return c.o.UserMode || old.Uid == n.uid && old.Gid == n.gid
}

// sameAsObject compares an existing file with the object that a link would show.
func (c *checkout) sameAsObject(d *dirfd.Dir, e FileEntry, old, obj *unix.Stat_t) (bool, error) {
	f, err := c.load(e.Checksum)
	if err != nil {
		return false, err
	}
	f.Close()
	n := &node{mode: obj.Mode, uid: obj.Uid, gid: obj.Gid, target: f.Header.Target, xattrs: f.Header.Xattrs}
	return c.sameNode(d, e, old, n)
}

// sameNode compares an existing file with n and the payload of e.
func (c *checkout) sameNode(d *dirfd.Dir, e FileEntry, old *unix.Stat_t, n *node) (bool, error) {
	if old.Mode != n.mode || !c.sameOwner(old, n) {
		return false, nil
	}
	if !c.o.UserMode && !c.noXattrs {
		have, err := d.ReadXattrs(e.Name)
		if err != nil || !equalXattrs(fromDisk(have), n.xattrs.onDisk()) {
			return false, err
		}
	}
	if n.mode&unix.S_IFMT == unix.S_IFLNK {
		target, err := d.Readlink(e.Name)
		return target == n.target, err
	}
	return c.samePayload(d, e, old.Size)
}

func (c *checkout) samePayload(d *dirfd.Dir, e FileEntry, size int64) (bool, error) {
	f, err := c.load(e.Checksum)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if f.Reader == nil || f.Size != size {
		return false, nil
	}
	old, err := d.OpenFile(e.Name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer old.Close()
	return sameBytes(old, f.Reader)
}

// sameBytes compares two streams.
func sameBytes(a, b io.Reader) (bool, error) {
	s := getScratch()
	defer s.put()
	half := len(s.buf) / 2
	x, y := s.buf[:half], s.buf[half:]
	for {
		n, aerr := io.ReadFull(a, x)
		m, berr := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		switch {
		case aerr == nil && berr == nil:
			continue
		case ended(aerr) && ended(berr):
			return true, nil
		case aerr != nil && !ended(aerr):
			return false, &fs.PathError{Op: "read", Path: "existing file", Err: aerr}
		}
		return false, berr
	}
}

func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
