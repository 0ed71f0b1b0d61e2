package depsolve

// Rules of strict repository priority: (-P) for each available package of a
// name that a repository of better priority has.

func (s *solver) buildStrictRepoRules() {
	defer s.endClass(ruleStrictRepo)
	p := s.pool
	if !s.opts.StrictRepoPriority {
		return
	}
	s.eachName(func(_ uint32, list []int32) {
		best, any := 0, false
		for _, q := range list {
			if !p.isInstalled(q) && (!any || p.priority(q) > best) {
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
