package delta

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"example.com/rpmostree/internal/bsdiff"
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
	g.Go(func() error {
		for done := range results {
			select {
			case r := <-done:
				if err := b.addFile(r); err != nil {
					return err
				}
				b.memory.Release(r.weight)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return g.Wait()
}

func (b *builder) memoryFor(f *filePlan) int64 {
	if f.from == nil {
		return baseMemory
	}
	both := f.size + f.from.size
	if both > b.maxPatch() {
		return both + both/64 + baseMemory
	}
	return both + f.size + int64(bsdiff.MemoryFor(int(f.from.size))) + baseMemory
}

func (b *builder) maxPatch() int64 {
	return min(orDefault(b.o.MaxPatchSize, DefaultMaxPatchSize), maxMapped)
}

// maxMapped bounds what is compared at all.
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
	r = &compared{plan: f}
	if f.from == nil || f.size+f.from.size > maxMapped {
		return r, nil
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
	r.header = *header
	switch {
	case bytes.Equal(old, next): // another owner or mode
		r.segments = []rollsum.Segment{{Old: 0, Length: len(next)}}
	case f.size+f.from.size <= b.maxPatch():
		r.usePatch(old, next)
	default:
		r.useChunks(old, next)
	}
	return r, nil
}

// usePatch keeps a patch unless it shows that the files have little in common:
// then the file as it is compresses as well.
func (r *compared) usePatch(old, next []byte) {
	patch := bsdiff.Diff(old, next)
	if zeros := bytes.Count(patch, []byte{0}); zeros > len(next)/16 || len(patch) < len(next) {
		r.patch = patch
	}
}

// useChunks keeps chunks if at least half of the file is in the old one.
func (r *compared) useChunks(old, next []byte) {
	segments, matched := rollsum.Match(old, next)
	if matched*2 < len(next) {
		return
	}
	r.segments = segments
	pos := 0
	for _, s := range segments {
		if s.Old < 0 {
			r.fresh = append(r.fresh, next[pos:pos+s.Length]...)
		}
		pos += s.Length
	}
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
