package ostree

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// FsckOptions are the options of [Repo.Fsck].
type FsckOptions struct {
	// Delete removes broken objects.
	Delete bool
	// KeepStates leaves commits with missing objects as they are, instead of marking them partial, which
	// makes the next pull fetch what is missing.
	KeepStates bool
	// Recheck verifies also the commits that an earlier check marked, and takes the mark from those that are
	// sound again.
	Recheck bool
	// AddTombstones notes parents that are missing as deleted on purpose.
	AddTombstones bool
	// VerifyBindings demands that each commit with a ref names it in its binding.
	VerifyBindings bool
	// VerifyBackRefs demands that each ref in the binding of a commit has that commit. It implies
	// VerifyBindings.
	VerifyBackRefs bool
	// RefsFirst ends the check after the refs if one has no sound commit or a wrong binding.
	RefsFirst bool
	// Progress is called now and then, from one goroutine at a time.
	Progress func(FsckProgress)
}

// FsckProgress is how far verification of objects has come.
type FsckProgress struct {
	Commits     int // that are verified, all in all
	Done, Total int // objects that have been, and that are to be verified
}

// FsckProblem is something wrong in a repository.
type FsckProblem struct {
	Object     ObjectName // unset if a ref is wrong
	Ref        string     // the refspec, if a ref is wrong
	Collection string     // that the ref belongs to, "" for an ordinary ref
	Commits    []Checksum // that contain the object, sorted
	Missing    bool       // the object does not exist
	Deleted    bool       // it was deleted
	Err        error      // what is wrong; a [*CorruptError] for a broken object
}

// FsckReport is the result of [Repo.Fsck].
type FsckReport struct {
	Commits            int // commits whose content was verified
	PartialCommits     int // commits left out because a pull has not finished
	FsckPartialCommits int // commits left out because an earlier check found them broken
	Objects            int // objects verified
	Tombstones         []Checksum
	MarkedPartial      []Checksum
	Unmarked           []Checksum    // by FsckOptions.Recheck
	Problems           []FsckProblem // refs first, then objects by type and checksum
}

// Err returns nil if the repository is fine, and otherwise the first problem.
func (r *FsckReport) Err() error {
	switch {
	case len(r.Problems) == 1:
		return r.Problems[0].Err
	case len(r.Problems) > 1:
		return fmt.Errorf("%w (and %d more problems)", r.Problems[0].Err, len(r.Problems)-1)
	case r.FsckPartialCommits > 0:
		return fmt.Errorf("%d partial commits from fsck-detected corruption", r.FsckPartialCommits)
	}
	return nil
}

// Fsck verifies that refs have commits and that commits are complete and undamaged: every object that a
// commit reaches is read and hashed, once, on all processors, and decoded strictly. Commits that are marked partial
// are only counted. Objects that no commit needs are not looked at.
//
// The report tells what is wrong. The error is about not being able to check.
func (r *Repo) Fsck(ctx context.Context, o *FsckOptions) (*FsckReport, error) {
	if o == nil {
		o = &FsckOptions{}
	}
	ctx, unlock, err := r.lock(ctx, o.Delete && r.writable)
	if err != nil {
		return nil, err
	}
	f := &fsck{r: r, o: o, report: &FsckReport{}, seen: map[ObjectName]bool{}}
	err = f.run(ctx)
	if uerr := unlock(); err == nil {
		err = uerr
	}
	if err != nil {
		return f.report, fmt.Errorf("fsck %s: %w", r.path, err)
	}
	return f.report, nil
}

type fsck struct {
	r       *Repo
	o       *FsckOptions
	report  *FsckReport
	commits map[Checksum]*Commit // to verify
	marked  map[Checksum]bool    // those of them that an earlier check marked
	seen    map[ObjectName]bool  // verified metadata objects; false while in the queue
	total   int

	mu       sync.Mutex // guards what follows
	problems []FsckProblem
	lastCall time.Time
}

func (f *fsck) run(ctx context.Context) error {
	if err := f.checkRefs(ctx); err != nil {
		return err
	}
	if len(f.problems) == 0 || !f.o.RefsFirst {
		if err := f.checkObjects(ctx); err != nil {
			return err
		}
	}
	slices.SortFunc(f.problems, func(a, b FsckProblem) int {
		return cmp.Or(cmp.Compare(b.Ref, a.Ref), cmp.Compare(a.Object.Type, b.Object.Type),
			slices.Compare(a.Object.Checksum[:], b.Object.Checksum[:]), cmp.Compare(a.Err.Error(), b.Err.Error()))
	})
	f.report.Problems = f.problems
	return nil
}

// checkObjects verifies commits and everything that they need.
func (f *fsck) checkObjects(ctx context.Context) error {
	if err := f.loadCommits(ctx); err != nil {
		return err
	}
	if err := f.verifyAll(ctx, f.walk(ctx)); err != nil {
		return err
	}
	return f.settle(ctx)
}

func (f *fsck) problem(p FsckProblem) {
	p.Missing = p.Missing || isNotExist(p.Err)
	f.mu.Lock()
	f.problems = append(f.problems, p)
	f.mu.Unlock()
}

// checkRefs demands a commit for every ref.
func (f *fsck) checkRefs(ctx context.Context) error {
	refs, err := f.r.Refs(ctx, &RefsOptions{Remotes: true, Mirrors: true})
	if err != nil {
		return err
	}
	for _, ref := range refs {
		c, err := f.loadCommit(ctx, ObjectName{ref.Checksum, TypeCommit})
		if err == nil && (f.o.VerifyBindings || f.o.VerifyBackRefs) {
			if err = f.r.checkBindings(ref, c); err != nil {
				err = fmt.Errorf("commit %s: %w", ref.Checksum, err)
			}
		}
		if err != nil {
			spec := ref.Refspec()
			f.problem(FsckProblem{Ref: spec, Collection: ref.Collection, Err: fmt.Errorf("ref %s: %w", spec, err)})
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// checkBindings demands that a commit names the ref that points to it, and the collection if the ref
// belongs to one.
func (r *Repo) checkBindings(ref Ref, c *Commit) error {
	bound, ok := c.Metadata.Strings(KeyRefBinding)
	if ok && !slices.Contains(bound, ref.Name) {
		return fmt.Errorf("commit has no requested ref ‘%s’ in ref binding metadata (‘%s’)", ref.Name, strings.Join(bound, "’, ‘"))
	}
	collection := ref.Collection
	if collection == "" && ref.Remote == "" {
		collection = r.CollectionID()
	}
	if collection == "" {
		return nil
	}
	if have, ok := c.Metadata.String(KeyCollectionBinding); !ok || have != collection {
		return fmt.Errorf("commit has collection ID ‘%s’ in collection binding metadata, while the remote it came from has collection ID ‘%s’", have, collection)
	}
	if !ok {
		return errors.New("expected commit metadata to have ref binding information, found none")
	}
	return nil
}

// loadCommits verifies all commit objects and keeps those that should be complete.
func (f *fsck) loadCommits(ctx context.Context) error {
	f.commits, f.marked = make(map[Checksum]*Commit), make(map[Checksum]bool)
	for n, err := range f.r.Objects(ctx) {
		if err != nil {
			return err
		}
		if n.Type != TypeCommit {
			continue
		}
		c, err := f.loadCommit(ctx, n)
		if err != nil {
			f.problem(FsckProblem{Object: n, Err: err})
			continue
		}
		if err := f.addCommit(ctx, n.Checksum, c); err != nil {
			return err
		}
	}
	return nil
}

func (f *fsck) loadCommit(ctx context.Context, n ObjectName) (*Commit, error) {
	data, err := f.verified(ctx, n)
	if err != nil {
		return nil, err
	}
	c, err := ParseCommit(data)
	return c, nameCorrupt(err, n)
}

func (f *fsck) addCommit(ctx context.Context, sum Checksum, c *Commit) error {
	if f.o.VerifyBackRefs {
		f.checkBackRefs(sum, c)
	}
	if f.o.AddTombstones && !c.Parent.IsZero() {
		if err := f.addTombstone(ctx, c.Parent); err != nil {
			return err
		}
	}
	state, err := f.r.CommitState(ctx, sum)
	switch {
	case err != nil:
		return err
	case state == CommitPartial:
		f.report.PartialCommits++
	case state == CommitFsckPartial && !f.o.Recheck:
		f.report.PartialCommits++
		f.report.FsckPartialCommits++
	default:
		f.report.Commits++
		f.report.Objects++
		f.commits[sum] = c
		f.marked[sum] = state == CommitFsckPartial
	}
	return nil
}

// checkBackRefs demands that the refs that a commit is bound to exist and point to it. The refs of another collection
// are those mirrored of it.
func (f *fsck) checkBackRefs(sum Checksum, c *Commit) {
	bound, _ := c.Metadata.Strings(KeyRefBinding)
	collection, _ := c.Metadata.String(KeyCollectionBinding)
	for _, name := range bound {
		p := FsckProblem{Ref: name, Collection: collection}
		ref, what := Ref{Name: name}, fmt.Sprintf("ref ‘%s’", name)
		if collection != "" {
			what = fmt.Sprintf("collection–ref (%s, %s)", collection, name)
			if collection != f.r.CollectionID() {
				ref.Collection = collection
			}
		}
		err := ref.check()
		if err == nil {
			ref, err = f.r.readRef(ref)
		}
		switch {
		case isNotExist(err):
			err = fmt.Errorf("%s in bindings for commit %s does not exist", what, sum)
			p.Missing = true
		case err == nil && ref.Checksum != sum:
			err = fmt.Errorf("%s in bindings for commit %s resolves to %s", what, sum, ref.Checksum)
		}
		if err != nil {
			p.Err = fmt.Errorf("ref %s: %w", name, err)
			f.problem(p)
		}
	}
}

func (f *fsck) addTombstone(ctx context.Context, parent Checksum) error {
	for _, t := range []ObjectType{TypeCommit, TypeTombstone} {
		if there, err := f.r.Has(ctx, ObjectName{parent, t}); err != nil || there {
			return err
		}
	}
	if err := f.r.writeTombstone(ctx, parent); err != nil {
		return err
	}
	f.report.Tombstones = append(f.report.Tombstones, parent)
	return nil
}

// verified loads a metadata object and compares it with its name.
func (f *fsck) verified(ctx context.Context, n ObjectName) ([]byte, error) {
	return f.r.verifiedMetadata(ctx, n)
}

func (r *Repo) verifiedMetadata(ctx context.Context, n ObjectName) ([]byte, error) {
	data, err := r.LoadMetadata(ctx, n)
	if err != nil {
		return nil, err
	}
	if sum := Checksum(sha256.Sum256(data)); sum != n.Checksum {
		return nil, mismatch(n, sum)
	}
	return data, nil
}

// verify compares an object with its name.
func (r *Repo) verify(ctx context.Context, n ObjectName) error {
	if n.Type.IsMetadata() {
		_, err := r.verifiedMetadata(ctx, n)
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := loadFile(r.stores(), n.Checksum)
	if err != nil {
		return err
	}
	defer file.Close()
	return nameCorrupt(verifyFile(ctx, n, file), n)
}

// walk verifies the directories of all commits and returns the other objects that they need. Directories are a
// small part of the work.
func (f *fsck) walk(ctx context.Context) []ObjectName {
	rest := new(ObjectSet)
	for _, sum := range f.sortedCommits() {
		f.walkTree(ctx, f.commits[sum].Root(), rest, 0)
	}
	out := slices.Collect(rest.All())
	// The order of paths on disk, which is also the order of creation for many file systems.
	slices.SortFunc(out, func(a, b ObjectName) int { return slices.Compare(a.Checksum[:], b.Checksum[:]) })
	return out
}

func (f *fsck) sortedCommits() []Checksum {
	out := make([]Checksum, 0, len(f.commits))
	for sum := range f.commits {
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b Checksum) int { return slices.Compare(a[:], b[:]) })
	return out
}

func (f *fsck) walkTree(ctx context.Context, t Tree, rest *ObjectSet, depth int) {
	rest.Add(ObjectName{t.Meta, TypeDirMeta})
	n := ObjectName{t.Tree, TypeDirTree}
	if f.seen[n] || ctx.Err() != nil {
		return
	}
	f.seen[n] = true
	f.report.Objects++
	dt, err := f.loadTree(ctx, n, depth)
	if err != nil {
		f.problem(FsckProblem{Object: n, Err: err})
		return
	}
	for _, e := range dt.Files {
		rest.Add(ObjectName{e.Checksum, TypeFile})
	}
	for _, e := range dt.Dirs {
		f.walkTree(ctx, Tree{e.Tree, e.Meta}, rest, depth+1)
	}
}

func (f *fsck) loadTree(ctx context.Context, n ObjectName, depth int) (*DirTree, error) {
	if depth > maxTreeDepth {
		return nil, fmt.Errorf("more than %d levels of directories", maxTreeDepth)
	}
	data, err := f.verified(ctx, n)
	if err != nil {
		return nil, err
	}
	dt, err := ParseDirTree(data)
	return dt, nameCorrupt(err, n)
}

// verifyObject checks a dirmeta or file object.
func (f *fsck) verifyObject(ctx context.Context, n ObjectName) error {
	if n.Type == TypeDirMeta {
		data, err := f.verified(ctx, n)
		if err == nil {
			_, err = ParseDirMeta(data)
		}
		return nameCorrupt(err, n)
	}
	return f.r.verify(ctx, n)
}

func verifyFile(ctx context.Context, n ObjectName, file *File) error {
	h := &file.Header
	if h.IsSymlink() {
		sum, _, err := contentChecksum(ctx, h, nil)
		if err == nil && sum != n.Checksum {
			err = mismatch(n, sum)
		}
		return err
	}
	sum, size, err := contentChecksum(ctx, h, file.Reader)
	switch {
	case err != nil:
		return err
	case size != file.Size:
		return &CorruptError{Object: n, Err: fmt.Errorf("payload has %d bytes, not %d", size, file.Size)}
	case sum != n.Checksum:
		return mismatch(n, sum)
	}
	return nil
}

// isDamage tells what is wrong with an object from being unable to look.
func isDamage(err error) bool {
	var ce *CorruptError
	return errors.As(err, &ce) || isNotExist(err)
}
