package cdcl

import "slices"

// SortUnique sorts all clauses by first literal, then second, then the rest,
// and drops duplicates. It must be called before any is watched or numbered
// elsewhere.
func (s *Solver) SortUnique() {
	raw := s.Arena.lits
	slices.SortFunc(s.Clauses[1:], func(a, b Clause) int { return compare(raw, &a, &b) })
	out := s.Clauses[:1]
	for i := range s.Clauses[1:] {
		c := s.Clauses[1+i]
		if len(out) > 1 && compare(raw, &out[len(out)-1], &c) == 0 {
			continue
		}
		out = append(out, c)
	}
	s.Clauses = out
}

func compare(raw []Lit, a, b *Clause) int {
	switch {
	case a.P != b.P:
		return int(a.P) - int(b.P)
	case a.D == 0 && b.D == 0:
		return int(a.W2) - int(b.W2)
	case a.D == 0:
		if a.W2 != raw[b.D] {
			return int(a.W2) - int(raw[b.D])
		}
		return -1
	case b.D == 0:
		if raw[a.D] != b.W2 {
			return int(raw[a.D]) - int(b.W2)
		}
		return 1
	case a.D == b.D:
		return 0
	}
	x, y := raw[a.D:], raw[b.D:]
	for i := range x {
		if x[i] != y[i] {
			return int(x[i]) - int(y[i])
		}
		if x[i] == 0 {
			return 0
		}
	}
	return 0
}
