package depsolve

import "slices"

// Rules of split packages: if packages of several names obsolete an installed
// package with the same dependency, then one of each name has to come:
//
//	(-P or packages of the other name) for each P of one name and each other name

func (s *solver) buildYumObsRules() {
	defer s.endClass(ruleYumObs)
	if !s.opts.YumObsoletes || s.installed == nil {
		return
	}
	s.eachInstalled(func(pkg int32) {
		if len(s.obsoleters[pkg]) > 1 {
			s.addSplit(pkg)
		}
	})
}

func (s *solver) addSplit(old int32) {
	p := s.pool
	byDep := map[DepID][]int32{}
	var order []DepID
	for _, q := range s.obsoleters[old] {
		if s.multiversion.has(q) || !s.involved.has(q) || p.excluded.has(q) {
			continue
		}
		for at := p.deps[depObsoletes][q]; p.arena[at] != 0; at++ {
			d := p.arena[at]
			if slices.Contains(p.providers(d), old) && p.obsoletedBy(old, q, d) && !slices.Contains(byDep[d], q) {
				if byDep[d] == nil {
					order = append(order, d)
				}
				byDep[d] = append(byDep[d], q)
			}
		}
	}
	slices.Sort(order)
	for _, d := range order {
		s.addSplitGroups(d, s.groupByName(byDep[d]))
	}
}

// groupByName splits a list by package name; groups are ordered by their first
// package.
func (s *solver) groupByName(list []int32) [][]int32 {
	var groups [][]int32
next:
	for _, q := range list {
		for i, g := range groups {
			if s.pool.name[g[0]] == s.pool.name[q] {
				groups[i] = append(g, q)
				continue next
			}
		}
		groups = append(groups, []int32{q})
	}
	return groups
}

func (s *solver) addSplitGroups(d DepID, groups [][]int32) {
	for i, g := range groups {
		for j, other := range groups {
			if i == j {
				continue
			}
			for _, q := range g {
				s.addLits(-q, other)
				s.yumFor = append(s.yumFor, d)
			}
		}
	}
}
