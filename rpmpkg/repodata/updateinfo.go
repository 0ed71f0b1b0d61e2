package repodata

import (
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// Advisory is one update notice of an updateinfo file.
type Advisory struct {
	ID, Title                     string
	Type                          string // "security", "bugfix", "enhancement", "newpackage", ...
	Severity                      string // "Critical", "Important", "Moderate", "Low", "None" or empty
	Status, From, Release         string
	Version, Rights               string
	Summary, Description, Message string
	Issued, Updated               time.Time // zero if not given
	RebootSuggested               bool
	References                    []Reference
	Packages                      []AdvisoryPackage
}

// Reference is a link of an advisory.
type Reference struct {
	Type      string // "bugzilla", "cve", "self", "other", "vendor"
	ID, Title string
	Href      string
}

// AdvisoryPackage is a package that an advisory brings.
type AdvisoryPackage struct {
	NEVRA           rpmver.NEVRA
	Filename        string
	RebootSuggested bool
}

// CVEs gives the ids of the CVE references.
func (a *Advisory) CVEs() []string {
	var ids []string
	for _, r := range a.References {
		if r.Type == "cve" {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

type xmlDate struct {
	Date string `xml:"date,attr"`
}

// time reads the forms in use: UTC date and time, a date, seconds since 1970.
func (d xmlDate) time() time.Time {
	text := strings.TrimSpace(d.Date)
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04", time.DateOnly, time.RFC3339, "2006-01-02 15:04:05 MST"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	var sec int64
	if n, err := fmt.Sscanf(text, "%d", &sec); n == 1 && err == nil && len(text) >= 9 && !strings.ContainsAny(text, "-: ") {
		return time.Unix(sec, 0).UTC()
	}
	return time.Time{}
}

type xmlAdvisory struct {
	From        string  `xml:"from,attr"`
	Status      string  `xml:"status,attr"`
	Type        string  `xml:"type,attr"`
	Version     string  `xml:"version,attr"`
	ID          string  `xml:"id"`
	Title       string  `xml:"title"`
	Severity    string  `xml:"severity"`
	Release     string  `xml:"release"`
	Rights      string  `xml:"rights"`
	Summary     string  `xml:"summary"`
	Description string  `xml:"description"`
	Message     string  `xml:"message"`
	Issued      xmlDate `xml:"issued"`
	Updated     xmlDate `xml:"updated"`
	Reboot      string  `xml:"reboot_suggested"`
	References  []struct {
		Type  string `xml:"type,attr"`
		ID    string `xml:"id,attr"`
		Title string `xml:"title,attr"`
		Href  string `xml:"href,attr"`
	} `xml:"references>reference"`
	Packages []struct {
		Name     string    `xml:"name,attr"`
		Epoch    string    `xml:"epoch,attr"`
		Version  string    `xml:"version,attr"`
		Release  string    `xml:"release,attr"`
		Arch     string    `xml:"arch,attr"`
		Filename string    `xml:"filename"`
		Reboot   *struct{} `xml:"reboot_suggested"`
	} `xml:"pkglist>collection>package"`
}

// ParseUpdateinfo streams the advisories of an uncompressed updateinfo file, one at a time in memory. After an
// error the sequence ends.
func ParseUpdateinfo(r io.Reader) iter.Seq2[*Advisory, error] {
	return func(yield func(*Advisory, error) bool) {
		limited := &io.LimitedReader{R: r, N: maxDocument}
		d := xml.NewTokenDecoder(&guardedTokens{d: xml.NewDecoder(limited)})
		for {
			t, err := d.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("parse updateinfo: %w", err))
				return
			}
			start, ok := t.(xml.StartElement)
			if !ok || start.Name.Local != "update" {
				continue
			}
			limited.N = maxDocument // of each advisory
			var x xmlAdvisory
			if err := d.DecodeElement(&x, &start); err != nil {
				if limited.N <= 0 {
					err = fmt.Errorf("advisory longer than %d bytes", maxDocument)
				}
				yield(nil, fmt.Errorf("parse updateinfo: %w", err))
				return
			}
			a, err := x.advisory()
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

func (x *xmlAdvisory) advisory() (*Advisory, error) {
	a := &Advisory{ID: strings.TrimSpace(x.ID), Title: x.Title, Type: x.Type, Severity: strings.TrimSpace(x.Severity),
		Status: x.Status, From: x.From, Release: x.Release, Version: x.Version, Rights: x.Rights, Summary: x.Summary,
		Description: x.Description, Message: x.Message, Issued: x.Issued.time(), Updated: x.Updated.time(),
		RebootSuggested: isTrue(x.Reboot)}
	for _, r := range x.References {
		a.References = append(a.References, Reference{Type: r.Type, ID: r.ID, Title: r.Title, Href: r.Href})
	}
	for _, p := range x.Packages {
		n := rpmver.NEVRA{Name: p.Name, Arch: p.Arch, EVR: rpmver.EVR{Version: p.Version, Release: p.Release}}
		if p.Epoch != "" {
			epoch, err := strconv.ParseUint(p.Epoch, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("parse updateinfo: advisory %.80q: epoch of %.80q: %w", a.ID, p.Name, err)
			}
			n.Epoch = uint32(epoch)
		}
		a.Packages = append(a.Packages, AdvisoryPackage{NEVRA: n, Filename: strings.TrimSpace(p.Filename), RebootSuggested: p.Reboot != nil})
	}
	return a, nil
}
