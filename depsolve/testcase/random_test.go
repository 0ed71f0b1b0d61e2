package testcase_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// randomCase writes a case with a healthy installed system, newer versions,
// conflicts, obsoletes and weak dependencies.
func randomCase(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 3))
	const n = 8
	name := func() string { return string(rune('A' + r.IntN(n))) }
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "#>"+format+"\n", args...) }
	b.WriteString("repo system 0 testtags <inline>\n")
	for i := range 3 {
		line("=Pkg: %c 1 1 noarch", 'A'+i)
	}
	b.WriteString("repo available 0 testtags <inline>\n")
	for i := range n {
		for v := 1; v <= 2; v++ {
			if v == 1 && i < 3 {
				continue
			}
			line("=Pkg: %c %d 1 noarch", 'A'+i, v)
			for _, k := range []struct {
				tag  string
				odds int
			}{{"Req", 2}, {"Req", 3}, {"Con", 7}, {"Rec", 5}, {"Sup", 9}, {"Prv", 6}, {"Obs", 14}} {
				if r.IntN(k.odds) != 0 {
					continue
				}
				dep := name()
				if k.tag == "Prv" {
					dep = "virtual" + dep
				} else if r.IntN(4) == 0 && k.tag == "Req" {
					dep = "virtual" + dep
				} else if r.IntN(3) == 0 {
					dep += []string{" = 1-1", " >= 2", " < 2"}[r.IntN(3)]
				}
				line("=%s: %s", k.tag, dep)
			}
		}
	}
	b.WriteString("system x86_64 rpm system\n")
	for range 1 + r.IntN(2) {
		fmt.Fprintf(&b, "job install name %s\n", name())
	}
	switch r.IntN(5) {
	case 0:
		b.WriteString("job update all packages\n")
	case 1:
		b.WriteString("job lock name A\njob lock name B\n")
	case 2:
		fmt.Fprintf(&b, "job erase name %s\n", name())
	}
	return b.String() + "result transaction <inline>\n"
}

// TestRandomCasesAgreeWithRealSolver solves random cases with both programs.
func TestRandomCasesAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	dir := t.TempDir()
	file := filepath.Join(dir, "random.t")
	const cases = 300
	nonempty, differ := 0, 0
	for seed := range uint64(cases) {
		text := randomCase(seed)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		out, err := exec.Command("testsolv", "-r", file).Output()
		require.NoError(t, err)
		var want []string
		for l := range strings.Lines(string(out)) {
			want = append(want, strings.TrimSpace(l))
		}
		slices.Sort(want)
		results, err := testcase.Run(context.Background(), os.DirFS(dir), "random.t")
		require.NoError(t, err)
		if len(want) > 0 {
			nonempty++
		}
		if !slices.Equal(want, results[0].Got) {
			differ++
			t.Errorf("seed %d\n%swant %q\ngot  %q", seed, text, want, results[0].Got)
		}
	}
	t.Logf("%d of %d cases have a transaction, %d differ", nonempty, cases, differ)
	require.Greater(t, nonempty, cases/4)
}

// wildCase writes a case with a damaged system of two architectures and two
// vendors, three versions of most packages in two repositories, all jobs and
// flags.
func wildCase(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 17))
	const n = 7
	name := func() string { return string(rune('A' + r.IntN(n))) }
	dep := func() string {
		d := name()
		switch r.IntN(8) {
		case 0:
			d = "virtual" + d
		case 1, 2:
			d += []string{" = 1-1", " >= 2", " < 2", " = 2", " > 1-1"}[r.IntN(5)]
		case 3:
			d += []string{" | ", " & ", " <IF> "}[r.IntN(3)] + name()
		}
		return d
	}
	var b strings.Builder
	pkg := func(i, v int, installed bool) {
		arch := []string{"noarch", "x86_64", "x86_64", "i686"}[r.IntN(4)]
		fmt.Fprintf(&b, "#>=Pkg: %c %d 1 %s\n", 'A'+i, v, arch)
		if r.IntN(6) == 0 {
			b.WriteString("#>=Vnd: other\n")
		}
		for _, k := range []struct {
			tag  string
			odds int
		}{{"Req", 2}, {"Req", 4}, {"Con", 8}, {"Rec", 6}, {"Sug", 12}, {"Sup", 10}, {"Enh", 14}, {"Prv", 6}, {"Obs", 12}} {
			if r.IntN(k.odds) != 0 || installed && r.IntN(2) == 0 {
				continue
			}
			d := dep()
			switch k.tag {
			case "Prv":
				d = "virtual" + name()
			case "Obs", "Con":
				d = strings.Fields(d)[0]
			}
			fmt.Fprintf(&b, "#>=%s: %s\n", k.tag, d)
		}
	}
	repo := func(name string, prio int, odds int, top int) {
		fmt.Fprintf(&b, "repo %s %d testtags <inline>\n", name, prio)
		for i := range n {
			for v := 1; v <= top; v++ {
				if r.IntN(odds) != 0 {
					continue
				}
				pkg(i, v, name == "system")
			}
		}
	}
	fmt.Fprintf(&b, "repo system 0 testtags <inline>\n")
	for i := range 4 {
		pkg(i, 1+r.IntN(2), true)
	}
	repo("available", 0, 1, 2)
	repo("other", r.IntN(2)*5, 2, 3)
	b.WriteString("system x86_64 rpm system\n")
	for _, f := range strings.Fields("allowdowngrade allowarchchange allowvendorchange allowuninstall noupdateprovide ignorerecommended " +
		"addalreadyrecommended keepexplicitobsoletes bestobeypolicy keeporphans !allownamechange installalsoupdates noinfarchcheck") {
		if r.IntN(7) == 0 {
			fmt.Fprintf(&b, "solverflags %s\n", f)
		}
	}
	fmt.Fprintf(&b, "job install name %s\n", name())
	for range 1 + r.IntN(3) {
		job := []string{"install", "install", "update", "update", "erase", "lock", "distupgrade", "favor", "disfavor", "userinstalled", "allowuninstall", "multiversion"}[r.IntN(12)]
		sel := "name " + name()
		switch r.IntN(6) {
		case 0:
			sel = "provides virtual" + name()
		case 1:
			sel = "name " + name() + []string{" = 1-1", " >= 2", " < 2"}[r.IntN(3)]
		case 2:
			if job == "update" || job == "distupgrade" {
				sel = "all packages"
			}
		}
		flags := ""
		switch r.IntN(8) {
		case 0:
			flags = " [weak]"
		case 1:
			if job == "install" || job == "update" {
				flags = " [forcebest]"
			}
		case 2:
			if job == "erase" {
				flags = " [cleandeps]"
			}
		}
		fmt.Fprintf(&b, "job %s %s%s\n", job, sel, flags)
	}
	return b.String() + "result transaction,problems <inline>\n"
}

// TestWildCasesAgreeWithRealSolver compares transactions, problems and solutions.
// A few cases may differ: versions of the real solver differ among themselves
// in the order that they try installed packages in.
func TestWildCasesAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	dir := t.TempDir()
	file := filepath.Join(dir, "wild.t")
	const cases = 400
	steps, problems := 0, 0
	var differ []uint64
	for seed := range uint64(cases) {
		text := wildCase(seed)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		out, err := exec.Command("testsolv", "-r", file).Output()
		require.NoError(t, err)
		want := testcase.WithoutIDs(splitLines(string(out)))
		results, err := testcase.Run(context.Background(), os.DirFS(dir), "wild.t")
		require.NoError(t, err)
		got := testcase.WithoutIDs(results[0].Got)
		switch {
		case slices.Contains(want, "problem"):
			problems++
		case len(want) > 0:
			steps++
		}
		if !slices.Equal(want, got) {
			differ = append(differ, seed)
			t.Logf("seed %d\n%s%s", seed, text, cmp.Diff(want, got))
		}
	}
	t.Logf("%d of %d cases have a transaction, %d have problems, %d differ", steps, cases, problems, len(differ))
	require.Greater(t, min(steps, problems), cases/20)
	require.LessOrEqual(t, len(differ), cases/50, "seeds %v", differ)
}

func splitLines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}
