package repo

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const fedora = `# comment
; another
[fedora]
name=Fedora $releasever - $basearch
metalink=https://mirrors.example/metalink?repo=fedora-$releasever&arch=$basearch
enabled=1
repo_gpgcheck=0
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch
metadata_expire=7d
countme=1

[local-$basearch]
name = Local
baseurl = /srv/repo
          https://backup.example/${basearch}/
	https://third.example/
priority=10
cost: 500
enabled=no
sslverify=0
excludepkgs = kernel*, foo
includepkgs=bar
proxy=_none_
timeout=90m
`

func TestParseRepoFile(t *testing.T) {
	repos, err := ParseRepoFile([]byte(fedora), NewVars("41", "x86_64"))
	require.NoError(t, err)
	require.Len(t, repos, 2)

	want := New("fedora")
	want.Name = "Fedora 41 - x86_64"
	want.Metalink = "https://mirrors.example/metalink?repo=fedora-41&arch=x86_64"
	want.GPGCheck = true
	want.GPGKeys = []string{"file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-41-x86_64"}
	want.MetadataExpire = 7 * 24 * time.Hour
	want.Options = repos[0].Options
	require.Equal(t, "1", repos[0].Options["countme"], "unknown keys are kept")
	require.Empty(t, cmp.Diff(want, repos[0]))

	want = New("local-x86_64", "/srv/repo", "https://backup.example/x86_64/", "https://third.example/")
	want.Name = "Local"
	want.Priority, want.Cost, want.Enabled, want.NoSSLVerify = 10, 500, false, true
	want.Exclude, want.Include = []string{"kernel*", "foo"}, []string{"bar"}
	want.Proxy, want.Timeout = "_none_", 90*time.Minute
	want.Options = repos[1].Options
	require.Empty(t, cmp.Diff(want, repos[1]))
	require.Equal(t, "file:///srv/repo", repos[1].BaseURLs[0])
}

func TestParseRepoFileErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no section":    {"name=x\n", "line 1: key before the first section"},
		"no value":      {"[a]\nname\n", "line 2: neither section nor key=value"},
		"open bracket":  {"[a\n", "line 1: section without ']'"},
		"continuation":  {"[a]\n  x\n", "line 2: continues nothing"},
		"bad boolean":   {"[a]\nenabled=maybe\n", "repository a: enabled=maybe: not a boolean value"},
		"bad number":    {"[a]\npriority=high\n", "repository a: priority=high"},
		"bad time":      {"[a]\nmetadata_expire=1y\n", "repository a: metadata_expire=1y: not a length of time"},
		"id is a path":  {"[../a]\nname=x\n", `bad repository id "../a"`},
		"id is empty":   {"[]\nname=x\n", `bad repository id ""`},
		"id is a dot":   {"[..]\nname=x\n", `bad repository id ".."`},
		"defined twice": {"[a]\nname=x\n[a]\nname=y\n", "repository a is defined twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseRepoFile([]byte(c.text), nil)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestMainSectionIsNoRepository(t *testing.T) {
	repos, err := ParseRepoFile([]byte("[main]\ngpgcheck=1\n[a]\nbaseurl=http://x/\n"), nil)
	require.NoError(t, err)
	require.Len(t, repos, 1)
}

func TestLoadDir(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.repo": "[two]\nbaseurl=/x\n", "a.repo": "[one]\nbaseurl=/y\n", "c.repo.bak": "[three]\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	repos, err := LoadDir(dir, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, []string{repos[0].ID, repos[1].ID})

	require.NoError(t, os.WriteFile(filepath.Join(dir, "d.repo"), []byte("[one]\n"), 0o644))
	_, err = LoadDir(dir, nil)
	require.ErrorContains(t, err, "repository one is defined in a.repo and d.repo")

	repos, err = LoadDir(filepath.Join(dir, "none"), nil)
	require.NoError(t, err)
	require.Empty(t, repos)
}

func TestExpand(t *testing.T) {
	v := Vars{"releasever": "9", "basearch": "x86_64", "empty": "", "a_b1": "ok"}
	for in, want := range map[string]string{
		"http://x/$releasever/$basearch/os": "http://x/9/x86_64/os",
		"${releasever}stream":               "9stream",
		"$releaseverstream":                 "$releaseverstream",
		"$unknown ${unknown}":               "$unknown ${unknown}",
		"$a_b1-$a_b1.":                      "ok-ok.",
		"${unknown:-default}":               "default",
		"${empty:-default}":                 "default",
		"${releasever:-default}":            "9",
		"${releasever:+set}":                "set",
		"${empty:+set}${unknown:+set}":      "",
		"${unknown:-${basearch}}":           "x86_64",
		"${unknown:-$releasever-x}":         "9-x",
		`\$releasever`:                      "$releasever",
		`a\b`:                               `a\b`,
		"${releasever":                      "${releasever",
		"cost: 5$":                          "cost: 5$",
		"$$releasever":                      "$9",
	} {
		require.Equal(t, want, v.Expand(in), in)
	}
}

func TestNewVars(t *testing.T) {
	require.Equal(t, "armhfp", NewVars("41", "armv7hl")["basearch"])
	require.Equal(t, "i386", NewVars("41", "i686")["basearch"])
	require.Equal(t, "aarch64", NewVars("9.4", "aarch64")["basearch"])
	require.Equal(t, "4", NewVars("9.4", "aarch64")["releasever_minor"])
}

func TestVarsLoadDir(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stream"), []byte("9-stream\nrest\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad-name"), []byte("x"), 0o644))
	v := Vars{}
	require.NoError(t, v.LoadDir(filepath.Join(dir, "none"), dir))
	require.Empty(t, cmp.Diff(Vars{"stream": "9-stream"}, v))
}

func FuzzParseRepoFile(f *testing.F) {
	f.Add([]byte(fedora))
	f.Add([]byte("[a]\nx=${a:-${b:-${c}}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		repos, err := ParseRepoFile(data, Vars{"a": "1"})
		if err == nil {
			for _, r := range repos {
				require.NoError(t, checkID(r.ID))
			}
		}
	})
}

// A value of references that never end, or are in each other, takes no quadratic time.
func TestExpandHostile(t *testing.T) {
	v := Vars{"a": "1"}
	for _, c := range []struct{ in, want string }{
		{strings.Repeat("${", 1<<20), strings.Repeat("${", 1<<20)},
		{strings.Repeat("$", 1<<20), strings.Repeat("$", 1<<20)},
		{strings.Repeat("${a}", 1<<18), strings.Repeat("1", 1<<18)},
		{strings.Repeat("${", maxOpen) + "${a}", strings.Repeat("${", maxOpen) + "1"},
		{strings.Repeat("${b:-", 1<<18) + strings.Repeat("}", 1<<18), strings.Repeat("${b:-", 1<<18-maxExpansion-1) + strings.Repeat("}", 1<<18-maxExpansion-1)},
	} {
		require.True(t, v.Expand(c.in) == c.want, "%.20s", c.in)
	}
}

func FuzzExpand(f *testing.F) {
	f.Add("$a ${a} ${b:-x} ${a:+y} \\$a ${b:-${a}}")
	f.Fuzz(func(t *testing.T, s string) {
		got := Vars{"a": "1"}.Expand(s)
		require.LessOrEqual(t, len(got), len(s), "no value is longer than its reference")
	})
}

func base64Lines(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
