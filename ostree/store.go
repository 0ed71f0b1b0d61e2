package ostree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"github.com/klauspost/compress/flate"
	"golang.org/x/sys/unix"
)

// This file has the writers of the modes: how a file object looks on disk.

// ownerOnlyPerm are the permission bits that a file may have in bare-user-only
// mode, and keeps in bare-user mode: nothing that gives a program rights it
// would not have, and nothing world-writable.
const ownerOnlyPerm = 0o775

// checkStorable refuses headers that the mode cannot represent.
func (t *Tx) checkStorable(h *FileHeader) error {
	if t.repo.mode == ModeBareUserOnly && !h.IsSymlink() && h.Mode&0o7777&^ownerOnlyPerm != 0 {
		return corrupt(TypeFile, "invalid mode 0%o with bits 0%o: it is not within %#o, as repositories of mode %s need",
			h.Mode, h.Mode&0o7777&^ownerOnlyPerm, ownerOnlyPerm, t.repo.mode)
	}
	return nil
}

// storedPerm is the mode of the file that stores the object.
func storedPerm(m Mode, h *FileHeader) uint32 {
	switch {
	case m == ModeArchive || h.IsSymlink():
		return 0o644
	case m == ModeBareUser:
		return h.Mode&ownerOnlyPerm | 0o400
	}
	return h.Mode & 0o7777
}

// tempFile opens the file that will store the object. While it is written it
// has no more than the final permissions and no set-id bits, but is writable,
// which setting attributes needs.
func (t *Tx) tempFile(ctx context.Context, h *FileHeader) (*os.File, error) {
	f, err := atomicfs.TempFile(ctx, t.staging.dir, initialPerm(t.repo.mode, h))
	if err != nil {
		return nil, err
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, f.Name()); err != nil {
		return nil, errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f))
	}
	return f, nil
}

func initialPerm(m Mode, h *FileHeader) uint32 {
	if m == ModeBare || m == ModeBareSplitXattrs {
		return 0o600
	}
	return storedPerm(m, h)&0o777 | 0o600
}

// storeWhole writes an object with its payload in memory. existed reports that
// somebody else has written it in the meantime.
func (t *Tx) storeWhole(ctx context.Context, s *scratch, c Checksum, h *FileHeader, payload []byte) (existed bool, err error) {
	n := ObjectName{c, TypeFile}
	if h.IsSymlink() && t.repo.mode != ModeArchive {
		if t.repo.mode != ModeBareUser {
			return t.storeLink(ctx, n, h)
		}
		payload = append([]byte(h.Target), 0)
	}
	f, err := t.tempFile(ctx, h)
	if err != nil {
		return false, err
	}
	if !t.sharePayload(s, f, int64(len(payload))) {
		var w *payloadWriter
		if w, err = t.payloadWriter(f, h, int64(len(payload))); err == nil {
			_, err = w.Write(payload)
			err = errors.Join(err, w.finish(int64(len(payload))))
		}
	}
	if err == nil {
		existed, err = t.publishFile(ctx, f, n, h)
	}
	return existed, errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f))
}

// storePlain writes an object that is stored as the given bytes.
func (t *Tx) storePlain(ctx context.Context, n ObjectName, data []byte) (existed bool, err error) {
	f, err := atomicfs.TempFile(ctx, t.staging.dir, 0o644)
	if err != nil {
		return false, err
	}
	if err = atomicfs.CheckHook(ctx, atomicfs.OpWrite, f.Name()); err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		existed, err = t.link(ctx, f, n)
	}
	return existed, errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f))
}

// payloadWriter writes a payload in the form of the mode.
type payloadWriter struct {
	f      *os.File
	z      *flate.Writer // archive mode, unless the object is a link
	tiny   []byte        // collects a short payload instead
	isTiny bool
	level  int
	header *FileHeader
	size   int64 // as written to the archive header
}

func (t *Tx) payloadWriter(f *os.File, h *FileHeader, size int64) (*payloadWriter, error) {
	w := &payloadWriter{f: f, header: h, size: size, level: t.settings.zlibLevel}
	if t.repo.mode != ModeArchive {
		w.header = nil
		return w, nil
	}
	if _, err := f.Write(h.appendArchiveHeader(nil, uint64(size))); err != nil {
		return nil, err
	}
	if h.IsSymlink() {
		return w, nil
	}
	if w.isTiny = size > 0 && size <= maxTiny; w.isTiny {
		return w, nil
	}
	var err error
	w.z, err = getDeflater(w.level, f)
	return w, err
}

// Write implements io.Writer.
func (w *payloadWriter) Write(p []byte) (int, error) {
	if w.z != nil {
		return w.z.Write(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if w.isTiny {
		room := int(w.size) - len(w.tiny) // what is too much shows in the count of the caller
		w.tiny = append(w.tiny, p[:min(room, len(p))]...)
		return len(p), nil
	}
	return w.f.Write(p)
}

// finish completes the file; size is the length of the payload, which the
// header may not know yet. It must be called, also after an error.
func (w *payloadWriter) finish(size int64) error {
	if w.z != nil {
		err := w.z.Close()
		putDeflater(w.level, w.z)
		w.z = nil
		if err != nil {
			return err
		}
	}
	if w.isTiny {
		if err := writeTiny(w.f, w.tiny); err != nil {
			return err
		}
	}
	if w.header == nil || w.header.IsSymlink() || size == w.size {
		return nil
	}
	_, err := w.f.WriteAt(w.header.appendArchiveHeader(nil, uint64(size)), 0)
	return err
}

// publishFile gives a complete file object its owner, attributes, mode, time
// and name.
func (t *Tx) publishFile(ctx context.Context, f *os.File, n ObjectName, h *FileHeader) (existed bool, err error) {
	if err := t.setAttributes(f, h); err != nil {
		return false, err
	}
	if err := t.storeSplitXattrs(ctx, n.Checksum, h); err != nil {
		return false, err
	}
	return t.link(ctx, f, n)
}

func (t *Tx) setAttributes(f *os.File, h *FileHeader) error {
	switch t.repo.mode {
	case ModeArchive:
		return nil
	case ModeBareUser:
		if err := dirfd.FSetXattr(f, metaXattr, h.encodeFileMeta()); err != nil {
			return err
		}
	case ModeBare, ModeBareSplitXattrs:
		// Changing the owner drops capabilities and set-id bits, so it is first.
		if err := f.Chown(int(h.UID), int(h.GID)); err != nil {
			return bareOwnerError(t.repo.mode, h, err)
		}
		if t.repo.mode != ModeBare {
			break
		}
		if err := t.setXattrs(h, func(x Xattr) error { return dirfd.FSetXattr(f, x.Name, x.Value) }); err != nil {
			return err
		}
	}
	if perm := storedPerm(t.repo.mode, h); perm != initialPerm(t.repo.mode, h) {
		if err := unix.Fchmod(int(f.Fd()), perm); err != nil {
			return &fs.PathError{Op: "chmod", Path: f.Name(), Err: err}
		}
	}
	return setTime(f)
}

func bareOwnerError(m Mode, h *FileHeader, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("a repository of mode %s needs root to store files owned by %d:%d; use mode %s: %w",
		m, h.UID, h.GID, ModeBareUser, err)
}

func (t *Tx) setXattrs(h *FileHeader, set func(Xattr) error) error {
	if t.settings.noXattrs {
		return nil
	}
	for _, x := range h.Xattrs {
		if err := set(x); err != nil {
			return err
		}
	}
	return nil
}

// setTime sets the modification time to the epoch, as all objects have it, so
// that checkouts by hardlink are reproducible.
func setTime(f *os.File) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {}}
	err := unix.UtimesNanoAt(int(f.Fd()), "", ts, unix.AT_EMPTY_PATH)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT) { // before Linux 5.8
		err = unix.UtimesNanoAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(int(f.Fd())), ts, 0)
	}
	if err != nil {
		return &fs.PathError{Op: "utimens", Path: f.Name(), Err: err}
	}
	return nil
}

// link gives a complete file its name.
func (t *Tx) link(ctx context.Context, f *os.File, n ObjectName) (existed bool, err error) {
	if err := t.seal(ctx, f); err != nil {
		return false, err
	}
	if t.settings.perObjectFsync && !t.noSync {
		if err := atomicfs.SyncFile(ctx, f); err != nil {
			return false, err
		}
	}
	sub, err := t.target.sub(ctx, n.Checksum[0])
	if err != nil {
		return false, err
	}
	return atomicfs.Publish(ctx, f, sub, n.looseName(t.repo.mode))
}

// storeLink stores a symbolic link as such. It gets its name last, because owner
// and attributes can only be set by name.
func (t *Tx) storeLink(ctx context.Context, n ObjectName, h *FileHeader) (existed bool, err error) {
	tmp := atomicfs.TempPrefix + "link-" + strconv.FormatInt(t.links.Add(1), 10)
	dir := t.staging.dir
	if err := atomicfs.Symlink(ctx, h.Target, dir, tmp); err != nil {
		return false, err
	}
	if err = t.setLinkAttributes(dir, tmp, h); err == nil {
		err = t.storeSplitXattrs(ctx, n.Checksum, h)
	}
	if err == nil {
		existed, err = t.renameInto(ctx, dir, tmp, n)
	}
	if err != nil || existed {
		err = errors.Join(err, atomicfs.Remove(ctx, dir, tmp))
	}
	return existed, err
}

func (t *Tx) setLinkAttributes(dir *dirfd.Dir, name string, h *FileHeader) error {
	if t.repo.mode != ModeBare && t.repo.mode != ModeBareSplitXattrs {
		return nil
	}
	if err := dir.Chown(name, int(h.UID), int(h.GID)); err != nil {
		return bareOwnerError(t.repo.mode, h, err)
	}
	if t.repo.mode != ModeBare {
		return nil
	}
	return t.setXattrs(h, func(x Xattr) error { return dir.SetXattr(name, x.Name, x.Value) })
}

// renameInto moves a complete object from dir to its place.
func (t *Tx) renameInto(ctx context.Context, dir *dirfd.Dir, name string, n ObjectName) (existed bool, err error) {
	sub, err := t.target.sub(ctx, n.Checksum[0])
	if err != nil {
		return false, err
	}
	err = atomicfs.RenameNoReplace(ctx, dir, name, sub, n.looseName(t.repo.mode))
	if errors.Is(err, fs.ErrExist) {
		return true, nil
	}
	return false, err
}

// WriteArchived writes a file object from its archive form, a .filez stream as
// servers have it. It verifies header, payload and length. An archive repository
// keeps the compressed bytes as they are.
func (t *Tx) WriteArchived(ctx context.Context, want Checksum, r io.Reader) error {
	return t.nameArchived(ctx, want, r, true)
}

// WriteArchivedUnverified is WriteArchived that, in an archive repository, takes
// the name from the caller: only the form and the length of the payload are
// checked. In other modes it verifies.
func (t *Tx) WriteArchivedUnverified(ctx context.Context, want Checksum, r io.Reader) error {
	return t.nameArchived(ctx, want, r, false)
}

func (t *Tx) nameArchived(ctx context.Context, want Checksum, r io.Reader, verify bool) error {
	n := ObjectName{want, TypeFile}
	if err := t.writeArchived(ctx, n, r, verify); err != nil {
		return fmt.Errorf("write %s: %w", n, nameCorrupt(err, n))
	}
	return nil
}

func (t *Tx) writeArchived(ctx context.Context, n ObjectName, r io.Reader, verify bool) error {
	if err := t.active(ctx); err != nil {
		return err
	}
	if ok, err := t.has(ctx, n); err != nil {
		return err
	} else if ok {
		t.count(n, 0, false)
		return nil
	}
	return t.storeArchived(ctx, n, r, verify || t.repo.mode != ModeArchive)
}

// storeArchived is writeArchived of an object that is known to be missing. If it is not to be verified, only form and length
// of the payload are.
func (t *Tx) storeArchived(ctx context.Context, n ObjectName, r io.Reader, verify bool) error {
	if t.repo.mode == ModeArchive {
		return t.keepArchived(ctx, n, r, verify)
	}
	d := newInflater(r)
	defer d.release()
	h, size, err := d.open()
	if err != nil {
		return err
	}
	in := fileInput{header: h, size: size, want: &n.Checksum, trusted: !verify}
	if !h.IsSymlink() {
		in.r = d
	}
	_, err = t.writeFile(ctx, in)
	return err
}

// keepArchived reads a .filez while copying it to a file, and verifies it if asked to.
func (t *Tx) keepArchived(ctx context.Context, n ObjectName, r io.Reader, verify bool) error {
	f, err := atomicfs.TempFile(ctx, t.staging.dir, 0o644)
	if err != nil {
		return err
	}
	size, existed, err := t.copyArchived(ctx, n, r, f, verify)
	if err = errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f)); err != nil {
		return err
	}
	t.count(n, size, !existed)
	return nil
}

func (t *Tx) copyArchived(ctx context.Context, n ObjectName, r io.Reader, f *os.File, verify bool) (int64, bool, error) {
	if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, f.Name()); err != nil {
		return 0, false, err
	}
	d := newInflater(io.TeeReader(r, &reservingWriter{t, f}))
	defer d.release()
	h, size, err := d.open()
	if err != nil {
		return 0, false, err
	}
	s := getScratch()
	defer s.put()
	s.ctx = ctx
	s.start(h)
	switch {
	case h.IsSymlink():
	case verify:
		_, err = s.hashFrom(d)
	default:
		_, err = io.Copy(io.Discard, d) // unpacked all the same: form and length must be right
	}
	if err != nil {
		return 0, false, err
	}
	if verify && s.sum() != n.Checksum {
		return 0, false, mismatch(n, s.sum())
	}
	existed, err := t.link(ctx, f, n)
	return size, existed, err
}
