package depsolve

import "slices"

// Rules of choice, weak: a requirement that installed packages or their legal
// updates can fulfil as well as packages unrelated to the installed ones gets
// a second clause without the latter:
//
//	(-P or installed providers and updates of installed packages)
//
// So updates come before new packages. A rule that takes part in a conflict is
// dropped with all that prefer over the same packages.

func (s *solver) buildChoiceRules() {
	defer s.endClass(ruleChoice)
	if s.installed == nil {
		return
	}
	forbidden := s.forbidden()
	end := s.classEnd[rulePackage]
	for n := int32(1); n < end; n++ {
		if c := s.clause(n); c.P >= 0 || c.D == 0 && c.W2 <= 0 {
			continue
		}
		s.addChoice(n, forbidden)
	}
}

// forbidden returns the packages that rules of architectures and of a
// dist-upgrade forbid.
func (s *solver) forbidden() bitset {
	set := newBitset(len(s.pool.name))
	for _, class := range [...]ruleClass{ruleInfArch, ruleDup} {
		for n, end := s.classRange(class); n < end; n++ {
			if c := s.clause(n); c.P < 0 && c.Unit() {
				set.set(-c.P)
			}
		}
	}
	return set
}

func (s *solver) addChoice(n int32, forbidden bitset) {
	lits := s.sat.Tail(n)
	if !s.mixed(lits) {
		return
	}
	var keep, owners []int32
	choice := false
	by := -s.clause(n).P
	stays := s.pool.isInstalled(by) && !s.wantsUpdate(by)
	for _, q := range lits {
		switch owner := s.ownerOf(q); {
		case q < 0:
			keep = append(keep, q)
		case owner == 0:
			choice = true
		case forbidden.has(q):
		case owner != q && s.illegal(owner, q) != 0 || !stays && s.outdated(owner, q, lits):
		default:
			keep, owners = append(keep, q), append(owners, owner)
		}
	}
	if !choice || len(owners) == 0 {
		return
	}
	if s.updatesInside(owners, lits) {
		return
	}
	if s.choiceThere(s.clause(n).P, keep) {
		return
	}
	s.setWeak(s.addLits(s.clause(n).P, keep))
	s.choiceFor = append(s.choiceFor, n)
}

// choiceThere reports whether another requirement of the same package led to
// the same rule. The rules of a package stand together.
func (s *solver) choiceThere(first int32, rest []int32) bool {
	from, _ := s.classRange(ruleChoice)
	for n := int32(len(s.sat.Clauses)) - 1; n >= from && s.clause(n).P == first; n-- {
		if slices.Equal(s.sat.Tail(n), rest) {
			return true
		}
	}
	return false
}

// mixed is a quick test whether a clause can need a choice rule at all.
func (s *solver) mixed(lits []int32) bool {
	related, unrelated := false, false
	for _, q := range lits {
		if q < 0 {
			continue
		}
		if s.ownerOf(q) != 0 {
			related = true
		} else {
			unrelated = true
		}
		if related && unrelated {
			return true
		}
	}
	return false
}

// ownerOf returns the installed package that q is or would replace, 0 if none.
func (s *solver) ownerOf(q int32) int32 {
	if q < 0 {
		return 0
	}
	if s.owner == nil {
		s.owner = make([]int32, len(s.pool.name))
	}
	if s.owner[q] == 0 {
		s.owner[q] = s.findOwner(q)
	}
	if s.owner[q] == -1 {
		return 0
	}
	return s.owner[q]
}

func (s *solver) findOwner(q int32) int32 {
	p := s.pool
	if p.isInstalled(q) {
		return q
	}
	for _, o := range p.providers(DepID(p.name[q])) {
		if p.isInstalled(o) && (p.name[o] == p.name[q] || p.opts.ImplicitObsoleteUseProvides) &&
			(!p.opts.ObsoleteUsesColours || p.coloursMeet(q, o)) {
			return o
		}
	}
	for at := p.deps[depObsoletes][q]; p.arena[at] != 0; at++ {
		for _, o := range p.providers(p.arena[at]) {
			if p.isInstalled(o) && p.obsoletedBy(o, q, p.arena[at]) {
				return o
			}
		}
	}
	return -1
}

// outdated reports whether preferring q would keep an installed package from
// its newest version, which no longer fulfils the requirement.
func (s *solver) outdated(owner, q int32, lits []int32) bool {
	p := s.pool
	if !s.wantsUpdate(owner) && p.evrCmp(p.evr[q], p.evr[owner], cmpFull) >= 0 {
		return false
	}
	list := s.lits(s.updateRule(owner))
	if len(list) == 0 {
		list = s.lits(s.featureRule(owner))
	}
	if len(list) == 0 {
		return false
	}
	best := s.filter(list, modeRecommend)
	return !slices.ContainsFunc(best, func(b int32) bool { return slices.Contains(lits, b) })
}

// updatesInside reports whether all that the installed packages may become is
// in the clause anyway.
func (s *solver) updatesInside(owners, lits []int32) bool {
	for _, o := range owners {
		n := s.updateRule(o)
		if s.clause(n).P == 0 {
			n = s.featureRule(o)
		}
		for _, q := range s.lits(n) {
			if !slices.Contains(lits, q) {
				return false
			}
		}
	}
	return true
}

// disableChoice switches off a choice rule and all others that withhold one of
// the same packages.
func (s *solver) disableChoice(n int32) {
	from, end := s.classRange(ruleChoice)
	kept := s.lits(n)
	var withheld []int32
	for _, q := range s.lits(s.choiceFor[n-from]) {
		if q > 0 && !slices.Contains(kept, q) {
			withheld = append(withheld, q)
		}
	}
	for i := from; i < end; i++ {
		if !s.clause(i).Enabled() {
			continue
		}
		if slices.ContainsFunc(s.lits(s.choiceFor[i-from]), func(q int32) bool { return q > 0 && slices.Contains(withheld, q) }) {
			s.sat.Disable(i)
		}
	}
}

// unneededChoice drops choice rules that turned out pointless: a package that
// they withhold is installed anyway. It reports whether there were any, as the
// search then has to start again.
func (s *solver) unneededChoice() bool {
	from, end := s.classRange(ruleChoice)
	found := false
	for n := from; n < end; n++ {
		if !s.clause(n).Enabled() {
			continue
		}
		kept := s.sat.Tail(n)
		for _, q := range s.sat.Tail(s.choiceFor[n-from]) {
			if q > 0 && s.sat.Values[q] > 0 && !slices.Contains(kept, q) {
				s.sat.Disable(n)
				found = true
				break
			}
		}
	}
	if found {
		s.sat.Reset()
		s.refreshLearnt()
	}
	return found
}
