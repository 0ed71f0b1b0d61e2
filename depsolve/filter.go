package depsolve

import (
	"slices"
	"strings"
)

// filterMode says how much of the policy applies to a choice.
type filterMode uint8

const (
	modeChoose     filterMode = iota // full policy
	modeNoReorder                    // without the reordering at the end
	modeRecommend                    // priority, architecture and version only
	modeSuggest                      // the same, priority per name
	modeSupplement                   // reordering only
)

// filter narrows candidates to those that policy accepts, best first. It may
// change the list it is given.
func (s *solver) filter(list []int32, mode filterMode) []int32 {
	if mode == modeSupplement {
		return s.reorder(list)
	}
	if len(list) > 1 && (mode == modeChoose || mode == modeNoReorder) && len(s.favor) > 0 {
		if groups := s.favorGroups(list); len(groups) > 1 {
			return s.filterGroups(groups, mode)
		}
	}
	return s.filterGroup(list, mode)
}

func (s *solver) filterGroup(list []int32, mode filterMode) []int32 {
	if len(list) > 1 {
		if mode == modeSuggest {
			list = s.bestPriorityPerName(list)
		} else {
			list = s.bestPriority(list)
		}
		list = s.pool.bestArch(list)
		list = s.pool.bestVersions(list)
		if mode == modeChoose || mode == modeNoReorder {
			list = s.preferRecommended(list)
			if len(list) > 1 && mode == modeChoose {
				list = s.reorder(list)
			}
		}
	}
	return list
}

// favorGroups splits candidates by rank, most favoured first; disfavoured and
// neutral ones come together with all that are more favoured.
func (s *solver) favorGroups(list []int32) [][]int32 {
	ranks := make([]int, 0, len(list))
	for _, q := range list {
		ranks = append(ranks, s.favor[q])
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	slices.Reverse(ranks)
	groups := make([][]int32, 0, len(ranks))
	for _, r := range ranks {
		var g []int32
		for _, q := range list {
			if s.favor[q] == r {
				g = append(g, q)
			}
		}
		groups = append(groups, g)
	}
	return groups
}

// filterGroups filters each group together with the winners of the groups
// before it.
func (s *solver) filterGroups(groups [][]int32, mode filterMode) []int32 {
	var out, pending []int32
	for _, g := range groups {
		pending = append(pending, g...)
		for _, q := range s.filterGroup(slices.Clone(pending), mode) {
			if !slices.Contains(out, q) {
				out = append(out, q)
			}
		}
	}
	return out
}

// bestPriority keeps candidates of the best repository. Installed ones stay, in
// a dist-upgrade only if a repository has the same.
func (s *solver) bestPriority(list []int32) []int32 {
	p := s.pool
	best, any := 0, false
	for _, q := range list {
		if p.isInstalled(q) {
			continue
		}
		if pr := p.priority(q); !any || pr > best {
			best, any = pr, true
		}
	}
	if !any {
		return list
	}
	return slices.DeleteFunc(list, func(q int32) bool {
		if !p.isInstalled(q) {
			return p.priority(q) < best
		}
		return s.isDup(q) && !s.identicalIn(q, list, best)
	})
}

// identicalIn reports whether one of the candidates of a priority is the same
// build as the installed package.
func (s *solver) identicalIn(pkg int32, list []int32, priority int) bool {
	p := s.pool
	for _, q := range list {
		if !p.isInstalled(q) && p.priority(q) == priority && p.identical(pkg, q) {
			return true
		}
	}
	return false
}

func (s *solver) bestPriorityPerName(list []int32) []int32 {
	var out []int32
	for _, g := range s.groupByName(list) {
		out = append(out, s.bestPriority(g)...)
	}
	return out
}

// bestArch keeps candidates of the best architecture class and noarch ones.
func (p *Pool) bestArch(list []int32) []int32 {
	if len(list) < 2 || p.archs.scores == nil {
		return list
	}
	best := uint32(0)
	for _, q := range list {
		if a := p.archScore(p.arch[q]); a > scoreNoarch && (best == 0 || a < best) {
			best = a
		}
	}
	if best == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(q int32) bool {
		a := p.archScore(p.arch[q])
		return a == 0 || a > scoreNoarch && (a^best)&classMask != 0
	})
}

// bestVersions keeps the best version of each name, in the order of names, then
// drops what another candidate obsoletes. Between equal versions the installed package wins, then
// the better architecture, the cheaper repository, the lower id.
func (p *Pool) bestVersions(list []int32) []int32 {
	if len(list) < 2 {
		return list
	}
	list = p.bestOfNames(list)
	if len(list) > 1 {
		slices.SortFunc(list, func(a, b int32) int { return strings.Compare(p.strs.str(p.name[a]), p.strs.str(p.name[b])) })
		list = p.dropObsoleted(list)
	}
	return list
}

// bestOfNames keeps the best version of each name.
func (p *Pool) bestOfNames(list []int32) []int32 {
	const few = 16 // then looking at all pairs is cheaper than a map
	if len(list) > few {
		best := make(map[uint32]int32, len(list))
		for _, q := range list {
			if b, ok := best[p.name[q]]; !ok || p.betterVersion(q, b) {
				best[p.name[q]] = q
			}
		}
		return slices.DeleteFunc(list, func(q int32) bool { return best[p.name[q]] != q })
	}
	var worse [few]bool
	for i, q := range list {
		for j, o := range list[:i] {
			if p.name[q] != p.name[o] || worse[j] {
				continue
			}
			if worse[i] = !p.betterVersion(q, o); worse[i] {
				break
			}
			worse[j] = true
		}
	}
	out := list[:0]
	for i, q := range list {
		if !worse[i] {
			out = append(out, q)
		}
	}
	return out
}

// betterVersion reports whether a beats b, a package of the same name.
func (p *Pool) betterVersion(a, b int32) bool {
	if r := p.evrCmp(p.evr[a], p.evr[b], cmpFull); r != 0 {
		return r > 0
	}
	if ai, bi := p.isInstalled(a), p.isInstalled(b); ai != bi {
		return ai
	}
	if p.arch[a] != p.arch[b] {
		if p.betterArch(a, b) {
			return true
		}
		if p.betterArch(b, a) {
			return false
		}
	}
	if ca, cb := p.cost(a), p.cost(b); ca != cb {
		return ca < cb
	}
	return a < b
}

// betterArch reports whether a is of a better architecture. What is of none is
// neither better nor worse than others.
func (p *Pool) betterArch(a, b int32) bool {
	as, bs := p.archScore(p.arch[a]), p.archScore(p.arch[b])
	return as > scoreNoarch && as < bs
}

// dropObsoleted drops candidates that another one obsoletes. Of those that
// obsolete each other in a circle all stay.
func (p *Pool) dropObsoleted(list []int32) []int32 {
	if !slices.ContainsFunc(list, func(q int32) bool { return p.deps[depObsoletes][q] != 0 }) {
		return list
	}
	edges := make([][]int, len(list)) // i obsoletes the candidates edges[i]
	any := false
	for i, q := range list {
		for at := p.deps[depObsoletes][q]; p.arena[at] != 0; at++ {
			d := p.arena[at]
			for j, o := range list {
				if i != j && slices.Contains(p.providers(d), o) && p.obsoletedBy(o, q, d) && !slices.Contains(edges[i], j) {
					edges[i], any = append(edges[i], j), true
				}
			}
		}
	}
	if !any {
		return list
	}
	comp := components(edges)
	dead := make([]bool, len(list))
	for i, to := range edges {
		for _, j := range to {
			if comp[i] != comp[j] {
				dead[comp[j]] = true
			}
		}
	}
	out := list[:0]
	for i, q := range list {
		if !dead[comp[i]] {
			out = append(out, q)
		}
	}
	return out
}

// preferRecommended keeps those that decided packages recommend, or that
// supplement them, if there are any. Installed candidates stay.
func (s *solver) preferRecommended(list []int32) []int32 {
	available := 0
	for _, q := range list {
		if !s.pool.isInstalled(q) {
			available++
		}
	}
	if available < 2 {
		return list
	}
	s.updateRecommended()
	var keep []int32
	any := false
	for _, q := range list {
		switch {
		case s.pool.isInstalled(q):
			keep = append(keep, q)
		case s.recommend.recommended.has(q) || s.supplements(q, depSupplements):
			keep, any = append(keep, q), true
		}
	}
	if !any {
		return list
	}
	return keep
}
