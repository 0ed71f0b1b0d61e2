package depsolve

import (
	"slices"
)

// reorder brings equally good candidates into the order of preference.
func (s *solver) reorder(list []int32) []int32 {
	if len(list) < 2 {
		return list
	}
	p := s.pool
	list = frontIf(list, func(q int32) bool { return !p.isOutdated(q) })
	list = s.byCommonProvides(list)
	list = s.installedNamesFirst(list)
	list = s.suggestedFirst(list)
	return s.favoredFirst(list)
}

// frontIf moves what f accepts to the front, otherwise keeping the order.
func frontIf(list []int32, f func(int32) bool) []int32 {
	var back []int32
	for i, q := range list {
		if !f(q) {
			if back == nil {
				back = make([]int32, 0, len(list)-i)
			}
			back = append(back, q)
		}
	}
	if len(back) == 0 || len(back) == len(list) {
		return list
	}
	front := make([]int32, 0, len(list))
	for _, q := range list {
		if f(q) {
			front = append(front, q)
		}
	}
	return append(front, back...)
}

// isOutdated reports whether a better package of the same name and
// architecture exists: from a better repository, or a higher version.
func (p *Pool) isOutdated(pkg int32) bool {
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if q == pkg || p.name[q] != p.name[pkg] || p.arch[q] != p.arch[pkg] {
			continue
		}
		if a, b := p.priority(pkg), p.priority(q); a != b {
			if b > a {
				return true
			}
			continue
		}
		if p.evrCmp(p.evr[q], p.evr[pkg], cmpFull) > 0 {
			return true
		}
	}
	return false
}

// byCommonProvides sorts candidates that provide the same name in different
// versions: higher versions first.
func (s *solver) byCommonProvides(list []int32) []int32 {
	p := s.pool
	type provide struct {
		name DepID
		evr  uint32
		rank int // order of equal versions: less than comes before equal
		at   int
	}
	var all []provide
	for i, q := range list {
		for at := p.deps[depProvides][q]; p.arena[at] != 0 && p.arena[at] != markFile; at++ {
			if d := p.arena[at]; d.isRel() {
				if r := p.rel(d); r.op < opCmp && !r.right.isRel() && !looksLikeHash(p.strs.str(uint32(r.right))) {
					all = append(all, provide{r.left, uint32(r.right), opRank[r.op], i})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b provide) int {
		if a.name != b.name {
			if a.name < b.name {
				return -1
			}
			return 1
		}
		if r := p.evrCmp(b.evr, a.evr, cmpFull); r != 0 {
			return r
		}
		if a.rank != b.rank {
			return b.rank - a.rank
		}
		return a.at - b.at
	})
	bad := make([]int, len(list))
	any := false
	for i, level := 1, 0; i < len(all); i++ {
		if all[i].name != all[i-1].name {
			level = 0
			continue
		}
		if all[i].rank != all[i-1].rank || p.evrCmp(all[i].evr, all[i-1].evr, cmpFull) != 0 {
			level++
		}
		if level > 0 && !p.isInstalled(list[all[i].at]) {
			bad[all[i].at] = max(bad[all[i].at], level)
			any = true
		}
	}
	if !any {
		return list
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bad[a] - bad[b] })
	out := make([]int32, len(list))
	for i, o := range order {
		out[i] = list[o]
	}
	return out
}

// opRank orders comparisons with the same version.
var opRank = [...]int{OpLT: 0, OpLT | OpEQ: 1, OpEQ: 2, OpLT | OpGT: 2, OpGT | OpEQ: 3, OpGT: 4}

// looksLikeHash recognises versions that are checksums, which have no order.
func looksLikeHash(v string) bool {
	letters := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'f':
			letters++
		case c < '0' || c > '9':
			return false
		}
	}
	return len(v) >= 4 && letters > 0
}

func (s *solver) installedNamesFirst(list []int32) []int32 {
	p := s.pool
	if s.installed == nil {
		return list
	}
	return frontIf(list, func(pkg int32) bool {
		for _, q := range p.providers(DepID(p.name[pkg])) {
			if p.isInstalled(q) && p.name[q] == p.name[pkg] {
				return true
			}
		}
		return false
	})
}

func (s *solver) suggestedFirst(list []int32) []int32 {
	s.updateRecommended()
	return frontIf(list, func(q int32) bool {
		return s.pool.isInstalled(q) || s.recommend.suggested.has(q) || s.supplements(q, depEnhances)
	})
}

func (s *solver) favoredFirst(list []int32) []int32 {
	if len(s.favor) == 0 {
		return list
	}
	slices.SortStableFunc(list, func(a, b int32) int { return s.favor[b] - s.favor[a] })
	return list
}

// extraReorder is for jobs: what is or replaces an installed package wins, then
// what installed packages recommend although nobody has decided on them yet.
func (s *solver) extraReorder(list []int32) []int32 {
	p := s.pool
	replaces := func(q int32) bool { return s.ownerOf(q) != 0 }
	if slices.ContainsFunc(list, replaces) {
		return slices.DeleteFunc(list, func(q int32) bool { return !replaces(q) })
	}
	recommended, suggested := newBitset(len(p.name)), newBitset(len(p.name))
	open := func(pkg int32) bool { return p.isInstalled(pkg) && s.sat.Values[pkg] == 0 }
	s.eachInstalled(func(pkg int32) {
		if s.sat.Values[pkg] != 0 {
			return
		}
		for _, d := range p.list(depRecommends, pkg) {
			for _, q := range p.providers(d) {
				recommended.set(q)
			}
		}
		for _, d := range p.list(depSuggests, pkg) {
			for _, q := range p.providers(d) {
				suggested.set(q)
			}
		}
	})
	weak := func(k depKind, q int32) bool {
		for _, d := range p.list(k, q) {
			if s.depHolds(d, func(o int32) bool { return s.sat.Values[o] > 0 || open(o) }) {
				return true
			}
		}
		return false
	}
	list = frontIf(list, func(q int32) bool { return suggested.has(q) || weak(depEnhances, q) })
	list = frontIf(list, func(q int32) bool { return recommended.has(q) || weak(depSupplements, q) })
	return s.favoredFirst(list)
}
