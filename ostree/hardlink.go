package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// BreakHardlink makes the regular file or symbolic link at path one that may be
// written to: if it has several names, as one that [Repo.Checkout] has linked to
// the repository, a copy takes the place of this name, with the same content,
// owner, mode, attributes and modification time. One that has no other name is
// left as it is. After a power failure the name stands for the one or the other.
// A link at the end of path is not followed.
func BreakHardlink(ctx context.Context, path string) error {
	dir, err := dirfd.Open(filepath.Dir(path))
	if err == nil {
		defer dir.Close()
		err = breakHardlink(ctx, dir, filepath.Base(path))
	}
	if err != nil {
		return fmt.Errorf("break hardlink %s: %w", path, err)
	}
	return nil
}

func breakHardlink(ctx context.Context, dir *dirfd.Dir, name string) error {
	st, err := dir.Lstat(name)
	if err != nil {
		return err
	}
	duplicate := copyRegular
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFLNK:
		duplicate = copySymlink
	default:
		return fmt.Errorf("neither a regular file nor a symbolic link: %w", errors.ErrUnsupported)
	}
	if st.Nlink < 2 {
		return nil
	}
	tmp := atomicfs.TempPrefix + strconv.FormatUint(rand.Uint64(), 36)
	if err = duplicate(ctx, dir, name, tmp, &st); err == nil {
		err = atomicfs.Rename(ctx, dir, tmp, dir, name)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return errors.Join(err, ignoreNotExist(atomicfs.Remove(ctx, dir, tmp)))
	}
	return err
}

func copyRegular(ctx context.Context, dir *dirfd.Dir, name, tmp string, st *dirfd.Stat) error {
	in, err := dir.OpenFile(name, unix.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := atomicfs.TempFile(ctx, dir, 0o600)
	if err != nil {
		return err
	}
	if err := fillCopy(ctx, out, in, st); err != nil {
		return errors.Join(err, atomicfs.Discard(ctx, dir, out))
	}
	existed, err := atomicfs.Publish(ctx, out, dir, tmp)
	if existed {
		err = &fs.PathError{Op: "create", Path: dir.Join(tmp), Err: fs.ErrExist}
	}
	if err != nil {
		return errors.Join(err, atomicfs.Discard(ctx, dir, out))
	}
	return out.Close()
}

// fillCopy sets the owner before the attributes, since a change of it drops
// capabilities, and the time last.
func fillCopy(ctx context.Context, out, in *os.File, st *dirfd.Stat) error {
	if _, err := dirfd.CopyData(ctx, out, in); err != nil {
		return err
	}
	if err := out.Chown(int(st.Uid), int(st.Gid)); err != nil {
		return err
	}
	attrs, err := dirfd.FReadXattrs(in)
	if err != nil {
		return err
	}
	for _, x := range attrs {
		if err := dirfd.FSetXattr(out, x.Name, x.Value); err != nil {
			return fmt.Errorf("set %s: %w", x.Name, err)
		}
	}
	if err := unix.Fchmod(int(out.Fd()), st.Mode&0o7777); err != nil {
		return &fs.PathError{Op: "chmod", Path: out.Name(), Err: err}
	}
	if err := dirfd.FUtimens(out, time.Unix(st.Atim.Unix()), time.Unix(st.Mtim.Unix())); err != nil {
		return err
	}
	return atomicfs.SyncFile(ctx, out)
}

func copySymlink(ctx context.Context, dir *dirfd.Dir, name, tmp string, st *dirfd.Stat) error {
	target, err := dir.Readlink(name)
	if err != nil {
		return err
	}
	attrs, err := dir.ReadXattrs(name)
	if err != nil {
		return err
	}
	if err := atomicfs.Symlink(ctx, target, dir, tmp); err != nil {
		return err
	}
	if err := dir.Chown(tmp, int(st.Uid), int(st.Gid)); err != nil {
		return err
	}
	for _, x := range attrs {
		if err := dir.SetXattr(tmp, x.Name, x.Value); err != nil {
			return fmt.Errorf("set %s: %w", x.Name, err)
		}
	}
	return dir.Utimens(tmp, time.Unix(st.Atim.Unix()), time.Unix(st.Mtim.Unix()))
}
