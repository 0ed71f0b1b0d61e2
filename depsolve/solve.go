package depsolve

import (
	"context"
	"fmt"
	"slices"
)

// Solve finds a transaction that fulfils all jobs, nil options being the
// defaults. If there is none the error is an *UnsolvableError. It stops with
// the error of ctx when that is cancelled, and with ErrStepLimit.
func (p *Pool) Solve(ctx context.Context, jobs []Job, o *Options) (*Transaction, error) {
	p.buildIndex()
	s := newSolver(p, slices.Clone(jobs), o)
	defer s.begin(ctx)()
	if err := s.build(); err != nil {
		return nil, fmt.Errorf("depsolve: solve: %w", err)
	}
	s.disable = true
	ok := s.search(true)
	if err := context.Cause(s.ctx); err != nil {
		return nil, fmt.Errorf("depsolve: solve: %w", err)
	}
	var tr *Transaction
	if ok {
		tr = s.transaction()
	}
	if len(s.problems) > 0 || !ok {
		return nil, s.unsolvableError(tr)
	}
	return tr, nil
}

// transaction reads the answer off the decisions.
func (s *solver) transaction() *Transaction {
	p := s.pool
	t := &Transaction{pool: p, cleanups: s.cleandeps.clone(), replacer: map[PkgID]PkgID{}, solver: s, why: s.decisions(),
		values: s.sat.Values, branches: slices.Clone(s.branches)}
	if len(s.problems) > 0 { // to look for solutions changes them
		t.values = slices.Clone(t.values)
	}
	t.installed = make([]PkgID, 0, len(s.sat.Trail))
	var added []int32
	for _, l := range s.sat.Trail {
		if l > systemPkg {
			t.installed = append(t.installed, PkgID(l))
			if !p.isInstalled(l) {
				added = append(added, l)
			}
		}
	}
	slices.Sort(t.installed)
	slices.Sort(added)
	s.eachInstalled(func(pkg int32) {
		if s.sat.Values[pkg] <= 0 {
			t.removed = append(t.removed, PkgID(pkg))
		}
	})
	gone := newBitset(len(p.name))
	for _, id := range t.removed {
		gone.set(int32(id))
	}
	replaces := make([][]int32, len(added))
	for i, pkg := range added {
		if len(t.removed) > 0 {
			replaces[i] = s.replacedIn(pkg, gone)
		}
		for _, old := range replaces[i] {
			by, ok := t.replacer[PkgID(old)]
			if !ok || s.betterReplacer(old, pkg, int32(by)) {
				t.replacer[PkgID(old)] = PkgID(pkg)
			}
		}
	}
	for _, id := range t.removed {
		if _, ok := t.replacer[id]; !ok {
			t.steps = append(t.steps, Step{Kind: StepErase, Package: id})
		}
	}
	for i, pkg := range added {
		t.steps = append(t.steps, t.step(pkg, replaces[i]))
	}
	return t
}

func (t *Transaction) step(pkg int32, replaces []int32) Step {
	st := Step{Kind: StepInstall, Package: PkgID(pkg)}
	for _, old := range replaces {
		st.Replaces = append(st.Replaces, PkgID(old))
		if k := t.pool.replaceKind(old, pkg); k != StepObsolete && st.Kind == StepInstall {
			st.Kind = k
		}
	}
	return st
}

// replacedIn returns which of the packages that go are replaced by pkg.
func (s *solver) replacedIn(pkg int32, gone bitset) []int32 {
	p := s.pool
	var out []int32
	multi := s.multiversion.has(pkg)
	for _, q := range p.providers(DepID(p.name[pkg])) {
		if !gone.has(q) || p.name[q] != p.name[pkg] && !p.opts.ImplicitObsoleteUseProvides {
			continue
		}
		if multi && (p.evr[q] != p.evr[pkg] || p.arch[q] != p.arch[pkg]) {
			continue
		}
		if !p.opts.NoColours && !p.coloursMeet(q, pkg) {
			continue
		}
		out = append(out, q)
	}
	if multi {
		return out
	}
	for at := p.deps[depObsoletes][pkg]; p.arena[at] != 0; at++ {
		for _, q := range p.providers(p.arena[at]) {
			if gone.has(q) && p.obsoletedBy(q, pkg, p.arena[at]) && !slices.Contains(out, q) {
				out = append(out, q)
			}
		}
	}
	slices.Sort(out)
	return out
}

// betterReplacer reports whether a describes better than b what becomes of an
// installed package: the same name, else the first by name, then the higher
// version, the same architecture, the lower id.
func (s *solver) betterReplacer(old, a, b int32) bool {
	p := s.pool
	if p.name[a] != p.name[b] {
		if sa, sb := p.name[a] == p.name[old], p.name[b] == p.name[old]; sa != sb {
			return sa
		}
		return p.strs.str(p.name[a]) < p.strs.str(p.name[b])
	}
	if c := p.evrCmp(p.evr[a], p.evr[b], cmpFull); c != 0 {
		return c > 0
	}
	if sa, sb := p.arch[a] == p.arch[old], p.arch[b] == p.arch[old]; sa != sb {
		return sa
	}
	return a < b
}
