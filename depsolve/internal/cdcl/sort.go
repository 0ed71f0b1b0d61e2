package cdcl

import "slices"

// SortUnique sorts all clauses by first literal, then second, then the rest,
// and drops duplicates. It must be called before any is watched or numbered
// elsewhere.
func (s *Solver) SortUnique() {
	raw := s.Arena.lits
	list := s.Clauses[1:]
	if len(list) > int(s.vars)/2 { // worth a pass: then all but a few are in order below
		list = s.bucket(list, func(c *Clause) Lit { return c.W2 })
	}
	list = s.bucket(list, func(c *Clause) Lit { return c.P })
	out := s.Clauses[:1]
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].P == list[0].P {
			n++
		}
		same := list[:n]
		if n > 1 {
			slices.SortFunc(same, func(a, b Clause) int { return compareRest(raw, &a, &b) })
		}
		for i := range same {
			if i == 0 || compareRest(raw, &same[i-1], &same[i]) != 0 {
				out = append(out, same[i])
			}
		}
		list = list[n:]
	}
	s.Clauses = out
}

// bucket returns a copy of the clauses in the order of one of their literals,
// otherwise as they were: a counting sort, as there are many clauses and few
// literals. The lists of watches are free before Watch and serve as the
// counters.
func (s *Solver) bucket(clauses []Clause, key func(*Clause) Lit) []Clause {
	at := s.watches
	clear(at)
	for i := range clauses {
		at[s.vars+key(&clauses[i])]++
	}
	sum := int32(0)
	for i, n := range at {
		at[i], sum = sum, sum+n
	}
	list := make([]Clause, len(clauses))
	for i := range clauses {
		p := &at[s.vars+key(&clauses[i])]
		list[*p] = clauses[i]
		*p++
	}
	return list
}

// compareRest compares clauses of the same first literal. The second literal is
// in W2 as long as nothing is watched.
func compareRest(raw []Lit, a, b *Clause) int {
	switch {
	case a.W2 != b.W2:
		return int(a.W2) - int(b.W2)
	case a.D == b.D:
		return 0
	case a.D == 0:
		return -1
	case b.D == 0:
		return 1
	}
	return slices.Compare(tail(raw, a.D), tail(raw, b.D))
}

// tail returns the list at d with its terminator.
func tail(raw []Lit, d int32) []Lit {
	l := raw[d:]
	return l[:slices.Index(l, 0)+1]
}
