package delta

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// superblockType is the GVariant type of a superblock: metadata, time, from, to,
// commit, recursion, parts, fallbacks.
const superblockType = "(a{sv}tayay" + commitType + "aya" + partInfoType + "a" + fallbackType + ")"

const (
	commitType   = "(a{sv}aya(say)sstayay)"
	partInfoType = "(uayttay)"
	fallbackType = "(yaytt)"
)

// keyEndianness is the metadata that says in which byte order sizes are, and
// its values.
const (
	keyEndianness = "ostree.endianness"
	littleEndian  = 'l'
	bigEndian     = 'B'
)

// Superblock is the head of a delta.
type Superblock struct {
	Name      Name
	Time      time.Time       // when the delta was made
	Metadata  *gvariant.Dict  // as stored
	Commit    []byte          // the object of the new commit
	Checksum  ostree.Checksum // SHA-256 of the bytes of the superblock
	BigEndian bool            // byte order of the sizes as they were stored
	Guessed   bool            // BigEndian is, since the delta does not tell
	Parts     []Part
	Fallbacks []Fallback
}

// Part is the description of a part.
type Part struct {
	Checksum ostree.Checksum     // SHA-256 of the part as stored
	Size     uint64              // of that, in bytes
	Usize    uint64              // of the objects that it makes, in bytes
	Objects  []ostree.ObjectName // that it makes, in order
}

// Fallback is an object that belongs to the commit but is not in the delta.
type Fallback struct {
	Object ostree.ObjectName
	Size   uint64 // compressed, in bytes
	Usize  uint64 // of the content, in bytes
}

// ParseSuperblock decodes a superblock, in normal form. It checks that the
// commit in it is the one it leads to, and every list of objects.
func ParseSuperblock(data []byte) (*Superblock, error) {
	s, err := parseSuperblock(data)
	if err != nil {
		return nil, fmt.Errorf("parse delta superblock: %w", err)
	}
	return s, nil
}

func parseSuperblock(data []byte) (*Superblock, error) {
	v, err := gvariant.Decode(superblockType, data)
	if err != nil {
		return nil, err
	}
	s := &Superblock{Commit: v.Index(4).Bytes(), Checksum: sha256.Sum256(data)}
	if s.Metadata, err = gvariant.DictFromValue(v.Index(0)); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	if s.Time, err = bigEndianTime(v.Index(1).Uint()); err != nil {
		return nil, err
	}
	if from := v.Index(2).RawBytes(); len(from) > 0 {
		if s.Name.From, err = ostree.ChecksumFromBytes(from); err != nil {
			return nil, fmt.Errorf("from: %w", err)
		}
	}
	if s.Name.To, err = ostree.ChecksumFromBytes(v.Index(3).RawBytes()); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if sum := ostree.Checksum(sha256.Sum256(s.Commit)); sum != s.Name.To {
		return nil, fmt.Errorf("has commit %s instead of %s", sum, s.Name.To)
	}
	if _, err := ostree.ParseCommit(s.Commit); err != nil {
		return nil, err
	}
	if len(v.Index(5).RawBytes()) > 0 {
		return nil, errors.New("refers to other deltas, which nothing writes")
	}
	return s, s.parseLists(v.Index(6), v.Index(7))
}

// maxTime keeps times within what package time can compare.
const maxTime = 1 << 40

func bigEndianTime(stored uint64) (time.Time, error) {
	sec := bits.ReverseBytes64(stored)
	if sec > maxTime {
		return time.Time{}, fmt.Errorf("time %d is out of range", sec)
	}
	return time.Unix(int64(sec), 0).UTC(), nil
}

func (s *Superblock) parseLists(parts, fallbacks gvariant.Value) error {
	for i, v := range parts.All() {
		p, err := parsePart(v)
		if err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		if err := s.checkCommits(&p); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		s.Parts = append(s.Parts, p)
	}
	for i, v := range fallbacks.All() {
		f, err := parseFallback(v)
		if err != nil {
			return fmt.Errorf("fallback %d: %w", i, err)
		}
		s.Fallbacks = append(s.Fallbacks, f)
	}
	var err error
	if s.BigEndian, err = s.byteOrder(); err != nil || !s.BigEndian {
		return err
	}
	for i := range s.Parts {
		swap(&s.Parts[i].Size, &s.Parts[i].Usize)
	}
	for i := range s.Fallbacks {
		swap(&s.Fallbacks[i].Size, &s.Fallbacks[i].Usize)
	}
	return nil
}

// checkCommits keeps commits that nobody has verified out of the repository: a
// part makes no other than the one the delta leads to.
func (s *Superblock) checkCommits(p *Part) error {
	for _, n := range p.Objects {
		if n.Type == ostree.TypeCommit && n.Checksum != s.Name.To {
			return fmt.Errorf("makes commit %s, to which the delta does not lead", n.Checksum)
		}
	}
	return nil
}

func swap(sizes ...*uint64) {
	for _, s := range sizes {
		*s = bits.ReverseBytes64(*s)
	}
}

// byteOrder says whether the sizes are big-endian. Deltas made before 2016 do
// not tell: then sizes that are implausible decide.
func (s *Superblock) byteOrder() (big bool, err error) {
	if v, ok := s.Metadata.Get(keyEndianness); ok {
		switch v.Uint() {
		case littleEndian:
			return false, nil
		case bigEndian:
			return true, nil
		}
		return false, fmt.Errorf("unknown byte order %s", v)
	}
	s.Guessed = true
	var size, usize, objects float64
	for _, p := range s.Parts {
		size += float64(p.Size)
		usize += float64(p.Usize)
		objects += float64(len(p.Objects))
	}
	const maxGrowth, maxMean = 1.2, math.MaxUint32
	return size > usize*maxGrowth || objects > 0 && usize/objects > maxMean, nil
}

// objectLen is the length of an object name in a part: type and checksum.
const objectLen = 1 + 32

func parsePart(v gvariant.Value) (Part, error) {
	p := Part{Size: v.Index(2).Uint(), Usize: v.Index(3).Uint()}
	if version := v.Index(0).Uint(); version != 0 {
		return p, fmt.Errorf("unknown version %d", version)
	}
	var err error
	if p.Checksum, err = ostree.ChecksumFromBytes(v.Index(1).RawBytes()); err != nil {
		return p, err
	}
	names := v.Index(4).RawBytes()
	if len(names)%objectLen != 0 {
		return p, fmt.Errorf("list of objects has %d bytes, which is no multiple of %d", len(names), objectLen)
	}
	p.Objects = make([]ostree.ObjectName, 0, len(names)/objectLen)
	for ; len(names) > 0; names = names[objectLen:] {
		n, err := parseObject(names[0], names[1:objectLen])
		if err != nil {
			return p, err
		}
		p.Objects = append(p.Objects, n)
	}
	return p, nil
}

func parseObject(typ byte, sum []byte) (ostree.ObjectName, error) {
	c, err := ostree.ChecksumFromBytes(sum)
	if err != nil {
		return ostree.ObjectName{}, err
	}
	n := ostree.ObjectName{Checksum: c, Type: ostree.ObjectType(typ)}
	if n.Type < ostree.TypeFile || n.Type > ostree.TypeCommit {
		return n, fmt.Errorf("object %s of type %d cannot be in a delta", c, typ)
	}
	return n, nil
}

func parseFallback(v gvariant.Value) (Fallback, error) {
	n, err := parseObject(v.Index(0).Byte(), v.Index(1).RawBytes())
	return Fallback{Object: n, Size: v.Index(2).Uint(), Usize: v.Index(3).Uint()}, err
}

// inlinePart returns part i, as a part file has it, and its length if it is
// inside the superblock.
func (s *Superblock) inlinePart(i int) (io.Reader, int64, bool) {
	v, ok := s.Metadata.Get(s.Name.Dir() + "/" + strconv.Itoa(i))
	if !ok || v.Type() != inlineType {
		return nil, 0, false
	}
	body := v.Index(1).RawBytes()
	r := io.MultiReader(bytes.NewReader([]byte{v.Index(0).Byte()}), bytes.NewReader(body))
	return r, int64(len(body)) + 1, true
}

// inlineType is the type of a part in the metadata: compression and content.
const inlineType = "(yay)"

// Detached returns the detached metadata of the commit, nil if there is none.
func (s *Superblock) Detached() (*gvariant.Dict, error) {
	v, ok := s.Metadata.Get(s.Name.Dir() + "/commitmeta")
	if !ok {
		return nil, nil
	}
	if v.Type() != "a{sv}" {
		return nil, fmt.Errorf("delta %s: detached metadata of type %s", s.Name, v.Type())
	}
	return gvariant.DictFromValue(v)
}
