package atomicfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// at2 resolves two names and calls fn; the error names both. fn is a plain
// function, not a closure, so that a checkout of 70,000 links allocates little.
func at2(op string, od *dirfd.Dir, old string, nd *dirfd.Dir, name string, fn func(ofd int, o string, nfd int, n string) error) error {
	ofd, o, err := od.Parent(old)
	if err == nil {
		var nfd int
		var n string
		if nfd, n, err = nd.Parent(name); err == nil {
			err = fn(ofd, o, nfd, n)
		}
		nd.Release(nfd)
	}
	od.Release(ofd)
	if err != nil {
		return &os.LinkError{Op: op, Old: od.Join(old), New: nd.Join(name), Err: err}
	}
	return nil
}

// Link makes name a hard link of old (of the symbolic link itself if old is
// one). An existing name is an error matching fs.ErrExist.
func Link(ctx context.Context, od *dirfd.Dir, old string, nd *dirfd.Dir, name string) error {
	if err := check(ctx, OpLink, nd, name); err != nil {
		return err
	}
	return at2("link", od, old, nd, name, linkAt)
}

func linkAt(ofd int, o string, nfd int, n string) error { return unix.Linkat(ofd, o, nfd, n, 0) }

// Rename moves old over name atomically.
func Rename(ctx context.Context, od *dirfd.Dir, old string, nd *dirfd.Dir, name string) error {
	if err := check(ctx, OpRename, nd, name); err != nil {
		return err
	}
	return at2("rename", od, old, nd, name, unix.Renameat)
}

// RenameNoReplace moves old to name, which must not exist (fs.ErrExist).
func RenameNoReplace(ctx context.Context, od *dirfd.Dir, old string, nd *dirfd.Dir, name string) error {
	if err := check(ctx, OpRename, nd, name); err != nil {
		return err
	}
	return renameNoReplace(od, old, nd, name)
}

func renameNoReplace(od *dirfd.Dir, old string, nd *dirfd.Dir, name string) error {
	return at2("rename", od, old, nd, name, func(ofd int, o string, nfd int, n string) error {
		err := unix.Renameat2(ofd, o, nfd, n, unix.RENAME_NOREPLACE)
		if err != unix.EINVAL && err != unix.ENOSYS {
			return err
		}
		// A file system without the flag: linkat never replaces. Directories
		// cannot be linked, but rename refuses to replace one that has content.
		if err := unix.Linkat(ofd, o, nfd, n, 0); err != unix.EPERM {
			if err == nil {
				err = unix.Unlinkat(ofd, o, 0)
			}
			return err
		}
		var st unix.Stat_t
		if err := unix.Fstatat(nfd, n, &st, unix.AT_SYMLINK_NOFOLLOW); err != unix.ENOENT {
			if err == nil {
				err = unix.EEXIST
			}
			return err
		}
		return unix.Renameat(ofd, o, nfd, n)
	})
}

// Exchange swaps two names atomically: both inodes stay alive and linked, so
// the change on disk is one or two directory blocks. Where the file system
// lacks RENAME_EXCHANGE, new becomes old atomically and then old becomes new;
// that needs hard links, so directories are errors.ErrUnsupported there.
func Exchange(ctx context.Context, od *dirfd.Dir, old string, nd *dirfd.Dir, name string) error {
	if err := check(ctx, OpExchange, nd, name); err != nil {
		return err
	}
	return at2("exchange", od, old, nd, name, func(ofd int, o string, nfd int, n string) error {
		err := unix.Renameat2(ofd, o, nfd, n, unix.RENAME_EXCHANGE)
		if err == unix.EINVAL || err == unix.ENOSYS {
			return exchangeByLink(ofd, o, nfd, n)
		}
		return err
	})
}

func exchangeByLink(ofd int, o string, nfd int, n string) error {
	tmp := randomName(TempPrefix)
	switch err := unix.Linkat(nfd, n, nfd, tmp, 0); err {
	case nil:
	case unix.EPERM, unix.EOPNOTSUPP:
		return errors.ErrUnsupported
	default:
		return err
	}
	if err := unix.Renameat(ofd, o, nfd, n); err != nil {
		unix.Unlinkat(nfd, tmp, 0)
		return err
	}
	return unix.Renameat(nfd, tmp, ofd, o)
}

// Symlink creates a symbolic link; an existing name is fs.ErrExist. target is
// stored as it is.
func Symlink(ctx context.Context, target string, d *dirfd.Dir, name string) error {
	if err := check(ctx, OpSymlink, d, name); err != nil {
		return err
	}
	fd, n, err := d.Parent(name)
	if err == nil {
		err = unix.Symlinkat(target, fd, n)
	}
	d.Release(fd)
	return relErr("symlink", d, name, err)
}

// ReplaceSymlink creates or replaces a symbolic link atomically. A link that
// already has the target is left alone.
func ReplaceSymlink(ctx context.Context, target string, d *dirfd.Dir, name string) error {
	if cur, err := d.Readlink(name); err == nil && cur == target {
		return nil
	}
	tmp := randomName(TempPrefix)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		tmp = name[:i+1] + tmp
	}
	if err := Symlink(ctx, target, d, tmp); err != nil {
		return err
	}
	if err := Rename(ctx, d, tmp, d, name); err != nil {
		Remove(ctx, d, tmp)
		return err
	}
	return nil
}

// Mkdir creates a directory; an existing name is fs.ErrExist. perm is subject
// to the umask, as with mkdir(2).
func Mkdir(ctx context.Context, d *dirfd.Dir, name string, perm uint32) error {
	if err := check(ctx, OpMkdir, d, name); err != nil {
		return err
	}
	fd, n, err := d.Parent(name)
	if err == nil {
		err = unix.Mkdirat(fd, n, perm)
	}
	d.Release(fd)
	return relErr("mkdir", d, name, err)
}

// MkdirAll creates the directory rel and missing parents. An existing
// directory is fine; anything else in the way is an error.
func MkdirAll(ctx context.Context, d *dirfd.Dir, rel string, perm uint32) error {
	if err := dirfd.CheckPath(rel); err != nil || rel == "." {
		return err
	}
	if st, err := d.Lstat(rel); err == nil {
		if st.Mode&unix.S_IFMT != unix.S_IFDIR {
			return &fs.PathError{Op: "mkdir", Path: d.Join(rel), Err: unix.ENOTDIR}
		}
		return nil
	}
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		if err := MkdirAll(ctx, d, rel[:i], perm); err != nil {
			return err
		}
	}
	err := Mkdir(ctx, d, rel, perm)
	if errors.Is(err, fs.ErrExist) { // somebody else was faster
		return MkdirAll(ctx, d, rel, perm)
	}
	return err
}

func relErr(op string, d *dirfd.Dir, rel string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: d.Join(rel), Err: err}
}
