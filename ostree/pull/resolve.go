package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/internal/keyfile"
	"example.com/rpmostree/ostree"
)

// Limits of files that are not objects.
const (
	maxConfig    = 16 << 20
	maxSummary   = 128 << 20
	maxSignature = 16 << 20
	maxRefFile   = 1 << 10
	// maxMetadata bounds metadata objects, as libostree does.
	maxMetadata = 128 << 20
	// maxCommit bounds commits whose size the summary does not tell: what a server can make a client hold before
	// anything has been verified. libostree 2022.7 allows 10 MiB.
	maxCommit = 16 << 20
)

// want is a commit to pull and the ref it is for.
type want struct {
	ref    string // "" for a commit asked for by checksum
	commit ostree.Checksum
	size   uint64 // of the commit object if the summary says so, else 0
	// collection is that of the ref, where a mirror says so.
	collection string
}

// summaryFile is a summary as fetched.
type summaryFile struct {
	data, signature []byte
	parsed          *ostree.Summary
}

// readConfig learns what a server's configuration tells. There need not be one.
func (p *puller) readConfig(ctx context.Context) error {
	var f *keyfile.File
	err := p.readWith(ctx, "config", maxConfig, func(data []byte) (err error) {
		f, err = keyfile.Parse(data)
		return err
	})
	if isNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remote config: %w", err)
	}
	mode, _ := f.Get("core", "mode")
	if parsed, err := ostree.ParseMode(mode); err != nil || parsed != ostree.ModeArchive {
		p.remoteMode = mode
	}
	indexed, _ := f.Get("core", "indexed-deltas")
	p.remoteIndexed = indexed == "true"
	tombstones, _ := f.Get("core", "tombstone-commits")
	p.remoteTombstones = tombstones == "true"
	return nil
}

// modeError says that a server's repository is not an archive: what it has for files are not objects by themselves.
func modeError(mode string) error { return fmt.Errorf("can't pull from archives with mode %q", mode) }

// checkSummaryMode refuses a server that says itself that it is not an archive.
func (p *puller) checkSummaryMode() error {
	if p.local != nil || p.summary == nil {
		return nil
	}
	mode, told := p.summary.parsed.Metadata.String(ostree.KeySummaryMode)
	if parsed, err := ostree.ParseMode(mode); told && (err != nil || parsed != ostree.ModeArchive) {
		return modeError(mode)
	}
	return nil
}

// resolve finds out which commits to pull.
func (p *puller) resolve(ctx context.Context) ([]want, error) {
	refs := p.o.Refs
	all := len(refs) == 0 && len(p.o.OverrideCommits) == 0
	if all && p.local == nil && !p.o.Mirror {
		return nil, errors.New("no refs given to pull; name some, set the branches of the remote, or mirror all")
	}
	if err := p.listOffered(ctx, all); err != nil {
		return nil, err
	}
	if p.mirrorsAll() {
		return p.everything(ctx)
	}
	if all {
		refs = sortedKeys(p.offered)
	}
	wants := make([]want, 0, len(refs)+len(p.o.OverrideCommits))
	seen := map[string]bool{}
	for _, ref := range slices.Concat(refs, sortedKeys(p.o.OverrideCommits)) {
		if seen[ref] {
			continue
		}
		seen[ref] = true
		w, err := p.resolveRef(ctx, ref)
		if err != nil {
			return nil, err
		}
		wants = append(wants, w)
	}
	return wants, nil
}

func (p *puller) mirrorsAll() bool {
	return p.o.Mirror && len(p.o.Refs)+len(p.o.OverrideCommits) == 0
}

// everything is what a mirror has: all refs, those of other collections too.
func (p *puller) everything(ctx context.Context) ([]want, error) {
	var wants []want
	if p.summary == nil {
		refs, err := p.local.Refs(ctx, &ostree.RefsOptions{Mirrors: true})
		for _, r := range refs {
			collection := r.Collection
			if collection == "" {
				collection = p.local.CollectionID()
			}
			wants = append(wants, want{ref: r.Name, commit: r.Checksum, collection: collection})
		}
		return wants, err
	}
	add := func(collection string, refs []ostree.SummaryRef) error {
		for _, r := range refs {
			if err := ostree.ValidateRefName(r.Name); err != nil {
				return fmt.Errorf("summary: %w", err)
			}
			wants = append(wants, want{r.Name, r.Checksum, r.CommitSize, collection})
		}
		return nil
	}
	s := p.summary.parsed
	own, _ := s.Metadata.String(ostree.KeySummaryCollectionID)
	if err := add(own, s.Refs); err != nil {
		return nil, err
	}
	for _, collection := range sortedKeys(s.Collections) {
		if err := ostree.ValidateCollectionID(collection); err != nil {
			return nil, fmt.Errorf("summary: %w", err)
		}
		if err := add(collection, s.Collections[collection]); err != nil {
			return nil, err
		}
	}
	return wants, nil
}

// listOffered fills p.offered from the summary, or else from the refs of a source on disk. all says that the list is
// what will be pulled.
func (p *puller) listOffered(ctx context.Context, all bool) error {
	if p.local == nil || p.configured || p.o.RequireSummary || p.mirrorsAll() {
		required := p.o.RequireSummary || all && (p.local == nil || p.configured && p.o.Mirror)
		if err := p.fetchSummary(ctx, required); err != nil {
			return err
		}
	}
	if p.summary != nil {
		p.offerSummary()
		return p.checkSummaryMode()
	}
	if p.local == nil {
		return nil
	}
	refs, err := p.local.Refs(ctx, nil)
	if err != nil {
		return err
	}
	p.offered = map[string]want{}
	for _, r := range refs {
		p.offered[r.Name] = want{ref: r.Name, commit: r.Checksum}
	}
	return nil
}

// offerSummary takes the refs from the summary. A mirror keeps them by the collection that this is of.
func (p *puller) offerSummary() {
	collection := ""
	if p.o.Mirror {
		collection, _ = p.summary.parsed.Metadata.String(ostree.KeySummaryCollectionID)
	}
	p.offered = map[string]want{}
	for _, r := range p.summary.parsed.Refs {
		p.offered[r.Name] = want{ref: r.Name, commit: r.Checksum, size: r.CommitSize, collection: collection}
	}
}

func (p *puller) resolveRef(ctx context.Context, ref string) (want, error) {
	if c, err := ostree.ParseChecksum(ref); err == nil {
		return want{commit: c}, nil
	}
	if err := ostree.ValidateRefName(ref); err != nil {
		return want{}, err
	}
	if c, ok := p.o.OverrideCommits[ref]; ok {
		return want{ref: ref, commit: c}, nil
	}
	if p.offered == nil {
		c, err := p.refFile(ctx, ref)
		if err != nil {
			return want{}, fmt.Errorf("resolve ref %s: %w", ref, err)
		}
		return want{ref: ref, commit: c}, nil
	}
	if w, ok := p.offered[ref]; ok {
		return w, nil
	}
	// A summary is the list of refs: one that is not in it does not exist, else
	// a signed list could be bypassed.
	return want{}, &UnknownRefError{ref, p.summary != nil || p.hasLocalSummary()}
}

// hasLocalSummary: a local source has a list, though its refs were not taken from there.
func (p *puller) hasLocalSummary() bool {
	if p.local == nil {
		return false
	}
	_, err := os.Stat(filepath.Join(p.local.Path(), "summary"))
	return err == nil
}

// UnknownRefError says that the source has no such ref. It matches fs.ErrNotExist.
type UnknownRefError struct {
	Ref     string
	Summary bool // it is the summary that does not have it
}

// Error tells where the ref was looked for.
func (e *UnknownRefError) Error() string {
	if e.Summary {
		return fmt.Sprintf("resolve ref %s: no such ref in the repository's summary", e.Ref)
	}
	return fmt.Sprintf("resolve ref %s: no such ref in the repository", e.Ref)
}

// Is makes it an fs.ErrNotExist.
func (e *UnknownRefError) Is(target error) bool { return target == fs.ErrNotExist }

func (p *puller) refFile(ctx context.Context, ref string) (c ostree.Checksum, err error) {
	read := func(path string) error {
		return p.readWith(ctx, path, maxRefFile, func(data []byte) (err error) {
			c, err = parseRefFile(data)
			return err
		})
	}
	if p.o.CollectionID != "" {
		if err = read("refs/mirrors/" + p.o.CollectionID + "/" + ref); !isNotExist(err) {
			return c, err
		}
	}
	return c, read("refs/heads/" + ref)
}

func parseRefFile(data []byte) (ostree.Checksum, error) {
	text := strings.TrimSpace(string(data))
	c, err := ostree.ParseChecksum(text)
	if err != nil {
		return c, &InvalidRefError{text[:min(len(text), 2*len(c))]}
	}
	return c, nil
}

// InvalidRefError says that what a server has as a ref is none: an error page,
// for example.
type InvalidRefError struct{ Content string } // the start of it

// Error shows the content.
func (e *InvalidRefError) Error() string { return fmt.Sprintf("not a checksum: %q", e.Content) }

// fetchSummary gets and verifies summary and summary.sig.
func (p *puller) fetchSummary(ctx context.Context, required bool) error {
	if !required && !p.needsSummary() && !p.mirrorsAll() {
		return nil
	}
	cache := p.summaryCache()
	f, err := p.getSummary(ctx, cache)
	if err == nil {
		if err = p.verifySummary(ctx, &f); err != nil && f.cached() {
			// What is broken may be the cache.
			if f, err = p.getSummary(ctx, cache.forgetting()); err == nil {
				err = p.verifySummary(ctx, &f)
			}
		}
	}
	switch {
	case isNotExist(err) && !required:
		return nil
	case isNotExist(err) && p.o.Mirror:
		return fmt.Errorf("fetching all refs was requested in mirror mode, but remote repository does not have a summary: %w", err)
	case err != nil:
		return fmt.Errorf("summary: %w", err)
	}
	p.summary = &summaryFile{data: f.summary.bytes, signature: f.signature.bytes, parsed: f.parsed}
	// Only what has been verified is kept.
	cache.store(ctx, "summary", f.summary)
	cache.store(ctx, "summary.sig", f.signature)
	return nil
}

// summaryFiles are a summary and its signature as they came.
type summaryFiles struct {
	summary, signature cached
	parsed             *ostree.Summary // once verified
}

// cached reports whether any of it comes from the cache.
func (f summaryFiles) cached() bool {
	return !f.summary.fresh || f.signature.bytes != nil && !f.signature.fresh
}

// getSummary asks for the signature first: if it is the one that the cached summary has, and signatures are demanded,
// that is the summary to use even if the server has a newer one, which is not signed yet.
func (p *puller) getSummary(ctx context.Context, c *summaryCache) (f summaryFiles, err error) {
	f.signature, err = p.readCached(ctx, c, "summary.sig", maxSignature)
	if err != nil && !isNotExist(err) {
		return f, fmt.Errorf("signature: %w", err)
	}
	if p.o.RequireSummary && f.signature.bytes != nil && c.has("summary.sig", f.signature) {
		f.summary = c.load("summary", maxSummary)
		if f.summary.bytes != nil {
			err := p.verifySummary(ctx, &f)
			if err == nil {
				return f, nil
			}
			if p.o.BrokenCache != nil {
				if err := p.o.BrokenCache(err); err != nil {
					return f, err
				}
			}
		}
	}
	f.summary, err = p.readCached(ctx, c, "summary", maxSummary)
	return f, err
}

// verifySummary checks the signature first: nothing else is looked at.
func (p *puller) verifySummary(ctx context.Context, f *summaryFiles) error {
	if f.parsed != nil {
		return nil
	}
	if p.o.Verify != nil {
		if err := p.o.Verify.VerifySummary(ctx, f.summary.bytes, f.signature.bytes); err != nil {
			return err
		}
	}
	parsed, err := ostree.ParseSummary(f.summary.bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", p.where("summary"), err)
	}
	f.parsed = parsed
	return nil
}

// where is the address of a file, for errors.
func (p *puller) where(path string) string {
	s, ok := p.src.(*httpSource)
	if !ok {
		return path
	}
	if bases := s.bases(path); len(bases) > 0 {
		if u, err := join(bases[0], path); err == nil {
			return fetch.Redact(u)
		}
	}
	return path
}

// needsSummary: only refs without a commit are looked up.
func (p *puller) needsSummary() bool {
	for _, ref := range p.o.Refs {
		_, override := p.o.OverrideCommits[ref]
		if _, err := ostree.ParseChecksum(ref); err != nil && !override {
			return true
		}
	}
	return false
}

// storeSummary keeps the summary of a full mirror as it is, signature included.
func (p *puller) storeSummary(ctx context.Context) error {
	if !p.mirrorsAll() || p.summary == nil || p.o.CommitOnly {
		return nil
	}
	d, err := dirfd.Open(p.dst.Path())
	if err != nil {
		return err
	}
	defer d.Close()
	if err := atomicfs.WriteFile(ctx, d, "summary", p.summary.data, 0o644, nil); err != nil {
		return fmt.Errorf("store summary: %w", err)
	}
	if p.summary.signature == nil {
		if err := atomicfs.RemoveAll(ctx, d, "summary.sig"); err != nil {
			return fmt.Errorf("remove old summary signature: %w", err)
		}
		return nil
	}
	if err := atomicfs.WriteFile(ctx, d, "summary.sig", p.summary.signature, 0o644, nil); err != nil {
		return fmt.Errorf("store summary signature: %w", err)
	}
	return nil
}
