package dirfd

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Reflink makes dst share all data of src (FICLONE). errors.ErrUnsupported if
// the file system cannot, or the two are on different ones.
func Reflink(dst, src *os.File) error {
	err := unix.IoctlFileClone(int(dst.Fd()), int(src.Fd()))
	switch err {
	case unix.EOPNOTSUPP, unix.EXDEV, unix.EINVAL, unix.ENOTTY, unix.ENOSYS, unix.EPERM:
		err = errors.ErrUnsupported
	}
	return fileErr("reflink", dst, err)
}

// CopyData copies the whole of src into the empty file dst the cheapest way
// the kernel offers: reflink, copy_file_range(2), sendfile(2), then read and
// write. Both offsets are unspecified afterwards. It ends soon after ctx.
func CopyData(ctx context.Context, dst, src *os.File) (int64, error) {
	if err := Reflink(dst, src); err == nil {
		st, err := dst.Stat()
		if err != nil {
			return 0, err
		}
		return st.Size(), nil
	}
	for _, way := range []func(out, in int, off *int64) (int, error){copyRange, sendFile} {
		n, err := copyPieces(ctx, dst, src, way)
		if n > 0 || err != nil && !cannotCopy(err) {
			return n, err
		}
		// Nothing was copied: the kernel cannot, or there is nothing.
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(struct{ io.Writer }{dst}, src)
}

// copyPiece bounds what is copied before the context is looked at again.
const copyPiece = 64 << 20

func copyRange(out, in int, off *int64) (int, error) {
	return unix.CopyFileRange(in, off, out, nil, copyPiece, 0)
}

func sendFile(out, in int, off *int64) (int, error) { return unix.Sendfile(out, in, off, copyPiece) }

// copyPieces copies from the start of src until it ends.
func copyPieces(ctx context.Context, dst, src *os.File, way func(out, in int, off *int64) (int, error)) (int64, error) {
	out, in := int(dst.Fd()), int(src.Fd())
	for off := int64(0); ; {
		n, err := way(out, in, &off)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return off, fileErr("copy to", dst, err)
		case n <= 0:
			return off, nil
		case ctx.Err() != nil:
			return off, ctx.Err()
		}
	}
}

// cannotCopy knows the errors of file systems that leave copying to others: across devices, above all.
func cannotCopy(err error) bool {
	for _, e := range []error{unix.ENOSYS, unix.EXDEV, unix.EINVAL, unix.EOPNOTSUPP, unix.EPERM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
