package depsolve

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// tangle returns a pool of packages with all kinds of dependencies among each
// other, some of them installed.
func tangle(seed uint64) *Pool {
	r := rand.New(rand.NewPCG(seed, 11))
	p := NewPool("x86_64")
	system, repo := p.AddRepo("system", nil), p.AddRepo("repo", nil)
	p.SetInstalled(system)
	const n = 14
	name := func() DepID { return p.Name(fmt.Sprintf("p%d", r.IntN(n))) }
	dep := func() DepID {
		switch r.IntN(5) {
		case 0:
			return p.Relation(name(), []Op{OpGT, OpLT, OpEQ, OpGT | OpEQ}[r.IntN(4)], p.Name(fmt.Sprint(1+r.IntN(3), "-1")))
		case 1:
			return p.Relation(name(), []Op{OpAnd, OpOr, OpIf, OpUnless, OpWith}[r.IntN(5)], name())
		}
		return name()
	}
	some := func(odds int) (list []DepID) {
		for r.IntN(odds) == 0 {
			list = append(list, dep())
		}
		return list
	}
	for i := range 30 {
		evr := fmt.Sprint(1+r.IntN(3), "-1")
		own := fmt.Sprintf("p%d", r.IntN(n))
		raw := RawPackage{
			Name: own, EVR: evr, Arch: []string{"x86_64", "noarch", "i686"}[r.IntN(3)],
			Provides: []DepID{p.Relation(p.Name(own), OpEQ, p.Name(evr))}, Requires: some(2), Conflicts: some(4),
			Recommends: some(4), Suggests: some(5), Supplements: some(6), Enhances: some(9),
		}
		if r.IntN(6) == 0 {
			raw.Obsoletes = []DepID{name()}
		}
		if r.IntN(4) == 0 {
			raw.Provides = append(raw.Provides, name())
		}
		if i < 6 {
			system.AddRaw(&raw)
		} else {
			repo.AddRaw(&raw)
		}
	}
	return p
}

func tangledJobs(p *Pool, r *rand.Rand) ([]Job, *Options) {
	any := func() Selection { return SelectPackage(PkgID(systemPkg + 1 + r.IntN(p.Len()))) }
	jobs := []Job{{Action: Install, Select: any()}, {Action: Install, Select: any()}}
	for _, a := range []Action{MultiVersion, WeakenDeps, Verify, Erase, Update} {
		if r.IntN(5) == 0 {
			jobs = append(jobs, Job{Action: a, Select: any()})
		}
	}
	return jobs, &Options{StrongRecommends: r.IntN(5) == 0, KeepExplicitObsoletes: r.IntN(2) == 0}
}

// naiveRules makes the package rules of a request by definition: of every
// involved package, sorted by literals, each once.
func naiveRules(s *solver) []string {
	seen := map[string][]int32{}
	s.involved.each(func(pkg int32) {
		g := &packageRules{s: s, facts: func(f ruleFact) {
			lits := []int32{f.p}
			switch {
			case f.d != 0:
				lits = append(lits, s.pool.lits.List(f.d)...)
			case f.block != nil:
				lits = append(lits, f.block...)
			case f.q != 0 && f.q != f.p:
				lits = append(lits, f.q)
			}
			if len(lits) == 2 {
				slices.Sort(lits)
			}
			seen[fmt.Sprint(lits)] = lits
		}}
		g.rulesOf(pkg)
	})
	var list [][]int32
	for _, l := range seen {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b []int32) int {
		if c := slices.Compare(a[:min(2, len(a))], b[:min(2, len(b))]); c != 0 {
			// A clause of one literal stands between negative and positive second ones.
			if a[0] == b[0] && (len(a) == 1 && b[1] < 0 || len(b) == 1 && a[1] < 0) {
				return -c
			}
			return c
		}
		if len(a) == 2 || len(b) == 2 {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	out := make([]string, 0, len(list))
	for _, l := range list {
		out = append(out, fmt.Sprint(l))
	}
	return out
}

// TestCachedRulesAreThoseOfTheDefinition runs different requests on one pool
// and compares their package rules with those made anew.
func TestCachedRulesAreThoseOfTheDefinition(t *testing.T) {
	for seed := range uint64(150) {
		p := tangle(seed)
		r := rand.New(rand.NewPCG(seed, 12))
		for round := range 6 {
			jobs, opts := tangledJobs(p, r)
			p.buildIndex()
			s := newSolver(p, jobs, opts)
			done := s.begin(context.Background())
			require.NoError(t, s.build())
			done()
			var got []string
			for n := int32(1); n < s.classEnd[rulePackage]; n++ {
				got = append(got, fmt.Sprint(s.lits(n)))
				require.Less(t, n, s.rulesEnd[-s.clause(n).P], "the end of the rules that begin with a literal")
			}
			if d := cmp.Diff(naiveRules(s), got); d != "" {
				t.Fatalf("seed %d round %d: want - got +\n%s", seed, round, d)
			}
		}
	}
}

// TestWarmPoolAnswersAsAColdOne solves requests one after the other on one
// pool, changing the pool at times, and each on a pool of its own.
func TestWarmPoolAnswersAsAColdOne(t *testing.T) {
	answer := func(p *Pool, jobs []Job, o *Options) string {
		tr, err := p.Solve(context.Background(), jobs, o)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(tr.Steps(), tr.Removed())
	}
	for seed := range uint64(100) {
		warm := tangle(seed)
		r := rand.New(rand.NewPCG(seed, 13))
		var excluded []PkgID
		for range 8 {
			if r.IntN(4) == 0 {
				id := PkgID(systemPkg + 1 + r.IntN(warm.Len()))
				excluded = append(excluded, id)
				warm.Exclude(id)
			}
			jobs, opts := tangledJobs(warm, r)
			cold := tangle(seed)
			cold.Exclude(excluded...)
			require.Equal(t, answer(cold, jobs, opts), answer(warm, jobs, opts), "seed %d", seed)
		}
	}
}
