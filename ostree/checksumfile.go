package ostree

import (
	"context"
	"fmt"
	"path/filepath"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ChecksumOptions are the options of [ChecksumFile].
type ChecksumOptions struct {
	NoXattrs bool // ignore extended attributes
}

// ChecksumFile returns the name of the object that the file at path would be: a
// file object for a regular file or symbolic link, a dirmeta for a directory, whose
// content does not matter. It counts what is on disk, also attributes that a hard
// link of an object has only because it is one, which an import leaves out. A link
// at the end of path is not followed. For content that is not on disk there is
// [ContentChecksum].
func ChecksumFile(ctx context.Context, path string, o *ChecksumOptions) (ObjectName, error) {
	if o == nil {
		o = &ChecksumOptions{}
	}
	parent, name := filepath.Dir(path), filepath.Base(path)
	if name == "/" {
		name = "."
	}
	dir, err := dirfd.Open(parent)
	if err == nil {
		defer dir.Close()
		var n ObjectName
		if n, err = checksumFile(ctx, dir, name, o); err == nil {
			return n, nil
		}
	}
	return ObjectName{}, fmt.Errorf("checksum %s: %w", path, err)
}

func checksumFile(ctx context.Context, dir *dirfd.Dir, name string, o *ChecksumOptions) (ObjectName, error) {
	st, err := dir.Lstat(name)
	if err != nil {
		return ObjectName{}, err
	}
	h := headerOf(&st)
	if !o.NoXattrs {
		list, err := dir.ReadXattrs(name)
		if err != nil {
			return ObjectName{}, err
		}
		h.Xattrs = fromDisk(list)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return ObjectName{(&DirMeta{h.UID, h.GID, h.Mode, h.Xattrs}).Checksum(), TypeDirMeta}, nil
	case unix.S_IFLNK:
		if h.Target, err = dir.Readlink(name); err != nil {
			return ObjectName{}, err
		}
		c, _, err := contentChecksum(ctx, &h, nil)
		return ObjectName{c, TypeFile}, err
	case unix.S_IFREG:
		f, err := dir.OpenFile(name, unix.O_RDONLY|unix.O_NOFOLLOW, 0)
		if err != nil {
			return ObjectName{}, err
		}
		defer f.Close()
		c, _, err := contentChecksum(ctx, &h, f)
		return ObjectName{c, TypeFile}, err
	}
	return ObjectName{}, fmt.Errorf("only directories, regular files and symbolic links can be stored, not type %#o", st.Mode&unix.S_IFMT)
}
