package depsolve_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// pkg makes a package from "name-version-release.arch" and lines such as
// "requires: foo >= 2".
func pkg(t *testing.T, nevra string, facts ...string) depsolve.Package {
	t.Helper()
	n, err := rpmver.ParseNEVRA(nevra)
	require.NoError(t, err)
	p := depsolve.Package{NEVRA: n}
	for _, f := range facts {
		kind, text, ok := strings.Cut(f, ": ")
		require.True(t, ok, f)
		if kind == "file" {
			p.Files = append(p.Files, text)
			continue
		}
		d, err := rpmdep.Parse(text)
		require.NoError(t, err, f)
		list := map[string]*[]rpmdep.Dep{"requires": &p.Requires, "provides": &p.Provides, "conflicts": &p.Conflicts,
			"obsoletes": &p.Obsoletes, "recommends": &p.Recommends}[kind]
		*list = append(*list, d)
	}
	return p
}

// base makes a pool with an installed system and a repository.
func base(t *testing.T) (*depsolve.Pool, *depsolve.Repo, *depsolve.Repo) {
	t.Helper()
	pool := depsolve.NewPool("x86_64")
	system, repo := pool.AddRepo("@System", nil), pool.AddRepo("updates", nil)
	pool.SetInstalled(system)
	return pool, system, repo
}

// layered solves a client-side request: everything installed is locked.
func layered(t *testing.T, pool *depsolve.Pool, specs ...string) (*depsolve.Transaction, error) {
	t.Helper()
	var jobs []depsolve.Job
	for id := range pool.All() {
		if pool.Package(id).Installed {
			jobs = append(jobs, depsolve.Job{Action: depsolve.Lock, Select: depsolve.SelectPackage(id)})
		}
	}
	for _, s := range specs {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: pool.Match(s)})
	}
	return pool.Solve(context.Background(), jobs, &depsolve.Options{KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true})
}

func TestExplainLockedBase(t *testing.T) {
	pool, system, repo := base(t)
	system.Add(pkg(t, "libfoo-4.2-1.x86_64"))
	repo.Add(pkg(t, "libfoo-5.1-1.x86_64"))
	repo.Add(pkg(t, "tool-1-1.x86_64", "requires: libfoo >= 5"))
	_, err := layered(t, pool, "tool")
	require.EqualError(t, err, "depsolve: cannot fulfil the request\n"+
		" - cannot install tool: package tool-1-1.x86_64 requires libfoo >= 5, but none of the providers can be installed\n"+
		"   package libfoo-4.2-1.x86_64 is locked\n"+
		"   cannot install both libfoo-5.1-1.x86_64 and libfoo-4.2-1.x86_64\n"+
		"   hint: tool-1-1.x86_64 needs libfoo >= 5, the installed system has libfoo-4.2-1.x86_64: upgrade the base first")
}

func TestExplainAllMissingAtOnce(t *testing.T) {
	pool, _, repo := base(t)
	repo.Add(pkg(t, "good-1-1.x86_64"))
	_, err := layered(t, pool, "bad", "good", "worse", "worst*")
	require.EqualError(t, err, "depsolve: cannot fulfil the request\n"+
		" - cannot install bad: no package matches bad\n"+
		" - cannot install worse: no package matches worse\n"+
		" - cannot install worst*: no package matches worst*")
}

func TestExplainMissingRequirement(t *testing.T) {
	pool, _, repo := base(t)
	repo.Add(pkg(t, "app-1-1.x86_64", "requires: middle"))
	repo.Add(pkg(t, "middle-1-1.x86_64", "requires: nowhere(x) = 1"))
	_, err := layered(t, pool, "app")
	require.EqualError(t, err, "depsolve: cannot fulfil the request\n"+
		" - cannot install app: nothing provides nowhere(x) = 1 needed by middle-1-1.x86_64\n"+
		"   package app-1-1.x86_64 requires middle, but none of the providers can be installed")
}

func TestExplainExclude(t *testing.T) {
	pool, _, repo := base(t)
	id := repo.Add(pkg(t, "app-1-1.x86_64"))
	pool.Exclude(id)
	_, err := layered(t, pool, "app")
	require.EqualError(t, err, "depsolve: cannot fulfil the request\n"+
		" - cannot install app: package app-1-1.x86_64 is excluded\n"+
		"   hint: remove the exclude of app-1-1.x86_64")
	pool.Include(id)
	tr, err := layered(t, pool, "app")
	require.NoError(t, err)
	require.Equal(t, []depsolve.Step{{Kind: depsolve.StepInstall, Package: id}}, tr.Steps())
}

func TestExplainConflict(t *testing.T) {
	pool, system, repo := base(t)
	system.Add(pkg(t, "postfix-3-1.x86_64", "conflicts: sendmail"))
	repo.Add(pkg(t, "sendmail-8-1.x86_64"))
	_, err := layered(t, pool, "sendmail")
	require.EqualError(t, err, "depsolve: cannot fulfil the request\n"+
		" - cannot install sendmail: package postfix-3-1.x86_64 conflicts with sendmail provided by sendmail-8-1.x86_64\n"+
		"   package postfix-3-1.x86_64 is locked\n"+
		"   hint: the base locks postfix-3-1.x86_64: upgrade the base or override the package")
}

func TestWhy(t *testing.T) {
	pool, _, repo := base(t)
	app := repo.Add(pkg(t, "app-1-1.x86_64", "requires: libapp", "recommends: docs"))
	lib := repo.Add(pkg(t, "lib-1-1.x86_64", "provides: libapp"))
	docs := repo.Add(pkg(t, "docs-1-1.noarch"))
	tr, err := layered(t, pool, "app")
	require.NoError(t, err)
	require.Equal(t, []depsolve.PkgID{app, lib, docs}, tr.Installed())
	require.Equal(t, "requested: install app", tr.Why(app))
	require.Equal(t, "required by app-1-1.x86_64: libapp", tr.Why(lib))
	require.Equal(t, "recommended by app-1-1.x86_64: docs", tr.Why(docs))
}

func TestMatch(t *testing.T) {
	pool, _, repo := base(t)
	for _, p := range []depsolve.Package{
		pkg(t, "vim-1:9.0-1.x86_64", "provides: editor = 9", "file: /usr/bin/vim"),
		pkg(t, "vim-1:9.1-2.x86_64", "provides: editor = 9.1", "file: /usr/bin/vim"),
		pkg(t, "vim-1:9.1-2.i686"),
		pkg(t, "vim-common-9.1-2.noarch"),
		pkg(t, "python3.11-3.11.2-1.x86_64"),
	} {
		repo.Add(p)
	}
	for _, c := range []struct{ spec, want string }{
		{"vim", "vim-1:9.0-1.x86_64 vim-1:9.1-2.x86_64 vim-1:9.1-2.i686"},
		{"vim.i686", "vim-1:9.1-2.i686"},
		{"vim-9.1-2", "vim-1:9.1-2.x86_64 vim-1:9.1-2.i686"},
		{"vim-1:9.0-1.x86_64", "vim-1:9.0-1.x86_64"},
		{"1:vim-9.0-1.x86_64", "vim-1:9.0-1.x86_64"},
		{"vim-2:9.0-1.x86_64", ""},
		{"vim-9.1", "vim-1:9.1-2.x86_64 vim-1:9.1-2.i686"},
		{"vim-common", "vim-common-9.1-2.noarch"},
		{"vim-*", "vim-common-9.1-2.noarch"},
		{"python3.11", "python3.11-3.11.2-1.x86_64"},
		{"editor", "vim-1:9.0-1.x86_64 vim-1:9.1-2.x86_64"},
		{"editor >= 9.1", "vim-1:9.1-2.x86_64"},
		{"/usr/bin/vim", "vim-1:9.0-1.x86_64 vim-1:9.1-2.x86_64"},
		{"/usr/bin/v*", "vim-1:9.0-1.x86_64 vim-1:9.1-2.x86_64"},
		{"edit*", "vim-1:9.0-1.x86_64 vim-1:9.1-2.x86_64"},
		{"emacs", ""}, {"", ""}, {"vim[", ""}, {"-", ""}, {"/", ""},
	} {
		var got []string
		sel := pool.Match(c.spec)
		for _, id := range pool.Matches(sel) {
			got = append(got, pool.PkgString(id))
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.spec)
		require.Equal(t, c.want == "", sel.IsEmpty(), c.spec)
	}
}
