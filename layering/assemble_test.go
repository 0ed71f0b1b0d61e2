package layering

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

var installTime = time.Unix(1700000000, 0)

// store imports packages.
func store(t testing.TB, repo *ostree.Repo, o importer.Options, pkgs ...*rpmtest.Package) []*importer.Stored {
	t.Helper()
	var items []importer.Item
	for _, p := range pkgs {
		data, err := p.Build()
		require.NoError(t, err)
		items = append(items, importer.Item{Options: o, Open: func(context.Context) (*rpmpkg.Package, error) {
			return rpmpkg.Read(bytes.NewReader(data), nil)
		}})
	}
	results, err := importer.ImportAll(t.Context(), repo, items, nil)
	require.NoError(t, err)
	var out []*importer.Stored
	for _, r := range results {
		s, err := importer.Load(t.Context(), repo, r.Commit)
		require.NoError(t, err)
		out = append(out, s)
	}
	return out
}

func headers(stored []*importer.Stored) []*rpmpkg.Header {
	var out []*rpmpkg.Header
	for _, s := range stored {
		out = append(out, s.Package.Header)
	}
	return out
}

// assemble runs an assembly over base and returns the resulting tree.
func assemble(t testing.TB, repo *ostree.Repo, base ostree.Tree, a *Assembly, o *AssembleOptions) (ostree.Tree, *Assembled, error) {
	t.Helper()
	ctx := t.Context()
	tree, err := EditTree(ctx, repo, base, nil)
	require.NoError(t, err)
	defer tree.Abort()
	a.InstallTime, a.Arch = installTime, "x86_64"
	res, err := Assemble(ctx, tree, a, o)
	if err != nil {
		return ostree.Tree{}, nil, err
	}
	out, err := tree.Write(ctx)
	require.NoError(t, err)
	_, err = tree.Commit(ctx)
	require.NoError(t, err)
	return out, res, nil
}

// list shows a tree as ostreetest.List does, without directories of mode 0755
// and without the package database.
func list(t testing.TB, repo *ostree.Repo, tree ostree.Tree) map[string]string {
	t.Helper()
	ctx := t.Context()
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	c, err := tx.WriteCommit(ctx, &ostree.Commit{RootTree: tree.Tree, RootMeta: tree.Meta, Timestamp: installTime})
	require.NoError(t, err)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	all := ostreetest.List(t, repo, c)
	for name := range all {
		if strings.HasSuffix(name, "/") || strings.Contains(name, "usr/share/rpm/") || strings.Contains(name, "usr/lib/sysimage/rpm") || strings.Contains(name, "macros.rpm-ostree") || strings.HasPrefix(name, "usr/lib/rpm-ostree/") {
			delete(all, name)
		}
	}
	return all
}

// basePackages are a little system with accounts.
func basePackages() []*rpmtest.Package {
	return []*rpmtest.Package{
		{Name: "filesystem", Files: []rpmtest.File{
			{Path: "/usr", Dir: true}, {Path: "/usr/bin", Dir: true}, {Path: "/usr/lib", Dir: true}, {Path: "/bin", LinkTo: "usr/bin"},
			{Path: "/var", Dir: true}, {Path: "/usr/local", Dir: true}, {Path: "/usr/local/bin", Dir: true},
		}},
		{Name: "setup", Files: []rpmtest.File{
			{Path: "/etc/passwd", Body: "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/:/sbin/nologin\n"},
			{Path: "/etc/group", Body: "root:x:0:\nbin:x:1:\n"},
			{Path: "/etc/shadow", Body: "root:!:19000:0:99999:7:::\n", Mode: 0o600},
		}},
		{Name: "app", Version: "1", Files: []rpmtest.File{
			{Path: "/usr/bin/app", Mode: 0o2755, Body: "app 1\n", Group: "app"},
			{Path: "/usr/lib/app", Dir: true, Mode: 0o750, User: "app", Group: "bin"},
			{Path: "/usr/lib/app/data", Body: "data 1\n", User: "app", Group: "app", Mode: 0o640},
			{Path: "/usr/lib/sysusers.d/app.conf", Body: "u app 321 \"The app\" /var/lib/app\n"},
			{Path: "/var/lib/app", Dir: true, Mode: 0o700, User: "app", Group: "app"},
			{Path: "/etc/app.conf", Body: "c=1\n", Config: true},
		}},
	}
}

func TestAssembleFresh(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	added := store(t, repo, importer.Options{}, basePackages()...)
	tree, res, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: added}, nil)
	require.NoError(t, err)
	require.Len(t, res.Packages, 3)
	require.Zero(t, res.Scripts)
	want := map[string]string{
		"bin -> usr/bin":                             "",
		"usr/bin/app mode=02755 gid=321":             "app 1\n",
		"usr/etc/app.conf":                           "c=1\n",
		"usr/etc/group":                              "root:x:0:\nbin:x:1:\napp:x:321:\n",
		"usr/etc/passwd":                             "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/:/sbin/nologin\napp:x:321:321:The app:/var/lib/app:/usr/sbin/nologin\n",
		"usr/etc/shadow mode=0600":                   "root:!::0:99999:7:::\napp:!*:::::::\n",
		"usr/lib/app/ mode=0750 uid=321 gid=1":       "",
		"usr/lib/app/data mode=0640 uid=321 gid=321": "data 1\n",
		"usr/lib/sysusers.d/app.conf":                "u app 321 \"The app\" /var/lib/app\n",
		"usr/lib/tmpfiles.d/rpm-ostree-autovar.conf": autovarIntro + "d /var/lib/app 0700 app app - -\n",
	}
	if diff := cmp.Diff(want, list(t, repo, tree)); diff != "" {
		t.Error(diff)
	}
	e, err := EditTree(t.Context(), repo, tree, nil)
	require.NoError(t, err)
	defer e.Abort()
	installed, err := TreeHeaders(t.Context(), e, t.TempDir())
	require.NoError(t, err)
	names, err := nevras(installed)
	require.NoError(t, err)
	require.Equal(t, res.Packages, names)
}

func TestAssembleUpgradeAndRemove(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	old := store(t, repo, importer.Options{}, append(basePackages(),
		&rpmtest.Package{Name: "extra", Files: []rpmtest.File{
			{Path: "/usr/lib/extra", Dir: true}, {Path: "/usr/lib/extra/own", Body: "x"}, {Path: "/usr/lib/extra/shared", Body: "s"},
			{Path: "/usr/lib/gone", Dir: true}, {Path: "/usr/lib/gone/deep", Dir: true}, {Path: "/usr/lib/gone/deep/f", Body: "x"},
			{Path: "/var/lib/extra", Dir: true},
		}},
		&rpmtest.Package{Name: "sharer", Files: []rpmtest.File{{Path: "/usr/lib/extra/shared", Body: "s"}}})...)
	base, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: old}, nil)
	require.NoError(t, err)

	app2 := store(t, repo, importer.Options{}, &rpmtest.Package{Name: "app", Version: "2", Files: []rpmtest.File{
		{Path: "/usr/bin/app", Mode: 0o755, Body: "app 2\n"},
		{Path: "/usr/lib/sysusers.d/app.conf", Body: "u app 321\n"},
	}})
	all := headers(old)
	tree, res, err := assemble(t, repo, base, &Assembly{
		Add: app2, Remove: []*rpmpkg.Header{all[2], all[3]}, Keep: []*rpmpkg.Header{all[0], all[1], all[4]},
	}, nil)
	require.NoError(t, err)
	var names []string
	for _, n := range res.Packages {
		names = append(names, n.String())
	}
	require.ElementsMatch(t, []string{"filesystem-1.0-1.noarch", "setup-1.0-1.noarch", "sharer-1.0-1.noarch", "app-2-1.noarch"}, names)
	got := list(t, repo, tree)
	require.Equal(t, "app 2\n", got["usr/bin/app mode=0755"])
	require.Contains(t, got, "usr/lib/extra/shared", "another package owns it too")
	for name := range got {
		require.NotContains(t, name, "usr/lib/extra/own")
		require.NotContains(t, name, "usr/lib/gone")
		require.NotContains(t, name, "app/data")
		require.NotContains(t, name, "app.conf mode")
		require.NotContains(t, name, "autovar", "no package has anything in /var any more")
	}
	require.NotContains(t, got, "usr/etc/app.conf")
}

// TestAssembleIsReproducible also compares the ways there: an image made in two
// steps has the same files as one made at once.
func TestAssembleIsReproducible(t *testing.T) {
	one, two := ostreetest.NewRepo(t, ostree.ModeArchive), ostreetest.NewRepo(t, ostree.ModeBareUser)
	a, _, err := assemble(t, one, ostree.Tree{}, &Assembly{Add: store(t, one, importer.Options{}, basePackages()...)}, nil)
	require.NoError(t, err)
	b, _, err := assemble(t, two, ostree.Tree{}, &Assembly{Add: store(t, two, importer.Options{}, basePackages()...)}, nil)
	require.NoError(t, err)
	require.Equal(t, a, b)

	pkgs := store(t, one, importer.Options{}, basePackages()...)
	half, _, err := assemble(t, one, ostree.Tree{}, &Assembly{Add: pkgs[:2]}, nil)
	require.NoError(t, err)
	whole, _, err := assemble(t, one, half, &Assembly{Add: pkgs[2:], Keep: headers(pkgs[:2])}, nil)
	require.NoError(t, err)
	if diff := cmp.Diff(list(t, one, a), list(t, one, whole)); diff != "" {
		t.Error(diff)
	}
}

func TestAssembleConflict(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	mine := rpmtest.File{Path: "/usr/lib/f", Body: "one"}
	other := rpmtest.File{Path: "/usr/lib/f", Body: "two"}
	pkgs := store(t, repo, importer.Options{}, &rpmtest.Package{Name: "a", Files: []rpmtest.File{mine}},
		&rpmtest.Package{Name: "b", Files: []rpmtest.File{other}}, &rpmtest.Package{Name: "c", Files: []rpmtest.File{mine}})
	_, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: pkgs}, nil)
	var conflict *ostree.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.ErrorContains(t, err, "a-1.0-1.noarch")
	require.ErrorContains(t, err, "b-1.0-1.noarch")

	_, _, err = assemble(t, repo, ostree.Tree{}, &Assembly{Add: []*importer.Stored{pkgs[0], pkgs[2]}}, nil)
	require.NoError(t, err, "the same file twice is no conflict")

	tree, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: pkgs[:1], ForceFiles: pkgs[1:2]}, nil)
	require.NoError(t, err)
	require.Equal(t, "two", list(t, repo, tree)["usr/lib/f"])
}

func TestAssembleColors(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	pkgs := store(t, repo, importer.Options{},
		&rpmtest.Package{Name: "lib", Arch: "x86_64", Files: []rpmtest.File{{Path: "/usr/bin/tool", Body: "64", Color: 2, Mode: 0o755}, {Path: "/usr/lib64/l", Body: "64", Color: 2}}},
		&rpmtest.Package{Name: "lib", Arch: "i686", Files: []rpmtest.File{{Path: "/usr/bin/tool", Body: "32", Color: 1, Mode: 0o755}, {Path: "/usr/lib/l", Body: "32", Color: 1}}})
	tree, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: []*importer.Stored{pkgs[1], pkgs[0]}}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"usr/bin/tool mode=0755": "64", "usr/lib64/l": "64", "usr/lib/l": "32"}, list(t, repo, tree))
}

func TestAssembleMergedSbin(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	pkgs := store(t, repo, importer.Options{},
		&rpmtest.Package{Name: "filesystem", Files: []rpmtest.File{{Path: "/usr/bin", Dir: true}, {Path: "/usr/sbin", LinkTo: "bin"}}},
		&rpmtest.Package{Name: "setup", Files: []rpmtest.File{{Path: "/etc/passwd", Body: "u:x:5:5::/:/x\n"}, {Path: "/etc/group", Body: "u:x:5:\n"}}},
		&rpmtest.Package{Name: "old", Files: []rpmtest.File{
			{Path: "/usr/sbin/tool", Body: "t", Mode: 0o755, User: "u", Group: "u"}, {Path: "/usr/bin/tool", LinkTo: "../sbin/tool"},
			{Path: "/usr/bin/other", Body: "o", Mode: 0o755}, {Path: "/usr/sbin/other", LinkTo: "../bin/other"}, {Path: "/usr/sbin/alone", Body: "a", Mode: 0o755},
		}})
	tree, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: pkgs}, nil)
	require.NoError(t, err)
	got := list(t, repo, tree)
	delete(got, "usr/etc/passwd")
	delete(got, "usr/etc/group")
	require.Equal(t, map[string]string{
		"usr/sbin -> bin": "", "usr/bin/tool mode=0755 uid=5 gid=5": "t", "usr/bin/other mode=0755": "o", "usr/bin/alone mode=0755": "a",
	}, got)

	all := headers(pkgs)
	gone, _, err := assemble(t, repo, tree, &Assembly{Remove: all[2:], Keep: all[:2]}, nil)
	require.NoError(t, err)
	for name := range list(t, repo, gone) {
		require.NotContains(t, name, "usr/bin/")
	}
}

func TestAssembleFilter(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	pkgs := store(t, repo, importer.Options{}, &rpmtest.Package{Name: "a", Files: []rpmtest.File{{Path: "/usr/a", Body: "1"}, {Path: "/etc/b", Body: "2"}}})
	tree, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: pkgs, Filter: func(pkg, path string) bool { return pkg == "a" && path == "/etc/b" }}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"usr/a": "1"}, list(t, repo, tree))
}

func TestAssembleErrors(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	group := &rpmtest.Package{Name: "g", Files: []rpmtest.File{{Path: "/usr/f", Group: "nobodyknows"}}}
	script := &rpmtest.Package{Name: "s", Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("true")}}
	lua := &rpmtest.Package{Name: "l", Scripts: rpmpkg.Scripts{Post: &rpmpkg.Script{Interpreter: []string{"<lua>"}, Body: "x()"}}}
	for name, tc := range map[string]struct {
		pkg  *rpmtest.Package
		want string
	}{
		"unknown group": {group, "owners of g-1.0-1.noarch: /usr/f: Could not find group 'nobodyknows' in group file"},
		"no sandbox":    {script, "Package 's' has a script in '%post': no sandbox available"},
		"lua":           {lua, "Package 'l' has (currently) unsupported <lua> script in '%post'"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := assemble(t, repo, ostree.Tree{}, &Assembly{Add: store(t, repo, importer.Options{}, tc.pkg)}, nil)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, name == "no sandbox", errors.Is(err, sandbox.ErrUnavailable))
		})
	}
}
