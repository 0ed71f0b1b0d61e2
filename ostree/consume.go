package ostree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ownFile is a source file that the caller gives up: it may become the object by
// being linked. The source goes only after the transaction is committed, so that a
// failure loses nothing; until it is gone nobody should write to it.
type ownFile struct {
	dir  *dirfd.Dir
	name string
	f    *os.File
	st   *dirfd.Stat
}

// takeOver makes a file of the caller's the object. The error is
// errors.ErrUnsupported, and nothing has happened, if it has to be copied.
func (t *Tx) takeOver(ctx context.Context, n ObjectName, in fileInput) (existed bool, err error) {
	if in.file == nil || !t.canTakeOver(in.file.st) {
		return false, errors.ErrUnsupported
	}
	if in.file.st.Nlink > 1 {
		if ok, err := t.fitsAsIs(in.file, in.header); err != nil || !ok {
			return false, cmp.Or(err, errors.ErrUnsupported)
		}
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpAttr, in.file.f.Name()); err != nil {
		return false, err
	}
	if err := t.replaceAttributes(in.file.f, in.header); err != nil {
		return false, err
	}
	if err := t.storeSplitXattrs(ctx, n.Checksum, in.header); err != nil {
		return false, err
	}
	if err := t.seal(ctx, in.file.f); err != nil {
		return false, err
	}
	sub, err := t.target.sub(ctx, n.Checksum[0])
	if err != nil {
		return false, err
	}
	err = atomicfs.Link(ctx, in.file.dir, in.file.name, sub, n.looseName(t.repo.mode))
	if errors.Is(err, fs.ErrExist) {
		return true, nil
	}
	if errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EPERM) {
		return false, errors.ErrUnsupported // other mounts, append-only files
	}
	return false, err
}

func (t *Tx) canTakeOver(st *dirfd.Stat) bool {
	anyOwner := t.repo.mode == ModeBare || t.repo.mode == ModeBareSplitXattrs
	owned := int(st.Uid) == os.Geteuid() || anyOwner && os.Geteuid() == 0
	return t.repo.mode != ModeArchive && uint64(st.Dev) == t.repo.id.dev && owned && !t.settings.perObjectFsync
}

// fitsAsIs reports whether a file needs no other attributes to be the object. One with more links must not get them:
// another link may be an object itself, as in a checkout by hardlinks.
func (t *Tx) fitsAsIs(own *ownFile, h *FileHeader) (bool, error) {
	st, m := own.st, t.repo.mode
	if st.Mode&0o7777 != storedPerm(m, h) || m == ModeBareUser {
		return false, nil
	}
	if m == ModeBareUserOnly {
		return true, nil
	}
	if st.Uid != h.UID || st.Gid != h.GID || m != ModeBare || t.settings.noXattrs {
		return false, nil
	}
	xattrs, err := dirfd.FReadXattrs(own.f)
	return err == nil && equalXattrs(fromDisk(xattrs), h.Xattrs), err
}

// replaceAttributes is setAttributes for a file that has some already.
func (t *Tx) replaceAttributes(f *os.File, h *FileHeader) error {
	if t.repo.mode == ModeBare && !t.settings.noXattrs || t.repo.mode == ModeBareSplitXattrs {
		names, err := dirfd.FListXattrs(f)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, keep := h.Xattrs.Get(name); keep && t.repo.mode == ModeBare {
				continue
			}
			if err := dirfd.FRemoveXattr(f, name); err != nil {
				return err
			}
		}
	}
	if err := f.Chmod(os.FileMode(initialPerm(t.repo.mode, h) & 0o777)); err != nil {
		return err
	}
	return t.setAttributes(f, h)
}

// removeConsumed deletes the directories that have been consumed.
func (t *Tx) removeConsumed(ctx context.Context) error {
	var errs []error
	for _, dir := range t.consumed {
		// One inside another may be gone.
		if err := removeSource(ctx, dir); ignoreNotExist(err) != nil {
			errs = append(errs, fmt.Errorf("remove consumed directory: %w", err))
		}
	}
	t.consumed = nil
	return errors.Join(errs...)
}

func removeSource(ctx context.Context, path string) error {
	root, err := dirfd.Open(path)
	if err != nil {
		return err
	}
	defer root.Close()
	entries, err := root.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := atomicfs.RemoveAll(ctx, root, e.Name); err != nil {
			return err
		}
	}
	parent, err := dirfd.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer parent.Close()
	// A link to the directory, or a mount point, stays.
	st, err := parent.Lstat(filepath.Base(path))
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return err
	}
	if err := atomicfs.Remove(ctx, parent, filepath.Base(path)); err != nil && !errors.Is(err, unix.EBUSY) {
		return err
	}
	return nil
}
