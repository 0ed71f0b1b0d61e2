package depsolve

import "slices"

// Clean-up of dependencies: what an erased package needed goes too, unless
// something that stays needs it. The candidates lose their update rules and are
// erased at the end of the search if nothing turned out to need them.

// cleaner computes which installed packages are candidates.
type cleaner struct {
	s       *solver
	user    bitset // asked for by the user, or by a job
	kept    bitset // installed packages that stay, as far as known
	gone    bitset // installed packages that jobs erase
	seeds   bitset
	updated []int32 // those of the seeds that come back in another version
	coming  bitset  // the best of these versions
	queue   []int32
	reserve []int32 // packages that jobs want
}

// buildCleanups fills s.cleandeps.
func (s *solver) buildCleanups() {
	if s.installed == nil || !slices.ContainsFunc(s.jobs, func(j Job) bool { return j.CleanDeps }) {
		return
	}
	c := s.newCleaner()
	s.eachInstalled(c.kept.set)
	c.markUser()
	c.findSeeds(true)
	c.remove()
	c.addBack()
	s.eachInstalled(func(pkg int32) {
		if !c.kept.has(pkg) && !c.seeds.has(pkg) {
			s.cleandeps.set(pkg)
			s.sat.Disable(s.updateRule(pkg))
			if s.clause(s.featureRule(pkg)).P != 0 {
				s.sat.Disable(s.featureRule(pkg))
			}
		}
	})
}

func (s *solver) newCleaner() *cleaner {
	n := len(s.pool.name)
	return &cleaner{s: s, user: newBitset(n), kept: newBitset(n), gone: newBitset(n), seeds: newBitset(n), coming: newBitset(n)}
}

// markUser finds what the user or a job wants installed.
func (c *cleaner) markUser() {
	s, p := c.s, c.s.pool
	for i := range s.jobs {
		if j := &s.jobs[i]; j.Action == UserInstalled {
			for _, q := range p.selected(j.Select) {
				if p.isInstalled(q) {
					c.user.set(q)
				}
			}
		}
	}
	from, end := s.classRange(ruleJob)
	for n := from; n < end; n++ {
		if !s.clause(n).Enabled() { // given up because of a problem
			continue
		}
		for _, l := range s.lits(n) {
			switch {
			case l > 0:
				c.reserve = append(c.reserve, l)
				if p.isInstalled(l) {
					c.user.set(l)
				}
			case p.isInstalled(-l) && len(s.lits(n)) == 1:
				c.gone.set(-l)
			}
		}
	}
	s.eachInstalled(func(pkg int32) {
		if p.excluded.has(pkg) {
			c.user.set(pkg)
		}
	})
}

// findSeeds collects what is replaced, and if wanted what is erased, on behalf of
// jobs that clean up.
func (c *cleaner) findSeeds(erased bool) {
	s, p := c.s, c.s.pool
	add := func(q int32) {
		if !c.seeds.has(q) {
			c.seeds.set(q)
			c.user.clear(q)
			c.queue = append(c.queue, q)
		}
	}
	var updates []PkgID
	for i := range s.jobs {
		j := &s.jobs[i]
		if !j.CleanDeps || j.Action == Erase && !erased {
			continue
		}
		list := p.selected(j.Select)
		switch j.Action {
		case Erase:
			for _, q := range list {
				if p.isInstalled(q) {
					add(q)
				}
			}
			if space, ok := p.namespaceOf(j.Select); ok {
				s.eachInstalled(func(pkg int32) {
					if c.kept.has(pkg) && p.supplementsSpace(pkg, space) {
						c.queue = append(c.queue, pkg)
					}
				})
			}
		case Install:
			for _, old := range s.replacedByAll(list) {
				add(old)
			}
		case Update, DistUpgrade:
			for _, q := range list {
				if p.isInstalled(q) {
					updates = append(updates, PkgID(q))
					continue
				}
				for _, old := range p.replacedBy(q) {
					if j.Action == DistUpgrade && s.dupInvolved.has(old) || slices.Contains(s.targets[old], q) {
						updates = append(updates, PkgID(old))
					}
				}
			}
		}
	}
	slices.Sort(updates)
	updates = slices.Compact(updates)
	if len(updates) > 1 { // what others of them need may go
		updates = s.rootsOf(updates)
	}
	for _, id := range updates {
		add(int32(id))
		c.updated = append(c.updated, int32(id))
		for _, q := range s.filter(slices.Clone(s.lits(s.updateRule(int32(id)))), modeRecommend) {
			c.coming.set(q)
		}
	}
}

// each calls f for everything that a package requires and recommends, with the
// packages one of which is needed. An expression comes in clauses, without those
// that hold because a package they exclude is not installed.
func (c *cleaner) each(pkg int32, f func(list []int32)) {
	p := c.s.pool
	for _, k := range [...]depKind{depRequires, depRecommends} {
		for _, d := range p.list(k, pkg) {
			switch {
			case d == markPre:
			case p.isRich(d):
				for _, b := range p.normalize(d, false).blocks {
					if list, open := p.wanted(b); open {
						f(list)
					}
				}
			default:
				f(p.providers(d))
			}
		}
	}
}

// wanted returns the packages of a clause, unless it excludes one that is not
// installed.
func (p *Pool) wanted(block []int32) (list []int32, open bool) {
	for _, l := range block {
		if l > 0 {
			list = append(list, l)
		} else if !p.isInstalled(-l) {
			return nil, false
		}
	}
	return list, true
}

// remove takes away the seeds, what they need, and what supplements what has
// gone.
func (c *cleaner) remove() {
	p := c.s.pool
	before := c.kept.clone()
	for len(c.queue) > 0 {
		pkg := c.queue[0]
		c.queue = c.queue[1:]
		if c.kept.has(pkg) && !c.user.has(pkg) {
			c.kept.clear(pkg)
			c.each(pkg, func(list []int32) {
				for _, q := range list {
					if c.kept.has(q) && p.isInstalled(q) && !c.user.has(q) {
						c.queue = append(c.queue, q)
					}
				}
			})
		}
		if len(c.queue) == 0 {
			c.s.eachInstalled(func(pkg int32) {
				if c.kept.has(pkg) && !c.user.has(pkg) && p.deps[depSupplements][pkg] != 0 && c.supplements(pkg, before) && !c.supplements(pkg, c.kept) {
					c.queue = append(c.queue, pkg)
				}
			})
		}
	}
}

// supplements reports whether a package supplements something of a set.
func (c *cleaner) supplements(pkg int32, in bitset) bool {
	for _, d := range c.s.pool.list(depSupplements, pkg) {
		if c.s.depPossible(d, in) {
			return true
		}
	}
	return false
}

// addBack returns everything that what stays or comes needs.
func (c *cleaner) addBack() {
	s, p := c.s, c.s.pool
	s.eachInstalled(func(pkg int32) {
		if c.gone.has(pkg) {
			c.kept.clear(pkg)
		}
		if c.kept.has(pkg) {
			c.queue = append(c.queue, pkg)
		}
	})
	c.queue = append(c.queue, c.reserve...)
	back := func(q int32) {
		if p.isInstalled(q) && !c.kept.has(q) && !c.seeds.has(q) && !c.gone.has(q) {
			c.kept.set(q)
			c.queue = append(c.queue, q)
		}
	}
	for again := true; again; again = len(c.queue) > 0 {
		for len(c.queue) > 0 {
			pkg := c.queue[0]
			c.queue = c.queue[1:]
			c.each(pkg, func(list []int32) {
				if slices.Contains(list, pkg) {
					return
				}
				for _, q := range list {
					back(q)
				}
			})
		}
		in := c.kept.clone()
		in.union(c.coming)
		s.eachInstalled(func(pkg int32) {
			if !c.kept.has(pkg) && p.deps[depSupplements][pkg] != 0 && c.supplements(pkg, in) {
				back(pkg)
			}
		})
	}
}

// decideCleanups erases packages that nothing needs any more.
func (s *solver) decideCleanups(level int32) int32 {
	if s.cleandeps.empty() {
		return level
	}
	for pkg := s.installed.first; pkg < s.installed.end; pkg++ {
		if s.cleandeps.has(pkg) && s.sat.Values[pkg] == 0 {
			before := level
			if level = s.decide(level, -pkg, 0, noteCleanup); level <= before {
				return level
			}
		}
	}
	return level
}

// preferCleanups keeps candidates that would be cleaned up otherwise.
func (s *solver) preferCleanups(list []int32) []int32 {
	if len(list) < 2 || s.cleandeps.empty() {
		return list
	}
	var out []int32
	for _, q := range list {
		if s.cleandeps.has(q) {
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// cleanupMistakes finds packages that were cleaned up although an installed one
// that stays needs them, which a rule need not say. They stay in the next try.
func (s *solver) cleanupMistakes() bool {
	if s.cleandeps.empty() {
		return false
	}
	p := s.pool
	found := false
	unflag := func(pkg int32) {
		s.cleandeps.clear(pkg)
		if s.clause(s.updateRule(pkg)).P != 0 {
			s.sat.Enable(s.updateRule(pkg))
		}
		found = true
	}
	s.eachInstalled(func(pkg int32) {
		if s.sat.Values[pkg] <= 0 {
			return
		}
		if s.cleandeps.has(pkg) && s.wantsUpdate(pkg) && len(s.lits(s.updateRule(pkg))) > 1 { // it stays, and so has to be updated
			unflag(pkg)
		}
		for _, k := range [...]depKind{depRequires, depRecommends} {
			for _, d := range p.list(k, pkg) {
				list := p.providers(d)
				if slices.ContainsFunc(list, func(q int32) bool { return s.sat.Values[q] > 0 }) {
					continue
				}
				for _, q := range list {
					if s.cleandeps.has(q) {
						unflag(q)
					}
				}
			}
		}
	})
	return found
}
