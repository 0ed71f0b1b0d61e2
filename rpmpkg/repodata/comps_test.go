package repodata

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmver"
)

const compsText = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">
<comps>
 <group>
  <id>core</id><name>Core</name><name xml:lang="de">Kern</name><description>Smallest</description>
  <default>true</default><uservisible>false</uservisible><display_order>5</display_order>
  <packagelist>
   <packagereq>bash</packagereq>
   <packagereq type="default" arch="x86_64,i686">vim</packagereq>
   <packagereq type="conditional" requires="x">y</packagereq>
  </packagelist>
 </group>
 <environment><id>server</id><name>Server</name><grouplist><groupid>core</groupid></grouplist>
  <optionlist><groupid default="true">mail</groupid><groupid>web</groupid></optionlist></environment>
 <category><id>base</id><name>Base</name><grouplist><groupid>core</groupid></grouplist></category>
 <langpacks><match name="libreoffice-core" install="libreoffice-langpack-%s"/></langpacks>
</comps>`

func TestParseComps(t *testing.T) {
	c, err := ParseComps(strings.NewReader(compsText))
	require.NoError(t, err)
	want := &Comps{
		Groups: []Group{{ID: "core", Name: "Core", Names: map[string]string{"de": "Kern"}, Description: "Smallest", Default: true, DisplayOrder: 5,
			Packages: []GroupPackage{{Name: "bash", Type: "mandatory"}, {Name: "vim", Type: "default", Arches: []string{"x86_64", "i686"}},
				{Name: "y", Type: "conditional", Requires: "x"}}}},
		Environments: []Environment{{ID: "server", Name: "Server", DisplayOrder: 1024, Groups: []string{"core"},
			Options: []EnvironmentOption{{"mail", true}, {"web", false}}}},
		Categories: []Category{{ID: "base", Name: "Base", DisplayOrder: 1024, Groups: []string{"core"}}},
		LangPacks:  []LangPack{{"libreoffice-core", "libreoffice-langpack-%s"}},
	}
	want.Groups[0].Packages[0].Arches, want.Groups[0].Packages[2].Arches = []string{}, []string{}
	require.Empty(t, cmp.Diff(want, c))
	g, ok := c.Group("CORE")
	require.True(t, ok, "by name, whatever its case")
	require.Equal(t, []string{"bash", "vim"}, g.PackageNames("mandatory", "default"))
	require.Len(t, g.PackageNames(), 3)
	_, ok = c.Group("none")
	require.False(t, ok)
}

const updateinfoText = `<?xml version="1.0"?>
<updates>
 <update from="u@example.com" status="final" type="security" version="2.0">
  <id>FEDORA-2024-1</id><title>foo-2</title><severity>Important</severity><issued date="2024-01-02 03:04:05"/><updated date="1704164645"/>
  <release>F39</release><rights>R</rights><summary>S</summary><description>D</description><reboot_suggested>True</reboot_suggested>
  <references><reference href="https://x" id="CVE-2024-1" type="cve" title="T"/><reference href="https://y" id="7" type="bugzilla"/></references>
  <pkglist><collection short="F39"><name>F</name>
   <package name="foo" version="2" release="1" epoch="3" arch="noarch"><filename>foo.rpm</filename><reboot_suggested/></package>
   <package name="bar" version="1" release="1" arch="noarch"/>
  </collection></pkglist>
 </update>
 <update><id>B</id></update>
</updates>`

func TestParseUpdateinfo(t *testing.T) {
	var got []*Advisory
	for a, err := range ParseUpdateinfo(strings.NewReader(updateinfoText)) {
		require.NoError(t, err)
		got = append(got, a)
	}
	when := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	require.Empty(t, cmp.Diff([]*Advisory{{ID: "FEDORA-2024-1", Title: "foo-2", Type: "security", Severity: "Important", Status: "final", From: "u@example.com",
		Release: "F39", Version: "2.0", Rights: "R", Summary: "S", Description: "D", Issued: when, Updated: time.Unix(1704164645, 0).UTC(), RebootSuggested: true,
		References: []Reference{{"cve", "CVE-2024-1", "T", "https://x"}, {"bugzilla", "7", "", "https://y"}},
		Packages: []AdvisoryPackage{
			{NEVRA: rpmver.NEVRA{Name: "foo", Arch: "noarch", EVR: rpmver.EVR{Epoch: 3, Version: "2", Release: "1"}}, Filename: "foo.rpm", RebootSuggested: true},
			{NEVRA: rpmver.NEVRA{Name: "bar", Arch: "noarch", EVR: rpmver.EVR{Version: "1", Release: "1"}}}}}, {ID: "B"}}, got))
	require.Equal(t, []string{"CVE-2024-1"}, got[0].CVEs())

	for text, want := range map[string]string{
		"<updates><update><id>x":                                     "unexpected EOF",
		strings.Replace(updateinfoText, `epoch="3"`, `epoch="x"`, 1): `epoch of "foo"`,
		"<!DOCTYPE x [ ]><updates/>":                                 "document type declarations",
	} {
		var last error
		for _, err := range ParseUpdateinfo(strings.NewReader(text)) {
			last = err
		}
		require.ErrorContains(t, last, want)
	}
}
