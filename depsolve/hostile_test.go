package depsolve_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

// hostileCases fill a pool with what only an attacker would write. want is how many packages come with the one of
// name "wanted", 0 if nothing can be done.
var hostileCases = []struct {
	name string
	fill func(p *depsolve.Pool, add func(name string, requires ...depsolve.DepID))
	want int
}{
	{"and nested to the left", nested(true, depsolve.OpAnd), 0},
	{"and nested to the right", nested(false, depsolve.OpAnd), 0},
	{"and, or nested to the left", nested(true, depsolve.OpAnd, depsolve.OpOr), 0},
	{"and, or nested to the right", nested(false, depsolve.OpAnd, depsolve.OpOr), 0},
	{"if nested to the right", nested(false, depsolve.OpIf), 0},
	{"if, else nested to the right", nested(false, depsolve.OpElse, depsolve.OpIf), 0},
	{"unless nested to the left", nested(true, depsolve.OpUnless), 0},
	{"with nested to the left", nested(true, depsolve.OpWith), 2},
	{"without nested to the right", nested(false, depsolve.OpWithout), 2},
	{"comparisons nested to the left", nested(true, depsolve.OpGT, depsolve.OpEQ), 0},
	{"a million equal requirements", func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		list := make([]depsolve.DepID, 1_000_000)
		for i := range list {
			list[i] = p.Name("lib")
		}
		add("wanted", list...)
		add("lib")
	}, 2},
	{"300,000 missing requirements", func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		list := make([]depsolve.DepID, 300_000)
		for i := range list {
			list[i] = p.Name(fmt.Sprint("missing", i))
		}
		add("wanted", list...)
	}, 0},
	{"a million versions of one requirement", func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		list := make([]depsolve.DepID, 1_000_000)
		for i := range list {
			list[i] = p.Relation(p.Name("lib"), depsolve.OpLT, p.Name(fmt.Sprint(i+2)))
		}
		add("wanted", list...)
		add("lib")
	}, 2},
	{"a cycle of 10,000 packages", func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		const n = 10_000
		add("wanted", p.Name("p0"))
		for i := range n {
			add(fmt.Sprint("p", i), p.Name(fmt.Sprint("p", (i+1)%n)))
		}
	}, 10_001},
}

// nested makes "wanted" require an expression of 100,000 operators.
func nested(left bool, ops ...depsolve.Op) func(*depsolve.Pool, func(string, ...depsolve.DepID)) {
	return func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		lib := p.Name("lib")
		d := lib
		for i := range 100_000 {
			if op := ops[i%len(ops)]; left {
				d = p.Relation(d, op, lib)
			} else {
				d = p.Relation(lib, op, d)
			}
		}
		add("wanted", d)
		add("lib")
	}
}

// TestHostilePackages solves, explains and orders with half a gigabyte of allocations each, and in a
// time that only quadratic work exceeds, even on a busy machine: all take below 2 s on an idle one.
func TestHostilePackages(t *testing.T) {
	for _, c := range hostileCases {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			pool := depsolve.NewPool("x86_64")
			repo := pool.AddRepo("r", nil)
			c.fill(pool, func(name string, requires ...depsolve.DepID) {
				self := pool.Relation(pool.Name(name), depsolve.OpEQ, pool.Name("1-1"))
				repo.AddRaw(&depsolve.RawPackage{Name: name, EVR: "1-1", Arch: "noarch", Provides: []depsolve.DepID{self}, Requires: requires})
			})
			filled := time.Since(start)
			tr, err := pool.Solve(context.Background(), []depsolve.Job{{Action: depsolve.Install, Select: pool.Match("wanted")}}, nil)
			if c.want == 0 {
				require.Error(t, err)
				require.ErrorContains(t, err, "wanted")
			} else {
				require.NoError(t, err)
				require.Len(t, tr.Order(), c.want)
			}
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("filled in %v, all in %v, %d MiB", filled, time.Since(start), allocated)
			require.Less(t, time.Since(start), 10*time.Second)
			require.Less(t, allocated, uint64(512))
		})
	}
}
