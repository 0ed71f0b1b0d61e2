package depsolve_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

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
	{"a million missing requirements", func(p *depsolve.Pool, add func(string, ...depsolve.DepID)) {
		add("wanted", names(p, "missing", 1_000_000)...)
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

// names are so many plain dependencies.
func names(p *depsolve.Pool, prefix string, n int) []depsolve.DepID {
	list := make([]depsolve.DepID, n)
	for i := range list {
		list[i] = p.Name(fmt.Sprint(prefix, i))
	}
	return list
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

// TestHostilePackages solves, explains and orders with half a gigabyte of allocations each. What takes more than
// linear time is held by the limits below, not by a clock.
func TestHostilePackages(t *testing.T) {
	for _, c := range hostileCases {
		t.Run(c.name, func(t *testing.T) {
			pool, repo := hostilePool()
			var tr *depsolve.Transaction
			var err error
			allocated := allocations(func() {
				c.fill(pool, func(name string, requires ...depsolve.DepID) {
					addHostile(pool, repo, depsolve.RawPackage{Name: name, EVR: "1-1", Requires: requires})
				})
				tr, err = solveWanted(pool, &depsolve.Options{MaxSteps: 50_000})
			})
			if c.want == 0 {
				require.Error(t, err)
				require.ErrorContains(t, err, "wanted")
			} else {
				require.NoError(t, err)
				require.Len(t, tr.Order(), c.want)
			}
			require.Less(t, allocated, 512)
		})
	}
}

// Many versions of one package are no attack.
func TestManyVersions(t *testing.T) {
	pool, repo := hostilePool()
	for i := range 3_000 {
		addHostile(pool, repo, depsolve.RawPackage{Name: "wanted", EVR: fmt.Sprint(i, "-1")})
	}
	tr, err := solveWanted(pool, nil)
	require.NoError(t, err)
	require.Equal(t, "wanted-2999-1.noarch", pool.PkgString(tr.Installed()[0]))
}

func hostilePool() (*depsolve.Pool, *depsolve.Repo) {
	pool := depsolve.NewPool("x86_64")
	return pool, pool.AddRepo("r", nil)
}

// addHostile adds a package that provides its own name and version.
func addHostile(p *depsolve.Pool, r *depsolve.Repo, pkg depsolve.RawPackage) {
	self := p.Relation(p.Name(pkg.Name), depsolve.OpEQ, p.Name(pkg.EVR))
	pkg.Arch, pkg.Provides = "noarch", append(pkg.Provides[:len(pkg.Provides):len(pkg.Provides)], self)
	r.AddRaw(&pkg)
}

func solveWanted(p *depsolve.Pool, o *depsolve.Options) (*depsolve.Transaction, error) {
	jobs := []depsolve.Job{{Action: depsolve.Install, Select: depsolve.SelectName(p.Name("wanted"))}}
	return p.Solve(context.Background(), jobs, o)
}

// allocations are the MiB that f allocates.
func allocations(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int((after.TotalAlloc - before.TotalAlloc) >> 20)
}

// Packages that meet each other in every pair, or a search without end, are refused; another request on the same pool
// is answered afterwards.
func TestHostilePairsAreRefused(t *testing.T) {
	x := func(p *depsolve.Pool) []depsolve.DepID { return []depsolve.DepID{p.Name("x")} }
	for _, c := range []struct {
		name string
		fill func(p *depsolve.Pool, add func(depsolve.RawPackage))
		want error
		most int // MiB
	}{
		{"5,000 versions of one name", func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
			for i := range 5_000 {
				add(depsolve.RawPackage{Name: "wanted", EVR: fmt.Sprint(i, "-1")})
			}
		}, depsolve.ErrTooLarge, 512},
		{"5,000 packages conflict with all", func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
			for i := range 5_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Provides: x(p), Conflicts: x(p)})
			}
			add(depsolve.RawPackage{Name: "wanted", EVR: "1-1", Requires: x(p)})
		}, depsolve.ErrTooLarge, 512},
		{"5,000 packages obsolete 5,000", func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
			for i := range 5_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Provides: x(p), Obsoletes: x(p)})
				add(depsolve.RawPackage{Name: "x", EVR: fmt.Sprint(i)})
			}
			add(depsolve.RawPackage{Name: "wanted", EVR: "1-1", Requires: x(p)})
		}, depsolve.ErrTooLarge, 512},
		{"20,000 requirements fit 20,000 packages", func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
			for i := range 20_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Provides: x(p)})
			}
			add(depsolve.RawPackage{Name: "wanted", EVR: "1-1", Requires: versions(p, "x", depsolve.OpGT, 20_000)})
		}, depsolve.ErrTooLarge, 2048},
		{"50,000 provides looked through for 50,000 requirements", func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
			add(depsolve.RawPackage{Name: "lib", EVR: "1-1", Provides: versions(p, "x", depsolve.OpEQ, 50_000)})
			var none []depsolve.DepID
			for i := range 50_000 {
				none = append(none, p.Relation(p.Name("x"), depsolve.OpEQ, p.Name(fmt.Sprint(i, "a"))))
			}
			add(depsolve.RawPackage{Name: "wanted", EVR: "1-1", Requires: none})
		}, depsolve.ErrTooLarge, 512},
		{"13 pigeons in 12 holes", pigeons(12), depsolve.ErrStepLimit, 512},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool, repo := hostilePool()
			var err error
			allocated := allocations(func() {
				c.fill(pool, func(pkg depsolve.RawPackage) { addHostile(pool, repo, pkg) })
				_, err = solveWanted(pool, nil)
			})
			require.ErrorIs(t, err, c.want)
			require.Less(t, allocated, c.most)
			addHostile(pool, repo, depsolve.RawPackage{Name: "good", EVR: "1-1"})
			tr, err := pool.Solve(context.Background(), []depsolve.Job{{Action: depsolve.Install, Select: depsolve.SelectName(pool.Name("good"))}}, nil)
			require.NoError(t, err)
			require.Len(t, tr.Installed(), 1)
		})
	}
}

// Refutations that are long, or many, are found, told and solved in bounded memory.
func TestHostileProblems(t *testing.T) {
	one := func(p *depsolve.Pool, name string) []depsolve.DepID { return []depsolve.DepID{p.Name(name)} }
	for _, c := range []struct {
		name     string
		fill     func(p *depsolve.Pool, add func(depsolve.RawPackage)) (requests int)
		problems int
	}{
		{"a chain of 16,000 packages", func(p *depsolve.Pool, add func(depsolve.RawPackage)) int {
			for i := range 16_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Requires: one(p, fmt.Sprint("p", i+1))})
			}
			return 1
		}, 1},
		{"two dead ends at each of 4,000 places", func(p *depsolve.Pool, add func(depsolve.RawPackage)) int {
			add(depsolve.RawPackage{Name: "p0", EVR: "1-1", Requires: one(p, "place0")})
			for i := range 8_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("way", i), EVR: "1-1", Provides: one(p, fmt.Sprint("place", i/2)), Requires: one(p, fmt.Sprint("place", i/2+1))})
			}
			return 1
		}, 1},
		{"400 requests exclude each other", func(p *depsolve.Pool, add func(depsolve.RawPackage)) int {
			for i := range 400 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Provides: one(p, "x"), Conflicts: one(p, "x")})
			}
			return 400
		}, 200},
		{"1,000 requests of nothing", func(p *depsolve.Pool, add func(depsolve.RawPackage)) int {
			for i := range 1_000 {
				add(depsolve.RawPackage{Name: fmt.Sprint("p", i), EVR: "1-1", Requires: names(p, fmt.Sprint("no", i, "-"), 10)})
			}
			return 1_000
		}, 1_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool, repo := hostilePool()
			allocated := allocations(func() {
				var jobs []depsolve.Job
				for i := range c.fill(pool, func(pkg depsolve.RawPackage) { addHostile(pool, repo, pkg) }) {
					jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: depsolve.SelectName(pool.Name(fmt.Sprint("p", i)))})
				}
				_, err := pool.Solve(context.Background(), jobs, nil)
				var u *depsolve.UnsolvableError
				require.ErrorAs(t, err, &u)
				require.Len(t, u.Problems, c.problems)
				for _, p := range u.Problems {
					solutions, err := p.Solutions(context.Background())
					require.NoError(t, err)
					require.NotEmpty(t, solutions)
					require.Less(t, len(p.Text), 4096)
				}
			})
			require.Less(t, allocated, 256)
		})
	}
}

// versions are so many dependencies on versions of one name.
func versions(p *depsolve.Pool, name string, op depsolve.Op, n int) []depsolve.DepID {
	list := make([]depsolve.DepID, n)
	for i := range list {
		list[i] = p.Relation(p.Name(name), op, p.Name(fmt.Sprint(i)))
	}
	return list
}

// pigeons do not fit into the holes, which to prove takes exponential time.
func pigeons(holes int) func(*depsolve.Pool, func(depsolve.RawPackage)) {
	return func(p *depsolve.Pool, add func(depsolve.RawPackage)) {
		for n := range holes + 1 {
			for h := range holes {
				hole := p.Name(fmt.Sprint("hole", h))
				add(depsolve.RawPackage{Name: fmt.Sprint("p", n, "h", h), EVR: "1-1",
					Provides: []depsolve.DepID{p.Name(fmt.Sprint("pigeon", n)), hole}, Conflicts: []depsolve.DepID{hole}})
			}
		}
		add(depsolve.RawPackage{Name: "wanted", EVR: "1-1", Requires: names(p, "pigeon", holes+1)})
	}
}
