package repodata

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
)

// maxDocument bounds the small documents that are held in memory.
const maxDocument = 64 << 20

// Repomd is the index of a repository: repodata/repomd.xml.
type Repomd struct {
	Revision    string   // free text, by convention the time of creation in seconds
	ContentTags []string // tags of the contents, such as "binary-x86_64"
	RepoTags    []string
	DistroTags  []DistroTag
	Data        []Data
}

// DistroTag names a distribution that the repository is made for.
type DistroTag struct{ CPEID, Name string }

// Data describes one metadata file.
type Data struct {
	Type         string        // "primary", "filelists", "other", "group", "group_gz", "updateinfo", "modules", ...
	Location     string        // relative to the repository, or an absolute URL
	Checksum     digest.Digest // of the file as stored
	OpenChecksum digest.Digest // of its uncompressed content; may be empty
	Timestamp    time.Time     // zero if not given
	Size         int64         // of the file as stored, in bytes; 0 if not given
	OpenSize     int64         // of its uncompressed content; 0 if not given
	DBVersion    int           // of the "*_db" types
}

// Find gives the first data of a type.
func (m *Repomd) Find(typ string) (Data, bool) {
	for _, d := range m.Data {
		if d.Type == typ {
			return d, true
		}
	}
	return Data{}, false
}

// Generated is the newest timestamp of the data, by which two versions of a repository are compared.
func (m *Repomd) Generated() time.Time {
	var newest time.Time
	for _, d := range m.Data {
		if d.Timestamp.After(newest) {
			newest = d.Timestamp
		}
	}
	return newest
}

type xmlChecksum struct {
	Type string `xml:"type,attr"`
	Hex  string `xml:",chardata"`
}

func (c *xmlChecksum) digest() (digest.Digest, error) {
	if c == nil {
		return "", nil
	}
	return ParseChecksum(c.Type, strings.TrimSpace(c.Hex))
}

type xmlData struct {
	Type     string       `xml:"type,attr"`
	Checksum *xmlChecksum `xml:"checksum"`
	Open     *xmlChecksum `xml:"open-checksum"`
	Location struct {
		Href string `xml:"href,attr"`
		Base string `xml:"base,attr"`
	} `xml:"location"`
	Timestamp string `xml:"timestamp"`
	Size      string `xml:"size"`
	OpenSize  string `xml:"open-size"`
	DBVersion string `xml:"database_version"`
}

type xmlRepomd struct {
	XMLName  xml.Name `xml:"repomd"`
	Revision string   `xml:"revision"`
	Tags     []struct {
		Content []string `xml:"content"`
		Repo    []string `xml:"repo"`
		Distro  []struct {
			CPEID string `xml:"cpeid,attr"`
			Name  string `xml:",chardata"`
		} `xml:"distro"`
	} `xml:"tags"`
	Data []xmlData `xml:"data"`
}

// ParseRepomd reads a repomd.xml. Every location in the result is checked with CheckLocation, every checksum with
// ParseChecksum.
func ParseRepomd(r io.Reader) (*Repomd, error) {
	var x xmlRepomd
	if err := decodeDocument(r, &x); err != nil {
		return nil, fmt.Errorf("parse repomd: %w", err)
	}
	m := &Repomd{Revision: strings.TrimSpace(x.Revision)}
	for _, t := range x.Tags {
		m.ContentTags = append(m.ContentTags, t.Content...)
		m.RepoTags = append(m.RepoTags, t.Repo...)
		for _, d := range t.Distro {
			m.DistroTags = append(m.DistroTags, DistroTag{CPEID: d.CPEID, Name: d.Name})
		}
	}
	for i := range x.Data {
		d, err := x.Data[i].data()
		if err != nil {
			return nil, fmt.Errorf("parse repomd: data %.80q: %w", x.Data[i].Type, err)
		}
		m.Data = append(m.Data, d)
	}
	return m, nil
}

func (x *xmlData) data() (Data, error) {
	d := Data{Type: x.Type, Location: joinBase(x.Location.Base, x.Location.Href)}
	if x.Type == "" {
		return d, errors.New("no type")
	}
	if err := CheckLocation(d.Location); err != nil {
		return d, err
	}
	var err error
	if d.Checksum, err = x.Checksum.digest(); err != nil {
		return d, err
	}
	if d.OpenChecksum, err = x.Open.digest(); err != nil {
		return d, err
	}
	// Some writers give the time as a decimal fraction.
	if text, _, _ := strings.Cut(strings.TrimSpace(x.Timestamp), "."); text != "" {
		sec, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return d, fmt.Errorf("timestamp: %w", err)
		}
		d.Timestamp = time.Unix(sec, 0).UTC()
	}
	for _, f := range []struct {
		text string
		dst  *int64
	}{{x.Size, &d.Size}, {x.OpenSize, &d.OpenSize}} {
		if *f.dst, err = optionalSize(f.text); err != nil {
			return d, err
		}
	}
	version, err := optionalSize(x.DBVersion)
	d.DBVersion = int(version)
	return d, err
}

func optionalSize(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return int64(n), nil
}

// decodeDocument reads one small XML document of at most maxDocument bytes. encoding/xml knows only the
// predefined entities; declarations of others are refused.
func decodeDocument(r io.Reader, v any) error {
	limited := &io.LimitedReader{R: r, N: maxDocument + 1}
	d := xml.NewTokenDecoder(&guardedTokens{d: xml.NewDecoder(limited)})
	err := d.Decode(v)
	if limited.N <= 0 {
		return fmt.Errorf("document longer than %d bytes", maxDocument)
	}
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// guardedTokens passes tokens on, refusing directives and deep nesting.
type guardedTokens struct {
	d     *xml.Decoder
	depth int
}

func (g *guardedTokens) Token() (xml.Token, error) {
	t, err := g.d.Token()
	switch t := t.(type) {
	case xml.Directive:
		// Comps files name their DTD, which is not read. An internal subset could define entities.
		if bytes.IndexByte(t, '[') >= 0 || !bytes.HasPrefix(t, []byte("DOCTYPE ")) {
			return nil, errors.New("document type declarations are not accepted")
		}
	case xml.StartElement:
		if g.depth++; g.depth > maxDepth {
			return nil, fmt.Errorf("elements nested deeper than %d", maxDepth)
		}
	case xml.EndElement:
		g.depth--
	}
	return t, err
}
