package depsolve

// Rules of recommends that bind, for clauses with disfavoured packages: the
// same clause without them, weak: (-P or providers that are not disfavoured).

func (s *solver) buildRecommendRules() {
	defer s.endClass(ruleRecommend)
	if !s.opts.StrongRecommends {
		return
	}
	p := s.pool
	for n := int32(1); n < s.classEnd[rulePackage]; n++ {
		c := s.clause(n)
		if c.P >= 0 || c.W2 == 0 || !s.fromRecommends(n) {
			continue
		}
		s.setWeak(n)
		var keep []int32
		dropped := false
		for _, q := range s.sat.Tail(n) {
			if q > 0 && s.favor[q] < 0 && !p.isInstalled(q) {
				dropped = true
				continue
			}
			keep = append(keep, q)
		}
		if dropped { // the copy stands for it until that is given up
			p := s.clause(n).P
			s.weak.clear(n)
			s.sat.Disable(n)
			s.setWeak(s.addLits(p, keep))
			s.recommendFor = append(s.recommendFor, n)
		}
	}
}

// possibleAtAll reports whether something that could be installed provides a
// dependency.
func (s *solver) possibleAtAll(d DepID) bool {
	for _, q := range s.pool.providers(d) {
		if q == systemPkg || s.pool.isInstalled(q) || s.pool.canInstall(q) {
			return true
		}
	}
	return false
}

// fromRecommends reports whether a package rule exists because of a recommends
// rather than a requires.
func (s *solver) fromRecommends(n int32) bool {
	recommends, other := false, false
	s.facts(n, func(f ruleFact) {
		recommends = recommends || f.kind == "recommends"
		other = other || f.kind != "recommends"
	})
	return recommends && !other
}
