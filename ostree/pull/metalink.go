package pull

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/rpmostree/internal/fetch"
)

// maxMetalink bounds a metalink document; real ones have some kilobytes.
const maxMetalink = 1 << 20

// metalinkFile is what a metalink says about one file: size, digests and where it
// is, best first.
type metalinkFile struct {
	size           int64
	sha256, sha512 []byte // nil if not given
	urls           []string
}

// metalinkDocument is the part of the format that is used
// (http://www.metalinker.org/, version 3.0).
type metalinkDocument struct {
	XMLName xml.Name `xml:"metalink"`
	Files   []struct {
		Name   string `xml:"name,attr"`
		Size   string `xml:"size"`
		Hashes []struct {
			Type  string `xml:"type,attr"`
			Value string `xml:",chardata"`
		} `xml:"verification>hash"`
		URLs []metalinkURL `xml:"resources>url"`
	} `xml:"files>file"`
}

type metalinkURL struct {
	Preference int    `xml:"preference,attr"` // higher is better
	Value      string `xml:",chardata"`
}

// parseMetalink returns what the document says about the file name.
func parseMetalink(data []byte, name string) (*metalinkFile, error) {
	var doc metalinkDocument
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n\ufeff"), []byte("<")) {
		return nil, errors.New("Document must begin with an element")
	}
	if err := xml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	for _, f := range doc.Files {
		if f.Name != name {
			continue
		}
		out := &metalinkFile{}
		var err error
		if out.size, err = strconv.ParseInt(strings.TrimSpace(f.Size), 10, 64); err != nil || out.size <= 0 || out.size > maxSummary {
			return nil, fmt.Errorf("Invalid size %q of file %s", f.Size, name)
		}
		for _, h := range f.Hashes {
			if err := out.addHash(h.Type, strings.TrimSpace(h.Value)); err != nil {
				return nil, err
			}
		}
		if out.sha256 == nil && out.sha512 == nil {
			return nil, errors.New("No <verification> element found with known <hash type=>")
		}
		slices.SortStableFunc(f.URLs, func(a, b metalinkURL) int { return cmp.Compare(b.Preference, a.Preference) })
		for _, u := range f.URLs {
			if u := strings.TrimSpace(u.Value); isHTTP(u) {
				out.urls = append(out.urls, u)
			}
		}
		if len(out.urls) == 0 {
			return nil, errors.New("No <url method=http> elements found")
		}
		return out, nil
	}
	return nil, fmt.Errorf("No <file name=%q> found", name)
}

// addHash takes the digests that are good enough.
func (f *metalinkFile) addHash(kind, text string) error {
	var at *[]byte
	var size int
	switch kind {
	case "sha256":
		at, size = &f.sha256, sha256.Size
	case "sha512":
		at, size = &f.sha512, sha512.Size
	default:
		return nil
	}
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != size {
		return fmt.Errorf("Invalid hash digest for %s", kind)
	}
	*at = sum
	return nil
}

// verify compares a file with size and digests.
func (f *metalinkFile) verify(data []byte) error {
	if int64(len(data)) != f.size {
		return fmt.Errorf("Expected size is %d bytes but content is %d bytes", f.size, len(data))
	}
	sum512, sum256 := sha512.Sum512(data), sha256.Sum256(data)
	for _, c := range []struct{ want, got []byte }{{f.sha512, sum512[:]}, {f.sha256, sum256[:]}} {
		if c.want != nil && !bytes.Equal(c.want, c.got) {
			return fmt.Errorf("Expected checksum is %x but actual is %x", c.want, c.got)
		}
	}
	return nil
}

// metalinkName is the file that the metalink of a repository describes.
const metalinkName = "summary"

// resolveMetalink gets a metalink document and the summary that it describes, from the
// first mirror that has it. It returns the mirrors of the repository, that one first.
func resolveMetalink(ctx context.Context, client *http.Client, address string) (mirrors []string, summary []byte, err error) {
	if !isHTTP(address) {
		return nil, nil, fmt.Errorf("metalink %q: want http or https", address)
	}
	data, _, err := fetch.New(client, nil).Bytes(ctx, &fetch.Request{URL: address, MaxBytes: maxMetalink})
	if err != nil {
		return nil, nil, fmt.Errorf("metalink: %w", err)
	}
	f, err := parseMetalink(data, metalinkName)
	if err != nil {
		return nil, nil, fmt.Errorf("metalink %s: %w", fetch.Redact(address), err)
	}
	try := fetch.New(client, &fetch.Options{Retries: 1})
	var errs []error
	for i, u := range f.urls {
		data, _, err := try.Bytes(ctx, &fetch.Request{URL: u, MaxBytes: f.size + 1}) // one more, to tell the size
		if err == nil {
			if err = f.verify(data); err == nil {
				return repositories(slices.Concat(f.urls[i:], f.urls[:i])), data, nil
			}
			err = fmt.Errorf("get %s: %w", fetch.Redact(u), err)
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return nil, nil, fmt.Errorf("metalink %s: %w", fetch.Redact(address), errors.Join(errs...))
}

// repositories are the addresses of the repositories with the summaries at urls.
func repositories(urls []string) []string {
	var out []string
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil || !strings.HasSuffix(u.Path, "/"+metalinkName) {
			continue
		}
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"+metalinkName), ""
		if base := u.String(); !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}
