package depsolve

import "example.com/rpmostree/rpmpkg/rpmver"

// PackageView is a package as the pool knows it.
type PackageView struct {
	ID        PkgID
	NEVRA     rpmver.NEVRA
	Vendor    string
	Repo      *Repo
	Installed bool // part of the installed system
	Excluded  bool // by Pool.Exclude
	Foreign   bool // of an architecture that this machine cannot run, or source
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
		Excluded:  p.excluded.has(pkg),
		Foreign:   p.arch[pkg] == idSrc || p.arch[pkg] == idNosrc || p.archScore(p.arch[pkg]) == 0,
		Data:      p.dataOf(pkg),
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

// RunsArch reports whether packages of an architecture can be installed.
func (p *Pool) RunsArch(arch string) bool {
	id := p.strs.lookup(arch)
	return id != 0 && p.archScore(id) != 0
}

// Is reports whether a package fits a dependency by its own name, version and
// architecture, not by what it provides.
func (p *Pool) Is(id PkgID, d DepID) bool {
	return int(id) > systemPkg && int(id) < len(p.name) && p.matchName(int32(id), d)
}

// Meet reports whether something that has the one dependency may fulfil the
// other: equal names, and versions in common.
func (p *Pool) Meet(a, b DepID) bool { return p.meetAt(a, b, 0) }

func (p *Pool) meetAt(a, b DepID, depth int) bool {
	if a == b {
		return true
	}
	if depth > maxRichDepth || !a.isRel() && !b.isRel() {
		return false
	}
	meet := func(a, b DepID) bool { return p.meetAt(a, b, depth+1) }
	if !b.isRel() || a.isRel() && p.rel(b).op < 8 && p.rel(a).op >= 8 {
		a, b = b, a
	}
	rb := p.rel(b)
	switch rb.op {
	case OpAnd, OpOr, OpWith, OpWithout, OpIf, OpUnless:
		return meet(a, rb.left) || rb.op != OpWithout && meet(a, rb.right)
	case OpElse:
		return meet(a, rb.left) || meet(a, rb.right)
	}
	if !a.isRel() {
		return meet(a, rb.left)
	}
	ra := p.rel(a)
	return meet(ra.left, rb.left) && p.rangesMeet(ra.op, ra.right, rb.op, rb.right)
}
