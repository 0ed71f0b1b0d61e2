package layering

import (
	"context"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// PackageDiff is how the packages of two commits differ, each list sorted by name.
type PackageDiff struct {
	Upgraded, Downgraded []Replacement
	Added, Removed       []rpmver.NEVRA
}

// Empty tells whether both have the same packages.
func (d *PackageDiff) Empty() bool {
	return len(d.Upgraded)+len(d.Downgraded)+len(d.Added)+len(d.Removed) == 0
}

// DiffCommits compares the packages of two commits by the lists in their metadata.
func DiffCommits(ctx context.Context, repo *ostree.Repo, from, to ostree.Checksum) (*PackageDiff, error) {
	a, err := CommitPackages(ctx, repo, from)
	if err != nil {
		return nil, err
	}
	b, err := CommitPackages(ctx, repo, to)
	if err != nil {
		return nil, err
	}
	return DiffPackages(a, b), nil
}

// DiffPackages compares two lists of packages. A package is the same one if name and architecture are equal; of names
// that occur several times (kernels) only what is not in the other list counts.
func DiffPackages(from, to []rpmver.NEVRA) *PackageDiff {
	d := &PackageDiff{
		Removed: without(from, to),
		Added:   without(to, from),
	}
	for _, old := range slices.Clone(d.Removed) {
		i := slices.IndexFunc(d.Added, func(n rpmver.NEVRA) bool { return n.Name == old.Name && n.Arch == old.Arch })
		if i < 0 {
			continue
		}
		r := Replacement{Old: old, New: d.Added[i]}
		if r.New.EVR.Compare(r.Old.EVR) < 0 {
			d.Downgraded = append(d.Downgraded, r)
		} else {
			d.Upgraded = append(d.Upgraded, r)
		}
		d.Added = slices.Delete(d.Added, i, i+1)
		d.Removed = slices.DeleteFunc(d.Removed, func(n rpmver.NEVRA) bool { return n == old })
	}
	return d
}

// without returns the elements of a that are not in b, sorted.
func without(a, b []rpmver.NEVRA) []rpmver.NEVRA {
	in := make(map[rpmver.NEVRA]bool, len(b))
	for _, n := range b {
		in[n] = true
	}
	var out []rpmver.NEVRA
	for _, n := range a {
		if !in[n] {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, byName)
	return out
}
