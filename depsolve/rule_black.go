package depsolve

import "slices"

// Rules of blacklisted packages: (-P) for each available one, unless an
// installed package of the name is blacklisted too. A request for the exact
// package switches the rule off.

func (s *solver) buildBlackRules() {
	defer s.endClass(ruleBlack)
	p := s.pool
	for i := range s.jobs {
		if s.jobs[i].Action != Blacklist {
			continue
		}
		if k := s.jobs[i].Select.kind; k == selAll || k == selRepo { // too much to be meant
			continue
		}
		list := p.selected(s.jobs[i].Select)
		for _, q := range list {
			if p.isInstalled(q) {
				continue
			}
			if !slices.ContainsFunc(list, func(o int32) bool { return p.isInstalled(o) && p.name[o] == p.name[q] }) {
				s.sat.Add(-q, 0)
			}
		}
	}
}
