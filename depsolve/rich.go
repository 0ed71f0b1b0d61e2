package depsolve

import "slices"

// clauses is a dependency in conjunctive normal form: every block has to have
// a true literal. Literals are package ids, negative for "not installed".
// never and always are the two constants; blocks is empty then.
// With tooBig the expression exceeds the limits and counts as never fulfilled,
// whatever it is part of.
type clauses struct {
	never, always bool
	tooBig        bool
	blocks        [][]int32
}

// Limits for hostile expressions: real ones have a handful of operands. What
// exceeds them counts as never fulfilled.
const (
	maxRichDepth    = 500
	maxRichLiterals = 200_000
)

var tooBig = clauses{never: true, tooBig: true}

// isRich reports whether a dependency is an expression over several packages.
// "with" and "without" are about one package and do not count.
func (p *Pool) isRich(d DepID) bool {
	for d.isRel() {
		r := p.rel(d)
		switch r.op {
		case OpAnd, OpOr, OpIf, OpUnless:
			return true
		case OpWith, OpWithout, OpNamespace:
			return false
		}
		d = r.left
	}
	return false
}

// normalize returns the clauses of a dependency, or with negate those of its
// negation:
//
//	A and B            A, B
//	A or B             A or B, distributed over the blocks
//	A if B             A or not B
//	A if B else C      (A or not B), (B or C)
//	A unless B         A, not B
//	A unless B else C  (A or B), (C or not B)
func (p *Pool) normalize(d DepID, negate bool) clauses { return p.normalizeAt(d, negate, 0) }

func (p *Pool) normalizeAt(d DepID, negate bool, depth int) clauses {
	if depth > maxRichDepth {
		return tooBig
	}
	if !p.isRich(d) {
		return p.leafClauses(d, negate)
	}
	r := p.rel(d)
	sub := func(d DepID, neg bool) clauses { return p.normalizeAt(d, neg, depth+1) }
	both := func(a, b clauses) clauses { return conjoin(a, b) }
	switch r.op {
	case OpAnd, OpOr:
		a, b := sub(r.left, negate), sub(r.right, negate)
		if (r.op == OpAnd) != negate {
			return both(a, b)
		}
		return disjoin(a, b)
	case OpIf, OpUnless:
		cond, other, hasElse := r.right, DepID(0), false
		if cond.isRel() && p.rel(cond).op == OpElse {
			cond, other, hasElse = p.rel(cond).left, p.rel(cond).right, true
		}
		inv := r.op == OpUnless                  // the condition counts the other way round
		if hasElse && (r.op == OpIf) == negate { // two ways to hold; the clause that follows from both shows too
			return disjoin(both(sub(r.left, negate), sub(cond, inv)), both(sub(other, negate), sub(cond, !inv)))
		}
		if hasElse {
			return both(disjoin(sub(r.left, negate), sub(cond, !inv)), disjoin(sub(other, negate), sub(cond, inv)))
		}
		if (r.op == OpIf) != negate {
			return disjoin(sub(r.left, negate), sub(cond, r.op == OpIf))
		}
		return both(sub(r.left, negate), sub(cond, r.op == OpUnless))
	}
	return p.leafClauses(d, negate)
}

func (p *Pool) leafClauses(d DepID, negate bool) clauses {
	list := p.providers(d)
	system := slices.Contains(list, systemPkg)
	switch {
	case len(list) == 0:
		return clauses{never: !negate, always: negate}
	case system:
		return clauses{never: negate, always: !negate}
	case !negate:
		return clauses{blocks: [][]int32{list}}
	}
	var c clauses
	for _, pkg := range list {
		c.blocks = append(c.blocks, []int32{-pkg})
	}
	return c
}

func conjoin(a, b clauses) clauses {
	switch {
	case a.tooBig || b.tooBig:
		return tooBig
	case a.never || b.never:
		return clauses{never: true}
	case a.always:
		return b
	case b.always:
		return a
	}
	if len(a.blocks)+len(b.blocks) > maxRichLiterals {
		return tooBig
	}
	return clauses{blocks: append(slices.Clip(a.blocks), b.blocks...)}
}

func disjoin(a, b clauses) clauses {
	switch {
	case a.tooBig || b.tooBig:
		return tooBig
	case a.always || b.always:
		return clauses{always: true}
	case a.never:
		return b
	case b.never:
		return a
	}
	var out clauses
	total := 0
	for _, x := range a.blocks {
		for _, y := range b.blocks {
			block, tautology := mergeBlock(x, y)
			if tautology {
				continue
			}
			if total += len(block); total > maxRichLiterals {
				return tooBig
			}
			out.blocks = append(out.blocks, block)
		}
	}
	out.always = len(out.blocks) == 0
	return out
}

// mergeBlock returns the sorted union of two blocks, and whether it contains a
// literal and its negation.
func mergeBlock(x, y []int32) ([]int32, bool) {
	m := append(slices.Clone(x), y...)
	slices.Sort(m)
	m = slices.Compact(m)
	for _, l := range m {
		if l > 0 {
			break
		}
		if _, found := slices.BinarySearch(m, -l); found {
			return nil, true
		}
	}
	return m, false
}

// depPossible reports whether a supplements or enhances could be fulfilled by
// packages of a set. Conditions count as fulfilled.
func (s *solver) depPossible(d DepID, in bitset) bool {
	p := s.pool
	if d.isRel() {
		switch r := p.rel(d); r.op {
		case OpAnd:
			return s.depPossible(r.left, in) && s.depPossible(r.right, in)
		case OpOr:
			return s.depPossible(r.left, in) || s.depPossible(r.right, in)
		case OpIf, OpUnless:
			return true
		case OpNamespace:
			if p.isSplitProvides(r) {
				return s.opts.SplitProvides && p.splitProvidesPossible(r, in)
			}
		}
	}
	for _, pkg := range p.providers(d) {
		if in.has(pkg) {
			return true
		}
	}
	return false
}
