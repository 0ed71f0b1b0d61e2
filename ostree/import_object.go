package ostree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ImportObjectOptions are the options of [Tx.ImportObject].
type ImportObjectOptions struct {
	// Untrusted makes the object be read and compared with its name. Otherwise, as
	// when the real command pulls from a local repository, the name of a file is
	// taken from the other repository whether it is linked, copied or converted;
	// what cannot be unpacked or has another length than it says is an error.
	Untrusted bool
}

// ImportObject takes an object from another repository: by hardlink if it would
// be stored the same way, on the same file system and with the same owner, else
// by copying or converting it. linked reports a hardlink. Detached metadata comes
// with a commit.
func (t *Tx) ImportObject(ctx context.Context, src *Repo, n ObjectName, o *ImportObjectOptions) (linked bool, err error) {
	if o == nil {
		o = &ImportObjectOptions{}
	}
	if linked, err = t.importObject(ctx, src, n, o); err == nil && n.Type == TypeCommit {
		err = t.importDetached(ctx, src, n.Checksum)
	}
	if err != nil {
		return linked, fmt.Errorf("import %s from %s: %w", n, src.path, nameCorrupt(err, n))
	}
	return linked, nil
}

func (t *Tx) importObject(ctx context.Context, src *Repo, n ObjectName, o *ImportObjectOptions) (bool, error) {
	if err := t.active(ctx); err != nil {
		return false, err
	}
	if n.Type != TypeFile && (n.Type < TypeDirTree || n.Type > TypeCommit) {
		return false, fmt.Errorf("objects of type %s cannot be imported", n.Type)
	}
	if ok, err := t.has(ctx, n); err != nil {
		return false, err
	} else if ok {
		t.count(n, 0, false)
		return false, nil
	}
	// The object may be in a parent of src, which has a mode of its own.
	owner := src
	for owner.parent != nil {
		store := looseStore{dir: owner.objects, subs: &owner.subs, mode: owner.mode}
		if ok, err := store.has(n); err != nil {
			return false, err
		} else if ok {
			break
		}
		owner = owner.parent
	}
	if linked, err := t.maybeLink(ctx, owner, n, o.Untrusted); linked || err != nil {
		return linked, err
	}
	if n.Type.IsMetadata() {
		data, err := owner.LoadMetadata(ctx, n)
		if err != nil {
			return false, err
		}
		return false, t.WriteMetadataExpect(ctx, n, data)
	}
	return false, t.importFile(ctx, owner, n, o)
}

func (t *Tx) importDetached(ctx context.Context, src *Repo, c Checksum) error {
	d, err := src.DetachedMetadata(ctx, c)
	if d == nil || err != nil {
		return err
	}
	return t.SetDetachedMetadata(ctx, c, d)
}

// maybeLink spares looking at objects that are stored differently.
func (t *Tx) maybeLink(ctx context.Context, src *Repo, n ObjectName, verify bool) (bool, error) {
	if !n.Type.IsMetadata() && src.mode != t.repo.mode && (src.mode != ModeBareUser || t.repo.mode != ModeBareUserOnly) {
		return false, nil
	}
	return t.tryLink(ctx, src, n, verify)
}

// tryLink makes a hardlink if the stored form is right. It returns false, nil if
// the object has to be copied.
func (t *Tx) tryLink(ctx context.Context, src *Repo, n ObjectName, verify bool) (bool, error) {
	dir, name := (&looseStore{dir: src.objects, subs: &src.subs, mode: src.mode}).at(n)
	st, err := dir.Lstat(name)
	if err != nil {
		return false, err
	}
	if !isStoredLink(src.mode, n, &st) {
		if err := needRegular(n.Type, &st); err != nil {
			return false, err
		}
	}
	if !t.linkable(src, n, &st) {
		return false, nil
	}
	if !n.Type.IsMetadata() && src.mode == ModeBareUser && t.repo.mode == ModeBareUserOnly {
		if ok, err := t.fitsUserOnly(src, n); !ok || err != nil {
			return false, err
		}
	}
	if verify {
		if err := src.verify(ctx, n); err != nil {
			return false, err
		}
	}
	if err := t.sealName(ctx, dir, name); err != nil {
		return false, err
	}
	sub, err := t.target.sub(ctx, n.Checksum[0])
	if err != nil {
		return false, err
	}
	err = atomicfs.Link(ctx, dir, name, sub, n.looseName(t.repo.mode))
	switch {
	case err == nil:
		t.count(n, 0, true)
		return true, t.linkImported(ctx, src, n)
	case errors.Is(err, fs.ErrExist):
		t.count(n, 0, false)
		return false, nil
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EMLINK), errors.Is(err, unix.EPERM):
		return false, nil // another file system, too many links, not allowed
	}
	return false, err
}

// isStoredLink reports whether a file object is a symbolic link on disk, as some modes have it.
func isStoredLink(m Mode, n ObjectName, st *dirfd.Stat) bool {
	return st.Mode&unix.S_IFMT == unix.S_IFLNK && n.Type == TypeFile && m != ModeArchive && m != ModeBareUser
}

func (t *Tx) linkable(src *Repo, n ObjectName, st *dirfd.Stat) bool {
	to := t.repo.mode
	if uint64(st.Dev) != t.repo.id.dev {
		return false
	}
	// The owner of an object file can change it. A bare repository has files of
	// many owners, but only root may write there.
	if int(st.Uid) != os.Geteuid() && (n.Type.IsMetadata() || to != ModeBare) {
		return false
	}
	if n.Type.IsMetadata() || src.mode == to {
		return n.Type.IsMetadata() || to != ModeBareSplitXattrs // which is a file and its attributes
	}
	return src.mode == ModeBareUser && to == ModeBareUserOnly && st.Mode&unix.S_IFMT == unix.S_IFREG
}

// fitsUserOnly reports whether the file of a bare-user object is at the same time
// that of a bare-user-only one.
func (t *Tx) fitsUserOnly(src *Repo, n ObjectName) (bool, error) {
	f, err := loadFile(src.stores(), n.Checksum)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := t.checkStorable(&f.Header); err != nil {
		return false, err
	}
	return !f.Header.IsSymlink() && storedPerm(ModeBareUser, &f.Header) == storedPerm(ModeBareUserOnly, &f.Header), nil
}

// importFile copies or converts a file object.
func (t *Tx) importFile(ctx context.Context, src *Repo, n ObjectName, o *ImportObjectOptions) error {
	if src.mode == ModeArchive {
		f, _, err := src.openArchived(n.Checksum)
		if err != nil {
			return err
		}
		if t.repo.mode == ModeArchive && !o.Untrusted {
			file := f.Take()
			defer file.Close()
			return t.copyFile(ctx, n, file, nil)
		}
		defer f.Close()
		return t.storeArchived(ctx, n, f, o.Untrusted)
	}
	f, err := src.LoadFile(ctx, n.Checksum)
	if err != nil {
		return err
	}
	defer f.Close()
	file, plain := f.Reader.(*os.File)
	if plain && !o.Untrusted && t.repo.mode != ModeArchive {
		return t.copyFile(ctx, n, file, &f.Header)
	}
	in := fileInput{header: &f.Header, size: f.Size, want: &n.Checksum, trusted: !o.Untrusted}
	if f.Reader != nil {
		in.r = onceReader{f.Reader}
	}
	_, err = t.writeFile(ctx, in)
	return err
}

// onceReader hides that a file can be read twice. It is known to be missing, so
// hashing it first would be a waste.
type onceReader struct{ io.Reader }

// copyFile copies a payload that both repositories store as it is, with the
// cheapest means of the kernel. h is nil if the whole file is the object.
func (t *Tx) copyFile(ctx context.Context, n ObjectName, src *os.File, h *FileHeader) error {
	st, err := src.Stat()
	if err != nil {
		return err
	}
	if h != nil {
		if err := t.checkStorable(h); err != nil {
			return err
		}
	}
	if err := t.reserve(st.Size()); err != nil {
		return err
	}
	var f *os.File
	if h == nil {
		f, err = atomicfs.TempFile(ctx, t.staging.dir, 0o644)
	} else {
		f, err = t.tempFile(ctx, h)
	}
	if err != nil {
		return err
	}
	existed, err := t.copyInto(ctx, n, f, src, h)
	if err = errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f)); err != nil {
		return err
	}
	t.count(n, st.Size(), !existed)
	return nil
}

func (t *Tx) copyInto(ctx context.Context, n ObjectName, f, src *os.File, h *FileHeader) (bool, error) {
	if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, f.Name()); err != nil {
		return false, err
	}
	if _, err := dirfd.CopyData(ctx, f, src); err != nil {
		return false, err
	}
	if h == nil {
		return t.link(ctx, f, n)
	}
	return t.publishFile(ctx, f, n, h)
}
