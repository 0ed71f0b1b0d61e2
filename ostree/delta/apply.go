package delta

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// Verifier decides whether to trust a delta.
type Verifier interface {
	// VerifyDelta is given the bytes of the superblock and the dictionary that
	// a signed delta has beside it, nil if the delta is not signed.
	VerifyDelta(ctx context.Context, superblock []byte, signatures *gvariant.Dict) error
}

// ApplyOptions are the options of [Delta.Apply] and [Superblock.ApplyPart]. The
// zero value and nil mean the defaults.
type ApplyOptions struct {
	// Verify checks the signature; nil means that none is needed, which is an
	// error if the repository has core.sign-verify-deltas set.
	Verify Verifier
	// Workers is the number of objects made at a time; <= 0 means the number of
	// CPUs.
	Workers int
	// MaxPart is the largest size of a part, decompressed, in bytes; <= 0 means
	// 4 GiB. Parts above 8 MiB are decompressed to disk; nearly all generators end
	// them at 32 MB, but a file is never divided.
	MaxPart int64
	// NoSync leaves out flushing to disk, see [ostree.TxOptions].
	NoSync bool
}

func (o *ApplyOptions) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

const defaultMaxPart = min(4<<30, math.MaxInt)

func (o *ApplyOptions) limits() limits {
	l := limits{size: defaultMaxPart, unchecked: true}
	if o.MaxPart > 0 {
		l.size = o.MaxPart
	}
	return l
}

// MissingError says that a delta cannot be applied because something that it
// builds on is not in the repository, or not in the delta.
type MissingError struct {
	Name   Name
	Object ostree.ObjectName
	Reason string
}

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("delta %s: %s: %s", e.Name, e.Object, e.Reason)
}

// Apply adds the commit that the delta leads to, with all its objects, to a
// repository, in one transaction. No ref changes. The delta must be complete in
// itself, without fallbacks, and the commit that it starts from must be in the
// repository. A commit that is there already, and complete, is left alone.
func (d *Delta) Apply(ctx context.Context, repo *ostree.Repo, o *ApplyOptions) (ostree.TxStats, error) {
	if o == nil {
		o = &ApplyOptions{}
	}
	stats, err := d.apply(ctx, repo, o)
	if err != nil {
		return stats, fmt.Errorf("apply delta %s: %w", d.Superblock.Name, err)
	}
	return stats, nil
}

func (d *Delta) apply(ctx context.Context, repo *ostree.Repo, o *ApplyOptions) (ostree.TxStats, error) {
	if err := d.verify(ctx, repo, o.Verify); err != nil {
		return ostree.TxStats{}, err
	}
	done, err := isComplete(ctx, repo, d.Superblock.Name.To)
	if err != nil || done {
		return ostree.TxStats{}, err
	}
	if err := d.checkApplicable(ctx, repo); err != nil {
		return ostree.TxStats{}, err
	}
	tx, err := repo.Begin(ctx, &ostree.TxOptions{NoSync: o.NoSync})
	if err != nil {
		return ostree.TxStats{}, err
	}
	defer tx.Abort()
	if err := d.applyParts(ctx, tx, o); err != nil {
		return ostree.TxStats{}, err
	}
	if err := checkComplete(ctx, tx, d.Superblock); err != nil {
		return ostree.TxStats{}, err
	}
	// Without the mark of a pull: a commit gets its place after all that it needs.
	if err := d.writeCommit(ctx, tx); err != nil {
		return ostree.TxStats{}, err
	}
	stats, err := tx.Commit(ctx) // COMMIT POINT
	if err != nil {
		return stats, err
	}
	return stats, repo.MarkPartial(context.WithoutCancel(ctx), d.Superblock.Name.To, false)
}

// verify applies the policy for signatures.
func (d *Delta) verify(ctx context.Context, repo *ostree.Repo, v Verifier) error {
	if v != nil {
		return v.VerifyDelta(ctx, d.raw, d.Signatures)
	}
	required, err := repo.Config().GetBool("core", "sign-verify-deltas", false)
	if err == nil && required {
		err = errors.New("core.sign-verify-deltas is set, but there is no key to verify with")
	}
	return err
}

func isComplete(ctx context.Context, repo *ostree.Repo, c ostree.Checksum) (bool, error) {
	has, err := repo.Has(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil || !has {
		return false, err
	}
	state, err := repo.CommitState(ctx, c)
	return state == ostree.CommitNormal, err
}

func (d *Delta) checkApplicable(ctx context.Context, repo *ostree.Repo) error {
	s := d.Superblock
	if len(s.Fallbacks) > 0 {
		return &MissingError{s.Name, s.Fallbacks[0].Object, "is a fallback, which has to be pulled; generate with --min-fallback-size=0 to apply offline"}
	}
	if s.Name.From.IsZero() {
		return nil
	}
	from := ostree.ObjectName{Checksum: s.Name.From, Type: ostree.TypeCommit}
	has, err := repo.Has(ctx, from)
	if err == nil && !has {
		err = &MissingError{s.Name, from, "commit to start from is not in the repository"}
	}
	return err
}

// decodedAhead is how many parts may be decoded, or have been, while the objects of
// one are made, and how many at the same time: each decoder has a dictionary, which
// takes 32 MiB in most deltas.
const decodedAhead = 2

// applyParts decodes parts while the objects of the one before are made.
func (d *Delta) applyParts(ctx context.Context, tx *ostree.Tx, o *ApplyOptions) (err error) {
	tmp, err := openTmp(tx.Repo())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tmp.Close()) }()
	parts := d.Superblock.Parts
	decoded := make([]chan *payload, len(parts))
	for i := range decoded {
		decoded[i] = make(chan *payload, 1)
	}
	g, gctx := errgroup.WithContext(ctx)
	ahead := int64(min(decodedAhead, o.workers()))
	slots, decoders := semaphore.NewWeighted(1+ahead), semaphore.NewWeighted(ahead)
	g.Go(func() error {
		for i := range parts {
			if err := errors.Join(slots.Acquire(gctx, 1), decoders.Acquire(gctx, 1)); err != nil {
				return err
			}
			g.Go(func() error {
				p, err := d.decode(gctx, &parts[i], i, tmp, o.limits())
				decoders.Release(1)
				if err != nil {
					return fmt.Errorf("part %d: %w", i, err)
				}
				decoded[i] <- p
				return nil
			})
		}
		return nil
	})
	g.Go(func() error {
		for i := range parts {
			select {
			case p := <-decoded[i]:
				m := &maker{payload: p, tx: tx, tmp: tmp}
				err := m.makeAll(gctx, parts[i].Objects, o.workers())
				if err = errors.Join(err, p.free()); err != nil {
					return fmt.Errorf("part %d: %w", i, err)
				}
				slots.Release(1)
			case <-gctx.Done():
				return gctx.Err()
			}
		}
		return nil
	})
	err = g.Wait()
	for _, c := range decoded {
		select {
		case p := <-c: // nobody has asked for it
			err = errors.Join(err, p.free())
		default:
		}
	}
	return err
}

// ApplyPart writes the objects that part i makes into a transaction. r is the
// part as stored; length and checksum are verified before anything is written.
func (s *Superblock) ApplyPart(ctx context.Context, tx *ostree.Tx, i int, r io.Reader, o *ApplyOptions) error {
	if o == nil {
		o = &ApplyOptions{}
	}
	return s.run(tx, i, func(p *Part, m *maker) error {
		var err error
		if m.payload, err = p.readPayload(ctx, r, m.tmp, o.limits()); err != nil {
			return err
		}
		return errors.Join(m.makeAll(ctx, p.Objects, o.workers()), m.free())
	})
}

// ApplyInline is [Superblock.ApplyPart] for a part inside the superblock; ok is
// false if part i is not there.
func (s *Superblock) ApplyInline(ctx context.Context, tx *ostree.Tx, i int, o *ApplyOptions) (ok bool, err error) {
	if o == nil {
		o = &ApplyOptions{}
	}
	r, _, ok := s.inlinePart(i)
	if !ok {
		return false, nil
	}
	return true, s.run(tx, i, func(p *Part, m *maker) error {
		if m.payload, err = p.readInline(ctx, r, m.tmp, o.limits()); err != nil {
			return err
		}
		return errors.Join(m.makeAll(ctx, p.Objects, o.workers()), m.free())
	})
}

// run gives f what it needs to make the objects of part i.
func (s *Superblock) run(tx *ostree.Tx, i int, f func(*Part, *maker) error) error {
	if i < 0 || i >= len(s.Parts) {
		return fmt.Errorf("part %d of %d", i, len(s.Parts))
	}
	tmp, err := openTmp(tx.Repo())
	if err == nil {
		err = errors.Join(f(&s.Parts[i], &maker{tx: tx, tmp: tmp}), tmp.Close())
	}
	if err != nil {
		return fmt.Errorf("part %d: %w", i, err)
	}
	return nil
}

// openTmp opens the directory for temporary files of a repository.
func openTmp(repo *ostree.Repo) (*dirfd.Dir, error) { return dirfd.Open(repo.Path() + "/tmp") }

// maker makes the objects of a part.
type maker struct {
	*payload
	tx  *ostree.Tx
	tmp *dirfd.Dir
}

func (m *maker) makeAll(ctx context.Context, objects []ostree.ObjectName, workers int) error {
	// The program is checked as a whole before it starts.
	if err := m.check(objects); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	err := m.jobs(objects, func(j job) error {
		if gctx.Err() != nil {
			return gctx.Err()
		}
		g.Go(func() error { return m.make(gctx, &j) })
		return nil
	})
	if werr := g.Wait(); werr != nil {
		return werr // the reason for stopping
	}
	return err
}

func (m *maker) make(ctx context.Context, j *job) error {
	err := m.write(ctx, j)
	var oe *opError
	if err != nil && !errors.As(err, &oe) {
		err = &opError{j.at, err}
	}
	return err
}

func (m *maker) write(ctx context.Context, j *job) error {
	switch {
	case j.name.Type != ostree.TypeFile:
		return m.tx.WriteMetadataExpect(ctx, j.name, j.data)
	case j.header.IsSymlink():
		return m.tx.WriteFileExpect(ctx, j.name.Checksum, &j.header, 0, nil)
	case !j.pieces:
		return m.tx.WriteFileExpect(ctx, j.name.Checksum, &j.header, j.size, m.reader(j.data))
	}
	has, err := m.tx.Has(ctx, j.name)
	if err != nil || has {
		return err
	}
	c, err := newContent(m.payload, j, func(sum ostree.Checksum) (*source, error) {
		return openSource(ctx, m.tx, sum, m.tmp)
	})
	if err != nil {
		return err
	}
	return errors.Join(m.tx.WriteFileExpect(ctx, j.name.Checksum, &j.header, j.size, c), c.Close())
}

// writeCommit stores the commit with its detached metadata.
func (d *Delta) writeCommit(ctx context.Context, tx *ostree.Tx) error {
	detached, err := d.Superblock.Detached()
	if err != nil {
		return err
	}
	if detached != nil {
		if err := tx.SetDetachedMetadata(ctx, d.Superblock.Name.To, detached); err != nil {
			return err
		}
	}
	return tx.WriteMetadataExpect(ctx, ostree.ObjectName{Checksum: d.Superblock.Name.To, Type: ostree.TypeCommit}, d.Superblock.Commit)
}
