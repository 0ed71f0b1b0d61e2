package cdcl_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/internal/cdcl"
)

// solve decides every variable to false first, as a caller without policy.
func solve(s *cdcl.Solver, vars int) bool {
	s.Watch()
	for _, n := range s.Assertions {
		l := s.Clauses[n].P
		if s.False(l) {
			return false
		}
		if !s.True(l) {
			s.Set(l, 1, n, 0)
		}
	}
	if s.Propagate(1) != 0 {
		return false
	}
	level := int32(1)
	for v := int32(1); v < int32(vars); v++ {
		if s.Values[v] != 0 {
			continue
		}
		l, bad := s.Decide(-v, level, 0, 0)
		if bad != 0 {
			return false
		}
		if l <= level {
			v = 0 // decisions were undone
		}
		level = l
	}
	return true
}

func random(r *rand.Rand, vars, clauses int) [][]int32 {
	var out [][]int32
	for range clauses {
		var c []int32
		for range 1 + r.IntN(3) {
			l := int32(1 + r.IntN(vars-1))
			if r.IntN(2) == 0 {
				l = -l
			}
			c = append(c, l)
		}
		out = append(out, c)
	}
	return out
}

func load(clauses [][]int32, vars int) *cdcl.Solver {
	s := cdcl.New(vars, &cdcl.Arena{})
	for _, c := range clauses {
		s.AddList(c[0], s.Arena.Add(c[1:]))
	}
	return s
}

func satisfied(clauses [][]int32, value func(int32) bool) bool {
	for _, c := range clauses {
		ok := false
		for _, l := range c {
			ok = ok || l > 0 && value(l) || l < 0 && !value(-l)
		}
		if !ok {
			return false
		}
	}
	return true
}

func bruteForce(clauses [][]int32, vars int) bool {
	for m := range 1 << (vars - 1) {
		if satisfied(clauses, func(v int32) bool { return m>>(v-1)&1 != 0 }) {
			return true
		}
	}
	return false
}

func TestAgreesWithBruteForce(t *testing.T) {
	const vars = 9
	sat, conflicts := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		clauses := random(r, vars, 10+r.IntN(30))
		s := load(clauses, vars)
		got := solve(s, vars)
		require.Equal(t, bruteForce(clauses, vars), got, "seed %d: %v", seed, clauses)
		if got {
			sat++
			require.True(t, satisfied(clauses, func(v int32) bool { return s.Values[v] > 0 }), "seed %d", seed)
		}
		conflicts += s.Conflicts
	}
	require.Greater(t, sat, 300, "the cases must not all be unsatisfiable")
	require.Less(t, sat, 2700, "nor all satisfiable")
	require.Greater(t, conflicts, 20, "and learning must happen")
}

// TestProofs checks that the clauses of a refutation contradict each other on
// their own.
func TestProofs(t *testing.T) {
	const vars = 9
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 2))
		clauses := random(r, vars, 40)
		s := load(clauses, vars)
		s.Watch()
		bad := int32(0)
		for _, n := range s.Assertions {
			if l := s.Clauses[n].P; s.False(l) {
				bad = -1
			} else if !s.True(l) {
				s.Set(l, 1, n, 0)
			}
		}
		if bad == 0 {
			bad = s.Propagate(1)
		}
		for level, v := int32(1), int32(1); bad == 0 && v < vars; v++ {
			if s.Values[v] == 0 {
				var l int32
				if l, bad = s.Decide(v, level, 0, 0); l <= level {
					v = 0
				}
				level = l
			}
		}
		if bad <= 0 {
			continue
		}
		var core [][]int32
		seen := map[int32]bool{}
		var add func(n int32)
		add = func(n int32) {
			if seen[n] {
				return
			}
			seen[n] = true
			if s.IsLearnt(n) {
				for _, o := range s.Proof(n) {
					add(o)
				}
				return
			}
			c := []int32{}
			s.Lits(n, func(l int32) bool { c = append(c, l); return true })
			core = append(core, c)
		}
		s.Refute(bad, add)
		require.False(t, bruteForce(core, vars), "seed %d: %v", seed, core)
	}
}

func TestDisabledClausesDoNotCount(t *testing.T) {
	s := load([][]int32{{1}, {-1, 2}}, 3)
	s.Watch()
	for n := range s.Clauses {
		if s.Clauses[n].P == -1 {
			s.Disable(int32(n))
			require.False(t, s.Clauses[n].Enabled())
		}
	}
	s.Set(1, 1, 0, 0)
	require.Zero(t, s.Propagate(1))
	require.Zero(t, s.Values[2])
}

func TestArena(t *testing.T) {
	var a cdcl.Arena
	require.EqualValues(t, 1, a.Add(nil))
	require.Empty(t, a.List(1))
	at := a.Add([]int32{4, -5})
	require.Equal(t, []int32{4, -5}, a.List(at))
	before := a.Len()
	next := a.Add([]int32{7})
	require.EqualValues(t, before, next)
	require.Equal(t, []int32{4, -5}, a.List(at), "lists stay where they are")
}

func BenchmarkPropagate(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	clauses := random(r, 20000, 60000)
	for b.Loop() {
		solve(load(clauses, 20000), 20000)
	}
}
