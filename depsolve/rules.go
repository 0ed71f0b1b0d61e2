package depsolve

import (
	"context"
	"fmt"
	"slices"
)

// Rule is one clause of a request: at least one of its literals holds.
type Rule struct {
	Class string    // what kind of wish or fact it stands for: pkg, feature, update, job, ..
	Lits  []Literal // in the order of the search
}

// Literal says that a package is installed or, if Not is set, that it is not.
// The zero PkgID stands for the system itself, which is always there.
type Literal struct {
	Package PkgID
	Not     bool
}

var ruleClassNames = [numRuleClasses]string{
	"pkg", "feature", "update", "job", "infarch", "distupgrade", "best", "yumobs", "black", "recommends", "strictrepoprio", "choice", "learnt",
}

// Rules returns the clauses that Solve starts from, for tools that look into
// the encoding or feed it to another solver. Rules that are switched off by a
// job or stand in reserve are among them.
func (p *Pool) Rules(ctx context.Context, jobs []Job, o *Options) ([]Rule, error) {
	p.buildIndex()
	s := newSolver(p, slices.Clone(jobs), o)
	defer s.begin(ctx)()
	if err := s.build(); err != nil {
		return nil, fmt.Errorf("depsolve: rules: %w", err)
	}
	var out []Rule
	for n := int32(1); int(n) < len(s.sat.Clauses); n++ {
		if s.clause(n).P != 0 {
			out = append(out, s.ruleView(n))
		}
	}
	return out, nil
}

// ruleView shows a rule to the outside.
func (s *solver) ruleView(n int32) Rule {
	r := Rule{Class: ruleClassNames[s.classOf(n)]}
	for _, l := range s.lits(n) {
		r.Lits = append(r.Lits, literalOf(l))
	}
	return r
}

func literalOf(l int32) Literal {
	lit := Literal{Package: PkgID(abs32(l)), Not: l < 0}
	if lit.Package == systemPkg {
		lit.Package = 0
	}
	return lit
}
