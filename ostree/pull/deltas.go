package pull

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"golang.org/x/sync/errgroup"
)

// Limits of the files of static deltas.
const (
	maxDeltaIndex = 16 << 20
	// maxSuperblock includes parts that are inside of it.
	maxSuperblock = maxMetadata
	// partsInFlight is how many parts are got and unpacked at a time.
	partsInFlight = 2
)

// NoDeltaError says that no static delta leads to a commit although one is
// required.
type NoDeltaError struct {
	Ref      string          // "" for a commit asked for by its checksum
	From, To ostree.Checksum // From is zero if nothing is there to start from
	Err      error           // why one that exists cannot be used, or nil
}

// Error implements error; scripts match its start.
func (e *NoDeltaError) Error() string {
	what := e.Ref
	if what == "" {
		what = "empty"
	}
	text := fmt.Sprintf("Static deltas required, but none found for %s to %s", what, e.To)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns why.
func (e *NoDeltaError) Unwrap() error { return e.Err }

// applyDeltas makes the objects of new commits from static deltas where the
// source has fitting ones. What they do not bring is found and fetched by the
// scan that follows.
func (p *puller) applyDeltas(ctx context.Context, lines []lineage) error {
	if !p.deltasPossible() {
		return nil
	}
	done := map[ostree.Checksum]bool{}
	for _, l := range lines {
		var goals []deltaGoal
		for _, g := range p.goals(l) {
			if p.partial.has(g.commit) && !done[g.commit] { // else complete already
				done[g.commit] = true
				goals = append(goals, g)
			}
		}
		if err := p.applyGoals(ctx, goals); err != nil {
			return err
		}
	}
	return nil
}

// deltaGoal is a commit to be made by a delta.
type deltaGoal struct {
	want
	head   want // what the commit or its child is asked for as
	parent bool
}

// goals lists the oldest commit first: it may be what the delta to the next one starts from.
func (p *puller) goals(l lineage) []deltaGoal {
	var goals []deltaGoal
	for _, c := range slices.Backward(l.parents) {
		if p.local == nil { // from a local source linking objects is cheaper
			goals = append(goals, deltaGoal{want{commit: c}, l.want, true})
		}
	}
	return append(goals, deltaGoal{l.want, l.want, false})
}

// applyGoals asks for what there is for all of them at once: most of a long history has no deltas.
func (p *puller) applyGoals(ctx context.Context, goals []deltaGoal) error {
	offers := make([]map[delta.Name]ostree.Checksum, len(goals))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(p.concurrency())
	for i, goal := range goals {
		g.Go(func() (err error) {
			offers[i], err = p.offeredDeltas(gctx, goal)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, goal := range goals {
		used, err := p.tryDelta(ctx, goal, offers[i])
		if err != nil {
			return err
		}
		if used {
			p.count.deltas.Add(1)
		}
	}
	return nil
}

// deltasPossible: an archive keeps the files as the server compressed them,
// which a delta does not have. From a local source linking objects is cheaper.
func (p *puller) deltasPossible() bool {
	return (p.local == nil || p.o.RequireDeltas) && !p.o.DisableDeltas && len(p.o.Subpaths) == 0 && p.dst.Mode() != ostree.ModeArchive
}

func (s *commitSet) has(c ostree.Checksum) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[c]
}

func (s *commitSet) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m) == 0
}

// tryDelta applies the best delta to a commit. One that cannot be had, because
// the server has made others meanwhile, is no error unless required.
func (p *puller) tryDelta(ctx context.Context, g deltaGoal, offered map[delta.Name]ostree.Checksum) (bool, error) {
	s, err := p.bestDelta(ctx, g, offered)
	if err != nil || s == nil {
		return false, err
	}
	err = p.applyParts(ctx, s)
	switch {
	case err == nil:
		if len(s.Fallbacks) == 0 {
			p.made.add(g.commit)
		}
		return true, nil
	case !isNotExist(err):
		return false, fmt.Errorf("delta %s: %w", s.Name, err)
	case p.o.RequireDeltas && !g.parent:
		return false, &NoDeltaError{g.ref, s.Name.From, g.commit, err}
	}
	return false, nil
}

// findDelta gets the superblock of the best delta to a commit, nil if there is none
// and none is required.
func (p *puller) findDelta(ctx context.Context, w want) (*delta.Superblock, error) {
	g := deltaGoal{want: w, head: w}
	offered, err := p.offeredDeltas(ctx, g)
	if err != nil {
		return nil, err
	}
	return p.bestDelta(ctx, g, offered)
}

func (p *puller) bestDelta(ctx context.Context, g deltaGoal, offered map[delta.Name]ostree.Checksum) (*delta.Superblock, error) {
	old, err := p.oldRef(ctx, g.head)
	if err != nil && !isNotExist(err) {
		return nil, err
	}
	name, ok, err := p.chooseDelta(ctx, g, offered, old)
	if err != nil {
		return nil, err
	}
	if ok {
		var s *delta.Superblock
		if s, err = p.superblock(ctx, name, offered[name]); err == nil {
			return s, nil
		}
		if !isNotExist(err) && !errors.Is(err, errStaleDelta) {
			return nil, fmt.Errorf("delta %s: %w", name, err)
		}
	}
	if p.o.RequireDeltas && !g.parent {
		return nil, &NoDeltaError{g.ref, old, g.commit, err}
	}
	return nil, nil
}

// errStaleDelta: a superblock is not the one that the index or summary means.
var errStaleDelta = errors.New("superblock has another checksum than listed")

// offeredDeltas asks the index of the commit, or the summary where there are no
// indexes. Where there is neither, it guesses.
func (p *puller) offeredDeltas(ctx context.Context, g deltaGoal) (map[delta.Name]ostree.Checksum, error) {
	to := g.commit
	// A local source may have indexes without a summary that says so.
	if p.indexed() || p.local != nil {
		offered, err := p.readIndex(ctx, to)
		if !isNotExist(err) || p.indexed() {
			return offered, ignoreNotExist(err)
		}
	}
	if p.summary == nil && p.local == nil {
		return p.guessedDelta(ctx, g)
	}
	offered := map[delta.Name]ostree.Checksum{}
	list, err := p.listedDeltas(ctx)
	if err != nil {
		return nil, err
	}
	for text, sum := range list {
		n, err := delta.ParseName(text)
		if err != nil {
			return nil, fmt.Errorf("summary: %w", err)
		}
		if n.To == to {
			offered[n] = sum
		}
	}
	return offered, nil
}

// guessedDelta is the delta that a server would have which lists none, with a zero checksum: that from what the ref is
// here, or from scratch. What a delta says is verified in any case: the commit was, and all objects are.
func (p *puller) guessedDelta(ctx context.Context, g deltaGoal) (map[delta.Name]ostree.Checksum, error) {
	if g.parent {
		return nil, nil
	}
	old, err := p.oldRef(ctx, g.head)
	if err != nil && !isNotExist(err) {
		return nil, err
	}
	return map[delta.Name]ostree.Checksum{{From: old, To: g.commit}: {}}, nil
}

// keyIndexedDeltas is the key of a summary that says that indexes exist.
const keyIndexedDeltas = "ostree.summary.indexed-deltas"

func (p *puller) indexed() bool {
	if p.remoteIndexed {
		return true
	}
	if p.summary == nil {
		return false
	}
	on, _ := p.summary.parsed.Metadata.Bool(keyIndexedDeltas)
	return on
}

// readIndex reads the index of the deltas to a commit.
func (p *puller) readIndex(ctx context.Context, to ostree.Checksum) (map[delta.Name]ostree.Checksum, error) {
	var offered map[delta.Name]ostree.Checksum
	err := p.readWith(ctx, delta.IndexPath(to), maxDeltaIndex, func(data []byte) (err error) {
		offered, err = delta.ParseIndex(data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("delta index: %w", err)
	}
	maps.DeleteFunc(offered, func(n delta.Name, _ ostree.Checksum) bool { return n.To != to })
	return offered, nil
}

func ignoreNotExist(err error) error {
	if isNotExist(err) {
		return nil
	}
	return err
}

// listedDeltas are the deltas of the summary. That of a local source has not been
// read for its refs; a wrong checksum in it can only make a delta unusable.
func (p *puller) listedDeltas(ctx context.Context) (map[string]ostree.Checksum, error) {
	if p.summary != nil {
		return p.summary.parsed.Deltas, nil
	}
	if p.local == nil {
		return nil, nil
	}
	var parsed *ostree.Summary
	err := p.readWith(ctx, "summary", maxSummary, func(data []byte) (err error) {
		parsed, err = ostree.ParseSummary(data)
		return err
	})
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("summary: %w", err)
	}
	return parsed.Deltas, nil
}

// chooseDelta takes the delta from the newest commit that is complete here; one
// from scratch only if there is nothing of the ref.
func (p *puller) chooseDelta(ctx context.Context, g deltaGoal, offered map[delta.Name]ostree.Checksum, old ostree.Checksum) (delta.Name, bool, error) {
	type candidate struct {
		name delta.Name
		time int64
	}
	var best *candidate
	for _, n := range slices.SortedFunc(maps.Keys(offered), compareNames) {
		if n.From.IsZero() {
			continue
		}
		complete, err := p.complete(ctx, n.From)
		if err != nil {
			return n, false, err
		}
		if !complete && !p.made.has(n.From) {
			continue
		}
		c, err := p.commitHere(ctx, n.From)
		if err != nil {
			return n, false, err
		}
		if t := c.Timestamp.Unix(); best == nil || t > best.time {
			best = &candidate{n, t}
		}
	}
	if best != nil {
		return best.name, true, nil
	}
	if !p.made.empty() && (g.parent || !p.o.RequireDeltas) {
		return delta.Name{}, false, nil // a delta has brought most of it
	}
	for n := range offered {
		if n.From.IsZero() && old.IsZero() {
			return n, true, nil
		}
	}
	return delta.Name{}, false, nil
}

// commitHere finds commits also in the transaction.
func (p *puller) commitHere(ctx context.Context, c ostree.Checksum) (*ostree.Commit, error) {
	if p.tx != nil {
		return p.tx.LoadCommit(ctx, c)
	}
	return p.dst.LoadCommit(ctx, c) // a dry run
}

func compareNames(a, b delta.Name) int { return cmp.Compare(a.String(), b.String()) }

func (p *puller) complete(ctx context.Context, c ostree.Checksum) (bool, error) {
	has, err := p.dst.Has(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil || !has || p.partial.has(c) {
		return false, err
	}
	state, err := p.dst.CommitState(ctx, c)
	return state == ostree.CommitNormal, err
}

// superblock gets the superblock of a delta, which must be the one listed.
func (p *puller) superblock(ctx context.Context, n delta.Name, digest ostree.Checksum) (*delta.Superblock, error) {
	var s *delta.Superblock
	err := p.readWith(ctx, n.Dir()+"/superblock", maxSuperblock, func(data []byte) (err error) {
		if sum := ostree.Checksum(sha256.Sum256(data)); sum != digest && !digest.IsZero() {
			return errStaleDelta // before anything of it is looked at
		}
		if s, err = delta.ParseSuperblock(data); err == nil && s.Name != n {
			err = fmt.Errorf("superblock is that of delta %s", s.Name)
		}
		return err
	})
	return s, err
}

// applyParts gets the parts and applies them.
func (p *puller) applyParts(ctx context.Context, s *delta.Superblock) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(partsInFlight)
	for i := range s.Parts {
		g.Go(func() error { return p.usePart(gctx, s, i) })
	}
	return g.Wait()
}

func (p *puller) usePart(ctx context.Context, s *delta.Superblock, i int) error {
	o := &delta.ApplyOptions{Workers: p.o.Concurrency}
	ok, err := s.ApplyInline(ctx, p.tx, i, o)
	if !ok && err == nil {
		part := s.Parts[i]
		limit := int64(min(part.Size, 1<<62)) + 1
		err = do(ctx, p.src, s.Name.Dir()+"/"+strconv.Itoa(i), limit, func(r io.Reader, _ int64) error {
			return s.ApplyPart(ctx, p.tx, i, &countingReader{r: r, n: &p.count.bytes}, o)
		})
	}
	if err != nil {
		return err
	}
	for _, n := range s.Parts[i].Objects {
		p.count.fetched(n)
	}
	return nil
}
