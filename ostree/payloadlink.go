package ostree

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// Payload links: files that differ only in owner, mode or attributes are different objects, but on a file system with
// reflinks they can share their data. For that the symbolic link SUM.payload-link, where SUM is the SHA-256 of a payload
// alone, names a file object that has it: "../XX/REST.file". Payloads of at least core.payload-link-threshold bytes get
// one, in the modes bare and bare-user. A link is a hint: readers never need it, and one whose file is gone means nothing.

// noPayloadLinks is the threshold that no payload reaches.
const noPayloadLinks = -1

// payloadThreshold is the size from which on payloads are shared, or noPayloadLinks if the mode or the file system
// does not allow it.
func (t *Tx) payloadThreshold(ctx context.Context) (int64, error) {
	limit := t.settings.payloadLinks
	if limit < 0 || t.repo.mode != ModeBare && t.repo.mode != ModeBareUser {
		return noPayloadLinks, nil
	}
	ok, err := probeReflink(ctx, t.repo.dir, t.staging.dir)
	if err != nil || !ok {
		return noPayloadLinks, err
	}
	return limit, nil
}

// probeReflink clones the configuration, a file that every repository has.
func probeReflink(ctx context.Context, repo, tmp *dirfd.Dir) (bool, error) {
	src, err := repo.OpenFile("config", unix.O_RDONLY, 0)
	if err != nil {
		return false, err
	}
	defer src.Close()
	dst, err := atomicfs.TempFile(ctx, tmp, 0o600)
	if err != nil {
		return false, err
	}
	err = dirfd.Reflink(dst, src)
	if derr := atomicfs.Discard(ctx, tmp, dst); derr != nil {
		return false, derr
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

// linksPayload reports whether the payload that s has hashed is to be shared.
func (t *Tx) linksPayload(s *scratch, size int64) bool {
	return s.both && t.payloadLinks >= 0 && size >= t.payloadLinks
}

// parsePayloadLink returns the file object that a payload link names.
func parsePayloadLink(target string, m Mode) (ObjectName, bool) {
	path, up := strings.CutPrefix(target, "../")
	n, err := ParseLoosePath(path, m)
	return n, up && err == nil && n.Type == TypeFile
}

// openPayload opens a file object with the payload that s has hashed, in the transaction or the repository. It returns nil
// if there is none or nothing is to be shared: whatever is wrong with a hint, the payload is written as if there were none.
func (t *Tx) openPayload(s *scratch, size int64) *os.File {
	if !t.linksPayload(s, size) {
		return nil
	}
	link := ObjectName{s.payloadSum(), TypePayloadLink}.LoosePath(t.repo.mode)
	for _, dir := range []*dirfd.Dir{t.staging.dir, t.repo.objects} {
		target, err := dir.Readlink(link)
		if err != nil {
			continue
		}
		n, ok := parsePayloadLink(target, t.repo.mode)
		if !ok || t.replace[n] {
			continue
		}
		for _, at := range []*dirfd.Dir{dir, t.repo.objects} {
			f, err := at.OpenFile(n.LoosePath(t.repo.mode), unix.O_RDONLY|unix.O_NONBLOCK, 0)
			if err != nil {
				continue
			}
			if st, err := f.Stat(); err == nil && st.Mode().IsRegular() && st.Size() == size {
				return f
			}
			f.Close()
		}
	}
	return nil
}

// sharePayload makes f share the data of an object with the payload that s has hashed, and reports whether it does.
// What f held before is dropped.
func (t *Tx) sharePayload(s *scratch, f *os.File, size int64) bool {
	src := t.openPayload(s, size)
	if src == nil {
		return false
	}
	defer src.Close()
	return dirfd.Reflink(f, src) == nil
}

// storeShared writes an object whose payload another one has, without writing the payload. shared is false, and nothing
// has happened, if there is no such object.
func (t *Tx) storeShared(ctx context.Context, s *scratch, n ObjectName, h *FileHeader, size int64) (existed, shared bool, err error) {
	src := t.openPayload(s, size)
	if src == nil {
		return false, false, nil
	}
	defer src.Close()
	f, err := t.tempFile(ctx, h)
	if err != nil {
		return false, false, err
	}
	if shared = dirfd.Reflink(f, src) == nil; shared {
		existed, err = t.publishFile(ctx, f, n, h)
	}
	err = errors.Join(err, atomicfs.Discard(ctx, t.staging.dir, f))
	if err == nil && shared {
		err = t.linkPayload(ctx, s.payloadSum(), n)
	}
	return existed, shared, err
}

// notePayload writes the link for an object just stored.
func (t *Tx) notePayload(ctx context.Context, s *scratch, n ObjectName, size int64) error {
	if !t.linksPayload(s, size) {
		return nil
	}
	return t.linkPayload(ctx, s.payloadSum(), n)
}

// linkPayload makes the payload link name n. It replaces an older link, since a newer object probably stays for longer.
func (t *Tx) linkPayload(ctx context.Context, payload Checksum, n ObjectName) error {
	link := ObjectName{payload, TypePayloadLink}
	sub, err := t.target.sub(ctx, payload[0])
	if err != nil {
		return err
	}
	tmp := atomicfs.TempPrefix + "payload-" + strconv.FormatInt(t.links.Add(1), 10)
	if err := atomicfs.Symlink(ctx, "../"+n.LoosePath(t.repo.mode), t.staging.dir, tmp); err != nil {
		return err
	}
	if err := atomicfs.Rename(ctx, t.staging.dir, tmp, sub, link.looseName(t.repo.mode)); err != nil {
		return errors.Join(err, atomicfs.Remove(ctx, t.staging.dir, tmp))
	}
	return nil
}

// linkImported writes the payload link of an object that came as a hard link, for which its payload has to be read.
func (t *Tx) linkImported(ctx context.Context, src *Repo, n ObjectName) error {
	if t.payloadLinks < 0 || n.Type != TypeFile {
		return nil
	}
	f, err := src.LoadFile(ctx, n.Checksum)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Reader == nil || f.Size < t.payloadLinks {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f.Reader); err != nil {
		return err
	}
	return t.linkPayload(ctx, Checksum(sum.Sum(nil)), n)
}
