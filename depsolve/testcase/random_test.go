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

func splitLines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}
