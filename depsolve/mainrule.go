package depsolve

// mainRule picks the clause of a refutation that says most about it in one
// sentence: a requirement before a conflict, then policy, then what holds
// installed packages, then the jobs. Of several the one nearest to the
// contradiction counts, with preferences that keep strange packages out.
func (s *solver) mainRule(f found) int32 {
	list := f.roots
	if list == nil {
		list = f.proof
	}
	var r nearest
	r.walk(s, list, map[int32]bool{})
	switch {
	case r.conflict != 0 && s.conflictSaysMore(r):
		return r.conflict
	case r.require != 0:
		return r.require
	case r.conflict != 0:
		return r.conflict
	case r.black != 0:
		return r.black
	case r.strict != 0:
		return r.strict
	case r.update != 0:
		return r.update
	}
	return r.job
}

// nearest holds the candidates by kind, 0 for none.
type nearest struct {
	require, conflict, black, strict, update, job int32
}

// How good a requirement is as the one to report.
const (
	requireAny       = iota
	requireInstalled // of an installed package
	requireJob       // of a package that a job names
	requireMissing   // that nothing can fulfil
)

// walk looks at the clauses of a refutation, those that a learnt clause stands
// for after all others.
func (r *nearest) walk(s *solver, list []int32, seen map[int32]bool) {
	var inner nearest
	named := s.namedPackage(list)
	rank, conflictInstalled := requireAny, false
	for _, n := range list {
		switch class := s.classOf(n); class {
		case ruleLearnt:
			if !seen[n] {
				seen[n] = true
				inner.walk(s, s.sat.Proof(n), seen)
			}
		case ruleJob, ruleInfArch, ruleDup, ruleBest, ruleYumObs:
			setFirst(&r.job, n)
		case ruleUpdate:
			setFirst(&r.update, n)
		case ruleBlack:
			setFirst(&r.black, n)
		case ruleStrictRepo:
			setFirst(&r.strict, n)
		case rulePackage:
			if s.isPair(n) {
				if !conflictInstalled && s.touchesInstalled(n) {
					r.conflict, conflictInstalled = n, true
				}
				setFirst(&r.conflict, n)
				continue
			}
			r.requirement(s, n, named, &rank)
		}
	}
	setFirst(&r.require, inner.require)
	setFirst(&r.conflict, inner.conflict)
	setFirst(&r.job, inner.job)
	setFirst(&r.update, inner.update)
	setFirst(&r.black, inner.black)
	setFirst(&r.strict, inner.strict)
}

func setFirst(at *int32, n int32) {
	if *at == 0 {
		*at = n
	}
}

// requirement considers one more requirement.
func (r *nearest) requirement(s *solver, n, named int32, rank *int) {
	p := s.clause(n).P
	switch {
	case s.clause(n).Unit() && *rank < requireMissing:
		if r.require != 0 && p < -systemPkg && s.otherArch(-s.clause(r.require).P, -p) {
			return
		}
		r.require, *rank = n, requireMissing
	case named != 0 && p == -named:
		r.require, *rank = n, requireJob
	case p < 0 && s.pool.isInstalled(-p) && *rank <= requireInstalled:
		r.require, *rank = n, requireInstalled
	default:
		setFirst(&r.require, n)
	}
}

// otherArch reports whether a package is of another architecture than one that
// was found before.
func (s *solver) otherArch(before, pkg int32) bool {
	return before > systemPkg && s.pool.arch[before] != s.pool.arch[pkg] && s.pool.arch[pkg] != idNoarch
}

// namedPackage returns the package that a job of the list insists on.
func (s *solver) namedPackage(list []int32) int32 {
	for _, n := range list {
		if c := s.clause(n); s.inClass(n, ruleJob) && c.Unit() && c.P > 0 {
			return c.P
		}
	}
	return 0
}

// isPair reports whether a clause says that two packages exclude each other.
func (s *solver) isPair(n int32) bool {
	l := s.lits(n)
	return len(l) == 2 && l[0] < 0 && l[1] < 0
}

func (s *solver) touchesInstalled(n int32) bool {
	l := s.lits(n)
	return s.pool.isInstalled(-l[0]) || s.pool.isInstalled(-l[1])
}

// conflictSaysMore recognises a new package that requires an installed one and
// conflicts with it at once.
func (s *solver) conflictSaysMore(r nearest) bool {
	if r.require == 0 || s.installed == nil || s.clause(r.require).P >= 0 {
		return false
	}
	p, l := s.pool, s.lits(r.conflict)
	pkg, other := -s.clause(r.require).P, int32(0)
	switch pkg {
	case -l[0]:
		other = -l[1]
	case -l[1]:
		other = -l[0]
	default:
		return false
	}
	if !p.isInstalled(other) || p.isInstalled(pkg) || p.name[pkg] == p.name[other] {
		return false
	}
	for _, q := range s.lits(r.require) {
		if q == other {
			return true
		}
	}
	return false
}
