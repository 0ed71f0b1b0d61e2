package etcmerge

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// node is an entry of a scanned directory.
type node struct {
	name     string
	mode     uint32 // st_mode
	uid, gid uint32
	size     int64
	target   string  // of a symbolic link
	kids     []*node // of a directory, sorted by name
}

func (n *node) isDir() bool { return n.mode&unix.S_IFMT == unix.S_IFDIR }

// special reports a fifo, socket or device, which the merge never copies.
func (n *node) special() bool {
	switch n.mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFLNK, unix.S_IFDIR:
		return false
	}
	return true
}

func (n *node) sameAttr(o *node) bool { return n.mode == o.mode && n.uid == o.uid && n.gid == o.gid }

// find looks a path up; it returns the node, or the path of the first
// component that exists but is no directory.
func (n *node) find(path string) (found *node, blocked string) {
	if path == "." {
		return n, ""
	}
	for i := 0; ; {
		if !n.isDir() {
			return nil, path[:i-1]
		}
		name, rest := path[i:], ""
		if j := strings.IndexByte(name, '/'); j >= 0 {
			name, rest = name[:j], name[j+1:]
		}
		k, ok := slices.BinarySearchFunc(n.kids, name, func(k *node, s string) int { return strings.Compare(k.name, s) })
		if !ok {
			return nil, ""
		}
		n = n.kids[k]
		if rest == "" {
			return n, ""
		}
		i += len(name) + 1
	}
}

// scan reads the metadata of a whole tree. Entries that vanish meanwhile are
// left out.
func scan(ctx context.Context, d *dirfd.Dir) (*node, error) {
	st, err := d.Lstat(".")
	if err != nil {
		return nil, err
	}
	root := &node{name: ".", mode: st.Mode, uid: st.Uid, gid: st.Gid}
	return root, scanDir(ctx, d, root)
}

func scanDir(ctx context.Context, d *dirfd.Dir, n *node) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ents, err := d.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range ents {
		kid, err := scanEntry(ctx, d, e.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		n.kids = append(n.kids, kid)
	}
	return nil
}

func scanEntry(ctx context.Context, d *dirfd.Dir, name string) (*node, error) {
	st, err := d.Lstat(name)
	if err != nil {
		return nil, err
	}
	n := &node{name: name, mode: st.Mode, uid: st.Uid, gid: st.Gid, size: st.Size}
	switch {
	case n.isDir():
		sub, err := d.OpenDir(name)
		if err != nil {
			return nil, err
		}
		defer sub.Close()
		return n, scanDir(ctx, sub, n)
	case n.mode&unix.S_IFMT == unix.S_IFLNK:
		n.target, err = d.Readlink(name)
	}
	return n, err
}
