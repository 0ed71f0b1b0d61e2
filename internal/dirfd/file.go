package dirfd

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// File is a file open for reading, for callers that open very many: an [os.File] asks the kernel up to four times whether
// it can be polled, and needs a finalizer. It must be closed, and is not safe for concurrent use.
type File struct {
	fd   int
	dir  *Dir
	rel  string
	off  int64
	size int64 // what Stat has said, or -1
}

// OpenRead opens rel for reading. It does not wait for the other end of a fifo.
func (d *Dir) OpenRead(rel string) (*File, error) {
	fd, err := d.open(rel, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, d.err("open", rel, err)
	}
	return &File{fd: fd, dir: d, rel: rel, size: -1}, nil
}

// Name is the path for messages.
func (f *File) Name() string { return f.dir.Join(f.rel) }

// Stat describes the open file. Reading then tells the end of a regular file without another system call.
func (f *File) Stat() (Stat, error) {
	var st Stat
	if err := unix.Fstat(f.fd, &st); err != nil {
		return st, f.dir.err("stat", f.rel, err)
	}
	if f.size = -1; st.Mode&unix.S_IFMT == unix.S_IFREG {
		f.size = st.Size
	}
	return st, nil
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) {
	for len(p) > 0 {
		n, err := unix.Read(f.fd, p)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, f.dir.err("read", f.rel, err)
		case n == 0:
			return 0, io.EOF
		}
		if f.off += int64(n); n < len(p) && f.off == f.size {
			return n, io.EOF
		}
		return n, nil
	}
	return 0, nil
}

// Seek implements io.Seeker.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	off, err := unix.Seek(f.fd, offset, whence)
	if err != nil {
		return 0, f.dir.err("seek", f.rel, err)
	}
	f.off = off
	return off, nil
}

// GetXattr returns the value of one attribute. The error matches unix.ENODATA when it is absent.
func (f *File) GetXattr(attr string) ([]byte, error) {
	val, err := get(func(b []byte) (int, error) { return unix.Fgetxattr(f.fd, attr, b) })
	return val, f.dir.err("getxattr", f.rel, err)
}

// ReadXattrs returns all attributes as [Dir.ReadXattrs] does.
func (f *File) ReadXattrs() ([]Xattr, error) {
	out, err := readAll(
		func(b []byte) (int, error) { return unix.Flistxattr(f.fd, b) },
		func(attr string, b []byte) (int, error) { return unix.Fgetxattr(f.fd, attr, b) })
	return out, f.dir.err("readxattrs", f.rel, err)
}

// Close releases the descriptor. A second Close is an error matching fs.ErrClosed.
func (f *File) Close() error {
	if f.fd < 0 {
		return f.dir.err("close", f.rel, fs.ErrClosed)
	}
	err := unix.Close(f.fd)
	f.fd = -1
	if errors.Is(err, unix.EINTR) { // closed all the same
		err = nil
	}
	return f.dir.err("close", f.rel, err)
}

// Take makes an [os.File] of f, which must not be used any more.
func (f *File) Take() *os.File {
	fd := f.fd
	f.fd = -1
	unix.FcntlInt(uintptr(fd), unix.F_SETFL, 0) // without O_NONBLOCK there is no attempt to poll it
	return os.NewFile(uintptr(fd), f.Name())
}
