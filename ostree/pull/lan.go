package pull

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/rpmostree/ostree"
)

// LANServiceType is the service under which computers on the local network announce repositories (RFC 6763).
const LANServiceType = "_ostree_repo._tcp"

// Advert is what a computer announces about a repository that it serves over HTTP: the TXT record of a service of
// LANServiceType, format version 1. The refs are those of collections; a Bloom filter tells which may be there, without
// listing them.
type Advert struct {
	// Index is the number of the repository at the computer, and the path of its URL.
	Index uint16
	// Modified is the time of the summary, in seconds; zero if unknown.
	Modified time.Time
	refs     refFilter
}

// NewAdvert returns the announcement of a repository with these refs, of which Collection and Name count.
func NewAdvert(index uint16, modified time.Time, refs []ostree.Ref) *Advert {
	a := &Advert{Index: index, Modified: modified, refs: newRefFilter(len(refs))}
	for _, r := range refs {
		a.refs.add(r.Collection, r.Name)
	}
	return a
}

// MayHave reports whether the repository may have a ref; if not, it certainly does not.
func (a *Advert) MayHave(collection, name string) bool { return a.refs.mayHave(collection, name) }

const (
	advertVersion = 1
	bloomSipHash  = 1            // the number of the filter's hash function
	maxTXTString  = 8900         // RFC 6763, 6.1
	latestTime    = 253402300799 // the end of the year 9999
)

// TXT returns the strings of the TXT record.
func (a *Advert) TXT() [][]byte {
	var modified uint64
	if !a.Modified.IsZero() {
		modified = uint64(max(a.Modified.Unix(), 0))
	}
	record := func(key string, value ...byte) []byte { return append([]byte(key+"="), value...) }
	return [][]byte{
		record("v", advertVersion),
		record("rb", append([]byte{a.refs.hashes, bloomSipHash}, a.refs.bits...)...),
		record("st", binary.BigEndian.AppendUint64(nil, modified)...),
		record("ri", binary.BigEndian.AppendUint16(nil, a.Index)...),
	}
}

// ParseAdvert reads the strings of a TXT record. Unknown keys are left out; of a key that is there twice the first
// counts.
func ParseAdvert(txt [][]byte) (*Advert, error) {
	a, err := parseAdvert(txtValues(txt))
	if err != nil {
		return nil, fmt.Errorf("TXT record of a repository: %w", err)
	}
	return a, nil
}

func parseAdvert(values map[string][]byte) (*Advert, error) {
	if v := values["v"]; len(v) == 1 && v[0] != advertVersion {
		return nil, fmt.Errorf("unknown version %d", v[0])
	}
	for _, field := range []struct {
		key  string
		size int
	}{{"v", 1}, {"st", 8}, {"ri", 2}} {
		if n := len(values[field.key]); n != field.size {
			return nil, fmt.Errorf("%s has %d bytes, want %d", field.key, n, field.size)
		}
	}
	filter := values["rb"]
	switch {
	case len(filter) < 3:
		return nil, errors.New("rb is too short")
	case filter[0] == 0:
		return nil, errors.New("rb has no hashes")
	case filter[1] != bloomSipHash:
		return nil, fmt.Errorf("rb has the unknown hash function %d", filter[1])
	}
	a := &Advert{Index: binary.BigEndian.Uint16(values["ri"]), refs: refFilter{filter[0], filter[2:]}}
	if s := binary.BigEndian.Uint64(values["st"]); s > 0 && s <= latestTime {
		a.Modified = time.Unix(int64(s), 0)
	}
	return a, nil
}

// txtValues reads KEY=VALUE strings (RFC 6763, 6.4): keys are printable ASCII in any case.
func txtValues(txt [][]byte) map[string][]byte {
	values := map[string][]byte{}
	for _, s := range txt {
		if len(s) > maxTXTString {
			continue
		}
		key, value, _ := strings.Cut(string(s), "=")
		if key == "" || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
			continue
		}
		key = strings.ToLower(key)
		if _, again := values[key]; !again {
			values[key] = []byte(value)
		}
	}
	return values
}
