package dirfd

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// At resolves the parent of rel and calls fn with a descriptor of it and the
// last component; fn must not keep the descriptor. The error is a
// *fs.PathError with op.
func (d *Dir) At(op, rel string, fn func(dirfd int, name string) error) error {
	dirfd, name, err := d.Parent(rel)
	if err == nil {
		err = fn(dirfd, name)
		d.Release(dirfd)
	}
	return d.err(op, rel, err)
}

// Parent resolves the parent of rel and returns a descriptor for it with the
// last component. For a bare name that is d's own descriptor and costs no
// system call. End with Release, also after an error.
func (d *Dir) Parent(rel string) (int, string, error) {
	if !validPath(rel) {
		return -1, "", ErrBadName
	}
	i := strings.LastIndexByte(rel, '/')
	if i < 0 {
		return d.fd, rel, nil
	}
	fd, err := openBeneath(d.fd, rel[:i], unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return fd, rel[i+1:], err
}

// Release closes a descriptor from Parent unless it is d's own.
func (d *Dir) Release(fd int) {
	if fd != d.fd && fd >= 0 {
		unix.Close(fd)
	}
}

// openBeneath opens rel below dirfd without following any symbolic link.
func openBeneath(dirfd int, rel string, flags int, perm uint32) (int, error) {
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_NOFOLLOW),
		Mode:    uint64(perm),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	for {
		fd, err := unix.Openat2(dirfd, rel, &how)
		switch err {
		case unix.EINTR, unix.EAGAIN: // EAGAIN: a rename raced with the lookup
			continue
		case unix.ENOSYS, unix.EPERM: // old kernel, or a seccomp filter that does not know the call
			return openSteps(dirfd, rel, flags, perm)
		}
		return fd, err
	}
}

// openSteps is openBeneath for kernels without openat2.
func openSteps(dirfd int, rel string, flags int, perm uint32) (int, error) {
	cur := dirfd
	for {
		name, rest, more := strings.Cut(rel, "/")
		f, p := unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, uint32(0)
		if !more {
			f, p = flags, perm
		}
		fd, err := openRetry(cur, name, f|unix.O_NOFOLLOW, p)
		if cur != dirfd {
			unix.Close(cur)
		}
		if err != nil || !more {
			return fd, err
		}
		cur, rel = fd, rest
	}
}

func openRetry(dirfd int, name string, flags int, perm uint32) (int, error) {
	for {
		fd, err := unix.Openat(dirfd, name, flags, perm)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// open resolves rel: one plain openat for a bare name, openat2 otherwise.
func (d *Dir) open(rel string, flags int, perm uint32) (int, error) {
	if !validPath(rel) {
		return -1, ErrBadName
	}
	flags |= unix.O_NOFOLLOW | unix.O_CLOEXEC
	if strings.IndexByte(rel, '/') < 0 {
		return openRetry(d.fd, rel, flags, perm)
	}
	return openBeneath(d.fd, rel, flags, perm)
}

// OpenDir opens the directory rel; a symbolic link is an error.
func (d *Dir) OpenDir(rel string) (*Dir, error) {
	fd, err := d.open(rel, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, d.err("open", rel, err)
	}
	return &Dir{fd: fd, path: d.Join(rel)}, nil
}

// OpenFile opens rel with the given O_* flags, O_NOFOLLOW and O_CLOEXEC added.
func (d *Dir) OpenFile(rel string, flags int, perm uint32) (*os.File, error) {
	fd, err := d.open(rel, flags, perm)
	if err != nil {
		return nil, d.err("open", rel, err)
	}
	return os.NewFile(uintptr(fd), d.Join(rel)), nil
}
