package layering

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/rpmpkg"
)

// ownerFix is the owner that a package gives to one of its files, and for a
// directory the mode too: package commits know neither owners nor which of
// several packages has the say about a directory.
type ownerFix struct {
	path     string // in the image
	uid, gid uint32
	mode     uint32 // as in the header of the package
	isDir    bool
}

// ownerFixes collects the fixes of a package; place gives the path in the image.
func ownerFixes(pkg *importer.Stored, users *Users, place func(string) string) ([]ownerFix, error) {
	files, err := pkg.Package.Files()
	if err != nil {
		return nil, fmt.Errorf("owners of %s: %w", pkg.NEVRA, err)
	}
	var fixes []ownerFix
	for i := range files {
		f := &files[i]
		dest, ok := importer.ImagePath(pkg.NEVRA.Name, f.Path)
		if !ok || dest == "" || !f.IsDir() && isRoot(f) {
			continue
		}
		fix := ownerFix{path: place(dest), mode: f.Mode, isDir: f.IsDir()}
		if fix.uid, ok = users.UID(f.User); !ok {
			return nil, fmt.Errorf("owners of %s: %s: Could not find user '%s' in passwd file", pkg.NEVRA, f.Path, f.User)
		}
		if fix.gid, ok = users.GID(f.Group); !ok {
			return nil, fmt.Errorf("owners of %s: %s: Could not find group '%s' in group file", pkg.NEVRA, f.Path, f.Group)
		}
		fixes = append(fixes, fix)
	}
	return fixes, nil
}

func isRoot(f *rpmpkg.FileInfo) bool {
	return (f.User == "root" || f.User == "") && (f.Group == "root" || f.Group == "")
}

// applyOwners applies fixes to a tree. What is not there (ghosts, filtered
// files) or is something else than the package says (a directory that the
// image has as a link) is left alone.
func applyOwners(ctx context.Context, t *Tree, fixes []ownerFix) error {
	for _, f := range fixes {
		isDir, err := t.IsDir(ctx, f.path)
		if err != nil {
			return err
		}
		switch {
		case isDir && f.isDir:
			err = t.SetAttributes(ctx, f.path, f.uid, f.gid, f.mode|0o200)
		case isDir != f.isDir:
		default:
			err = fixFileOwner(ctx, t, f)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fixFileOwner keeps the permission bits, which came with the package.
func fixFileOwner(ctx context.Context, t *Tree, f ownerFix) error {
	h, err := t.Header(ctx, f.path)
	if err != nil {
		return err
	}
	return t.SetAttributes(ctx, f.path, f.uid, f.gid, h.Mode)
}

// applyOwnersOnDisk does the same in a root directory on disk, where usr/etc
// is etc. It never leaves the directory: a %pre script may have put a link in
// the place of any directory of its package.
func applyOwnersOnDisk(root string, fixes []ownerFix) error {
	d, err := dirfd.Open(root)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, f := range fixes {
		if err := chownOnDisk(d, etcPath(f.path), f); err != nil {
			return err
		}
	}
	return nil
}

// chownOnDisk keeps mode and capabilities, which the kernel clears on chown.
func chownOnDisk(root *dirfd.Dir, name string, f ownerFix) error {
	st, err := root.Lstat(name)
	isDir := st.Mode&unix.S_IFMT == unix.S_IFDIR
	mode := st.Mode & 0o7777
	if isDir {
		mode = f.mode&0o7777 | 0o200
	}
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ELOOP):
		return nil
	case err != nil:
		return err
	case isDir != f.isDir, st.Uid == f.uid && st.Gid == f.gid && st.Mode&0o7777 == mode:
		return nil
	}
	caps, err := root.GetXattr(name, capsXattr)
	if err != nil && !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	if err := root.Chown(name, int(f.uid), int(f.gid)); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK {
		return nil
	}
	if err := root.Chmod(name, mode); err != nil {
		return err
	}
	if len(caps) > 0 {
		return root.SetXattr(name, capsXattr, caps)
	}
	return nil
}

const capsXattr = "security.capability"
