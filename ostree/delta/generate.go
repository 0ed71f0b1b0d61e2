package delta

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// Defaults of the generator, in bytes.
const (
	DefaultMinFallbackSize = 4_000_000
	DefaultMaxPatchSize    = 128_000_000
	DefaultMaxPartSize     = 32_000_000
)

// GenerateOptions are the options of [Generate]. The zero value and nil mean the
// defaults.
type GenerateOptions struct {
	// Output is the name of the superblock file to write; parts go beside it.
	// "" stores the delta in the repository.
	Output string
	// Inline puts the parts into the superblock.
	Inline bool
	// MinFallbackSize is the size in bytes from which on a file that resembles
	// none of the old commit is left out of the delta, for clients to get as it
	// is; 0 means the default, < 0 that every file is in the delta.
	MinFallbackSize int64
	// MaxPatchSize is the largest sum of the sizes of an old and a new file for
	// which a binary patch is made; 0 means the default, < 0 no patches.
	// Larger files are compared in chunks.
	MaxPatchSize int64
	// MaxPartSize is the size in bytes, before compression, at which a part
	// ends; <= 0 means the default.
	MaxPartSize int64
	// BigEndian writes sizes in that byte order, for clients that assume it.
	BigEndian bool
	// Metadata is put into the superblock, before what the format needs.
	Metadata *gvariant.Dict
	// Time is when the delta was made; zero means now.
	Time time.Time
	// Sign makes signatures of the bytes of the superblock, see [Sign]; nil
	// means that the delta is not signed.
	Sign func(ctx context.Context, superblock []byte) (*gvariant.Dict, error)
	// Workers is the number of files compared at a time; <= 0 means the number
	// of CPUs. The result does not depend on it.
	Workers int
	// Progress is called from one goroutine for every object.
	Progress func(done, total int)
}

// Stats says what [Generate] has put into a delta.
type Stats struct {
	Metadata, Files, Symlinks   int // objects in the parts
	Patched, Chunked, Fallbacks int // files made by patch or of chunks, and files left out
	Parts                       int
	Size, Usize                 uint64 // of all parts, compressed, and of the objects in them
}

// Generate makes the delta between two commits of a repository, or from scratch
// if name.From is zero. The same input makes the same parts. It uses at most
// 300 MiB of memory.
//
// A delta in the repository appears at once and complete; an older one of the
// same name is replaced.
func Generate(ctx context.Context, repo *ostree.Repo, name Name, o *GenerateOptions) (*Stats, error) {
	if o == nil {
		o = &GenerateOptions{}
	}
	stats, err := generate(ctx, repo, name, o)
	if err != nil {
		return nil, fmt.Errorf("generate delta %s: %w", name, err)
	}
	return stats, nil
}

func orDefault(v, def int64) int64 {
	if v == 0 {
		return def
	}
	return v
}

func (o *GenerateOptions) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (o *GenerateOptions) maxPart() int64 {
	if o.MaxPartSize > 0 {
		return o.MaxPartSize
	}
	return DefaultMaxPartSize
}

func generate(ctx context.Context, repo *ostree.Repo, name Name, o *GenerateOptions) (stats *Stats, err error) {
	if name.To.IsZero() {
		return nil, errors.New("no commit to generate for")
	}
	if err := refuseReserved(o.Metadata); err != nil {
		return nil, err
	}
	plan, err := makePlan(ctx, repo, name, o)
	if err != nil {
		return nil, err
	}
	tmp, err := openTmp(repo)
	if err != nil {
		return nil, err
	}
	defer tmp.Close()
	out, err := newOutput(ctx, repo, name, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, out.close(ctx)) }()
	b := &builder{ctx: ctx, repo: repo, tmp: tmp, o: o, out: out, stats: &Stats{Fallbacks: len(plan.fallbacks)}}
	if err := b.build(plan); err != nil {
		return nil, err
	}
	super, err := plan.superblock(ctx, repo, b.parts, o)
	if err != nil {
		return nil, err
	}
	return b.stats, out.publish(ctx, super)
}

// refuseReserved keeps the caller's metadata apart from that of the format.
func refuseReserved(d *gvariant.Dict) error {
	if _, ok := d.Get(keyEndianness); ok {
		return fmt.Errorf("metadata key %s is reserved", keyEndianness)
	}
	return nil
}

// superblock puts the head together.
func (p *plan) superblock(ctx context.Context, repo *ostree.Repo, parts []*builtPart, o *GenerateOptions) ([]byte, error) {
	meta, err := p.metadata(ctx, repo, parts, o)
	if err != nil {
		return nil, err
	}
	when := o.Time
	if when.IsZero() {
		when = time.Now()
	}
	var from []byte
	if !p.name.From.IsZero() {
		from = p.name.From[:]
	}
	order := func(v uint64) gvariant.Value {
		if o.BigEndian {
			v = gvariant.Swap64(v)
		}
		return gvariant.NewUint64(v)
	}
	var infos, fallbacks []gvariant.Value
	for _, part := range parts {
		infos = append(infos, gvariant.NewTuple(gvariant.NewUint32(0), gvariant.NewBytes(part.info.Checksum[:]),
			order(part.info.Size), order(part.info.Usize), gvariant.NewBytes(encodeObjects(part.info.Objects))))
	}
	for _, f := range p.fallbacks {
		fallbacks = append(fallbacks, gvariant.NewTuple(gvariant.NewByte(byte(f.Object.Type)),
			gvariant.NewBytes(f.Object.Checksum[:]), order(f.Size), order(f.Usize)))
	}
	infoList, err := gvariant.NewArray(partInfoType, infos...)
	if err != nil {
		return nil, err
	}
	fallbackList, err := gvariant.NewArray(fallbackType, fallbacks...)
	if err != nil {
		return nil, err
	}
	v := gvariant.NewTuple(meta.Value(), gvariant.NewUint64(gvariant.Swap64(uint64(when.Unix()))),
		gvariant.NewBytes(from), gvariant.NewBytes(p.name.To[:]), gvariant.DecodeTrusted(commitType, p.commit),
		gvariant.NewBytes(nil), infoList, fallbackList)
	if !v.IsValid() {
		return nil, errors.New("metadata cannot be stored")
	}
	return v.Bytes(), nil
}

func encodeObjects(names []ostree.ObjectName) []byte {
	b := make([]byte, 0, len(names)*objectLen)
	for _, n := range names {
		b = append(append(b, byte(n.Type)), n.Checksum[:]...)
	}
	return b
}

func (p *plan) metadata(ctx context.Context, repo *ostree.Repo, parts []*builtPart, o *GenerateOptions) (*gvariant.Dict, error) {
	meta := gvariant.NewDict()
	if o.Metadata != nil {
		meta = o.Metadata.Clone()
	}
	order := byte(littleEndian)
	if o.BigEndian {
		order = bigEndian
	}
	meta.Set(keyEndianness, gvariant.NewByte(order))
	for i, part := range parts {
		if part.inline == nil {
			continue
		}
		body := gvariant.NewTuple(gvariant.NewByte(part.inline[0]), gvariant.NewBytes(part.inline[1:]))
		meta.Set(p.name.Dir()+"/"+strconv.Itoa(i), body)
	}
	detached, err := repo.DetachedMetadata(ctx, p.name.To)
	if err != nil {
		return nil, err
	}
	if detached != nil {
		meta.Set(p.name.Dir()+"/commitmeta", detached.Value())
	}
	return meta, nil
}
