package depsolve

import "slices"

// Proof derives a contradiction, or a lemma that others use, step by step.
type Proof struct {
	Lemma Rule // what is proved, without literals if it is the contradiction
	Steps []ProofStep
}

// ProofStep is one clause of a proof. All its literals but Decided are false by
// the steps before. The last step of a proof has nothing left to decide: that
// is the contradiction.
type ProofStep struct {
	Rule    Rule
	Decided Literal
	Premise bool // assumed to be true: the opposite of a literal of the lemma
	Final   bool
}

// Proof returns why the problem has no solution: first the contradiction, then
// the lemmas that it and other lemmas rest on, each once.
func (p *Problem) Proof() []Proof {
	list := p.found.roots
	if list == nil {
		list = p.found.proof
	}
	s := p.solver
	out := []Proof{{}}
	var lemmas []int32
	out[0].Steps, lemmas = s.proofSteps(list, nil, lemmas)
	for i := 0; i < len(lemmas); i++ {
		lemma := Proof{Lemma: s.ruleView(lemmas[i])}
		lemma.Steps, lemmas = s.proofSteps(s.sat.Proof(lemmas[i]), s.lits(lemmas[i]), lemmas)
		out = append(out, lemma)
	}
	return out
}

// proofSteps turns the clauses of a derivation, the contradiction first, into
// steps. It adds the lemmas that it meets.
func (s *solver) proofSteps(list, negated, lemmas []int32) ([]ProofStep, []int32) {
	var steps []ProofStep
	known := map[int32]bool{systemPkg: true}
	for _, l := range negated {
		known[abs32(l)] = true
		steps = append(steps, ProofStep{Decided: literalOf(-l), Premise: true})
	}
	for _, n := range slices.Backward(list) {
		if s.sat.IsLearnt(n) && !slices.Contains(lemmas, n) {
			lemmas = append(lemmas, n)
		}
		step := ProofStep{Rule: s.ruleView(n), Final: true}
		for _, l := range s.lits(n) {
			if !known[abs32(l)] {
				known[abs32(l)] = true
				step.Decided, step.Final = literalOf(l), false
				break
			}
		}
		steps = append(steps, step)
	}
	if len(list) > 0 {
		s.turnEnd(steps, list[0])
	}
	return steps, lemmas
}

// turnEnd makes the exclusion of two packages of one name a step and the
// requirement of the one the contradiction, which reads better than that a
// package had to come and could not.
func (s *solver) turnEnd(steps []ProofStep, last int32) {
	n := len(steps)
	if n < 2 || !s.isPair(last) || steps[n-2].Premise {
		return
	}
	l, p := s.lits(last), s.pool
	before := &steps[n-2]
	if id := int32(before.Decided.Package); before.Decided.Not || p.name[-l[0]] != p.name[-l[1]] || id != -l[0] && id != -l[1] {
		return
	}
	decided := before.Decided
	decided.Not = true
	before.Rule, steps[n-1].Rule = steps[n-1].Rule, before.Rule
	before.Decided = decided
}
