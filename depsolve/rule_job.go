package depsolve

import "slices"

// Rules of jobs:
//
//	install  (any candidate); for a rich dependency its normal form;
//	         nothing to choose from: false
//	erase    (-P) for every match; if one exact installed package is named,
//	         also (-Q) for the available ones of its name, lest it is replaced
//	lock     (P) for installed matches, (-P) for available ones
//
// All other jobs only fill sets that the policies look at.

// readJobs fills those sets.
func (s *solver) readJobs() {
	p := s.pool
	for i := range s.jobs {
		j := &s.jobs[i]
		if r, ok := p.namespaceOf(j.Select); ok && j.Action == Install {
			s.spaces = append(s.spaces, r)
		}
		switch j.Action {
		case MultiVersion:
			s.mark(s.multiversion, j.Select)
		case WeakenDeps:
			s.mark(s.weakened, j.Select)
		case ExcludeFromWeak:
			s.mark(s.noWeak, j.Select)
		case Verify:
			s.markInstalled(s.verify, &s.verifyAll, j.Select)
		case AllowUninstall:
			s.markInstalled(s.uninstall, &s.uninstallAll, j.Select)
		case DropOrphaned:
			s.markInstalled(s.dropOrphaned, &s.dropOrphanedAll, j.Select)
		case Favor, Disfavor:
			if s.favor == nil {
				s.favor = map[int32]int{}
			}
			rank := i + 1
			if j.Action == Disfavor {
				rank = -rank
			}
			for _, q := range p.selected(j.Select) {
				s.favor[q] = rank
			}
		case Update:
			s.readUpdate(j)
		}
	}
}

func (s *solver) mark(set bitset, sel Selection) {
	for _, q := range s.pool.selected(sel) {
		set.set(q)
	}
}

func (s *solver) markInstalled(set bitset, all *bool, sel Selection) {
	if sel.kind == selAll || sel.kind == selRepo && sel.repo == s.pool.installed {
		*all = true
		return
	}
	for _, q := range s.pool.selected(sel) {
		if s.pool.isInstalled(q) {
			set.set(q)
		}
	}
}

// readUpdate marks what to update. A selection without any installed package
// means: update whatever those packages replace to exactly them.
func (s *solver) readUpdate(j *Job) {
	p := s.pool
	if s.installed == nil {
		return
	}
	if j.Select.kind == selAll || j.Select.kind == selRepo && j.Select.repo == p.installed {
		s.updateAll = true
		s.bestAll = s.bestAll || j.ForceBest
		return
	}
	list := p.selected(j.Select)
	if !j.Targeted {
		any := false
		for _, q := range list {
			if p.isInstalled(q) {
				any = true
				s.update.set(q)
				if j.ForceBest {
					s.best.set(q)
				}
			}
		}
		if any || s.opts.NoAutoTarget {
			return
		}
	}
	for _, q := range list {
		s.addTarget(q, j)
	}
}

func (s *solver) addTarget(pkg int32, j *Job) {
	p := s.pool
	if s.targets == nil {
		s.targets = map[int32][]int32{}
	}
	add := func(old int32) {
		s.update.set(old)
		if j.ForceBest && old != pkg {
			s.best.set(old)
		}
		if !slices.Contains(s.targets[old], pkg) {
			s.targets[old] = append(s.targets[old], pkg)
		}
		if old != pkg && p.identical(old, pkg) && !slices.Contains(s.targets[old], old) {
			s.targets[old] = append(s.targets[old], old) // that is it already
		}
	}
	if p.isInstalled(pkg) {
		add(pkg)
		return
	}
	for _, old := range p.replacedBy(pkg) {
		add(old)
	}
}

// replacedBy returns the installed packages that pkg would replace, by name or
// by its obsoletes.
func (p *Pool) replacedBy(pkg int32) []int32 {
	var out []int32
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if p.isInstalled(q) && (p.name[q] == p.name[pkg] || p.opts.ImplicitObsoleteUseProvides) && (p.opts.NoColours || p.coloursMeet(q, pkg)) {
			out = append(out, q)
		}
	}
	for at := p.deps[depObsoletes][pkg]; p.arena[at] != 0; at++ {
		d := p.arena[at]
		for _, q := range p.providers(d) {
			if p.isInstalled(q) && p.name[q] != p.name[pkg] && p.obsoletedBy(q, pkg, d) && !slices.Contains(out, q) {
				out = append(out, q)
			}
		}
	}
	return out
}

// installCandidates returns the packages that an install job may choose from.
func (p *Pool) installCandidates(sel Selection) []int32 { return p.selected(sel) }

func (s *solver) buildJobRules() {
	for i := range s.jobs {
		from := s.nextRule()
		j := &s.jobs[i]
		switch j.Action {
		case Install:
			s.addInstallRules(j)
		case Erase:
			s.addEraseRules(j)
		case Lock:
			for _, q := range s.pool.selected(j.Select) {
				if s.pool.isInstalled(q) {
					s.sat.Add(q, 0)
				} else {
					s.sat.Add(-q, 0)
				}
			}
		}
		for n := from; n < s.nextRule(); n++ {
			s.jobOf = append(s.jobOf, int32(i))
			if j.Weak {
				s.setWeak(n)
			}
		}
	}
	s.endClass(ruleJob)
}

func (s *solver) addInstallRules(j *Job) {
	p := s.pool
	if j.Select.kind == selProvides && p.isRich(j.Select.dep) {
		c := p.normalize(j.Select.dep, false)
		if c.never {
			s.sat.Add(-systemPkg, 0)
		}
		for _, b := range c.blocks {
			s.addLits(b[0], b[1:])
		}
		return
	}
	list := p.selected(j.Select)
	if r, ok := p.namespaceOf(j.Select); ok && (r.right == 0 || len(list) == 0) {
		return // any argument: only what supplements it, see supplementedBefore
	}
	if slices.Contains(list, systemPkg) || j.Select.kind == selOneOf && len(list) == 0 {
		return
	}
	if len(list) == 0 {
		s.sat.Add(-systemPkg, 0)
		return
	}
	s.addLits(list[0], list[1:])
}

func (s *solver) addEraseRules(j *Job) {
	p := s.pool
	if j.Select.kind == selProvides && p.isRich(j.Select.dep) { // what fulfils it must not be there at once
		c := p.normalize(j.Select.dep, true)
		if c.never {
			s.sat.Add(-systemPkg, 0)
		}
		for _, b := range c.blocks {
			s.addLits(b[0], b[1:])
		}
		return
	}
	list := p.selected(j.Select)
	exact := j.Select.kind == selPackage && p.isInstalled(list[0])
	if j.Select.kind == selName && j.Select.dep.isRel() { // more than a name
		exact = slices.ContainsFunc(list, p.isInstalled)
	}
	for _, q := range list {
		s.sat.Add(-q, 0)
	}
	if exact {
		s.keepFromReplacing(list)
	}
}

// keepFromReplacing forbids all available packages of the erased package's name
// that no install job asks for.
func (s *solver) keepFromReplacing(list []int32) {
	p := s.pool
	name := uint32(0)
	for _, q := range list {
		if p.isInstalled(q) {
			name = p.name[q]
		}
	}
	for _, q := range p.providers(DepID(name)) {
		if p.name[q] != name || p.isInstalled(q) || slices.Contains(list, q) || s.askedFor(q) {
			continue
		}
		s.sat.Add(-q, 0)
	}
}

func (s *solver) askedFor(pkg int32) bool {
	for i := range s.jobs {
		if s.jobs[i].Action == Install && slices.Contains(s.pool.selected(s.jobs[i].Select), pkg) {
			return true
		}
	}
	return false
}
