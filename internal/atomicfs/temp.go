package atomicfs

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// TempPrefix starts the name of every temporary file and symbolic link that
// this package creates; a crash can leave some, and any such name may be
// deleted when no operation is running.
const TempPrefix = ".tmp-"

// maxTries bounds the search for an unused random name (64 bits of it).
const maxTries = 100

func randomName(prefix string) string {
	return prefix + strconv.FormatUint(rand.Uint64(), 36)
}

// TempFile opens a new file in d for reading and writing, with no name where
// the file system can (O_TMPFILE) and a TempPrefix name otherwise. Its mode is
// exactly perm. End with Publish and Close, or Discard.
func TempFile(ctx context.Context, d *dirfd.Dir, perm uint32) (*os.File, error) {
	if err := check(ctx, OpCreate, d, "."); err != nil {
		return nil, err
	}
	fd, err := unix.Openat(d.Fd(), ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, perm)
	var f *os.File
	switch err {
	case nil:
		f = os.NewFile(uintptr(fd), d.Path()+"/(unnamed)")
	case unix.EOPNOTSUPP, unix.EISDIR, unix.EINVAL:
		if f, err = namedTemp(d, perm); err != nil {
			return nil, err
		}
	default:
		return nil, &fs.PathError{Op: "create temporary file in", Path: d.Path(), Err: err}
	}
	if err := unix.Fchmod(int(f.Fd()), perm); err != nil {
		return nil, errors.Join(&fs.PathError{Op: "chmod", Path: f.Name(), Err: err}, Discard(ctx, d, f))
	}
	return f, nil
}

func namedTemp(d *dirfd.Dir, perm uint32) (*os.File, error) {
	for try := 0; ; try++ {
		f, err := d.OpenFile(randomName(TempPrefix), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, perm)
		if err == nil || !errors.Is(err, fs.ErrExist) || try >= maxTries {
			return f, err
		}
	}
}

// tempName is the name of a TempFile in its directory, "" for an unnamed one.
func tempName(f *os.File) string {
	if n := path.Base(f.Name()); strings.HasPrefix(n, TempPrefix) {
		return n
	}
	return ""
}

// Publish gives the complete TempFile f the name in d, which must be on the
// same file system. An existing file of that name stays and is reported as
// existed: for content-addressed names that is success. f stays open.
func Publish(ctx context.Context, f *os.File, d *dirfd.Dir, name string) (existed bool, err error) {
	if err := check(ctx, OpLink, d, name); err != nil {
		return false, err
	}
	if tempName(f) != "" {
		err = publishNamed(f, d, name)
	} else {
		err = d.At("link", name, func(dirfd int, base string) error { return linkFd(int(f.Fd()), dirfd, base) })
	}
	if errors.Is(err, fs.ErrExist) {
		return true, nil
	}
	return false, err
}

// linkFd links an open file. The direct way needs a privilege before Linux 6.10, for want of which the kernel says that
// there is no such file; the other one needs /proc, and takes longer.
func linkFd(fd, dirfd int, name string) error {
	err := unix.Linkat(fd, "", dirfd, name, unix.AT_EMPTY_PATH)
	if err == unix.ENOENT || err == unix.EPERM || err == unix.EINVAL {
		err2 := unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), dirfd, name, unix.AT_SYMLINK_FOLLOW)
		if err2 != unix.ENOENT {
			err = err2
		}
	}
	return err
}

func publishNamed(f *os.File, d *dirfd.Dir, name string) error {
	parent, err := dirfd.Open(path.Dir(f.Name()))
	if err != nil {
		return err
	}
	defer parent.Close()
	return renameNoReplace(parent, tempName(f), d, name)
}

// Discard closes a TempFile of d and removes its name if it has one. For an
// unnamed file, and after Publish, it is Close.
func Discard(ctx context.Context, d *dirfd.Dir, f *os.File) error {
	err := f.Close()
	if n := tempName(f); n != "" {
		if err := Remove(ctx, d, n); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// TempDir creates a new directory of mode perm in d whose name starts with
// prefix.
func TempDir(ctx context.Context, d *dirfd.Dir, prefix string, perm uint32) (string, error) {
	for try := 0; ; try++ {
		name := randomName(prefix)
		err := Mkdir(ctx, d, name, perm)
		if err == nil || !errors.Is(err, fs.ErrExist) || try >= maxTries {
			return name, err
		}
	}
}
