package ostree

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// ObjectType tells the kinds of object apart. The numbers are part of the
// format (static deltas contain them).
type ObjectType uint8

// The object types.
const (
	TypeFile           ObjectType = iota + 1 // regular file or symbolic link
	TypeDirTree                              // names in a directory
	TypeDirMeta                              // owner, mode, attributes of a directory
	TypeCommit                               // a commit
	TypeTombstone                            // note of a deleted commit
	TypeCommitMeta                           // detached metadata of a commit, the only mutable type
	TypePayloadLink                          // link from the SHA-256 of a payload to a file object
	TypeFileXattrs                           // attributes of a file in bare-split-xattrs mode
	TypeFileXattrsLink                       // file object to its attributes, bare-split-xattrs mode
)

// typeNames are the file name extensions of loose objects.
var typeNames = [...]string{
	TypeFile:           "file",
	TypeDirTree:        "dirtree",
	TypeDirMeta:        "dirmeta",
	TypeCommit:         "commit",
	TypeTombstone:      "tombstone-commit",
	TypeCommitMeta:     "commitmeta",
	TypePayloadLink:    "payload-link",
	TypeFileXattrs:     "file-xattrs",
	TypeFileXattrsLink: "file-xattrs-link",
}

// parseObjectType parses the name of a type, which is also the extension of its
// loose objects.
func parseObjectType(s string) (ObjectType, error) {
	for t, name := range typeNames {
		if name != "" && s == name {
			return ObjectType(t), nil
		}
	}
	return 0, fmt.Errorf("parse object type %q: unknown type", s)
}

// String returns the name of the type: file, dirtree, dirmeta, commit, ...
func (t ObjectType) String() string {
	if t.valid() {
		return typeNames[t]
	}
	return fmt.Sprintf("type(%d)", uint8(t))
}

// IsMetadata reports whether objects of the type are GVariant values stored
// the same way in every mode.
func (t ObjectType) IsMetadata() bool { return t >= TypeDirTree && t <= TypeCommitMeta }

func (t ObjectType) valid() bool { return t >= TypeFile && int(t) < len(typeNames) }

// ObjectName identifies an object in a repository.
type ObjectName struct {
	Checksum Checksum
	Type     ObjectType
}

// String returns CHECKSUM.TYPE, as the ostree command prints object names.
func (n ObjectName) String() string { return n.Checksum.String() + "." + n.Type.String() }

// LoosePath returns the path of the object below objects/ in a repository of
// mode m: two hex digits, a slash, the other 62, and the type.
func (n ObjectName) LoosePath(m Mode) string {
	buf := make([]byte, 0, 2*len(n.Checksum)+20)
	buf = hex.AppendEncode(buf, n.Checksum[:1])
	buf = append(buf, '/')
	return string(n.appendLooseName(buf, m))
}

// looseName is LoosePath without the directory.
func (n ObjectName) looseName(m Mode) string {
	return string(n.appendLooseName(make([]byte, 0, 2*len(n.Checksum)+20), m))
}

func (n ObjectName) appendLooseName(buf []byte, m Mode) []byte {
	buf = hex.AppendEncode(buf, n.Checksum[1:])
	buf = append(buf, '.')
	buf = append(buf, n.Type.String()...)
	if m == ModeArchive && !n.Type.IsMetadata() {
		buf = append(buf, 'z')
	}
	return buf
}

// ParseLoosePath is the inverse of [ObjectName.LoosePath]. It fails for any
// path that is not the exact path of an object in a repository of mode m.
func ParseLoosePath(path string, m Mode) (ObjectName, error) {
	dir, rest, ok := strings.Cut(path, "/")
	if !ok || len(dir) != 2 {
		return ObjectName{}, fmt.Errorf("parse object path %q: not XX/NAME.TYPE", path)
	}
	digits, ext, ok := strings.Cut(rest, ".")
	if !ok {
		return ObjectName{}, fmt.Errorf("parse object path %q: no type", path)
	}
	c, err := ParseChecksum(dir + digits)
	if err != nil {
		return ObjectName{}, fmt.Errorf("parse object path %q: %w", path, err)
	}
	t, err := parseObjectType(ext)
	if err != nil && m == ModeArchive {
		t, err = parseObjectType(strings.TrimSuffix(ext, "z"))
	}
	if err != nil {
		return ObjectName{}, fmt.Errorf("parse object path %q: %w", path, err)
	}
	n := ObjectName{Checksum: c, Type: t}
	if n.LoosePath(m) != path {
		return ObjectName{}, fmt.Errorf("parse object path %q: not used in a repository of mode %s", path, m)
	}
	return n, nil
}

// parseLooseName is [ParseLoosePath] of dir/name without words for what is wrong: listing a repository parses all.
func parseLooseName(dir, name string, m Mode) (ObjectName, bool) {
	var n ObjectName
	const digits = 2*len(n.Checksum) - 2
	if len(dir) != 2 || len(name) <= digits || name[digits] != '.' {
		return n, false
	}
	ok := true
	digit := func(c byte) byte {
		ok = ok && isLowerHex(c)
		return c&15 + c>>6*9
	}
	n.Checksum[0] = digit(dir[0])<<4 | digit(dir[1])
	for i := range digits / 2 {
		n.Checksum[1+i] = digit(name[2*i])<<4 | digit(name[2*i+1])
	}
	ext, z := name[digits+1:], false
	if m == ModeArchive {
		ext, z = strings.CutSuffix(ext, "z")
	}
	var err error
	n.Type, err = parseObjectType(ext)
	return n, ok && err == nil && z == (m == ModeArchive && !n.Type.IsMetadata())
}
