package ostree

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ImportTar adds the content of a tar archive to m, as [Tx.ImportDir] does for a
// directory. r is the archive uncompressed: compress/gzip unpacks a .tar.gz, and
// NewReader of package rpmpkg/repodata whatever tar(1) writes. Hard links become
// the same object as their target, which must precede them; pax records carry
// extended attributes. Consume, DevIno and Workers have no effect. Names that lead
// out of the tree and device nodes, fifos and the like are errors. What follows
// the end of the archive in r is not read.
func (t *Tx) ImportTar(ctx context.Context, m *MutableTree, r io.Reader, o *ImportOptions) error {
	if o == nil {
		o = &ImportOptions{}
	}
	if err := t.active(ctx); err != nil {
		return fmt.Errorf("import archive: %w", err)
	}
	canonical := o.CanonicalPermissions || t.repo.mode == ModeBareUserOnly
	im := &tarImporter{
		t:        t,
		o:        o,
		m:        m,
		modifier: newModifier(o, canonical, o.NoXattrs || t.settings.noXattrs),
		progress: progress{call: o.Progress},
	}
	// Canonical permissions leave the attributes of an archive alone, unlike those of a directory.
	im.modifier.noXattrs = o.NoXattrs || t.settings.noXattrs || t.repo.mode == ModeBareUserOnly
	if err := im.run(ctx, tar.NewReader(r)); err != nil {
		return fmt.Errorf("import archive: %w", err)
	}
	return nil
}

type tarImporter struct {
	t        *Tx
	o        *ImportOptions
	m        *MutableTree
	modifier *modifier
	progress progress
	skipped  []string // directories that a filter has left out, with a slash at the end
}

func (im *tarImporter) run(ctx context.Context, r *tar.Reader) error {
	defer im.progress.report(true)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		hdr, err := r.Next()
		if errors.Is(err, io.EOF) {
			return errors.Join(im.defaultRoot(ctx), im.modifier.unmatched())
		}
		if err != nil {
			return err
		}
		if hdr.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if err := im.entry(ctx, hdr, r); err != nil {
			return fmt.Errorf("entry %q: %w", hdr.Name, err)
		}
	}
}

// tarPath turns a name in an archive into a path below the root.
func tarPath(name string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." {
			continue
		}
		if err := checkFileName(part); err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return "/" + strings.Join(parts, "/"), nil
}

// path is where in the tree the entry called name belongs.
func (im *tarImporter) path(name string) (string, error) {
	at, err := tarPath(name)
	if err != nil || im.o.Rename == nil {
		return at, err
	}
	return tarPath(im.o.Rename(at))
}

func (im *tarImporter) entry(ctx context.Context, hdr *tar.Header, r io.Reader) error {
	at, err := im.path(hdr.Name)
	if err != nil {
		return err
	}
	below := func(dir string) bool { return strings.HasPrefix(at, dir) }
	if slices.ContainsFunc(im.skipped, below) {
		return nil
	}
	h, err := tarHeader(hdr)
	if err != nil {
		return err
	}
	parent := FileHeader{UID: h.UID, GID: h.GID, Mode: unix.S_IFDIR | 0o755} // where it has no entry
	typ := h.Mode & unix.S_IFMT
	if im.modifier.apply(at, h) == FilterSkip {
		if typ == unix.S_IFDIR {
			im.skipped = append(im.skipped, strings.TrimSuffix(at, "/")+"/")
		}
		return nil
	}
	if h.Mode&unix.S_IFMT != typ {
		return errors.New("filter has changed the type")
	}
	read := func() ([]dirfd.Xattr, error) { return tarXattrs(hdr), nil }
	if err := im.modifier.xattrs(at, h, read); err != nil {
		return err
	}
	if typ == unix.S_IFDIR {
		return im.dir(ctx, at, h, parent)
	}
	if err := im.parent(ctx, at, parent); err != nil {
		return err
	}
	c, err := im.file(ctx, hdr, h, r)
	if err != nil {
		return err
	}
	im.progress.add(hdr.Size)
	return im.m.SetFile(ctx, at, c)
}

// tarHeader converts the header; a hard link looks like a regular file.
func tarHeader(hdr *tar.Header) (*FileHeader, error) {
	const maxID = 1<<32 - 2 // the largest is "none" to the kernel
	if hdr.Uid < 0 || hdr.Gid < 0 || int64(hdr.Uid) > maxID || int64(hdr.Gid) > maxID {
		return nil, fmt.Errorf("owner %d:%d is out of range", hdr.Uid, hdr.Gid)
	}
	h := &FileHeader{UID: uint32(hdr.Uid), GID: uint32(hdr.Gid), Mode: uint32(hdr.Mode) & 0o7777}
	switch hdr.Typeflag {
	case tar.TypeDir:
		h.Mode |= unix.S_IFDIR
	case tar.TypeReg, tar.TypeLink, tar.TypeGNUSparse, tar.TypeCont:
		h.Mode |= unix.S_IFREG
	case tar.TypeSymlink:
		h.Mode |= unix.S_IFLNK
		h.Target = hdr.Linkname
	default:
		return nil, fmt.Errorf("only directories, regular files and links can be stored, not type %q", hdr.Typeflag)
	}
	return h, nil
}

// paxXattr is the prefix of pax records with extended attributes, as star(1) and
// GNU tar write them.
const paxXattr = "SCHILY.xattr."

func tarXattrs(hdr *tar.Header) []dirfd.Xattr {
	var out []dirfd.Xattr
	for key, value := range hdr.PAXRecords {
		if name, ok := strings.CutPrefix(key, paxXattr); ok {
			out = append(out, dirfd.Xattr{Name: name, Value: []byte(value)})
		}
	}
	slices.SortFunc(out, func(a, b dirfd.Xattr) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (im *tarImporter) file(ctx context.Context, hdr *tar.Header, h *FileHeader, r io.Reader) (Checksum, error) {
	switch hdr.Typeflag {
	case tar.TypeSymlink:
		return im.t.writeFile(ctx, fileInput{header: h})
	case tar.TypeLink:
		return im.hardlink(ctx, hdr.Linkname)
	}
	return im.t.writeFile(ctx, fileInput{header: h, size: hdr.Size, r: r})
}

func (im *tarImporter) hardlink(ctx context.Context, name string) (Checksum, error) {
	target, err := im.path(name)
	if err != nil {
		return Checksum{}, fmt.Errorf("hard link to %q: %w", name, err)
	}
	e, err := im.m.Lookup(ctx, target)
	if err == nil && e.Kind != EntryFile {
		err = errors.New("no such file precedes it")
	}
	if err != nil {
		return Checksum{}, fmt.Errorf("hard link to %q: %w", name, err)
	}
	return e.File, nil
}

// dir makes a directory or, if it exists, gives it new metadata.
func (im *tarImporter) dir(ctx context.Context, at string, h *FileHeader, parent FileHeader) error {
	if at != "/" {
		if err := im.parent(ctx, at, parent); err != nil {
			return err
		}
	}
	c, err := im.dirMeta(ctx, h)
	if err != nil {
		return err
	}
	d, err := im.m.EnsureDir(ctx, at, c)
	if err == nil {
		d.SetMeta(c)
	}
	return err
}

func (im *tarImporter) dirMeta(ctx context.Context, h *FileHeader) (Checksum, error) {
	meta := &DirMeta{UID: h.UID, GID: h.GID, Mode: h.Mode, Xattrs: h.Xattrs}
	return im.t.WriteMetadata(ctx, TypeDirMeta, meta.Encode())
}

// parent demands that the directory of an entry exists, or makes it like h: it belongs to whom the entry that needs
// it belongs to in the archive. With it go all directories above, also those that exist, as the ostree command has it.
func (im *tarImporter) parent(ctx context.Context, at string, h FileHeader) error {
	up := path.Dir(at)
	if up == "/" {
		return nil
	}
	e, err := im.m.Lookup(ctx, up)
	if err != nil {
		return err
	}
	switch {
	case e.Kind == EntryDir:
		return nil
	case e.Kind == EntryFile:
		return pathError("make directory", up, errNotDir)
	case !im.o.CreateParents:
		return fmt.Errorf("no entry for its directory %s precedes it, and CreateParents is not set", up)
	}
	for i, c := range up + "/" {
		if c != '/' {
			continue
		}
		if err := im.made(ctx, cmp.Or(up[:i], "/"), h); err != nil {
			return err
		}
	}
	return nil
}

// made makes a directory that has no entry; of all options only that for attributes, which may be labels, matters.
func (im *tarImporter) made(ctx context.Context, at string, h FileHeader) error {
	none := func() ([]dirfd.Xattr, error) { return nil, nil }
	if err := im.modifier.xattrs(at, &h, none); err != nil {
		return err
	}
	c, err := im.dirMeta(ctx, &h)
	if err != nil {
		return err
	}
	d, err := im.m.EnsureDir(ctx, at, c)
	if err == nil {
		d.SetMeta(c)
	}
	return err
}

// defaultRoot makes a root for an archive that has none.
func (im *tarImporter) defaultRoot(ctx context.Context) error {
	if !im.o.CreateParents || !im.m.meta.IsZero() {
		return nil
	}
	h := &FileHeader{Mode: unix.S_IFDIR | 0o755}
	im.modifier.apply("/", h)
	return im.made(ctx, "/", *h)
}
