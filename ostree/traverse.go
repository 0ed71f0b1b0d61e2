package ostree

import (
	"context"
	"fmt"
	"iter"
)

// ObjectSet is a set of object names. The zero value is empty. It takes about 50
// bytes for each object, and is not safe for concurrent changes.
type ObjectSet struct {
	m    [len(typeNames)]map[Checksum]struct{}
	late *lateTrees // nil unless transactions may be running
}

// lateTrees are directories that were missing when a commit was traversed. A transaction that is being committed moves
// its objects to their place one after the other, and a pull completes a partial commit, so they may turn up later.
type lateTrees struct {
	found []lateTree
}

type lateTree struct {
	commit Checksum
	tree   Tree
	depth  int // of directories above it
}

// Add puts n into the set and reports whether it was not there yet. A name of an
// unknown type is not added.
func (s *ObjectSet) Add(n ObjectName) bool {
	if !n.Type.valid() || s.Has(n) {
		return false
	}
	if s.m[n.Type] == nil {
		s.m[n.Type] = make(map[Checksum]struct{})
	}
	s.m[n.Type][n.Checksum] = struct{}{}
	return true
}

// Has reports whether n is in the set.
func (s *ObjectSet) Has(n ObjectName) bool {
	if !n.Type.valid() {
		return false
	}
	_, ok := s.m[n.Type][n.Checksum]
	return ok
}

// Len returns the number of names.
func (s *ObjectSet) Len() int {
	n := 0
	for _, m := range s.m {
		n += len(m)
	}
	return n
}

// All iterates over the names: type by type, in no order within a type.
func (s *ObjectSet) All() iter.Seq[ObjectName] {
	return func(yield func(ObjectName) bool) {
		for t, m := range s.m {
			for c := range m {
				if !yield(ObjectName{c, ObjectType(t)}) {
					return
				}
			}
		}
	}
}

// Traverse returns the objects that a commit is made of: itself, directories and
// files. With depth > 0 the same of so many of its ancestors, with depth < 0 of
// all; history may end earlier because a parent is not in the repository.
// Only commits and directories are read, not files. A directory that is missing
// is an error unless the commit is partial.
func (r *Repo) Traverse(ctx context.Context, commit Checksum, depth int) (*ObjectSet, error) {
	s := new(ObjectSet)
	return s, r.TraverseInto(ctx, s, commit, depth)
}

// TraverseInto is [Repo.Traverse] that adds to a set. Directories in the set are
// not read again, so that many commits with much in common take little more than
// one.
func (r *Repo) TraverseInto(ctx context.Context, s *ObjectSet, commit Checksum, depth int) error {
	w := &walker{r: r, s: s}
	for first := true; ; first = false {
		c, err := r.LoadCommit(ctx, commit)
		if isNotExist(err) && !first {
			return nil
		}
		if err == nil {
			err = w.commit(ctx, commit, c)
		}
		if err != nil {
			return fmt.Errorf("traverse commit %s: %w", commit, err)
		}
		if depth == 0 || c.Parent.IsZero() {
			return nil
		}
		depth--
		commit = c.Parent
	}
}

// walker adds what is reachable from a commit.
type walker struct {
	r       *Repo
	s       *ObjectSet
	sum     Checksum // of the commit
	partial bool
}

func (w *walker) commit(ctx context.Context, sum Checksum, c *Commit) error {
	if !w.s.Add(ObjectName{sum, TypeCommit}) {
		return nil
	}
	state, err := w.r.CommitState(ctx, sum)
	if err != nil {
		return err
	}
	w.sum, w.partial = sum, state != CommitNormal
	return w.tree(ctx, c.Root(), 0)
}

func (w *walker) tree(ctx context.Context, t Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("more than %d levels of directories", maxTreeDepth)
	}
	w.s.Add(ObjectName{t.Meta, TypeDirMeta})
	if !w.s.Add(ObjectName{t.Tree, TypeDirTree}) {
		return nil
	}
	dt, err := w.r.LoadDirTree(ctx, t.Tree)
	if isNotExist(err) && w.s.late != nil {
		w.s.late.found = append(w.s.late.found, lateTree{w.sum, t, depth})
		return nil
	}
	if isNotExist(err) && w.partial {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range dt.Files {
		w.s.Add(ObjectName{f.Checksum, TypeFile})
	}
	for _, d := range dt.Dirs {
		if err := w.tree(ctx, Tree{d.Tree, d.Meta}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// addLate adds what is below directories that were missing, when no transaction runs any more.
func (r *Repo) addLate(ctx context.Context, s *ObjectSet, late []lateTree) error {
	for _, l := range late {
		state, err := r.CommitState(ctx, l.commit)
		if err != nil {
			return err
		}
		// Another commit may have the directory too, so that it counts even if this one is gone.
		there, err := r.Has(ctx, ObjectName{l.commit, TypeCommit})
		if err != nil {
			return err
		}
		delete(s.m[TypeDirTree], l.tree.Tree)
		w := &walker{r: r, s: s, sum: l.commit, partial: state != CommitNormal || !there}
		if err := w.tree(ctx, l.tree, l.depth); err != nil {
			return fmt.Errorf("traverse commit %s: %w", l.commit, err)
		}
	}
	return nil
}
