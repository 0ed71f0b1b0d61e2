package depsolve

import "slices"

// Recommended returns the packages that the result recommends and those it
// suggests, and those that supplement or enhance it, best versions only and
// ascending. Packages that are part of the result are among them; packages that
// cannot be installed beside it are not.
func (t *Transaction) Recommended() (recommended, suggested []PkgID) {
	s := t.solver
	now, on := s.sat.Values, t.reconsidered()
	s.sat.Values = on // the policy looks there
	defer func() { s.sat.Values = now }()
	barred := s.obsoletedByKept()
	return t.weakly(depRecommends, depSupplements, barred), t.weakly(depSuggests, depEnhances, barred)
}

// reconsidered returns the values without the decisions that only an erase job
// asked for: what such a job removes may be recommended all the same.
func (t *Transaction) reconsidered() []int32 {
	s := t.solver
	values := slices.Clone(t.values)
	from, end := s.classRange(ruleJob)
	lifted := false
	for _, d := range t.why {
		v := d.pkg
		if d.rule >= from && d.rule < end && values[v] < 0 {
			values[v], lifted = 0, true
		}
	}
	for again := lifted; again; {
		again = false
		for n := int32(1); int(n) < len(s.sat.Clauses); n++ {
			if !s.clause(n).Enabled() || s.inClass(n, ruleJob) && s.clause(n).P < 0 {
				continue
			}
			if l := onlyOpen(s.lits(n), values); l < 0 {
				values[-l], again = -1, true
			}
		}
	}
	return values
}

// onlyOpen returns the literal that has to hold for a clause to hold, 0 if
// there is none or the clause holds already.
func onlyOpen(lits, values []int32) int32 {
	open := int32(0)
	for _, l := range lits {
		v := values[abs32(l)]
		switch {
		case v == 0 && open != 0:
			return 0
		case v == 0:
			open = l
		case (l > 0) == (v > 0):
			return 0
		}
	}
	return open
}

// weakly collects what the result points to by one kind of weak dependency and
// what points back by the other.
func (t *Transaction) weakly(forward, backward depKind, barred bitset) []PkgID {
	s, p := t.solver, t.pool
	marked := newBitset(len(p.name))
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if s.sat.Values[pkg] <= 0 {
			continue
		}
		for _, d := range p.list(forward, pkg) {
			s.markWeak(d, marked)
		}
	}
	var list []int32
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if s.sat.Values[pkg] < 0 || barred.has(pkg) || p.repoOf[pkg] == 0 {
			continue
		}
		if marked.has(pkg) || p.deps[backward][pkg] != 0 && p.canInstall(pkg) && s.supplements(pkg, backward) {
			list = append(list, pkg)
		}
	}
	list = s.filter(list, modeSuggest)
	slices.Sort(list)
	out := make([]PkgID, len(list))
	for i, q := range list {
		out[i] = PkgID(q)
	}
	return out
}

// markWeak marks what fulfils a weak dependency: the providers that are there,
// or all if there is none.
func (s *solver) markWeak(d DepID, marked bitset) {
	p := s.pool
	blocks := [][]int32{p.providers(d)}
	if p.isRich(d) {
		blocks = p.normalize(d, false).blocks
	}
	for _, b := range blocks {
		if slices.ContainsFunc(b, func(l int32) bool { return l < 0 && s.sat.Values[-l] <= 0 }) {
			continue
		}
		there := func(q int32) bool { return q > 0 && s.sat.Values[q] > 0 }
		any := slices.ContainsFunc(b, there)
		for _, q := range b {
			if q > systemPkg && (!any || there(q)) {
				marked.set(q)
			}
		}
	}
}
