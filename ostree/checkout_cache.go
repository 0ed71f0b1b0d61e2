package ostree

import (
	"context"
	"errors"
	"sync"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// uncompressedDir is where an archive repository keeps unpacked files that
// checkouts in user mode are hardlinked to, by the path of their object in other
// modes. Everything in it may be deleted at any time.
const uncompressedDir = "uncompressed-objects-cache"

// unpacked is the cache of one checkout.
type unpacked struct {
	dir *dirfd.Dir

	mu      sync.Mutex
	touched map[string]bool // directories XX that got a file
}

// openUnpacked makes the cache if the options and the repository want one.
func (c *checkout) openUnpacked(ctx context.Context) error {
	if !c.o.UncompressedCache || !c.o.UserMode || c.o.ForceCopy || c.repo.mode != ModeArchive || !c.repo.writable {
		return nil
	}
	enabled, err := c.repo.Config().GetBool("core", "enable-uncompressed-cache", true)
	if err != nil || !enabled {
		return err
	}
	if err := atomicfs.MkdirAll(ctx, c.repo.dir, uncompressedDir, 0o777); err != nil {
		return err
	}
	d, err := c.repo.dir.OpenDir(uncompressedDir)
	if err != nil {
		return err
	}
	c.unpacked = &unpacked{dir: d, touched: make(map[string]bool)}
	return nil
}

// linkUnpacked makes name a hardlink to the unpacked file, after unpacking it if
// need be. False means that it has to be a copy: it has too many links, the
// destination is on another file system, or it did not stay.
func (c *checkout) linkUnpacked(ctx context.Context, d *dirfd.Dir, name string, sum Checksum, n *node) (bool, error) {
	path := ObjectName{sum, TypeFile}.LoosePath(ModeBareUser)
	err := atomicfs.Link(ctx, c.unpacked.dir, path, d, name)
	if isNotExist(err) {
		if err := c.unpack(ctx, path, sum, n); err != nil {
			return false, err
		}
		err = atomicfs.Link(ctx, c.unpacked.dir, path, d, name)
	}
	// It may be gone again: another checkout removes what nobody uses yet.
	if isNotExist(err) || errors.Is(err, unix.EMLINK) || errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EPERM) {
		return false, nil
	}
	return err == nil, err
}

// unpack writes the file to the cache.
func (c *checkout) unpack(ctx context.Context, path string, sum Checksum, n *node) (err error) {
	f, err := c.load(sum)
	if err != nil {
		return err
	}
	defer f.Close()
	sub, name := path[:2], path[3:]
	if err := atomicfs.MkdirAll(ctx, c.unpacked.dir, sub, 0o777); err != nil {
		return err
	}
	dir, err := c.unpacked.dir.OpenDir(sub)
	if err != nil {
		return err
	}
	defer dir.Close()
	out, err := atomicfs.TempFile(ctx, dir, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, atomicfs.Discard(ctx, dir, out)) }()
	if err := copyPayload(ctx, out, f); err != nil {
		return err
	}
	if err := c.setFileMeta(out, n); err != nil {
		return err
	}
	c.unpacked.mu.Lock()
	c.unpacked.touched[sub] = true
	c.unpacked.mu.Unlock()
	_, err = atomicfs.Publish(ctx, out, dir, name)
	return err
}

// close deletes, in the directories that grew, files that no checkout uses any more.
func (u *unpacked) close(ctx context.Context) error {
	if u == nil {
		return nil
	}
	var errs []error
	for sub := range u.touched {
		errs = append(errs, u.clean(ctx, sub))
	}
	return errors.Join(append(errs, u.dir.Close())...)
}

func (u *unpacked) clean(ctx context.Context, sub string) error {
	dir, err := u.dir.OpenDir(sub)
	if err != nil {
		return ignoreNotExist(err)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		st, err := dir.Lstat(e.Name)
		if err == nil && st.Nlink == 1 {
			err = atomicfs.Remove(ctx, dir, e.Name)
		}
		if err != nil && !isNotExist(err) {
			return err
		}
	}
	return nil
}
