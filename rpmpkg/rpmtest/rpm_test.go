package rpmtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// rich has a bit of everything that the format can say.
func rich() *rpmtest.Package {
	return &rpmtest.Package{
		Name: "everything", Epoch: 2, Version: "1.0~rc1^git5", Release: "3", Arch: "x86_64",
		Summary: "A bit of everything", URL: "https://example.com/", Vendor: "Example", License: "MIT AND ISC",
		Provides: []string{"virtual = 4", "plain"}, Requires: []string{"libfoo >= 1:2.0", "(bar if baz)"}, Conflicts: []string{"old < 2"},
		Obsoletes: []string{"older <= 1.9-2"}, Recommends: []string{"nice"}, Suggests: []string{"nicer"},
		Supplements: []string{"(lang and everything)"}, Enhances: []string{"editor"}, RequiresPre: []string{"setup"},
		Files: []rpmtest.File{
			{Path: "/etc/every.conf", Body: "a=b\n", NoReplace: true},
			{Path: "/usr/bin/every", Mode: 0o4755, Body: "#!/bin/sh\n"},
			{Path: "/usr/bin/every2", Hardlink: "/usr/bin/every"},
			{Path: "/usr/bin/alias", Hardlink: "/usr/bin/every"},
			{Path: "/usr/bin/ping", Mode: 0o755, Body: "ping", Caps: "cap_net_raw=ep"},
			{Path: "/usr/lib/every", Dir: true, Mode: 0o2750},
			{Path: "/usr/lib/every/owned", Body: "x", User: "daemon", Group: "games"},
			{Path: "/usr/lib/every/link", LinkTo: "../../bin/every"},
			{Path: "/usr/share/doc/every", Body: "doc", Doc: true},
			{Path: "/usr/share/licenses/every", Body: "lic", License: true},
			{Path: "/usr/share/locale/de", Body: "de", Lang: "de"},
			{Path: "/var/log/every.log", Ghost: true, Mode: 0o600},
		},
		Scripts: rpmpkg.Scripts{
			Pre:      rpmtest.Shell("exit 0\n"),
			Post:     &rpmpkg.Script{Interpreter: []string{"/sbin/ldconfig"}},
			PreTrans: &rpmpkg.Script{Interpreter: []string{"<lua>"}, Body: "print(1)"},
			PostUn:   &rpmpkg.Script{Interpreter: []string{"/bin/bash", "-e"}, Body: "true", Flags: rpmpkg.ScriptExpand},
			Triggers: []rpmpkg.Trigger{
				{Script: *rpmtest.Shell("echo in"), Kind: rpmpkg.TriggerIn, Conditions: []rpmdep.Dep{{Name: "bash"}, {Name: "zsh"}}},
				{Script: *rpmtest.Shell("echo un"), Kind: rpmpkg.TriggerPostUn, Conditions: []rpmdep.Dep{{Name: "bash"}}},
			},
			FileTriggers:      []rpmpkg.Trigger{{Script: *rpmtest.Shell("cat"), Conditions: []rpmdep.Dep{{Name: "/usr/lib/every"}}, Priority: 5}},
			TransFileTriggers: []rpmpkg.Trigger{{Script: *rpmtest.Shell("cat"), Kind: rpmpkg.TriggerUn, Conditions: []rpmdep.Dep{{Name: "/usr/share"}}}},
		},
	}
}

func write(t *testing.T, p *rpmtest.Package) string {
	t.Helper()
	data, err := p.Build()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), p.FileName())
	require.NoError(t, os.WriteFile(path, data, 0o644))
	return path
}

func TestRpmAcceptsEveryCompression(t *testing.T) {
	testenv.NeedTool(t, "rpm", "rpm2cpio")
	for _, c := range []string{"gzip", "zstd", "xz", "lzma", "none"} {
		t.Run(c, func(t *testing.T) {
			p := rich()
			p.Compression = c
			path := write(t, p)
			out := testenv.Run(t, "", "rpm", "-Kv", "--nosignature", "--dbpath", t.TempDir(), path)
			assert.NotContains(t, out, "BAD")
			for _, what := range []string{"Header SHA256", "Header SHA1", "Payload SHA256", "MD5"} {
				assert.Contains(t, out, what+" digest: OK")
			}
			assert.Equal(t, "everything-2:1.0~rc1^git5-3.x86_64", testenv.Run(t, "", "rpm", "-qp", "--nosignature", "--qf", "%{nevra}", path))
			dir := t.TempDir()
			testenv.Run(t, dir, "sh", "-c", "rpm2cpio '"+path+"' | cpio -id --quiet --no-preserve-owner")
			for _, f := range []string{"every", "every2", "alias"} {
				body, err := os.ReadFile(filepath.Join(dir, "usr/bin", f))
				require.NoError(t, err)
				assert.Equal(t, "#!/bin/sh\n", string(body), f)
			}
		})
	}
}

func TestRpmInstallsWhatWasBuilt(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	testenv.NeedRoot(t)
	for _, v6 := range []bool{false, true} {
		p := rich()
		p.V6 = v6
		path, root := write(t, p), t.TempDir()
		testenv.Run(t, "", "rpm", "-i", "--nodeps", "--noscripts", "--notriggers", "--nosignature", "--ignorearch", "--root", root, "--dbpath", "/db", path)
		for name, mode := range map[string]os.FileMode{
			"usr/bin/every": 0o755 | os.ModeSetuid, "usr/lib/every": 0o750 | os.ModeSetgid | os.ModeDir, "etc/every.conf": 0o644,
		} {
			fi, err := os.Lstat(filepath.Join(root, name))
			require.NoError(t, err)
			assert.Equal(t, mode, fi.Mode(), name)
		}
		a, err := os.Stat(filepath.Join(root, "usr/bin/every"))
		require.NoError(t, err)
		b, err := os.Stat(filepath.Join(root, "usr/bin/alias"))
		require.NoError(t, err)
		assert.True(t, os.SameFile(a, b), "hard links")
		target, err := os.Readlink(filepath.Join(root, "usr/lib/every/link"))
		require.NoError(t, err)
		assert.Equal(t, "../../bin/every", target)
		assert.NoFileExists(t, filepath.Join(root, "var/log/every.log"))
		// Users are names of a root without a passwd file, so all files belong to root.
		out := testenv.Run(t, "", "rpm", "-V", "--nodeps", "--noscripts", "--nouser", "--nogroup", "--root", root, "--dbpath", "/db", "everything")
		assert.Empty(t, out)
	}
}
