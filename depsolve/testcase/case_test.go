package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// caseFiles lists the cases about single situations and those that go through
// the variants of a topic.
func caseFiles(t *testing.T) []string {
	var files []string
	for _, pattern := range []string{"testdata/*.t", "testdata/topics/*.t"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		files = append(files, found...)
	}
	return files
}

// TestCases runs the cases in testdata, whose results the real solver gave.
func TestCases(t *testing.T) {
	files := caseFiles(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".t"), func(t *testing.T) {
			results, err := testcase.Run(context.Background(), os.DirFS("."), f)
			require.NoError(t, err)
			require.NotEmpty(t, results)
			for _, r := range results {
				require.Empty(t, r.Skipped)
				if r.Diff() != "" {
					t.Errorf("line %d: want - got +\n%s", r.Line, r.Diff())
				}
				if d := cmp.Diff(infoLines(r.Want), infoLines(r.Got)); d != "" {
					t.Errorf("line %d: problems: want - got +\n%s", r.Line, d)
				}
			}
		})
	}
}

// TestNewerCases runs cases whose results solvers of most distributions print
// differently; see there how they were found.
func TestNewerCases(t *testing.T) {
	files, err := filepath.Glob("testdata/newer/*.t")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, f := range files {
		results, err := testcase.Run(context.Background(), os.DirFS("."), f)
		require.NoError(t, err)
		require.Len(t, results, 1)
		require.Empty(t, cmp.Diff(results[0].Want, results[0].Got), f)
		require.NotEmpty(t, results[0].Want)
	}
}

// infoLines returns what is said about problems and solutions, each once, as
// the ids that tell equal ones apart are the other program's own.
func infoLines(lines []string) map[string]bool {
	out := map[string]bool{}
	for _, l := range lines {
		if f := strings.SplitN(l, " ", 5); f[0] == "problem" && f[2] == "solution" {
			out[f[4]] = true
		} else if f[0] == "problem" {
			out[strings.Join(f[2:], " ")] = true
		}
	}
	return out
}

// TestCasesAgreeWithRealSolver checks that the committed results are still what
// the real solver says.
func TestCasesAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	for _, f := range caseFiles(t) {
		out, err := exec.Command("testsolv", f).CombinedOutput()
		require.NoError(t, err, "%s: %s", f, out)
	}
}

func TestSameAnswerTwice(t *testing.T) {
	for _, f := range []string{"testdata/weak.t", "testdata/rich.t", "testdata/missing.t"} {
		a, err := testcase.Run(context.Background(), os.DirFS("."), f)
		require.NoError(t, err)
		b, err := testcase.Run(context.Background(), os.DirFS("."), f)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(a, b, cmpopts.IgnoreFields(testcase.Result{}, "Elapsed")))
	}
}

func TestBadCases(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown directive", "frobnicate x", "unknown directive"},
		{"no such package", "repo a 0 empty\njob install pkg x-1-1.noarch@a", `no package "x-1-1.noarch@a"`},
		{"no such repository", "repo a 0 empty\nsystem x86_64 rpm b", `no repository "b"`},
		{"bad priority", "repo a high empty", "priority"},
		{"unknown action", "job explode name a", "unknown action"},
		{"unknown job flag", "job install name a [loudly]", "unknown"},
		{"bad dependency", "job install name a )", "no operator"},
		{"missing file", "repo a 0 testtags nowhere.repo", "nowhere.repo"},
		{"broken package line", "repo a 0 testtags <inline>\n#>=Pkg: only two", "want name, version, release"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := testcase.Run(context.Background(), fstest.MapFS{"x.t": {Data: []byte(c.text)}}, "x.t")
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestParseDepRoundTrip(t *testing.T) {
	pool := depsolve.NewPool("")
	for in, want := range map[string]string{
		"foo":                            "foo",
		"foo >= 1.0-1":                   "foo >= 1.0-1",
		"foo(bar)":                       "foo(bar)",
		"a & b & c":                      "(a and b and c)",
		"a >= 1 | b < 2":                 "(a >= 1 or b < 2)",
		"(a & b) | c":                    "((a and b) or c)",
		"a <IF> b":                       "(a if b)",
		"a <IF> (b <ELSE> c)":            "(a if b else c)",
		"a <UNLESS> b":                   "(a unless b)",
		"a + b":                          "(a with b)",
		"lib . i686":                     "lib.i686",
		`\66oo`:                          "foo",
		"namespace:language(de)":         "namespace:language(de)",
		"he)":                            "he)",
		strings.Repeat("a | ", 99) + "a": "(" + strings.Repeat("a or ", 99) + "a)",
	} {
		d, err := testcase.ParseDep(pool, in)
		require.NoError(t, err, in)
		require.Equal(t, want, pool.DepString(d), in)
	}
	for _, bad := range []string{"", "a &", "(a", "& b", strings.Repeat("(", 5000) + "a", `\zz`} {
		_, err := testcase.ParseDep(pool, bad)
		require.Error(t, err, bad)
	}
}

func FuzzParseDep(f *testing.F) {
	for _, s := range []string{"a", "a >= 1", "(a & b) | c", "a <IF> (b <ELSE> c)", `\00`, "namespace:x(y)", "((((", "a . b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pool := depsolve.NewPool("")
		if d, err := testcase.ParseDep(pool, s); err == nil {
			pool.DepString(d)
			pool.Matches(depsolve.SelectProvides(d))
		}
	})
}
