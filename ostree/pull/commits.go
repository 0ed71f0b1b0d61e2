package pull

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sync/errgroup"
)

// commitSet is a set of commits that several goroutines fill.
type commitSet struct {
	mu sync.Mutex
	m  map[ostree.Checksum]bool
}

// add reports whether c is new.
func (s *commitSet) add(c ostree.Checksum) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m[c] {
		return false
	}
	if s.m == nil {
		s.m = map[ostree.Checksum]bool{}
	}
	s.m[c] = true
	return true
}

func (s *commitSet) sorted() []ostree.Checksum {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []ostree.Checksum
	for c := range s.m {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b ostree.Checksum) int { return slices.Compare(a[:], b[:]) })
	return out
}

// root is a tree to be completed.
type root struct {
	tree ostree.Tree
	// base is the tree of a complete local commit: what both have in the same
	// place is known to be there.
	base *ostree.Tree
}

// commitFetch is what fetching commits accumulates.
type commitFetch struct {
	*puller
	seen  commitSet
	mu    sync.Mutex
	roots []root
}

// lineage is a commit asked for and, from the newest, its parents.
type lineage struct {
	want
	parents []ostree.Checksum
}

// fetchCommits gets the commits and those parents that are asked for, checks
// them and writes them, marked partial, into the transaction.
func (p *puller) fetchCommits(ctx context.Context, wants []want) ([]root, []lineage, error) {
	f := &commitFetch{puller: p}
	lines := make([]lineage, len(wants))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(p.concurrency())
	for i, w := range wants {
		lines[i].want = w
		g.Go(func() error { return f.chain(gctx, &lines[i]) })
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return f.roots, lines, nil
}

// chain gets one commit and its parents.
func (f *commitFetch) chain(ctx context.Context, l *lineage) error {
	c, err := f.commit(ctx, l.want)
	if err != nil {
		return err
	}
	for depth := f.o.Depth; depth != 0 && !c.Parent.IsZero(); depth-- {
		parent := c.Parent
		c, err = f.commit(ctx, want{commit: parent, collection: l.collection})
		if isNotExist(err) {
			return f.tombstone(ctx, parent) // servers prune history
		}
		if err != nil {
			return err
		}
		l.parents = append(l.parents, parent)
	}
	return nil
}

// tombstone makes sure that a parent is missing on purpose, where the server leaves tombstones of the commits that are
// deleted. What is in one does not matter, and it is not kept: the client did not delete anything.
func (f *commitFetch) tombstone(ctx context.Context, c ostree.Checksum) error {
	if !f.remoteTombstones {
		return nil
	}
	name := ostree.ObjectName{Checksum: c, Type: ostree.TypeTombstone}
	if _, err := f.read(ctx, objectPath(name), maxCommit); err != nil {
		return fmt.Errorf("missing parent %s: object %s: %w", c, name, err)
	}
	f.count.metadata.Add(1)
	return nil
}

// commit gets one commit and queues its tree unless it is complete already.
func (f *commitFetch) commit(ctx context.Context, w want) (*ostree.Commit, error) {
	name := ostree.ObjectName{Checksum: w.commit, Type: ostree.TypeCommit}
	stored, err := f.dst.Has(ctx, name)
	if err != nil {
		return nil, err
	}
	data, detached, err := f.loadOnce(ctx, w, stored)
	if err != nil {
		return nil, fmt.Errorf("commit %s: %w", w.commit, err)
	}
	c, err := ostree.ParseCommit(data)
	if err == nil {
		err = f.check(ctx, w, c, data, detached)
	}
	if err != nil {
		return nil, fmt.Errorf("commit %s: %w", w.commit, err)
	}
	if !f.seen.add(w.commit) {
		return c, nil
	}
	state := ostree.CommitNormal
	if stored {
		if state, err = f.dst.CommitState(ctx, w.commit); err != nil {
			return nil, err
		}
	}
	if err := f.write(ctx, name, data, detached, stored); err != nil {
		return nil, fmt.Errorf("commit %s: %w", w.commit, err)
	}
	if stored && state == ostree.CommitNormal {
		return c, nil
	}
	base, err := f.base(ctx, w, c)
	if err != nil {
		return nil, err
	}
	f.partial.add(w.commit)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.roots = append(f.roots, root{c.Root(), base})
	return c, nil
}

// write puts a commit into the transaction. The mark comes first: a commit
// without it is taken to be complete.
func (f *commitFetch) write(ctx context.Context, name ostree.ObjectName, data []byte, detached *gvariant.Dict, stored bool) error {
	if !stored {
		if err := f.dst.MarkPartial(ctx, name.Checksum, true); err != nil {
			return err
		}
	}
	if err := f.writeDetached(ctx, name.Checksum, detached); err != nil {
		return err
	}
	if stored {
		return nil
	}
	f.count.metadata.Add(1)
	if f.local != nil {
		return f.importFrom(ctx, f.local, name, f.o.Untrusted)
	}
	return f.tx.WriteMetadataExpect(ctx, name, data)
}

// writeDetached stores detached metadata that is new.
func (f *commitFetch) writeDetached(ctx context.Context, c ostree.Checksum, d *gvariant.Dict) error {
	if d == nil {
		return nil
	}
	old, err := f.dst.DetachedMetadata(ctx, c)
	if err == nil && bytes.Equal(old.Value().Bytes(), d.Value().Bytes()) {
		return nil
	}
	return f.tx.SetDetachedMetadata(ctx, c, d)
}

// base finds a complete local commit that the new one probably resembles: what
// the ref was before, or the parent.
func (f *commitFetch) base(ctx context.Context, w want, c *ostree.Commit) (*ostree.Tree, error) {
	if f.o.BareUserOnlyFiles {
		return nil, nil // every file is to be checked
	}
	old, err := f.oldRef(ctx, w)
	if isNotExist(err) {
		old, err = c.Parent, nil
	}
	if err != nil || old.IsZero() || old == w.commit {
		return nil, err
	}
	state, err := f.dst.CommitState(ctx, old)
	if err != nil || state != ostree.CommitNormal {
		return nil, err
	}
	oc, err := f.dst.LoadCommit(ctx, old)
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := oc.Root()
	return &t, nil
}

// loadCommit returns the verified bytes of a commit and its detached metadata,
// which is asked for every time since signatures are added later.
func (f *commitFetch) loadCommit(ctx context.Context, w want, stored bool) (data []byte, detached *gvariant.Dict, err error) {
	name := ostree.ObjectName{Checksum: w.commit, Type: ostree.TypeCommit}
	switch {
	case stored:
		data, err = f.dst.LoadMetadata(ctx, name)
	case f.tx != nil: // else nothing will be written
		if data, err = f.tx.LoadMetadata(ctx, name); isNotExist(err) { // else an interrupted pull has got it
			data, err = f.getMetadata(ctx, name, w.size)
		}
	default:
		data, err = f.getMetadata(ctx, name, w.size)
	}
	if err != nil {
		return nil, nil, err
	}
	detached, err = f.getDetached(ctx, w.commit)
	var corrupt *ostree.CorruptError
	if errors.As(err, &corrupt) && f.trusts(ctx, data) {
		return data, nil, nil // nobody needs what is broken, and it is not kept
	}
	if err != nil {
		return nil, nil, err
	}
	if detached == nil && stored {
		detached, err = f.dst.DetachedMetadata(ctx, w.commit)
	}
	return data, detached, err
}

// trusts reports whether a commit needs no signature.
func (f *commitFetch) trusts(ctx context.Context, commit []byte) bool {
	return f.o.Verify == nil || f.o.Verify.VerifyCommit(ctx, commit, nil) == nil
}

func (p *puller) getDetached(ctx context.Context, c ostree.Checksum) (*gvariant.Dict, error) {
	if p.local != nil {
		return p.local.DetachedMetadata(ctx, c)
	}
	name := ostree.ObjectName{Checksum: c, Type: ostree.TypeCommitMeta}
	p.count.detached.Add(1)
	var d *gvariant.Dict
	err := p.readWith(ctx, objectPath(name), maxMetadata, func(data []byte) error {
		v, err := gvariant.Decode("a{sv}", data)
		if err == nil {
			d, err = gvariant.DictFromValue(v)
		}
		if err != nil {
			return &ostree.CorruptError{Object: name, Err: err}
		}
		return nil
	})
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("detached metadata: %w", err)
	}
	return d, nil
}

// check decides whether the commit may be pulled as what it was asked for.
func (f *commitFetch) check(ctx context.Context, w want, c *ostree.Commit, data []byte, detached *gvariant.Dict) error {
	if f.o.Verify != nil {
		if err := f.o.Verify.VerifyCommit(ctx, data, detached); err != nil {
			return err
		}
	}
	if !f.o.DisableVerifyBindings {
		if err := checkBindings(c, w.ref, f.collection(w, c)); err != nil {
			return err
		}
	}
	if f.o.TimestampCheck && w.ref != "" {
		return f.checkTimestamp(ctx, w, c)
	}
	return nil
}

// collection is the one that a commit must be bound to. Of a source on disk its configuration decides, or what its mirror
// of another repository is called. What a server says about the collections that it mirrors is compared with commits that
// are bound to one.
func (p *puller) collection(w want, c *ostree.Commit) string {
	bound, _ := c.Metadata.String(ostree.KeyCollectionBinding)
	switch {
	case p.o.CollectionID != "":
		return p.o.CollectionID
	case p.local != nil && (bound == "" || bound != p.mirrorOf(w)):
		return p.local.CollectionID()
	case bound != "":
		return w.collection
	}
	return ""
}

// checkBindings compares what the commit says about its refs with how it was
// found: a server must not offer one ref's commit as another's.
func checkBindings(c *ostree.Commit, ref, collection string) error {
	refs, bound := c.Metadata.Strings(ostree.KeyRefBinding)
	switch {
	case !bound && collection != "":
		return errors.New("expected commit metadata to have ref binding information, found none")
	case bound && ref != "" && !slices.Contains(refs, ref):
		return fmt.Errorf("commit has no requested ref ‘%s’ in ref binding metadata (‘%s’)", ref, strings.Join(refs, "’, ‘"))
	case collection == "":
		return nil
	}
	switch got, ok := c.Metadata.String(ostree.KeyCollectionBinding); {
	case !ok:
		return errors.New("expected commit metadata to have collection ID binding information, found none")
	case got != collection:
		return fmt.Errorf("commit has collection ID ‘%s’ in collection binding metadata, while the remote it came from has collection ID ‘%s’", got, collection)
	}
	return nil
}

// TimestampError tells that a commit is older than the one it would replace.
type TimestampError struct {
	New, Current         ostree.Checksum
	NewTime, CurrentTime string // RFC 3339
}

// Error names both.
func (e *TimestampError) Error() string {
	return fmt.Sprintf("upgrade target revision '%s' with timestamp '%s' is chronologically older than current revision '%s' with timestamp '%s'",
		e.New, e.NewTime, e.Current, e.CurrentTime)
}

func (f *commitFetch) checkTimestamp(ctx context.Context, w want, c *ostree.Commit) error {
	current := f.o.TimestampCheckFrom
	if current.IsZero() {
		var err error
		if current, err = f.oldRef(ctx, w); isNotExist(err) {
			return nil
		} else if err != nil {
			return err
		}
	}
	old, err := f.dst.LoadCommit(ctx, current)
	if err != nil {
		return fmt.Errorf("timestamp check: %w", err)
	}
	if c.Timestamp.Before(old.Timestamp) {
		const layout = "2006-01-02T15:04:05Z07:00"
		return &TimestampError{w.commit, current, c.Timestamp.Format(layout), old.Timestamp.Format(layout)}
	}
	return nil
}
