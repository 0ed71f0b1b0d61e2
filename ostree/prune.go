package ostree

import (
	"context"
	"fmt"

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
	// Keep has further commits to stay, with ancestors as Depth says.
	Keep []Checksum
	// Reachable, if set, fills the set of objects to stay, instead of RefsOnly,
	// Depth and Keep. It runs under the exclusive lock.
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
}

// Prune deletes objects that nothing needs any more: with a commit go its detached
// metadata and state, then static deltas to commits that are gone and cached
// summaries of remotes that are gone. It holds the exclusive lock throughout, so that
// no transaction can lose an object it has found present. An interrupted call is
// finished by the next one: commits go first, so that none loses a part.
func (r *Repo) Prune(ctx context.Context, o *PruneOptions) (*PruneStats, error) {
	if o == nil {
		o = &PruneOptions{}
	}
	if err := r.needWritable(); err != nil {
		return nil, err
	}
	ctx, unlock, err := r.lock(ctx, true)
	if err != nil {
		return nil, err
	}
	stats, err := r.prune(ctx, o)
	if uerr := unlock(); err == nil {
		err = uerr
	}
	if err != nil {
		return stats, fmt.Errorf("prune %s: %w", r.path, err)
	}
	return stats, nil
}

func (r *Repo) prune(ctx context.Context, o *PruneOptions) (*PruneStats, error) {
	keep, err := r.reachable(ctx, o)
	if err != nil {
		return nil, err
	}
	stats := &PruneStats{}
	gone, err := r.unreachable(ctx, o, keep, stats)
	if err != nil || o.NoPrune {
		return stats, err
	}
	for _, n := range gone {
		if err := r.pruneObject(ctx, n); err != nil {
			return stats, fmt.Errorf("delete %s: %w", n, err)
		}
	}
	if !o.CommitOnly {
		if err := r.pruneSplitXattrs(ctx); err != nil {
			return stats, err
		}
	}
	if err := r.pruneDeltas(ctx); err != nil {
		return stats, err
	}
	return stats, r.pruneSummaries(ctx)
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

// reachable collects what has to stay.
func (r *Repo) reachable(ctx context.Context, o *PruneOptions) (*ObjectSet, error) {
	keep := new(ObjectSet)
	if o.Reachable != nil {
		return keep, o.Reachable(ctx, keep)
	}
	depth := -1
	if o.Depth != nil {
		depth = *o.Depth
	}
	roots := o.Keep
	refs, err := r.Refs(ctx, &RefsOptions{Remotes: true, Mirrors: true})
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		roots = append(roots[:len(roots):len(roots)], ref.Checksum)
	}
	for _, c := range roots {
		// A ref to a commit that is gone keeps nothing, and must not keep all.
		there, err := r.Has(ctx, ObjectName{c, TypeCommit})
		if err == nil && there {
			err = r.TraverseInto(ctx, keep, c, depth)
		}
		if err != nil {
			return nil, err
		}
	}
	if o.RefsOnly {
		return keep, nil
	}
	for n, err := range r.Objects(ctx) {
		if err == nil && n.Type == TypeCommit {
			err = r.TraverseInto(ctx, keep, n.Checksum, 0)
		}
		if err != nil {
			return nil, err
		}
	}
	return keep, nil
}

// unreachable lists what has to go, commits first. Detached metadata and tombstones
// live and die with commits and are not counted; what hangs on
// files is treated afterwards.
func (r *Repo) unreachable(ctx context.Context, o *PruneOptions, keep *ObjectSet, stats *PruneStats) ([]ObjectName, error) {
	var commits, rest []ObjectName
	for n, err := range r.Objects(ctx) {
		if err != nil {
			return nil, err
		}
		switch n.Type {
		case TypeCommitMeta, TypeTombstone, TypeFileXattrs, TypeFileXattrsLink:
			continue
		}
		if o.CommitOnly && n.Type != TypeCommit {
			continue
		}
		stats.Total++
		drop := !keep.Has(n)
		if n.Type == TypePayloadLink {
			drop, err = r.danglingLink(n, keep)
		}
		if err != nil {
			return nil, err
		}
		if !drop {
			continue
		}
		size, err := r.StorageSize(ctx, n)
		if err != nil {
			return nil, err
		}
		stats.Pruned++
		stats.Freed += size
		if n.Type == TypeCommit {
			commits = append(commits, n)
		} else {
			rest = append(rest, n)
		}
	}
	return append(commits, rest...), nil
}

// danglingLink reports whether a payload link names a file that is gone or goes now.
func (r *Repo) danglingLink(n ObjectName, keep *ObjectSet) (bool, error) {
	target, err := r.objects.Readlink(n.LoosePath(r.mode))
	if err != nil {
		return false, err
	}
	file, ok := parsePayloadLink(target, r.mode)
	if !ok || !keep.Has(file) {
		return true, nil
	}
	there, err := r.objects.Exists(file.LoosePath(r.mode))
	return !there, err
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
	ctx, unlock, err := r.lock(ctx, true)
	if err != nil {
		return err
	}
	deltas, err := r.staticDeltas()
	for _, d := range deltas {
		if d.to == to && err == nil {
			err = atomicfs.RemoveAll(ctx, r.dir, d.path)
		}
	}
	if uerr := unlock(); err == nil {
		err = uerr
	}
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
