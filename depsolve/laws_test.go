package depsolve

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// judge evaluates dependencies by their definition for a set of packages,
// without index, rules or normal forms.
type judge struct {
	p  *Pool
	in map[int32]bool
}

func (j judge) provides(pkg int32, d DepID) bool {
	if d.isRel() && j.p.rel(d).op == OpWith {
		return j.provides(pkg, j.p.rel(d).left) && j.provides(pkg, j.p.rel(d).right)
	}
	for _, have := range j.p.list(depProvides, pkg) {
		switch {
		case have == d:
			return true
		case !d.isRel():
			if have.isRel() && j.p.rel(have).left == d {
				return true
			}
		case have == j.p.rel(d).left: // a provide without version fits all
			return true
		case have.isRel() && j.p.rel(have).left == j.p.rel(d).left:
			if j.p.rangesMeet(j.p.rel(have).op, j.p.rel(have).right, j.p.rel(d).op, j.p.rel(d).right) {
				return true
			}
		}
	}
	return false
}

func (j judge) holds(d DepID) bool {
	if d.isRel() {
		switch r := j.p.rel(d); r.op {
		case OpAnd:
			return j.holds(r.left) && j.holds(r.right)
		case OpOr:
			return j.holds(r.left) || j.holds(r.right)
		case OpIf:
			return !j.holds(r.right) || j.holds(r.left)
		case OpUnless:
			return !j.holds(r.right) && j.holds(r.left)
		}
	}
	for pkg := range j.in {
		if j.provides(pkg, d) {
			return true
		}
	}
	return false
}

// faults lists what is wrong with the packages. What was wrong between
// installed packages before does not count.
func (j judge) faults(before judge) []string {
	var out []string
	old := func(pkgs ...int32) bool {
		for _, q := range pkgs {
			if !before.in[q] {
				return false
			}
		}
		return true
	}
	for pkg := range j.in {
		fault := func(format string, args ...any) {
			out = append(out, j.p.nevra(pkg)+": "+fmt.Sprintf(format, args...))
		}
		for _, d := range j.p.list(depRequires, pkg) {
			if !j.holds(d) && !(old(pkg) && !before.holds(d)) {
				fault("requires %s", j.p.DepString(d))
			}
		}
		for q := range j.in {
			if q == pkg || old(pkg, q) {
				continue
			}
			for _, d := range j.p.list(depConflicts, pkg) {
				if !j.p.isRich(d) && j.provides(q, d) {
					fault("conflicts with %s", j.p.nevra(q))
				}
			}
			for _, d := range j.p.list(depObsoletes, pkg) {
				if j.p.matchName(q, d) {
					fault("obsoletes %s", j.p.nevra(q))
				}
			}
			if j.p.name[pkg] == j.p.name[q] && j.p.coloursMeet(pkg, q) {
				fault("same name as %s", j.p.nevra(q))
			}
		}
	}
	return out
}

// TestAnswersFulfilEveryDependency judges transactions of random pools.
func TestAnswersFulfilEveryDependency(t *testing.T) {
	solved := 0
	for seed := range uint64(1500) {
		p := tangle(seed)
		r := rand.New(rand.NewPCG(seed, 14))
		pick := func() Selection { return SelectPackage(PkgID(systemPkg + 1 + r.IntN(p.Len()))) }
		jobs := []Job{{Action: Install, Select: pick()}, {Action: []Action{Install, Erase, Update}[r.IntN(3)], Select: pick()}}
		tr, err := p.Solve(context.Background(), jobs, &Options{AllowUninstall: true})
		if err != nil {
			continue
		}
		solved++
		before, after := judge{p, map[int32]bool{}}, judge{p, map[int32]bool{}}
		for id := range p.All() {
			if p.isInstalled(int32(id)) {
				before.in[int32(id)] = true
			}
		}
		for _, id := range tr.Installed() {
			after.in[int32(id)] = true
		}
		require.Empty(t, after.faults(before), "seed %d", seed)
		require.True(t, after.in[int32(jobs[0].Select.pkgs[0])], "seed %d: what was asked for is there", seed)
	}
	require.Greater(t, solved, 300)
}

// TestSameAnswerForAnyMapOrder solves on pools made anew, whose maps and hash
// seeds differ.
func TestSameAnswerForAnyMapOrder(t *testing.T) {
	for seed := range uint64(60) {
		var first string
		for round := range 5 {
			p := tangle(seed)
			jobs, opts := tangledJobs(p, rand.New(rand.NewPCG(seed, 15)))
			tr, err := p.Solve(context.Background(), jobs, opts)
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprint(tr.Steps(), tr.Removed())
			}
			if round == 0 {
				first = got
			}
			require.Equal(t, first, got, "seed %d", seed)
		}
	}
}

// pigeons asks for n packages that each need one of n-1 places, which they
// cannot share: without a solution, and hard to see for a search that learns
// one clause after the other.
func pigeons(n int) (*Pool, []Job) {
	p := NewPool("")
	r := p.AddRepo("repo", nil)
	var jobs []Job
	for i := range n {
		r.AddRaw(&RawPackage{Name: fmt.Sprint("pigeon", i), EVR: "1", Requires: []DepID{p.Name(fmt.Sprint("place-for", i))}})
		jobs = append(jobs, Job{Action: Install, Select: SelectPackage(PkgID(len(p.name) - 1))})
	}
	for i := range n {
		for place := range n - 1 {
			hole := p.Name(fmt.Sprint("place", place))
			r.AddRaw(&RawPackage{Name: fmt.Sprint("hole", i, "-", place), EVR: "1",
				Provides: []DepID{p.Name(fmt.Sprint("place-for", i)), hole}, Conflicts: []DepID{hole}})
		}
	}
	return p, jobs
}

func TestStepLimit(t *testing.T) {
	p, jobs := pigeons(30)
	_, err := p.Solve(context.Background(), jobs, &Options{MaxSteps: 2000})
	require.ErrorIs(t, err, ErrStepLimit)

	p, jobs = pigeons(4)
	var unsolvable *UnsolvableError
	_, err = p.Solve(context.Background(), jobs, &Options{MaxSteps: 2000})
	require.ErrorAs(t, err, &unsolvable, "an easy request stays below the limit")
	require.NotEmpty(t, unsolvable.Problems)
	sols, err := unsolvable.Problems[0].Solutions(context.Background())
	require.NoError(t, err)
	require.NotEmpty(t, sols)
}

func TestDeadlineEndsAHardSearch(t *testing.T) {
	p, jobs := pigeons(30)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := p.Solve(ctx, jobs, &Options{MaxSteps: -1})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 10*time.Second)
}
