package depsolve

import "slices"

// Reason is why the search decided as it did about a package. Why gives the
// same to people.
type Reason struct {
	// Kind is "unit" if a rule left no choice. Otherwise the search was free:
	// for a "job", the "update" of an installed package or to "keep" it, to
	// "resolve" a rule, because something is "recommended" or "supplemented"
	// or by another weak dependency ("weakdep"), for an "orphan", or because
	// "cleandeps" left the package without use.
	Kind string
	Rule Rule  // the rule behind the first five
	Dep  DepID // what is recommended or supplemented
	By   PkgID // who recommends it, or is supplemented; 0 is the system itself
}

var reasonKinds = map[uint8]string{
	noteJob: "job", noteUpdate: "update", noteKeep: "keep", noteResolve: "resolve",
	noteWeak: "weakdep", noteOrphan: "orphan", noteCleanup: "cleandeps",
}

// Decided returns the packages that the search decided about, in the order of
// the search, whether they come, stay, go or must not come.
func (t *Transaction) Decided() []PkgID {
	var out []PkgID
	for _, d := range t.why {
		if d.pkg != systemPkg {
			out = append(out, PkgID(d.pkg))
		}
	}
	return out
}

// Reasons returns what led to the decision about a package: several reasons if
// several packages recommend it, none if nobody decided about it.
func (t *Transaction) Reasons(id PkgID) []Reason {
	for i, d := range t.why {
		if d.pkg != int32(id) {
			continue
		}
		if d.rule > 0 {
			return []Reason{{Kind: "unit", Rule: t.solver.ruleView(d.rule)}}
		}
		r := Reason{Kind: reasonKinds[d.note]}
		switch {
		case d.note == noteWeak:
			if weak := t.weakReasons(i); len(weak) > 0 {
				return weak
			}
		case d.rule < 0 && d.note <= noteResolve:
			r.Rule = t.solver.ruleView(-d.rule)
		}
		return []Reason{r}
	}
	return nil
}

// weakReasons looks at what was decided before: who recommends or supplements
// the package in place i.
func (t *Transaction) weakReasons(i int) []Reason {
	s, p, pkg := t.solver, t.pool, t.why[i].pkg
	before := newBitset(len(p.name))
	for _, d := range t.why[:i] {
		if t.values[d.pkg] > 0 {
			before.set(d.pkg)
		}
	}
	var out []Reason
	has := func(q int32) bool { return before.has(q) }
	for _, d := range t.why[:i] {
		if !before.has(d.pkg) || p.isInstalled(d.pkg) && !s.opts.AddAlreadyRecommended {
			continue
		}
		for _, dep := range p.list(depRecommends, d.pkg) {
			if p.isRich(dep) || !slices.Contains(p.providers(dep), pkg) || slices.ContainsFunc(p.providers(dep), has) {
				continue
			}
			out = append(out, Reason{Kind: "recommended", Dep: dep, By: PkgID(d.pkg)})
		}
	}
	for _, dep := range p.list(depSupplements, pkg) {
		if !s.depHolds(dep, has) {
			continue
		}
		for _, d := range t.why[:i] {
			if !before.has(d.pkg) || p.isInstalled(d.pkg) && !s.opts.AddAlreadyRecommended || !p.mentionsPkg(dep, d.pkg) {
				continue
			}
			r := Reason{Kind: "supplemented", Dep: dep, By: PkgID(d.pkg)}
			if d.pkg == systemPkg {
				r.By = 0
			}
			out = append(out, r)
		}
	}
	return out
}

// mentionsPkg reports whether a package fulfils a positive part of a
// dependency.
func (p *Pool) mentionsPkg(d DepID, pkg int32) bool {
	for d.isRel() && p.isRich(d) {
		r := p.rel(d)
		if r.op != OpIf && r.op != OpUnless && p.mentionsPkg(r.right, pkg) {
			return true
		}
		d = r.left
	}
	return slices.Contains(p.providers(d), pkg)
}
