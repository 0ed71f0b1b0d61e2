package depsolve

import (
	"slices"

	"example.com/rpmostree/depsolve/internal/cdcl"
)

// ruleCache keeps the package rules of a pool between its runs: they depend on
// the packages and on few wishes, and to make them is half of the work of a
// run. It holds the rules of a package from the first run that needs them; a
// run copies those of the packages it involves. The cache is valid as long as
// the index it was made with and while the wishes are the same.
//
// A rule is filed under the package of its lowest literal, which is the first
// of the clause. That is the package whose rule it is, unless two packages
// exclude each other: then it is the one with the higher number.
type ruleCache struct {
	wishes ruleWishes
	arena  *cdcl.Arena

	spanOf []int32 // by package: its span, 0 for none yet
	spans  []ruleSpan
	rules  []cachedRule
	cross  []int32 // packages with higher numbers that exclude the package
	leads  []int32 // packages that the dependencies lead to
	seen   []int32 // scratch: by package, for whom it was added to leads

	weak []int32 // packages that supplement or enhance something
}

// ruleWishes is what rules depend on besides the pool.
type ruleWishes struct {
	strongRecommends, keepExplicitObsoletes, verifyAll bool
	multiversion, weakened, verify                     bitset
}

// ruleSpan says where the lists of a package end; they begin where they end
// minus the length.
type ruleSpan struct {
	rules, cross, leads    int32
	nRules, nCross, nLeads int32
}

// cachedRule is the clause "not the package, or w"; with d the list there is
// the rest, beginning with w.
type cachedRule struct{ d, w int32 }

func (w *ruleWishes) equal(o *ruleWishes) bool {
	return w.strongRecommends == o.strongRecommends && w.keepExplicitObsoletes == o.keepExplicitObsoletes &&
		w.verifyAll == o.verifyAll && slices.Equal(w.multiversion, o.multiversion) &&
		slices.Equal(w.weakened, o.weakened) && slices.Equal(w.verify, o.verify)
}

// ruleCache returns the cache of the pool, a new one if the old is not valid.
func (s *solver) ruleCache() *ruleCache {
	p := s.pool
	w := ruleWishes{
		strongRecommends: s.opts.StrongRecommends, keepExplicitObsoletes: s.opts.KeepExplicitObsoletes, verifyAll: s.verifyAll,
		multiversion: s.multiversion, weakened: s.weakened, verify: s.verify,
	}
	if c := p.ruleCache; c != nil && c.arena == p.lits && c.wishes.equal(&w) {
		return c
	}
	w.multiversion, w.weakened, w.verify = w.multiversion.clone(), w.weakened.clone(), w.verify.clone()
	n := len(p.name)
	c := &ruleCache{wishes: w, arena: p.lits, spanOf: make([]int32, n), spans: make([]ruleSpan, 1), seen: make([]int32, n)}
	for pkg := int32(systemPkg + 1); int(pkg) < n; pkg++ {
		if (p.deps[depSupplements][pkg] != 0 || p.deps[depEnhances][pkg] != 0) &&
			p.repoOf[pkg] != 0 && (p.isInstalled(pkg) || p.canInstall(pkg)) {
			c.weak = append(c.weak, pkg)
		}
	}
	p.ruleCache = c
	return c
}

// of returns where the lists of a package are, and makes them the first time.
func (c *ruleCache) of(s *solver, pkg int32) *ruleSpan {
	if n := c.spanOf[pkg]; n != 0 {
		return &c.spans[n]
	}
	r, x, l := len(c.rules), len(c.cross), len(c.leads)
	g := &packageRules{s: s, cache: c, pkg: pkg}
	g.rulesOf(pkg)
	c.rules = sortRules(c.arena.Raw(), c.rules, r)
	slices.Sort(c.cross[x:])
	c.cross = c.cross[:x+len(slices.Compact(c.cross[x:]))]
	c.spanOf[pkg] = int32(len(c.spans))
	c.spans = append(c.spans, ruleSpan{rules: int32(len(c.rules)), cross: int32(len(c.cross)), leads: int32(len(c.leads)),
		nRules: int32(len(c.rules) - r), nCross: int32(len(c.cross) - x), nLeads: int32(len(c.leads) - l)})
	return &c.spans[len(c.spans)-1]
}

// span returns what of has returned.
func (c *ruleCache) span(pkg int32) *ruleSpan { return &c.spans[c.spanOf[pkg]] }

func (c *ruleCache) rulesOf(sp *ruleSpan) []cachedRule { return c.rules[sp.rules-sp.nRules : sp.rules] }
func (c *ruleCache) crossOf(sp *ruleSpan) []int32      { return c.cross[sp.cross-sp.nCross : sp.cross] }
func (c *ruleCache) leadsOf(sp *ruleSpan) []int32      { return c.leads[sp.leads-sp.nLeads : sp.leads] }

// add files the clause "p or q", p being the negation of the package, or "p or
// the list at d".
func (c *ruleCache) add(e *effort, p, q, d int32) {
	e.spend(effortRule / 4)
	if d != 0 {
		switch l := c.arena.Raw()[d:]; {
		case l[0] == 0:
			d = 0
		case l[1] == 0:
			q, d = l[0], 0
		default:
			c.keep(e, cachedRule{d, l[0]})
			return
		}
	}
	switch {
	case q == p:
		c.keep(e, cachedRule{})
	case q < p:
		c.cross = append(c.cross, -q)
	default:
		c.keep(e, cachedRule{0, q})
	}
}

func (c *ruleCache) keep(e *effort, r cachedRule) {
	e.spend(effortRule)
	c.rules = append(c.rules, r)
}

func (c *ruleCache) lead(pkg, q int32) {
	if c.seen[q] != pkg {
		c.seen[q] = pkg
		c.leads = append(c.leads, q)
	}
}

// sortRules sorts the rules from a position on by second literal, then the
// rest, and drops duplicates.
func sortRules(raw []int32, rules []cachedRule, from int) []cachedRule {
	tail := func(at int32) []int32 {
		l := raw[at:]
		return l[:slices.Index(l, 0)+1]
	}
	slices.SortFunc(rules[from:], func(a, b cachedRule) int {
		switch {
		case a.w != b.w:
			return int(a.w) - int(b.w)
		case a.d == b.d:
			return 0
		case a.d == 0:
			return -1
		case b.d == 0:
			return 1
		}
		return slices.Compare(tail(a.d), tail(b.d))
	})
	same := func(a, b cachedRule) bool {
		return a == b || a.w == b.w && a.d != 0 && b.d != 0 && slices.Equal(tail(a.d), tail(b.d))
	}
	return rules[:from+len(slices.CompactFunc(rules[from:], same))]
}

// copyRules adds the rules of the involved packages, sorted by first literal,
// then second, then the rest. The order decides which of several reasons
// counts, and so must not depend on chance.
func (s *solver) copyRules(c *ruleCache) {
	touched := s.involved.clone()
	s.rulesEnd = make([]int32, len(s.pool.name)) // first: the head of a list of crossings
	type crossing struct{ pkg, next int32 }
	total, cross := 0, 1
	s.involved.each(func(pkg int32) {
		total += int(c.span(pkg).nRules)
		cross += int(c.span(pkg).nCross)
	})
	crossings := make([]crossing, 1, cross)
	s.involved.each(func(pkg int32) {
		if pkg == systemPkg {
			return
		}
		for _, q := range c.crossOf(c.span(pkg)) {
			touched.set(q)
			crossings = append(crossings, crossing{pkg, s.rulesEnd[q]})
			s.rulesEnd[q] = int32(len(crossings) - 1)
		}
	})
	total += cross
	out := append(make([]cdcl.Clause, 0, total+total/8+2*int(s.slots())+1024), s.sat.Clauses...)
	touched.eachDown(func(pkg int32) {
		if pkg == systemPkg {
			return
		}
		var own []cachedRule
		if s.involved.has(pkg) {
			own = c.rulesOf(c.span(pkg))
		}
		at := s.rulesEnd[pkg]
		for _, r := range own {
			for ; at != 0 && -crossings[at].pkg <= r.w; at = crossings[at].next {
				if q := -crossings[at].pkg; q != r.w || r.d != 0 {
					out = append(out, cdcl.Clause{P: -pkg, W1: -pkg, W2: q})
				}
			}
			out = append(out, cdcl.Clause{P: -pkg, D: r.d, W1: -pkg, W2: r.w})
		}
		for ; at != 0; at = crossings[at].next {
			out = append(out, cdcl.Clause{P: -pkg, W1: -pkg, W2: -crossings[at].pkg})
		}
		s.rulesEnd[pkg] = int32(len(out))
	})
	s.sat.Clauses = out
	s.endClass(rulePackage)
}
