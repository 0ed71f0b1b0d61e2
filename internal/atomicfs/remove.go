package atomicfs

import (
	"context"
	"errors"
	"io/fs"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// Remove unlinks rel, or removes it if it is an empty directory.
func Remove(ctx context.Context, d *dirfd.Dir, rel string) error {
	if err := check(ctx, OpUnlink, d, rel); err != nil {
		return err
	}
	return d.At("remove", rel, func(dirfd int, n string) error {
		err := unix.Unlinkat(dirfd, n, 0)
		if err == unix.EISDIR || err == unix.EPERM {
			if derr := unix.Unlinkat(dirfd, n, unix.AT_REMOVEDIR); derr != unix.ENOTDIR {
				err = derr
			}
		}
		return err
	})
}

// RemoveAll removes rel and everything below it; absent is success. It clears
// the immutable flag of directories on the way, makes directories of the
// caller's own writable, follows no link and stays on one file system. An
// interrupted call is finished by the next one.
func RemoveAll(ctx context.Context, d *dirfd.Dir, rel string) error {
	st, err := d.Lstat(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return ignoreGone(Remove(ctx, d, rel))
	}
	sub, err := openForRemoval(ctx, d, rel, &st)
	if err != nil {
		return ignoreGone(err)
	}
	defer sub.Close()
	if err := emptyDir(ctx, sub, st.Dev); err != nil {
		return err
	}
	if err := check(ctx, OpRmdir, d, rel); err != nil {
		return err
	}
	return ignoreGone(mutably(ctx, sub, func() error { return rmdir(d, rel) }))
}

func rmdir(d *dirfd.Dir, rel string) error {
	return d.At("rmdir", rel, func(dirfd int, n string) error {
		return unix.Unlinkat(dirfd, n, unix.AT_REMOVEDIR)
	})
}

// mutably runs step, and once more without the immutable flag of d if that
// stood in the way.
func mutably(ctx context.Context, d *dirfd.Dir, step func() error) error {
	err := step()
	if !errors.Is(err, unix.EPERM) {
		return err
	}
	if on, ierr := d.Immutable("."); ierr != nil || !on {
		return err
	}
	if err := check(ctx, OpAttr, d, "."); err != nil {
		return err
	}
	if err := d.SetImmutable(".", false); err != nil {
		return err
	}
	return step()
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// openForRemoval makes the directory readable and writable for its owner first:
// trees hold directories of mode 0555, which stop an unprivileged user.
func openForRemoval(ctx context.Context, d *dirfd.Dir, rel string, st *unix.Stat_t) (*dirfd.Dir, error) {
	if st.Mode&0o700 != 0o700 {
		if err := check(ctx, OpAttr, d, rel); err != nil {
			return nil, err
		}
		if err := d.Chmod(rel, st.Mode&0o7777|0o700); err != nil && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
	}
	return d.OpenDir(rel)
}

func emptyDir(ctx context.Context, d *dirfd.Dir, dev uint64) error {
	ents, err := d.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range ents {
		if e.Type != unix.DT_DIR {
			err = ignoreGone(mutably(ctx, d, func() error { return Remove(ctx, d, e.Name) }))
		} else if err = sameDevice(d, e.Name, dev); err == nil {
			err = mutably(ctx, d, func() error { return RemoveAll(ctx, d, e.Name) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sameDevice protects mounts below a tree from being emptied, also those of a
// directory of the same file system (bind mounts), which have the same device.
func sameDevice(d *dirfd.Dir, name string, dev uint64) error {
	var st unix.Statx_t
	err := unix.Statx(d.Fd(), name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_TYPE, &st)
	if err == nil && (st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0 || unix.Mkdev(st.Dev_major, st.Dev_minor) != dev) {
		err = unix.EXDEV
	}
	if err != nil {
		err = &fs.PathError{Op: "remove", Path: d.Join(name), Err: err}
	}
	return ignoreGone(err)
}
