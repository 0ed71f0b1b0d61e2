package ostree

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// fsckBatch is how many objects a worker takes at a time.
const fsckBatch = 32

// verifyAll checks objects on all processors.
func (f *fsck) verifyAll(ctx context.Context, objects []ObjectName) error {
	f.total = f.report.Objects + len(objects)
	batches := make(chan []ObjectName)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for batch := range batches {
				f.verifyBatch(ctx, batch)
			}
		})
	}
	for batch := range slices.Chunk(objects, fsckBatch) {
		if ctx.Err() != nil {
			break
		}
		batches <- batch
	}
	close(batches)
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	f.progress(0, true)
	return nil
}

func (f *fsck) verifyBatch(ctx context.Context, batch []ObjectName) {
	for _, n := range batch {
		if ctx.Err() != nil {
			return
		}
		if err := f.verifyObject(ctx, n); err != nil {
			f.problem(FsckProblem{Object: n, Err: err})
		}
	}
	f.progress(len(batch), false)
}

func (f *fsck) progress(done int, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report.Objects += done
	if f.o.Progress == nil || !last && time.Since(f.lastCall) < progressInterval {
		return
	}
	f.lastCall = time.Now()
	f.o.Progress(FsckProgress{f.report.Commits, f.report.Objects, f.total})
}

// settle finds the commits that problems belong to, deletes broken objects if wanted, and marks commits
// that now lack something.
func (f *fsck) settle(ctx context.Context) error {
	incomplete := make(map[Checksum]bool)
	bad := make(map[ObjectName]*FsckProblem)
	for i := range f.problems {
		p := &f.problems[i]
		if p.Object.Type == 0 {
			continue
		}
		bad[p.Object] = p
		if f.o.Delete && !p.Missing && isDamage(p.Err) && f.r.writable {
			if err := f.r.delete(ctx, p.Object); err != nil && !isNotExist(err) {
				return err
			}
			p.Deleted = true
		}
	}
	if len(bad) == 0 {
		return f.unmark(ctx, nil)
	}
	broken := make(map[Checksum]bool)
	owners := &ownerSearch{f: f, bad: bad, dirty: map[Checksum]bool{}}
	for _, sum := range f.sortedCommits() {
		for n := range owners.commit(ctx, f.commits[sum]).All() {
			p := bad[n]
			p.Commits = append(p.Commits, sum)
			broken[sum] = true
			incomplete[sum] = incomplete[sum] || p.Missing || p.Deleted
		}
	}
	if f.o.KeepStates || !f.r.writable {
		return nil
	}
	for _, sum := range f.sortedCommits() {
		if !incomplete[sum] || f.marked[sum] {
			continue
		}
		if err := f.r.setCommitState(ctx, sum, CommitFsckPartial); err != nil {
			return err
		}
		f.report.MarkedPartial = append(f.report.MarkedPartial, sum)
	}
	return f.unmark(ctx, broken)
}

// unmark takes back the marks of an earlier check from commits that are sound again.
func (f *fsck) unmark(ctx context.Context, broken map[Checksum]bool) error {
	if f.o.KeepStates || !f.r.writable {
		return nil
	}
	for _, sum := range f.sortedCommits() {
		if !f.marked[sum] || broken[sum] {
			continue
		}
		if err := f.r.setCommitState(ctx, sum, CommitNormal); err != nil {
			return err
		}
		f.report.Unmarked = append(f.report.Unmarked, sum)
	}
	return nil
}

// ownerSearch finds bad objects below directories.
type ownerSearch struct {
	f     *fsck
	bad   map[ObjectName]*FsckProblem
	dirty map[Checksum]bool // dirtree: whether there is a bad object in or below it
}

// commit returns the bad objects that a commit needs.
func (s *ownerSearch) commit(ctx context.Context, c *Commit) *ObjectSet {
	found, seen := new(ObjectSet), make(map[Checksum]bool)
	s.tree(ctx, c.Root(), found, seen, 0)
	return found
}

// tree adds the bad objects of t to found and reports whether there are any. Clean directories are
// read once for all commits.
func (s *ownerSearch) tree(ctx context.Context, t Tree, found *ObjectSet, seen map[Checksum]bool, depth int) bool {
	badMeta := s.check(ObjectName{t.Meta, TypeDirMeta}, found)
	dirty, known := s.dirty[t.Tree]
	if seen[t.Tree] || known && !dirty {
		return dirty || badMeta
	}
	seen[t.Tree] = true
	dirty = s.content(ctx, t.Tree, found, seen, depth)
	s.dirty[t.Tree] = dirty
	return dirty || badMeta
}

func (s *ownerSearch) content(ctx context.Context, tree Checksum, found *ObjectSet, seen map[Checksum]bool, depth int) bool {
	if s.check(ObjectName{tree, TypeDirTree}, found) {
		return true
	}
	dt, err := s.f.r.LoadDirTree(ctx, tree)
	if err != nil || depth > maxTreeDepth {
		return false
	}
	dirty := false
	for _, e := range dt.Files {
		dirty = s.check(ObjectName{e.Checksum, TypeFile}, found) || dirty
	}
	for _, e := range dt.Dirs {
		dirty = s.tree(ctx, Tree{e.Tree, e.Meta}, found, seen, depth+1) || dirty
	}
	return dirty
}

func (s *ownerSearch) check(n ObjectName, found *ObjectSet) bool {
	if s.bad[n] == nil {
		return false
	}
	found.Add(n)
	return true
}
