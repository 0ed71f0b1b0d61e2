package etcmerge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// Apply carries out the plan on target, reading from mod. The target must not
// be in use yet: an interrupted Apply leaves it half merged, and the remedy is
// to start again from fresh defaults. Files that vanished from mod since the
// plan was made count as removed.
func (p *Plan) Apply(ctx context.Context, mod, target string) error {
	a := &applier{ctx: ctx}
	var err error
	if a.mod, err = dirfd.Open(mod); err != nil {
		return fmt.Errorf("merge into %s: %w", target, err)
	}
	defer a.mod.Close()
	if a.target, err = dirfd.Open(target); err != nil {
		return fmt.Errorf("merge into %s: %w", target, err)
	}
	defer a.target.Close()
	for _, s := range p.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.step(s); err != nil {
			return fmt.Errorf("merge %s into %s: %w", s.Path, target, err)
		}
	}
	return a.finish()
}

type applier struct {
	ctx         context.Context
	mod, target *dirfd.Dir
	made        []madeDir
}

// madeDir is a new directory that gets its final attributes at the end, when
// everything is in it.
type madeDir struct {
	path string
	st   dirfd.Stat
}

func (a *applier) step(s Step) error {
	switch s.Op {
	case OpRemove:
		return atomicfs.RemoveAll(a.ctx, a.target, s.Path)
	case OpMkdir:
		return a.mkdir(s.Path)
	case OpCopy:
		return a.copy(s.Path)
	case OpAttr:
		return a.attr(s.Path)
	}
	return fmt.Errorf("unknown step %q", s.Op)
}

func (a *applier) mkdir(rel string) error {
	st, err := a.mod.Lstat(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// Vanished parents were removed by the administrator meanwhile; whatever
	// is still copied below them needs them all the same.
	err = atomicfs.MkdirAll(a.ctx, a.target, rel, 0o700)
	a.made = append(a.made, madeDir{rel, st})
	return err
}

func (a *applier) attr(rel string) error {
	st, err := a.mod.Lstat(rel)
	if errors.Is(err, fs.ErrNotExist) || err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	if err == nil {
		err = atomicfs.CheckHook(a.ctx, atomicfs.OpAttr, a.target.Join(rel))
	}
	if err == nil {
		err = a.setOwnerMode(rel, &st)
	}
	return err
}

// finish sets the attributes of new directories, deepest first.
func (a *applier) finish() error {
	for _, m := range slices.Backward(a.made) {
		err := atomicfs.CheckHook(a.ctx, atomicfs.OpAttr, a.target.Join(m.path))
		if err == nil {
			err = a.setOwnerMode(m.path, &m.st)
		}
		if err == nil {
			err = a.copyXattrs(m.path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setOwnerMode: owner first, since chown clears set-id bits.
func (a *applier) setOwnerMode(rel string, want *dirfd.Stat) error {
	cur, err := a.target.Lstat(rel)
	if err != nil {
		return err
	}
	if cur.Uid != want.Uid || cur.Gid != want.Gid {
		if err := a.target.Chown(rel, int(want.Uid), int(want.Gid)); err != nil {
			return err
		}
	}
	if want.Mode&unix.S_IFMT == unix.S_IFLNK {
		return nil
	}
	return a.target.Chmod(rel, want.Mode)
}

func (a *applier) copyXattrs(rel string) error {
	attrs, err := a.mod.ReadXattrs(rel)
	if err != nil {
		return ignoreVanished(err)
	}
	for _, x := range attrs {
		if err := a.target.SetXattr(rel, x.Name, x.Value); err != nil && !optionalXattr(err) {
			return err
		}
	}
	return nil
}

// optionalXattr: attributes that the caller may not set (labels, capabilities
// when unprivileged) or the file system lacks do not stop a merge.
func optionalXattr(err error) bool {
	return errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EPERM) && os.Geteuid() != 0
}

func ignoreVanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (a *applier) copy(rel string) error {
	st, err := a.mod.Lstat(rel)
	if err == nil {
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			err = a.copyFile(rel)
		case unix.S_IFLNK:
			err = a.copyLink(rel, &st)
		default:
			err = errors.New("changed its type while the merge ran")
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := a.mod.Lstat(rel); errors.Is(gone, fs.ErrNotExist) {
			return atomicfs.RemoveAll(a.ctx, a.target, rel)
		}
	}
	return err
}

func (a *applier) copyLink(rel string, st *dirfd.Stat) error {
	to, err := a.mod.Readlink(rel)
	if err != nil {
		return err
	}
	if err := atomicfs.RemoveAll(a.ctx, a.target, rel); err != nil {
		return err
	}
	if err := atomicfs.Symlink(a.ctx, to, a.target, rel); err != nil {
		return err
	}
	if err := a.setOwnerMode(rel, st); err != nil {
		return err
	}
	return a.copyXattrs(rel)
}

// copyFile takes all attributes from the open file, so that one replaced
// meanwhile gives the old or the new version, not a mixture.
func (a *applier) copyFile(rel string) error {
	src, err := a.mod.OpenFile(rel, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	dir, name := a.target, rel
	if parent := path.Dir(rel); parent != "." {
		if dir, err = a.target.OpenDir(parent); err != nil {
			return err
		}
		defer dir.Close()
		name = path.Base(rel)
	}
	f, err := atomicfs.TempFile(a.ctx, dir, 0o600)
	if err != nil {
		return err
	}
	if err := a.fill(f, src); err != nil {
		return errors.Join(err, atomicfs.Discard(a.ctx, dir, f))
	}
	if err := atomicfs.RemoveAll(a.ctx, dir, name); err != nil {
		return errors.Join(err, atomicfs.Discard(a.ctx, dir, f))
	}
	_, err = atomicfs.Publish(a.ctx, f, dir, name)
	return errors.Join(err, atomicfs.Discard(a.ctx, dir, f))
}

func (a *applier) fill(f, src *os.File) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(src.Fd()), &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return errors.New("changed its type while the merge ran")
	}
	if _, err := dirfd.CopyData(a.ctx, f, src); err != nil {
		return err
	}
	var now unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &now); err != nil {
		return err
	}
	if now.Uid != st.Uid || now.Gid != st.Gid {
		if err := f.Chown(int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	attrs, err := dirfd.FReadXattrs(src)
	if err != nil {
		return err
	}
	for _, x := range attrs {
		if err := dirfd.FSetXattr(f, x.Name, x.Value); err != nil && !optionalXattr(err) {
			return err
		}
	}
	if err := unix.Fchmod(int(f.Fd()), st.Mode&0o7777); err != nil {
		return err
	}
	return dirfd.FUtimens(f, time.Unix(st.Atim.Unix()), time.Unix(st.Mtim.Unix()))
}
