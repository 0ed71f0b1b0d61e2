package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Metadata keys of package commits.
const (
	keyMetadata       = "rpmostree.metadata"
	keyMetadataSHA256 = "rpmostree.metadata_sha256"
	keyNEVRA          = "rpmostree.nevra"
	keyUnpack         = "rpmostree.unpack_version"
	keyUnpackMinor    = "rpmostree.unpack_minor_version"
	keyRepo           = "rpmostree.repo"
	keyRepodata       = "rpmostree.repodata_checksum"
	keyNoDocs         = "rpmostree.nodocs"
)

// The version of the layout that this package writes.
const (
	unpackVersion      = 1
	unpackMinorVersion = 6
)

// metadata makes the metadata of a package commit.
func metadata(pkg *rpmpkg.Package, n rpmver.NEVRA, o *Options) *gvariant.Dict {
	head := headBytes(pkg)
	sum := sha256.Sum256(head)
	d := gvariant.NewDict()
	d.Set(keyMetadata, gvariant.NewBytes(head))
	d.Set(keyMetadataSHA256, gvariant.NewString(hex.EncodeToString(sum[:])))
	d.Set(keyNEVRA, gvariant.NewTuple(
		gvariant.NewString(n.String()), gvariant.NewString(n.Name), gvariant.NewUint64(uint64(n.Epoch)),
		gvariant.NewString(n.Version), gvariant.NewString(n.Release), gvariant.NewString(n.Arch)))
	d.Set(keyUnpack, gvariant.NewUint32(unpackVersion))
	d.Set(keyUnpackMinor, gvariant.NewUint32(unpackMinorVersion))
	if o.RepoID != "" {
		repo := gvariant.NewDict()
		repo.Set("id", gvariant.NewString(o.RepoID))
		repo.Set("timestamp", gvariant.NewUint64(o.RepoTimestamp))
		d.Set(keyRepo, repo.Value())
	}
	if o.RepodataChecksum != "" {
		d.Set(keyRepodata, gvariant.NewString(o.RepodataChecksum))
	}
	d.Set(keyNoDocs, gvariant.NewBool(o.NoDocs))
	return d
}

// Identity is the SHA-256, in hex, of a package up to its payload: what tells packages of one name apart, see
// [Stored].MetadataSHA256.
func Identity(pkg *rpmpkg.Package) string {
	sum := sha256.Sum256(headBytes(pkg))
	return hex.EncodeToString(sum[:])
}

// headBytes is the package up to its payload: lead, signature header, padding
// and main header.
func headBytes(pkg *rpmpkg.Package) []byte {
	var b bytes.Buffer
	var lead [96]byte
	copy(lead[:], "\xed\xab\xee\xdb")
	lead[4], lead[5] = pkg.Lead.Major, pkg.Lead.Minor
	if pkg.Lead.Source {
		lead[7] = 1
	}
	binary.BigEndian.PutUint16(lead[8:], 1)  // architecture: not looked at by anybody
	copy(lead[10:10+65], pkg.Lead.Name)      // at most 65 bytes and a NUL
	binary.BigEndian.PutUint16(lead[76:], 1) // Linux
	binary.BigEndian.PutUint16(lead[78:], 5) // signature as a header
	b.Write(lead[:])
	b.Write(pkg.Signature.Raw())
	b.Write(make([]byte, -b.Len()&7))
	b.Write(pkg.Header.Raw())
	return b.Bytes()
}

// Stored is an imported package: everything but its payload.
type Stored struct {
	Commit           ostree.Checksum
	Tree             ostree.Checksum // dirtree and dirmeta of the root
	Meta             ostree.Checksum
	NEVRA            rpmver.NEVRA
	Package          *rpmpkg.Package // headers only
	MetadataSHA256   string          // hex, of the package up to its payload: identity of a local package
	RepodataChecksum string          // "" for a local package
	NoDocs           bool
}

// Reader is the part of *ostree.Repo and *ostree.Tx that Load needs.
type Reader interface {
	LoadCommit(ctx context.Context, c ostree.Checksum) (*ostree.Commit, error)
}

// Load reads back a package commit.
func Load(ctx context.Context, repo Reader, commit ostree.Checksum) (*Stored, error) {
	c, err := repo.LoadCommit(ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("load package %s: %w", commit, err)
	}
	s := &Stored{Commit: commit, Tree: c.RootTree, Meta: c.RootMeta}
	if err := s.parse(c.Metadata); err != nil {
		return nil, fmt.Errorf("load package %s: %w", commit, err)
	}
	return s, nil
}

func (s *Stored) parse(d *gvariant.Dict) error {
	if d == nil {
		return errors.New("not a package commit")
	}
	head, ok := d.Get(keyMetadata)
	if !ok || head.Type() != "ay" {
		return errors.New("not a package commit")
	}
	sum := sha256.Sum256(head.RawBytes())
	s.MetadataSHA256 = hex.EncodeToString(sum[:])
	if want, _ := d.String(keyMetadataSHA256); want != s.MetadataSHA256 {
		return errors.New("stored header does not match its checksum")
	}
	// Not an io.ReaderAt: there is no payload whose size could be right.
	var err error
	if s.Package, err = rpmpkg.Read(struct{ io.Reader }{bytes.NewReader(head.RawBytes())}, nil); err != nil {
		return err
	}
	if s.NEVRA, err = s.Package.Header.NEVRA(); err != nil {
		return err
	}
	s.RepodataChecksum, _ = d.String(keyRepodata)
	s.NoDocs, _ = d.Bool(keyNoDocs)
	return nil
}

// Want describes the package that an import would give.
type Want struct {
	NEVRA            rpmver.NEVRA
	RepodataChecksum string // "" accepts any: a local package
	NoDocs           bool
}

// Cached returns the commit of a package that has been imported before, if it
// is complete and an import now would give the same; else ok is false.
func Cached(ctx context.Context, repo *ostree.Repo, w Want) (commit ostree.Checksum, ok bool, err error) {
	commit, err = repo.ResolveRev(ctx, RefFor(w.NEVRA))
	if errors.Is(err, fs.ErrNotExist) {
		return ostree.Checksum{}, false, nil
	}
	if err != nil {
		return ostree.Checksum{}, false, fmt.Errorf("look up package %s: %w", w.NEVRA, err)
	}
	state, err := repo.CommitState(ctx, commit)
	if err != nil || state != ostree.CommitNormal {
		return ostree.Checksum{}, false, ignoreNotExist(err)
	}
	c, err := repo.LoadCommit(ctx, commit)
	if err != nil {
		return ostree.Checksum{}, false, ignoreNotExist(err)
	}
	have, _ := c.Metadata.String(keyRepodata)
	noDocs, _ := c.Metadata.Bool(keyNoDocs)
	version := uint64(0)
	if v, found := c.Metadata.Get(keyUnpack); found && v.Type() == "u" {
		version = v.Uint()
	}
	if noDocs != w.NoDocs || version != unpackVersion || w.RepodataChecksum != "" && have != w.RepodataChecksum {
		return ostree.Checksum{}, false, nil
	}
	return commit, true, nil
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
