package depsolve

import "slices"

// Rules of installed packages, for each installed package P with a slot in
// both classes:
//
//	feature  (P or anything that could replace it, whatever policy says)
//	update   (P or anything that may replace it)
//
// The feature rule is switched off and takes over when the update rule has to
// be given up: a downgrade is better than losing the package.

// updateMode says which replacements of an installed package count.
type updateMode uint8

const (
	allowPolicy updateMode = iota // what policy allows
	allowAll                      // everything
	allowDup                      // what policy allows in a dist-upgrade
)

// changes is a set of aspects in which a replacement differs.
type changes uint8

const (
	changeDowngrade changes = 1 << iota
	changeArch
	changeVendor
	changeName
)

func (s *solver) isDup(pkg int32) bool { return s.dupAll || s.dupInvolved.has(pkg) }

// allowed returns the changes that policy allows for an installed package.
func (s *solver) allowed(pkg int32) changes {
	o := &s.opts
	var c changes
	add := func(yes bool, bit changes) {
		if yes {
			c |= bit
		}
	}
	if s.isDup(pkg) {
		add(!o.DupNoDowngrade, changeDowngrade)
		add(!o.DupNoArchChange, changeArch)
		add(!o.DupNoVendorChange, changeVendor)
		add(!o.DupNoNameChange, changeName)
		return c
	}
	add(o.AllowDowngrade, changeDowngrade)
	add(o.AllowArchChange, changeArch)
	add(o.AllowVendorChange, changeVendor)
	add(!o.NoNameChange, changeName)
	return c
}

// illegal returns in what way replacing the installed package from by to is
// against policy.
func (s *solver) illegal(from, to int32) changes {
	p := s.pool
	ok := s.allowed(from)
	var c changes
	if ok&changeDowngrade == 0 && p.name[from] == p.name[to] && p.evrCmp(p.evr[from], p.evr[to], cmpFull) > 0 {
		c |= changeDowngrade
	}
	if ok&changeArch == 0 && p.illegalArchChange(from, to) {
		c |= changeArch
	}
	if ok&changeVendor == 0 && p.illegalVendorChange(from, to) {
		c |= changeVendor
	}
	if ok&changeName == 0 && p.name[from] != p.name[to] {
		c |= changeName
	}
	return c
}

// updaters returns what could replace an installed package: packages of the
// same name; of another name, those which provide its name and obsolete it;
// and if there is none of the latter, all that obsolete it.
func (s *solver) updaters(pkg int32, mode updateMode) []int32 {
	p := s.pool
	ok := s.allowed(pkg)
	if mode == allowAll {
		ok = changeDowngrade | changeArch | changeVendor | changeName
	}
	var out []int32
	renamed := false
	fits := func(q int32) bool {
		return mode == allowAll || s.illegal(pkg, q)&^changeDowngrade == 0
	}
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if q == pkg || p.excluded.has(q) {
			continue
		}
		if !p.opts.NoColours && !p.coloursMeet(pkg, q) {
			continue
		}
		switch {
		case p.name[q] == p.name[pkg]:
			if ok&changeDowngrade == 0 && p.evrCmp(p.evr[pkg], p.evr[q], cmpFull) > 0 {
				continue
			}
		case ok&changeName == 0 || s.opts.NoUpdateProvide || !p.obsoletesPkg(q, pkg):
			continue
		default:
			renamed = true
		}
		if fits(q) {
			out = append(out, q)
		}
	}
	if ok&changeName == 0 || renamed {
		return out
	}
	for _, q := range s.obsoleters[pkg] {
		if !p.opts.NoColours && !p.coloursMeet(pkg, q) {
			continue
		}
		if s.opts.NeedUpdateProvide && !slices.Contains(p.providers(DepID(p.name[pkg])), q) {
			continue
		}
		if !p.excluded.has(q) && fits(q) && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// obsoletesPkg reports whether package q obsoletes the installed package old.
func (p *Pool) obsoletesPkg(q, old int32) bool {
	for at := p.deps[depObsoletes][q]; p.arena[at] != 0; at++ {
		d := p.arena[at]
		if slices.Contains(p.providers(d), old) && p.obsoletedBy(old, q, d) {
			return true
		}
	}
	return false
}

// indexObsoleters finds for each installed package who obsoletes it.
func (s *solver) indexObsoleters() {
	p := s.pool
	s.obsoleters = map[int32][]int32{}
	if s.installed == nil {
		return
	}
	for q := int32(systemPkg + 1); int(q) < len(p.name); q++ {
		if p.deps[depObsoletes][q] == 0 || p.repoOf[q] == 0 || !p.canInstall(q) {
			continue
		}
		for at := p.deps[depObsoletes][q]; p.arena[at] != 0; at++ {
			for _, old := range p.providers(p.arena[at]) {
				if old == q || !p.isInstalled(old) || !p.obsoletedBy(old, q, p.arena[at]) {
					continue
				}
				if l := s.obsoleters[old]; len(l) == 0 || l[len(l)-1] != q {
					s.obsoleters[old] = append(l, q)
				}
			}
		}
	}
}

func (s *solver) buildUpdateRules() {
	if s.installed == nil {
		s.endClass(ruleFeature)
		s.endClass(ruleUpdate)
		return
	}
	slots := func(f func(pkg int32)) {
		for i := s.installed.first; i < s.installed.end; i++ {
			if s.pool.repoOf[i] != s.installed.num {
				s.addDummy()
				continue
			}
			f(i)
		}
	}
	slots(s.addFeatureRule)
	s.endClass(ruleFeature)
	slots(s.addUpdateRule)
	s.endClass(ruleUpdate)
	slices.Sort(s.orphans)
	s.orphans = slices.Compact(s.orphans)
}

func (s *solver) addFeatureRule(pkg int32) {
	s.addLits(pkg, s.updaters(pkg, allowAll))
	if len(s.lits(s.nextRule()-1)) == 1 && !s.dupAll {
		s.orphans = append(s.orphans, pkg)
	}
}

func (s *solver) addUpdateRule(pkg int32) {
	p := s.pool
	feature := s.featureRule(pkg)
	if p.excluded.has(pkg) { // what is excluded is not touched
		s.sat.Add(pkg, 0)
		s.clearRule(feature)
		return
	}
	list := s.updaters(pkg, allowPolicy)
	if len(list) == 0 && s.isDup(pkg) && s.isOrphan(pkg) {
		s.orphans = append(s.orphans, pkg)
		s.clearRule(feature)
		if s.opts.KeepOrphans {
			s.sat.Add(pkg, 0)
		} else {
			s.addDummy()
		}
		return
	}
	before := list
	if list = s.dropMultiversion(pkg, list); len(list) == 0 && len(before) > 0 && s.isDup(pkg) && !s.opts.KeepOrphans {
		s.orphans = append(s.orphans, pkg) // it may stay beside the others, but need not
		list = before
	}
	update := s.addLits(pkg, list)
	if slices.Equal(s.lits(update), s.lits(feature)) {
		s.clearRule(feature)
	} else {
		s.sat.Disable(feature)
	}
}

// isOrphan reports whether no repository has anything to replace an installed
// package with, not even itself.
func (s *solver) isOrphan(pkg int32) bool {
	return len(s.updaters(pkg, allowAll)) == 0
}

func (s *solver) clearRule(n int32) { *s.clause(n) = *s.clause(0) }

// dropMultiversion takes candidates that may live beside the installed package
// out of its update rule, and remembers them for updates on request.
func (s *solver) dropMultiversion(pkg int32, list []int32) []int32 {
	p := s.pool
	kept := list[:0:0]
	for _, q := range list {
		if s.multiversion.has(q) {
			if !(s.opts.KeepExplicitObsoletes && p.name[q] != p.name[pkg]) &&
				!(p.name[q] == p.name[pkg] && p.evr[q] == p.evr[pkg] && p.arch[q] == p.arch[pkg]) {
				continue
			}
		}
		kept = append(kept, q)
	}
	if len(kept) < len(list) && s.wantsUpdate(pkg) {
		if s.special == nil {
			s.special = map[int32][]int32{}
		}
		s.special[pkg] = list
	}
	return kept
}
