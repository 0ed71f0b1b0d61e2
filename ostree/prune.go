package ostree

import (
	"context"
	"fmt"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"golang.org/x/sys/unix"
)

// PruneOptions are the options of [Repo.Prune]. The zero value deletes what no
// commit in the repository needs.
type PruneOptions struct {
	// RefsOnly keeps what refs reach; otherwise every commit stays.
	RefsOnly bool
	// Depth is the number of ancestors that stay with each commit: nil for all,
	// new(0) for none. Without RefsOnly it has no effect.
	Depth *int

	// The next three say how much history each branch keeps, named by its refspec.
	// Any of them means RefsOnly.

	// Since, if set, is in place of Depth for heads of branches: with each stay the
	// ancestors younger than this, up to the first that is older. Heads always stay.
	Since time.Time
	// BranchDepth goes before Depth and Since for some branches; -1 is all history.
	BranchDepth map[string]int
	// OnlyBranches are those that Depth and Since are for, if there are any: the
	// others keep all history.
	OnlyBranches []string

	// UnreferencedSince, if set, also keeps commits that no ref reaches and that are
	// younger than this, by their own timestamp, without ancestors: a build may have
	// made them, and not yet published.
	UnreferencedSince time.Time
	// Keep has further commits to stay, with ancestors as Depth says.
	Keep []Checksum
	// Reachable, if set, adds the objects to stay, in place of all of the above. It is called again, with the same set, under the exclusive lock if refs
	// or commits have changed since the first time.
	Reachable func(ctx context.Context, keep *ObjectSet) error
	// NoPrune only counts.
	NoPrune bool
	// CommitOnly looks at and deletes only commit objects.
	CommitOnly bool
}

// PruneStats counts what [Repo.Prune] found.
type PruneStats struct {
	Total  int   // objects in the repository before; with CommitOnly, commits
	Pruned int   // objects that were deleted, or would be with NoPrune
	Freed  int64 // bytes of those

	// Exclusive is for how long other programs could not write to the repository.
	Exclusive time.Duration
}

// Prune deletes objects that nothing needs any more: with a commit go its detached
// metadata and state, then static deltas to commits that are gone and cached
// summaries of remotes that are gone. An interrupted call is finished by the next
// one: commits go first, so that none loses a part.
//
// Transactions may run while it looks for those objects, which takes most of the time;
// it waits for them to end and keeps others from starting only while it deletes.
func (r *Repo) Prune(ctx context.Context, o *PruneOptions) (*PruneStats, error) {
	if o == nil {
		o = &PruneOptions{}
	}
	if err := r.needWritable(); err != nil {
		return nil, err
	}
	p := &pruner{r: r, o: o}
	err := r.locked(ctx, false, p.scan)
	if err == nil && !o.NoPrune {
		err = r.locked(ctx, true, p.sweep)
	}
	if err != nil {
		return &p.stats, fmt.Errorf("prune %s: %w", r.path, err)
	}
	return &p.stats, nil
}

// locked runs fn under the lock.
func (r *Repo) locked(ctx context.Context, exclusive bool, fn func(context.Context) error) error {
	ctx, unlock, err := r.lock(ctx, exclusive)
	if err != nil {
		return err
	}
	err = fn(ctx)
	if uerr := unlock(); err == nil {
		err = uerr
	}
	return err
}

// pruneObject deletes an object. Detached metadata goes before its commit: without
// the commit, an interrupted call would never be finished.
func (r *Repo) pruneObject(ctx context.Context, n ObjectName) error {
	if n.Type == TypeCommit {
		meta := ObjectName{n.Checksum, TypeCommitMeta}.LoosePath(r.mode)
		if err := atomicfs.Remove(ctx, r.objects, meta); err != nil && !isNotExist(err) {
			return err
		}
	}
	if err := r.delete(ctx, n); err != nil && !isNotExist(err) {
		return err
	}
	return nil
}

// pruneDeltas removes static deltas to commits that are gone.
func (r *Repo) pruneDeltas(ctx context.Context) error {
	deltas, err := r.staticDeltas()
	if err != nil {
		return err
	}
	for _, d := range deltas {
		there, err := r.Has(ctx, ObjectName{d.to, TypeCommit})
		if err == nil && !there {
			err = atomicfs.RemoveAll(ctx, r.dir, d.path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// PruneDeltas removes the static deltas to a commit.
func (r *Repo) PruneDeltas(ctx context.Context, to Checksum) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	err := r.locked(ctx, true, func(ctx context.Context) error {
		deltas, err := r.staticDeltas()
		for _, d := range deltas {
			if d.to == to && err == nil {
				err = atomicfs.RemoveAll(ctx, r.dir, d.path)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("prune deltas to %s: %w", to, err)
	}
	return nil
}

// summaryCache is where pulls keep summaries, named after the remote, with .sig for
// the signature.
const summaryCache = "tmp/cache/summaries"

// pruneSummaries removes cached summaries of remotes that are not configured.
func (r *Repo) pruneSummaries(ctx context.Context) error {
	entries, err := r.dir.ReadDir(summaryCache)
	if isNotExist(err) || len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	remotes, err := r.Remotes()
	if err != nil {
		return err
	}
	known := make(map[string]bool)
	for _, rem := range remotes {
		known[rem.Name], known[rem.Name+".sig"] = true, true
	}
	for _, e := range entries {
		if e.Type == unix.DT_REG && !known[e.Name] {
			if err := atomicfs.Remove(ctx, r.dir, summaryCache+"/"+e.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
