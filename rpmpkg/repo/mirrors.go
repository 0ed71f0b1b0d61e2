package repo

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/rpmpkg/repodata"
)

// maxMirrorDoc bounds metalinks and mirror lists.
const maxMirrorDoc = 4 << 20

// repomdPath is where a repository has its index.
const repomdPath = "repodata/repomd.xml"

// metalink is what a metalink says of repomd.xml.
type metalink struct {
	versions []metalinkVersion // the present one first, then older ones that mirrors may still have
	urls     []string          // of repositories, best first
}

type metalinkVersion struct {
	size int64
	sums []digest.Digest
}

type xmlVersion struct {
	Size   int64 `xml:"size"`
	Hashes []struct {
		Type string `xml:"type,attr"`
		Hex  string `xml:",chardata"`
	} `xml:"verification>hash"`
}

type xmlURL struct {
	Preference int    `xml:"preference,attr"` // 100 is the best
	URL        string `xml:",chardata"`
}

// version keeps the checksums that are worth something: a metalink is the root of trust for repomd.xml.
func (x *xmlVersion) version() (v metalinkVersion) {
	v.size = x.Size
	for _, h := range x.Hashes {
		d, err := repodata.ParseChecksum(h.Type, strings.TrimSpace(h.Hex))
		if err == nil && slices.Contains([]digest.Algorithm{"sha256", "sha384", "sha512"}, d.Algorithm()) {
			v.sums = append(v.sums, d)
		}
	}
	return v
}

func parseMetalink(data []byte) (*metalink, error) {
	var x struct {
		XMLName xml.Name `xml:"metalink"`
		Files   []struct {
			Name string `xml:"name,attr"`
			xmlVersion
			Alternates []xmlVersion `xml:"alternates>alternate"`
			URLs       []xmlURL     `xml:"resources>url"`
		} `xml:"files>file"`
	}
	if err := xml.Unmarshal(data, &x); err != nil {
		return nil, fmt.Errorf("metalink: %w", err)
	}
	for _, f := range x.Files {
		if f.Name != "repomd.xml" {
			continue
		}
		m := &metalink{versions: []metalinkVersion{f.version()}}
		for i := range f.Alternates {
			m.versions = append(m.versions, f.Alternates[i].version())
		}
		slices.SortStableFunc(f.URLs, func(a, b xmlURL) int { return cmp.Compare(b.Preference, a.Preference) })
		for _, u := range f.URLs {
			if base, ok := strings.CutSuffix(strings.TrimSpace(u.URL), repomdPath); ok && usable(base) {
				m.urls = append(m.urls, base)
			}
		}
		if len(m.urls) == 0 {
			return nil, errors.New("metalink: no usable URL for repomd.xml")
		}
		return m, nil
	}
	return nil, errors.New("metalink: it does not describe repomd.xml")
}

// check compares a repomd.xml with what the metalink knows.
func (m *metalink) check(data []byte) error {
	var mismatch error
	verified := false
	for _, v := range m.versions {
		for _, want := range v.sums {
			verified = true
			h, err := repodata.NewHash(want.Algorithm())
			if err != nil {
				return err
			}
			h.Write(data)
			got := digest.NewDigest(want.Algorithm(), h)
			if got == want && (v.size <= 0 || v.size == int64(len(data))) {
				return nil
			}
			if mismatch == nil {
				mismatch = &MismatchError{WantSize: v.size, GotSize: int64(len(data)), Want: want, Got: got}
			}
		}
	}
	if !verified {
		return errors.New("metalink: no SHA-2 checksum of repomd.xml")
	}
	return mismatch
}

// parseMirrorlist reads a plain list of URLs; a metalink in its place, which some servers send, is taken as well.
func parseMirrorlist(data []byte) ([]string, *metalink, error) {
	if text := strings.TrimSpace(string(data[:min(len(data), 512)])); strings.HasPrefix(text, "<") {
		m, err := parseMetalink(data)
		if err != nil {
			return nil, nil, err
		}
		return m.urls, m, nil
	}
	var urls []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && usable(line) {
			urls = append(urls, asURL(line))
		}
	}
	if len(urls) == 0 {
		return nil, nil, errors.New("mirror list: no usable URL")
	}
	return urls, nil, nil
}

// usable leaves out protocols that are not spoken here, such as rsync and ftp.
func usable(u string) bool {
	for _, scheme := range []string{"http://", "https://", "file://", "/"} {
		if strings.HasPrefix(u, scheme) {
			return true
		}
	}
	return false
}

// readLimited reads a small document.
func readLimited(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("longer than %d bytes", limit)
	}
	return data, err
}

// mirrors are the base URLs of a repository with what is known of their reliability.
type mirrors struct {
	mu   sync.Mutex
	list []*mirror
}

type mirror struct {
	url        string // with a slash at the end
	ok, failed int
}

func newMirrors(urls []string) *mirrors {
	m := &mirrors{}
	for _, u := range urls {
		m.list = append(m.list, &mirror{url: strings.TrimRight(u, "/") + "/"})
	}
	return m
}

// maxFailures is how often a mirror may fail without any success before it is not asked any more.
const maxFailures = 4

// candidates gives the mirrors to try, the most reliable first. If none is left, all are tried again.
func (m *mirrors) candidates() []*mirror {
	m.mu.Lock()
	defer m.mu.Unlock()
	var good []*mirror
	for _, x := range m.list {
		if x.ok > 0 || x.failed < maxFailures {
			good = append(good, x)
		}
	}
	if len(good) == 0 {
		good = slices.Clone(m.list)
	}
	// As long as nothing failed the order of the list counts, not who was lucky first.
	if slices.ContainsFunc(good, func(x *mirror) bool { return x.failed > 0 }) {
		slices.SortStableFunc(good, func(a, b *mirror) int { return cmp.Compare(a.failed-a.ok, b.failed-b.ok) })
	}
	return good
}

func (m *mirrors) report(x *mirror, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		x.ok = min(x.ok+1, maxFailures)
	} else {
		x.failed++
	}
}

func (m *mirrors) urls() []string {
	var list []string
	for _, x := range m.list {
		list = append(list, x.url)
	}
	return list
}
