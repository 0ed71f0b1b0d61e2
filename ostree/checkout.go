package ostree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// CheckoutOptions are the options of [Repo.Checkout]. The zero value makes a new
// directory and hardlinks what can be hardlinked.
type CheckoutOptions struct {
	// UserMode makes everything owned by the caller, without attributes and
	// setuid bits. Files that their owner could not read become readable.
	UserMode bool
	// RequireHardlinks makes it an error where a file cannot be linked, except
	// for links and empty files, which are always made anew.
	RequireHardlinks bool
	// ForceCopy never links, so that the files may be written to, and leaves the
	// times of directories alone.
	ForceCopy bool
	// Union says what happens in an existing destination. With UnionNone the
	// destination must not exist.
	Union UnionMode
	// Whiteouts makes a file .wh.NAME remove NAME, and .wh..wh..opq everything
	// else that was in its directory before, as in layers of container images;
	// with UnionFiles files and directories then replace each other.
	Whiteouts bool
	// PassthroughWhiteouts turns a file .ostree-wh.NAME into the character device
	// 0:0 called NAME, which overlayfs takes for a whiteout.
	PassthroughWhiteouts bool
	// Subpath selects a directory, or a file, which then appears inside the
	// destination. "" and "/" mean everything.
	Subpath string
	// AllowMissing makes nothing of a Subpath that does not exist.
	AllowMissing bool
	// DevIno collects the inodes of the files that were hardlinked.
	DevIno *DevInoCache
	// Filter is called for every entry, one call at a time in no fixed order.
	// The path is that below the destination, "/" for itself. FilterSkip leaves
	// the entry and what is below out. It must not change h.
	Filter func(path string, h *FileHeader) FilterResult
	// Skip has paths to leave out, as in Filter.
	Skip map[string]bool
	// BareUserOnlyDirs reduces modes of directories to 0775, as a repository of
	// mode bare-user-only always does.
	BareUserOnlyDirs bool
	// UncompressedCache lets an archive repository keep the unpacked files of
	// checkouts in user mode, and hardlinks to them from then on, unless
	// core.enable-uncompressed-cache is false. The files must not be written to.
	UncompressedCache bool
	// FSync syncs every new file and directory.
	FSync bool
	// Label gives the attribute security.selinux of a path, "" for none, instead
	// of the recorded one. Calls are concurrent. It implies ForceCopy for files.
	Label func(path string, mode uint32) (label string, err error)
}

// Checkout writes the tree of a commit to the directory dest. It never writes
// outside dest, whatever the commit contains. On failure a part may be there.
//
// Files are hardlinks to the repository where its mode allows: bare without
// UserMode, bare-user with it, bare-user-only always. Such files must not be
// written to. Everything else, and what is on another file system or has too
// many links, is a copy. New directories get the time 0.
//
// The error is that of the first entry in the order of the tree that cannot be
// written. It matches [fs.ErrExist] where something is in the way.
func (r *Repo) Checkout(ctx context.Context, commit Checksum, dest string, o *CheckoutOptions) error {
	c, err := r.LoadCommit(ctx, commit)
	if err != nil {
		return fmt.Errorf("checkout %s: %w", commit, err)
	}
	if err := r.checkout(ctx, c.Root(), dest, o); err != nil {
		return fmt.Errorf("checkout %s: %w", commit, err)
	}
	return nil
}

// CheckoutTree is [Repo.Checkout] of a tree that need not be in a commit.
func (r *Repo) CheckoutTree(ctx context.Context, t Tree, dest string, o *CheckoutOptions) error {
	if err := r.checkout(ctx, t, dest, o); err != nil {
		return fmt.Errorf("checkout tree %s: %w", t.Tree, err)
	}
	return nil
}

// maxTreeDepth bounds the nesting of directories, here and wherever trees are
// walked. Each level may hold a descriptor.
const maxTreeDepth = 256

// checkout is the state of one checkout.
type checkout struct {
	o        CheckoutOptions
	repo     *Repo
	sources  []*source
	noXattrs bool
	workers  workers
	filterMu sync.Mutex
	unpacked *unpacked // nil without a cache

	metaMu sync.Mutex
	metas  map[Checksum]*DirMeta
}

func (r *Repo) newCheckout(o *CheckoutOptions) (*checkout, error) {
	c := &checkout{repo: r, noXattrs: r.current().noXattrs, metas: make(map[Checksum]*DirMeta)}
	if o != nil {
		c.o = *o
	}
	if c.o.UserMode && c.o.Label != nil {
		return nil, errors.New("labels cannot be set in user mode")
	}
	if r.mode == ModeBareUserOnly { // such objects have no owners and attributes, which an archive may give directories
		c.o.BareUserOnlyDirs, c.o.UserMode = true, true
	}
	for _, s := range r.stores() {
		c.sources = append(c.sources, newSource(s, c.o.UserMode))
	}
	c.workers.init()
	return c, nil
}

func (r *Repo) checkout(ctx context.Context, t Tree, dest string, o *CheckoutOptions) error {
	c, err := r.newCheckout(o)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.openUnpacked(ctx); err != nil {
		return err
	}
	return errors.Join(c.run(ctx, t, dest), c.unpacked.close(ctx))
}

func (c *checkout) run(ctx context.Context, t Tree, dest string) error {
	t, file, err := c.repo.subpath(ctx, t, c.o.Subpath)
	if err != nil {
		if c.o.AllowMissing && isNotExist(err) {
			return nil
		}
		return err
	}
	if file != nil {
		return c.single(ctx, dest, *file)
	}
	parent, name, err := openDest(dest)
	if err != nil {
		return err
	}
	defer parent.Close()
	if err := c.sameDevice(parent, name); err != nil {
		return err
	}
	c.dir(ctx, parent, name, "/", t, 0)
	return c.workers.err()
}

// sameDevice demands that files may be links at all, before anything is written: dest must be on the device of the
// repository, or come to be there.
func (c *checkout) sameDevice(parent *dirfd.Dir, name string) error {
	if !c.o.RequireHardlinks || c.o.ForceCopy {
		return nil
	}
	src, err := c.repo.dir.Lstat(".")
	if err != nil {
		return err
	}
	dest, err := parent.Lstat(cmp.Or(name, "."))
	if isNotExist(err) {
		dest, err = parent.Lstat(".")
	}
	if err != nil || dest.Dev == src.Dev {
		return err
	}
	return &HardlinkError{fmt.Sprintf("unable to do hardlink checkout across devices (src=%d destination=%d)", src.Dev, dest.Dev)}
}

// openDest opens the directory that holds dest. A dest without a name of its
// own, such as "." or "/", gives itself and "".
func openDest(dest string) (*dirfd.Dir, string, error) {
	dest = filepath.Clean(dest)
	switch name := filepath.Base(dest); name {
	case ".", "..", "/":
		d, err := dirfd.Open(dest)
		return d, "", err
	default:
		d, err := dirfd.Open(filepath.Dir(dest))
		return d, name, err
	}
}

// single checks out a subpath that is a file: into dest, which is made if needed.
func (c *checkout) single(ctx context.Context, dest string, e FileEntry) error {
	parent, name, err := openDest(dest)
	if err != nil {
		return err
	}
	defer parent.Close()
	d := parent
	if name != "" {
		if err := atomicfs.Mkdir(ctx, parent, name, 0o700); err != nil && !isExist(err) {
			return err
		}
		if d, err = dirfd.Open(dest); err != nil {
			return err
		}
		defer d.Close()
	}
	return c.file(ctx, d, "/", e)
}

// subpath finds path below t: a directory, or a file if file is not nil.
func (r *Repo) subpath(ctx context.Context, t Tree, path string) (_ Tree, file *FileEntry, err error) {
	walked := ""
	for rest := strings.Trim(path, "/"); rest != ""; {
		name, after, _ := strings.Cut(rest, "/")
		rest = strings.TrimLeft(after, "/")
		walked += "/" + name
		if file != nil {
			return Tree{}, nil, &fs.PathError{Op: "open", Path: walked, Err: unix.ENOTDIR}
		}
		dt, err := r.LoadDirTree(ctx, t.Tree)
		if err != nil {
			return Tree{}, nil, err
		}
		if i, ok := dt.dir(name); ok {
			t = Tree{dt.Dirs[i].Tree, dt.Dirs[i].Meta}
		} else if i, ok := dt.file(name); ok {
			file = &dt.Files[i]
		} else {
			return Tree{}, nil, &fs.PathError{Op: "open", Path: walked, Err: fs.ErrNotExist}
		}
	}
	return t, file, nil
}

func (c *checkout) close() {
	for _, s := range c.sources {
		s.close()
	}
}
