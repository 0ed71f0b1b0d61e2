package ostree

import (
	"context"
	"errors"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// knownFile is what the dev/ino cache knows about a source file.
type knownFile struct {
	checksum Checksum
	header   FileHeader // not set when the object is taken as it is
}

// lookup asks the dev/ino cache. In modes that keep owner and mode elsewhere than
// in the inode, the object's are those to start from.
func (im *importer) lookup(job *importJob) error {
	c, ok := im.o.DevIno.Lookup(uint64(job.st.Dev), job.st.Ino)
	if !ok || job.st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil
	}
	job.known = &knownFile{checksum: c}
	if im.o.DevInoCanonical {
		return nil
	}
	h, _, err := loadHeader(im.t.stores(), c)
	if err != nil {
		return err
	}
	job.known.header = *h
	if im.t.repo.mode == ModeBareUser || im.t.repo.mode == ModeBareUserOnly {
		job.header = *h
	}
	return nil
}

// xattrs returns the attributes of the object.
func (k *knownFile) xattrs() ([]dirfd.Xattr, error) { return toDisk(k.header.Xattrs), nil }

// unchanged reports whether a file is an object in the cache. It tells only where that takes no look at the file, which
// is also cheaper than giving it to another goroutine.
func (im *importer) unchanged(job *importJob) (bool, error) {
	switch {
	case job.known == nil:
		return false, nil
	case im.o.DevInoCanonical:
		return true, nil
	case im.t.repo.mode != ModeBareUser: // the attributes are on the file
		return false, nil
	}
	h := job.header
	err := im.modifier.xattrs(job.path, &h, job.known.xattrs)
	return err == nil && sameHeader(&h, &job.known.header), err
}

// importFile returns the object of a file or symbolic link, and writes it if it
// is missing.
func (im *importer) importFile(ctx context.Context, job *importJob) (Checksum, error) {
	if job.header.IsSymlink() {
		return im.importLink(ctx, job)
	}
	f, err := job.dir.OpenFile(job.name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return Checksum{}, err
	}
	defer f.Close()
	read := func() ([]dirfd.Xattr, error) { return dirfd.FReadXattrs(f) }
	if job.known != nil && im.t.repo.mode == ModeBareUser {
		read = job.known.xattrs
	}
	if err := im.modifier.xattrs(job.path, &job.header, read); err != nil {
		return Checksum{}, err
	}
	if job.known != nil && sameHeader(&job.header, &job.known.header) {
		im.hit(job)
		return job.known.checksum, nil
	}
	var st dirfd.Stat
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return Checksum{}, err
	}
	if st.Ino != job.st.Ino || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return Checksum{}, errors.New("file has been replaced during the import")
	}
	in := fileInput{header: &job.header, size: job.st.Size, r: f}
	if im.o.Consume {
		in.file = &ownFile{job.dir.Dir, job.name, f, &st}
	}
	return im.t.writeFile(ctx, in)
}

func (im *importer) importLink(ctx context.Context, job *importJob) (Checksum, error) {
	target, err := job.dir.Readlink(job.name)
	if err != nil {
		return Checksum{}, err
	}
	job.header.Target = target
	read := func() ([]dirfd.Xattr, error) { return job.dir.ReadXattrs(job.name) }
	if err := im.modifier.xattrs(job.path, &job.header, read); err != nil {
		return Checksum{}, err
	}
	return im.t.writeFile(ctx, fileInput{header: &job.header, size: 0})
}

// hit counts a file that did not have to be read.
func (im *importer) hit(job *importJob) {
	im.t.mu.Lock()
	defer im.t.mu.Unlock()
	im.t.stats.DevInoHits++
	im.t.stats.ContentTotal++
}

func sameHeader(a, b *FileHeader) bool {
	return a.UID == b.UID && a.GID == b.GID && a.Mode == b.Mode && a.Target == b.Target && equalXattrs(a.Xattrs, b.Xattrs)
}

func toDisk(x Xattrs) []dirfd.Xattr {
	out := make([]dirfd.Xattr, len(x))
	for i := range x {
		out[i] = dirfd.Xattr{Name: x[i].Name, Value: x[i].Value}
	}
	return out
}
