package depsolve

import "slices"

// isSplitProvides recognises "namespace:splitprovides(name with /path)": true
// if an installed package of that name has the path and is to be updated, so
// that the package a path moved to comes along.
func (p *Pool) isSplitProvides(r relation) bool {
	return r.op == OpNamespace && p.strs.str(uint32(p.baseName(r.left))) == "namespace:splitprovides"
}

// hasSplitProvides reports whether a dependency contains a split-provides.
func (p *Pool) hasSplitProvides(d DepID) bool {
	return p.anyRelation(d, p.isSplitProvides, 0)
}

// hasNamespace reports whether a dependency contains a namespace.
func (p *Pool) hasNamespace(d DepID) bool {
	return p.anyRelation(d, func(r relation) bool { return r.op == OpNamespace }, 0)
}

func (p *Pool) anyRelation(d DepID, f func(relation) bool, depth int) bool {
	if !d.isRel() || depth > maxRichDepth {
		return false
	}
	r := p.rel(d)
	return f(r) || p.anyRelation(r.left, f, depth+1) || p.anyRelation(r.right, f, depth+1)
}

// splitProvidesPossible reports whether the package that a split-provides names
// may be involved.
func (p *Pool) splitProvidesPossible(r relation, in bitset) bool {
	for _, q := range p.providers(r.right) {
		if in.has(q) && p.isInstalled(q) {
			return true
		}
	}
	return false
}

// splitProvidesHolds reports whether an installed package has the path and is
// being replaced.
func (p *Pool) splitProvidesHolds(r relation, has func(int32) bool) bool {
	for _, q := range p.providers(r.right) {
		if !p.isInstalled(q) || has(q) {
			continue
		}
		for _, o := range p.providers(DepID(p.name[q])) {
			if p.name[o] == p.name[q] && has(o) {
				return true
			}
		}
	}
	return false
}

// namespaceOf returns the namespace that a job names, such as
// "namespace:language(de)". Such a job stands for the packages that supplement
// the namespace; without an argument for those of every argument.
func (p *Pool) namespaceOf(sel Selection) (relation, bool) {
	if sel.kind != selProvides || !sel.dep.isRel() || p.rel(sel.dep).op != OpNamespace {
		return relation{}, false
	}
	return p.rel(sel.dep), true
}

// mentions reports whether a dependency contains a namespace.
func (p *Pool) mentions(d DepID, space relation) bool {
	return p.anyRelation(d, func(r relation) bool {
		return r.op == OpNamespace && r.left == space.left && (space.right == 0 || r.right == space.right)
	}, 0)
}

// supplementsSpace reports whether a package supplements a namespace.
func (p *Pool) supplementsSpace(pkg int32, space relation) bool {
	return slices.ContainsFunc(p.list(depSupplements, pkg), func(d DepID) bool { return p.mentions(d, space) })
}
