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
	seeds   bitset
	queue   []int32
	reserve []int32 // packages that are to be installed
}

// buildCleanups fills s.cleandeps.
func (s *solver) buildCleanups() {
	if s.installed == nil || !slices.ContainsFunc(s.jobs, func(j Job) bool { return j.CleanDeps }) {
		return
	}
	c := s.newCleaner()
	s.eachInstalled(c.kept.set)
	c.markUser()
	c.findSeeds()
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
	return &cleaner{s: s, user: newBitset(n), kept: newBitset(n), seeds: newBitset(n)}
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
		if s.jobs[s.jobOf[n-from]].CleanDeps && s.jobs[s.jobOf[n-from]].Action == Erase {
			continue
		}
		for _, l := range s.lits(n) {
			switch {
			case l > 0 && p.isInstalled(l):
				c.user.set(l)
			case l > 0:
				c.reserve = append(c.reserve, l)
			}
		}
	}
	s.eachInstalled(func(pkg int32) {
		if p.excluded.has(pkg) {
			c.user.set(pkg)
		}
	})
}

// findSeeds collects what is erased or replaced on behalf of jobs that clean
// up.
func (c *cleaner) findSeeds() {
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
		if !j.CleanDeps {
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
	}
}

// each calls f for every provider of what a package requires and recommends.
func (c *cleaner) each(pkg int32, f func(d DepID, list []int32)) {
	p := c.s.pool
	for _, k := range [...]depKind{depRequires, depRecommends} {
		for _, d := range p.list(k, pkg) {
			if d != markPre {
				f(d, p.providers(d))
			}
		}
	}
}

// remove takes away the seeds, what they need, and what supplements what has
// gone.
func (c *cleaner) remove() {
	p := c.s.pool
	for len(c.queue) > 0 {
		pkg := c.queue[0]
		c.queue = c.queue[1:]
		if c.kept.has(pkg) && !c.user.has(pkg) {
			c.kept.clear(pkg)
			c.each(pkg, func(_ DepID, list []int32) {
				for _, q := range list {
					if c.kept.has(q) && p.isInstalled(q) && !c.user.has(q) {
						c.queue = append(c.queue, q)
					}
				}
			})
		}
		if len(c.queue) == 0 {
			c.s.eachInstalled(func(pkg int32) {
				if c.kept.has(pkg) && !c.user.has(pkg) && p.deps[depSupplements][pkg] != 0 && !c.supplements(pkg) {
					c.queue = append(c.queue, pkg)
				}
			})
		}
	}
}

func (c *cleaner) supplements(pkg int32) bool {
	for _, d := range c.s.pool.list(depSupplements, pkg) {
		if c.s.depPossible(d, c.kept) {
			return true
		}
	}
	return false
}

// addBack returns everything that what stays or comes needs.
func (c *cleaner) addBack() {
	s, p := c.s, c.s.pool
	s.eachInstalled(func(pkg int32) {
		if c.kept.has(pkg) {
			c.queue = append(c.queue, pkg)
		}
	})
	c.queue = append(c.queue, c.reserve...)
	back := func(q int32) {
		if p.isInstalled(q) && !c.kept.has(q) && !c.seeds.has(q) {
			c.kept.set(q)
			c.queue = append(c.queue, q)
		}
	}
	for len(c.queue) > 0 {
		pkg := c.queue[0]
		c.queue = c.queue[1:]
		c.each(pkg, func(_ DepID, list []int32) {
			if slices.Contains(list, pkg) {
				return
			}
			for _, q := range list {
				back(q)
			}
		})
		if len(c.queue) == 0 {
			s.eachInstalled(func(pkg int32) {
				if !c.kept.has(pkg) && p.deps[depSupplements][pkg] != 0 && c.supplements(pkg) {
					back(pkg)
				}
			})
		}
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
