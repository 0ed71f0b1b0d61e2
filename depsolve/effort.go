package depsolve

import "errors"

// ErrTooLarge is the error of a run for packages that depend on each other in
// more ways than can be looked at, as only made-up metadata does: when every
// one of thousands of packages excludes every other one, for example.
var ErrTooLarge = errors.New("the packages depend on each other in too many ways")

// effort limits what making the rules of one run costs in time and memory. It
// counts the packages that are looked at as providers, each version that is
// compared as several and each rule that is kept as many.
type effort struct {
	used  int64
	limit int64 // 0 for no limit
}

// A real request on 137,000 packages takes a thirtieth of this effort, which is
// some seconds or some 100 MiB; it suffices for 3,500 versions of one package.
const (
	maxEffort     = 1 << 30
	effortCompare = 64
	effortLiteral = 32
	effortRule    = 128
)

func (e *effort) spend(n int) { e.used += int64(n) }

func (e *effort) exhausted() bool { return e.limit > 0 && e.used > e.limit }

// limitEffort begins the work of a run. done ends it: what was made under a
// limit that did not suffice is thrown away.
func (s *solver) limitEffort() (done func()) {
	p := s.pool
	p.effort = effort{limit: maxEffort}
	return func() {
		if p.effort.exhausted() {
			s.stop(ErrTooLarge)
			p.indexed, p.ruleCache = false, nil
		}
		p.effort.limit = 0
	}
}
