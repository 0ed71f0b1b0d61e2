package repodata

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const primaryText = `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="2">
<package type="rpm">
  <name>foo</name>
  <arch>x86_64</arch>
  <version epoch="2" ver="1.0~rc1" rel="3.el9"/>
  <checksum type="sha256" pkgid="YES">` + sum + `</checksum>
  <summary>A &amp; B</summary>
  <description><![CDATA[several
<lines>]]> more</description>
  <packager>P &lt;p@example.com&gt;</packager>
  <url>https://example.com/?a=1&amp;b=2</url>
  <time file="1700000001" build="1700000000"/>
  <size package="100" installed="200" archive="300"/>
<location xml:base="https://other.example/x/" href="Packages/foo.rpm"/>
  <format>
    <rpm:license>MIT</rpm:license>
    <rpm:vendor>V</rpm:vendor>
    <rpm:group>G</rpm:group>
    <rpm:buildhost>h</rpm:buildhost>
    <rpm:sourcerpm>foo-src.rpm</rpm:sourcerpm>
    <rpm:header-range start="10" end="20"/>
    <rpm:provides>
      <rpm:entry name="foo" flags="EQ" epoch="2" ver="1.0~rc1" rel="3.el9"/>
    </rpm:provides>
    <rpm:requires>
      <rpm:entry name="bar" flags="GE" epoch="0" ver="1"/>
      <rpm:entry name="bar" flags="GE" epoch="0" ver="1"></rpm:entry>
      <rpm:entry name="bar" flags="GE" epoch="0" ver="1"/>
      <rpm:entry name="/bin/sh" pre="1"/>
      <rpm:entry name="(a if b &gt;= 2)"/>
    </rpm:requires>
    <rpm:conflicts><rpm:entry name="c" flags="LT" ver="4" rel="5"/></rpm:conflicts>
    <rpm:obsoletes><rpm:entry name="o" flags="LE" epoch="1" ver="6"/></rpm:obsoletes>
    <rpm:suggests><rpm:entry name="s"/></rpm:suggests>
    <rpm:enhances><rpm:entry name="e" flags="GT" ver="7"/></rpm:enhances>
    <rpm:recommends><rpm:entry name="r"/></rpm:recommends>
    <rpm:supplements><rpm:entry name="u"/></rpm:supplements>
    <rpm:unknown><rpm:entry name="ignored"/></rpm:unknown>
    <file>/usr/bin/foo</file>
    <file type="dir">/etc/foo</file>
    <!-- <file>/not/this</file> -->
  </format>
</package>
<package type="rpm"><name>bar</name><arch>noarch</arch><version ver="1" rel="1"/></package>
</metadata>
`

func parsePrimary(t *testing.T, text string) []*rpmpkg.Info {
	t.Helper()
	var list []*rpmpkg.Info
	for info, err := range ParsePrimary(context.Background(), strings.NewReader(text)) {
		require.NoError(t, err)
		list = append(list, info)
	}
	return list
}

func dep(t *testing.T, name string, sense rpmdep.Sense, version string) rpmdep.Dep {
	t.Helper()
	d, err := rpmdep.New(name, sense, version)
	require.NoError(t, err)
	return d
}

func TestParsePrimary(t *testing.T) {
	bar := dep(t, "bar", rpmdep.SenseGreater|rpmdep.SenseEqual, "1")
	want := []*rpmpkg.Info{{
		NEVRA:   rpmver.NEVRA{Name: "foo", Arch: "x86_64", EVR: rpmver.EVR{Epoch: 2, Version: "1.0~rc1", Release: "3.el9"}},
		Summary: "A & B", Description: "several\n<lines> more", Packager: "P <p@example.com>", URL: "https://example.com/?a=1&b=2",
		License: "MIT", Vendor: "V", Group: "G", BuildHost: "h", SourceRPM: "foo-src.rpm", BuildTime: time.Unix(1_700_000_000, 0).UTC(),
		PackageSize: 100, InstalledSize: 200, ArchiveSize: 300, HeaderStart: 10, HeaderEnd: 20,
		Location: "https://other.example/x/Packages/foo.rpm", Checksum: "sha256:" + sum,
		Provides:   []rpmdep.Dep{dep(t, "foo", rpmdep.SenseEqual, "2:1.0~rc1-3.el9")},
		Requires:   []rpmdep.Dep{bar, bar, bar, dep(t, "/bin/sh", rpmdep.SensePre, ""), dep(t, "(a if b >= 2)", 0, "")},
		Conflicts:  []rpmdep.Dep{dep(t, "c", rpmdep.SenseLess, "4-5")},
		Obsoletes:  []rpmdep.Dep{dep(t, "o", rpmdep.SenseLess|rpmdep.SenseEqual, "1:6")},
		Suggests:   []rpmdep.Dep{dep(t, "s", 0, "")},
		Enhances:   []rpmdep.Dep{dep(t, "e", rpmdep.SenseGreater, "7")},
		Recommends: []rpmdep.Dep{dep(t, "r", 0, "")}, Supplements: []rpmdep.Dep{dep(t, "u", 0, "")},
		Files: []string{"/usr/bin/foo", "/etc/foo"},
	}, {NEVRA: rpmver.NEVRA{Name: "bar", Arch: "noarch", EVR: rpmver.EVR{Version: "1", Release: "1"}}}}
	require.Empty(t, cmp.Diff(want, parsePrimary(t, primaryText)))
}

func TestParsePrimaryErrors(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"wrong root":       {"<metadata ", "<filelists ", `root element is "filelists", not "metadata"`},
		"no name":          {"<name>foo</name>", "", "package without a name"},
		"no version":       {`ver="1.0~rc1" rel="3.el9"/>` + "\n  <checksum", "/>\n  <checksum", `package "foo" without a version`},
		"no arch":          {"<arch>x86_64</arch>", "", `package "foo" without an architecture`},
		"bad epoch":        {`epoch="2"`, `epoch="-1"`, `epoch is not a number: "-1"`},
		"bad size":         {`package="100"`, `package="1e9"`, `package is not a number: "1e9"`},
		"bad checksum":     {sum, "../../etc/passwd", "checksum"},
		"checksum type":    {`type="sha256"`, `type="none"`, `checksum type "none" is not supported`},
		"location leads":   {"Packages/foo.rpm", "../../foo.rpm", "leads out of the repository"},
		"unknown flags":    {`flags="LT"`, `flags="NE"`, `dependency "c" with unknown flags "NE"`},
		"unnamed":          {`<rpm:entry name="s"/>`, `<rpm:entry/>`, "dependency without a name"},
		"bad rich":         {"(a if b &gt;= 2)", "(a if", "parse dependency"},
		"cut off":          {"</metadata>\n", "", "input ends inside element"},
		"package in field": {"<name>foo</name>", "<name>foo", "does not match"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(primaryText, c.old, c.new, 1)
			require.NotEqual(t, primaryText, text)
			var last error
			for _, err := range ParsePrimary(context.Background(), strings.NewReader(text)) {
				require.NoError(t, last, "nothing comes after an error")
				last = err
			}
			require.ErrorContains(t, last, c.want)
			require.ErrorContains(t, last, "parse primary: ")
		})
	}
}

func TestParsePrimaryStops(t *testing.T) {
	n := 0
	for range ParsePrimary(context.Background(), strings.NewReader(primaryText)) {
		n++
		break
	}
	require.Equal(t, 1, n)

	many := strings.Replace(primaryText, "</metadata>", strings.Repeat("<package><name>a</name><arch>b</arch><version ver=\"c\"/></package>", 1000)+"</metadata>", 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	n = 0
	for _, err := range ParsePrimary(ctx, strings.NewReader(many)) {
		cancel()
		n, last = n+1, err
	}
	require.ErrorIs(t, last, context.Canceled)
	require.Less(t, n, 200)
}

func TestHugePackageIsRefused(t *testing.T) {
	file := strings.NewReader("<file>/a</file>")
	endless := readerFunc(func(p []byte) (int, error) {
		if file.Len() == 0 {
			file.Seek(0, io.SeekStart)
		}
		return file.Read(p)
	})
	in := io.MultiReader(strings.NewReader("<metadata><package><format>"), bufio.NewReaderSize(endless, 1<<16))
	for _, err := range ParsePrimary(context.Background(), in) {
		require.ErrorContains(t, err, "package element longer than 33554432 bytes")
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestInternersAreBounded(t *testing.T) {
	in := newInterner()
	for i := range 3 * maxInterned {
		b := []byte{byte(i), byte(i >> 8), byte(i >> 16), 'x'}
		require.Equal(t, string(b), in.str(b))
		in.keepDep(b, rpmdep.Dep{})
	}
	require.LessOrEqual(t, len(in.strings.slots), maxInterned)
	require.LessOrEqual(t, len(in.deps.slots), maxKnown)
}

const filelistsText = `<?xml version="1.0"?><filelists packages="2">
<package pkgid="` + sum + `" name="foo" arch="noarch"><version epoch="0" ver="1" rel="2"/>
  <file>/usr/lib/a&amp;b</file><file type="dir">/usr/lib</file><file type="ghost">/var/x</file></package>
<package pkgid="b" name="bar" arch="noarch"><version epoch="1" ver="1" rel="2"/><file>/usr/lib/c</file><other/></package>
</filelists>`

func TestParseFilelists(t *testing.T) {
	var got []*FileList
	for l, err := range ParseFilelists(context.Background(), strings.NewReader(filelistsText)) {
		require.NoError(t, err)
		got = append(got, l)
	}
	require.Empty(t, cmp.Diff([]*FileList{
		{PkgID: sum, NEVRA: rpmver.NEVRA{Name: "foo", Arch: "noarch", EVR: rpmver.EVR{Version: "1", Release: "2"}},
			Files: []FileEntry{{Path: "/usr/lib/a&b"}, {Path: "/usr/lib", Dir: true}, {Path: "/var/x", Ghost: true}}},
		{PkgID: "b", NEVRA: rpmver.NEVRA{Name: "bar", Arch: "noarch", EVR: rpmver.EVR{Epoch: 1, Version: "1", Release: "2"}}, Files: []FileEntry{{Path: "/usr/lib/c"}}},
	}, got))
}

func TestSearchFilelists(t *testing.T) {
	var got []string
	err := SearchFilelists(context.Background(), strings.NewReader(filelistsText), []string{"/usr/lib/c", "/usr/lib/a&b", "/usr/lib/d"},
		func(id string, n rpmver.NEVRA, path string) error {
			got = append(got, n.String()+" "+path)
			return nil
		})
	require.NoError(t, err)
	require.Equal(t, []string{"foo-1-2.noarch /usr/lib/a&b", "bar-1:1-2.noarch /usr/lib/c"}, got)
	err = SearchFilelists(context.Background(), strings.NewReader(filelistsText), []string{"/usr/lib/c"},
		func(string, rpmver.NEVRA, string) error { return os.ErrClosed })
	require.ErrorIs(t, err, os.ErrClosed)
}

func TestParseOther(t *testing.T) {
	text := `<otherdata><package pkgid="a" name="n" arch="s"><version ver="1" rel="2"/>` +
		`<changelog author="A &lt;a@b&gt; - 1-2" date="1700000000">- x
- y</changelog></package></otherdata>`
	for l, err := range ParseOther(context.Background(), strings.NewReader(text)) {
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]Changelog{{Author: "A <a@b> - 1-2", Time: time.Unix(1_700_000_000, 0).UTC(), Text: "- x\n- y"}}, l.Entries))
	}
	for _, err := range ParseOther(context.Background(), strings.NewReader(strings.Replace(text, "1700000000", "today", 1))) {
		require.ErrorContains(t, err, "changelog date is not a number")
	}
}

func TestParseRepomd(t *testing.T) {
	m, err := ParseRepomd(strings.NewReader(`<?xml version="1.0"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>42</revision>
<tags><content>binary-x86_64</content><repo>r</repo><distro cpeid="cpe:/o">Fedora</distro></tags>
<data type="primary"><checksum type="sha256">` + sum + `</checksum><open-checksum type="sha">` + sum[:40] + `</open-checksum>
<location href="repodata/p.xml.gz"/><timestamp>1700000000.75</timestamp><size>10</size><open-size>20</open-size></data>
<data type="primary_db"><checksum type="sha256">` + sum + `</checksum><location xml:base="http://x/y" href="db"/><database_version>10</database_version></data>
</repomd>`))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(&Repomd{Revision: "42", ContentTags: []string{"binary-x86_64"}, RepoTags: []string{"r"},
		DistroTags: []DistroTag{{"cpe:/o", "Fedora"}}, Data: []Data{
			{Type: "primary", Location: "repodata/p.xml.gz", Checksum: digest.Digest("sha256:" + sum), OpenChecksum: digest.Digest("sha1:" + sum[:40]),
				Timestamp: time.Unix(1_700_000_000, 0).UTC(), Size: 10, OpenSize: 20},
			{Type: "primary_db", Location: "http://x/y/db", Checksum: digest.Digest("sha256:" + sum), DBVersion: 10},
		}}, m))
	require.Equal(t, int64(1_700_000_000), m.Generated().Unix())

	var b strings.Builder
	require.NoError(t, m.Encode(&b))
	again, err := ParseRepomd(strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(m, again))
}

func TestParseRepomdErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "unexpected EOF"},
		"wrong root":  {"<metadata/>", "expected element type <repomd>"},
		"doctype":     {"<!DOCTYPE a [<!ENTITY x \"y\">]><repomd/>", "document type declarations"},
		"no type":     {"<repomd><data/></repomd>", "no type"},
		"no location": {`<repomd><data type="x"/></repomd>`, "location is empty"},
		"too deep":    {strings.Repeat("<repomd>", 40), "nested deeper"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseRepomd(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestCheckLocation(t *testing.T) {
	for _, good := range []string{"a.rpm", "Packages/a/a..b.rpm", "./a.rpm", "https://host/x/a.rpm", "a:b.rpm"} {
		require.NoError(t, CheckLocation(good), good)
	}
	for _, bad := range []string{"", "/", "/etc/passwd", "..", "../a", "a/../../b", "./../a", "a\x00b", "https://host/../../x", "http://"} {
		require.Error(t, CheckLocation(bad), bad)
	}
}

func FuzzParsePrimary(f *testing.F) {
	f.Add([]byte(primaryText))
	f.Fuzz(func(t *testing.T, data []byte) {
		for info, err := range ParsePrimary(context.Background(), strings.NewReader(string(data))) {
			if err == nil && info.Location != "" {
				require.NoError(t, CheckLocation(info.Location))
			}
		}
	})
}

func FuzzParseRepomd(f *testing.F) {
	f.Add([]byte(`<repomd><data type="a"><checksum type="sha256">` + sum + `</checksum><location href="b"/><size>1</size></data></repomd>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseRepomd(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for _, d := range m.Data {
			require.NoError(t, CheckLocation(d.Location))
			require.NotContains(t, d.Checksum.String(), "/")
		}
	})
}
