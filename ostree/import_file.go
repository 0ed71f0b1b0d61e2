package ostree

import (
	"context"
	"errors"
	"fmt"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// knownFile is what the dev/ino cache knows about a source file.
type knownFile struct {
	checksum Checksum
	header   FileHeader // not set when the object is taken as it is
}

// look finds out what a file is and what the options make of it.
func (im *importer) look(f *importFile) (FilterResult, error) {
	st, err := f.dir.Lstat(f.name)
	if err != nil {
		return FilterSkip, err
	}
	return im.apply(f, &st)
}

// apply is look at a file whose stat(2) is known.
func (im *importer) apply(f *importFile, st *dirfd.Stat) (FilterResult, error) {
	f.looked, f.st, f.header = true, *st, headerOf(st)
	if err := im.lookup(f); err != nil {
		return FilterSkip, err
	}
	if im.modifier.apply(f.path, &f.header) == FilterSkip {
		return FilterSkip, nil
	}
	typ := f.header.Mode & unix.S_IFMT
	if typ != unix.S_IFREG && typ != unix.S_IFLNK || typ != st.Mode&unix.S_IFMT {
		return FilterSkip, fmt.Errorf("only directories, regular files and symbolic links can be stored, not type %#o", typ)
	}
	return FilterKeep, nil
}

// lookup asks the dev/ino cache. In modes that keep owner and mode elsewhere than
// in the inode, the object's are those to start from.
func (im *importer) lookup(f *importFile) error {
	c, ok := im.o.DevIno.Lookup(uint64(f.st.Dev), f.st.Ino)
	if !ok || f.st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil
	}
	f.known = &knownFile{checksum: c}
	if im.o.DevInoCanonical {
		return nil
	}
	h, _, err := loadHeader(im.t.stores(), c)
	if err != nil {
		return err
	}
	f.known.header = *h
	if im.t.repo.mode == ModeBareUser || im.t.repo.mode == ModeBareUserOnly {
		f.header = *h
	}
	return nil
}

// xattrs returns the attributes of the object.
func (k *knownFile) xattrs() ([]dirfd.Xattr, error) { return toDisk(k.header.Xattrs), nil }

// unchanged reports whether a file is an object in the cache. It tells only where that takes no look at the file.
func (im *importer) unchanged(f *importFile) (bool, error) {
	switch {
	case f.known == nil:
		return false, nil
	case im.o.DevInoCanonical:
		return true, nil
	case im.t.repo.mode != ModeBareUser: // the attributes are on the file
		return false, nil
	}
	h := f.header
	err := im.modifier.xattrs(f.path, &h, f.known.xattrs)
	return err == nil && sameHeader(&h, &f.known.header), err
}

// file returns the object of a file or symbolic link, and writes it if it is missing.
func (im *importer) file(ctx context.Context, f *importFile) (Checksum, error) {
	if !f.looked && f.typ == unix.DT_REG && im.o.DevIno == nil {
		return im.open(ctx, f)
	}
	if !f.looked {
		if _, err := im.look(f); err != nil {
			return Checksum{}, err
		}
	}
	same, err := im.unchanged(f)
	switch {
	case err != nil:
		return Checksum{}, err
	case same:
		im.hit()
		return f.known.checksum, nil
	case f.header.IsSymlink():
		return im.link(ctx, f)
	}
	return im.open(ctx, f)
}

// open returns the object of a regular file.
func (im *importer) open(ctx context.Context, f *importFile) (Checksum, error) {
	in, err := f.dir.OpenRead(f.name)
	if err != nil {
		return Checksum{}, err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return Checksum{}, err
	}
	if !f.looked {
		if _, err := im.apply(f, &st); err != nil {
			return Checksum{}, err
		}
	}
	if st.Ino != f.st.Ino || st.Dev != f.st.Dev || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return Checksum{}, errors.New("file has been replaced during the import")
	}
	read := in.ReadXattrs
	if f.known != nil && im.t.repo.mode == ModeBareUser {
		read = f.known.xattrs
	}
	if err := im.modifier.xattrs(f.path, &f.header, read); err != nil {
		return Checksum{}, err
	}
	if f.known != nil && sameHeader(&f.header, &f.known.header) {
		im.hit()
		return f.known.checksum, nil
	}
	if im.o.Consume {
		own := &ownFile{f.dir, f.name, in.Take(), &st}
		defer own.f.Close()
		return im.t.writeFile(ctx, fileInput{header: &f.header, size: f.st.Size, r: own.f, file: own})
	}
	return im.t.writeFile(ctx, fileInput{header: &f.header, size: f.st.Size, r: in})
}

func (im *importer) link(ctx context.Context, f *importFile) (Checksum, error) {
	target, err := f.dir.Readlink(f.name)
	if err != nil {
		return Checksum{}, err
	}
	f.header.Target = target
	read := func() ([]dirfd.Xattr, error) { return f.dir.ReadXattrs(f.name) }
	if err := im.modifier.xattrs(f.path, &f.header, read); err != nil {
		return Checksum{}, err
	}
	return im.t.writeFile(ctx, fileInput{header: &f.header, size: 0})
}

// hit counts a file that did not have to be read.
func (im *importer) hit() {
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
