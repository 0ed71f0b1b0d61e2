package depsolve

import "slices"

// ground sets up level 1: the system package, the clauses of one literal in
// their order, weak ones last, and what follows from them. It returns 1, or
// less than 0 if there is no solution.
func (s *solver) ground() int32 {
	for {
		s.sat.Reset()
		s.branches = s.branches[:0]
		if s.ctx.Err() != nil {
			return -1
		}
		s.sat.Set(systemPkg, 1, 0, noteNone)
		switch s.assert() {
		case -1:
			return -1
		case 0:
			continue
		}
		bad := s.sat.Propagate(1)
		if bad == 0 {
			return 1
		}
		if r := s.unsolvable(bad); r < 0 {
			return r
		}
	}
}

// assert decides all clauses of one literal. It returns 1 when done, 0 to start
// again without a rule that was given up, -1 if there is no solution.
func (s *solver) assert() int32 {
	for _, weak := range [...]bool{false, true} {
		for i := 0; i < len(s.sat.Assertions); i++ {
			n := s.sat.Assertions[i]
			c := s.clause(n)
			if !c.Enabled() || c.P == 0 || s.weak.has(n) != weak {
				continue
			}
			switch {
			case s.sat.True(c.P):
			case !s.sat.False(c.P):
				s.sat.Set(c.P, 1, n, noteNone)
			case s.sat.IsLearnt(n):
				s.sat.Disable(n)
			case weak:
				s.drop(s.element(n))
				return 0
			default:
				return s.contradiction(n)
			}
		}
	}
	return 1
}

// contradiction handles an assertion whose opposite is decided already.
func (s *solver) contradiction(n int32) int32 {
	v := s.clause(n).P
	if v < 0 {
		v = -v
	}
	why, _ := s.sat.Reason(v)
	if why <= 0 || s.classOf(why) == rulePackage {
		f := found{rules: []int32{s.element(n)}, proof: []int32{n}, asserted: true}
		if why > 0 {
			f.proof = append(f.proof, why)
		}
		return s.record(f)
	}
	f := found{asserted: true}
	for _, o := range s.sat.Assertions {
		c := s.clause(o)
		if s.classOf(o) == rulePackage || s.sat.IsLearnt(o) || !c.Enabled() || s.weak.has(o) || c.P != v && c.P != -v {
			continue
		}
		f.proof = append(f.proof, o)
		if e := s.element(o); !slices.Contains(f.rules, e) {
			f.rules = append(f.rules, e)
		}
	}
	slices.Reverse(f.proof) // the last one is what came in the way
	return s.record(f)
}

// unsolvable handles a clause that is false at level 1. It returns 0 if
// something was given up and the search can start again.
func (s *solver) unsolvable(bad int32) int32 {
	var f found
	lastWeak := int32(0)
	seen := map[int32]bool{}
	var add func(n int32)
	add = func(n int32) {
		if seen[n] {
			return
		}
		seen[n] = true
		if s.sat.IsLearnt(n) {
			for _, o := range s.sat.Proof(n) {
				add(o)
			}
			return
		}
		f.proof = append(f.proof, n)
		if s.weak.has(n) {
			lastWeak = max(lastWeak, n)
		}
		if s.classOf(n) == rulePackage {
			return
		}
		if e := s.element(n); !slices.Contains(f.rules, e) {
			f.rules = append(f.rules, e)
		}
	}
	s.sat.Refute(bad, func(n int32) {
		f.roots = append(f.roots, n)
		add(n)
	})
	if lastWeak != 0 {
		if s.inClass(lastWeak, rulePackage) { // recommends lead to each other: one alone would leave the choice to chance
			for _, n := range f.proof {
				if s.weak.has(n) && s.inClass(n, rulePackage) {
					s.sat.Disable(n)
				}
			}
			return s.restart()
		}
		s.giveUpWeak(lastWeak)
		return s.restart()
	}
	return s.record(f)
}

// giveUpWeak drops a weak rule that takes part in a conflict.
func (s *solver) giveUpWeak(n int32) {
	switch class := s.classOf(n); class {
	case ruleChoice:
		s.disableChoice(n)
	case ruleRecommend: // all of them: one alone would leave the choice to chance
		for o, end := s.classRange(class); o < end; o++ {
			if s.weak.has(o) {
				s.sat.Disable(o)
			}
		}
		for _, o := range s.recommendFor {
			s.sat.Enable(o)
			s.setWeak(o)
		}
		s.recommendFor = nil
	default:
		s.drop(s.element(n))
	}
}

func (s *solver) restart() int32 {
	s.sat.Reset()
	s.branches = s.branches[:0]
	s.refreshLearnt()
	return 0
}

// record keeps a problem, unless uninstalling a package solves it, and gives up
// what is to blame.
func (s *solver) record(f found) int32 {
	if s.autoUninstall(f.rules) {
		return s.restart()
	}
	if !s.disable {
		s.problems = append(s.problems, f)
		return -1
	}
	if s.repeats(f.rules) {
		for _, e := range f.rules {
			if s.inClass(e, ruleFeature) {
				s.sat.Disable(e)
			}
		}
		return s.restart()
	}
	s.problems = append(s.problems, f)
	for _, e := range f.rules {
		if f.asserted {
			s.giveUp(e)
			continue
		}
		for _, n := range s.rulesOf(e) { // without feature rules: those would only fail once more
			s.sat.Disable(n)
		}
	}
	if len(f.rules) == 0 { // the packages alone contradict each other
		return -1
	}
	return s.restart()
}

// repeats reports whether a problem only says again that an installed package
// cannot stay: its update rule was reported before, now the feature rule that
// took over fails too.
func (s *solver) repeats(rules []int32) bool {
	ff, _ := s.classRange(ruleFeature)
	uf, _ := s.classRange(ruleUpdate)
	again := false
	for _, e := range rules {
		if e < 0 {
			return false
		}
		if s.inClass(e, ruleFeature) {
			again = again || slices.ContainsFunc(s.problems, func(f found) bool { return slices.Contains(f.rules, uf+e-ff) })
		}
	}
	return again
}

// element returns what has to be given up to be rid of a rule: the whole job
// as -(job+1), the first rule of a name for architectures and dist-upgrade,
// otherwise the rule.
func (s *solver) element(n int32) int32 {
	switch c := s.classOf(n); c {
	case ruleJob:
		from, _ := s.classRange(ruleJob)
		return -(s.jobOf[n-from] + 1)
	case ruleBest:
		from, _ := s.classRange(ruleBest)
		if job := s.bestFor[n-from]; job < 0 {
			return job
		}
	case ruleInfArch, ruleDup:
		from, _ := s.classRange(c)
		for n > from && s.sameName(n, n-1) {
			n--
		}
	}
	return n
}

func (s *solver) sameName(a, b int32) bool {
	pa, pb := s.clause(a).P, s.clause(b).P
	return pa < 0 && pb < 0 && s.pool.name[-pa] == s.pool.name[-pb]
}

// rulesOf returns the rules of an element.
func (s *solver) rulesOf(e int32) []int32 {
	var out []int32
	if e < 0 {
		from, _ := s.classRange(ruleJob)
		for i, j := range s.jobOf {
			if j == -e-1 {
				out = append(out, from+int32(i))
			}
		}
		from, _ = s.classRange(ruleBest)
		for i, who := range s.bestFor {
			if who == e {
				out = append(out, from+int32(i))
			}
		}
		return out
	}
	out = append(out, e)
	if c := s.classOf(e); c == ruleInfArch || c == ruleDup {
		_, end := s.classRange(c)
		for n := e + 1; n < end && s.sameName(e, n); n++ {
			out = append(out, n)
		}
	}
	return out
}

// drop gives up an element for good: a job no longer counts for the policy
// rules that it had switched off.
func (s *solver) drop(e int32) {
	s.giveUp(e)
	if e < 0 {
		s.jobGivenUp(int(-e - 1))
	}
}

// giveUp switches off an element. The feature rule of an installed package
// replaces its update rule.
func (s *solver) giveUp(e int32) {
	for _, n := range s.rulesOf(e) {
		s.sat.Disable(n)
	}
	if e < 0 {
		return
	}
	if s.inClass(e, ruleUpdate) {
		from, _ := s.classRange(ruleUpdate)
		first, _ := s.classRange(ruleFeature)
		if feature := first + e - from; s.clause(feature).P != 0 {
			s.sat.Enable(feature)
		}
	}
}

// takeBack makes an element count again.
func (s *solver) takeBack(e int32) {
	if e < 0 {
		for _, n := range s.rulesOf(e) {
			s.sat.Enable(n)
		}
		s.jobTakenBack(int(-e - 1))
		return
	}
	for _, n := range s.rulesOf(e) {
		s.sat.Enable(n)
	}
	if s.inClass(e, ruleUpdate) {
		from, _ := s.classRange(ruleUpdate)
		first, _ := s.classRange(ruleFeature)
		if feature := first + e - from; s.clause(feature).P != 0 {
			s.sat.Disable(feature)
		}
	}
}

// refreshLearnt switches learnt clauses off that depend on a rule that is off,
// and on again otherwise.
func (s *solver) refreshLearnt() {
	if s.sat.Learnt == 0 {
		return
	}
	for n := s.sat.Learnt; int(n) < len(s.sat.Clauses); n++ {
		on := true
		for _, o := range s.sat.Proof(n) {
			on = on && s.clause(o).Enabled()
		}
		if on {
			s.sat.Enable(n)
		} else {
			s.sat.Disable(n)
		}
	}
}

// autoUninstall gives up the rule that keeps an installed package, if one of
// those to blame may be uninstalled. A package that could at least stay in
// another version comes first.
func (s *solver) autoUninstall(rules []int32) bool {
	if !s.uninstallAll && s.uninstall.empty() {
		return false
	}
	feature, update := int32(0), int32(0)
	ff, _ := s.classRange(ruleFeature)
	uf, _ := s.classRange(ruleUpdate)
	for _, e := range rules {
		switch {
		case e > 0 && s.inClass(e, ruleFeature):
			if s.mayGo(s.installed.first + e - ff) {
				feature = max(feature, e)
			}
		case e > 0 && s.inClass(e, ruleUpdate):
			pkg := s.installed.first + e - uf
			if !s.mayGo(pkg) {
				continue
			}
			if s.clause(ff+e-uf).P != 0 {
				update = max(update, e)
				continue
			}
			feature = max(feature, e)
			if c := s.clause(e); s.opts.KeepOrphans && c.W2 == 0 && c.P == pkg {
				s.giveUp(e)
				return true
			}
		}
	}
	if update == 0 {
		update = feature
	}
	if update == 0 {
		return false
	}
	s.giveUp(update)
	return true
}

// mayGo reports whether an installed package may be uninstalled to solve a
// problem: it is allowed, no best rule holds it, and it is not excluded.
func (s *solver) mayGo(pkg int32) bool {
	if !s.mayUninstall(pkg) || s.pool.excluded.has(pkg) {
		return false
	}
	return !slices.Contains(s.bestFor, pkg)
}
