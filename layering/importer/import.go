package importer

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Options say where a package comes from and what is taken of it. The zero
// value is a local package, taken completely.
type Options struct {
	RepoID           string // repository the package was downloaded from
	RepoTimestamp    uint64 // of its metadata, in seconds since 1970
	RepodataChecksum string // as in its metadata, "sha256:HEX"; empty for a local package
	NoDocs           bool   // leave documentation out, but not licences
	// ReadOnlyExecutables takes the write permission from executable files.
	ReadOnlyExecutables bool
	// Keyring, if set, has the keys one of which must have signed the package.
	Keyring *rpmpkg.Keyring
}

// Import writes the commit of one package to a transaction and sets its ref
// there. The same package with the same options gives the same commit. The
// payload is verified while it is read.
func Import(ctx context.Context, tx *ostree.Tx, pkg *rpmpkg.Package, o *Options) (ref string, commit ostree.Checksum, err error) {
	if o == nil {
		o = &Options{}
	}
	nevra, err := pkg.Header.NEVRA()
	if err != nil {
		return "", ostree.Checksum{}, fmt.Errorf("import: %w", err)
	}
	if err := dirfd.CheckName(nevra.Name); err != nil { // it names a file in the commit
		return "", ostree.Checksum{}, fmt.Errorf("import %s: %w", nevra, err)
	}
	if commit, err = importPackage(ctx, tx, pkg, nevra, o); err != nil {
		return "", ostree.Checksum{}, fmt.Errorf("import %s: %w", nevra, err)
	}
	ref = RefFor(nevra)
	tx.SetRef(ref, commit)
	return ref, commit, nil
}

func importPackage(ctx context.Context, tx *ostree.Tx, pkg *rpmpkg.Package, nevra rpmver.NEVRA, o *Options) (ostree.Checksum, error) {
	if err := checkSignature(ctx, pkg, o.Keyring); err != nil {
		return ostree.Checksum{}, err
	}
	b := &builder{tx: tx, o: o, name: nevra.Name, tree: ostree.NewMutableTree(), objects: map[string]ostree.Checksum{}}
	if err := b.begin(ctx, pkg); err != nil {
		return ostree.Checksum{}, err
	}
	for f, err := range pkg.Payload(ctx) {
		if err == nil {
			err = b.add(ctx, f)
		}
		if err != nil {
			return ostree.Checksum{}, err
		}
	}
	return b.finish(ctx, pkg, nevra)
}

func checkSignature(ctx context.Context, pkg *rpmpkg.Package, keys *rpmpkg.Keyring) error {
	if keys == nil {
		return nil
	}
	sigs, err := rpmpkg.VerifySignature(ctx, pkg, keys)
	if err != nil {
		return err
	}
	return rpmpkg.CheckSigned(sigs)
}

// builder makes the tree of one package.
type builder struct {
	tx       *ostree.Tx
	o        *Options
	name     string
	tree     *ostree.MutableTree
	plainDir ostree.Checksum            // dirmeta of directories that no package owns
	links    map[[2]uint32]int          // how many files share an inode
	objects  map[string]ostree.Checksum // by path in the package, of files with hard links
	tmp      tmpfiles
}

func (b *builder) begin(ctx context.Context, pkg *rpmpkg.Package) error {
	files, err := pkg.Files()
	if err != nil {
		return err
	}
	b.links = map[[2]uint32]int{}
	for i := range files {
		if files[i].IsRegular() && !files[i].IsGhost() {
			b.links[[2]uint32{files[i].Device, files[i].Inode}]++
		}
	}
	b.plainDir, err = b.dirMeta(ctx, 0o755)
	b.tree.SetMeta(b.plainDir)
	return err
}

func (b *builder) dirMeta(ctx context.Context, perm uint32) (ostree.Checksum, error) {
	m := ostree.DirMeta{Mode: unix.S_IFDIR | perm&0o7777}
	return b.tx.WriteMetadata(ctx, ostree.TypeDirMeta, m.Encode())
}

// add puts one file of the payload where it belongs.
func (b *builder) add(ctx context.Context, f *rpmpkg.PayloadFile) error {
	dest := Translate(f.Path)
	where := placeOf(b.name, dest)
	if !f.IsDir() && !f.IsRegular() && !f.IsSymlink() {
		return nil // devices, sockets and fifos have no place in an image
	}
	if b.o.NoDocs && f.IsDoc() && !f.IsLicense() || strings.HasPrefix(dest, "usr/etc/selinux/") && strings.HasSuffix(dest, ".LOCK") {
		where = dropped
	}
	switch where {
	case unsupported:
		return &UnsupportedPathError{Package: b.name, Path: f.Path}
	case inTmpfiles:
		b.addTmpfiles(f, dest)
	case inTree:
		b.addCompatLink(f.Path, dest)
		return b.addToTree(ctx, f, dest)
	}
	return b.keepLinkTarget(ctx, f)
}

func (b *builder) addTmpfiles(f *rpmpkg.PayloadFile, dest string) {
	switch {
	case f.IsDir():
		b.tmp.dir(dest, f.Mode, f.User, f.Group)
	case f.IsSymlink():
		b.tmp.link(dest, f.LinkTo)
	}
}

// addCompatLink makes translated state directories reachable at their old place.
func (b *builder) addCompatLink(orig, dest string) {
	if rest, ok := below(dest, "usr/lib/opt"); ok {
		entry, _, _ := strings.Cut(rest, "/")
		b.tmp.link("opt/"+entry, "../../usr/lib/opt/"+entry)
	}
	if rest, ok := strings.CutPrefix(orig, "/var/lib/"); ok && strings.HasPrefix(dest, "usr/lib/") {
		entry, _, _ := strings.Cut(rest, "/")
		b.tmp.link("var/lib/"+entry, "../../usr/lib/"+entry)
	}
}

// keepLinkTarget writes the content of a file that is left out if another
// one, which may be kept, is a hard link to it: only the first has the data.
func (b *builder) keepLinkTarget(ctx context.Context, f *rpmpkg.PayloadFile) error {
	if f.Reader == nil || !b.hasLinks(f) {
		return nil
	}
	_, err := b.writeFile(ctx, f)
	return err
}

func (b *builder) hasLinks(f *rpmpkg.PayloadFile) bool {
	return f.IsRegular() && b.links[[2]uint32{f.Device, f.Inode}] > 1
}

func (b *builder) addToTree(ctx context.Context, f *rpmpkg.PayloadFile, dest string) error {
	if f.IsDir() {
		return b.addDir(ctx, f, dest)
	}
	sum, err := b.writeFile(ctx, f)
	if err != nil {
		return err
	}
	if dir := path.Dir(dest); dir != "." {
		if _, err := b.tree.EnsureDir(ctx, dir, b.plainDir); err != nil {
			return err
		}
	}
	return b.tree.SetFile(ctx, dest, sum)
}

func (b *builder) addDir(ctx context.Context, f *rpmpkg.PayloadFile, dest string) error {
	if dest == "" || slices.Contains(usrMerged, dest) {
		return nil // the shape of the root is the business of assembly
	}
	meta, err := b.dirMeta(ctx, f.Mode|0o200)
	if err != nil {
		return err
	}
	dir, err := b.tree.EnsureDir(ctx, dest, b.plainDir)
	if err == nil {
		dir.SetMeta(meta)
	}
	return err
}

// writeFile writes the object of a regular file or link.
func (b *builder) writeFile(ctx context.Context, f *rpmpkg.PayloadFile) (ostree.Checksum, error) {
	if f.HardlinkTo != "" {
		sum, ok := b.objects[f.HardlinkTo]
		if !ok {
			return sum, fmt.Errorf("%s: hard link to %s, which has no content", f.Path, f.HardlinkTo)
		}
		b.objects[f.Path] = sum
		return sum, nil
	}
	h, err := b.header(&f.FileInfo)
	if err != nil {
		return ostree.Checksum{}, fmt.Errorf("%s: %w", f.Path, err)
	}
	var size int64
	var body io.Reader
	if f.IsRegular() {
		size, body = int64(f.Size), f.Reader
	}
	sum, err := b.tx.WriteFile(ctx, h, size, body)
	if err != nil {
		return sum, fmt.Errorf("%s: %w", f.Path, err)
	}
	if b.hasLinks(f) {
		b.objects[f.Path] = sum
	}
	return sum, nil
}

// header is the metadata of a file object: everything belongs to root.
func (b *builder) header(f *rpmpkg.FileInfo) (*ostree.FileHeader, error) {
	if f.IsSymlink() {
		target := f.LinkTo
		if strings.HasSuffix(target, "//sbin/chkconfig") {
			target = strings.Replace(target, "//sbin", "/sbin", 1)
		}
		return &ostree.FileHeader{Mode: unix.S_IFLNK | 0o777, Target: target}, nil
	}
	h := &ostree.FileHeader{Mode: unix.S_IFREG | f.Mode&0o7777}
	if b.o.ReadOnlyExecutables && h.Mode&0o111 != 0 {
		h.Mode &^= 0o222
	}
	if f.Caps != "" {
		value, err := capXattr(f.Caps)
		if err != nil {
			return nil, err
		}
		h.Xattrs = ostree.Xattrs{{Name: "security.capability", Value: value}}
	}
	return h, nil
}

// finish writes tree and commit.
func (b *builder) finish(ctx context.Context, pkg *rpmpkg.Package, nevra rpmver.NEVRA) (ostree.Checksum, error) {
	if err := b.writeTmpfiles(ctx); err != nil {
		return ostree.Checksum{}, err
	}
	tree, meta, err := b.tx.WriteTree(ctx, b.tree)
	if err != nil {
		return ostree.Checksum{}, err
	}
	info, err := pkg.Info()
	if err != nil {
		return ostree.Checksum{}, err
	}
	return b.tx.WriteCommit(ctx, &ostree.Commit{
		Metadata:  metadata(pkg, nevra, b.o),
		Timestamp: info.BuildTime, RootTree: tree, RootMeta: meta,
	})
}

func (b *builder) writeTmpfiles(ctx context.Context) error {
	data := b.tmp.bytes()
	if data == nil {
		return nil
	}
	sum, err := b.tx.WriteFile(ctx, &ostree.FileHeader{Mode: unix.S_IFREG | 0o644}, int64(len(data)), strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	if _, err := b.tree.EnsureDir(ctx, TmpfilesDir, b.plainDir); err != nil {
		return err
	}
	return b.tree.SetFile(ctx, TmpfilesDir+"/"+b.name+".conf", sum)
}
