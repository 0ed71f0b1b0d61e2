package repodata

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// events gives what a scanner sees, one line each, with adjacent text joined.
func events(r io.Reader) (string, error) {
	s := newScanner(r)
	var b strings.Builder
	text := ""
	flush := func() {
		if text != "" {
			fmt.Fprintf(&b, "text %q\n", text)
		}
		text = ""
	}
	for {
		kind, err := s.next()
		if err != nil {
			return b.String(), err
		}
		switch kind {
		case tokEOF:
			return b.String(), nil
		case tokText:
			t := s.text
			if !s.cdata {
				if t, err = s.unescape(t, false); err != nil {
					return b.String(), err
				}
			}
			text += string(t)
		case tokStart:
			flush()
			fmt.Fprintf(&b, "start %s", s.name)
			for _, a := range s.attrs {
				v, err := s.unescape(a.value, true)
				if err != nil {
					return b.String(), err
				}
				fmt.Fprintf(&b, " %s=%q", local(a.name), v)
			}
			b.WriteByte('\n')
		case tokEnd:
			flush()
			b.WriteString("end\n")
		}
	}
}

// oracle gives the same lines from encoding/xml.
func oracle(text string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	var b strings.Builder
	data, depth := "", 0
	flush := func() {
		if data != "" {
			fmt.Fprintf(&b, "text %q\n", data)
		}
		data = ""
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch t := t.(type) {
		case xml.StartElement:
			flush()
			depth++
			fmt.Fprintf(&b, "start %s", t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteByte('\n')
		case xml.EndElement:
			flush()
			depth--
			b.WriteString("end\n")
		case xml.CharData:
			if depth > 0 {
				data += string(t)
			}
		}
	}
}

var documents = []string{
	"<a/>", "<a></a>", "<a >x</a >", "\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>\n", "<a><b x='1' y = \"2\"/>t<b/></a>",
	"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;</a>", "<a x=\"&lt;&quot;&#10;>\"/>", "<a><!-- c > <b> -->x<!----></a>",
	"<a>1<![CDATA[<b>&amp;]]]]>2<![CDATA[]]></a>", "<a>l1\r\nl2\rl3\n</a>", "<r:a xmlns:r=\"u\"><r:b r:c=\"d\"/></r:a>", "<?pi x?><a><?pi <b> ?></a><!-- end -->",
	"<a>é\u20ac</a>", "<a x='\"' y=\"'\"/>",
}

func TestScannerEqualsEncodingXML(t *testing.T) {
	for _, doc := range documents {
		want, err := oracle(doc)
		require.NoError(t, err, doc)
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(doc), "bytewise": iotest.OneByteReader(strings.NewReader(doc))} {
			got, err := events(r)
			require.NoError(t, err, "%s %s", name, doc)
			require.Equal(t, want, got, "%s %s", name, doc)
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	deep := strings.Repeat("<a>", maxDepth+1)
	for name, c := range map[string]struct{ doc, want string }{
		"empty":               {"", "no root element"},
		"text only":           {"hello", "no root element"},
		"text before":         {"x<a/>", "text outside of the root element"},
		"text behind":         {"<a/>x", "text outside of the root element"},
		"two roots":           {"<a/><b/>", `second root element "b"`},
		"open element":        {"<a><b></b>", `input ends inside element "a"`},
		"wrong end":           {"<a><b></a></b>", `end tag "a" does not match`},
		"end without start":   {"</a>", `end tag "a" does not match`},
		"cut tag":             {"<a b=\"c", "input ends inside start tag"},
		"cut end tag":         {"<a></a", "input ends inside end tag"},
		"cut comment":         {"<a><!-- x", "input ends inside comment"},
		"cut CDATA":           {"<a><![CDATA[x]]", "input ends inside CDATA section"},
		"cut instruction":     {"<?xml", "input ends inside processing instruction"},
		"just a bracket":      {"<a><", "input ends inside markup"},
		"CDATA outside":       {"<![CDATA[x]]><a/>", "CDATA outside of the root element"},
		"doctype":             {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "document type declarations are not accepted"},
		"doctype inside":      {"<a><!ELEMENT b></a>", "document type declarations are not accepted"},
		"unknown entity":      {"<a>&nbsp;</a>", `unknown entity "&nbsp;"`},
		"open entity":         {"<a>&amp</a>", "'&' without ';'"},
		"zero character":      {"<a>&#0;</a>", `unknown entity "&#0;"`},
		"surrogate":           {"<a>&#xD800;</a>", `unknown entity "&#xD800;"`},
		"too large character": {"<a>&#99999999999;</a>", `unknown entity`},
		"no name":             {"< a/>", "element without a name"},
		"no value":            {"<a b/>", "attribute without a value"},
		"no quotes":           {"<a b=c/>", "attribute value without quotes"},
		"bracket in value":    {"<a b=\"<\"/>", "'<' in an attribute value"},
		"many attributes":     {"<a" + strings.Repeat(" b=\"\"", maxAttrs+1) + "/>", "too many attributes"},
		"attributes run on":   {"<a b=\"c\"d=\"e\"/>", "malformed start tag"},
		"slash":               {"<a / >", "malformed start tag"},
		"too deep":            {deep, "nested deeper than 32"},
		"other encoding":      {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", `encoding "ISO-8859-1" is not UTF-8`},
		"invalid UTF-8":       {"<a>\xff</a>", "invalid UTF-8"},
		"invalid UTF-8 value": {"<a b=\"\xff\"/>", "invalid UTF-8"},
		"long text":           {"<a>" + strings.Repeat("x", maxToken+1), "token longer than 8388608 bytes"},
		"long attribute":      {"<a b=\"" + strings.Repeat("x", maxToken+1), "token longer than 8388608 bytes"},
		"long comment":        {"<a><!--" + strings.Repeat("x", maxToken+1), "token longer than 8388608 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := events(strings.NewReader(c.doc))
			var e *SyntaxError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestScannerGivesReadErrors(t *testing.T) {
	broken := errors.New("broken")
	_, err := events(io.MultiReader(strings.NewReader("<a>"), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
}

func TestErrorTellsOffset(t *testing.T) {
	long := strings.Repeat("x", 2*firstChunk)
	_, err := events(strings.NewReader("<a>" + long + "</b>"))
	var e *SyntaxError
	require.ErrorAs(t, err, &e)
	require.InDelta(t, 3+len(long), e.Offset, 5)
}

// FuzzScanner checks that the scanner never accepts and reads differently what encoding/xml accepts.
func FuzzScanner(f *testing.F) {
	for _, d := range documents {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got, err := events(strings.NewReader(doc))
		if err != nil {
			return
		}
		// encoding/xml drops a namespace prefix only if there is exactly one colon, and checks names and characters.
		want, xerr := oracle(doc)
		if xerr != nil || strings.Contains(doc, ":") || strings.ContainsAny(doc, "\n\t\r") {
			return
		}
		require.Equal(t, want, got)
	})
}
