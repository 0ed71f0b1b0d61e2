package depsolve

import (
	"cmp"
	"slices"
)

// Order returns the packages that the transaction installs in the order in
// which they should be put in place and their scriptlets run: each one after
// what it requires. In a cycle the requirements of scriptlets count more than
// others, and where these are cyclic too the order of adding decides.
func (t *Transaction) Order() []PkgID {
	var ids []PkgID
	at := map[int32]int{}
	for _, id := range t.installed {
		if !t.pool.isInstalled(int32(id)) {
			at[int32(id)] = len(ids)
			ids = append(ids, id)
		}
	}
	all := components(t.requirements(ids, at, false))
	pre := components(withinCycles(t.requirements(ids, at, true), all))
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[a], all[b]), cmp.Compare(pre[a], pre[b]), cmp.Compare(a, b))
	})
	out := make([]PkgID, len(ids))
	for i, n := range order {
		out[i] = ids[n]
	}
	return out
}

// requirements returns for each package the indexes of those it requires, or
// of those that its scriptlets require.
func (t *Transaction) requirements(ids []PkgID, at map[int32]int, preOnly bool) [][]int {
	edges := make([][]int, len(ids))
	for i, id := range ids {
		for _, dep := range t.pool.requirementsOf(int32(id), preOnly) {
			for _, by := range t.pool.providers(dep) {
				if j, ok := at[by]; ok && j != i {
					edges[i] = append(edges[i], j)
				}
			}
		}
	}
	return edges
}

// withinCycles keeps the edges inside of a component.
func withinCycles(edges [][]int, comp []int) [][]int {
	for i := range edges {
		edges[i] = slices.DeleteFunc(edges[i], func(j int) bool { return comp[i] != comp[j] })
	}
	return edges
}

// requirementsOf lists what a package requires; those of its scriptlets stand
// behind a marker.
func (p *Pool) requirementsOf(pkg int32, preOnly bool) []DepID {
	list := p.list(depRequires, pkg)
	i := slices.Index(list, markPre)
	switch {
	case preOnly && i < 0:
		return nil
	case preOnly:
		return list[i+1:]
	case i >= 0:
		return slices.Concat(list[:i], list[i+1:])
	}
	return list
}
