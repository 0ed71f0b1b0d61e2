package dirfd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Stat is the result of Lstat.
type Stat = unix.Stat_t

// ErrTooLarge is the cause when a file exceeds the limit given to ReadFile.
var ErrTooLarge = errors.New("file is larger than allowed")

// Dirent is one directory entry; Type is one of unix.DT_*, never DT_UNKNOWN. Ino is what the directory says, which on
// stacked file systems may be another number than that of Lstat.
type Dirent struct {
	Name string
	Type uint8
	Ino  uint64
}

// ReadFile reads the regular file rel, at most limit bytes; more is ErrTooLarge.
func (d *Dir) ReadFile(rel string, limit int64) ([]byte, error) {
	fd, err := d.open(rel, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, d.err("open", rel, err)
	}
	defer unix.Close(fd)
	data, err := readFd(fd, limit)
	return data, d.err("read", rel, err)
}

// readFd does without os.File, which makes three system calls of its own.
func readFd(fd int, limit int64) ([]byte, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	switch {
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, fmt.Errorf("not a regular file (type %#o)", st.Mode&unix.S_IFMT)
	case st.Size > limit:
		return nil, ErrTooLarge
	}
	buf := make([]byte, st.Size+1) // one more to see the end at once
	for n := 0; ; {
		k, err := unix.Read(fd, buf[n:])
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, err
		case int64(n+k) > limit:
			return nil, ErrTooLarge
		}
		n += k
		if k == 0 || n == int(st.Size) && n < len(buf) {
			return buf[:n], nil
		}
		if n == len(buf) { // it grows
			buf = append(buf, make([]byte, len(buf))...)
		}
	}
}

// Lstat describes rel itself, not what a link points to. The error matches
// fs.ErrNotExist when it is absent.
func (d *Dir) Lstat(rel string) (Stat, error) {
	var st Stat
	err := d.lstat(rel, &st)
	return st, d.err("lstat", rel, err)
}

func (d *Dir) lstat(rel string, st *Stat) error {
	dirfd, name, err := d.Parent(rel)
	if err == nil {
		err = unix.Fstatat(dirfd, name, st, unix.AT_SYMLINK_NOFOLLOW)
		d.Release(dirfd)
	}
	return err
}

// Exists reports whether rel exists; errors other than "no such file" are
// returned.
func (d *Dir) Exists(rel string) (bool, error) {
	var st Stat
	err := d.lstat(rel, &st)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
		return false, nil
	}
	return err == nil, d.err("lstat", rel, err)
}

// Readlink returns the target of the symbolic link rel.
func (d *Dir) Readlink(rel string) (string, error) {
	dirfd, name, err := d.Parent(rel)
	if err != nil {
		return "", d.err("readlink", rel, err)
	}
	defer d.Release(dirfd)
	for size := 256; ; size *= 2 {
		buf := make([]byte, size)
		n, err := unix.Readlinkat(dirfd, name, buf)
		if err != nil {
			return "", d.err("readlink", rel, err)
		}
		if n < size {
			return string(buf[:n]), nil
		}
	}
}

// ReadDir lists the directory rel ("." is d itself), sorted by name.
func (d *Dir) ReadDir(rel string) ([]Dirent, error) {
	fd, err := d.open(rel, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, d.err("readdir", rel, err)
	}
	defer unix.Close(fd)
	ents, err := readDirFd(fd)
	return ents, d.err("readdir", rel, err)
}

func readDirFd(fd int) ([]Dirent, error) {
	var ents []Dirent
	buf := make([]byte, 32<<10)
	for {
		n, err := unix.Getdents(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		if ents, err = appendDirents(ents, fd, buf[:n]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(ents, func(a, b Dirent) int { return strings.Compare(a.Name, b.Name) })
	return ents, nil
}

// appendDirents decodes struct linux_dirent64 (getdents64(2)): u64 ino, u64
// off, u16 reclen, u8 type, NUL-terminated name.
func appendDirents(ents []Dirent, fd int, b []byte) ([]Dirent, error) {
	const nameOff = 19
	for len(b) >= nameOff {
		reclen := int(binary.NativeEndian.Uint16(b[16:]))
		if reclen < nameOff || reclen > len(b) {
			return nil, unix.EIO
		}
		ino, typ, name := binary.NativeEndian.Uint64(b), b[18], b[nameOff:reclen]
		if i := bytes.IndexByte(name, 0); i >= 0 {
			name = name[:i]
		}
		b = b[reclen:]
		if s := string(name); s != "." && s != ".." {
			if typ == unix.DT_UNKNOWN {
				var st Stat
				switch err := unix.Fstatat(fd, s, &st, unix.AT_SYMLINK_NOFOLLOW); err {
				case nil:
					typ = uint8(st.Mode & unix.S_IFMT >> 12)
				case unix.ENOENT: // removed since it was listed
					continue
				default:
					return nil, err
				}
			}
			ents = append(ents, Dirent{Name: s, Type: typ, Ino: ino})
		}
	}
	return ents, nil
}
