package ostree

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// pruner is a run of [Repo.Prune] in two parts: scan, under the shared lock, finds out what is not needed, and sweep, under
// the exclusive lock, deletes of that what is still not needed.
//
// Why may a transaction run during the scan, although it may find an object present and rely on it that the scan takes for
// unreachable? Because it holds the shared lock until its commit objects and refs are written, and sweep starts when
// nobody holds it. So whatever such a transaction relied on is reachable from
//
//   - a ref that has another value than in the scan,
//   - a commit object that was not there when the scan began (it may have no ref), or
//   - a commit that was incomplete then, and is no more,
//
// and sweep adds to the set what is reachable from each of these, before it deletes. What is left was unreachable when the
// scan began and is now, and nobody who could rely on it is at work. An object written since then is no candidate at all.
// The set may contain too much, such as the target of a ref that has been deleted since; the next run finds that.
//
// A second pruner may have run between scan and sweep. It deletes only what the scan had no need for either, or what
// has lost its ref since; the set naming objects that are gone does no harm, and what was written again is
// covered by the three cases above.
type pruner struct {
	r     *Repo
	o     *PruneOptions
	stats PruneStats

	keep    *ObjectSet
	commits commitList // there when the scan began
	refs    []Ref
	roots   map[root]bool // traversed

	commitsGone, gone []candidate
	xattrLinks        []ObjectName // without a file, bare-split-xattrs mode
	xattrs            []ObjectName
}

// root is a commit that stays with some of its history.
type root struct {
	commit Checksum
	history
}

// candidate is an object that the scan found no need for.
type candidate struct {
	ObjectName
	size int64
}

// scan finds candidates. Commits are listed before refs are read: one written in between counts as new in any case.
func (p *pruner) scan(ctx context.Context) error {
	p.keep, p.roots = &ObjectSet{late: &lateTrees{}}, make(map[root]bool)
	var err error
	if p.commits, err = p.r.listCommits(ctx); err != nil {
		return err
	}
	if p.refs, err = p.readRefs(ctx); err != nil {
		return err
	}
	if err := p.reach(ctx); err != nil {
		return err
	}
	if p.o.Reachable == nil {
		if err := p.unreferenced(ctx); err != nil {
			return err
		}
	}
	if err := p.list(ctx); err != nil {
		return err
	}
	if !p.o.NoPrune {
		return nil
	}
	for _, c := range append(p.commitsGone, p.gone...) {
		p.count(c)
	}
	late := p.keep.late.found
	p.keep.late = nil
	return p.r.addLate(ctx, p.keep, late) // damage is to be reported in any case
}

func (p *pruner) count(c candidate) {
	p.stats.Pruned++
	p.stats.Freed += c.size
}

func (p *pruner) readRefs(ctx context.Context) ([]Ref, error) {
	return p.r.Refs(ctx, &RefsOptions{Remotes: true, Mirrors: true})
}

// reach adds what the refs of p.refs and the options keep, as far as it is not known from an earlier call.
func (p *pruner) reach(ctx context.Context) error {
	if p.o.Reachable != nil {
		return p.o.Reachable(ctx, p.keep)
	}
	for _, c := range p.o.Keep {
		if err := p.root(ctx, root{c, history{depth: p.o.depth()}}); err != nil {
			return err
		}
	}
	for _, ref := range p.refs {
		if err := p.root(ctx, root{ref.Checksum, p.o.of(&ref)}); err != nil {
			return err
		}
	}
	return nil
}

// root adds a commit with its history. A ref to a commit that is gone keeps nothing, and must not keep all.
func (p *pruner) root(ctx context.Context, r root) error {
	if p.roots[r] {
		return nil
	}
	there, err := p.r.Has(ctx, ObjectName{r.commit, TypeCommit})
	if err != nil || !there {
		return err
	}
	p.roots[r] = true
	if !r.since.IsZero() {
		return p.younger(ctx, r.commit, r.since)
	}
	return p.r.TraverseInto(ctx, p.keep, r.commit, r.depth)
}

// list finds the objects outside the set. Detached metadata and tombstones live and die with commits and are not counted.
func (p *pruner) list(ctx context.Context) error {
	for n, err := range p.r.Objects(ctx) {
		if err != nil {
			return err
		}
		if p.o.CommitOnly && n.Type != TypeCommit {
			continue
		}
		if err := p.consider(ctx, n); err != nil && !isNotExist(err) {
			return err
		}
	}
	return nil
}

func (p *pruner) consider(ctx context.Context, n ObjectName) error {
	drop := !p.keep.Has(n)
	switch n.Type {
	case TypeCommitMeta, TypeTombstone:
		return nil
	case TypeFileXattrs:
		p.xattrs = append(p.xattrs, n)
		return nil
	case TypeFileXattrsLink:
		unused, err := p.withoutFile(n)
		if unused || !p.keep.Has(ObjectName{n.Checksum, TypeFile}) {
			p.xattrLinks = append(p.xattrLinks, n)
		}
		return err
	case TypePayloadLink:
		var err error
		if drop, err = p.danglingLink(n); err != nil {
			return err
		}
	}
	p.stats.Total++
	if !drop {
		return nil
	}
	size, err := p.r.StorageSize(ctx, n)
	if err != nil {
		return err
	}
	if n.Type == TypeCommit {
		p.commitsGone = append(p.commitsGone, candidate{n, size})
	} else {
		p.gone = append(p.gone, candidate{n, size})
	}
	return nil
}

// sweep looks at what has changed since the scan and deletes the rest of the candidates.
func (p *pruner) sweep(ctx context.Context) error {
	start := time.Now()
	defer func() { p.stats.Exclusive = time.Since(start) }()
	if err := p.recheck(ctx); err != nil {
		return err
	}
	for _, c := range append(p.commitsGone, p.gone...) {
		if stays, err := p.stays(c.ObjectName); stays || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		if err := p.r.pruneObject(ctx, c.ObjectName); err != nil {
			return fmt.Errorf("delete %s: %w", c.ObjectName, err)
		}
		p.count(c)
	}
	if !p.o.CommitOnly {
		if err := p.pruneXattrs(ctx); err != nil {
			return err
		}
	}
	if err := p.r.pruneDeltas(ctx); err != nil {
		return err
	}
	return p.r.pruneSummaries(ctx)
}

// recheck completes the set. No transaction is running, so from here on a directory that is missing is an error.
func (p *pruner) recheck(ctx context.Context) error {
	late := p.keep.late.found
	p.keep.late = nil
	if err := p.r.addLate(ctx, p.keep, late); err != nil {
		return err
	}
	commits, err := p.commits.added(ctx, p.r)
	if err != nil {
		return err
	}
	for _, c := range commits {
		if err := p.root(ctx, root{c, history{depth: p.o.depth()}}); err != nil {
			return err
		}
	}
	refs, err := p.readRefs(ctx)
	if err != nil {
		return err
	}
	if len(commits) == 0 && slices.Equal(refs, p.refs) {
		return nil
	}
	p.refs = refs
	return p.reach(ctx)
}

// stays reports whether a candidate has turned out to be of use.
func (p *pruner) stays(n ObjectName) (bool, error) {
	if n.Type != TypePayloadLink {
		return p.keep.Has(n), nil
	}
	dangling, err := p.danglingLink(n)
	if isNotExist(err) {
		return true, nil
	}
	return !dangling, err
}

// danglingLink reports whether a payload link names a file that is gone or goes now.
func (p *pruner) danglingLink(n ObjectName) (bool, error) {
	target, err := p.r.objects.Readlink(n.LoosePath(p.r.mode))
	if err != nil {
		return false, err
	}
	file, ok := parsePayloadLink(target, p.r.mode)
	if !ok || !p.keep.Has(file) {
		return true, nil
	}
	there, err := p.r.objects.Exists(file.LoosePath(p.r.mode))
	return !there, err
}

// withoutFile reports whether the file that the attributes belong to does not exist.
func (p *pruner) withoutFile(link ObjectName) (bool, error) {
	there, err := p.r.objects.Exists(ObjectName{link.Checksum, TypeFile}.LoosePath(p.r.mode))
	return !there, err
}

// pruneXattrs removes links of files that are gone, and attributes without a link. Nobody reads those: links are
// complete by themselves.
func (p *pruner) pruneXattrs(ctx context.Context) error {
	for _, n := range p.xattrLinks {
		unused, err := p.withoutFile(n)
		if err == nil && unused {
			err = ignoreNotExist(p.r.delete(ctx, n))
		}
		if err != nil {
			return fmt.Errorf("delete %s: %w", n, err)
		}
	}
	for _, n := range p.xattrs {
		st, err := p.r.objects.Lstat(n.LoosePath(p.r.mode))
		if err == nil && st.Nlink == 1 {
			err = p.r.delete(ctx, n)
		}
		if ignoreNotExist(err) != nil {
			return fmt.Errorf("delete %s: %w", n, err)
		}
	}
	return nil
}
