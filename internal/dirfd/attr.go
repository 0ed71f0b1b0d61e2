package dirfd

import (
	"errors"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// immutableFlag is FS_IMMUTABLE_FL of ioctl_iflags(2).
const immutableFlag = 0x10

// Mknod creates a fifo, socket, device or empty regular file.
func (d *Dir) Mknod(rel string, mode uint32, dev uint64) error {
	return d.At("mknod", rel, func(dirfd int, name string) error {
		return unix.Mknodat(dirfd, name, mode, int(dev))
	})
}

// Chmod sets the permission bits (07777) of rel, which must not be a symbolic
// link (those have none).
func (d *Dir) Chmod(rel string, mode uint32) error {
	return d.At("chmod", rel, func(dirfd int, name string) error {
		err := unix.Fchmodat(dirfd, name, mode&0o7777, unix.AT_SYMLINK_NOFOLLOW)
		if err == unix.ENOSYS || err == unix.EOPNOTSUPP {
			return chmodProc(dirfd, name, mode&0o7777)
		}
		return err
	})
}

// chmodProc is for kernels without fchmodat2(2): an O_PATH descriptor pins the
// inode, and /proc/self/fd names exactly it.
func chmodProc(dirfd int, name string, mode uint32) error {
	fd, err := openRetry(dirfd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st Stat
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK {
		return unix.EOPNOTSUPP
	}
	return unix.Chmod(procPath(fd, ""), mode)
}

// Chown sets owner and group of rel itself; -1 keeps one.
func (d *Dir) Chown(rel string, uid, gid int) error {
	return d.At("chown", rel, func(dirfd int, name string) error {
		return unix.Fchownat(dirfd, name, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// Utimens sets access and modification time of rel itself.
func (d *Dir) Utimens(rel string, atime, mtime time.Time) error {
	ts := make([]unix.Timespec, 2)
	for i, t := range []time.Time{atime, mtime} {
		var err error
		if ts[i], err = unix.TimeToTimespec(t); err != nil {
			return d.err("utimens", rel, err)
		}
	}
	return d.At("utimens", rel, func(dirfd int, name string) error {
		return unix.UtimesNanoAt(dirfd, name, ts, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// FUtimens sets access and modification time of an open file.
func FUtimens(f *os.File, atime, mtime time.Time) error {
	ts := make([]unix.Timespec, 2)
	for i, t := range []time.Time{atime, mtime} {
		var err error
		if ts[i], err = unix.TimeToTimespec(t); err != nil {
			return fileErr("utimens", f, err)
		}
	}
	return fileErr("utimens", f, unix.UtimesNanoAt(unix.AT_FDCWD, procPath(int(f.Fd()), ""), ts, 0))
}

// Touch sets both times of rel to now, as the kernel sees it.
func (d *Dir) Touch(rel string) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_NOW}, {Nsec: unix.UTIME_NOW}}
	return d.At("utimens", rel, func(dirfd int, name string) error {
		return unix.UtimesNanoAt(dirfd, name, ts, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// Immutable reports whether rel (a file or directory) has the immutable flag.
// False on file systems without flags.
func (d *Dir) Immutable(rel string) (bool, error) {
	f, err := d.OpenFile(rel, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if flagsUnsupported(err) {
		return false, nil
	}
	return flags&immutableFlag != 0, d.err("getflags", rel, err)
}

// SetImmutable sets or clears the immutable flag of rel. Missing permission
// or support is errors.ErrUnsupported.
func (d *Dir) SetImmutable(rel string, on bool) error {
	f, err := d.OpenFile(rel, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	fd := int(f.Fd())
	flags, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if err == nil && (flags&immutableFlag != 0) != on {
		err = unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, flags^immutableFlag)
	}
	if err == unix.EPERM || flagsUnsupported(err) {
		err = errors.ErrUnsupported
	}
	return d.err("setflags", rel, err)
}

func flagsUnsupported(err error) bool {
	return err == unix.ENOTTY || err == unix.EOPNOTSUPP || err == unix.EINVAL || err == unix.ENOSYS
}

// procPath names an open descriptor, or an entry of an open directory, for
// system calls that take only a path.
func procPath(fd int, name string) string {
	p := "/proc/self/fd/" + strconv.Itoa(fd)
	if name != "" {
		p += "/" + name
	}
	return p
}
