package pull

import (
	"context"
	"fmt"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
)

// Estimate says what a pull would transfer.
type Estimate struct {
	Commits []CommitEstimate // that the pull would complete, in the order asked for
	// Delta sums up what static deltas would transfer.
	Delta DeltaEstimate
}

// CommitEstimate is about one commit.
type CommitEstimate struct {
	Ref    string // "" for a commit asked for by checksum, and for parents
	Commit ostree.Checksum
	// Complete: all of the commit is here.
	Complete bool
	// Delta is the static delta that would be used; Delta.To is zero if none.
	Delta delta.Name
	// SizesKnown: no delta is used, and the commit lists the sizes of its objects
	// ([ostree.KeySizes]), so that the rest is known. Objects are those that are
	// missing here, Archived and Unpacked their bytes as transferred and as content.
	SizesKnown         bool
	Objects            int
	Archived, Unpacked uint64
}

// DeltaEstimate sums up static deltas: parts, of which some need no transfer as
// their objects are here, and bytes as transferred and as content. Objects that are
// fetched as they are, the fallbacks of deltas, count in the bytes.
type DeltaEstimate struct {
	Parts, PartsHere   int
	Archived, Unpacked uint64
}

// DryRun resolves and verifies the commits that [Pull] would pull, and says what
// it would transfer, as far as deltas and commits tell. It changes nothing but the
// cache of summaries.
func DryRun(ctx context.Context, dst *ostree.Repo, src Source, o *Options) (*Estimate, error) {
	p := newPuller(dst, src, o)
	e, err := p.estimate(ctx)
	if err != nil {
		return nil, fmt.Errorf("pull into %s: %w", dst.Path(), err)
	}
	return e, nil
}

func (p *puller) estimate(ctx context.Context) (*Estimate, error) {
	if err := p.checkSource(ctx); err != nil {
		return nil, err
	}
	wants, err := p.resolve(ctx)
	if err != nil {
		return nil, err
	}
	e := &Estimate{}
	for _, w := range wants {
		if err := p.estimateChain(ctx, e, w); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// estimateChain looks at one commit and those parents that are asked for.
func (p *puller) estimateChain(ctx context.Context, e *Estimate, w want) error {
	for depth := p.o.Depth; ; depth-- {
		c, err := p.estimateCommit(ctx, e, w)
		if isNotExist(err) && w.ref == "" && depth != p.o.Depth {
			return nil // servers prune history
		}
		if err != nil {
			return fmt.Errorf("commit %s: %w", w.commit, err)
		}
		if depth == 0 || c.Parent.IsZero() {
			return nil
		}
		w = want{commit: c.Parent, collection: w.collection}
	}
}

func (p *puller) estimateCommit(ctx context.Context, e *Estimate, w want) (*ostree.Commit, error) {
	stored, err := p.dst.Has(ctx, ostree.ObjectName{Checksum: w.commit, Type: ostree.TypeCommit})
	if err != nil {
		return nil, err
	}
	f := &commitFetch{puller: p}
	data, detached, err := f.loadOnce(ctx, w, stored)
	if err != nil {
		return nil, err
	}
	c, err := ostree.ParseCommit(data)
	if err == nil {
		err = f.check(ctx, w, c, data, detached)
	}
	if err != nil {
		return nil, err
	}
	ce := CommitEstimate{Ref: w.ref, Commit: w.commit}
	if ce.Complete, err = p.complete(ctx, w.commit); err == nil && !ce.Complete && !p.o.CommitOnly {
		err = p.estimateContent(ctx, e, &ce, w, c)
	}
	e.Commits = append(e.Commits, ce)
	return c, err
}

// estimateContent uses the delta that the pull would use, or the sizes in the commit.
func (p *puller) estimateContent(ctx context.Context, e *Estimate, ce *CommitEstimate, w want, c *ostree.Commit) error {
	if p.deltasPossible() {
		s, err := p.findDelta(ctx, w)
		if err != nil {
			return err
		}
		if s != nil {
			ce.Delta = s.Name
			return p.estimateDelta(ctx, &e.Delta, s)
		}
	}
	sizes, err := c.Sizes()
	if err != nil {
		return err
	}
	ce.SizesKnown = sizes != nil
	for _, s := range sizes {
		have, err := p.dst.Has(ctx, s.Object)
		if err != nil {
			return err
		}
		if !have {
			ce.Objects++
			ce.Archived += s.Archived
			ce.Unpacked += s.Unpacked
		}
	}
	return nil
}

func (p *puller) estimateDelta(ctx context.Context, e *DeltaEstimate, s *delta.Superblock) error {
	for _, part := range s.Parts {
		e.Parts++
		have, err := p.hasAll(ctx, part.Objects)
		if err != nil {
			return err
		}
		if have {
			e.PartsHere++
			continue
		}
		e.Archived += part.Size
		e.Unpacked += part.Usize
	}
	for _, f := range s.Fallbacks {
		have, err := p.dst.Has(ctx, f.Object)
		if err != nil {
			return err
		}
		if !have {
			e.Archived += f.Size
			e.Unpacked += f.Usize
		}
	}
	return nil
}

func (p *puller) hasAll(ctx context.Context, objects []ostree.ObjectName) (bool, error) {
	for _, n := range objects {
		if have, err := p.dst.Has(ctx, n); err != nil || !have {
			return false, err
		}
	}
	return true, nil
}
