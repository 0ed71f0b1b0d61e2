package depsolve

import "slices"

// Rules of packages, for each package P that may be involved:
//
//	not installable         (-P)
//	requires D              (-P or providers of D); nobody provides it: (-P)
//	requires, rich          (-P or block) for each block of its normal form
//	conflicts with D        (-P or -Q) for each provider Q of D
//	obsoletes D             (-P or -Q) for each package Q that D names
//	same name               (-P or -Q)
//
// Dependencies of installed packages that are broken already are left out, so
// that old damage never blocks a request, while what works goes on working.

// packageRules makes the rules of one package: it puts them into the cache, or
// with facts set it tells why the rules exist.
type packageRules struct {
	s     *solver
	pkg   int32
	cache *ruleCache
	facts func(ruleFact)
}

// ruleFact explains one clause of a package.
type ruleFact struct {
	kind  string // see Cause
	dep   DepID
	pkg   int32 // whose dependency it is
	p, q  int32 // the clause: p or q,
	d     int32 // or p or the list at d,
	block []int32
}

func (g *packageRules) visit(pkg int32) {
	if g.facts == nil && pkg != systemPkg {
		g.cache.lead(g.pkg, pkg)
	}
}

func (g *packageRules) emit(f ruleFact) {
	if g.facts != nil {
		g.facts(f)
		return
	}
	e := &g.s.pool.effort
	switch {
	case e.exhausted():
	case len(f.block) > 1:
		e.spend(len(f.block) * effortLiteral)
		g.cache.add(e, f.p, 0, g.cache.arena.Add(f.block))
	case len(f.block) == 1:
		g.cache.add(e, f.p, f.block[0], 0)
	default:
		g.cache.add(e, f.p, f.q, f.d)
	}
}

func (g *packageRules) rulesOf(pkg int32) {
	s, p := g.s, g.s.pool
	if pkg == systemPkg {
		return
	}
	installed := p.isInstalled(pkg)
	keepBroken := installed && !s.verifyAll && !s.verify.has(pkg)
	source := p.arch[pkg] == idSrc || p.arch[pkg] == idNosrc
	if !keepBroken && !source {
		switch {
		case p.archScore(p.arch[pkg]) == 0:
			g.emit(ruleFact{kind: "not-installable", pkg: pkg, p: -pkg})
		case p.excluded.has(pkg):
			g.emit(ruleFact{kind: "excluded", pkg: pkg, p: -pkg})
		}
	}
	g.requires(pkg, keepBroken)
	if source {
		return
	}
	g.conflicts(pkg, keepBroken)
	if !s.multiversion.has(pkg) || s.opts.KeepExplicitObsoletes {
		g.obsoletes(pkg, installed, keepBroken)
	}
	if !installed || !keepBroken {
		g.sameName(pkg, installed)
	}
	if g.facts == nil {
		g.widen(pkg)
	}
}

func (g *packageRules) requires(pkg int32, keepBroken bool) {
	s, p := g.s, g.s.pool
	var ignore []DepID
	if keepBroken {
		ignore = p.list(depIgnoreInstalled, pkg)
	}
	weakened := s.weakened.has(pkg)
	pre := false
	for at := p.deps[depRequires][pkg]; p.arena[at] != 0; at++ {
		d := p.arena[at]
		if d == markPre {
			pre = true
			continue
		}
		if pre && ignore != nil && slices.Contains(ignore, d) || weakened && !pre {
			continue
		}
		g.require(pkg, d, keepBroken, "requires")
	}
	if s.opts.StrongRecommends {
		for _, d := range p.list(depRecommends, pkg) {
			if !p.isRich(d) && !s.possibleAtAll(d) {
				continue
			}
			g.require(pkg, d, keepBroken, "recommends")
		}
	}
}

// require adds the rules of one requirement.
func (g *packageRules) require(pkg int32, d DepID, keepBroken bool, kind string) {
	p := g.s.pool
	if d.isRel() && p.isRich(d) {
		g.richRequire(pkg, d, keepBroken, kind)
		return
	}
	at := p.providersAt(d)
	list := p.lits.Raw()[at:]
	if list[0] == systemPkg || d.isRel() && slices.Contains(p.lits.List(at), systemPkg) {
		return
	}
	anyInstalled := false
	for n, q := range list {
		if q == 0 {
			p.effort.spend(n)
			break
		}
		if q == pkg {
			return
		}
		anyInstalled = anyInstalled || keepBroken && p.isInstalled(q)
	}
	if keepBroken && !anyInstalled {
		return
	}
	if list[0] == 0 {
		if kind == "requires" {
			g.emit(ruleFact{kind: "missing", dep: d, pkg: pkg, p: -pkg})
		}
		return
	}
	g.emit(ruleFact{kind: kind, dep: d, pkg: pkg, p: -pkg, d: at})
	if g.facts == nil {
		for _, q := range list {
			if q == 0 {
				break
			}
			g.visit(q)
		}
	}
}

func (g *packageRules) richRequire(pkg int32, d DepID, keepBroken bool, kind string) {
	p := g.s.pool
	c := p.normalize(d, false)
	if c.never && !keepBroken && kind == "requires" {
		g.emit(ruleFact{kind: "missing", dep: d, pkg: pkg, p: -pkg})
	}
	g.blocks(pkg, d, c, keepBroken, kind)
}

// blocks adds (-pkg or block) for each block that is not broken already.
func (g *packageRules) blocks(pkg int32, d DepID, c clauses, keepBroken bool, kind string) {
	p := g.s.pool
	for _, b := range c.blocks {
		if slices.Contains(b, pkg) || keepBroken && !p.holdsNow(b) {
			continue
		}
		if i := slices.Index(b, -pkg); i >= 0 {
			b = slices.Delete(slices.Clone(b), i, i+1)
		}
		if len(b) == 0 {
			g.emit(ruleFact{kind: kind, dep: d, pkg: pkg, p: -pkg})
			continue
		}
		g.emit(ruleFact{kind: kind, dep: d, pkg: pkg, p: -pkg, block: b})
	}
	g.visitBlocks(c)
}

func (g *packageRules) visitBlocks(c clauses) {
	for _, b := range c.blocks {
		for _, q := range b {
			if q > 0 {
				g.visit(q)
			}
		}
	}
}

// holdsNow reports whether the installed packages fulfil a clause.
func (p *Pool) holdsNow(block []int32) bool {
	for _, l := range block {
		if l > 0 && p.isInstalled(l) || l < 0 && !p.isInstalled(-l) {
			return true
		}
	}
	return false
}

func (g *packageRules) conflicts(pkg int32, keepBroken bool) {
	p := g.s.pool
	for at := p.deps[depConflicts][pkg]; p.arena[at] != 0; at++ {
		d := p.arena[at]
		if d.isRel() && p.isRich(d) {
			c := p.normalize(d, true)
			if c.never && !keepBroken {
				g.emit(ruleFact{kind: "conflicts", dep: d, pkg: pkg, p: -pkg})
			}
			g.blocks(pkg, d, c, keepBroken, "conflicts")
			continue
		}
		others := d.isRel() && p.rel(d).op == OpNamespace
		for _, q := range p.providers(d) {
			switch {
			case q == pkg:
				if p.opts.ForbidSelfConflicts && !keepBroken && !others {
					g.emit(ruleFact{kind: "conflicts", dep: d, pkg: pkg, p: -pkg})
				}
			case keepBroken && p.isInstalled(q):
			case q == systemPkg:
				g.emit(ruleFact{kind: "conflicts", dep: d, pkg: pkg, p: -pkg})
			default:
				g.emit(ruleFact{kind: "conflicts", dep: d, pkg: pkg, p: -pkg, q: -q})
			}
		}
	}
}

func (g *packageRules) obsoletes(pkg int32, installed, keepBroken bool) {
	p := g.s.pool
	if installed && p.opts.NoInstalledObsoletes {
		return
	}
	for at := p.deps[depObsoletes][pkg]; p.arena[at] != 0; at++ {
		d := p.arena[at]
		for _, q := range p.providers(d) {
			if q == pkg || q == systemPkg || keepBroken && p.isInstalled(q) || !p.obsoletedBy(q, pkg, d) {
				continue
			}
			g.emit(ruleFact{kind: "obsoletes", dep: d, pkg: pkg, p: -pkg, q: -q})
		}
	}
}

// obsoletedBy reports whether the obsoletes d of package by hits package q,
// which provides the name.
func (p *Pool) obsoletedBy(q, by int32, d DepID) bool {
	if !p.opts.ObsoleteUsesProvides && !p.matchName(q, d) {
		return false
	}
	return !p.opts.ObsoleteUsesColours || p.coloursMeet(q, by)
}

func (g *packageRules) sameName(pkg int32, installed bool) {
	s, p := g.s, g.s.pool
	multi := s.multiversion.has(pkg)
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if q == pkg || installed && !p.isInstalled(q) {
			continue
		}
		same := p.name[q] == p.name[pkg]
		if !same && !p.opts.ImplicitObsoleteUseProvides {
			continue
		}
		if (multi || s.multiversion.has(q)) && !(same && p.evr[q] == p.evr[pkg] && p.arch[q] == p.arch[pkg]) {
			continue
		}
		if !p.opts.NoColours && !p.coloursMeet(pkg, q) {
			continue
		}
		g.emit(ruleFact{kind: "same-name", pkg: pkg, p: -pkg, q: -q})
	}
}

// widen queues what weak dependencies may bring in, and with colours the same
// version for a better architecture.
func (g *packageRules) widen(pkg int32) {
	p := g.s.pool
	for _, k := range [...]depKind{depRecommends, depSuggests} {
		for at := p.deps[k][pkg]; p.arena[at] != 0; at++ {
			d := p.arena[at]
			for _, q := range p.providers(d) {
				g.visit(q)
			}
			if p.isRich(d) {
				g.visitBlocks(p.normalize(d, false))
			}
		}
	}
	score := p.archScore(p.arch[pkg])
	if p.opts.NoColours || score == scoreNoarch {
		return
	}
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if qs := p.archScore(p.arch[q]); p.name[q] == p.name[pkg] && p.evr[q] == p.evr[pkg] && qs > scoreNoarch && qs < score {
			g.visit(q)
		}
	}
}
