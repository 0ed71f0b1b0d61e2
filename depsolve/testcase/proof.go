package testcase

import (
	"fmt"

	"example.com/rpmostree/depsolve"
)

// proof writes why a problem has no solution: a block for each step with the
// clause and its literals, an arrow at the one that follows from the others.
func (c *runner) proof(r *Result, p *depsolve.Problem) {
	for i, proof := range p.Proof() {
		id := c.problemID(p)
		if i > 0 {
			id = c.ruleID(proof.Lemma)
		}
		for n, step := range proof.Steps {
			prefix := fmt.Sprintf("proof %s %3d", id, n)
			if step.Premise {
				r.Got = append(r.Got, prefix+" premise", prefix+": --> "+c.literal(step.Decided))
				continue
			}
			r.Got = append(r.Got, prefix+" "+step.Rule.Class+" "+c.ruleID(step.Rule))
			for _, l := range step.Rule.Lits {
				arrow := "    "
				if !step.Final && l == step.Decided {
					arrow = "--> "
				}
				r.Got = append(r.Got, prefix+": "+arrow+c.literal(l))
			}
		}
	}
}

func (c *runner) literal(l depsolve.Literal) string {
	sign := " "
	if l.Not {
		sign = "-"
	}
	return sign + c.pkgText(l.Package)
}
