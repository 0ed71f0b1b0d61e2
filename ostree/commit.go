package ostree

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/bits"
	"time"

	"example.com/rpmostree/ostree/gvariant"
)

// Commit metadata keys with a meaning of their own.
const (
	KeyVersion           = "version"                   // s: version of the tree, for people
	KeyRefBinding        = "ostree.ref-binding"        // as: the refs that may name the commit
	KeyCollectionBinding = "ostree.collection-binding" // s: the collection of those refs
	KeyBootable          = "ostree.bootable"           // b: the tree has a kernel
	KeyLinux             = "ostree.linux"              // s: the version of the kernel, see [Tx.KernelVersion]
	KeyArchitecture      = "ostree.architecture"       // s: of the processor, for people
	KeySourceTitle       = "ostree.source-title"       // s: what the tree was made from, for people
	KeyEndOfLife         = "ostree.endoflife"          // s: that there will be no newer commit, and why
	KeyEndOfLifeRebase   = "ostree.endoflife-rebase"   // s: the ref to switch to, for there will be no newer commit
)

// Commit is a commit object.
type Commit struct {
	Metadata  *gvariant.Dict // in the order stored; nil is empty
	Parent    Checksum       // zero for none
	Subject   string         // one line; may be empty
	Body      string         // may be empty
	Timestamp time.Time      // whole seconds, UTC; stored as 1970-01-01 if it is not set
	RootTree  Checksum       // dirtree
	RootMeta  Checksum       // dirmeta

	related gvariant.Value // always empty in practice; kept so that encoding is faithful
}

const commitType = "(a{sv}aya(say)sstayay)"

// ParseCommit decodes a commit object, the GVariant (a{sv}aya(say)sstayay) in
// normal form with a big-endian time. Everything else is a [*CorruptError].
func ParseCommit(data []byte) (*Commit, error) {
	v, err := gvariant.Decode(commitType, data)
	if err != nil {
		return nil, corrupt(TypeCommit, "%w", err)
	}
	c := &Commit{
		Subject:   v.Index(3).Str(),
		Body:      v.Index(4).Str(),
		Timestamp: time.Unix(int64(bits.ReverseBytes64(v.Index(5).Uint())), 0).UTC(),
		related:   v.Index(2),
	}
	if c.Metadata, err = gvariant.DictFromValue(v.Index(0)); err != nil {
		return nil, corrupt(TypeCommit, "metadata: %w", err)
	}
	if parent := v.Index(1).RawBytes(); len(parent) > 0 {
		if c.Parent, err = ChecksumFromBytes(parent); err != nil {
			return nil, corrupt(TypeCommit, "parent: %w", err)
		}
	}
	if c.RootTree, err = ChecksumFromBytes(v.Index(6).RawBytes()); err != nil {
		return nil, corrupt(TypeCommit, "root dirtree: %w", err)
	}
	if c.RootMeta, err = ChecksumFromBytes(v.Index(7).RawBytes()); err != nil {
		return nil, corrupt(TypeCommit, "root dirmeta: %w", err)
	}
	return c, nil
}

// Encode returns the bytes of the object. It fails when a string cannot be
// stored.
func (c *Commit) Encode() ([]byte, error) {
	for what, s := range map[string]string{"subject": c.Subject, "body": c.Body} {
		if bytes.IndexByte([]byte(s), 0) >= 0 {
			return nil, fmt.Errorf("encode commit: NUL in %s", what)
		}
	}
	metadata := c.Metadata
	if metadata == nil {
		metadata = gvariant.NewDict()
	}
	related := c.related
	if !related.IsValid() {
		related = gvariant.DecodeTrusted("a(say)", nil)
	}
	parent := []byte{}
	if !c.Parent.IsZero() {
		parent = c.Parent[:]
	}
	data := gvariant.NewTuple(
		metadata.Value(),
		gvariant.NewBytes(parent),
		related,
		gvariant.NewString(c.Subject),
		gvariant.NewString(c.Body),
		gvariant.NewUint64(bits.ReverseBytes64(c.seconds())),
		gvariant.NewBytes(c.RootTree[:]),
		gvariant.NewBytes(c.RootMeta[:]),
	).Bytes()
	if _, err := ParseCommit(data); err != nil {
		return nil, fmt.Errorf("encode commit: %w", err)
	}
	return data, nil
}

// seconds is the time as it is stored.
func (c *Commit) seconds() uint64 {
	if c.Timestamp.IsZero() {
		return 0
	}
	return uint64(c.Timestamp.Unix())
}

// ContentChecksum identifies the tree of the commit: commits with equal roots
// have the same value, whatever their metadata.
func (c *Commit) ContentChecksum() Checksum {
	return sha256.Sum256(append(c.RootTree[:], c.RootMeta[:]...))
}

// Version returns the metadata key "version", or "".
func (c *Commit) Version() string {
	if c.Metadata == nil {
		return ""
	}
	s, _ := c.Metadata.String(KeyVersion)
	return s
}
