package depsolve

import "slices"

// Why a free decision was taken; see Transaction.Why.
const (
	noteNone uint8 = iota
	noteJob
	noteUpdate
	noteKeep
	noteResolve
	noteWeak
	noteOrphan
	noteCleanup
)

// search looks for a solution. The stages are: what holds for sure, the jobs,
// the installed packages, dependencies, weak dependencies, the rest; a conflict
// that undoes decisions of a stage makes the search go back to it. It reports
// false if there is no solution, which cannot happen while s.disable is set.
func (s *solver) search(weak bool) bool {
	level, jobLevel, sysLevel := int32(0), int32(0), int32(0)
	s.installPos = 0
	for {
		if s.ctx.Err() != nil || level < 0 {
			return false
		}
		if level == 0 {
			if level = s.ground(); level <= 0 {
				continue
			}
			jobLevel, sysLevel = 0, 0
		}
		done := true
		if jobLevel == 0 || level < jobLevel {
			sysLevel = 0
			if !s.opts.FocusInstalled {
				if level, done = s.decideJobs(level); !done {
					jobLevel = 0
					continue
				}
			}
			jobLevel = level
		}
		if sysLevel == 0 || level < sysLevel {
			if level, done = s.decideSystem(level); !done {
				sysLevel = 0
				continue
			}
			sysLevel = level
		}
		if level = s.decideDependencies(level, sysLevel, nil); level < sysLevel {
			continue
		}
		var again bool
		if level, again = s.decideRest(level, weak); again {
			continue
		}
		return true
	}
}

// decideSystem decides on the installed packages. It reports false if decisions
// before its start were undone.
func (s *solver) decideSystem(level int32) (int32, bool) {
	start, done := level, true
	if s.opts.FocusNew || s.opts.FocusBest {
		if level = s.decideDependencies(level, start, s.focused); level < start {
			return level, false
		}
	}
	if level, done = s.decideInstalled(level); !done {
		return level, false
	}
	if s.opts.FocusInstalled {
		return s.decideJobs(level)
	}
	return level, true
}

// decideRest is what comes when all dependencies hold. It reports true if the
// search has to go on.
func (s *solver) decideRest(level int32, weak bool) (int32, bool) {
	start := len(s.sat.Trail)
	step := func(l int32) bool { // anything new: dependencies first
		level = l
		return len(s.sat.Trail) != start
	}
	if step(s.decideCleanups(level)) {
		return level, true
	}
	if weak && !s.opts.IgnoreWeak && step(s.decideWeak(level)) {
		return level, true
	}
	if step(s.decideOrphans(level)) {
		return level, true
	}
	if step(s.dropUndecided(level)) {
		return level, true
	}
	if s.cleanupMistakes() || s.unneededChoice() {
		s.sat.Reset()
		s.branches = s.branches[:0]
		s.installPos = 0
		return 0, true
	}
	if l, again := s.minimize(level); again {
		return l, true
	}
	return level, false
}

// decide makes a free decision. The result is the new level, 0 if the search
// has to start again, less if there is no solution.
func (s *solver) decide(level, lit, rule int32, note uint8) int32 {
	s.countStep()
	l, bad := s.sat.Decide(lit, level, rule, note)
	s.weak.grow(len(s.sat.Clauses))
	if bad != 0 {
		return s.unsolvable(bad)
	}
	if l <= level {
		s.dropBranches(l)
	}
	return l
}

func (s *solver) dropBranches(level int32) {
	for n := len(s.branches); n > 0 && s.branches[n-1].level >= level; n-- {
		s.branches = s.branches[:n-1]
	}
}

// choose decides for the best of some candidates.
func (s *solver) choose(level int32, list []int32, rule int32, note uint8) int32 {
	if len(list) > 1 {
		list = s.filter(list, modeChoose)
	}
	if len(list) > 1 && s.extra {
		list = s.extraReorder(list)
	}
	if len(list) > 1 && len(s.yumFor) > 0 {
		list = s.pruneSplit(list, rule)
	}
	if len(list) > 1 {
		s.branches = append(s.branches, branch{level: level, rule: rule, list: slices.Clone(list), note: note})
	}
	return s.decide(level, list[0], rule, note)
}

// open returns the undecided positive literals of a clause, nil if the clause
// is true already or some negative literal is still open.
func (s *solver) open(n int32, buf []int32) []int32 {
	c := s.clause(n)
	buf = buf[:0]
	take := func(l int32) bool {
		if l < 0 {
			return s.sat.Values[-l] > 0
		}
		v := s.sat.Values[l]
		if v == 0 {
			buf = append(buf, l)
		}
		return v <= 0
	}
	if !take(c.P) {
		return nil
	}
	if c.D == 0 {
		if c.W2 != 0 {
			o := c.W2
			if o == c.P {
				o = c.W1
			}
			if !take(o) {
				return nil
			}
		}
		return buf
	}
	for _, l := range s.sat.Arena.Raw()[c.D:] {
		if l == 0 {
			break
		}
		if !take(l) {
			return nil
		}
	}
	return buf
}

// decideJobs fulfils the install jobs. It reports false if it has to be done
// again because decisions were undone.
func (s *solver) decideJobs(level int32) (int32, bool) {
	from, end := s.classRange(ruleJob)
	s.extra = s.installed != nil
	defer func() { s.extra = false }()
	var buf []int32
	for n := from; n < end; n++ {
		if !s.clause(n).Enabled() || s.clause(n).P == 0 {
			continue
		}
		buf = s.open(n, buf)
		if len(buf) == 0 {
			continue
		}
		list := buf
		if !s.jobs[s.jobOf[n-from]].OrUpdate && !s.opts.InstallAlsoUpdates {
			list = s.installedOnly(list)
		}
		before := level
		if level = s.choose(level, slices.Clone(list), n, noteJob); level < before {
			return level, false
		}
		if level == before { // learnt something: look at the job again
			n--
		}
	}
	return level, true
}

// installedOnly keeps installed candidates if there are any and none of them is
// to be updated.
func (s *solver) installedOnly(list []int32) []int32 {
	if len(list) < 2 || s.installed == nil || s.updateAll {
		return list
	}
	var out []int32
	for _, q := range list {
		if s.pool.isInstalled(q) {
			if s.update.has(q) {
				return list
			}
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// decideInstalled keeps or updates installed packages: first those to be
// updated, then it keeps what can be kept, then it updates what could not.
func (s *solver) decideInstalled(level int32) (int32, bool) {
	if s.installed == nil {
		return level, true
	}
	first, n := s.installed.first, s.slots()
	pass := 0
	if s.updateAll {
		pass = 2
	}
	for ; pass < 3; pass++ {
		for i := int32(0); i < n; i++ {
			pkg := first + (s.installPos+i)%n
			if s.pool.repoOf[pkg] != s.installed.num {
				continue
			}
			before := level
			if level = s.decideOneInstalled(level, pkg, pass); level < before {
				s.installPos = pkg - first
				return level, false
			}
			if level == before && s.sat.Values[pkg] == 0 && s.retry {
				i--
			}
			s.retry = false
		}
	}
	return level, true
}

func (s *solver) decideOneInstalled(level, pkg int32, pass int) int32 {
	special := s.special[pkg]
	value := s.sat.Values[pkg]
	if value > 0 && special == nil {
		return level
	}
	if value == 0 && s.cleandeps.has(pkg) && !s.update.has(pkg) {
		return level
	}
	if pass == 0 && !s.update.has(pkg) || pass == 1 && value < 0 {
		return level
	}
	rule := s.updateRule(pkg)
	if c := s.clause(rule); c.P == 0 || !c.Enabled() {
		if f := s.featureRule(pkg); c.P == 0 || s.clause(f).P != 0 {
			rule = f
		}
	}
	if s.clause(rule).P == 0 {
		return level
	}
	before := level
	if s.wantsReplacement(pkg, value) {
		if list := s.updateChoice(pkg, rule, special); len(list) > 0 {
			if level = s.choose(level, list, rule, noteUpdate); level <= before {
				s.retry = level == before
				return level
			}
		}
	}
	if s.sat.Values[pkg] != 0 || s.cleandeps.has(pkg) {
		return level
	}
	before = level
	level = s.decide(level, pkg, rule, noteKeep)
	s.retry = level == before
	return level
}

// wantsReplacement reports whether an installed package is to be updated, or
// cannot stay so that something should take its place. A job that names the
// package decides that by itself; when such a job is given up on trial its wish
// no longer counts, though the update rule is still off.
func (s *solver) wantsReplacement(pkg, value int32) bool {
	if s.offs[policyOff{offUpdate, pkg}] {
		return value < 0 && !s.disable && !s.erasedByJob(pkg)
	}
	return value < 0 || s.wantsUpdate(pkg)
}

func (s *solver) erasedByJob(pkg int32) bool {
	why, _ := s.sat.Reason(pkg)
	return why > 0 && s.inClass(why, ruleJob)
}

// updateChoice returns the candidates for an update, none if it is done.
func (s *solver) updateChoice(pkg, rule int32, special []int32) []int32 {
	lits := special
	if lits == nil {
		lits = s.lits(rule)
	}
	var list []int32
	for _, q := range lits {
		if s.sat.Values[q] > 0 {
			return nil
		}
		if s.sat.Values[q] == 0 {
			list = append(list, q)
		}
	}
	list = s.pruneToTargets(pkg, list)
	if special != nil && s.sat.Values[pkg] > 0 && slices.Contains(s.filter(append([]int32{pkg}, list...), modeRecommend), pkg) {
		return nil // the others would come beside it and are no better
	}
	return list
}

// decideDependencies finds clauses that need a decision: all negative literals
// are false, no positive one is true. It first takes only decisions that policy
// leaves no choice about, then the first of those it had to postpone. It stops
// when the level falls below floor. only restricts which clauses count.
func (s *solver) decideDependencies(level, floor int32, only func(n int32) bool) int32 {
	from, end := int32(1), int32(len(s.sat.Clauses))
	if only != nil {
		end = s.classEnd[ruleUpdate]
	}
	postponed := int32(0)
	var buf []int32
	n, left := from, end-from
	for {
		if left == 0 {
			if postponed <= 0 {
				return level
			}
			n, left, postponed = postponed, end-from, -1
		}
		if n >= end {
			n = from
		}
		stop := min(end, n+left)
		cur := s.nextOpen(n, stop)
		if cur >= stop {
			n, left = stop, left-(stop-n)
			continue
		}
		n, left = cur+1, left-(cur+1-n)
		if buf = s.open(cur, buf); len(buf) < 2 || only != nil && !only(cur) {
			continue
		}
		list := slices.Clone(buf)
		list = s.preferCleanups(list)
		if len(list) > 1 && postponed >= 0 {
			list = s.filter(list, modeNoReorder)
			if len(list) > 1 {
				if postponed == 0 {
					postponed = cur
				}
				continue
			}
		}
		level = s.choose(level, list, cur, noteResolve)
		if level < floor {
			return level
		}
		if int32(len(s.sat.Clauses)) > end && only == nil {
			end = int32(len(s.sat.Clauses))
		}
		n, left = cur, end-from // the same rule again: it may have failed
		if s.ctx.Err() != nil {
			return -1
		}
	}
}

// nextOpen returns the first rule from n on, up to end, that may need a decision
// by what is quick to see: it is on, its first literal is not true, and what is
// watched does not fulfil it. The rules of a package that is not to be
// installed are passed over in one go.
func (s *solver) nextOpen(n, end int32) int32 {
	clauses, values := s.sat.Clauses, s.sat.Values
	packages := s.classEnd[rulePackage]
	for n < end {
		c := &clauses[n]
		if c.P < 0 && values[-c.P] <= 0 {
			if n < packages {
				n = s.rulesEnd[-c.P]
			} else {
				n++
			}
			continue
		}
		switch {
		case c.D < 0, c.W2 == 0:
		case c.D == 0:
			if c.W1 > 0 && c.W2 > 0 && values[c.W1] == 0 && values[c.W2] == 0 {
				return n
			}
		case c.W1 > 0 && values[c.W1] > 0, c.W2 > 0 && values[c.W2] > 0:
		default:
			return n
		}
		n++
	}
	return end
}

// focused restricts the search to what new packages need.
func (s *solver) focused(n int32) bool {
	isNew := func(q int32) bool { return s.sat.Values[q] > 0 && !s.pool.isInstalled(q) }
	anyNew := false
	for _, l := range s.lits(n) {
		if l < 0 && isNew(-l) {
			anyNew = true
		}
		if l > 0 && s.opts.FocusNew && s.pool.isInstalled(l) {
			return false
		}
	}
	return anyNew
}

// pruneSplit drops candidates that belong together with an earlier one.
func (s *solver) pruneSplit(list []int32, rule int32) []int32 {
	from, end := s.classRange(ruleYumObs)
	if rule >= from && rule < end {
		return list
	}
	var out []int32
	for _, q := range list {
		if !slices.ContainsFunc(out, func(o int32) bool { return s.splitTogether(o, q, from, end) }) {
			out = append(out, q)
		}
	}
	return out
}

func (s *solver) splitTogether(a, b, from, end int32) bool {
	if s.pool.name[a] == s.pool.name[b] {
		return false
	}
	for n := from; n < end; n++ {
		if c := s.clause(n); c.Enabled() && c.P == -a && slices.Contains(s.sat.Tail(n), b) {
			return true
		}
	}
	return false
}

// dropUndecided erases the installed packages nobody decided to keep.
func (s *solver) dropUndecided(level int32) int32 {
	if s.installed == nil {
		return level
	}
	for pkg := s.installed.first; pkg < s.installed.end; pkg++ {
		if s.pool.isInstalled(pkg) && s.sat.Values[pkg] == 0 {
			before := level
			if level = s.decide(level, -pkg, 0, noteCleanup); level <= before {
				return level
			}
		}
	}
	return level
}

// minimize looks for a choice that was superfluous: an alternative was
// installed anyway later on. The search goes back to there and takes it at
// once, so that the first pick need not be installed.
func (s *solver) minimize(level int32) (int32, bool) {
	at, alt := -1, -1
	for i := len(s.branches) - 1; i >= 0; i-- {
		b := &s.branches[i]
		for j := len(b.list) - 1; j > 0; j-- {
			if q := b.list[j]; q > 0 && s.sat.Values[q] > b.level {
				at, alt = i, j
			}
		}
	}
	if at < 0 {
		return level, false
	}
	b := s.branches[at]
	q := b.list[alt]
	b.list[alt] = -q // tried
	s.branches = s.branches[:at+1]
	s.sat.Revert(b.level)
	return s.decide(b.level, q, b.rule, b.note), true
}
