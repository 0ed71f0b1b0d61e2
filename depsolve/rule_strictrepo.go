package depsolve

// Rules of strict repository priority: (-P) for each available package of a
// name that a repository of better priority has.

func (s *solver) buildStrictRepoRules() {
	defer s.endClass(ruleStrictRepo)
	p := s.pool
	if !s.opts.StrictRepoPriority {
		return
	}
	s.eachName(func(name uint32, list []int32) {
		best, any := 0, false
		for _, q := range p.providers(DepID(name)) { // others count too, though nothing leads to them
			if !p.isInstalled(q) && p.name[q] == name && (!any || p.priority(q) > best) {
				best, any = p.priority(q), true
			}
		}
		for _, q := range list {
			if !p.isInstalled(q) && p.priority(q) < best {
				s.sat.Add(-q, 0)
			}
		}
	})
}
