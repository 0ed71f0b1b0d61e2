package repodata

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

type oracleVersion struct {
	Epoch uint32 `xml:"epoch,attr"`
	Ver   string `xml:"ver,attr"`
	Rel   string `xml:"rel,attr"`
}

func (v oracleVersion) evr() rpmver.EVR {
	return rpmver.EVR{Epoch: v.Epoch, Version: v.Ver, Release: v.Rel}
}

type oracleEntries struct {
	Entry []struct {
		Name  string `xml:"name,attr"`
		Flags string `xml:"flags,attr"`
		Pre   string `xml:"pre,attr"`
		oracleVersion
	} `xml:"entry"`
}

type oraclePackage struct {
	Name        string        `xml:"name"`
	Arch        string        `xml:"arch"`
	Version     oracleVersion `xml:"version"`
	Checksum    xmlChecksum   `xml:"checksum"`
	Summary     string        `xml:"summary"`
	Description string        `xml:"description"`
	Packager    string        `xml:"packager"`
	URL         string        `xml:"url"`
	Time        struct {
		Build int64 `xml:"build,attr"`
	} `xml:"time"`
	Size struct {
		Package   uint64 `xml:"package,attr"`
		Installed uint64 `xml:"installed,attr"`
		Archive   uint64 `xml:"archive,attr"`
	} `xml:"size"`
	Location struct {
		Href string `xml:"href,attr"`
		Base string `xml:"base,attr"`
	} `xml:"location"`
	Format struct {
		License     string `xml:"license"`
		Vendor      string `xml:"vendor"`
		Group       string `xml:"group"`
		BuildHost   string `xml:"buildhost"`
		SourceRPM   string `xml:"sourcerpm"`
		HeaderRange struct {
			Start int64 `xml:"start,attr"`
			End   int64 `xml:"end,attr"`
		} `xml:"header-range"`
		Provides    oracleEntries `xml:"provides"`
		Requires    oracleEntries `xml:"requires"`
		Conflicts   oracleEntries `xml:"conflicts"`
		Obsoletes   oracleEntries `xml:"obsoletes"`
		Recommends  oracleEntries `xml:"recommends"`
		Suggests    oracleEntries `xml:"suggests"`
		Supplements oracleEntries `xml:"supplements"`
		Enhances    oracleEntries `xml:"enhances"`
		Files       []string      `xml:"file"`
	} `xml:"format"`
}

// text gives dependencies as text, which says all of them but the flags other than the comparison and "pre".
func (l oracleEntries) text() (list []string) {
	ops := map[string]string{"EQ": " = ", "LT": " < ", "GT": " > ", "LE": " <= ", "GE": " >= "}
	for _, e := range l.Entry {
		s := e.Name
		if e.Ver != "" {
			s += ops[e.Flags] + e.evr().String()
		}
		if e.Pre == "1" {
			s += " (pre)"
		}
		list = append(list, s)
	}
	return list
}

func depText(deps []rpmdep.Dep) (list []string) {
	for _, d := range deps {
		s := d.String()
		if d.IsPre() {
			s += " (pre)"
		}
		list = append(list, s)
	}
	return list
}

func (o *oraclePackage) check(t *testing.T, got *rpmpkg.Info) {
	t.Helper()
	f := &o.Format
	want := &rpmpkg.Info{NEVRA: rpmver.NEVRA{Name: o.Name, EVR: o.Version.evr(), Arch: o.Arch}, Summary: o.Summary, Description: o.Description,
		License: f.License, Vendor: f.Vendor, URL: o.URL, Group: f.Group, Packager: o.Packager, SourceRPM: f.SourceRPM, BuildHost: f.BuildHost,
		InstalledSize: o.Size.Installed, PackageSize: o.Size.Package, ArchiveSize: o.Size.Archive, HeaderStart: f.HeaderRange.Start,
		HeaderEnd: f.HeaderRange.End, Location: joinBase(o.Location.Base, o.Location.Href), Files: f.Files}
	if o.Time.Build > 0 {
		want.BuildTime = time.Unix(o.Time.Build, 0).UTC()
	}
	if o.Checksum.Type != "" {
		want.Checksum = digest.Digest(o.Checksum.Type + ":" + o.Checksum.Hex)
	}
	diff := cmp.Diff(want, got, cmpopts.IgnoreFields(rpmpkg.Info{}, "Provides", "Requires", "Conflicts", "Obsoletes", "Recommends", "Suggests",
		"Supplements", "Enhances"))
	require.Empty(t, diff)
	for _, p := range []struct {
		want oracleEntries
		got  []rpmdep.Dep
	}{{f.Provides, got.Provides}, {f.Requires, got.Requires}, {f.Conflicts, got.Conflicts}, {f.Obsoletes, got.Obsoletes},
		{f.Recommends, got.Recommends}, {f.Suggests, got.Suggests}, {f.Supplements, got.Supplements}, {f.Enhances, got.Enhances}} {
		if want, got := fmt.Sprint(p.want.text()), fmt.Sprint(depText(p.got)); want != got {
			t.Fatalf("%s: want %s\ngot %s", o.Name, want, got)
		}
	}
}

// TestPrimaryEqualsEncodingXML reads a primary file with encoding/xml as well: the one in this package's tests, and an
// uncompressed real one that RPMOSTREE_TEST_PRIMARY may name.
func TestPrimaryEqualsEncodingXML(t *testing.T) {
	open := map[string]func() (io.ReadCloser, error){"sample": func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(primaryText)), nil }}
	if path := os.Getenv("RPMOSTREE_TEST_PRIMARY"); path != "" {
		open["real"] = func() (io.ReadCloser, error) { return os.Open(path) }
	}
	for name, f := range open {
		t.Run(name, func(t *testing.T) {
			ours, err := f()
			require.NoError(t, err)
			defer ours.Close()
			theirs, err := f()
			require.NoError(t, err)
			defer theirs.Close()
			d := xml.NewDecoder(theirs)
			n := 0
			for got, err := range ParsePrimary(context.Background(), ours) {
				require.NoError(t, err)
				n++
				for {
					tok, err := d.Token()
					require.NoError(t, err)
					if start, ok := tok.(xml.StartElement); ok && start.Name.Local == "package" {
						var want oraclePackage
						require.NoError(t, d.DecodeElement(&want, &start))
						want.check(t, got)
						break
					}
				}
			}
			t.Logf("%d packages", n)
			require.Positive(t, n)
		})
	}
}

// FuzzPrimaryText puts any text into the places for it: what both readers accept they read alike.
func FuzzPrimaryText(f *testing.F) {
	f.Add("foo", "a &amp; b", "/usr/bin/é", "(a or b)", "1.0", "2")
	f.Add("&#x66;oo", "two\nlines", "/etc/a&#38;b", "lib", "1&#46;0~rc", "")
	f.Add("long-name-of-a-package", "\t tab", "/etc/with space", "x\r\ny", " 1", "a'b")
	f.Fuzz(func(t *testing.T, name, summary, file, dep, version, release string) {
		if strings.Contains(name+summary+file+dep+version+release, "<") || strings.Contains(dep+version+release, `"`) {
			return // markup
		}
		doc := `<package><name>` + name + `</name><arch>noarch</arch><version epoch="0" ver="` + version + `" rel="` + release + `"/><summary>` + summary +
			`</summary><description>` + summary + summary + `</description><format><rpm:requires><rpm:entry name="` + dep + `" flags="GE" epoch="0" ver="` +
			version + `" rel="` + release + `"/><rpm:entry name="` + dep + `" pre="1"/></rpm:requires><rpm:license>` + file + `</rpm:license><file>` + file +
			`</file></format></package>`
		var want oraclePackage
		if xml.Unmarshal([]byte(doc), &want) != nil || want.Format.Files[0] == "" || strings.HasPrefix(want.Format.Requires.Entry[0].Name, "(") {
			return
		}
		for _, attr := range []string{dep, version, release} {
			if strings.ContainsAny(attr, "\n\t\r") {
				return // encoding/xml leaves white space in attributes as it is
			}
		}
		for got, err := range ParsePrimary(context.Background(), strings.NewReader("<metadata>"+doc+doc+"</metadata>")) {
			if err == nil {
				want.check(t, got)
			}
		}
	})
}
