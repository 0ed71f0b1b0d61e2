package atomicfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// verityBlock is the block size of the hash tree, the one that every kernel and file system supports.
const verityBlock = 4096

type verityKey struct{}

// WithVerity returns a context in which Seal calls enable instead of asking the kernel, for tests: few kernels and file
// systems have fs-verity. f is open only for reading.
func WithVerity(ctx context.Context, enable func(f *os.File) error) context.Context {
	return context.WithValue(ctx, verityKey{}, enable)
}

// Seal enables fs-verity on the complete file f: from then on the kernel refuses to write to the file, and verifies what
// is read from it. The digest is SHA-256 without salt, of blocks of 4 KiB. A file that has it already is fine. The
// error matches errors.ErrUnsupported if kernel or file system cannot do it.
//
// The kernel demands that nobody has the file open for writing. Therefore f, if it is, is open only for reading
// afterwards, with the same descriptor, also after an error; a TempFile can be published as before.
func Seal(ctx context.Context, f *os.File) error {
	if err := CheckHook(ctx, OpAttr, f.Name()); err != nil {
		return err
	}
	if err := dropWrite(f); err != nil {
		return &fs.PathError{Op: "reopen", Path: f.Name(), Err: err}
	}
	enable, ok := ctx.Value(verityKey{}).(func(f *os.File) error)
	if !ok {
		enable = enableVerity
	}
	err := enable(f)
	switch {
	case errors.Is(err, unix.EEXIST):
		return nil
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOTTY):
		err = errors.ErrUnsupported
	}
	if err != nil {
		return &fs.PathError{Op: "enable fs-verity", Path: f.Name(), Err: err}
	}
	return nil
}

// dropWrite replaces what the descriptor of f refers to by the same file open for reading.
func dropWrite(f *os.File) error {
	fd := int(f.Fd())
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE == unix.O_RDONLY {
		return err
	}
	ro, err := unix.Open("/proc/self/fd/"+strconv.Itoa(fd), unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	return errors.Join(unix.Dup3(ro, fd, unix.O_CLOEXEC), unix.Close(ro))
}

// enableVerity asks the kernel, and again when a signal came in between: building the tree of a large file takes long.
func enableVerity(f *os.File) error {
	arg := unix.FsverityEnableArg{Version: 1, Hash_algorithm: unix.FS_VERITY_HASH_ALG_SHA256, Block_size: verityBlock}
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), unix.FS_IOC_ENABLE_VERITY, uintptr(unsafe.Pointer(&arg)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
			continue
		}
		return errno
	}
}
