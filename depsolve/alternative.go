package depsolve

import (
	"slices"
	"strings"
)

// Alternative is a choice that policy could not make for sure: several
// candidates were as good as each other, the first of which was taken unless
// it did not work out.
type Alternative struct {
	Rule       Rule    // what had to be fulfilled, if By is 0
	By         PkgID   // the package that recommends Dep, 0 if a rule asked
	Dep        DepID   // what By recommends
	Candidates []PkgID // best first
	Tried      []bool  // per candidate: whether the solver took it at some time
	Chosen     PkgID   // the candidate that was taken in the end, 0 if none
	Text       string  // what the choice was about
}

// Alternatives returns the choices of the transaction in the order in which
// they were made. The order is the same every time.
func (t *Transaction) Alternatives() []Alternative {
	var out []Alternative
	for _, b := range t.branches {
		out = append(out, t.alternative(b))
	}
	return out
}

func (t *Transaction) alternative(b branch) Alternative {
	s := t.solver
	a := Alternative{By: PkgID(b.pkg), Dep: b.dep}
	for i, q := range b.list {
		id := abs32(q)
		a.Candidates = append(a.Candidates, PkgID(id))
		a.Tried = append(a.Tried, i == 0 || q < 0)
		if a.Tried[i] && t.values[id] == b.level+1 {
			a.Chosen = PkgID(id)
		}
	}
	if b.pkg != 0 {
		a.Text = s.pool.DepString(b.dep) + ", recommended by " + s.pool.nevra(b.pkg)
		return a
	}
	a.Rule = s.ruleView(b.rule)
	a.Text = s.alternativeText(s.premise(b.rule, b.list))
	return a
}

// premise returns the rule that a learnt one got the candidates from, and
// other rules as they are.
func (s *solver) premise(n int32, list []int32) int32 {
	if !s.sat.IsLearnt(n) {
		return n
	}
	for _, o := range s.sat.Proof(n) {
		o = s.premise(o, list)
		lits := s.lits(o)
		if !slices.ContainsFunc(list, func(q int32) bool { return !slices.Contains(lits, abs32(q)) }) {
			return o
		}
	}
	return n
}

// alternativeText says what a rule is about.
func (s *solver) alternativeText(n int32) string {
	p := s.pool
	from, _ := s.classRange(s.classOf(n))
	switch s.classOf(n) {
	case rulePackage:
		text := ""
		s.facts(n, func(f ruleFact) {
			verb := map[string]string{"requires": ", required by ", "recommends": ", recommended by "}[f.kind]
			if text == "" && verb != "" {
				text = p.DepString(f.dep) + verb + p.nevra(f.pkg)
			}
		})
		if text != "" {
			return text
		}
	case ruleFeature, ruleUpdate:
		return p.nevra(s.installed.first + n - from)
	case ruleJob:
		return p.SelectionString(s.jobs[s.jobOf[n-from]].Select)
	case ruleYumObs:
		if l := s.lits(n); len(l) > 1 {
			return p.strs.str(p.name[l[1]]) + ", obsoleting " + p.DepString(s.yumFor[n-from])
		}
	case ruleRecommend:
		return s.recommendText(n)
	}
	text := ""
	s.causesOf(n, func(c Cause) { text = c.Text })
	return text
}

// recommendText finds the package rule that a recommends rule is a part of.
func (s *solver) recommendText(n int32) string {
	want := s.lits(n)
	from, end := s.classRange(rulePackage)
	for o := from; o < end; o++ {
		if s.clause(o).P != want[0] {
			continue
		}
		have := s.lits(o)
		if !slices.ContainsFunc(want, func(l int32) bool { return !slices.Contains(have, l) }) {
			return s.alternativeText(o)
		}
	}
	var names []string
	for _, l := range want[1:] {
		names = append(names, s.pool.nevra(l))
	}
	return strings.Join(names, ", ")
}
