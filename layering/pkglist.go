package layering

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// KeyPkgList is the commit metadata key with the installed packages:
// a(sssss), each name, epoch, version, release, architecture, sorted by name.
const KeyPkgList = "rpmostree.rpmdb.pkglist"

// PkgList makes the value for [KeyPkgList].
func PkgList(pkgs []rpmver.NEVRA) (gvariant.Value, error) {
	sorted := slices.Clone(pkgs)
	slices.SortFunc(sorted, compareNEVRA)
	var rows []gvariant.Value
	for _, n := range sorted {
		rows = append(rows, gvariant.NewTuple(
			gvariant.NewString(n.Name), gvariant.NewString(strconv.FormatUint(uint64(n.Epoch), 10)),
			gvariant.NewString(n.Version), gvariant.NewString(n.Release), gvariant.NewString(n.Arch)))
	}
	return gvariant.NewArray("(sssss)", rows...)
}

func compareNEVRA(a, b rpmver.NEVRA) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), a.EVR.Compare(b.EVR), cmp.Compare(a.Arch, b.Arch))
}

// ParsePkgList reads the packages from commit metadata; ok is false if the
// commit has no list.
func ParsePkgList(metadata *gvariant.Dict) (pkgs []rpmver.NEVRA, ok bool, err error) {
	if metadata == nil {
		return nil, false, nil
	}
	v, ok := metadata.Get(KeyPkgList)
	if !ok {
		return nil, false, nil
	}
	if v.Type() != "a(sssss)" {
		return nil, false, fmt.Errorf("parse package list: type %q", v.Type())
	}
	for _, row := range v.All() {
		epoch, err := strconv.ParseUint(row.Index(1).Str(), 10, 32)
		if err != nil {
			return nil, false, fmt.Errorf("parse package list: epoch %q", row.Index(1).Str())
		}
		n := rpmver.NEVRA{Name: row.Index(0).Str(), Arch: row.Index(4).Str()}
		n.Epoch, n.Version, n.Release = uint32(epoch), row.Index(2).Str(), row.Index(3).Str()
		pkgs = append(pkgs, n)
	}
	return pkgs, true, nil
}

// The places of the package database in an image.
const (
	RPMDBDir     = "usr/share/rpm"
	baseRPMDBDir = "usr/lib/sysimage/rpm-ostree-base-db"
)

// rpmdbDirs are looked at in order; the later ones are those of images that
// other tools have made.
var rpmdbDirs = []string{RPMDBDir, "usr/lib/sysimage/rpm", "var/lib/rpm"}

// TreeHeaders returns the headers of the packages installed in a tree of the
// repository, public keys left out; none if it has no package database. The
// database is copied to the directory scratch for reading.
func TreeHeaders(ctx context.Context, t *Tree, scratch string) ([]*rpmpkg.Header, error) {
	dir, err := t.rpmdbDir(ctx)
	if err != nil || dir == "" {
		return nil, err
	}
	file, err := t.extract(ctx, dir+"/"+rpmdb.FileName, scratch, rpmdb.FileName)
	if err != nil {
		return nil, err
	}
	db, err := rpmdb.Open(file)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var headers []*rpmpkg.Header
	for h, err := range db.Packages(ctx) {
		if err != nil {
			return nil, err
		}
		if n, err := h.NEVRA(); err == nil && n.Name == "gpg-pubkey" {
			continue
		}
		headers = append(headers, h)
	}
	return headers, nil
}

func (t *Tree) rpmdbDir(ctx context.Context) (string, error) {
	for _, dir := range rpmdbDirs {
		ok, err := t.Exists(ctx, dir+"/"+rpmdb.FileName)
		if err != nil || ok {
			return dir, err
		}
	}
	return "", nil
}

// CommitPackages returns the packages of a commit from its metadata; if it has
// no list there, an error that matches [fs.ErrNotExist].
func CommitPackages(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum) ([]rpmver.NEVRA, error) {
	c, err := repo.LoadCommit(ctx, commit)
	if err != nil {
		return nil, err
	}
	pkgs, ok, err := ParsePkgList(c.Metadata)
	if err == nil && !ok {
		err = fmt.Errorf("packages of commit %s: no package list: %w", commit, fs.ErrNotExist)
	}
	return pkgs, err
}

// nevras names headers.
func nevras(headers []*rpmpkg.Header) ([]rpmver.NEVRA, error) {
	var out []rpmver.NEVRA
	var errs []error
	for _, h := range headers {
		n, err := h.NEVRA()
		errs = append(errs, err)
		out = append(out, n)
	}
	return out, errors.Join(errs...)
}
