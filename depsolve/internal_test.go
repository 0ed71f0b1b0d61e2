package depsolve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompareEVR(t *testing.T) {
	for _, c := range []struct {
		a, b string
		mode cmpMode
		want int
	}{
		{"1-1", "1-1", cmpFull, 0}, {"1-1", "1-2", cmpFull, -1}, {"1:1-1", "2-1", cmpFull, 1},
		{"0:1-1", "1-1", cmpFull, 0}, {"1", "1-1", cmpFull, -1}, {"1-1", "1", cmpFull, 1},
		{"1", "1-1", cmpDep, -2}, {"1-1", "1", cmpDep, 2}, {"1", "2-1", cmpDep, -1},
		{"1-1", "1-2", cmpVersion, 0}, {"1-1", "2-1", cmpVersion, -1},
		{"1", "1-5", cmpMatch, 0}, {"1-1", "3:1-1", cmpMatch, 0}, {"1-1", "2-1", cmpMatch, -1},
		{"1.0~rc1-1", "1.0-1", cmpFull, -1}, {"1.0^git-1", "1.0-1", cmpFull, 1}, {"00:1-1", "1-1", cmpFull, 0},
		{"1-1-2", "1-1-10", cmpFull, -1},
	} {
		require.Equal(t, c.want, compareEVR(c.a, c.b, c.mode), "%s %s %d", c.a, c.b, c.mode)
	}
}

// TestRangesMeet follows rpm: a missing release matches every release, but
// strict comparisons do not.
func TestRangesMeet(t *testing.T) {
	p := NewPool("")
	for _, c := range []struct {
		provided string
		op1      Op
		wanted   string
		op2      Op
		want     bool
	}{
		{"1-5", OpEQ, "1", OpEQ, true}, {"1", OpEQ, "1-5", OpEQ, true},
		{"1-5", OpEQ, "1", OpGT, false}, {"1-5", OpEQ, "1", OpGT | OpEQ, true},
		{"1-5", OpEQ, "1", OpLT, false}, {"1-5", OpEQ, "1", OpLT | OpEQ, true},
		{"2-1", OpEQ, "1", OpGT, true}, {"2-1", OpEQ, "1", OpLT, false},
		{"1", OpLT, "5", OpLT, true}, {"3", OpGT | OpEQ, "2", OpLT, false}, {"3", OpLT, "2", OpGT, true},
		{"1", OpEQ, "9", OpLT | OpEQ | OpGT, true},
	} {
		require.Equal(t, c.want, p.rangesMeet(c.op1, p.Name(c.provided), c.op2, p.Name(c.wanted)), "%v", c)
	}
}

func TestArchitectures(t *testing.T) {
	p := NewPool(":x86_64_v2>x86_64:i686=i586")
	score := func(a string) uint32 { return p.archScore(p.strs.intern(a)) }
	require.EqualValues(t, scoreNoarch, score("noarch"))
	require.Zero(t, score("ppc64le"))
	require.Less(t, score("x86_64_v2"), score("x86_64"))
	require.Equal(t, score("x86_64_v2")&classMask, score("x86_64")&classMask)
	require.Less(t, score("x86_64"), score("i686"))
	require.Equal(t, score("i686"), score("i586"))
	require.Equal(t, colourBoth, archColour("noarch"))
	require.Equal(t, colour64, archColour("s390x"))
	require.Equal(t, colour64, archColour("aarch64"))
	require.Equal(t, colour32, archColour("i686"))
	require.EqualValues(t, scoreFirst, NewPool("").archScore(99), "without a policy everything goes")
}

func TestVendorClasses(t *testing.T) {
	p := NewPool("")
	p.AddVendorClass("!suse evil*", "suse*", "opensuse*")
	add := func(v string) int32 { return p.newPkg(0, 0, 0, 0, p.strs.intern(v)) }
	suse, opensuse, evil, other := add("SUSE LLC"), add("openSUSE"), add("SUSE evil twin"), add("other")
	require.False(t, p.illegalVendorChange(suse, opensuse))
	require.False(t, p.illegalVendorChange(other, other))
	require.True(t, p.illegalVendorChange(suse, evil))
	require.True(t, p.illegalVendorChange(suse, other))
}

func TestInternManyStrings(t *testing.T) {
	s := newStringTable()
	ids := map[uint32]string{}
	for i := range 20_000 {
		text := fmt.Sprint("string", i*i)
		id := s.intern(text)
		require.Equal(t, id, s.intern(text))
		ids[id] = text
	}
	require.Len(t, ids, 20_000)
	for id, text := range ids {
		require.Equal(t, text, s.str(id))
		require.Equal(t, id, s.lookup(text))
	}
	require.Zero(t, s.lookup("never"))
}

// TestNormalizeMeansTheSame compares the clauses of random expressions with a
// direct evaluation, for every assignment.
func TestNormalizeMeansTheSame(t *testing.T) {
	const n = 4
	p := NewPool("")
	r := p.AddRepo("r", nil)
	var names []DepID
	for i := range n {
		names = append(names, p.Name(fmt.Sprint("p", i)))
		r.AddRaw(&RawPackage{Name: fmt.Sprint("p", i), EVR: "1", Arch: "noarch", Provides: []DepID{names[i]}})
	}
	names = append(names, p.Name("nobody"))
	p.buildIndex()
	rnd := rand.New(rand.NewPCG(5, 5))
	var build func(depth int) DepID
	build = func(depth int) DepID {
		if depth == 0 || rnd.IntN(3) == 0 {
			return names[rnd.IntN(len(names))]
		}
		switch op := []Op{OpAnd, OpOr, OpIf, OpUnless}[rnd.IntN(4)]; op {
		case OpIf, OpUnless:
			right := build(depth - 1)
			if rnd.IntN(2) == 0 {
				right = p.Relation(right, OpElse, build(depth-1))
			}
			return p.Relation(build(depth-1), op, right)
		default:
			return p.Relation(build(depth-1), op, build(depth-1))
		}
	}
	s := newSolver(p, nil, nil)
	for range 2000 {
		d := build(3)
		pos, neg := p.normalize(d, false), p.normalize(d, true)
		for m := range 1 << n {
			has := func(pkg int32) bool { return pkg > systemPkg && m>>(pkg-systemPkg-1)&1 != 0 }
			want := s.depHolds(d, has)
			require.Equal(t, want, holds(pos, has), "%s under %b", p.DepString(d), m)
			require.Equal(t, !want, holds(neg, has), "not %s under %b", p.DepString(d), m)
		}
	}
}

func holds(c clauses, has func(int32) bool) bool {
	if c.never || c.always {
		return c.always
	}
	for _, b := range c.blocks {
		if !slices.ContainsFunc(b, func(l int32) bool { return l > 0 && has(l) || l < 0 && !has(-l) }) {
			return false
		}
	}
	return true
}

// TestHostileRichDependency must neither take long nor overflow the stack.
func TestHostileRichDependency(t *testing.T) {
	p := NewPool("")
	r := p.AddRepo("r", nil)
	for i := range 40 {
		r.AddRaw(&RawPackage{Name: fmt.Sprint("p", i), EVR: "1", Arch: "noarch", Provides: []DepID{p.Name(fmt.Sprint("p", i))}})
	}
	p.buildIndex()
	d := p.Name("p0")
	for i := range 39 { // (a and b) or (c and d) or ...: exponential in this form
		pair := p.Relation(p.Name(fmt.Sprint("p", i)), OpAnd, p.Name(fmt.Sprint("p", i+1)))
		d = p.Relation(pair, OpOr, d)
	}
	require.True(t, p.normalize(d, false).never)
	for range 100_000 {
		d = p.Relation(p.Name("p1"), OpOr, d)
	}
	require.True(t, p.normalize(d, false).never)
	require.False(t, newSolver(p, nil, nil).depHolds(d, func(int32) bool { return false }))
}

func TestComponents(t *testing.T) {
	comp := components([][]int{{1}, {2}, {0, 3}, {}, {4}})
	require.Equal(t, comp[0], comp[1])
	require.Equal(t, comp[0], comp[2])
	require.Less(t, comp[3], comp[0], "what is led to comes first")
	require.NotEqual(t, comp[4], comp[0])
}

func TestFileProvidesFollowTheRequests(t *testing.T) {
	p := NewPool("x86_64")
	r := p.AddRepo("r", nil)
	id := r.AddRaw(&RawPackage{Name: "sh", EVR: "1-1", Arch: "noarch", Files: []string{"/bin/sh", "/usr/share/doc/sh"}})
	require.Equal(t, []PkgID{id}, p.Matches(SelectProvides(p.Name("/bin/sh"))))
	require.Equal(t, []PkgID{id}, p.Matches(SelectProvides(p.Name("/usr/share/doc/sh"))), "a path named after the index was built")
	require.Empty(t, p.Matches(SelectProvides(p.Name("/bin/bash"))))
	require.True(t, p.HasFile(id, "/bin/sh"))
	require.False(t, p.HasFile(id, "/bin/ksh"))
}
