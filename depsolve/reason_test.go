package depsolve_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// TestReasons looks at the same situations that "reasons.t" compares with the
// real solver, from a program's side.
func TestReasons(t *testing.T) {
	pool := depsolve.NewPool("x86_64")
	named := func(name string) rpmver.NEVRA {
		return rpmver.NEVRA{Name: name, EVR: rpmver.EVR{Version: "1", Release: "1"}, Arch: "noarch"}
	}
	dep := func(s string) []rpmdep.Dep {
		d, err := rpmdep.Parse(s)
		require.NoError(t, err)
		return []rpmdep.Dep{d}
	}
	installed := pool.AddRepo("@System", nil)
	base := installed.Add(depsolve.Package{NEVRA: named("base")})
	old := installed.Add(depsolve.Package{NEVRA: named("old")})
	pool.SetInstalled(installed)
	r := pool.AddRepo("r", nil)
	app := r.Add(depsolve.Package{NEVRA: named("app"), Requires: dep("lib"), Recommends: dep("extra"), Conflicts: dep("old")})
	lib := r.Add(depsolve.Package{NEVRA: named("lib")})
	extra := r.Add(depsolve.Package{NEVRA: named("extra")})
	plugin := r.Add(depsolve.Package{NEVRA: named("plugin"), Supplements: dep("app")})
	other := r.Add(depsolve.Package{NEVRA: named("other")})
	jobs := []depsolve.Job{
		{Action: depsolve.Install, Select: depsolve.SelectPackage(app)},
		{Action: depsolve.Erase, Select: depsolve.SelectPackage(old)},
	}
	tr, err := pool.Solve(context.Background(), jobs, nil)
	require.NoError(t, err)
	one := func(id depsolve.PkgID) depsolve.Reason {
		t.Helper()
		list := tr.Reasons(id)
		require.Len(t, list, 1)
		return list[0]
	}
	require.Equal(t, "unit", one(app).Kind)
	require.Equal(t, "job", one(app).Rule.Class)
	require.Equal(t, "pkg", one(lib).Rule.Class)
	require.Equal(t, []depsolve.Literal{{Package: app, Not: true}, {Package: lib}}, one(lib).Rule.Lits)
	require.Equal(t, "job", one(old).Rule.Class)
	require.Equal(t, "update", one(base).Rule.Class)
	require.Equal(t, depsolve.Reason{Kind: "recommended", Dep: pool.Name("extra"), By: app}, one(extra))
	require.Equal(t, depsolve.Reason{Kind: "supplemented", Dep: pool.Name("app"), By: app}, one(plugin))
	require.Empty(t, tr.Reasons(other), "nobody decided")
	require.Contains(t, tr.Decided(), lib)
	require.NotContains(t, tr.Decided(), other)
}
