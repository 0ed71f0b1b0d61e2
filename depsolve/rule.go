package depsolve

import "example.com/rpmostree/depsolve/internal/cdcl"

// ruleClass is the kind of wish or fact that a clause stands for. Clauses are
// numbered class by class in this order.
type ruleClass uint8

const (
	rulePackage    ruleClass = iota // dependencies of packages
	ruleFeature                     // an installed package stays or is replaced by anything that could
	ruleUpdate                      // an installed package stays or is replaced as policy allows
	ruleJob                         // what the jobs ask for
	ruleInfArch                     // no worse architecture of the same name
	ruleDup                         // dist-upgrade: only what the repositories have
	ruleBest                        // the best version
	ruleYumObs                      // all parts of a package that was split
	ruleBlack                       // blacklisted packages
	ruleRecommend                   // recommends that bind
	ruleStrictRepo                  // no package of a worse repository
	ruleChoice                      // prefer what is installed where there is a choice
	ruleLearnt                      // concluded during the search
	numRuleClasses
)

// classOf returns the class of a rule by its number.
func (s *solver) classOf(n int32) ruleClass {
	for c := rulePackage; c < ruleLearnt; c++ {
		if n < s.classEnd[c] {
			return c
		}
	}
	return ruleLearnt
}

func (s *solver) classRange(c ruleClass) (from, end int32) {
	if c == rulePackage {
		return 1, s.classEnd[c]
	}
	return s.classEnd[c-1], s.classEnd[c]
}

func (s *solver) inClass(n int32, c ruleClass) bool {
	from, end := s.classRange(c)
	return n >= from && n < end
}

// endClass declares that all rules of a class have been added.
func (s *solver) endClass(c ruleClass) { s.classEnd[c] = int32(len(s.sat.Clauses)) }

// nextRule returns the number that the next rule gets.
func (s *solver) nextRule() int32 { return int32(len(s.sat.Clauses)) }

// addLits adds the clause "first or any of rest".
func (s *solver) addLits(first int32, rest []int32) int32 {
	switch len(rest) {
	case 0:
		return s.sat.Add(first, 0)
	case 1:
		return s.sat.Add(first, rest[0])
	}
	return s.sat.AddList(first, s.sat.Arena.Add(rest))
}

// addDummy keeps a number free: the rules of installed packages are found by
// their position.
func (s *solver) addDummy() int32 { return s.sat.Add(0, 0) }

func (s *solver) clause(n int32) *cdcl.Clause { return &s.sat.Clauses[n] }

// lits returns all literals of a rule.
func (s *solver) lits(n int32) []int32 {
	c := s.clause(n)
	if c.P == 0 {
		return nil
	}
	return append([]int32{c.P}, s.sat.Tail(n)...)
}
