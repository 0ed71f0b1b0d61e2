package depsolve

// decideCleanups erases packages that nothing needs any more.
func (s *solver) decideCleanups(level int32) int32 {
	if s.cleandeps.empty() {
		return level
	}
	for pkg := s.installed.first; pkg < s.installed.end; pkg++ {
		if s.cleandeps.has(pkg) && s.sat.Values[pkg] == 0 {
			before := level
			if level = s.decide(level, -pkg, 0, noteCleanup); level <= before {
				return level
			}
		}
	}
	return level
}

// preferCleanups keeps candidates that would be cleaned up otherwise.
func (s *solver) preferCleanups(list []int32) []int32 {
	if len(list) < 2 || s.cleandeps.empty() {
		return list
	}
	var out []int32
	for _, q := range list {
		if s.cleandeps.has(q) {
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// cleanupMistakes finds packages to be cleaned up that turned out to be needed.
func (s *solver) cleanupMistakes() bool { return false }
