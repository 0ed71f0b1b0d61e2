package depsolve

import "fmt"

// Why says in one line why a package is in the result of the transaction or
// why an installed one goes, "" if nobody had to decide about it.
func (t *Transaction) Why(id PkgID) string {
	for _, d := range t.why {
		if d.pkg == int32(id) {
			return d.text(t.solver, d.pkg)
		}
	}
	return ""
}

// decision is how a variable got its value.
type decision struct {
	pkg  int32
	rule int32 // forced by it if positive, decided for it if negative
	note uint8
}

// decisions records why everything is as it is, in the order of the search.
func (s *solver) decisions() []decision {
	out := make([]decision, len(s.sat.Trail))
	for i, l := range s.sat.Trail {
		out[i] = decision{abs32(l), s.sat.Why[i], s.sat.Note[i]}
	}
	return out
}

func (d decision) text(s *solver, pkg int32) string {
	switch d.note {
	case noteKeep:
		return "it is installed already"
	case noteWeak:
		return s.weakReason(pkg)
	case noteOrphan:
		return "no repository has it"
	case noteCleanup:
		return "nothing needs it any more"
	case noteUpdate:
		return "it is an update of an installed package"
	}
	n := max(d.rule, -d.rule)
	if n == 0 {
		return ""
	}
	return s.ruleReason(n, pkg)
}

// ruleReason says what the rule wants.
func (s *solver) ruleReason(n, pkg int32) string {
	p := s.pool
	from, _ := s.classRange(s.classOf(n))
	switch s.classOf(n) {
	case ruleJob:
		return "requested: " + s.jobString(int(s.jobOf[n-from]))
	case ruleFeature, ruleUpdate:
		old := s.installed.first + n - from
		if old == pkg {
			return "it is installed already"
		}
		return "it replaces " + p.nevra(old)
	case rulePackage:
		text := ""
		s.facts(n, func(f ruleFact) {
			switch {
			case text != "":
			case f.kind == "requires" && f.pkg != pkg:
				text = fmt.Sprintf("required by %s: %s", p.nevra(f.pkg), p.DepString(f.dep))
			default:
				text = s.factCause(n, f).Text
			}
		})
		return text
	case ruleLearnt:
		return "nothing else fits together"
	}
	text := ""
	s.causesOf(n, func(c Cause) { text = c.Text })
	return text
}

// weakReason names a package that recommends pkg or that it supplements.
func (s *solver) weakReason(pkg int32) string {
	p := s.pool
	for _, l := range s.sat.Trail {
		if l <= 0 || l == pkg {
			continue
		}
		for _, d := range p.list(depRecommends, l) {
			for _, q := range p.providers(d) {
				if q == pkg {
					return fmt.Sprintf("recommended by %s: %s", p.nevra(l), p.DepString(d))
				}
			}
		}
	}
	for _, d := range p.list(depSupplements, pkg) {
		if s.depHolds(d, func(q int32) bool { return s.sat.Values[q] > 0 }) {
			return "supplements " + p.DepString(d)
		}
	}
	return "recommended"
}
