package depsolve

import "slices"

// Rules of ForceBest:
//
//	install  (the best candidates), if there are others
//	update   (the best replacements of an installed package)
//	         or if the package may be uninstalled: (-other or the best) for
//	         every other candidate, so that removal stays possible but no old
//	         version
//
// Best is judged by repository priority, architecture and version alone.

func (s *solver) buildBestRules() {
	defer s.endClass(ruleBest)
	for i := range s.jobs {
		if j := &s.jobs[i]; j.Action == Install && j.ForceBest {
			s.addBestInstall(int32(i), j)
		}
	}
	if !s.bestAll && s.best.empty() {
		return
	}
	s.eachInstalled(func(pkg int32) {
		if s.bestAll || s.best.has(pkg) {
			s.addBestUpdate(pkg)
		}
	})
}

func (s *solver) addBest(first int32, rest []int32, info int32) {
	s.addLits(first, rest)
	s.bestFor = append(s.bestFor, info)
}

func (s *solver) addBestInstall(job int32, j *Job) {
	all := slices.DeleteFunc(slices.Clone(s.pool.selected(j.Select)), s.pool.excluded.has)
	if len(all) == 0 {
		return
	}
	best := s.bestOf(all)
	if len(best) == len(all) {
		return
	}
	s.addBest(best[0], best[1:], -(job + 1))
}

// bestOf returns the best of some candidates. If that is a locked package the
// best of those that are not locked counts as well.
func (s *solver) bestOf(all []int32) []int32 {
	best := s.filter(slices.Clone(all), modeRecommend)
	locked := s.locked()
	if locked == nil {
		return best
	}
	var free []int32
	for _, q := range all {
		switch {
		case !locked.has(q):
			free = append(free, q)
		case s.pool.isInstalled(q) && !slices.Contains(best, q):
			best = append(best, q)
		}
	}
	if len(free) == 0 || !slices.ContainsFunc(best, locked.has) {
		return best
	}
	for _, q := range s.filter(free, modeRecommend) {
		if !slices.Contains(best, q) {
			best = append(best, q)
		}
	}
	return best
}

// locked returns the packages that jobs lock, nil if there are none.
func (s *solver) locked() bitset {
	if s.lockedOnce {
		return s.lockedSet
	}
	s.lockedOnce = true
	for i := range s.jobs {
		if s.jobs[i].Action == Lock {
			if s.lockedSet == nil {
				s.lockedSet = newBitset(len(s.pool.name))
			}
			s.mark(s.lockedSet, s.jobs[i].Select)
		}
	}
	return s.lockedSet
}

func (s *solver) addBestUpdate(pkg int32) {
	feature, update := s.featureRule(pkg), s.updateRule(pkg)
	rule := update
	if !s.opts.BestObeyPolicy && s.clause(feature).P != 0 {
		rule = feature
	}
	if s.clause(rule).P == 0 {
		if rule = feature; s.clause(rule).P == 0 {
			return
		}
	}
	best := s.bestReplacements(pkg, rule)
	if s.opts.BestObeyPolicy && s.clause(feature).P != 0 {
		for _, q := range s.bestReplacements(pkg, feature) {
			if !slices.Contains(best, q) {
				best = append(best, q)
			}
		}
	}
	if len(best) == 0 {
		return
	}
	if !s.mayUninstall(pkg) {
		s.addBest(best[0], best[1:], pkg)
		return
	}
	if s.clause(feature).P != 0 {
		rule = feature
	} else {
		rule = update
	}
	for _, q := range s.lits(rule) {
		if !slices.Contains(best, q) {
			s.addBest(-q, best, pkg)
		}
	}
}

func (s *solver) bestReplacements(pkg, rule int32) []int32 {
	list := s.lits(rule)
	list = s.pruneToTargets(pkg, list)
	list = s.pruneToDup(pkg, list)
	if len(list) == 0 {
		return nil
	}
	return s.bestOf(list)
}

// pruneToTargets keeps those candidates that an update was restricted to.
func (s *solver) pruneToTargets(pkg int32, list []int32) []int32 {
	t, ok := s.targets[pkg]
	if !ok {
		return list
	}
	return slices.DeleteFunc(list, func(q int32) bool { return !slices.Contains(t, q) })
}
