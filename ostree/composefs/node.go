package composefs

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// node is a file of the image.
type node struct {
	name     string
	mode     uint32 // st_mode
	uid, gid uint32
	links    uint32 // of other files than directories; 0 means 1
	rdev     uint32
	size     uint64
	mtime    timestamp
	target   string // of a symbolic link
	object   string // path below the objects directory, "" without content
	digest   *Digest
	attrs    []attr
	children []*node
	parent   *node // of the root, itself

	place
}

// timestamp is when a file was modified.
type timestamp struct {
	sec  int64
	nsec uint32
}

func (t timestamp) before(u timestamp) bool {
	return t.sec < u.sec || t.sec == u.sec && t.nsec < u.nsec
}

func (n *node) kind() uint32 { return n.mode & unix.S_IFMT }

func (n *node) isDir() bool { return n.kind() == unix.S_IFDIR }

// hasChunks reports whether the content is elsewhere.
func (n *node) hasChunks() bool { return n.kind() == unix.S_IFREG && n.size > 0 }

// setAttr sets an attribute, and keeps them in the order of names.
func (n *node) setAttr(a attr) {
	i, found := slices.BinarySearchFunc(n.attrs, a.name, func(b attr, name string) int { return strings.Compare(b.name, name) })
	if found {
		n.attrs[i] = a
		return
	}
	n.attrs = slices.Insert(n.attrs, i, a)
}

// finish makes the tree below n what overlayfs needs: attributes for the content,
// children in order and with a parent.
func (n *node) finish(parent *node) error {
	n.parent = parent
	if err := n.overlay(); err != nil {
		return err
	}
	slices.SortFunc(n.children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	for i, c := range n.children {
		if len(c.name) > unix.NAME_MAX {
			return fmt.Errorf("%.64q...: name too long for an image", c.name)
		}
		if i > 0 && n.children[i-1].name == c.name {
			return fmt.Errorf("%s: two files of this name", c.name)
		}
		if err := c.finish(n); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

const (
	overlayPrefix = "trusted.overlay."
	// overlayfs shows trusted.overlay.overlay.x as trusted.overlay.x
	overlayEscape = "trusted.overlay.overlay."
)

// overlay escapes attributes that overlayfs would take as its own, and adds those
// it needs. The format of metacopy is that of struct ovl_metacopy.
func (n *node) overlay() error {
	old := n.attrs
	n.attrs = nil
	for _, a := range old {
		if rest, ok := strings.CutPrefix(a.name, overlayPrefix); ok {
			a.name = overlayEscape + rest
		}
		n.setAttr(a)
	}
	if n.hasChunks() {
		metacopy := ""
		if n.digest != nil {
			metacopy = "\x00\x24\x00\x01" + string(n.digest[:]) // version, length, flags, SHA-256
		}
		n.setAttr(attr{overlayPrefix + "metacopy", metacopy})
		if n.object != "" {
			n.setAttr(attr{overlayPrefix + "redirect", "/" + n.object})
		}
	}
	for _, a := range n.attrs {
		if err := a.check(); err != nil {
			return err
		}
	}
	if len(n.target) >= maxTarget {
		return fmt.Errorf("target has %d bytes, too long for an image", len(n.target))
	}
	return nil
}

// maxTarget bounds the target of a symbolic link, PATH_MAX of Linux.
const maxTarget = 4096

// hideObjects makes the root opaque, and adds a whiteout for every directory that
// a repository has objects in.
func (root *node) hideObjects() {
	root.setAttr(attr{overlayPrefix + "opaque", "y"})
	taken := map[string]bool{}
	for _, c := range root.children {
		taken[c.name] = true
	}
	var label []attr
	for _, a := range root.attrs {
		if a.name == "security.selinux" {
			label = []attr{a}
		}
	}
	for i := range 256 {
		name := fmt.Sprintf("%02x", i)
		if taken[name] {
			continue
		}
		root.children = append(root.children, &node{
			name: name, mode: unix.S_IFCHR | 0o644, uid: root.uid, gid: root.gid, mtime: root.mtime,
			attrs: slices.Clone(label), parent: root,
		})
	}
	slices.SortFunc(root.children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
}

// dirent is an entry of a directory.
type dirent struct {
	name string
	to   *node
}

// dirents lists a directory, with the entries . and .., in order of names.
func (n *node) dirents() []dirent {
	out := make([]dirent, 0, len(n.children)+2)
	out = append(out, dirent{".", n}, dirent{"..", n.parent})
	for _, c := range n.children {
		out = append(out, dirent{c.name, c})
	}
	slices.SortFunc(out, func(a, b dirent) int { return strings.Compare(a.name, b.name) })
	return out
}

// blocks cuts the entries of a directory into what fits a block each.
func (n *node) blocks() [][]dirent {
	var out [][]dirent
	all := n.dirents()
	start, size := 0, 0
	for i, d := range all {
		if size+direntSize+len(d.name) > blockSize {
			out = append(out, all[start:i])
			start, size = i, 0
		}
		size += direntSize + len(d.name)
	}
	return append(out, all[start:])
}
