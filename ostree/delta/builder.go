package delta

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/rollsum"
	"example.com/rpmostree/internal/xzenc"
	"example.com/rpmostree/ostree"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// builder fills parts with objects.
type builder struct {
	ctx   context.Context
	repo  *ostree.Repo
	tmp   *dirfd.Dir
	o     *GenerateOptions
	out   *output
	stats *Stats

	memory   *semaphore.Weighted // for comparisons, or a second encoder
	packing  errgroup.Group
	encoders chan *encoder
	released chan struct{} // a second encoder has gone
	alone    sync.RWMutex  // held for writing by a comparison that leaves no room for encoders

	part        *partWriter
	parts       []*builtPart // filled in when it has been compressed
	done, total int
}

// builtPart is a finished part.
type builtPart struct {
	info   Part
	inline []byte // the part itself if it goes into the superblock
}

func (b *builder) build(p *plan) (err error) {
	b.startEncoders()
	defer func() {
		if serr := b.stopEncoders(); err == nil {
			err = serr
		}
		if b.part != nil {
			err = errors.Join(err, b.part.discard(b.ctx))
		}
	}()
	b.total = len(p.metadataN) + len(p.files) + len(p.links)
	for _, n := range p.metadataN {
		if err := b.addMetadata(n); err != nil {
			return err
		}
	}
	if err := b.compareFiles(p.files); err != nil {
		return err
	}
	for _, c := range p.links {
		if err := b.addLink(c); err != nil {
			return err
		}
	}
	if len(b.parts) == 0 { // clients expect a part even if nothing is new
		if _, err := b.next(0); err != nil {
			return err
		}
	}
	if err := b.finishPart(); err != nil {
		return err
	}
	if err := b.packing.Wait(); err != nil {
		return err
	}
	for _, part := range b.parts {
		b.stats.Parts++
		b.stats.Size += part.info.Size
		b.stats.Usize += part.info.Usize
	}
	return nil
}

// next makes sure that there is a part with room for an object.
func (b *builder) next(size int64) (*partWriter, error) {
	if b.part != nil && b.part.size()+size > b.o.maxPart() {
		if err := b.finishPart(); err != nil {
			return nil, err
		}
	}
	if b.part == nil {
		var err error
		if b.part, err = newPartWriter(b.ctx, b.tmp); err != nil {
			return nil, err
		}
	}
	return b.part, nil
}

// finishPart has the part compressed while the next one is filled.
func (b *builder) finishPart() error {
	if b.part == nil {
		return nil
	}
	p, index := b.part, len(b.parts)
	b.part = nil
	built := &builtPart{}
	b.parts = append(b.parts, built)
	e, err := b.encoder()
	if err != nil {
		return errors.Join(err, p.discard(b.ctx))
	}
	b.packing.Go(func() error {
		used := []*xzenc.Encoder{&e.Encoder}
		helper := b.helper(p)
		if helper != nil {
			used = append(used, &helper.Encoder)
		}
		err := p.finish(b.ctx, b.out, used, index, built)
		if helper != nil {
			err = errors.Join(err, b.release(helper))
		}
		if err = errors.Join(err, b.release(e), p.discard(b.ctx)); err != nil {
			return fmt.Errorf("part %d: %w", index, err)
		}
		return nil
	})
	return nil
}

func (b *builder) progress() {
	b.done++
	if b.o.Progress != nil {
		b.o.Progress(b.done, b.total)
	}
}

func (b *builder) addMetadata(n ostree.ObjectName) error {
	data, err := b.repo.LoadMetadata(b.ctx, n)
	if err != nil {
		return err
	}
	p, err := b.next(int64(len(data)))
	if err != nil {
		return err
	}
	at, err := p.addBytes(data)
	if err != nil {
		return err
	}
	p.op(opSplice, uint64(len(data)), at)
	p.object(n, uint64(len(data)))
	b.stats.Metadata++
	b.progress()
	return nil
}

func (b *builder) addLink(c ostree.Checksum) error {
	f, err := b.repo.LoadFile(b.ctx, c)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	target := []byte(f.Header.Target)
	p, err := b.next(int64(len(target)))
	if err != nil {
		return err
	}
	mode, xattrs := p.header(&f.Header)
	at, err := p.addBytes(target)
	if err != nil {
		return err
	}
	p.op(opSplice, mode, xattrs, uint64(len(target)), at)
	p.object(ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}, 0)
	b.stats.Symlinks++
	b.progress()
	return nil
}

// addFile adds a file in the way that the comparison has found.
func (b *builder) addFile(r *compared) error {
	n := ostree.ObjectName{Checksum: r.plan.sum, Type: ostree.TypeFile}
	var err error
	switch {
	case r.patch != nil:
		err = b.addPatch(r)
		b.stats.Patched++
	case r.segments != nil:
		err = b.addChunks(r)
		b.stats.Chunked++
	default:
		err = b.addContent(r)
	}
	if err != nil {
		return fmt.Errorf("object %s: %w", n, err)
	}
	b.part.object(n, uint64(r.plan.size))
	b.stats.Files++
	b.progress()
	return nil
}

func (b *builder) addContent(r *compared) error {
	p, err := b.next(r.plan.size)
	if err != nil {
		return err
	}
	f, err := b.repo.LoadFile(b.ctx, r.plan.sum)
	if err != nil {
		return err
	}
	mode, xattrs := p.header(&f.Header)
	at, n, err := p.addFrom(f.Reader)
	if err == nil && n != r.plan.size {
		err = fmt.Errorf("has %d bytes instead of %d", n, r.plan.size)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	p.op(opSplice, mode, xattrs, uint64(n), at)
	return nil
}

// addPatch makes the file with a binary patch.
func (b *builder) addPatch(r *compared) error {
	p, err := b.next(r.patch.size)
	if err != nil {
		return err
	}
	if err := p.open(r); err != nil {
		return err
	}
	at, err := p.addRange(r.patch, 0, r.patch.size)
	if err != nil {
		return err
	}
	p.op(opPatch, at, uint64(r.patch.size))
	p.patched += r.patch.size
	p.op(opClose)
	return nil
}

// addChunks makes the file of pieces of the old one and new bytes.
func (b *builder) addChunks(r *compared) error {
	p, err := b.next(r.fresh)
	if err != nil {
		return err
	}
	if err := p.open(r); err != nil {
		return err
	}
	reading := true
	pos := int64(0)
	for _, s := range r.segments {
		from := pos
		pos += s.Length
		if s.Old >= 0 {
			if !reading {
				p.op(opSetSource, p.sources[r.plan.from.sum])
				reading = true
			}
			p.op(opWrite, uint64(s.Length), uint64(s.Old))
			continue
		}
		at, err := p.addRange(r.next, from, s.Length)
		if err != nil {
			return err
		}
		if reading {
			p.op(opUnsetSource)
			reading = false
		}
		p.op(opWrite, uint64(s.Length), at)
	}
	p.op(opClose)
	return nil
}

// compared is the result of comparing a file with its source: a patch, or
// segments, or nothing of use.
type compared struct {
	plan     *filePlan
	header   ostree.FileHeader
	patch    *source
	segments []rollsum.Segment
	fresh    int64   // how many bytes of the segments are new
	next     *source // which has them; nil if there are none
	weight   int64   // of memory, until it has been added
}

func (r *compared) close() error {
	var err error
	for _, s := range []*source{r.patch, r.next} {
		if s != nil {
			err = errors.Join(err, s.close())
		}
	}
	return err
}

// open starts a file with a source.
func (p *partWriter) open(r *compared) error {
	sum := r.plan.from.sum
	at, ok := p.sources[sum]
	if !ok {
		var err error
		if at, err = p.addBytes(sum[:]); err != nil {
			return err
		}
		p.sources[sum] = at
	}
	mode, xattrs := p.header(&r.header)
	p.op(opOpen, mode, xattrs, uint64(r.plan.size))
	p.op(opSetSource, at)
	return nil
}

func (p *partWriter) op(code byte, args ...uint64) {
	p.ops = append(p.ops, code)
	for _, a := range args {
		p.ops = binary.AppendUvarint(p.ops, a)
	}
}

func (p *partWriter) object(n ostree.ObjectName, size uint64) {
	p.info.Objects = append(p.info.Objects, n)
	p.info.Usize += size
}

func (p *partWriter) addBytes(b []byte) (at uint64, err error) {
	at = uint64(p.blobSize)
	n, err := p.blob.Write(b)
	p.blobSize += int64(n)
	return at, err
}

func (p *partWriter) addFrom(r io.Reader) (at uint64, n int64, err error) {
	at = uint64(p.blobSize)
	n, err = io.Copy(p.blob, r)
	p.blobSize += n
	return at, n, err
}

func (p *partWriter) addRange(r io.ReaderAt, from, size int64) (at uint64, err error) {
	at, n, err := p.addFrom(io.NewSectionReader(r, from, size))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return at, err
}
