package depsolve

import "slices"

// Rules of a dist-upgrade, for each name involved:
//
//	(-P) for available packages that do not belong to it
//	(-P) for installed packages without an identical one that belongs to it,
//	     unless no repository has anything for them (orphans); where packages
//	     of several versions may be installed: (-P or those to update to)

// buildDupMaps finds the packages involved and those that are good.
func (s *solver) buildDupMaps() {
	p := s.pool
	for i := range s.jobs {
		j := &s.jobs[i]
		if j.Action != DistUpgrade {
			continue
		}
		switch {
		case j.Select.kind == selAll:
			s.dupAll, s.updateAll = true, true
			s.bestAll = s.bestAll || j.ForceBest
		case j.Select.kind == selRepo && j.Select.repo != p.installed:
			for _, q := range p.selected(j.Select) {
				s.addDup(q, j, true)
			}
		default:
			list := p.selected(j.Select)
			targeted := j.Targeted
			if s.installed != nil && !targeted && !s.opts.NoAutoTarget {
				targeted = !slices.ContainsFunc(list, p.isInstalled)
			}
			for _, q := range list {
				if !targeted && s.installed != nil && !p.isInstalled(q) {
					continue
				}
				s.addDup(q, j, targeted)
			}
		}
	}
}

// addDup involves everything of a package's name, and what replaces it or is
// replaced by it. Targeted means that only the selection itself is good.
func (s *solver) addDup(pkg int32, j *Job, targeted bool) {
	p := s.pool
	involve := func(q int32) {
		s.dupInvolved.set(q)
		if p.isInstalled(q) {
			s.update.set(q)
			if j.ForceBest {
				s.best.set(q)
			}
		} else if !targeted {
			s.dupGood.set(q)
		}
	}
	if targeted {
		s.dupGood.set(pkg)
	}
	involve(pkg)
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if p.name[q] != p.name[pkg] {
			continue
		}
		involve(q)
		if targeted && p.isInstalled(q) { // what else could replace it has to be ruled out
			for _, o := range s.obsoleters[q] {
				if !p.isInstalled(o) {
					s.dupInvolved.set(o)
				}
			}
		}
	}
	if p.isInstalled(pkg) {
		for _, q := range s.obsoleters[pkg] {
			if !p.isInstalled(q) {
				involve(q)
			}
		}
		return
	}
	for at := p.deps[depObsoletes][pkg]; p.arena[at] != 0; at++ {
		for _, q := range p.providers(p.arena[at]) {
			if q != pkg && p.obsoletedBy(q, pkg, p.arena[at]) {
				involve(q)
			}
		}
	}
}

func (s *solver) buildDupRules() {
	defer s.endClass(ruleDup)
	p := s.pool
	if !s.dupAll && s.dupInvolved.empty() {
		return
	}
	s.eachName(func(_ uint32, list []int32) {
		for _, q := range list {
			switch {
			case !s.isDup(q):
			case !p.isInstalled(q):
				if !s.dupAll && !s.dupGood.has(q) {
					s.sat.Add(-q, 0)
				}
			case !s.dupMayStay(q):
				s.addLits(-q, s.special[q])
			}
		}
	})
}

// dupMayStay reports whether an installed package may stay as it is.
func (s *solver) dupMayStay(pkg int32) bool {
	p := s.pool
	if s.dupGood.has(pkg) || s.isOrphan(pkg) || p.excluded.has(pkg) {
		return true
	}
	return s.identicalGood(pkg)
}

// identicalGood reports whether a repository of the dist-upgrade has exactly
// the installed package.
func (s *solver) identicalGood(pkg int32) bool {
	p := s.pool
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if !p.isInstalled(q) && (s.dupAll || s.dupGood.has(q)) && p.identical(pkg, q) {
			return true
		}
	}
	return false
}

// pruneToDup keeps of the candidates for an installed package those that the
// dist-upgrade allows.
func (s *solver) pruneToDup(pkg int32, list []int32) []int32 {
	if !s.isDup(pkg) {
		return list
	}
	return slices.DeleteFunc(list, func(q int32) bool {
		if s.pool.isInstalled(q) {
			return !s.dupMayStay(q)
		}
		return !s.dupAll && !s.dupGood.has(q)
	})
}
