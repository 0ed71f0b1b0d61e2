package depsolve

import (
	"context"
)

func (s *solver) unsolvableError(partial *Transaction) *UnsolvableError {
	e := &UnsolvableError{Partial: partial}
	for _, f := range s.problems {
		e.Problems = append(e.Problems, s.problem(f))
	}
	return e
}

func (s *solver) problem(f found) *Problem {
	return &Problem{solver: s, rules: f.rules}
}

func (s *solver) solutions(ctx context.Context, p *Problem) ([]Solution, error) {
	return nil, nil
}

// facts calls f for each reason that a package rule exists.
func (s *solver) facts(n int32, f func(ruleFact)) {
	c := s.clause(n)
	want := s.lits(n)
	emit := func(r ruleFact) {
		if s.sameClause(r, want) {
			f(r)
		}
	}
	g := &packageRules{s: s, facts: emit}
	if c.P < 0 {
		g.rulesOf(-c.P)
	}
	for _, l := range want[1:] { // a rule may stem from either side
		if l < 0 && l != c.P {
			g.rulesOf(-l)
		}
	}
}

// sameClause reports whether a fact stands for the clause with these literals.
func (s *solver) sameClause(r ruleFact, want []int32) bool {
	have := []int32{r.p}
	switch {
	case r.d != 0:
		have = append(have, s.sat.Arena.List(r.d)...)
	case r.block != nil:
		have = append(have, r.block...)
	case r.q != 0:
		have = append(have, r.q)
	}
	if len(have) != len(want) {
		return false
	}
	if len(have) == 2 {
		return have[0] == want[0] && have[1] == want[1] || have[0] == want[1] && have[1] == want[0]
	}
	for i := range have {
		if have[i] != want[i] {
			return false
		}
	}
	return true
}
