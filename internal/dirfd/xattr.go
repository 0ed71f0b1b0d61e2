package dirfd

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Xattr is one extended attribute.
type Xattr struct {
	Name  string
	Value []byte
}

// ListXattrs returns the attribute names of rel itself, sorted; none on file
// systems without attributes.
func (d *Dir) ListXattrs(rel string) ([]string, error) {
	var names []string
	err := d.At("listxattr", rel, func(dirfd int, name string) (err error) {
		names, err = list(func(b []byte) (int, error) { return llistxattr(dirfd, name, b) })
		return err
	})
	return names, err
}

// GetXattr returns the value of one attribute of rel itself. The error matches
// unix.ENODATA when it is absent.
func (d *Dir) GetXattr(rel, attr string) ([]byte, error) {
	var val []byte
	err := d.At("getxattr", rel, func(dirfd int, name string) (err error) {
		val, err = get(func(b []byte) (int, error) { return lgetxattr(dirfd, name, attr, b) })
		return err
	})
	return val, err
}

// GetXattrInto is GetXattr into a buffer: unix.ERANGE if it is too short. It returns the length.
func (d *Dir) GetXattrInto(rel, attr string, b []byte) (int, error) {
	dirfd, name, err := d.Parent(rel)
	n := 0
	if err == nil {
		n, err = lgetxattr(dirfd, name, attr, b)
		d.Release(dirfd)
	}
	return n, d.err("getxattr", rel, err)
}

func llistxattr(dirfd int, name string, b []byte) (int, error) {
	n, err := listxattrat(dirfd, name, b)
	if err == unix.ENOSYS || err == unix.EPERM {
		n, err = unix.Llistxattr(procPath(dirfd, name), b)
	}
	return n, err
}

func lgetxattr(dirfd int, name, attr string, b []byte) (int, error) {
	n, err := getxattrat(dirfd, name, attr, b)
	if err == unix.ENOSYS || err == unix.EPERM { // before Linux 6.13, or a seccomp filter that does not know the call
		n, err = unix.Lgetxattr(procPath(dirfd, name), attr, b)
	}
	return n, err
}

// The numbers of getxattrat(2) and listxattrat(2) on all architectures.
const (
	sysGetxattrat  = 464
	sysListxattrat = 465
)

// listxattrat spares the way through /proc.
func listxattrat(dirfd int, name string, b []byte) (int, error) {
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return 0, err
	}
	n, _, errno := unix.Syscall6(sysListxattrat, uintptr(dirfd), uintptr(unsafe.Pointer(p)), unix.AT_SYMLINK_NOFOLLOW,
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// getxattrat does so too.
func getxattrat(dirfd int, name, attr string, b []byte) (int, error) {
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return 0, err
	}
	a, err := unix.BytePtrFromString(attr)
	if err != nil {
		return 0, err
	}
	args := struct { // struct xattr_args
		value       *byte
		size, flags uint32
	}{unsafe.SliceData(b), uint32(len(b)), 0}
	if unsafe.Sizeof(args) != 16 { // the address has 64 bits
		return 0, unix.ENOSYS
	}
	n, _, errno := unix.Syscall6(sysGetxattrat, uintptr(dirfd), uintptr(unsafe.Pointer(p)), unix.AT_SYMLINK_NOFOLLOW,
		uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// SetXattr creates or replaces one attribute of rel itself.
func (d *Dir) SetXattr(rel, attr string, value []byte) error {
	return d.At("setxattr", rel, func(dirfd int, name string) error {
		return unix.Lsetxattr(procPath(dirfd, name), attr, value, 0)
	})
}

// RemoveXattr removes one attribute of rel itself.
func (d *Dir) RemoveXattr(rel, attr string) error {
	return d.At("removexattr", rel, func(dirfd int, name string) error {
		return unix.Lremovexattr(procPath(dirfd, name), attr)
	})
}

// ReadXattrs returns all attributes of rel itself sorted by name, without
// those whose value is empty.
func (d *Dir) ReadXattrs(rel string) ([]Xattr, error) {
	var out []Xattr
	err := d.At("readxattrs", rel, func(dirfd int, name string) (err error) {
		out, err = readAll(
			func(b []byte) (int, error) { return llistxattr(dirfd, name, b) },
			func(attr string, b []byte) (int, error) { return lgetxattr(dirfd, name, attr, b) })
		return err
	})
	return out, err
}

// FReadXattrs is ReadXattrs of an open file.
func FReadXattrs(f *os.File) ([]Xattr, error) {
	fd := int(f.Fd())
	out, err := readAll(
		func(b []byte) (int, error) { return unix.Flistxattr(fd, b) },
		func(attr string, b []byte) (int, error) { return unix.Fgetxattr(fd, attr, b) })
	return out, fileErr("readxattrs", f, err)
}

// FListXattrs is ListXattrs of an open file.
func FListXattrs(f *os.File) ([]string, error) {
	names, err := list(func(b []byte) (int, error) { return unix.Flistxattr(int(f.Fd()), b) })
	return names, fileErr("listxattr", f, err)
}

// FSetXattr is SetXattr of an open file.
func FSetXattr(f *os.File, attr string, value []byte) error {
	return fileErr("setxattr", f, unix.Fsetxattr(int(f.Fd()), attr, value, 0))
}

// FRemoveXattr is RemoveXattr of an open file.
func FRemoveXattr(f *os.File, attr string) error {
	return fileErr("removexattr", f, unix.Fremovexattr(int(f.Fd()), attr))
}

func fileErr(op string, f *os.File, err error) error {
	if err == nil {
		return nil
	}
	return &os.PathError{Op: op, Path: f.Name(), Err: err}
}

func readAll(lister func([]byte) (int, error), getter func(string, []byte) (int, error)) ([]Xattr, error) {
	names, err := list(lister)
	if err != nil {
		return nil, err
	}
	out := make([]Xattr, 0, len(names))
	for _, n := range names {
		v, err := get(func(b []byte) (int, error) { return getter(n, b) })
		if err == unix.ENODATA { // removed since it was listed
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(v) > 0 {
			out = append(out, Xattr{Name: n, Value: v})
		}
	}
	return out, nil
}

// list and get size the buffer first and repeat when the value grew meanwhile.
func list(call func([]byte) (int, error)) ([]string, error) {
	raw, err := get(call)
	if err == unix.EOPNOTSUPP {
		return nil, nil
	}
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	var names []string
	for n := range bytes.SplitSeq(bytes.TrimSuffix(raw, []byte{0}), []byte{0}) {
		names = append(names, string(n))
	}
	slices.SortFunc(names, strings.Compare)
	return names, nil
}

func get(call func([]byte) (int, error)) ([]byte, error) {
	// Most values are short. A buffer of our own first saves asking for the size.
	var small [256]byte
	n, err := call(small[:])
	if err == nil && n > 0 {
		return bytes.Clone(small[:n]), nil
	}
	if err != unix.ERANGE {
		return nil, err
	}
	for {
		n, err := call(nil)
		if err != nil || n == 0 {
			return nil, err
		}
		buf := make([]byte, n)
		n, err = call(buf)
		if err == unix.ERANGE {
			continue
		}
		if err != nil {
			return nil, err
		}
		return buf[:n], nil
	}
}
