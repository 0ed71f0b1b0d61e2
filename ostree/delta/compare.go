package delta

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/bsdiff"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/rollsum"
	"example.com/rpmostree/ostree"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sys/unix"
)

const (
	// compareMemory is what comparisons that run at the same time may take
	// together; a larger one runs alone.
	compareMemory = 96 << 20
	// baseMemory is what each takes at least.
	baseMemory = 64 << 10
	// chunkMemory is what a comparison of chunks takes, besides their list.
	chunkMemory = 1 << 20
	// queue bounds the results that wait for their turn.
	queue = 64
)

// compareFiles compares files with their sources in parallel and adds them in
// order.
func (b *builder) compareFiles(files []filePlan) error {
	g, ctx := errgroup.WithContext(b.ctx)
	workers := semaphore.NewWeighted(int64(b.o.workers()))
	results := make(chan chan *compared, queue)
	g.Go(func() error {
		defer close(results)
		for i := range files {
			f := &files[i]
			weight := min(b.memoryFor(f), compareMemory)
			// Memory is taken in order, so the file whose turn it is has it.
			if err := b.memory.Acquire(ctx, weight); err != nil {
				return err
			}
			done := make(chan *compared, 1)
			select {
			case results <- done:
			case <-ctx.Done():
				return ctx.Err()
			}
			g.Go(func() error {
				if err := workers.Acquire(ctx, 1); err != nil {
					return err
				}
				r, err := b.compareAlone(ctx, f)
				workers.Release(1)
				if err != nil {
					return fmt.Errorf("object %s: %w", f.sum, err)
				}
				r.weight = weight
				done <- r
				return nil
			})
		}
		return nil
	})
	var current chan *compared
	g.Go(func() error {
		for current = range results {
			select {
			case r := <-current:
				if err := errors.Join(b.addFile(r), r.close()); err != nil {
					return err
				}
				b.memory.Release(r.weight)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	err := g.Wait()
	for more := true; more; current, more = <-results {
		select {
		case r := <-current: // nobody has asked for it
			err = errors.Join(err, r.close())
		default:
		}
	}
	return err
}

func (b *builder) memoryFor(f *filePlan) int64 {
	if f.from == nil {
		return baseMemory
	}
	both := f.size + f.from.size
	if both > b.maxPatch() { // is never in memory as a whole
		return chunkMemory + both/256
	}
	return both + min(f.size, inMemory) + int64(bsdiff.MemoryFor(int(f.from.size))) + baseMemory
}

func (b *builder) maxPatch() int64 {
	return min(orDefault(b.o.MaxPatchSize, DefaultMaxPatchSize), maxMapped)
}

// maxMapped bounds what a patch is made for.
const maxMapped = 1 << 30

// compareAlone compares without encoders beside it if their memory is needed.
func (b *builder) compareAlone(ctx context.Context, f *filePlan) (*compared, error) {
	if b.memoryFor(f) > compareMemory {
		b.alone.Lock()
		defer b.alone.Unlock()
	}
	return b.compare(ctx, f)
}

// compare finds how to make a file of its source.
func (b *builder) compare(ctx context.Context, f *filePlan) (r *compared, err error) {
	if f.from == nil {
		return &compared{plan: f}, nil
	}
	if f.size+f.from.size > b.maxPatch() {
		return b.compareChunks(ctx, f)
	}
	old, _, err := loadContent(ctx, b.repo, f.from.sum)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release(old)) }()
	next, header, err := loadContent(ctx, b.repo, f.sum)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release(next)) }()
	r = &compared{plan: f, header: *header}
	if bytes.Equal(old, next) { // another owner or mode
		r.segments = []rollsum.Segment{{Old: 0, Length: f.size}}
		return r, nil
	}
	return r, b.usePatch(ctx, r, old, next)
}

// usePatch keeps a patch unless it shows that the files have little in common:
// then the file as it is compresses as well. A large patch is written to a file
// without a name.
func (b *builder) usePatch(ctx context.Context, r *compared, old, next []byte) error {
	patch := &patchSink{}
	if len(next) <= inMemory {
		patch.buf.Grow(len(next) + len(next)/32 + baseMemory/1024)
	} else {
		f, err := atomicfs.TempFile(ctx, b.tmp, 0o600)
		if err != nil {
			return err
		}
		patch.file = f
	}
	if err := bsdiff.Diff(patch, old, next); err != nil {
		return errors.Join(err, patch.source(ctx, b.tmp).close())
	}
	s := patch.source(ctx, b.tmp)
	if patch.zeros > len(next)/16 || s.size < int64(len(next)) {
		r.patch = s
		return nil
	}
	return s.close()
}

// patchSink collects a patch, in memory if there is no file, and counts bytes that
// are 0: they compress to next to nothing.
type patchSink struct {
	file  *os.File
	buf   bytes.Buffer
	size  int64
	zeros int
}

func (p *patchSink) Write(b []byte) (int, error) {
	p.zeros += bytes.Count(b, []byte{0})
	p.size += int64(len(b))
	if p.file == nil {
		return p.buf.Write(b)
	}
	return p.file.Write(b)
}

func (p *patchSink) source(ctx context.Context, tmp *dirfd.Dir) *source {
	if p.file == nil {
		return &source{bytes.NewReader(p.buf.Bytes()), p.size, func() error { return nil }}
	}
	return &source{p.file, p.size, func() error { return atomicfs.Discard(ctx, tmp, p.file) }}
}

// compareChunks reads both files piece by piece, so that memory does not depend on
// their size. It keeps the result if at least half of the file is in the old one.
func (b *builder) compareChunks(ctx context.Context, f *filePlan) (r *compared, err error) {
	old, _, err := b.openFile(ctx, f.from.sum)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	next, header, err := b.openFile(ctx, f.sum)
	if err != nil {
		return nil, err
	}
	r = &compared{plan: f, header: *header}
	segments, matched, err := rollsum.Match(rollsum.File{ReaderAt: old, Size: old.size}, rollsum.File{ReaderAt: next, Size: next.size})
	if err != nil || matched*2 < next.size {
		return r, errors.Join(err, next.close())
	}
	r.segments, r.fresh, r.next = segments, next.size-matched, next
	return r, nil
}

// openFile opens a file object for reading anywhere in it.
func (b *builder) openFile(ctx context.Context, c ostree.Checksum) (*source, *ostree.FileHeader, error) {
	f, err := b.repo.LoadFile(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	s, err := newSource(ctx, f, c, b.tmp)
	return s, &f.Header, err
}

// loadContent reads a whole file into memory outside of the heap, which is given
// back at once by release.
func loadContent(ctx context.Context, repo *ostree.Repo, c ostree.Checksum) ([]byte, *ostree.FileHeader, error) {
	f, err := repo.LoadFile(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if f.Size == 0 {
		return nil, &f.Header, nil
	}
	if f.Size < 0 || f.Size > maxMapped {
		return nil, nil, fmt.Errorf("object %s has %d bytes", c, f.Size)
	}
	data, err := unix.Mmap(-1, 0, int(f.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, fmt.Errorf("allocate %d bytes: %w", f.Size, err)
	}
	if _, err := io.ReadFull(f.Reader, data); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("object %s: %w", c, err), unix.Munmap(data))
	}
	return data, &f.Header, nil
}

func release(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return unix.Munmap(data)
}
