// Package pull copies commits with everything they need from a remote
// repository into a local one.
//
// Most users need [HTTP] (or [Local] for a repository on disk) and [Pull]:
//
//	src := pull.HTTP(http.DefaultClient, "https://example.com/repo")
//	res, err := pull.Pull(ctx, repo, src, &pull.Options{Remote: "origin", Refs: []string{"os/stable"}})
//
// Every object is verified against its checksum before it becomes part of the
// repository, and refs change only when the whole pull has succeeded. A pull
// that was interrupted, even by a kill or a power failure, continues where it
// stopped: its commit is marked partial, finished objects are kept.
//
// Static deltas are used where the source has them, unless the options say
// otherwise; see package delta. Signatures are checked by the caller's
// [Verifier]; without one a commit is trusted if its source is.
//
// Without a server, [VolumeRepos] finds repositories on removable volumes and
// [LANRepos] those that neighbours on the network announce.
//
// # Errors
//
// Messages name the object, ref or file, and the URL. What [errors.Is] and
// [errors.As] find in them, besides what package ostree says about the local
// repository and what a Verifier has returned:
//
//	*UnknownRefError      the source has no such ref; an fs.ErrNotExist
//	*InvalidRefError      what it has as a ref is none, but perhaps an error page
//	*TimestampError       a commit is older than the one that the ref has
//	*NoDeltaError         a static delta is required, and none can be used
//	*ostree.CorruptError  what came is not what its name says
//	fs.ErrNotExist        the source lacks a file: HTTP status 403, 404 or 410
//
// # Cost
//
// A pull asks a server for the summary and its signature, with validators so that
// an unchanged one is not sent again, or, if there is none, for each ref; for each
// commit that is new and for its detached metadata; then for the parts of static
// deltas or, without, for each object that is missing. Memory does not depend on the
// size of files: see [Options].Concurrency. Files are synced to disk together, once,
// before refs change.
//
// The protocol is the plain files of an archive repository over HTTP, as the
// libostree manual describes (https://ostreedev.github.io/ostree/repo/).
package pull

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// Options configure Pull; nil and zero values mean the defaults.
type Options struct {
	// Remote is the name under which refs are stored (REMOTE:REF); "" stores
	// them as local refs.
	Remote string
	// Refs are the refs to pull; a full checksum pulls a commit without a ref.
	// None means all refs of the source, which must be local or, with Mirror,
	// have a summary.
	Refs []string
	// OverrideCommits gives refs another commit than the source has.
	OverrideCommits map[string]ostree.Checksum
	// Depth is how many parents of each commit to pull too; < 0 means all.
	// Parents that the source no longer has are left out; a server that keeps
	// tombstones must have one for them.
	Depth int
	// Mirror stores refs under the names they have at the source; pulling all
	// of them, those of collections that are mirrored there included, stores the
	// summary too.
	Mirror bool
	// CommitOnly pulls commits without their trees. They stay partial.
	CommitOnly bool
	// Subpaths restricts the trees to these paths ("/usr/bin"). The commits
	// stay partial.
	Subpaths []string
	// Untrusted verifies also what comes from a Local source.
	Untrusted bool
	// TrustedHTTP does not compare the content of files with their checksums when
	// an archive repository pulls with Mirror from a server that is trusted.
	TrustedHTTP bool
	// BareUserOnlyFiles refuses files with mode bits outside of 0775, such as
	// set-user-id programs.
	BareUserOnlyFiles bool
	// DisableVerifyBindings accepts commits that do not name the ref they were
	// found under.
	DisableVerifyBindings bool
	// CollectionID is that of the source; commits must be bound to it then. ""
	// means that of the configuration for a source on disk, none for a server.
	CollectionID string
	// MirrorCollection is the collection as whose refs Mirror stores all; "" means
	// what the source's summary says about each, none if there is no summary.
	MirrorCollection string
	// TimestampCheck refuses commits older than the one the ref has.
	TimestampCheck bool
	// TimestampCheckFrom compares with this commit instead.
	TimestampCheckFrom ostree.Checksum
	// LocalCache are repositories to look for objects in before the source. What they have is verified.
	LocalCache []*ostree.Repo
	// CacheDir is an existing directory to keep summaries in; "" means tmp/cache
	// of the repository.
	CacheDir string
	// BrokenCache, if not nil, is told why the summary in the cache does not verify
	// with its signature, before it is fetched anew; an error of it ends the pull.
	BrokenCache func(why error) error
	// Concurrency is the number of objects in flight; <= 0 means 12 over HTTP,
	// two for each processor for a local source. Each takes about 1.2 MB.
	Concurrency int
	// NoSync leaves out flushing to disk, PerObjectSync does it object by object;
	// see [ostree.TxOptions].
	NoSync, PerObjectSync bool
	// DisableDeltas fetches objects one by one even where the source has static
	// deltas.
	DisableDeltas bool
	// RequireDeltas makes it an error, a [*NoDeltaError], if an incomplete
	// commit has no usable static delta. It does not apply to a local source.
	RequireDeltas bool
	// RequireSummary makes a missing summary an error, so that a Verifier for
	// it cannot be avoided.
	RequireSummary bool
	// Verify checks signatures; nil means none are needed.
	Verify Verifier
	// Progress is called from one goroutine each ProgressInterval, and once at
	// the end; <= 0 means a tenth of a second.
	Progress         func(Progress)
	ProgressInterval time.Duration
}

// Verifier decides whether to trust what a source says. Calls may be concurrent. An error refuses it,
// and the pull fails without having stored anything of it.
type Verifier interface {
	// VerifyCommit is given the bytes of a commit object and its detached
	// metadata, nil if there is none.
	VerifyCommit(ctx context.Context, commit []byte, detached *gvariant.Dict) error
	// VerifySummary is given a summary and its signature file, nil if there is
	// none.
	VerifySummary(ctx context.Context, summary, signature []byte) error
}

// Progress is a snapshot of a running pull.
type Progress struct {
	// Fetched objects came from the source (a local one: were looked at);
	// Pending ones are still to be looked at. More may be found while metadata
	// is pending.
	MetadataFetched, MetadataPending int
	ContentFetched, ContentPending   int
	// Bytes transferred, compressed; 0 for a local source.
	Bytes int64
}

// Result says what a pull did.
type Result struct {
	// Refs are the refs that were stored (without the remote's name). One of
	// another collection than Options.CollectionID is COLLECTION:NAME.
	Refs map[string]ostree.Checksum
	// Commits lists the commits of the refs and checksums asked for.
	Commits []ostree.Checksum
	// Objects that came from the source.
	Metadata, Content int
	// Objects that came from Options.LocalCache.
	CachedMetadata, CachedContent int
	// Linked objects came by hardlink, from a local source or cache.
	Linked int
	// Detached is how often a server was asked for the detached metadata of a
	// commit, whether it had some or not.
	Detached int
	// Bytes transferred over the network.
	Bytes int64
	// Stats are those of the transaction.
	Stats ostree.TxStats
	// Deltas is the number of static deltas applied.
	Deltas int
	// Elapsed is the time taken.
	Elapsed time.Duration
}

// Pull copies refs, or all of a mirror, from src to dst. On failure no ref has
// changed; objects that were complete are kept for the next pull.
func Pull(ctx context.Context, dst *ostree.Repo, src Source, o *Options) (*Result, error) {
	start := time.Now()
	p := newPuller(dst, src, o)
	res, err := p.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("pull into %s: %w", dst.Path(), err)
	}
	res.Elapsed = time.Since(start)
	return res, nil
}

func newPuller(dst *ostree.Repo, src Source, o *Options) *puller {
	if o == nil {
		o = &Options{}
	}
	p := &puller{dst: dst, src: src, o: o}
	if l, ok := src.(*localSource); ok {
		p.local, p.configured = l.repo, l.remote
	}
	return p
}

// puller is the state of one Pull.
type puller struct {
	dst   *ostree.Repo
	src   Source
	local *ostree.Repo // the source, if it is on disk
	// configured: the local source is the address of a remote.
	configured bool
	o          *Options
	tx         *ostree.Tx
	summary    *summaryFile
	count      counters
	large      sync.Mutex // see readAll
	loaded     loadedCommits
	// offered are the refs that the source has, as far as it lists them.
	offered map[string]want
	// old are the refs of dst before the pull, read when needed.
	oldOnce sync.Once
	old     map[refKey]ostree.Checksum
	oldErr  error
	// remoteIndexed: the source has indexes of its static deltas.
	remoteIndexed bool
	// remoteMode is the mode that a server's configuration tells, "" for an archive.
	remoteMode string
	// remoteTombstones: the source has tombstones of commits that it deleted.
	remoteTombstones bool
	// partial are the commits to be declared complete at the end; made are those
	// of them that have all their objects already, by a static delta.
	partial, made commitSet
}

func (p *puller) run(ctx context.Context) (*Result, error) {
	if err := p.checkSource(ctx); err != nil {
		return nil, err
	}
	wants, err := p.resolve(ctx)
	if err != nil {
		return nil, err
	}
	p.tx, err = p.dst.Begin(ctx, &ostree.TxOptions{NoSync: p.o.NoSync, PerObjectSync: p.o.PerObjectSync, KeepStaged: true})
	if err != nil {
		return nil, err
	}
	defer p.tx.Abort()
	stop := p.report()
	err = p.transfer(ctx, wants)
	stop()
	if err != nil {
		return nil, err
	}
	return p.finish(ctx, wants)
}

// transfer gets all objects into the transaction: commits first, as they are
// verified before anything they name is looked at.
func (p *puller) transfer(ctx context.Context, wants []want) error {
	roots, lines, err := p.fetchCommits(ctx, wants)
	if err != nil || p.o.CommitOnly {
		return err
	}
	if err := p.applyDeltas(ctx, lines); err != nil {
		return err
	}
	err = p.fetchTrees(ctx, roots)
	if isNotExist(err) && p.remoteMode != "" {
		err = fmt.Errorf("%w: %w", modeError(p.remoteMode), err)
	}
	return err
}

// finish commits objects and refs, then takes back the partial marks: a crash
// in between leaves a complete commit marked, which the next pull corrects.
func (p *puller) finish(ctx context.Context, wants []want) (*Result, error) {
	res := &Result{Refs: map[string]ostree.Checksum{}}
	for _, w := range wants {
		res.Commits = append(res.Commits, w.commit)
		if w.ref == "" {
			continue
		}
		res.Refs[p.refName(w)] = w.commit
		p.setRef(w)
	}
	stats, err := p.tx.Commit(ctx) // COMMIT POINT
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	if !p.o.CommitOnly && len(p.o.Subpaths) == 0 {
		for _, c := range p.partial.sorted() {
			if err := p.dst.MarkPartial(ctx, c, false); err != nil {
				return nil, err
			}
		}
	}
	if err := p.storeSummary(ctx); err != nil {
		return nil, err
	}
	n := p.count.snapshot()
	res.Metadata, res.Content, res.Bytes = n.MetadataFetched, n.ContentFetched, n.Bytes
	if p.local != nil {
		res.Metadata, res.Content = stats.MetadataWritten, stats.ContentWritten
	}
	res.Deltas = int(p.count.deltas.Load())
	res.CachedMetadata, res.CachedContent = int(p.count.cachedMetadata.Load()), int(p.count.cachedContent.Load())
	res.Detached = int(p.count.detached.Load())
	res.Linked = int(p.count.linked.Load())
	res.Stats = stats
	return res, nil
}

func (p *puller) setRef(w want) {
	collection := p.mirrorOf(w)
	switch {
	case collection != "":
		p.tx.SetCollectionRef(collection, w.ref, w.commit)
	case p.o.Mirror || p.o.Remote == "":
		p.tx.SetRef(w.ref, w.commit)
	default:
		p.tx.SetRef(p.o.Remote+":"+w.ref, w.commit)
	}
}

// mirrorOf is the collection of which the ref is stored as a mirror, "" for an ordinary ref.
func (p *puller) mirrorOf(w want) string {
	if !p.o.Mirror {
		return ""
	}
	return cmp.Or(p.o.MirrorCollection, w.collection)
}

func (p *puller) refName(w want) string {
	if w.collection == "" || w.collection == p.o.CollectionID {
		return w.ref
	}
	return w.collection + ":" + w.ref
}

// refKey is a ref that this pull may change.
type refKey struct{ collection, name string }

// oldRef returns what the ref is before this pull; the error matches
// fs.ErrNotExist if it is new.
func (p *puller) oldRef(ctx context.Context, w want) (ostree.Checksum, error) {
	p.oldOnce.Do(func() { p.old, p.oldErr = p.listOld(ctx) })
	if p.oldErr != nil {
		return ostree.Checksum{}, p.oldErr
	}
	if c, ok := p.old[refKey{p.mirrorOf(w), w.ref}]; ok {
		return c, nil
	}
	return ostree.Checksum{}, fs.ErrNotExist
}

// listOld reads the refs that this pull may change, once.
func (p *puller) listOld(ctx context.Context) (map[refKey]ostree.Checksum, error) {
	var remote string
	if !p.o.Mirror {
		remote = p.o.Remote
	}
	refs, err := p.dst.Refs(ctx, &ostree.RefsOptions{Remotes: remote != "", Mirrors: p.o.Mirror})
	if err != nil {
		return nil, err
	}
	old := map[refKey]ostree.Checksum{}
	for _, r := range refs {
		if r.Remote == remote {
			old[refKey{r.Collection, r.Name}] = r.Checksum
		}
	}
	return old, nil
}

// checkSource asks a server what kind of repository it has.
func (p *puller) checkSource(ctx context.Context) error {
	if p.local != nil {
		return nil
	}
	return p.readConfig(ctx)
}

// sortedKeys makes the order of work independent of map order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
