package repodata

import (
	"context"
	"encoding/xml"
	"hash/maphash"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
)

// plainPackage is a package element for encoding/xml: what a reader without any shortcut makes of it.
type plainPackage struct {
	Name        string       `xml:"name"`
	Summary     string       `xml:"summary"`
	Description string       `xml:"description"`
	Files       []string     `xml:"format>file"`
	Provides    []plainEntry `xml:"format>provides>entry"`
	Requires    []plainEntry `xml:"format>requires>entry"`
	Location    struct {
		Href string `xml:"href,attr"`
	} `xml:"location"`
}

type plainEntry struct {
	Name  string `xml:"name,attr"`
	Flags string `xml:"flags,attr"`
	Epoch string `xml:"epoch,attr"`
	Ver   string `xml:"ver,attr"`
	Rel   string `xml:"rel,attr"`
	Pre   string `xml:"pre,attr"`
}

func (e plainEntry) text() string {
	ops := map[string]string{"EQ": " = ", "LT": " < ", "LE": " <= ", "GT": " > ", "GE": " >= "}
	s := e.Name
	if op := ops[e.Flags]; op != "" && e.Ver != "" {
		s += op
		if e.Epoch != "" && e.Epoch != "0" {
			s += e.Epoch + ":"
		}
		s += e.Ver
		if e.Rel != "" {
			s += "-" + e.Rel
		}
	}
	return s + strings.Repeat(" pre", len(e.Pre))
}

// plainOf gives the lines that describe a package as encoding/xml reads it, linesOf those of what ParsePrimary gives.
func plainOf(p plainPackage) []string {
	lines := append([]string{p.Name, p.Summary, p.Description, p.Location.Href}, p.Files...)
	for _, list := range [][]plainEntry{p.Provides, p.Requires} {
		lines = append(lines, "--")
		for _, e := range list {
			lines = append(lines, e.text())
		}
	}
	return lines
}

func linesOf(i *rpmpkg.Info) []string {
	lines := append([]string{i.NEVRA.Name, i.Summary, i.Description, i.Location}, i.Files...)
	lines = append(lines, "--")
	for _, d := range i.Provides {
		lines = append(lines, d.String())
	}
	lines = append(lines, "--")
	for _, d := range i.Requires {
		s := d.String()
		if isPre(&d) {
			s += " pre"
		}
		lines = append(lines, s)
	}
	return lines
}

// primaryPackages are written in every way that XML allows and no tool uses.
const primaryPackages = `<metadata>
<package><name>a</name><arch>noarch</arch><version ver="1"/><summary>short</summary><description>one &lt;two&gt; é
three</description><location href="a&amp;b.rpm"/><format>
<rpm:provides><rpm:entry name="a" flags="EQ" epoch="0" ver="1" rel="2"/><rpm:entry name='b"c' /></rpm:provides>
<rpm:requires><rpm:entry name="x" flags="GE" epoch="3" ver="1&#46;0"/><rpm:entry name="x" pre="1"/><rpm:entry name="x"></rpm:entry></rpm:requires>
<file>/usr/bin/a</file><file type="dir">/etc/a&#x20;b</file><rpm:provides><rpm:entry name="again"/></rpm:provides></format></package>
<package ><name ><![CDATA[b]]></name ><arch>noarch</arch><version
 ver = "1" /><summary/><description></description><location href = 'b.rpm'></location ><format><!-- <file>/no</file> -->
<rpm:requires><!-- c --><rpm:entry
 rel="2" ver="1" flags="LT" name="éa"/><?pi <rpm:entry name="no"/> ?><rpm:entry name="x" flags="GE" epoch="3" ver="1.0"/></rpm:requires>
<file>/usr/s<!-- cut -->bin/b</file><file>/<![CDATA[etc]]>/&quot;</file></format></package>
<package><name>long-name-of-more-than-eight-bytes</name><arch>noarch</arch><version ver="1"/><summary>A text of many bytes, then an umlaut: ü and more</summary><format>
<file>/etc/0123456789abcdef0123456789abcdef</file></format></package>
</metadata>`

func TestParsePrimaryEqualsEncodingXML(t *testing.T) {
	var want struct {
		Packages []plainPackage `xml:"package"`
	}
	d := xml.NewDecoder(strings.NewReader(primaryPackages))
	d.Strict = true
	require.NoError(t, d.Decode(&want))
	require.Len(t, want.Packages, 3)
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(primaryPackages), "bytewise": iotest.OneByteReader(strings.NewReader(primaryPackages))} {
		n := 0
		for info, err := range ParsePrimary(context.Background(), r) {
			require.NoError(t, err, name)
			require.Empty(t, cmp.Diff(plainOf(want.Packages[n]), linesOf(info)), "%s: package %d", name, n)
			n++
		}
		require.Equal(t, 3, n, name)
	}
}

// Every cut is an error with a position, and what came before it is right.
func TestParsePrimaryCutAnywhere(t *testing.T) {
	for at := range len(primaryPackages) {
		var last error
		for info, err := range ParsePrimary(context.Background(), strings.NewReader(primaryPackages[:at])) {
			require.NoError(t, last)
			if last = err; err == nil {
				require.Contains(t, []string{"a", "b", "long-name-of-more-than-eight-bytes"}, info.NEVRA.Name)
			}
		}
		var e *SyntaxError
		require.ErrorAs(t, last, &e, "cut at %d", at)
		require.LessOrEqual(t, e.Offset, int64(at))
	}
}

func TestPlainUntil(t *testing.T) {
	naive := func(b []byte, end byte) int {
		for i, c := range b {
			if c == end || c == '<' || c == '&' || c < 0x20 || c >= 0x80 {
				return i
			}
		}
		return len(b)
	}
	for c := range 256 {
		for size := range 20 {
			for at := range size {
				b := []byte(strings.Repeat("x", size))
				b[at] = byte(c)
				if at > 0 {
					b[at-1] = byte(c - 1) // a neighbour that borrows
				}
				for _, end := range []byte{'<', '"', '\''} {
					require.Equal(t, naive(b, end), plainUntil(b, end), "%q until %q", b, end)
				}
			}
		}
	}
}

// Keys that meet in one place push each other out and are read right all the same.
func TestInternerKeysMeet(t *testing.T) {
	in := &interner{strings: newRecent[struct{}](maphash.MakeSeed(), 512)}
	for round := range 3 {
		for i := range 5000 {
			key := []byte(strconv.Itoa(i))
			require.Equal(t, strconv.Itoa(i), in.str(key), "round %d", round)
		}
	}
	require.Len(t, in.strings.slots, 512)
}

// The dependencies of packages with many of them stay their own.
func TestParsePrimaryLargePackages(t *testing.T) {
	var b strings.Builder
	b.WriteString("<metadata>")
	sizes := []int{3, manyDeps - 1, manyDeps, 5, manyDeps + 1, 0, 2*manyDeps + 7}
	for n, size := range sizes {
		b.WriteString("<package><name>p</name><arch>noarch</arch><version ver=\"1\"/><format><rpm:requires>")
		for i := range size {
			b.WriteString(`<rpm:entry name="r` + strconv.Itoa(n) + "-" + strconv.Itoa(i) + `"/>`)
		}
		b.WriteString("</rpm:requires><rpm:provides><rpm:entry name=\"p\"/></rpm:provides></format></package>")
	}
	b.WriteString("</metadata>")
	for n, info := range parsePrimary(t, b.String()) {
		require.Len(t, info.Requires, sizes[n])
		require.Equal(t, "p", info.Provides[0].Name)
		for i, d := range info.Requires {
			require.Equal(t, "r"+strconv.Itoa(n)+"-"+strconv.Itoa(i), d.Name)
		}
	}
}

// Packages cost few allocations however many entries they have.
func TestParsePrimaryAllocations(t *testing.T) {
	var b strings.Builder
	b.WriteString("<metadata>")
	for n := range 200 {
		b.WriteString("<package><name>p</name><arch>noarch</arch><version ver=\"1\"/><summary>s</summary><format><rpm:requires>")
		for i := range 50 {
			b.WriteString(`<rpm:entry name="d` + strconv.Itoa(i) + `"/>`)
		}
		b.WriteString("</rpm:requires>")
		for i := range 50 {
			b.WriteString("<file>/etc/" + strconv.Itoa(n) + "/" + strconv.Itoa(i) + "</file>")
		}
		b.WriteString("</format></package>")
	}
	b.WriteString("</metadata>")
	got := testing.AllocsPerRun(3, func() {
		for _, err := range ParsePrimary(context.Background(), strings.NewReader(b.String())) {
			require.NoError(t, err)
		}
	})
	require.Less(t, got, 200*30.0) // of 20,000 entries; keys that meet in the tables cost more, as chance will have it
}
