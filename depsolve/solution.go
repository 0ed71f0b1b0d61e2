package depsolve

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// solutions tries for each rule of the problem what happens if it is given up
// while all others count again. Rules of installed packages come before jobs,
// essential jobs last.
func (s *solver) solutions(ctx context.Context, p *Problem) ([]Solution, error) {
	defer s.begin(ctx)()
	var out []Solution
	for _, essential := range [...]bool{false, true} {
		for _, e := range s.inOrder(p.rules) {
			if (e < 0 && s.jobs[-e-1].Essential) != essential {
				continue
			}
			given, ok := s.tryWithout(p, e)
			if err := context.Cause(s.ctx); err != nil {
				return nil, fmt.Errorf("depsolve: solutions: %w", err)
			}
			if sol := s.solution(given); ok && len(sol.Elements) > 0 {
				out = append(out, sol)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	if len(out) == 0 { // nothing works on its own: at least a way to go on
		for _, e := range s.inOrder(p.rules) {
			if sol := s.solution([]int32{e}); len(sol.Elements) > 0 {
				return []Solution{sol}, nil
			}
		}
	}
	return out, nil
}

// inOrder sorts elements: rules by number, then jobs by number.
func (s *solver) inOrder(rules []int32) []int32 {
	list := slices.Clone(rules)
	slices.SortFunc(list, func(a, b int32) int {
		if (a < 0) != (b < 0) {
			if a < 0 {
				return 1
			}
			return -1
		}
		if a < 0 {
			a, b = b, a
		}
		return int(a - b)
	})
	return list
}

// switches is which rules are on, to be restored after a trial.
type switches struct {
	on   []bool
	offs map[policyOff]bool
}

func (s *solver) saveSwitches() switches {
	sw := switches{on: make([]bool, len(s.sat.Clauses)), offs: maps.Clone(s.offs)}
	for i := range s.sat.Clauses {
		sw.on[i] = s.sat.Clauses[i].Enabled()
	}
	return sw
}

func (s *solver) restoreSwitches(sw switches) {
	for i := range sw.on {
		if sw.on[i] {
			s.sat.Enable(int32(i))
		} else {
			s.sat.Disable(int32(i))
		}
	}
	s.offs = sw.offs
	s.sat.Reset()
	s.branches = s.branches[:0]
	s.refreshLearnt()
}

// tryWithout solves with all rules of the problem back in force but e, and all
// weak rules too. If new rules stand in the way and it is exactly one, that is
// given up as well; otherwise all of them are set aside without being part of
// the solution. It returns what was given up.
func (s *solver) tryWithout(p *Problem, e int32) ([]int32, bool) {
	sw := s.saveSwitches()
	problems, disable := s.problems, s.disable
	defer func() {
		s.problems, s.disable = problems, disable
		s.restoreSwitches(sw)
	}()
	for _, o := range p.rules {
		if o != e {
			s.takeBack(o)
		}
	}
	s.enableWeak()
	s.drop(e)
	given := []int32{e}
	s.disable = false
	for range s.sat.Clauses {
		s.sat.Reset()
		s.branches = s.branches[:0]
		s.refreshLearnt()
		s.problems = nil
		if s.search(false) {
			s.trial = newBitset(len(s.pool.name))
			for v, l := range s.sat.Values {
				if l > 0 {
					s.trial.set(int32(v))
				}
			}
			return given, true
		}
		if s.ctx.Err() != nil || len(s.problems) == 0 {
			return nil, false
		}
		rules := s.problems[0].rules
		fresh := s.newElements(p.rules, rules, given)
		if len(fresh) == 0 { // one more part of the problem is a problem by itself
			if fresh = s.newElements(nil, rules, given); len(fresh) > 1 {
				fresh = slices.DeleteFunc(fresh, func(e int32) bool {
					return s.keepsInstalled(e) || e < 0 && s.jobs[-e-1].ForceBest
				})
			}
			if len(fresh) != 1 {
				return nil, false
			}
		}
		if len(fresh) > 1 { // set aside: policy goes on without what the jobs had switched off
			for _, f := range fresh {
				s.giveUp(f)
			}
			continue
		}
		s.drop(fresh[0])
		if !s.inClass(fresh[0], ruleFeature) {
			given = append(given, fresh[0])
		}
	}
	return nil, false
}

// newElements returns the rules of a trial's problem that are not part of the
// original one. If others than feature rules are among them the latter drop
// out.
func (s *solver) newElements(old, rules, given []int32) []int32 {
	var fresh []int32
	features, updates := 0, 0
	for _, r := range rules {
		if slices.Contains(old, r) || slices.Contains(given, r) {
			continue
		}
		fresh = append(fresh, r)
		switch {
		case r > 0 && s.inClass(r, ruleFeature):
			features++
		case r > 0 && s.inClass(r, ruleUpdate):
			updates++
		}
	}
	if features+updates == len(fresh) && features > 0 && updates > 0 {
		fresh = slices.DeleteFunc(fresh, func(r int32) bool { return s.inClass(r, ruleFeature) })
	}
	return fresh
}

// keepsInstalled reports whether an element is the wish of an installed package
// to stay or to be updated.
func (s *solver) keepsInstalled(e int32) bool {
	return s.inClass(e, ruleUpdate) || s.inClass(e, ruleFeature)
}

func (s *solver) enableWeak() {
	for n := int32(1); n < s.classEnd[ruleChoice]; n++ {
		if s.weak.has(n) {
			s.sat.Enable(n)
		}
	}
}

// solution words what was given up.
func (s *solver) solution(given []int32) Solution {
	var sol Solution
	sol.job = -1
	switch {
	case len(given) == 0:
	case given[0] < 0:
		sol.job = int(-given[0] - 1)
	default:
		sol.rule = s.ruleView(given[0])
	}
	for _, e := range given {
		sol.Elements = append(sol.Elements, s.solutionElements(e)...)
	}
	return sol
}

func (s *solver) solutionElements(e int32) []SolutionElement {
	p := s.pool
	if e < 0 {
		job := int(-e - 1)
		return []SolutionElement{{Job: job, Text: "do not " + s.jobString(job)}}
	}
	allow := func(pkg int32) SolutionElement {
		return SolutionElement{Job: -1, Package: PkgID(pkg), Allow: true, Text: "allow " + p.nevra(pkg) + " in spite of the policy"}
	}
	from, _ := s.classRange(s.classOf(e))
	switch s.classOf(e) {
	case ruleUpdate, ruleFeature:
		if s.trialValue(s.installed.first + e - from) { // it may stay all the same
			return nil
		}
		el := s.replaceElement(s.installed.first + e - from)
		if s.multiversion.has(int32(el.Other)) { // it could stay beside the other one, and does not
			return []SolutionElement{s.eraseElement(s.installed.first + e - from), el}
		}
		return []SolutionElement{el}
	case ruleBest:
		return s.bestElements(e, s.bestFor[e-from])
	case ruleInfArch, ruleDup, ruleBlack, ruleStrictRepo:
		return s.liftedElements(e)
	case ruleYumObs, ruleChoice:
		return nil
	}
	return []SolutionElement{allow(s.clause(e).P)}
}

// replaceElement says what happens to an installed package when its rule is
// given up: what the trial replaced it with.
func (s *solver) replaceElement(pkg int32) SolutionElement {
	p := s.pool
	for _, q := range s.updaters(pkg, allowAll) {
		if q != pkg && !p.isInstalled(q) && s.trialValue(q) {
			return SolutionElement{Job: -1, Package: PkgID(pkg), Other: PkgID(q),
				Text: fmt.Sprintf("replace %s by %s", p.nevra(pkg), p.nevra(q))}
		}
	}
	return s.eraseElement(pkg)
}

func (s *solver) eraseElement(pkg int32) SolutionElement {
	return SolutionElement{Job: -1, Package: PkgID(pkg), Text: "erase " + s.pool.nevra(pkg)}
}

func (s *solver) trialValue(pkg int32) bool { return s.trial.has(pkg) }

// liftedElements lists the packages of a name that giving up the rules lets in.
func (s *solver) liftedElements(e int32) []SolutionElement {
	var out []SolutionElement
	for _, n := range s.rulesOf(e) {
		pkg := -s.clause(n).P
		if s.trialValue(pkg) {
			out = append(out, SolutionElement{Job: -1, Package: PkgID(pkg), Allow: true,
				Text: "allow " + s.pool.nevra(pkg) + " in spite of the policy"})
		}
	}
	return out
}

func (s *solver) bestElements(e, who int32) []SolutionElement {
	p := s.pool
	var list []int32
	if who > 0 {
		list = append(s.lits(s.featureRule(who)), s.lits(s.updateRule(who))...)
	} else {
		list = p.selected(s.jobs[-who-1].Select)
	}
	for _, q := range list {
		if s.trialValue(q) {
			return []SolutionElement{{Job: -1, Package: PkgID(q), Allow: true, relax: s.insisting(who),
				Text: "allow " + p.nevra(q) + ", which is not the best candidate"}}
		}
	}
	if who > 0 {
		return []SolutionElement{{Job: -1, Package: PkgID(who), Text: "erase " + p.nevra(who)}}
	}
	return nil
}

// insisting lists the jobs that want the best version for an installed package.
func (s *solver) insisting(pkg int32) []int {
	var out []int
	for i := range s.jobs {
		j := &s.jobs[i]
		if j.ForceBest && (j.Action == Update || j.Action == DistUpgrade) && slices.Contains(s.pool.selected(j.Select), pkg) {
			out = append(out, i)
		}
	}
	return out
}

// jobString returns what a job asks for as text.
func (s *solver) jobString(i int) string {
	j := &s.jobs[i]
	what := s.pool.SelectionString(j.Select)
	switch j.Action {
	case Lock:
		return "lock " + what
	case DistUpgrade:
		return "dist-upgrade " + what
	}
	return j.Action.String() + " " + what
}
