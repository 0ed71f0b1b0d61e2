package delta

import (
	"encoding/base64"
	"fmt"
	"strings"

	"example.com/rpmostree/ostree"
)

// Name says between which commits a delta is.
type Name struct {
	From ostree.Checksum // zero: from scratch
	To   ostree.Checksum
}

// ParseName parses FROM-TO or TO, checksums in hexadecimal, the form of
// summaries, indexes and command lines.
func ParseName(s string) (Name, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		from, to = "", from
	}
	var n Name
	var err error
	if ok {
		n.From, err = ostree.ParseChecksum(from)
	}
	if err == nil {
		n.To, err = ostree.ParseChecksum(to)
	}
	if err == nil && (n.To.IsZero() || ok && n.From.IsZero()) {
		err = fmt.Errorf("checksum is zero")
	}
	if err != nil {
		return Name{}, fmt.Errorf("parse delta name %q: %w", s, err)
	}
	return n, nil
}

// String returns FROM-TO or TO.
func (n Name) String() string {
	if n.From.IsZero() {
		return n.To.String()
	}
	return n.From.String() + "-" + n.To.String()
}

// Dir returns the directory of the delta below a repository, deltas/XX/REST.
func (n Name) Dir() string {
	s := encodeChecksum(n.To)
	if !n.From.IsZero() {
		s = encodeChecksum(n.From) + "-" + s
	}
	return deltasDir + "/" + s[:2] + "/" + s[2:]
}

// parseDir is the inverse of Dir without deltas/ and the slash.
func parseDir(s string) (Name, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		from, to = "", from
	}
	var n Name
	var err error
	if ok {
		n.From, err = decodeChecksum(from)
	}
	if err == nil {
		n.To, err = decodeChecksum(to)
	}
	return n, err
}

// IndexPath returns the path of the index of deltas to a commit below a
// repository, delta-indexes/XX/REST.index.
func IndexPath(to ostree.Checksum) string {
	s := encodeChecksum(to)
	return indexesDir + "/" + s[:2] + "/" + s[2:] + indexSuffix
}

const (
	deltasDir      = "deltas"
	indexesDir     = "delta-indexes"
	indexSuffix    = ".index"
	superblockFile = "superblock"
)

// encodeChecksum is base64 with a character instead of "/" that file names can
// have, and without padding.
func encodeChecksum(c ostree.Checksum) string {
	return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(c[:]), "/", "_")
}

func decodeChecksum(s string) (ostree.Checksum, error) {
	b, err := base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(s, "_", "/"))
	if err != nil {
		return ostree.Checksum{}, fmt.Errorf("parse base64 checksum %q: %w", s, err)
	}
	c, err := ostree.ChecksumFromBytes(b)
	if err == nil && encodeChecksum(c) != s {
		err = fmt.Errorf("parse base64 checksum %q: contains \"/\"", s)
	}
	return c, err
}
