package repodata

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

const xmlHeader = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

// xmlWriter writes markup; the first error sticks.
type xmlWriter struct {
	*bufio.Writer
	err error
}

func newXMLWriter(w io.Writer) *xmlWriter { return &xmlWriter{Writer: bufio.NewWriterSize(w, 64<<10)} }

func (w *xmlWriter) raw(parts ...string) {
	for _, s := range parts {
		if _, err := w.WriteString(s); err != nil && w.err == nil {
			w.err = err
		}
	}
}

func (w *xmlWriter) finish() error { return errors.Join(w.err, w.Flush()) }

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "\n", "&#10;", "\t", "&#9;", "\r", "&#13;")
)

// escText and escAttr make any string valid XML: bytes that are not UTF-8 are taken as Latin-1, control characters
// that XML does not have are left out.
func escText(s string) string { return textEscapes.Replace(sanitize(s)) }
func escAttr(s string) string { return asciiOnly(attrEscapes.Replace(sanitize(s))) }

func sanitize(s string) string {
	if !utf8.ValidString(s) {
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		s = string(runes)
	}
	return strings.Map(func(r rune) rune {
		if !validRune(uint64(r)) {
			return -1
		}
		return r
	}, s)
}

// asciiOnly writes other characters as references, as createrepo_c does in attributes: equal packages give equal files.
func asciiOnly(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
		} else {
			fmt.Fprintf(&b, "&#x%X;", r)
		}
	}
	return b.String()
}

// element writes one line "<name>text</name>".
func (w *xmlWriter) element(indent, name, text string) {
	w.raw(indent, "<", name, ">", escText(text), "</", name, ">\n")
}

func (w *xmlWriter) version(evr rpmver.EVR) {
	w.raw("  <version epoch=\"", strconv.FormatUint(uint64(evr.Epoch), 10), "\" ver=\"", escAttr(evr.Version), "\" rel=\"",
		escAttr(evr.Release), "\"/>\n")
}

func (w *xmlWriter) file(indent string, f FileEntry) {
	typ := ""
	switch {
	case f.Dir:
		typ = " type=\"dir\""
	case f.Ghost:
		typ = " type=\"ghost\""
	}
	w.raw(indent, "<file", typ, ">", escText(f.Path), "</file>\n")
}

// Encoder writes one of the package lists. Use it as: one Encode for each package, then Close.
type Encoder struct {
	w     *xmlWriter
	root  string
	left  int
	write func(w *xmlWriter, r *Record)
}

// NewEncoder starts a file of type "primary", "filelists" or "other" with count packages.
func NewEncoder(w io.Writer, typ string, count int) (*Encoder, error) {
	const ns = "xmlns=\"http://linux.duke.edu/metadata/"
	e := &Encoder{w: newXMLWriter(w), left: count}
	var attrs string
	switch typ {
	case "primary":
		e.root, e.write, attrs = "metadata", encodePrimary, ns+"common\" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\""
	case "filelists":
		e.root, e.write, attrs = "filelists", encodeFilelists, ns+"filelists\""
	case "other":
		e.root, e.write, attrs = "otherdata", encodeOther, ns+"other\""
	default:
		return nil, fmt.Errorf("encode metadata: unknown type %q", typ)
	}
	e.w.raw(xmlHeader, "<", e.root, " ", attrs, " packages=\"", strconv.Itoa(count), "\">\n")
	return e, nil
}

// Encode writes the element of one package.
func (e *Encoder) Encode(r *Record) error {
	if e.left == 0 {
		return errors.New("encode metadata: more packages than announced")
	}
	e.left--
	e.write(e.w, r)
	return e.w.err
}

// Close completes the document. It does not close the underlying writer.
func (e *Encoder) Close() error {
	if e.left != 0 {
		return fmt.Errorf("encode metadata: %d packages less than announced", e.left)
	}
	// Without a newline at the end, as other writers do it: equal input gives equal files.
	e.w.raw("</", e.root, ">")
	return e.w.finish()
}

// begin writes the start of a package element of filelists and other.
func (w *xmlWriter) begin(r *Record) {
	n := &r.Info.NEVRA
	w.raw("<package pkgid=\"", r.Info.Checksum.Encoded(), "\" name=\"", escAttr(n.Name), "\" arch=\"", escAttr(n.Arch), "\">\n")
	w.version(n.EVR)
}

func encodeFilelists(w *xmlWriter, r *Record) {
	w.begin(r)
	for _, f := range r.Files {
		w.file("  ", f)
	}
	w.raw("</package>\n")
}

func encodeOther(w *xmlWriter, r *Record) {
	w.begin(r)
	for _, c := range r.Changelog {
		w.raw("  <changelog author=\"", escAttr(c.Author), "\" date=\"", strconv.FormatInt(c.Time.Unix(), 10), "\">", escText(c.Text),
			"</changelog>\n")
	}
	w.raw("</package>\n")
}

func seconds(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 10)
}

func encodePrimary(w *xmlWriter, r *Record) {
	i := r.Info
	num := func(n uint64) string { return strconv.FormatUint(n, 10) }
	w.raw("<package type=\"rpm\">\n")
	w.element("  ", "name", i.NEVRA.Name)
	w.element("  ", "arch", i.NEVRA.Arch)
	w.version(i.NEVRA.EVR)
	w.raw("  <checksum type=\"", string(i.Checksum.Algorithm()), "\" pkgid=\"YES\">", i.Checksum.Encoded(), "</checksum>\n")
	w.element("  ", "summary", i.Summary)
	w.element("  ", "description", i.Description)
	w.element("  ", "packager", i.Packager)
	w.element("  ", "url", i.URL)
	w.raw("  <time file=\"", seconds(r.FileTime), "\" build=\"", seconds(i.BuildTime), "\"/>\n")
	w.raw("  <size package=\"", num(i.PackageSize), "\" installed=\"", num(i.InstalledSize), "\" archive=\"", num(i.ArchiveSize), "\"/>\n")
	w.raw("  <location href=\"", escAttr(i.Location), "\"/>\n", "  <format>\n")
	w.element("    ", "rpm:license", i.License)
	w.element("    ", "rpm:vendor", i.Vendor)
	w.element("    ", "rpm:group", i.Group)
	w.element("    ", "rpm:buildhost", i.BuildHost)
	w.element("    ", "rpm:sourcerpm", i.SourceRPM)
	w.raw("    <rpm:header-range start=\"", strconv.FormatInt(i.HeaderStart, 10), "\" end=\"", strconv.FormatInt(i.HeaderEnd, 10), "\"/>\n")
	w.deps("provides", i.Provides)
	w.deps("requires", r.requires())
	w.deps("conflicts", i.Conflicts)
	w.deps("obsoletes", i.Obsoletes)
	w.deps("suggests", i.Suggests)
	w.deps("enhances", i.Enhances)
	w.deps("recommends", i.Recommends)
	w.deps("supplements", i.Supplements)
	for _, f := range r.Files {
		if isPrimary(f.Path) {
			w.file("    ", f)
		}
	}
	w.raw("  </format>\n</package>\n")
}

func (w *xmlWriter) deps(kind string, list []rpmdep.Dep) {
	if len(list) == 0 {
		return
	}
	w.raw("    <rpm:", kind, ">\n")
	for i := range list {
		d := &list[i]
		w.raw("      <rpm:entry name=\"", escAttr(d.Name), "\"")
		if op := senseName(d.Sense); op != "" {
			w.raw(" flags=\"", op, "\"")
			if d.EVR.Version != "" {
				w.raw(" epoch=\"", strconv.FormatUint(uint64(d.EVR.Epoch), 10), "\" ver=\"", escAttr(d.EVR.Version), "\"")
			}
			if d.EVR.Release != "" {
				w.raw(" rel=\"", escAttr(d.EVR.Release), "\"")
			}
		}
		if kind == "requires" && isPre(d) {
			w.raw(" pre=\"1\"")
		}
		w.raw("/>\n")
	}
	w.raw("    </rpm:", kind, ">\n")
}

func senseName(s rpmdep.Sense) string {
	for _, name := range []string{"EQ", "LT", "GT", "LE", "GE"} {
		if sense, _ := senseOf([]byte(name)); s.Op() == sense {
			return name
		}
	}
	return ""
}
