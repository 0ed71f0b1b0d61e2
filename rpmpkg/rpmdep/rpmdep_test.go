package rpmdep_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]rpmdep.Dep{
		"bash":                        {Name: "bash"},
		" bash  >=  1:5-2 ":           {Name: "bash", Sense: rpmdep.SenseGreater | rpmdep.SenseEqual, EVR: rpmver.EVR{Epoch: 1, Version: "5", Release: "2"}},
		"a < 1":                       {Name: "a", Sense: rpmdep.SenseLess, EVR: rpmver.EVR{Version: "1"}},
		"a == 1":                      {Name: "a", Sense: rpmdep.SenseEqual, EVR: rpmver.EVR{Version: "1"}},
		"libc.so.6(GLIBC_2.4)(64bit)": {Name: "libc.so.6(GLIBC_2.4)(64bit)"},
		"/bin/sh":                     {Name: "/bin/sh"},
	} {
		got, err := rpmdep.Parse(text)
		require.NoError(t, err, text)
		assert.Empty(t, cmp.Diff(want, got), text)
	}
	for text, cause := range map[string]string{
		"": "empty", "a b": "want a name", "a ~ 1": "unknown operator", "a <> 1": "unknown operator", "a = ": "want a name", "a = 1 b": "want a name",
		"a = 9999999999:1": "epoch",
	} {
		_, err := rpmdep.Parse(text)
		assert.ErrorContains(t, err, cause, text)
	}
}

func TestStringIsWhatRpmPrints(t *testing.T) {
	for _, text := range []string{"a", "a < 1", "a <= 1", "a = 1:2-3", "a >= 1", "a > 1~rc", "(a or b >= 2)"} {
		d, err := rpmdep.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, text, d.String())
	}
	d, err := rpmdep.Parse("a = 0:1-2")
	require.NoError(t, err)
	assert.Equal(t, "a = 1-2", d.String(), "an epoch of 0 is no epoch")
}

func TestNewFromHeaderValues(t *testing.T) {
	d, err := rpmdep.New("a", rpmdep.SenseEqual|rpmdep.SensePre, "1-1")
	require.NoError(t, err)
	assert.True(t, d.IsPre())
	assert.True(t, d.Versioned())
	assert.Equal(t, "a = 1-1", d.String())

	d, err = rpmdep.New("a", rpmdep.SenseEqual, "")
	require.NoError(t, err)
	assert.False(t, d.Versioned(), "a comparison with nothing")
	assert.Equal(t, "a", d.String())

	d, err = rpmdep.New("(a if b)", 0, "")
	require.NoError(t, err)
	require.NotNil(t, d.Rich)
	assert.Equal(t, rpmdep.OpIf, d.Rich.Op)

	_, err = rpmdep.New("", 0, "")
	assert.ErrorContains(t, err, "empty name")
	_, err = rpmdep.New("(a if", 0, "")
	assert.ErrorContains(t, err, "missing operand")
	_, err = rpmdep.New("a", rpmdep.SenseEqual, "1 2")
	assert.ErrorContains(t, err, "blank")
}

func TestKinds(t *testing.T) {
	assert.True(t, rpmdep.Dep{Name: "/bin/sh"}.IsFile())
	assert.False(t, rpmdep.Dep{Name: "sh"}.IsFile())
	assert.True(t, rpmdep.Dep{Name: "rpmlib(FileDigests)"}.IsRpmlib())
	assert.False(t, rpmdep.Dep{Name: "librpm"}.IsRpmlib())
	assert.False(t, rpmdep.Dep{Name: "a", Sense: rpmdep.SensePostUn}.IsPre(), "needed only for removal")
}

func TestSupportedFeatures(t *testing.T) {
	for text, want := range map[string]bool{
		"rpmlib(RichDependencies) <= 4.12.0-1": true,
		"rpmlib(PayloadIsZstd) <= 5.4.18-1":    true,
		"rpmlib(PayloadIsZstd) >= 9":           false,
		"rpmlib(FlyingCars) <= 5.0-1":          false,
		"rpmlib()":                             false,
		"rpmlib(":                              false,
	} {
		d, err := rpmdep.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, rpmdep.Supported(d), text)
	}
}

func TestRichTree(t *testing.T) {
	leaf := func(n string) *rpmdep.Rich { return &rpmdep.Rich{Dep: rpmdep.Dep{Name: n}} }
	node := func(op rpmdep.Op, l, r *rpmdep.Rich) *rpmdep.Rich { return &rpmdep.Rich{Op: op, Left: l, Right: r} }
	ifElse := node(rpmdep.OpIf, leaf("a"), leaf("b"))
	ifElse.Else = leaf("c")
	for text, want := range map[string]*rpmdep.Rich{
		"(a and b)":               node(rpmdep.OpAnd, leaf("a"), leaf("b")),
		"(a or b or c)":           node(rpmdep.OpOr, leaf("a"), node(rpmdep.OpOr, leaf("b"), leaf("c"))),
		"((a with b) unless c)":   node(rpmdep.OpUnless, node(rpmdep.OpWith, leaf("a"), leaf("b")), leaf("c")),
		"(a without b)":           node(rpmdep.OpWithout, leaf("a"), leaf("b")),
		"(a if b else c)":         ifElse,
		"(f(x)(64bit) or (g))":    node(rpmdep.OpOr, leaf("f(x)(64bit)"), leaf("g")),
		"( a   and\tb )":          node(rpmdep.OpAnd, leaf("a"), leaf("b")),
		"(and and or)":            node(rpmdep.OpAnd, leaf("and"), leaf("or")),
		"(a >= 1:2-3 and b<4)":    node(rpmdep.OpAnd, &rpmdep.Rich{Dep: mustParse("a >= 1:2-3")}, leaf("b<4")),
		"(a or (b and (c or d)))": node(rpmdep.OpOr, leaf("a"), node(rpmdep.OpAnd, leaf("b"), node(rpmdep.OpOr, leaf("c"), leaf("d")))),
	} {
		d, err := rpmdep.Parse(text)
		require.NoError(t, err, text)
		assert.Empty(t, cmp.Diff(want, d.Rich), text)
		again, err := rpmdep.Parse(d.Rich.String())
		if assert.NoError(t, err) && d.Rich.Op != rpmdep.OpLeaf {
			assert.Empty(t, cmp.Diff(want, again.Rich), "text form of %s", text)
		}
	}
}

func mustParse(s string) rpmdep.Dep {
	d, err := rpmdep.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestRichErrors(t *testing.T) {
	deep, long := strings.Repeat("(", 100000), "(a"+strings.Repeat(" or a", 100000)
	for text, cause := range map[string]string{
		"(a and b or c)": "cannot mix", "(a if b if c)": "cannot be chained", "(a without b without c)": "cannot be chained",
		"(a and b else c)": "cannot mix", "(a if b else c else d)": "no closing", "(a xor b)": "unknown operator",
		"(a and": "missing operand", "(a and b": "cannot mix", "()": "missing operand", "(a and b) c": "after the closing",
		"(a >< 1 or b)": "unknown operator", "(a = or b)": "operator", "(a >= ) or b": "empty version",
		deep: "nested too deeply", long + ")": "chain too long",
	} {
		_, err := rpmdep.Parse(text)
		assert.ErrorContains(t, err, cause, "%.30s", text)
	}
}

func TestLeaves(t *testing.T) {
	d, err := rpmdep.Parse("((a and b >= 2) if c else (d or e))")
	require.NoError(t, err)
	var got []string
	for l := range d.Rich.Leaves() {
		got = append(got, l.String())
	}
	assert.Equal(t, []string{"a", "b >= 2", "c", "d", "e"}, got)
	first := slices.Collect(func(yield func(rpmdep.Dep) bool) {
		for l := range d.Rich.Leaves() {
			yield(l)
			return
		}
	})
	assert.Len(t, first, 1, "stops when asked to")
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a", "a >= 1:2-3", "(a and b and c)", "((a with b) unless c)", "(a if b else c)", "(f(x)(64bit) or g<1)", "(a", "("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := rpmdep.Parse(s)
		if err != nil {
			return
		}
		if d.Rich == nil {
			again, err := rpmdep.Parse(d.String())
			if err != nil || again != d {
				t.Fatalf("%q parses to %+v, whose text parses to %+v, %v", s, d, again, err)
			}
			return
		}
		if d.Rich.Op == rpmdep.OpLeaf {
			return
		}
		text := d.Rich.String()
		again, err := rpmdep.Parse(text)
		if err != nil || again.Rich.String() != text {
			t.Fatalf("%q has the text %q, which parses to %+v, %v", s, text, again, err)
		}
	})
}

func ExampleParse() {
	requires, err := rpmdep.Parse("python3 >= 3.9")
	if err != nil {
		fmt.Println(err)
		return
	}
	provides, err := rpmdep.Parse("python3 = 3.11.2-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(requires.Matches(provides))
	// Output: true
}

// Errors of huge input are not huge.
func TestErrorsAreShort(t *testing.T) {
	const n = 100_000
	for _, s := range []string{
		strings.Repeat("(", n), "(a and b)" + strings.Repeat("x", n), "(a " + strings.Repeat("x", n) + " b)", "a " + strings.Repeat("=", n) + " 1",
		"(a and b " + strings.Repeat("o", n) + " c)", "(a" + strings.Repeat(" or (b", n) + ")",
	} {
		_, err := rpmdep.Parse(s)
		require.Error(t, err, "%.20s", s)
		require.Less(t, len(err.Error()), 1000, "%.20s", s)
		if _, err = rpmdep.New(s, rpmdep.SenseEqual, strings.Repeat("1:", n)); err != nil {
			require.Less(t, len(err.Error()), 1000, "%.20s", s)
		}
	}
}
