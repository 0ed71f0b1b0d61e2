package depsolve

import "slices"

// weakState caches what decided packages recommend and suggest.
type weakState struct {
	recommended, suggested bitset
	done                   int // length of the trail that is accounted for
	candidates             []int32
}

// updateRecommended brings the cache up to date with the trail.
func (s *solver) updateRecommended() {
	p, w := s.pool, &s.recommend
	if w.recommended == nil {
		w.recommended, w.suggested = newBitset(len(p.name)), newBitset(len(p.name))
	}
	if s.sat.Lowest < w.done {
		w.recommended.reset()
		w.suggested.reset()
		w.done = 0
	}
	for _, l := range s.sat.Trail[w.done:] {
		if l < 0 {
			continue
		}
		for at := p.deps[depRecommends][l]; p.arena[at] != 0; at++ {
			s.addRecommended(p.arena[at])
		}
		for at := p.deps[depSuggests][l]; p.arena[at] != 0; at++ {
			for _, q := range p.providers(p.arena[at]) {
				w.suggested.set(q)
			}
		}
	}
	w.done = len(s.sat.Trail)
	s.sat.Lowest = w.done
}

func (s *solver) addRecommended(d DepID) {
	p := s.pool
	if !p.isRich(d) {
		for _, q := range p.providers(d) {
			s.recommend.recommended.set(q)
		}
		return
	}
	for _, b := range p.normalize(d, false).blocks {
		if slices.ContainsFunc(b, func(l int32) bool { return l < 0 && s.sat.Values[-l] <= 0 }) {
			continue
		}
		for _, q := range b {
			if q > 0 {
				s.recommend.recommended.set(q)
			}
		}
	}
}

// supplements reports whether a package supplements (or enhances) what is
// decided to be installed.
func (s *solver) supplements(pkg int32, k depKind) bool {
	p := s.pool
	for at := p.deps[k][pkg]; p.arena[at] != 0; at++ {
		if s.depHolds(p.arena[at], func(q int32) bool { return s.sat.Values[q] > 0 }) {
			return true
		}
	}
	return false
}

// depHolds evaluates a dependency for a set of packages.
func (s *solver) depHolds(d DepID, has func(int32) bool) bool { return s.depHoldsAt(d, has, 0) }

func (s *solver) depHoldsAt(d DepID, has func(int32) bool, depth int) bool {
	p := s.pool
	if depth > maxRichDepth {
		return false
	}
	if d.isRel() && p.rel(d).op >= opCmp { // not just a version
		r := p.rel(d)
		holds := func(d DepID) bool { return s.depHoldsAt(d, has, depth+1) }
		switch r.op {
		case OpAnd:
			return holds(r.left) && holds(r.right)
		case OpOr:
			return holds(r.left) || holds(r.right)
		case OpIf, OpUnless:
			cond, other, hasElse := r.right, DepID(0), false
			if cond.isRel() && p.rel(cond).op == OpElse {
				cond, other, hasElse = p.rel(cond).left, p.rel(cond).right, true
			}
			if holds(cond) == (r.op == OpIf) {
				return holds(r.left)
			}
			if hasElse {
				return holds(other)
			}
			return r.op == OpIf
		case OpNamespace:
			if p.isSplitProvides(r) {
				return s.opts.SplitProvides && p.splitProvidesHolds(r, has)
			}
		}
	}
	return slices.ContainsFunc(p.providers(d), has)
}

// decideWeak installs recommended and supplementing packages, each as a free
// decision that a conflict simply undoes.
func (s *solver) decideWeak(level int32) int32 {
	recommended, supplementing := s.weakCandidates()
	all := slices.Clone(recommended)
	seen := newBitset(len(s.pool.name))
	for _, q := range all {
		seen.set(q)
	}
	for _, q := range supplementing {
		if !seen.has(q) {
			seen.set(q)
			all = append(all, q)
		}
	}
	switch len(all) {
	case 0:
		return level
	case 1:
		return s.decide(level, all[0], 0, noteWeak)
	}
	best := newBitset(len(s.pool.name))
	for _, q := range s.filter(all, modeRecommend) {
		best.set(q)
	}
	supplementing = slices.DeleteFunc(supplementing, func(q int32) bool { return !best.has(q) })
	if len(supplementing) > 1 {
		supplementing = s.filter(supplementing, modeSupplement)
	}
	count := len(s.sat.Trail)
	for _, q := range supplementing {
		if s.sat.Values[q] != 0 {
			continue
		}
		before := level
		if level = s.decide(level, q, 0, noteWeak); level <= before || len(s.sat.Trail) < count {
			return level
		}
	}
	return s.decideRecommended(level, best, count)
}

// decideRecommended installs the recommends of the first count decisions, in
// their order.
func (s *solver) decideRecommended(level int32, best bitset, count int) int32 {
	for i := 0; i < count; i++ {
		pkg := s.sat.Trail[i]
		if pkg < 0 || !s.weakCounts(pkg) {
			continue
		}
		for _, d := range s.pool.list(depRecommends, pkg) {
			for _, list := range s.recommendedBy(d) {
				if slices.ContainsFunc(list, s.sat.True) { // what was decided for another clause fulfils this one
					continue
				}
				list = slices.DeleteFunc(list, func(q int32) bool { return !best.has(q) || s.sat.Values[q] != 0 })
				if len(list) == 0 {
					continue
				}
				before := level
				if level = s.chooseWeak(level, list, pkg, d); level <= before || len(s.sat.Trail) < count {
					return level
				}
			}
		}
	}
	return level
}

func (s *solver) chooseWeak(level int32, list []int32, by int32, d DepID) int32 {
	if len(list) > 1 {
		list = s.filter(list, modeChoose)
	}
	if len(list) > 1 {
		s.branches = append(s.branches, branch{level: level, pkg: by, dep: d, list: slices.Clone(list), note: noteWeak})
	}
	return s.decide(level, list[0], 0, noteWeak)
}

// weakCounts reports whether the recommends of a decided package count.
func (s *solver) weakCounts(pkg int32) bool {
	if s.opts.OnlyNamespaceWeak || s.pool.deps[depRecommends][pkg] == 0 {
		return false
	}
	return s.opts.AddAlreadyRecommended || !s.pool.isInstalled(pkg)
}

// recommendedBy returns for each clause of a recommends its open candidates,
// none if it is fulfilled.
func (s *solver) recommendedBy(d DepID) [][]int32 {
	p := s.pool
	blocks := [][]int32{p.providers(d)}
	if p.isRich(d) {
		blocks = p.normalize(d, false).blocks
	}
	var out [][]int32
next:
	for _, b := range blocks {
		var list []int32
		for _, q := range b {
			switch {
			case q < 0:
				if s.sat.Values[-q] <= 0 {
					continue next
				}
			case s.sat.Values[q] > 0:
				continue next
			case s.sat.Values[q] == 0 && (p.canInstall(q) || p.isInstalled(q)):
				list = append(list, q)
			}
		}
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	return out
}

// weakCandidates collects what is recommended, in the order of decisions, and
// what supplements, in ascending order.
func (s *solver) weakCandidates() (recommended, supplementing []int32) {
	p := s.pool
	seen := newBitset(len(p.name))
	for _, pkg := range s.sat.Trail {
		if pkg < 0 || !s.weakCounts(pkg) {
			continue
		}
		for _, d := range p.list(depRecommends, pkg) {
			for _, list := range s.recommendedBy(d) {
				for _, q := range list {
					if !seen.has(q) {
						seen.set(q)
						recommended = append(recommended, q)
					}
				}
			}
		}
	}
	if s.recommend.candidates == nil {
		s.recommend.candidates = []int32{}
		for _, pkg := range s.supplementing {
			if p.deps[depSupplements][pkg] != 0 && s.involved.has(pkg) && p.canInstall(pkg) {
				s.recommend.candidates = append(s.recommend.candidates, pkg)
			}
		}
	}
	for _, pkg := range s.recommend.candidates {
		if s.opts.OnlyNamespaceWeak && !slices.ContainsFunc(p.list(depSupplements, pkg), p.hasNamespace) {
			continue
		}
		if s.sat.Values[pkg] == 0 && s.supplements(pkg, depSupplements) {
			supplementing = append(supplementing, pkg)
		}
	}
	return s.unwanted(recommended, false), s.unwanted(supplementing, true)
}

// unwanted drops candidates that must not come for weak reasons.
func (s *solver) unwanted(list []int32, supplements bool) []int32 {
	if len(list) == 0 {
		return list
	}
	p := s.pool
	obsoleted := s.obsoletedByKept()
	return slices.DeleteFunc(list, func(q int32) bool {
		switch {
		case s.noWeak.has(q), s.favor[q] < 0, obsoleted.has(q):
			return true
		case p.isInstalled(q) && (s.dropOrphanedAll || s.dropOrphaned.has(q)) && slices.Contains(s.orphans, q):
			return true
		case !supplements:
			return false
		}
		return s.supplementedBefore(q) || s.supplementsTwice(q)
	})
}

// obsoletedByKept returns the packages that installed ones which stay obsolete.
func (s *solver) obsoletedByKept() bitset {
	p := s.pool
	set := newBitset(len(p.name))
	s.eachInstalled(func(pkg int32) {
		if s.sat.Values[pkg] <= 0 || s.multiversion.has(pkg) && !s.opts.KeepExplicitObsoletes {
			return
		}
		for at := p.deps[depObsoletes][pkg]; p.arena[at] != 0; at++ {
			for _, q := range p.providers(p.arena[at]) {
				if p.obsoletedBy(q, pkg, p.arena[at]) {
					set.set(q)
				}
			}
		}
	})
	return set
}

// supplementedBefore reports whether installed packages alone fulfilled the
// supplements: then the user has decided against the package before.
func (s *solver) supplementedBefore(pkg int32) bool {
	p := s.pool
	if s.opts.AddAlreadyRecommended && !s.opts.OnlyNamespaceWeak {
		return false
	}
	before := false
	for _, d := range p.list(depSupplements, pkg) {
		if s.depHolds(d, s.sat.True) && s.anyNew(d, 0) {
			return false
		}
		switch {
		case d.isRel() && p.hasSplitProvides(d),
			s.opts.OnlyNamespaceWeak && s.opts.AddAlreadyRecommended && p.hasNamespace(d),
			slices.ContainsFunc(s.spaces, func(r relation) bool { return p.mentions(d, r) }):
		default:
			before = before || s.depHolds(d, func(q int32) bool { return s.sat.Values[q] > 0 && (p.isInstalled(q) || q == systemPkg) })
		}
	}
	return before
}

// anyNew reports whether a new package has a part in fulfilling a dependency.
func (s *solver) anyNew(d DepID, depth int) bool {
	p := s.pool
	if depth > maxRichDepth {
		return false
	}
	if p.isRich(d) {
		switch r := p.rel(d); r.op {
		case OpAnd, OpOr:
			return s.anyNew(r.left, depth+1) || s.anyNew(r.right, depth+1)
		case OpIf, OpUnless:
			if r.right.isRel() && p.rel(r.right).op == OpElse {
				cond := p.rel(r.right)
				if s.depHolds(cond.left, s.sat.True) != (r.op == OpIf) {
					return s.anyNew(cond.right, depth+1)
				}
			}
			return s.anyNew(r.left, depth+1)
		}
	}
	return slices.ContainsFunc(p.providers(d), func(q int32) bool {
		return s.sat.Values[q] > 0 && q != systemPkg && !p.isInstalled(q)
	})
}

// supplementsTwice reports whether another version, or with colours another
// architecture, of a supplementing package is there already.
func (s *solver) supplementsTwice(pkg int32) bool {
	p := s.pool
	multi := s.multiversion.has(pkg)
	if !multi && p.opts.NoColours {
		return false
	}
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if s.sat.Values[q] > 0 && p.name[q] == p.name[pkg] && (multi || p.arch[q] != p.arch[pkg]) {
			return true
		}
	}
	return false
}
