package depsolve

import "example.com/rpmostree/rpmpkg/rpmver"

// PackageView is a package as the pool knows it.
type PackageView struct {
	ID        PkgID
	NEVRA     rpmver.NEVRA
	Vendor    string
	Repo      *Repo
	Installed bool // part of the installed system
	Data      any  // what the caller gave to Repo.Add
}

// Package returns a package; the zero view for an unknown id.
func (p *Pool) Package(id PkgID) PackageView {
	if int(id) <= systemPkg || int(id) >= len(p.name) {
		return PackageView{}
	}
	pkg := int32(id)
	evr, _ := rpmver.ParseEVR(p.strs.str(p.evr[pkg]))
	return PackageView{
		ID:        id,
		NEVRA:     rpmver.NEVRA{Name: p.strs.str(p.name[pkg]), EVR: evr, Arch: p.strs.str(p.arch[pkg])},
		Vendor:    p.strs.str(p.vendor[pkg]),
		Repo:      p.repo(pkg),
		Installed: p.isInstalled(pkg),
		Data:      p.data[pkg],
	}
}

// Requires returns what a package requires as text, in its own order.
func (p *Pool) Requires(id PkgID) []string { return p.depTexts(depRequires, id) }

// Provides returns what a package provides as text, in its own order.
func (p *Pool) Provides(id PkgID) []string { return p.depTexts(depProvides, id) }

func (p *Pool) depTexts(k depKind, id PkgID) []string {
	var out []string
	for _, d := range p.list(k, int32(id)) {
		if d == markFile {
			break
		}
		if d != markPre {
			out = append(out, p.DepString(d))
		}
	}
	return out
}
