package depsolve

// closure finds the packages that a request involves.
type closure struct {
	s     *solver
	cache *ruleCache
	added bitset // packages that are involved
	queue []int32
}

// add adds a package and everything that its dependencies lead to.
func (g *closure) add(pkg int32) {
	if g.added.has(pkg) {
		return
	}
	g.added.set(pkg)
	g.queue = append(g.queue[:0], pkg)
	for len(g.queue) > 0 && !g.s.pool.effort.exhausted() {
		last := len(g.queue) - 1
		next := g.queue[last]
		g.queue = g.queue[:last]
		if next == systemPkg {
			continue
		}
		for _, q := range g.cache.leadsOf(g.cache.of(g.s, next)) {
			if !g.added.has(q) {
				g.added.set(q)
				g.queue = append(g.queue, q)
			}
		}
	}
}

// addWeak adds packages that supplement or enhance what may be installed, until
// no more turn up.
func (g *closure) addWeak() {
	for again := true; again && !g.s.pool.effort.exhausted(); {
		again = false
		for _, pkg := range g.cache.weak {
			if !g.added.has(pkg) && (g.anyPossible(depSupplements, pkg) || g.anyPossible(depEnhances, pkg)) {
				g.add(pkg)
				again = true
			}
		}
	}
}

func (g *closure) anyPossible(k depKind, pkg int32) bool {
	p := g.s.pool
	for at := p.deps[k][pkg]; p.arena[at] != 0; at++ {
		if g.s.depPossible(p.arena[at], g.added) {
			return true
		}
	}
	return false
}
