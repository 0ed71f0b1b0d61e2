package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// layeringPool is a locked base and a repository whose package needs a newer
// library, with everything that has to survive being written down.
func layeringPool(t *testing.T) (*depsolve.Pool, []depsolve.Job) {
	t.Helper()
	pool := depsolve.NewPool("x86_64")
	dep := func(s string) depsolve.DepID {
		d, err := testcase.ParseDep(pool, s)
		require.NoError(t, err)
		return d
	}
	deps := func(list ...string) (out []depsolve.DepID) {
		for _, s := range list {
			out = append(out, dep(s))
		}
		return out
	}
	base := pool.AddRepo("base system", nil)
	lib := base.AddRaw(&depsolve.RawPackage{Name: "lib", EVR: "1:4.2-1", Arch: "x86_64", Vendor: "Some One", InstallTime: 99,
		Provides: deps("lib = 1:4.2-1", "lib(x86-64) = 4.2"), Files: []string{"/usr/bin/lib"}})
	pool.SetInstalled(base)
	repo := pool.AddRepo("updates", &depsolve.RepoOptions{Priority: 50, Cost: 10})
	repo.AddRaw(&depsolve.RawPackage{Name: "lib", EVR: "1:5-1", Arch: "x86_64", Vendor: "Some One", Provides: deps("lib = 1:5-1"), BuildTime: 7})
	repo.AddRaw(&depsolve.RawPackage{Name: "app", EVR: "2-1", Arch: "x86_64", Provides: deps("app = 2-1"),
		Requires: deps("lib >= 1:5"), PreRequires: deps("/usr/bin/lib"), Recommends: deps("(lib & app) | nothing"),
		Conflicts: deps("old <IF> (lib <ELSE> new)"), Supplements: deps("namespace:language(de)")})
	bad := repo.AddRaw(&depsolve.RawPackage{Name: "tool", EVR: "3", Arch: "noarch", Provides: deps("tool = 3")})
	pool.Exclude(bad)
	pool.AddVendorClass("Some*", "!Other One")
	return pool, []depsolve.Job{
		{Action: depsolve.Install, Select: pool.Match("app"), ForceBest: true},
		{Action: depsolve.Lock, Select: depsolve.SelectPackage(lib)},
		{Action: depsolve.Install, Select: pool.Match("tool"), Weak: true},
	}
}

func TestSnapshotReplays(t *testing.T) {
	pool, jobs := layeringPool(t)
	dir := filepath.Join(t.TempDir(), "case")
	o := &depsolve.Options{KeepOrphans: true, NoNameChange: true}
	require.NoError(t, testcase.Snapshot(context.Background(), dir, pool, jobs, o))

	results, err := testcase.Run(context.Background(), os.DirFS(dir), "testcase.t")
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Empty(t, results[0].Diff())

	_, err = pool.Solve(context.Background(), jobs, o)
	var unsolvable *depsolve.UnsolvableError
	require.ErrorAs(t, err, &unsolvable)
	require.Contains(t, strings.Join(results[0].Got, "\n"), " info "+unsolvable.Problems[0].Main.Text)

	text, err := os.ReadFile(filepath.Join(dir, "testcase.t"))
	require.NoError(t, err)
	for _, line := range []string{
		"system x86_64 rpm base_system", "poolflags implicitobsoleteusescolors,whatprovideswithdisabled",
		"vendorclass Some* \\21Other\\20One", "disable pkg tool-3.noarch@updates", "solverflags keeporphans,!allownamechange",
		"job install name app [forcebest]", "job lock pkg lib-1:4.2-1.x86_64@base_system", "job install name tool [weak]",
	} {
		require.Contains(t, string(text), line+"\n")
	}
}

// TestSnapshotInRealSolver replays a snapshot with the real solver: it must
// understand the file and come to the same transaction.
func TestSnapshotInRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	pool, jobs := layeringPool(t)
	jobs[0].ForceBest = false
	for name, js := range map[string][]depsolve.Job{"unsolvable": jobs, "without the lock": jobs[:1]} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, testcase.Snapshot(context.Background(), dir, pool, js, nil))
			results, err := testcase.Run(context.Background(), os.DirFS(dir), "testcase.t")
			require.NoError(t, err)
			out, err := exec.Command("testsolv", "-r", filepath.Join(dir, "testcase.t")).CombinedOutput()
			require.NoError(t, err, string(out))
			require.Empty(t, cmp.Diff(testcase.WithoutIDs(splitLines(string(out))), testcase.WithoutIDs(results[0].Got)))
		})
	}
}

// TestDepTextRoundTrip: what DepText writes, ParseDep reads as the same id.
func TestDepTextRoundTrip(t *testing.T) {
	pool := depsolve.NewPool("")
	for _, s := range []string{
		"foo", "foo >= 1:2-3", "foo(bar)(64bit)", "a & b & c", "(a & b) | c", "a <IF> (b <ELSE> c)", "a <UNLESS> b", "a + b", "a - b",
		"(lib . i686) >= 3", "namespace:language(de)", "foo:any", "foo = 2-1 compat >= 1-1", `\20x`, `\00`, "<NULL>", "(a | b) & (c | d)",
	} {
		d, err := testcase.ParseDep(pool, s)
		require.NoError(t, err, s)
		text := testcase.DepText(pool, d)
		again, err := testcase.ParseDep(pool, text)
		require.NoError(t, err, text)
		require.Equal(t, d, again, "%q was written as %q", s, text)
	}
	for _, name := range []string{"foo(", "a b", ")", "x:any", "namespace:a(b)", `back\slash`, "!x", "-", "<"} {
		again, err := testcase.ParseDep(pool, testcase.DepText(pool, pool.Name(name)))
		require.NoError(t, err, name)
		require.Equal(t, pool.Name(name), again, name)
	}
}
