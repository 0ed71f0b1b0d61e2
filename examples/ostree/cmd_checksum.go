package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) checksumCommand() *cobra.Command {
	var ignoreXattrs bool
	c := &cobra.Command{Use: "checksum PATH", Short: "Checksum a file or directory"}
	glibopt.Bool(c, &ignoreXattrs, "ignore-xattrs", "", "Don't include xattrs in checksum")
	c.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("A filename must be given")
		}
		sum, err := checksumPath(args[0], !ignoreXattrs)
		if err != nil {
			return err
		}
		a.println(sum)
		return nil
	}
	return c
}

// noInformation says that there is nothing at a path.
func noInformation(path string) error {
	abs, err := filepath.Abs(path)
	return cmp.Or(err, errorf("Error when getting information for file “%s”: No such file or directory", abs))
}

// checksumPath computes the name of the object that a path would become: a file object, or the dirmeta of a directory.
func checksumPath(path string, withXattrs bool) (ostree.Checksum, error) {
	parent, name := filepath.Dir(path), filepath.Base(path)
	if name == "/" {
		name = "."
	}
	dir, err := dirfd.Open(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return ostree.Checksum{}, noInformation(path)
	}
	if err != nil {
		return ostree.Checksum{}, err
	}
	defer dir.Close()
	st, err := dir.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ostree.Checksum{}, noInformation(path)
	}
	if err != nil {
		return ostree.Checksum{}, err
	}
	var attrs ostree.Xattrs
	if withXattrs {
		list, err := dir.ReadXattrs(name)
		if err != nil {
			return ostree.Checksum{}, err
		}
		for _, x := range list {
			attrs = append(attrs, ostree.Xattr{Name: x.Name, Value: x.Value})
		}
	}
	h := ostree.FileHeader{UID: st.Uid, GID: st.Gid, Mode: st.Mode, Xattrs: attrs}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		m := ostree.DirMeta{UID: st.Uid, GID: st.Gid, Mode: st.Mode, Xattrs: attrs}
		return m.Checksum(), nil
	case unix.S_IFLNK:
		if h.Target, err = dir.Readlink(name); err != nil {
			return ostree.Checksum{}, err
		}
		sum, _, err := ostree.ContentChecksum(&h, nil)
		return sum, err
	case unix.S_IFREG:
		f, err := os.Open(path)
		if err != nil {
			return ostree.Checksum{}, err
		}
		defer f.Close()
		sum, _, err := ostree.ContentChecksum(&h, f)
		return sum, err
	}
	return ostree.Checksum{}, errorf("%s is neither a regular file, a directory nor a symbolic link", path)
}
