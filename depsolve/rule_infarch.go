package depsolve

// Rules of inferior architectures, per name with candidates of several
// architecture classes, best class B among those not installed:
//
//	inferior  (-P) for each P of another class, unless an installed package of
//	          the name has that architecture
//	lockstep  (-P or the same version in class B): with colours a package may
//	          come for both word sizes, but only in one version

func (s *solver) buildInfArchRules() {
	defer s.endClass(ruleInfArch)
	p := s.pool
	if s.opts.NoInfArchCheck || p.archs.scores == nil {
		return
	}
	s.eachName(func(name uint32, list []int32) { s.infArchOf(list) })
}

// eachName calls f for every name with the packages that have rules, names in
// the order of their first package. list is only valid during the call.
func (s *solver) eachName(f func(name uint32, list []int32)) {
	p := s.pool
	seen := newBitset(len(p.strs.ends))
	var list []int32
	s.involved.each(func(pkg int32) {
		if pkg == systemPkg || seen.has(int32(p.name[pkg])) {
			return
		}
		seen.set(int32(p.name[pkg]))
		list = list[:0]
		for _, q := range p.providers(DepID(p.name[pkg])) {
			if p.name[q] == p.name[pkg] && s.involved.has(q) {
				list = append(list, q)
			}
		}
		f(p.name[pkg], list)
	})
}

func (s *solver) infArchOf(list []int32) {
	p := s.pool
	best := uint32(0)
	var allowed []uint32 // scores of installed ones
	mixed := false
	for _, q := range list {
		a := p.archScore(p.arch[q])
		if p.isInstalled(q) {
			if !s.isDup(q) {
				allowed = append(allowed, a)
			}
			continue
		}
		if a > scoreNoarch && (best == 0 || a < best) {
			mixed = mixed || best != 0
			best = a
		} else if a != best {
			mixed = true
		}
	}
	if best == 0 || !mixed && len(allowed) == 0 {
		return
	}
	for _, q := range list {
		a := p.archScore(p.arch[q])
		if a == scoreNoarch || a == 0 || (a^best)&classMask == 0 {
			continue
		}
		if !p.opts.NoColours {
			if s.addLockstep(q, best, list) {
				continue
			}
		} else if compatible(a, allowed) {
			continue
		}
		if p.isInstalled(q) {
			continue
		}
		s.sat.Add(-q, 0)
	}
}

func compatible(score uint32, with []uint32) bool {
	for _, a := range with {
		if a == score || a > scoreNoarch && (a^score)&classMask == 0 {
			return true
		}
	}
	return false
}

// addLockstep adds the lockstep rule of package q if it has partners.
func (s *solver) addLockstep(q int32, best uint32, list []int32) bool {
	p := s.pool
	var partners []int32
	partnerInstalled := false
	for _, o := range list {
		oa := p.archScore(p.arch[o])
		if o != q && p.evr[o] == p.evr[q] && oa > scoreNoarch && (oa^best)&classMask == 0 {
			partners = append(partners, o)
			partnerInstalled = partnerInstalled || p.isInstalled(o)
		}
	}
	if len(partners) == 0 {
		return false
	}
	if p.isInstalled(q) && !partnerInstalled {
		return true
	}
	s.addLits(-q, partners)
	return true
}
