package interop

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// oddities are packages with what is easily written wrong into metadata.
func oddities() []*rpmtest.Package {
	return append(everyTable(),
		&rpmtest.Package{Name: "odd", Version: "1^a~b", Epoch: 7, Summary: "<&>\"'", Description: "tab\tline\nGrüße \u20ac", URL: "https://x/?a=1&b=2",
			Vendor: "V & W", Packager: "P <p@example.com>",
			Requires: []string{"libc.so.6()(64bit)", "libc.so.6(GLIBC_2.4)(64bit)", "libc.so.6(GLIBC_2.34)(64bit)", "libc.so.6(GLIBC_2.14)(64bit)",
				"/usr/bin/odd", "/usr/share/odd", "odd = 7:1^a~b-1", "same", "same", "same >= 1"},
			Provides: []string{"p = 1", "p >= 2:3", "p < 4-5"},
			Files: []rpmtest.File{{Path: "/usr/bin/odd", Body: "x"}, {Path: "/usr/share/odd", Body: "y"}, {Path: "/usr/lib/sendmail", LinkTo: "odd"},
				{Path: "/etc/odd&<>.conf", Ghost: true}, {Path: "/etc/odd.d", Dir: true}, {Path: "/usr/share/Grüße", Body: "z"}},
			Changelog: []rpmtest.Change{{Time: rpmTime(300), Author: "Grüße <a@b> - 3 ", Text: "- three & more"}, {Time: rpmTime(200), Author: "A", Text: "- two"},
				{Time: rpmTime(200), Author: "B", Text: "- two, too"}, {Time: rpmTime(200), Author: "C", Text: "- two as well"}, {Time: rpmTime(100), Author: "D", Text: "- one"}}},
		&rpmtest.Package{Name: "nothing", NoAutoRequires: true},
	)
}

func TestCreateRepoEqualsReal(t *testing.T) {
	sameRepo(t, link(t, buildAll(t, oddities())))
}

func rpmTime(sec int64) time.Time { return time.Unix(1_600_000_000+sec, 0) }

// dnf runs dnf on repositories given as id=directory, without any configuration of the machine.
func dnf(t *testing.T, repos map[string]string, args ...string) string {
	t.Helper()
	testenv.NeedTool(t, "dnf")
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "dnf.conf"), []byte("[main]\nplugins=0\ngpgcheck=0\n"), 0o644))
	argv := []string{"dnf", "-q", "-y", "--config", filepath.Join(home, "dnf.conf"), "--setopt=reposdir=" + home, "--setopt=cachedir=" + home,
		"--setopt=logdir=" + home, "--setopt=persistdir=" + home, "--releasever=1", "--forcearch=x86_64"}
	for id, dir := range repos {
		argv = append(argv, "--repofrompath="+id+",file://"+dir)
	}
	return testenv.Run(t, home, append(argv, args...)...)
}

func TestDnfReadsOurRepo(t *testing.T) {
	testenv.NeedTool(t, "dnf")
	files := buildAll(t, oddities())
	dir := link(t, files)
	for _, c := range []repodata.Compression{repodata.Gzip, repodata.XZ, repodata.Zstd, repodata.None} {
		t.Run("compression "+string(c), func(t *testing.T) {
			_, err := repodata.CreateRepo(context.Background(), dir, &repodata.CreateOptions{Compression: &c, Extra: []repodata.Extra{
				{Type: "group", Name: "comps.xml", Content: []byte("<comps><group><id>g</id><name>Gruppe</name><packagelist><packagereq>odd</packagereq></packagelist></group></comps>")},
				{Type: "updateinfo", Name: "updateinfo.xml", Content: []byte(`<updates><update type="security"><id>ADV-1</id><title>t</title><severity>Low</severity>` +
					`<issued date="2024-01-01 00:00:00"/><pkglist><collection><package name="odd" version="1^a~b" release="1" epoch="7" arch="noarch"/></collection></pkglist></update></updates>`)},
			}})
			require.NoError(t, err)
			repos := map[string]string{"ours": dir}
			got := strings.Fields(dnf(t, repos, "repoquery"))
			var want []string
			for _, p := range oddities() {
				n := p.NEVRA()
				want = append(want, n.Name+"-"+n.EpochString()+":"+n.Version+"-"+n.Release+"."+n.Arch)
			}
			slices.Sort(want)
			slices.Sort(got)
			require.Equal(t, want, got)
			require.Contains(t, dnf(t, repos, "repoquery", "--file", "/usr/share/odd"), "odd-7:")
			require.Contains(t, dnf(t, repos, "repoquery", "--whatrequires", "(bare or missing)"), "deps-")
			require.Contains(t, dnf(t, repos, "group", "list", "--hidden"), "Gruppe")
		})
	}
}

func TestDnfInstallsFromOurRepo(t *testing.T) {
	testenv.NeedTool(t, "dnf", "rpm")
	testenv.NeedRoot(t)
	dir := link(t, buildAll(t, []*rpmtest.Package{{Name: "app", Requires: []string{"lib >= 2", "/usr/libexec/tool"}},
		{Name: "lib", Version: "1"}, {Name: "lib", Version: "2.1"}, {Name: "tool", Files: []rpmtest.File{{Path: "/usr/libexec/tool", Body: "x"}}}}))
	_, err := repodata.CreateRepo(context.Background(), dir, nil)
	require.NoError(t, err)
	root := t.TempDir()
	dnf(t, map[string]string{"ours": dir}, "--installroot="+root, "install", "app")
	data, err := os.ReadFile(filepath.Join(root, "usr/libexec/tool"))
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
}

// TestReadsRealRepo compares what we read from createrepo_c's metadata with the packages themselves.
func TestReadsRealRepo(t *testing.T) {
	testenv.NeedTool(t, "createrepo_c")
	dir := link(t, buildAll(t, oddities()))
	for _, c := range []string{"gz", "xz", "bz2"} {
		t.Run(c, func(t *testing.T) {
			testenv.Run(t, dir, "createrepo_c", "--quiet", "--general-compress-type="+c, dir)
			m, err := repo.Refresh(context.Background(), repo.New("real", dir), t.TempDir(), nil)
			require.NoError(t, err)
			defer m.Close()
			n := 0
			for got, err := range m.Packages(context.Background()) {
				require.NoError(t, err)
				n++
				path, err := m.FetchPackage(context.Background(), got, t.TempDir())
				require.NoError(t, err, "size and checksum are right")
				p, err := rpmpkg.Open(path, nil)
				require.NoError(t, err)
				want, err := p.Info()
				require.NoError(t, err)
				require.NoError(t, p.Close())
				// createrepo_c leaves some requirements and most files out.
				require.Empty(t, cmp.Diff(want, got,
					cmpopts.IgnoreFields(rpmpkg.Info{}, "Requires", "Files", "Location", "Checksum", "RepoID", "SourceRPM"),
					cmp.Transformer("op", func(s rpmdep.Sense) string { return s.String() }), cmpopts.EquateEmpty()))
			}
			require.Len(t, oddities(), n)
		})
	}
}
