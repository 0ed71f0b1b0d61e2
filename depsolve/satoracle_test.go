package depsolve_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/go-air/gini"
	"github.com/go-air/gini/z"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

// satisfiable asks a SAT library whether some set of packages is a good answer, from the world's own description and
// not from the solver's rules: package i is variable i+1, the one that nobody provides is always false.
func (w *world) satisfiable() bool {
	g := gini.New()
	pkg := func(i int) z.Lit { return z.Dimacs2Lit(i + 1) }
	clause := func(lits ...z.Lit) {
		for _, l := range lits {
			g.Add(l)
		}
		g.Add(z.LitNull)
	}
	clause(pkg(len(w.ids)).Not())
	lose := map[int]bool{}
	for _, i := range w.gone {
		lose[i] = true
		clause(pkg(i).Not())
	}
	for _, i := range w.want {
		clause(pkg(i))
	}
	for i := range w.installed {
		if !lose[i] {
			clause(pkg(i))
		}
	}
	for i, groups := range w.needs {
		for _, group := range groups {
			lits := []z.Lit{pkg(i).Not()}
			for _, j := range group {
				lits = append(lits, pkg(j))
			}
			clause(lits...)
		}
	}
	for _, c := range w.clashes {
		clause(pkg(c[0]).Not(), pkg(c[1]).Not())
	}
	return g.Solve() == 1
}

// TestAgreesWithSATLibrary judges pools that are too large to try every set of packages.
func TestAgreesWithSATLibrary(t *testing.T) {
	solvable, total := 0, 600
	for seed := range uint64(total) {
		r := rand.New(rand.NewPCG(seed, 11))
		w := makeSizedWorld(r, 20+r.IntN(180), 0)
		for range 4 {
			w.want = append(w.want, r.IntN(len(w.ids)))
		}
		tr, err := w.pool.Solve(context.Background(), w.jobs(), nil)
		require.Equal(t, w.satisfiable(), err == nil, "seed %d: %v", seed, err)
		if err != nil {
			var unsolvable *depsolve.UnsolvableError
			require.ErrorAs(t, err, &unsolvable, "seed %d", seed)
			continue
		}
		solvable++
		in := map[depsolve.PkgID]bool{}
		for _, id := range tr.Installed() {
			in[id] = true
		}
		require.True(t, w.ok(func(i int) bool { return in[w.ids[i]] }), "seed %d: %v", seed, tr.Steps())
	}
	require.Greater(t, solvable, total/10)
	require.Less(t, solvable, total*9/10)
}
