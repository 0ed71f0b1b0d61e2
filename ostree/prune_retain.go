package ostree

import (
	"context"
	"slices"
	"time"
)

// history says how much of it stays with a commit: the ancestors younger than a time, if that is set, else a number of
// them, -1 for all.
type history struct {
	depth int
	since time.Time
}

// refsDecide reports whether a commit without a ref goes.
func (o *PruneOptions) refsDecide() bool {
	return o.RefsOnly || !o.Since.IsZero() || len(o.BranchDepth)+len(o.OnlyBranches) > 0
}

// of says what stays with the head of a branch.
func (o *PruneOptions) of(ref *Ref) history {
	name := ref.Refspec()
	if depth, ok := o.BranchDepth[name]; ok {
		return history{depth: depth}
	}
	if len(o.OnlyBranches) > 0 && !slices.Contains(o.OnlyBranches, name) {
		return history{depth: -1}
	}
	return history{o.depth(), o.Since}
}

// depth is the number of ancestors that stay with a commit.
func (o *PruneOptions) depth() int {
	if o.Depth != nil {
		return *o.Depth
	}
	return -1
}

// younger adds a commit and, if that is not older than since, its ancestors up to the first that is.
func (p *pruner) younger(ctx context.Context, at Checksum, since time.Time) error {
	for head := true; !at.IsZero(); head = false {
		c, err := p.r.LoadCommit(ctx, at)
		if err != nil {
			return ignoreNotExist(err)
		}
		old := c.Timestamp.Before(since)
		if old && !head {
			return nil
		}
		if err := p.r.TraverseInto(ctx, p.keep, at, 0); err != nil || old {
			return err
		}
		at = c.Parent
	}
	return nil
}

// unreferenced adds the commits that stay although no ref reaches them.
func (p *pruner) unreferenced(ctx context.Context) error {
	all := !p.o.refsDecide()
	if !all && p.o.UnreferencedSince.IsZero() {
		return nil
	}
	for sum := range p.commits.names {
		if p.keep.Has(ObjectName{sum, TypeCommit}) {
			continue
		}
		if !all {
			c, err := p.r.LoadCommit(ctx, sum)
			if err != nil && !isNotExist(err) {
				return err
			}
			if err != nil || c.Timestamp.Before(p.o.UnreferencedSince) {
				continue
			}
		}
		if err := p.r.TraverseInto(ctx, p.keep, sum, 0); ignoreNotExist(err) != nil {
			return err
		}
	}
	return nil
}
