package ostree

import (
	"errors"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// source is a store that checkouts link from. It keeps the 256 directories of
// objects open, which saves three system calls for each file.
type source struct {
	looseStore
	links    bool // regular files may be linked
	symlinks bool // symbolic links too

	own subdirs // unless the store has some
}

func newSource(s looseStore, userMode bool) *source {
	src := &source{looseStore: s}
	if s.subs == nil {
		src.subs = &src.own
	}
	switch s.mode {
	case ModeBare:
		src.links, src.symlinks = !userMode, !userMode
	case ModeBareUser:
		src.links = userMode
	case ModeBareUserOnly:
		src.links = true
	}
	return src
}

func (s *source) prefix(b byte) (*dirfd.Dir, error) { return s.subs.open(s.dir, b) }

func (s *source) close() { s.own.close() }

// linkable reports whether the object called name in dir may be hardlinked into
// the checkout, and if not, whether that is so in any mode: links are cheap,
// empty files are often alike and would soon have too many links, and a file that
// its owner cannot read becomes readable outside of the repository.
func (s *source) linkable(dir *dirfd.Dir, name string, st *unix.Stat_t) (ok, never bool, err error) {
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		return s.symlinks, s.mode != ModeBare, nil // others do not keep all of a link in the link
	case unix.S_IFREG:
	default:
		return false, false, needRegular(TypeFile, st)
	}
	if st.Size == 0 || s.mode == ModeBareUserOnly && st.Mode&unix.S_IRUSR == 0 {
		return false, true, nil
	}
	if s.mode == ModeBareUser {
		if isLink, err := bareUserSymlink(dir, name, st.Size); err != nil || isLink {
			return false, isLink, err
		}
	}
	return s.links, false, nil
}

// bareUserSymlink reports whether an object in bare-user mode stands for a
// symbolic link. What is longer than any link target needs no look at the
// attribute.
func bareUserSymlink(dir *dirfd.Dir, name string, size int64) (bool, error) {
	if size > unix.PathMax {
		return false, nil
	}
	data, err := dir.GetXattr(name, metaXattr)
	if errors.Is(err, unix.ENODATA) {
		return false, corrupt(TypeFile, "no attribute %s", metaXattr)
	}
	if err != nil {
		return false, err
	}
	h, err := parseFileMeta(data)
	return h.IsSymlink(), err
}

// noLinks says why files of s cannot be linked.
func (s *source) noLinks(userMode bool) error {
	switch {
	case s.mode == ModeBareUser:
		return &HardlinkError{"user repository mode requires user checkout mode to hardlink"}
	case s.mode == ModeBare && userMode:
		return &HardlinkError{"bare repository mode cannot hardlink in user checkout mode"}
	}
	return &HardlinkError{s.mode.String() + " repository mode cannot hardlink"}
}
