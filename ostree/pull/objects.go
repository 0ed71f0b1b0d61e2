package pull

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"

	"example.com/rpmostree/ostree"
)

// objectPath is the path of an object on a server.
func objectPath(n ostree.ObjectName) string { return "objects/" + n.LoosePath(ostree.ModeArchive) }

// Default numbers of objects in flight.
const (
	// httpConcurrency keeps two cores busy while requests wait for the network.
	httpConcurrency   = 12
	localPerProcessor = 2
)

func (p *puller) concurrency() int {
	switch {
	case p.o.Concurrency > 0:
		return p.o.Concurrency
	case p.local != nil:
		return localPerProcessor * runtime.GOMAXPROCS(0)
	}
	return httpConcurrency
}

// getMetadata returns the verified bytes of a metadata object from the source.
// A size that is known limits the transfer.
func (p *puller) getMetadata(ctx context.Context, n ostree.ObjectName, size uint64) ([]byte, error) {
	var data []byte
	err := p.useMetadata(ctx, n, size, func(got []byte) error {
		data = got
		return nil
	})
	return data, err
}

// copyMetadata writes a metadata object of the source into the transaction.
func (p *puller) copyMetadata(ctx context.Context, n ostree.ObjectName) error {
	return p.useMetadata(ctx, n, 0, func(data []byte) error { return p.tx.WriteMetadataExpect(ctx, n, data) })
}

// useMetadata is getMetadata for use that ends with the call: others wait with what is large.
func (p *puller) useMetadata(ctx context.Context, n ostree.ObjectName, size uint64, use func([]byte) error) error {
	if p.local != nil {
		data, err := p.local.LoadMetadata(ctx, n)
		if err == nil && p.o.Untrusted {
			err = verify(n, sha256.Sum256(data))
		}
		if err != nil {
			return err
		}
		return use(data)
	}
	limit := int64(maxMetadata)
	switch {
	case size > 0 && size < maxMetadata:
		limit = int64(size)
	case n.Type == ostree.TypeCommit && size == 0:
		limit = maxCommit
	}
	if err := p.readObject(ctx, n, limit, use); err != nil {
		return fmt.Errorf("object %s: %w", n, err)
	}
	return nil
}

func verify(n ostree.ObjectName, sum ostree.Checksum) error {
	if sum != n.Checksum {
		return &ostree.CorruptError{Object: n, Err: fmt.Errorf("content has checksum %s", sum), Actual: sum}
	}
	return nil
}

// ensure makes sure that a dirtree, dirmeta or file is in the transaction or
// the repository.
func (p *puller) ensure(ctx context.Context, n ostree.ObjectName) error {
	var have bool
	var err error
	if p.local == nil { // an import looks itself
		have, err = p.tx.Has(ctx, n)
	}
	if err == nil && !have {
		err = p.get(ctx, n)
	}
	if err == nil && n.Type == ostree.TypeFile && p.o.BareUserOnlyFiles {
		err = p.checkUserOnly(ctx, n.Checksum)
	}
	if err != nil {
		return fmt.Errorf("object %s: %w", n, err)
	}
	return nil
}

func (p *puller) get(ctx context.Context, n ostree.ObjectName) error {
	if p.local != nil {
		p.count.fetched(n)
		return p.importFrom(ctx, p.local, n, p.o.Untrusted)
	}
	for _, cache := range p.o.LocalCache {
		if have, err := cache.Has(ctx, n); err == nil && have {
			p.count.cached(n)
			return p.importFrom(ctx, cache, n, true)
		}
	}
	p.count.fetched(n)
	if n.Type == ostree.TypeFile {
		return p.download(ctx, n)
	}
	return p.copyMetadata(ctx, n)
}

func (p *puller) importFrom(ctx context.Context, src *ostree.Repo, n ostree.ObjectName, untrusted bool) error {
	linked, err := p.tx.ImportObject(ctx, src, n, &ostree.ImportObjectOptions{Untrusted: untrusted})
	if linked {
		p.count.linked.Add(1)
	}
	return err
}

// noLimit is for file objects: their size is only known from the header, which
// the transaction checks against the free space.
const noLimit = 1<<63 - 1

// download streams a file object from the network through verification to its
// place.
func (p *puller) download(ctx context.Context, n ostree.ObjectName) error {
	return do(ctx, p.src, objectPath(n), noLimit, func(r io.Reader, _ int64) error {
		c := &countingReader{r: r, n: &p.count.bytes}
		if p.o.TrustedHTTP && p.o.Mirror {
			return p.tx.WriteArchivedUnverified(ctx, n.Checksum, c)
		}
		return p.tx.WriteArchived(ctx, n.Checksum, c)
	})
}

// userOnlyBits are the mode bits that bare-user-only repositories can hold.
const userOnlyBits = 0o775

func (p *puller) checkUserOnly(ctx context.Context, c ostree.Checksum) error {
	f, err := p.tx.LoadFile(ctx, c)
	if err != nil {
		return err
	}
	defer f.Close()
	if perm := f.Header.Mode & 0o7777; !f.Header.IsSymlink() && perm&^userOnlyBits != 0 {
		err := fmt.Errorf("invalid mode 0%o with bits 0%o", f.Header.Mode, perm&^userOnlyBits)
		return &ostree.CorruptError{Object: ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}, Err: err}
	}
	return nil
}
