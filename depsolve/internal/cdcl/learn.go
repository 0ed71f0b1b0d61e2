package cdcl

// Decide makes a literal true at a new level and propagates, learning from
// every conflict. It returns the level the search is at afterwards, which is
// lower than before if a conflict undid decisions, and the number of a clause
// that is false at level 1, which means that there is no solution, or 0.
// why is the clause the decision is for; it is kept negated, as the decision
// was free.
func (s *Solver) Decide(l Lit, level, why int32, note uint8) (int32, int32) {
	level++
	s.Set(l, level, -why, note)
	for {
		bad := s.Propagate(level)
		if bad == 0 {
			return level, 0
		}
		if level == 1 {
			return 1, bad
		}
		level = s.learn(level, bad)
	}
}

// learn analyses a conflict above level 1, adds the learnt clause, jumps back
// and sets its literal. It returns the new level.
func (s *Solver) learn(level, bad int32) int32 {
	s.Conflicts++
	proof := int32(len(s.proofs))
	uip, rest := s.analyze(level, bad)
	s.proofs = append(s.proofs, 0)
	to := int32(1)
	for _, l := range rest {
		to = max(to, abs(s.Values[abs(l)]))
	}
	s.Revert(to)
	var n int32
	switch len(rest) {
	case 0:
		n = s.Add(uip, 0)
		s.Assertions = append(s.Assertions, n)
	case 1:
		n = s.Add(uip, rest[0])
		s.Clauses[n].P, s.Clauses[n].W1, s.Clauses[n].W2 = uip, uip, rest[0]
	default:
		s.Clauses = append(s.Clauses, Clause{P: uip, D: s.Arena.Add(rest), W1: uip, W2: s.highest(rest, to)})
		n = int32(len(s.Clauses) - 1)
	}
	if s.Learnt == 0 {
		s.Learnt = n
	}
	s.learntWhy = append(s.learntWhy, proof)
	if len(rest) > 0 {
		s.link(n)
	}
	s.Set(uip, to, n, 0)
	return to
}

// highest returns the literal of the level jumped to: the one to watch, so that
// the clause wakes up when that level is undone.
func (s *Solver) highest(rest []Lit, level int32) Lit {
	for _, l := range rest {
		if abs(s.Values[abs(l)]) == level {
			return l
		}
	}
	return rest[0]
}

// analyze resolves the false clause with the reasons of its literals, back
// along the trail, until one literal of the conflict's level is left: the
// first unique implication point. Literals of level 1 hold for good and are
// left out, but the clauses they stem from belong to the proof.
func (s *Solver) analyze(level, bad int32) (uip Lit, rest []Lit) {
	here, ground := 0, 0 // open literals of the level and of level 1
	mark := func(l Lit) bool {
		v := abs(l)
		if s.True(l) || s.seen[v] {
			return true
		}
		s.seen[v] = true
		switch abs(s.Values[v]) {
		case 1:
			ground++
		case level:
			here++
		default:
			rest = append(rest, l)
		}
		return true
	}
	s.proofs = append(s.proofs, bad)
	s.Lits(bad, mark)
	i := len(s.Trail)
	for uip == 0 {
		i--
		v := abs(s.Trail[i])
		if !s.seen[v] || abs(s.Values[v]) != level {
			continue
		}
		s.seen[v] = false
		if here--; here == 0 {
			uip = -s.Trail[i]
			break
		}
		s.proofs = append(s.proofs, s.Why[i])
		s.Lits(s.Why[i], mark)
	}
	for _, l := range rest {
		s.seen[abs(l)] = false
	}
	s.explainGround(i, ground)
	return uip, rest
}

// explainGround adds the clauses behind marked literals of level 1 to the
// proof.
func (s *Solver) explainGround(i, open int) {
	for open > 0 {
		i--
		v := abs(s.Trail[i])
		if !s.seen[v] {
			continue
		}
		s.seen[v] = false
		open--
		if s.Why[i] <= 0 {
			continue
		}
		s.proofs = append(s.proofs, s.Why[i])
		s.Lits(s.Why[i], func(l Lit) bool {
			if w := abs(l); !s.True(l) && !s.seen[w] {
				s.seen[w] = true
				open++
			}
			return true
		})
	}
}

// Proof returns the clauses that a learnt clause was derived from.
func (s *Solver) Proof(n int32) []int32 {
	at := s.learntWhy[n-s.Learnt]
	l := s.proofs[at:]
	for i, r := range l {
		if r == 0 {
			return l[:i:i]
		}
	}
	return l
}

// IsLearnt reports whether a clause was learnt.
func (s *Solver) IsLearnt(n int32) bool { return s.Learnt != 0 && n >= s.Learnt }

// Refute walks a conflict of level 1 back to its roots. It calls f for the
// false clause and every clause that forced a literal leading to it, in the
// order of the trail backwards, learnt clauses included as they are.
func (s *Solver) Refute(bad int32, f func(n int32)) {
	mark := func(l Lit) bool {
		if !s.True(l) {
			s.seen[abs(l)] = true
		}
		return true
	}
	f(bad)
	s.Lits(bad, mark)
	for i := len(s.Trail) - 1; i >= 0; i-- {
		v := abs(s.Trail[i])
		if !s.seen[v] {
			continue
		}
		s.seen[v] = false
		if why := s.Why[i]; why > 0 {
			f(why)
			s.Lits(why, mark)
		}
	}
}
