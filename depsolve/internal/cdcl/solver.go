// Package cdcl is the search half of a dependency solver: clauses over numbered
// variables, unit propagation with two watched literals, learning from
// conflicts with proofs.
//
// It knows nothing of packages and takes no decision of its own: the caller
// looks at the values (Value), picks a literal by its own policy and calls
// Decide, which propagates, learns and jumps back as needed. There are no
// restarts and no forgetting, as dependency problems are easy to satisfy and
// the order of decisions is what matters. Clauses can be switched off and on.
//
// Reference for the method: Eén and Sörensson, "An Extensible SAT-solver".
package cdcl

// Clause is "P or rest". The rest are the literals at D in the arena, or W2
// alone if D is 0. A negative D (less than zero, bitwise complement) means that
// the clause is switched off.
type Clause struct {
	P      Lit
	D      int32
	W1, W2 Lit   // the watched literals
	N1, N2 int32 // next clauses in the lists of W1 and W2
}

// Enabled reports whether the clause takes part in the search.
func (c *Clause) Enabled() bool { return c.D >= 0 }

// Unit reports whether the clause has one literal only.
func (c *Clause) Unit() bool { return c.W2 == 0 }

// Solver holds clauses and the trail of decisions. Clause numbers start at 1.
type Solver struct {
	Arena   *Arena
	Clauses []Clause

	// Learnt is the number of the first learnt clause, 0 while there is none.
	Learnt    int32
	learntWhy []int32 // where the proof of a learnt clause begins in proofs
	proofs    []int32 // zero-terminated lists of clause numbers

	// Assertions are the clauses of one literal, in order of their numbers.
	Assertions []int32

	// Level of each variable: positive if true, negative if false, 0 open.
	Values []int32
	Trail  []Lit
	Why    []int32 // per trail entry: the clause that forced it; <= 0: free
	Note   []uint8 // per trail entry: what the caller said when it decided

	watches    []int32 // per literal, offset by vars
	vars       int32
	propagated int
	seen       []bool
	Conflicts  int

	// Lowest is the least length the trail had since the caller last set it.
	Lowest int
}

// New returns a solver for variables 1 to vars-1.
func New(vars int, arena *Arena) *Solver {
	return &Solver{
		Arena:   arena,
		Clauses: make([]Clause, 1),
		Values:  make([]int32, vars),
		watches: make([]int32, 2*vars),
		vars:    int32(vars),
		seen:    make([]bool, vars),
	}
}

// True reports whether a literal is decided true.
func (s *Solver) True(l Lit) bool {
	if l > 0 {
		return s.Values[l] > 0
	}
	return s.Values[-l] < 0
}

// False reports whether a literal is decided false.
func (s *Solver) False(l Lit) bool {
	if l > 0 {
		return s.Values[l] < 0
	}
	return s.Values[-l] > 0
}

// Add appends the clause "p or q", or "p" if q is 0.
func (s *Solver) Add(p, q Lit) int32 {
	if q != 0 && p > q {
		p, q = q, p
	}
	if p == q {
		q = 0
	}
	s.Clauses = append(s.Clauses, Clause{P: p, W1: p, W2: q})
	return int32(len(s.Clauses) - 1)
}

// AddList appends the clause "p or any of the list at d".
func (s *Solver) AddList(p Lit, d int32) int32 {
	l := s.Arena.lits[d:]
	switch {
	case l[0] == 0:
		return s.Add(p, 0)
	case l[1] == 0:
		return s.Add(p, l[0])
	}
	s.Clauses = append(s.Clauses, Clause{P: p, D: d, W1: p, W2: l[0]})
	return int32(len(s.Clauses) - 1)
}

// Lits calls f for each literal of a clause until f returns false.
func (s *Solver) Lits(n int32, f func(Lit) bool) {
	c := &s.Clauses[n]
	if c.P == 0 || !f(c.P) {
		return
	}
	d := c.D
	if d < 0 {
		d = ^d
	}
	if d == 0 {
		if c.W2 != 0 {
			f(c.other())
		}
		return
	}
	for _, l := range s.Arena.lits[d:] {
		if l == 0 || !f(l) {
			return
		}
	}
}

// other returns the second literal of a clause of two: the watches of such a
// clause never move.
func (c *Clause) other() Lit {
	if c.W2 == c.P {
		return c.W1
	}
	return c.W2
}

// Tail returns the literals of a clause after the first.
func (s *Solver) Tail(n int32) []Lit {
	c := &s.Clauses[n]
	d := c.D
	if d < 0 {
		d = ^d
	}
	if d == 0 {
		if c.W2 == 0 {
			return nil
		}
		return []Lit{c.other()}
	}
	return s.Arena.List(d)
}

// Disable switches a clause off.
func (s *Solver) Disable(n int32) {
	if c := &s.Clauses[n]; c.D >= 0 {
		c.D = ^c.D
	}
}

// Enable switches a clause on again. Its watches may be stale: call Reset
// before the search goes on.
func (s *Solver) Enable(n int32) {
	if c := &s.Clauses[n]; c.D < 0 {
		c.D = ^c.D
	}
}

// Watch builds the lists of watches and of assertions for all clauses.
func (s *Solver) Watch() {
	clear(s.watches)
	s.Assertions = s.Assertions[:0]
	for n := int32(len(s.Clauses) - 1); n > 0; n-- {
		if s.Clauses[n].W2 != 0 {
			s.link(n)
		}
	}
	for n := range s.Clauses {
		if c := &s.Clauses[n]; c.P != 0 && c.W2 == 0 {
			s.Assertions = append(s.Assertions, int32(n))
		}
	}
}

func (s *Solver) link(n int32) {
	c := &s.Clauses[n]
	c.N1 = s.watches[s.vars+c.W1]
	s.watches[s.vars+c.W1] = n
	c.N2 = s.watches[s.vars+c.W2]
	s.watches[s.vars+c.W2] = n
}

// Set makes a literal true at a level, without propagation.
func (s *Solver) Set(l Lit, level int32, why int32, note uint8) {
	if l > 0 {
		s.Values[l] = level
	} else {
		s.Values[-l] = -level
	}
	s.Trail = append(s.Trail, l)
	s.Why = append(s.Why, why)
	s.Note = append(s.Note, note)
}

// Propagate draws all conclusions from the trail. It returns the number of a
// clause that has become false, or 0.
func (s *Solver) Propagate(level int32) int32 {
	lits := s.Arena.lits
	for s.propagated < len(s.Trail) {
		l := s.Trail[s.propagated]
		s.propagated++
		next := &s.watches[s.vars-l]
		for *next != 0 {
			n := *next
			c := &s.Clauses[n]
			var other Lit
			here := next
			if c.W1 == -l {
				other, next = c.W2, &c.N1
			} else {
				other, next = c.W1, &c.N2
			}
			if c.D < 0 || s.True(other) {
				continue
			}
			if c.D > 0 {
				p := Lit(0)
				if c.P != other && !s.False(c.P) {
					p = c.P
				} else {
					for at := c.D; ; at++ {
						p = lits[at]
						if p == 0 || p != other && !s.False(p) {
							break
						}
					}
				}
				if p != 0 { // watch p instead
					*here = *next
					if c.W1 == -l {
						c.W1 = p
						c.N1 = s.watches[s.vars+p]
					} else {
						c.W2 = p
						c.N2 = s.watches[s.vars+p]
					}
					s.watches[s.vars+p] = n
					next = here
					continue
				}
			}
			if s.False(other) {
				return n
			}
			s.Set(other, level, n, 0)
		}
	}
	return 0
}

// Revert undoes every decision above a level.
func (s *Solver) Revert(level int32) {
	n := len(s.Trail)
	for n > 0 {
		v := abs(s.Trail[n-1])
		if l := s.Values[v]; l <= level && -l <= level {
			break
		}
		s.Values[v] = 0
		n--
	}
	s.Trail, s.Why, s.Note = s.Trail[:n], s.Why[:n], s.Note[:n]
	s.propagated = min(s.propagated, n)
	s.Lowest = min(s.Lowest, n)
}

// Reset undoes all decisions.
func (s *Solver) Reset() { s.Revert(0) }

// Reason returns the clause that forced a decided variable, 0 or less if it
// was decided freely, and what the caller noted then.
func (s *Solver) Reason(v Lit) (why int32, note uint8) {
	for i, l := range s.Trail {
		if abs(l) == v {
			return s.Why[i], s.Note[i]
		}
	}
	return 0, 0
}

func abs(l Lit) Lit {
	if l < 0 {
		return -l
	}
	return l
}
