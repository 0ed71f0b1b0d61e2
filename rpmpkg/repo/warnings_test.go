package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestWarnings(t *testing.T) {
	repos, err := ParseRepoFile([]byte("[a]\nname=A\nbaseurl=http://x/\nenabled=1\ncountme=1\nsslverify=1\npriority=1\n"+
		"throttle=10k\nip_resolve=4\ngpgchek=1\n"), nil)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]string{
		"repository a: unknown setting gpgchek is ignored",
		"repository a: ip_resolve is ignored: the system chooses between IPv4 and IPv6",
		"repository a: throttle is ignored: downloads are not slowed down",
	}, repos[0].Warnings()))
}

func TestModulesAreNoticed(t *testing.T) {
	s := newSite(t, foo)
	r := New("test", s.dir)
	require.Empty(t, refreshed(t, r, "", nil).Warnings())
	file := filepath.Join(s.dir, "repodata", "repomd.xml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	sum := strings.Repeat("0", 64)
	changed := strings.Replace(string(text), "</repomd>", `<data type="modules"><checksum type="sha256">`+sum+
		`</checksum><location href="repodata/modules.yaml.gz"/></data></repomd>`, 1)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o644))
	require.Equal(t, []string{"repository test: its modules are ignored: packages of every module stream can be installed"},
		refreshed(t, r, "", nil).Warnings())
	r.ModuleHotfixes = true
	require.Empty(t, refreshed(t, r, "", nil).Warnings())
}

func FuzzMirrors(f *testing.F) {
	f.Add([]byte("# comment\nhttps://a/\nftp://b/\n"))
	f.Add([]byte(`<metalink><files><file name="repomd.xml"><size>1</size><verification><hash type="sha256">` + strings.Repeat("a", 64) +
		`</hash></verification><resources><url protocol="https">https://a/repodata/repomd.xml</url></resources></file></files></metalink>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		urls, m, err := parseMirrorlist(data)
		if err != nil {
			return
		}
		for _, u := range urls {
			require.True(t, usable(u), u)
		}
		if m != nil {
			require.NotEmpty(t, m.versions)
		}
	})
}
