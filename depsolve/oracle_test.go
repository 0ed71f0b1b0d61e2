package depsolve_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

// world is a small random pool in a form that can be judged without the solver:
// packages need one of several, and clash in pairs.
type world struct {
	pool      *depsolve.Pool
	ids       []depsolve.PkgID
	needs     map[int][][]int
	clashes   [][2]int
	installed int // the first ones are installed
	want      []int
	gone      []int
}

func name(i int) string { return fmt.Sprintf("p%d", i) }

// makeWorld makes the pool of a seed; extra packages that nothing refers to are
// added at the end.
func makeWorld(seed uint64, extra int) *world {
	r := rand.New(rand.NewPCG(seed, 7))
	return makeSizedWorld(r, 4+r.IntN(7), extra)
}

func makeSizedWorld(r *rand.Rand, n, extra int) *world {
	w := &world{pool: depsolve.NewPool("x86_64"), needs: map[int][][]int{}, installed: r.IntN(3)}
	p := w.pool
	system, repo := p.AddRepo("system", nil), p.AddRepo("repo", nil)
	p.SetInstalled(system)
	conflicts := map[int][]int{}
	for i := range n {
		for range r.IntN(3) {
			var group []int
			for range 1 + r.IntN(3) {
				group = append(group, r.IntN(n+1)) // n is nobody
			}
			w.needs[i] = append(w.needs[i], group)
		}
		if j := r.IntN(n); i >= w.installed && j != i && r.IntN(3) == 0 {
			conflicts[i] = append(conflicts[i], j)
			w.clashes = append(w.clashes, [2]int{i, j})
		}
	}
	for i := range n {
		raw := depsolve.RawPackage{Name: name(i), EVR: "1-1", Arch: "x86_64", Provides: []depsolve.DepID{p.Name(name(i))}}
		for _, group := range w.needs[i] {
			d := p.Name(name(group[0]))
			for _, j := range group[1:] {
				d = p.Relation(p.Name(name(j)), depsolve.OpOr, d)
			}
			raw.Requires = append(raw.Requires, d)
		}
		for _, j := range conflicts[i] {
			raw.Conflicts = append(raw.Conflicts, p.Name(name(j)))
		}
		if i < w.installed {
			raw.Requires, w.needs[i] = nil, nil // a healthy system
			w.ids = append(w.ids, system.AddRaw(&raw))
		} else {
			w.ids = append(w.ids, repo.AddRaw(&raw))
		}
	}
	for i := range extra {
		repo.AddRaw(&depsolve.RawPackage{Name: fmt.Sprintf("extra%d", i), EVR: "1-1", Arch: "x86_64", Requires: []depsolve.DepID{p.Name("p0")}})
	}
	w.want = []int{r.IntN(n), r.IntN(n)}
	if r.IntN(4) == 0 {
		w.gone = []int{r.IntN(n)}
	}
	return w
}

func (w *world) jobs() []depsolve.Job {
	var jobs []depsolve.Job
	for _, i := range w.want {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: w.pool.Match(name(i))})
	}
	for _, i := range w.gone {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Erase, Select: w.pool.Match(name(i))})
	}
	return jobs
}

// ok judges a set of packages: all dependencies hold, the wishes are fulfilled,
// and of the installed ones none is lost but those to be erased.
func (w *world) ok(in func(int) bool) bool {
	for _, i := range w.want {
		if !in(i) {
			return false
		}
	}
	lose := map[int]bool{}
	for _, i := range w.gone {
		if in(i) {
			return false
		}
		lose[i] = true
	}
	for i := range w.ids {
		if !in(i) {
			if i < w.installed && !lose[i] {
				return false
			}
			continue
		}
		for _, group := range w.needs[i] {
			met := false
			for _, j := range group {
				met = met || j < len(w.ids) && in(j)
			}
			if !met {
				return false
			}
		}
	}
	for _, c := range w.clashes {
		if in(c[0]) && in(c[1]) {
			return false
		}
	}
	return true
}

func (w *world) solvable() bool {
	for m := range 1 << len(w.ids) {
		if w.ok(func(i int) bool { return m>>i&1 != 0 }) {
			return true
		}
	}
	return false
}

// TestAgreesWithBruteForce tries every set of packages of small random pools.
func TestAgreesWithBruteForce(t *testing.T) {
	solvable := 0
	for seed := range uint64(2500) {
		w := makeWorld(seed, 0)
		tr, err := w.pool.Solve(context.Background(), w.jobs(), nil)
		var unsolvable *depsolve.UnsolvableError
		if err != nil {
			require.ErrorAs(t, err, &unsolvable, "seed %d", seed)
		}
		require.Equal(t, w.solvable(), err == nil, "seed %d: %v", seed, err)
		if err != nil {
			require.NotEmpty(t, unsolvable.Problems)
			continue
		}
		solvable++
		in := map[depsolve.PkgID]bool{}
		for _, id := range tr.Installed() {
			in[id] = true
		}
		require.True(t, w.ok(func(i int) bool { return in[w.ids[i]] }), "seed %d: %v", seed, tr.Steps())
	}
	require.Greater(t, solvable, 500)
	require.Less(t, solvable, 2300)
}

// TestIrrelevantPackagesDoNotMatter adds packages that nothing asks for.
func TestIrrelevantPackagesDoNotMatter(t *testing.T) {
	for seed := range uint64(500) {
		var answers []string
		for _, extra := range []int{0, 0, 5} {
			w := makeWorld(seed, extra)
			tr, err := w.pool.Solve(context.Background(), w.jobs(), nil)
			if err != nil {
				answers = append(answers, err.Error())
				continue
			}
			answers = append(answers, fmt.Sprint(tr.Steps()))
		}
		require.Equal(t, answers[0], answers[1], "the same input, seed %d", seed)
		require.Equal(t, answers[0], answers[2], "more packages, seed %d", seed)
	}
}

// TestSolutionsHelp drops what each solution says and solves again. A solution
// whose further consequences are ambiguous names only the first step, so that
// a few leave another problem.
func TestSolutionsHelp(t *testing.T) {
	tried, helped := 0, 0
	for seed := range uint64(800) {
		w := makeWorld(seed, 0)
		_, err := w.pool.Solve(context.Background(), w.jobs(), nil)
		var unsolvable *depsolve.UnsolvableError
		if !errors.As(err, &unsolvable) || len(unsolvable.Problems) != 1 {
			continue
		}
		sols, err := unsolvable.Problems[0].Solutions(context.Background())
		require.NoError(t, err)
		require.NotEmpty(t, sols, "seed %d", seed)
		for _, sol := range sols {
			drop := map[int]bool{}
			for _, e := range sol.Elements {
				drop[e.Job] = true
			}
			if drop[-1] {
				continue
			}
			var rest []depsolve.Job
			for i, j := range w.jobs() {
				if !drop[i] {
					rest = append(rest, j)
				}
			}
			tried++
			if _, err := w.pool.Solve(context.Background(), rest, nil); err == nil {
				helped++
			}
		}
	}
	require.Greater(t, tried, 50)
	require.GreaterOrEqual(t, helped*10, tried*9, "%d of %d", helped, tried)
}

func TestCancelledContext(t *testing.T) {
	w := makeWorld(1, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := w.pool.Solve(ctx, w.jobs(), nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestPoolIsReusable solves again and again on one pool.
func TestPoolIsReusable(t *testing.T) {
	w := makeWorld(3, 0)
	first, err1 := w.pool.Solve(context.Background(), w.jobs(), nil)
	for range 3 {
		again, err2 := w.pool.Solve(context.Background(), w.jobs(), nil)
		require.Equal(t, fmt.Sprint(err1), fmt.Sprint(err2))
		if err1 == nil {
			require.Equal(t, first.Steps(), again.Steps())
		}
	}
}
