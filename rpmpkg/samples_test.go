package rpmpkg_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// sample is a package that has a bit of everything that the format can say.
func sample() *rpmtest.Package {
	return &rpmtest.Package{
		Name: "sample", Epoch: 2, Version: "1.0~rc1^git5", Release: "3", Arch: "x86_64",
		Summary: "A bit of everything", Description: "Two\nlines.", URL: "https://example.com/", Vendor: "Example", License: "MIT AND ISC",
		Packager: "Ann <ann@example.com>", Group: "System/Base", BuildTime: time.Unix(1700000000, 0),
		Changelog: []rpmtest.Change{{Time: time.Unix(1690000000, 0), Author: "Ann - 1.0-1", Text: "- first"}},
		Provides:  []string{"virtual = 4", "plain"}, Requires: []string{"libfoo >= 1:2.0", "(bar if baz)", "/bin/sh"}, Conflicts: []string{"old < 2"},
		Obsoletes: []string{"older <= 1.9-2"}, Recommends: []string{"nice"}, Suggests: []string{"nicer"},
		Supplements: []string{"(lang and sample)"}, Enhances: []string{"editor"}, RequiresPre: []string{"setup"}, OrderWithRequires: []string{"first > 1"},
		Files: []rpmtest.File{
			{Path: "/dev/odd", Mode: 0o020600, Rdev: 5<<8 | 7},
			{Path: "/etc/sample.conf", Body: "a=b\n", NoReplace: true, VerifyFlags: 0xffffffdc},
			{Path: "/run/pipe", Mode: 0o010644},
			{Path: "/usr/bin/alias", Hardlink: "/usr/bin/every"},
			{Path: "/usr/bin/every", Mode: 0o4755, Body: "#!/bin/sh\n"},
			{Path: "/usr/bin/every2", Hardlink: "/usr/bin/every"},
			{Path: "/usr/bin/ping", Mode: 0o755, Body: "ping", Caps: "cap_net_raw=ep", Color: 2},
			{Path: "/usr/lib/sample", Dir: true, Mode: 0o2750, User: "daemon", Group: "games"},
			{Path: "/usr/lib/sample/empty1"},
			{Path: "/usr/lib/sample/empty2", Hardlink: "/usr/lib/sample/empty1"},
			{Path: "/usr/lib/sample/link", LinkTo: "../../bin/every"},
			{Path: "/usr/lib/sample/with space", Body: strings.Repeat("0123456789", 20000), MTime: time.Unix(1600000000, 0)},
			{Path: "/usr/share/doc/sample", Body: "doc", Doc: true},
			{Path: "/usr/share/licenses/sample", Body: "lic", License: true},
			{Path: "/usr/share/locale/de", Body: "de", Lang: "de", MissingOK: true},
			{Path: "/var/log/sample.log", Ghost: true, Mode: 0o600},
		},
		Scripts: rpmpkg.Scripts{
			Pre:      rpmtest.Shell("exit 0\n"),
			Post:     &rpmpkg.Script{Interpreter: []string{"/sbin/ldconfig"}},
			PreTrans: &rpmpkg.Script{Interpreter: []string{"<lua>"}, Body: "print(1)"},
			PostUn:   &rpmpkg.Script{Interpreter: []string{"/bin/bash", "-e"}, Body: "true", Flags: rpmpkg.ScriptExpand},
			Triggers: []rpmpkg.Trigger{
				{Script: *rpmtest.Shell("echo in"), Kind: rpmpkg.TriggerIn, Conditions: []rpmdep.Dep{{Name: "bash"}, {Name: "zsh"}}},
				{Script: *rpmtest.Shell("echo postun"), Kind: rpmpkg.TriggerPostUn, Conditions: []rpmdep.Dep{{Name: "bash"}}},
				{Script: *rpmtest.Shell("echo prein"), Kind: rpmpkg.TriggerPreIn, Conditions: []rpmdep.Dep{{Name: "ksh"}}},
			},
			FileTriggers: []rpmpkg.Trigger{{Script: *rpmtest.Shell("cat"), Conditions: []rpmdep.Dep{{Name: "/usr/lib/sample"}, {Name: "/opt"}}, Priority: 5}},
			TransFileTriggers: []rpmpkg.Trigger{
				{Script: rpmpkg.Script{Interpreter: []string{"<lua>"}, Body: "x()"}, Kind: rpmpkg.TriggerUn, Conditions: []rpmdep.Dep{{Name: "/usr/share"}}},
			},
		},
	}
}

func build(t testing.TB, p *rpmtest.Package) []byte {
	t.Helper()
	data, err := p.Build()
	require.NoError(t, err)
	return data
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o644))
	return path
}

// testdata returns the directory of real packages that a module brings for its own
// tests: CentOS 2.1 to 7, with the keys that signed them.
func testdata(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cavaliergopher/rpm").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "testdata")
	if err != nil || dir == "testdata" {
		t.Skipf("module with sample packages is not here: %v", err)
	}
	return dir
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	require.NoError(t, err)
	return list
}

// rpmbuild makes binary and source packages of testdata/odd.spec with the compressors
// of rpm, if rpmbuild is here.
func rpmbuild(t testing.TB) []string {
	t.Helper()
	if _, err := exec.LookPath("rpmbuild"); err != nil {
		return nil
	}
	spec, err := filepath.Abs("testdata/odd.spec")
	require.NoError(t, err)
	top := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(top, "SOURCES"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(top, "SOURCES/src.txt"), []byte("source\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(top, "SOURCES/p.patch"), []byte("patch\n"), 0o644))
	var list []string
	for _, compressor := range []string{"w9.bzdio", "w6.lzdio", "w19.zstdio"} {
		dir := filepath.Join(top, compressor)
		testenv.Run(t, top, "rpmbuild", "--quiet", "-ba", "--nodeps", "--define", "_topdir "+top, "--define", "_rpmdir "+dir, "--define", "_srcrpmdir "+dir,
			"--define", "_binary_payload "+compressor, "--define", "_source_payload "+compressor, spec)
		list = append(list, append(glob(t, filepath.Join(dir, "*.rpm")), glob(t, filepath.Join(dir, "*", "*.rpm"))...)...)
	}
	require.Len(t, list, 9, "a source and two binary packages each")
	return list
}

// packageFiles returns real and built packages, and with RPMOSTREE_TEST_RPMS (a list
// of directories as in PATH) all packages below those directories.
func packageFiles(t testing.TB) []string {
	t.Helper()
	list := glob(t, filepath.Join(testdata(t), "*.rpm"))
	require.NotEmpty(t, list)
	for _, c := range []string{"gzip", "zstd", "xz", "lzma", "none"} {
		p := sample()
		p.Compression = c
		list = append(list, writeFile(t, c+".rpm", build(t, p)))
	}
	v6 := sample()
	v6.V6 = true
	list = append(list, writeFile(t, "v6.rpm", build(t, v6)), writeFile(t, "empty.rpm", build(t, &rpmtest.Package{Name: "empty"})))
	list = append(list, rpmbuild(t)...)
	for _, dir := range filepath.SplitList(os.Getenv("RPMOSTREE_TEST_RPMS")) {
		more := append(glob(t, filepath.Join(dir, "*.rpm")), glob(t, filepath.Join(dir, "*", "*.rpm"))...)
		require.NotEmpty(t, more, dir)
		list = append(list, more...)
	}
	return list
}

func open(t testing.TB, path string) *rpmpkg.Package {
	t.Helper()
	p, err := rpmpkg.Open(path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	return p
}
