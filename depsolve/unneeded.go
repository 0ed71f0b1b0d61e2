package depsolve

import "slices"

// CleanedUp returns the installed packages that jobs with CleanDeps made
// superfluous and that go, ascending, beyond those that the jobs name.
func (t *Transaction) CleanedUp() []PkgID {
	return t.solver.installedWhere(func(pkg int32) bool {
		_, replaced := t.replacer[PkgID(pkg)]
		return t.cleanups.has(pkg) && t.values[pkg] < 0 && !replaced
	})
}

// Orphaned returns the installed packages that no repository has and that the
// solver had to decide about on their own, ascending.
func (t *Transaction) Orphaned() []PkgID {
	var out []PkgID
	for _, q := range t.solver.orphans {
		out = append(out, PkgID(q))
	}
	return out
}

// Unneeded returns the installed packages that neither the user asked for
// (see UserInstalled) nor a job wants, and that nothing of those needs; and of
// these the ones that are not needed by others of them.
func (t *Transaction) Unneeded() (all, roots []PkgID) {
	s := t.solver
	if s.installed == nil {
		return nil, nil
	}
	c := s.newCleaner()
	c.markUser()
	user := c.user.clone()
	c.findSeeds(false)
	c.queue = nil
	for _, pkg := range c.updated { // needed or not as before
		c.seeds.clear(pkg)
		if user.has(pkg) {
			c.user.set(pkg)
		}
	}
	s.eachInstalled(func(pkg int32) {
		if c.user.has(pkg) {
			c.kept.set(pkg)
		}
	})
	c.addBack()
	all = s.installedWhere(func(pkg int32) bool { return !c.kept.has(pkg) })
	return all, s.rootsOf(all)
}

func (s *solver) installedWhere(f func(pkg int32) bool) []PkgID {
	var out []PkgID
	s.eachInstalled(func(pkg int32) {
		if f(pkg) {
			out = append(out, PkgID(pkg))
		}
	})
	return out
}

// rootsOf returns the packages that no other one of the list needs, except in
// a cycle.
func (s *solver) rootsOf(list []PkgID) []PkgID {
	at := map[int32]int{}
	for i, id := range list {
		at[int32(id)] = i
	}
	there := newBitset(len(s.pool.name))
	s.eachInstalled(there.set)
	edges := make([][]int, len(list))
	for i, id := range list {
		(&cleaner{s: s}).each(int32(id), func(by []int32) {
			for _, q := range by {
				if to, ok := at[q]; ok && to != i {
					edges[i] = append(edges[i], to)
				}
			}
		})
		for _, d := range s.pool.list(depSupplements, int32(id)) {
			if !s.depPossible(d, there) {
				continue
			}
			for _, q := range s.pool.mentioned(d) {
				if from, ok := at[q]; ok && from != i {
					edges[from] = append(edges[from], i)
				}
			}
		}
	}
	group := components(edges)
	needed := map[int]bool{}
	for i, to := range edges {
		for _, j := range to {
			if group[i] != group[j] {
				needed[group[j]] = true
			}
		}
	}
	var out []PkgID
	for i, id := range list {
		if !needed[group[i]] {
			out = append(out, id)
		}
	}
	return out
}

// mentioned returns the providers of all names in a dependency, other than
// those in conditions.
func (p *Pool) mentioned(d DepID) []int32 {
	if d.isRel() {
		switch r := p.rel(d); r.op {
		case OpAnd, OpOr:
			return slices.Concat(p.mentioned(r.left), p.mentioned(r.right))
		case OpIf, OpUnless:
			return p.mentioned(r.left)
		}
	}
	return p.providers(d)
}

// UserInstalled returns the packages of the result that the user asked for,
// ascending: those that jobs say so about, those that an install job brought,
// and what replaces such a package.
func (t *Transaction) UserInstalled() []PkgID {
	s := t.solver
	user := newBitset(len(t.pool.name))
	for i := range s.jobs {
		j := &s.jobs[i]
		if j.Action != UserInstalled && (j.Action != Install || j.NotByUser) {
			continue
		}
		for _, q := range t.pool.selected(j.Select) {
			if j.Action == Install || t.pool.isInstalled(q) {
				user.set(q)
			}
		}
	}
	for old, by := range t.replacer {
		if user.has(int32(old)) && t.pool.name[old] == t.pool.name[by] {
			user.set(int32(by))
		}
	}
	return slices.DeleteFunc(slices.Clone(t.installed), func(id PkgID) bool { return !user.has(int32(id)) })
}
