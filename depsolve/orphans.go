package depsolve

import "slices"

// Orphans are installed packages that no repository has anything for. In a
// dist-upgrade nothing keeps them but the wish to change no more than needed,
// and with BreakOrphans what they require need not stay either.

// breakOrphanRules switches the requirements of orphans off.
func (s *solver) breakOrphanRules() {
	if !s.opts.BreakOrphans {
		return
	}
	from, end := s.classRange(rulePackage)
	for n := from; n < end; n++ {
		pkg := -s.clause(n).P
		if _, orphan := slices.BinarySearch(s.orphans, pkg); !orphan {
			continue
		}
		if slices.ContainsFunc(s.sat.Tail(n), func(l int32) bool { return l > 0 }) {
			s.sat.Disable(n)
			s.brokenOrphans = append(s.brokenOrphans, n)
		}
	}
}

// mendOrphans installs what the orphans that stay require, as far as that is
// possible.
func (s *solver) mendOrphans(level int32) int32 {
	for _, n := range s.brokenOrphans {
		tail := s.sat.Tail(n)
		if s.sat.Values[-s.clause(n).P] <= 0 || slices.ContainsFunc(tail, s.sat.True) {
			continue
		}
		var list []int32
		for _, l := range tail {
			if l > 0 && s.sat.Values[l] == 0 {
				list = append(list, l)
			}
		}
		if len(list) == 0 {
			continue
		}
		before := level
		if level = s.choose(level, list, n, noteOrphan); level <= before {
			return level
		}
	}
	return level
}

// decideOrphans keeps orphans as far as possible, then drops the others.
func (s *solver) decideOrphans(level int32) int32 {
	for _, keep := range [...]bool{true, false} {
		if !keep {
			before := level
			if level = s.mendOrphans(level); level < before {
				return level
			}
		}
		for _, pkg := range s.orphans {
			if s.sat.Values[pkg] != 0 || keep && (s.dropOrphanedAll || s.dropOrphaned.has(pkg)) {
				continue
			}
			lit := pkg
			if !keep {
				lit = -pkg
			}
			before := level
			if level = s.decide(level, lit, 0, noteOrphan); level <= before {
				return level
			}
		}
	}
	return level
}
