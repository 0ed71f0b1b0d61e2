package ostree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// File is an open file object.
type File struct {
	Header FileHeader
	Size   int64 // of the payload in bytes; 0 for a symbolic link

	// Reader is the payload, nil for a symbolic link. In bare modes it is an
	// *os.File.
	Reader io.ReadCloser
}

// Close closes the payload, if there is one.
func (f *File) Close() error {
	if f.Reader == nil {
		return nil
	}
	return f.Reader.Close()
}

// maxMetadataSize bounds metadata objects; it is the limit that libostree has
// for those it downloads.
const maxMetadataSize = 128 << 20

// metaXattr holds owner, mode and attributes of a file in bare-user mode.
const metaXattr = "user.ostreemeta"

// looseStore reads one directory of loose objects: objects/ of a repository, or
// the staging directory of a transaction.
type looseStore struct {
	dir      *dirfd.Dir
	subs     *subdirs // of dir; nil to look up paths each time
	mode     Mode
	noXattrs bool // core.disable-xattrs
}

// stores lists where the objects of r are: its own store, then its parents'.
func (r *Repo) stores() []looseStore {
	var out []looseStore
	for ; r != nil; r = r.parent {
		out = append(out, looseStore{r.objects, &r.subs, r.mode, r.current().noXattrs})
	}
	return out
}

// at returns where the object is: a directory, and the path below it.
func (s *looseStore) at(n ObjectName) (*dirfd.Dir, string) {
	if s.subs != nil {
		if d := s.subs.get(s.dir, n.Checksum[0]); d != nil {
			return d, n.looseName(s.mode)
		}
	}
	return s.dir, n.LoosePath(s.mode)
}

func (s *looseStore) has(n ObjectName) (bool, error) {
	d, name := s.at(n)
	ok, err := d.Exists(name)
	if ok && s.mode == ModeBareSplitXattrs && n.Type == TypeFile {
		return hasSplitXattrs(s.dir, n.Checksum)
	}
	return ok, err
}

// hasAny looks for n in all stores.
func hasAny(stores []looseStore, n ObjectName) (bool, error) {
	for i := range stores {
		if ok, err := stores[i].has(n); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// firstOf calls load for one store after the other until one has the object.
func firstOf[T any](stores []looseStore, n ObjectName, load func(*looseStore) (T, error)) (T, error) {
	for i := range stores {
		v, err := load(&stores[i])
		if err == nil {
			return v, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return v, fmt.Errorf("load %s: %w", n, nameCorrupt(err, n))
		}
	}
	var none T
	return none, &MissingError{n}
}

func loadMetadata(stores []looseStore, n ObjectName) ([]byte, error) {
	if !n.Type.IsMetadata() {
		return nil, fmt.Errorf("load %s: not a metadata object", n)
	}
	return firstOf(stores, n, func(s *looseStore) ([]byte, error) {
		d, name := s.at(n)
		return d.ReadFile(name, maxMetadataSize)
	})
}

func loadParsed[T any](stores []looseStore, n ObjectName, parse func([]byte) (*T, error)) (*T, error) {
	data, err := loadMetadata(stores, n)
	if err != nil {
		return nil, err
	}
	v, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", n, nameCorrupt(err, n))
	}
	return v, nil
}

// openFile is loadFile for callers of the package's own: the Reader is an *os.File in bare modes.
func openFile(stores []looseStore, c Checksum) (*File, error) {
	file, err := loadFile(stores, c)
	if err != nil {
		return nil, err
	}
	if f, ok := file.Reader.(*dirfd.File); ok {
		file.Reader = f.Take()
	}
	return file, nil
}

// loadFile opens a file object. In bare modes the Reader is a *dirfd.File.
func loadFile(stores []looseStore, c Checksum) (*File, error) {
	return firstOf(stores, ObjectName{c, TypeFile}, func(s *looseStore) (*File, error) { return s.loadFile(c) })
}

// loadFile opens a file object in the way of the mode.
func (s *looseStore) loadFile(c Checksum) (*File, error) {
	d, name := s.at(ObjectName{c, TypeFile})
	f, err := d.OpenRead(name)
	if errors.Is(err, unix.ELOOP) {
		return s.loadLink(c, d, name)
	}
	if err != nil {
		return nil, err
	}
	file, err := s.describe(c, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return file, nil
}

// loadLink reads a symbolic link stored as such.
func (s *looseStore) loadLink(c Checksum, d *dirfd.Dir, name string) (*File, error) {
	st, err := d.Lstat(name)
	if err != nil {
		return nil, err
	}
	target, err := d.Readlink(name)
	if err != nil {
		return nil, err
	}
	h := FileHeader{UID: st.Uid, GID: st.Gid, Mode: st.Mode, Target: target}
	switch s.mode {
	case ModeBareUserOnly:
		h.UID, h.GID = 0, 0
	case ModeBare:
		if !s.noXattrs {
			xattrs, err := d.ReadXattrs(name)
			if err != nil {
				return nil, err
			}
			h.Xattrs = fromDisk(xattrs)
		}
	case ModeBareSplitXattrs:
		if h.Xattrs, err = s.splitXattrs(c); err != nil {
			return nil, err
		}
	default:
		return nil, corrupt(TypeFile, "symbolic link in a repository of mode %s", s.mode)
	}
	return &File{Header: h}, nil
}

// describe reads the header of the object that f is. On success f belongs to
// the File, or is closed.
func (s *looseStore) describe(c Checksum, f *dirfd.File) (*File, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := needRegular(TypeFile, &st); err != nil {
		return nil, err
	}
	if s.mode == ModeArchive {
		return openArchived(f)
	}
	file := &File{Header: FileHeader{UID: st.Uid, GID: st.Gid, Mode: st.Mode}, Size: st.Size, Reader: f}
	switch s.mode {
	case ModeBareUserOnly:
		file.Header.UID, file.Header.GID = 0, 0
	case ModeBareUser:
		return file, s.describeBareUser(file, f)
	case ModeBareSplitXattrs:
		file.Header.Xattrs, err = s.splitXattrs(c)
		return file, err
	case ModeBare:
		if s.noXattrs {
			break
		}
		xattrs, err := f.ReadXattrs()
		if err != nil {
			return nil, err
		}
		file.Header.Xattrs = fromDisk(xattrs)
	}
	return file, nil
}

// needRegular refuses what may look like an object but must not be read, or linked: a device, or the end of a pipe.
func needRegular(t ObjectType, st *dirfd.Stat) error {
	if st.Mode&unix.S_IFMT == unix.S_IFREG {
		return nil
	}
	return corrupt(t, "stored as a file of type %#o", st.Mode&unix.S_IFMT)
}

// describeBareUser takes the header from the attribute, and turns the regular
// file that stands for a symbolic link into one.
func (s *looseStore) describeBareUser(file *File, f *dirfd.File) error {
	data, err := f.GetXattr(metaXattr)
	if errors.Is(err, unix.ENODATA) {
		return corrupt(TypeFile, "no attribute %s", metaXattr)
	}
	if err != nil {
		return err
	}
	if file.Header, err = parseFileMeta(data); err != nil {
		return err
	}
	if !file.Header.IsSymlink() {
		return nil
	}
	target, err := io.ReadAll(io.LimitReader(f, unix.PathMax+1))
	if err != nil {
		return err
	}
	file.Header.Target = strings.TrimSuffix(string(target), "\x00")
	if len(target) > unix.PathMax {
		return corrupt(TypeFile, "link target is longer than %d bytes", unix.PathMax)
	}
	if err := file.Header.check(); err != nil {
		return corrupt(TypeFile, "%w", err)
	}
	file.Size, file.Reader = 0, nil
	return f.Close()
}

// splitXattrs reads the attributes of a file in bare-split-xattrs mode.
func (s *looseStore) splitXattrs(c Checksum) (Xattrs, error) {
	data, err := s.dir.ReadFile(ObjectName{c, TypeFileXattrsLink}.LoosePath(s.mode), maxMetadataSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, corrupt(TypeFile, "no object %s for its attributes", TypeFileXattrsLink)
	}
	if err != nil {
		return nil, err
	}
	x, err := parseXattrs(data)
	if err == nil && string(x.appendTo(nil)) != string(data) {
		err = errNotNormal
	}
	if err != nil {
		return nil, corrupt(TypeFileXattrs, "%w", err)
	}
	return x, nil
}

func fromDisk(in []dirfd.Xattr) Xattrs {
	if len(in) == 0 {
		return nil
	}
	out := make(Xattrs, len(in))
	for i := range in {
		out[i] = Xattr{in[i].Name, in[i].Value}
	}
	return out
}

// Has reports whether the object is stored here or in a parent repository.
func (r *Repo) Has(ctx context.Context, n ObjectName) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return hasAny(r.stores(), n)
}

// LoadMetadata returns the bytes of a metadata object as stored; they are not
// compared with the name again. The error matches [fs.ErrNotExist] if the object
// is missing, as for all loaders.
func (r *Repo) LoadMetadata(ctx context.Context, n ObjectName) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadMetadata(r.stores(), n)
}

// LoadCommit returns a commit.
func (r *Repo) LoadCommit(ctx context.Context, c Checksum) (*Commit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(r.stores(), ObjectName{c, TypeCommit}, ParseCommit)
}

// LoadDirTree returns a dirtree.
func (r *Repo) LoadDirTree(ctx context.Context, c Checksum) (*DirTree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(r.stores(), ObjectName{c, TypeDirTree}, ParseDirTree)
}

// LoadDirMeta returns a dirmeta.
func (r *Repo) LoadDirMeta(ctx context.Context, c Checksum) (*DirMeta, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(r.stores(), ObjectName{c, TypeDirMeta}, ParseDirMeta)
}

// LoadFile opens a file object. The caller closes the File.
func (r *Repo) LoadFile(ctx context.Context, c Checksum) (*File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return openFile(r.stores(), c)
}
