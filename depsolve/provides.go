package depsolve

import "example.com/rpmostree/depsolve/internal/cdcl"

// buildIndex makes the index of providers: for each name the packages that
// provide it, in ascending order. It is rebuilt when the pool has changed, or
// when the lists of earlier runs, which lie behind it, have become the larger
// part. A run that is still in use keeps the old arena.
func (p *Pool) buildIndex() {
	if p.indexed && !p.newPaths() && p.lits.Len() < p.litsMax {
		return
	}
	p.lits = &cdcl.Arena{}
	p.lits.Add([]int32{systemPkg})
	p.addFileProvides()
	p.indexNames()
	p.relIndex = p.relIndex[:0]
	p.indexed, p.indexedStr = true, len(p.strs.ends)
	p.litsMax = 4*p.lits.Len() + 1<<20
}

// indexable reports whether the provides of a package count.
func (p *Pool) indexable(pkg int32) bool {
	if p.repoOf[pkg] == 0 {
		return false
	}
	if p.isInstalled(pkg) {
		return true
	}
	a := p.arch[pkg]
	if a == idSrc || a == idNosrc || p.archScore(a) == 0 {
		return false
	}
	return !p.opts.DropExcluded || !p.excluded.has(pkg)
}

// indexNames fills provIndex by counting, then placing: two passes over all
// provides, no allocation per name. provDeps has, for each place, what the
// package provides of the name, or 0 if that is more than one thing.
func (p *Pool) indexNames() {
	n := len(p.strs.ends)
	next := make([]int32, n) // first the number of provides, then the next free place
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if !p.indexable(pkg) {
			continue
		}
		for _, d := range p.arena[p.deps[depProvides][pkg]:] {
			if d == 0 {
				break
			}
			next[p.baseName(d)]++
		}
	}
	next[markFile] = 0
	p.provIndex = make([]int32, n)
	p.provBase = int32(p.lits.Len())
	total := p.provBase
	for i, c := range next {
		if c != 0 {
			p.provIndex[i], next[i] = total, total
			total += c + 1
		}
	}
	lits := p.lits.Extend(int(total))
	p.provDeps = make([]DepID, total-p.provBase)
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if !p.indexable(pkg) {
			continue
		}
		for _, d := range p.arena[p.deps[depProvides][pkg]:] {
			if d == 0 {
				break
			}
			name := p.baseName(d)
			switch at := next[name]; {
			case name == markFile:
			case lits[at-1] == pkg: // before the first place is the end of another list
				p.provDeps[at-1-p.provBase] = 0
			default:
				lits[at], p.provDeps[at-p.provBase] = pkg, d
				next[name]++
			}
		}
	}
}

// providers returns the packages that provide a dependency, in ascending
// order. For a rich dependency that is every package that may play a part.
// The result must not be changed.
func (p *Pool) providers(d DepID) []int32 {
	list := p.lits.List(p.providersAt(d))
	p.effort.spend(len(list) + 1)
	if p.effort.exhausted() {
		return nil
	}
	return list
}

// providersAt returns where in the arena the providers of d are.
func (p *Pool) providersAt(d DepID) int32 {
	if !d.isRel() {
		if int(d) >= len(p.provIndex) || p.provIndex[d] == 0 {
			return 1
		}
		return p.provIndex[d]
	}
	n := int(d &^ relFlag)
	for len(p.relIndex) <= n {
		p.relIndex = append(p.relIndex, make([]int32, len(p.rels.rels)-len(p.relIndex))...)
	}
	if at := p.relIndex[n]; at != 0 {
		return at
	}
	if p.effort.exhausted() {
		return 1
	}
	p.relIndex[n] = 1 // ends a hostile cycle; interning cannot make one
	list := p.relProviders(p.rel(d))
	at := int32(1)
	if len(list) > 0 {
		at = p.lits.Add(list)
		p.effort.spend(len(list) * effortLiteral)
	}
	p.relIndex[n] = at
	return at
}

func (p *Pool) relProviders(r relation) []int32 {
	switch r.op {
	case OpWith:
		return intersect(p.providers(r.left), p.providers(r.right))
	case OpWithout:
		return subtract(p.providers(r.left), p.providers(r.right))
	case OpAnd, OpOr:
		return union(p.providers(r.left), p.providers(r.right))
	case OpIf, OpUnless:
		if r.right.isRel() && p.rel(r.right).op == OpElse {
			return union(p.providers(r.left), p.providers(p.rel(r.right).right))
		}
		return p.providers(r.left)
	case OpArch:
		return p.archProviders(r)
	case OpNamespace:
		return p.namespaceProviders(r)
	}
	if r.op < 8 {
		return p.versionProviders(r)
	}
	return nil
}

func (p *Pool) versionProviders(r relation) []int32 {
	if r.left.isRel() {
		l := p.rel(r.left)
		if l.op != OpArch {
			return nil
		}
		return p.archProviders(relation{p.Relation(l.left, r.op, r.right), l.right, OpArch})
	}
	var out []int32
	at, list := p.providersAt(r.left)-p.provBase, p.providers(r.left)
	p.effort.spend(len(list) * effortCompare)
	for i, pkg := range list {
		if d := p.provDeps[int(at)+i]; d != 0 && p.provideFits(d, r) || d == 0 && p.providesVersion(pkg, r) {
			out = append(out, pkg)
		}
	}
	if len(out) == 0 && p.isRpmFeature(r.left) {
		return []int32{systemPkg}
	}
	return out
}

func (p *Pool) isRpmFeature(name DepID) bool {
	s := p.strs.str(uint32(name))
	return len(s) > 7 && s[:7] == "rpmlib("
}

// providesVersion reports whether pkg, a provider of the name, provides a
// fitting version. A provide without version fits every version.
func (p *Pool) providesVersion(pkg int32, r relation) bool {
	list := p.list(depProvides, pkg)
	p.effort.spend(len(list) * effortCompare)
	for _, d := range list {
		if p.provideFits(d, r) {
			return true
		}
	}
	return false
}

// provideFits is providesVersion for one of the provides.
func (p *Pool) provideFits(d DepID, r relation) bool {
	if !d.isRel() {
		return d == r.left
	}
	pr := p.rel(d)
	return pr.left == r.left && p.rangesMeet(pr.op, pr.right, r.op, r.right)
}

func (p *Pool) archProviders(r relation) []int32 {
	var out []int32
	if r.right == idSrc || r.right == idNosrc {
		for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
			if p.repoOf[pkg] != 0 && (p.arch[pkg] == idSrc || p.arch[pkg] == idNosrc) && p.matchName(pkg, r.left) && !p.excluded.has(pkg) {
				out = append(out, pkg)
			}
		}
		return out
	}
	for _, pkg := range p.providers(r.left) {
		if DepID(p.arch[pkg]) == r.right {
			out = append(out, pkg)
		}
	}
	return out
}

func (p *Pool) namespaceProviders(r relation) []int32 {
	if p.strs.str(uint32(p.baseName(r.left))) == "namespace:otherproviders" {
		return p.providers(r.right)
	}
	return p.namespaces[p.Relation(r.left, OpNamespace, r.right)]
}

// matchName reports whether a package fits a dependency by its own name and
// version, not by what it provides. Obsoletes and requests by name compare so.
func (p *Pool) matchName(pkg int32, d DepID) bool {
	if !d.isRel() {
		return DepID(p.name[pkg]) == d
	}
	r := p.rel(d)
	switch r.op {
	case OpAnd, OpWith:
		return p.matchName(pkg, r.left) && p.matchName(pkg, r.right)
	case OpOr:
		return p.matchName(pkg, r.left) || p.matchName(pkg, r.right)
	case OpWithout:
		return p.matchName(pkg, r.left) && !p.matchName(pkg, r.right)
	case OpArch:
		a := DepID(p.arch[pkg])
		return (a == r.right || r.right == idSrc && a == idNosrc) && p.matchName(pkg, r.left)
	}
	return r.op < 8 && p.matchName(pkg, r.left) && p.rangesMeet(OpEQ, DepID(p.evr[pkg]), r.op, r.right)
}

// union, intersect and subtract work on ascending lists.
func union(a, b []int32) []int32 {
	out := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func intersect(a, b []int32) []int32 {
	var out []int32
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

func subtract(a, b []int32) []int32 {
	var out []int32
	for _, x := range a {
		for len(b) > 0 && b[0] < x {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != x {
			out = append(out, x)
		}
	}
	return out
}
