package cdcl

// Lit is a literal: a variable number, negative for its negation. Zero ends a
// list.
type Lit = int32

// Arena holds zero-terminated lists of literals, shared by clauses and by the
// caller's own indexes so that a list used a thousand times exists once.
type Arena struct {
	lits []Lit
}

// Add stores a list and returns its offset. The empty list is 1.
func (a *Arena) Add(list []Lit) int32 {
	if len(a.lits) == 0 {
		a.lits = append(a.lits, 0, 0, 0) // 0 = none, 1 = empty, 2 = spare
	}
	if len(list) == 0 {
		return 1
	}
	at := int32(len(a.lits))
	a.lits = append(a.lits, list...)
	a.lits = append(a.lits, 0)
	return at
}

// List returns the list at an offset without its terminator. It stays valid
// when the arena moves.
func (a *Arena) List(at int32) []Lit {
	if at <= 1 {
		return nil
	}
	l := a.lits[at:]
	for i, x := range l {
		if x == 0 {
			return l[:i:i]
		}
	}
	return l
}

// Len returns the offset that the next list gets.
func (a *Arena) Len() int { return len(a.lits) }

// Extend makes the arena n literals long, new ones zero, and returns all of
// them for the caller to fill in.
func (a *Arena) Extend(n int) []Lit {
	if n > len(a.lits) {
		a.lits = append(a.lits, make([]Lit, n-len(a.lits))...)
	}
	return a.lits
}

// Raw returns all literals.
func (a *Arena) Raw() []Lit { return a.lits }
