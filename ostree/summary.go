package ostree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree/gvariant"
)

// Metadata keys of a summary.
const (
	KeySummaryLastModified  = "ostree.summary.last-modified"  // t, big-endian seconds
	KeySummaryExpires       = "ostree.summary.expires"        // t, big-endian seconds
	KeySummaryMode          = "ostree.summary.mode"           // s: core.mode of the repository
	KeySummaryCollectionID  = "ostree.summary.collection-id"  // s
	keySummaryCollectionMap = "ostree.summary.collection-map" // a{sa(s(taya{sv}))}: refs of other collections
	keySummaryTombstones    = "ostree.summary.tombstone-commits"
	keySummaryIndexed       = "ostree.summary.indexed-deltas"
	keyStaticDeltas         = "ostree.static-deltas" // a{sv}: FROM-TO or TO, to the digest of the superblock (ay)
	keyRefTimestamp         = "ostree.commit.timestamp"
	keyRefVersion           = "ostree.commit.version"
)

// metadataRef is the ref that carries the metadata of a repository with a collection id.
const metadataRef = "ostree-metadata"

const (
	summaryType     = "(a(s(taya{sv}))a{sv})"
	summaryRefType  = "(s(taya{sv}))"
	summaryRefsType = "a" + summaryRefType
)

// Summary is the list of refs that a server publishes in one file.
type Summary struct {
	Refs        []SummaryRef            // sorted by name
	Collections map[string][]SummaryRef // refs of other collections, nil if there are none
	Deltas      map[string]Checksum     // "FROM-TO" or "TO" to the SHA-256 of the superblock; nil if not listed
	Metadata    *gvariant.Dict          // all of it, as stored
}

// SummaryRef is a ref in a [Summary].
type SummaryRef struct {
	Name       string
	Checksum   Checksum
	CommitSize uint64         // of the commit object in bytes
	Timestamp  time.Time      // of the commit; zero if unknown
	Metadata   *gvariant.Dict // all of it, as stored
}

// Ref finds a ref by name.
func (s *Summary) Ref(name string) (SummaryRef, bool) {
	for _, r := range s.Refs {
		if r.Name == name {
			return r, true
		}
	}
	return SummaryRef{}, false
}

// Time returns a big-endian time from the metadata, such as [KeySummaryExpires].
func (s *Summary) Time(key string) (time.Time, bool) { return dictTime(s.Metadata, key) }

func dictTime(d *gvariant.Dict, key string) (time.Time, bool) {
	v, _ := d.Get(key)
	if v.Type() != "t" {
		return time.Time{}, false
	}
	return time.Unix(int64(bits.ReverseBytes64(v.Uint())), 0).UTC(), true
}

// ParseSummary decodes a summary file, the GVariant (a(s(taya{sv}))a{sv}) in normal form. Ref names
// are checked, and each may occur once.
func ParseSummary(data []byte) (*Summary, error) {
	v, err := gvariant.Decode(summaryType, data)
	if err != nil {
		return nil, fmt.Errorf("parse summary: %w", err)
	}
	s := &Summary{}
	if s.Refs, err = parseSummaryRefs(v.Index(0)); err == nil {
		s.Metadata, err = gvariant.DictFromValue(v.Index(1))
	}
	if err == nil {
		err = s.parseMetadata()
	}
	if err != nil {
		return nil, fmt.Errorf("parse summary: %w", err)
	}
	return s, nil
}

func parseSummaryRefs(v gvariant.Value) ([]SummaryRef, error) {
	var out []SummaryRef
	seen := make(map[string]bool)
	for _, e := range v.All() {
		r, err := parseSummaryRef(e)
		if err != nil {
			return nil, err
		}
		if seen[r.Name] {
			return nil, fmt.Errorf("ref %q occurs twice", r.Name)
		}
		seen[r.Name] = true
		out = append(out, r)
	}
	return out, nil
}

func parseSummaryRef(v gvariant.Value) (SummaryRef, error) {
	r := SummaryRef{Name: v.Index(0).Str()}
	if err := ValidateRefName(r.Name); err != nil {
		return r, err
	}
	info := v.Index(1)
	r.CommitSize = info.Index(0).Uint()
	var err error
	if r.Checksum, err = ChecksumFromBytes(info.Index(1).RawBytes()); err != nil {
		return r, fmt.Errorf("ref %q: %w", r.Name, err)
	}
	if r.Metadata, err = gvariant.DictFromValue(info.Index(2)); err != nil {
		return r, fmt.Errorf("ref %q: %w", r.Name, err)
	}
	r.Timestamp, _ = dictTime(r.Metadata, keyRefTimestamp)
	return r, nil
}

func (s *Summary) parseMetadata() error {
	if v, ok := s.Metadata.Get(keySummaryCollectionMap); ok {
		if v.Type() != "a{s"+summaryRefsType+"}" {
			return fmt.Errorf("%s has type %s", keySummaryCollectionMap, v.Type())
		}
		s.Collections = make(map[string][]SummaryRef)
		for _, e := range v.All() {
			id := e.Index(0).Str()
			if err := ValidateCollectionID(id); err != nil {
				return err
			}
			refs, err := parseSummaryRefs(e.Index(1))
			if err != nil {
				return fmt.Errorf("collection %s: %w", id, err)
			}
			s.Collections[id] = refs
		}
	}
	v, ok := s.Metadata.Get(keyStaticDeltas)
	if !ok {
		return nil
	}
	if v.Type() != "a{sv}" {
		return fmt.Errorf("%s has type %s", keyStaticDeltas, v.Type())
	}
	s.Deltas = make(map[string]Checksum)
	for _, e := range v.All() {
		sum, err := ChecksumFromBytes(e.Index(1).Variant().RawBytes())
		if err != nil {
			return fmt.Errorf("delta %q: %w", e.Index(0).Str(), err)
		}
		s.Deltas[e.Index(0).Str()] = sum
	}
	return nil
}

// SummaryOptions are the options of [Repo.UpdateSummary].
type SummaryOptions struct {
	// Metadata has additional keys, for example [KeySummaryExpires]. Keys that are generated win.
	Metadata *gvariant.Dict
	// Time is what the summary says about its own age; zero means now.
	Time time.Time
}

// UpdateSummary writes the file summary: local refs with their commits, refs of mirrored collections,
// and the static deltas, after their indexes have been brought up to date as by [Repo.ReindexDeltas]. The
// signature of the previous summary, summary.sig, is removed. In a repository with a collection id, the ref
// ostree-metadata gets a new, empty commit first.
//
// The bytes are those that the ostree command writes.
func (r *Repo) UpdateSummary(ctx context.Context, o *SummaryOptions) error {
	if o == nil {
		o = &SummaryOptions{}
	}
	if err := r.needWritable(); err != nil {
		return err
	}
	ctx, unlock, err := r.lock(ctx, false)
	if err != nil {
		return err
	}
	err = r.updateSummary(ctx, o)
	if uerr := unlock(); err == nil {
		err = uerr
	}
	if err != nil {
		return fmt.Errorf("update summary of %s: %w", r.path, err)
	}
	return nil
}

func (r *Repo) updateSummary(ctx context.Context, o *SummaryOptions) error {
	now := o.Time
	if now.IsZero() {
		now = time.Now()
	}
	if r.CollectionID() != "" {
		if err := r.writeMetadataCommit(ctx, o, now); err != nil {
			return err
		}
	}
	refs, err := r.publishedRefs(ctx)
	if err != nil {
		return err
	}
	own, others, err := r.summaryRefs(ctx, refs)
	if err != nil {
		return err
	}
	if err := r.reindexDeltas(ctx, nil); err != nil {
		return err
	}
	meta, err := r.summaryMetadata(ctx, o, now, others)
	if err != nil {
		return err
	}
	v := gvariant.NewTuple(own, meta)
	if !v.IsValid() {
		return errors.New("a key or value of the metadata cannot be encoded")
	}
	return r.publishSummary(ctx, v.Bytes())
}

// publishSummary replaces the file. The signature goes after it, as a client that sees the new
// summary with the old signature tries again.
func (r *Repo) publishSummary(ctx context.Context, data []byte) error {
	w := &atomicfs.WriteOptions{NoSync: !r.current().fsync}
	if err := atomicfs.WriteFile(ctx, r.dir, "summary", data, 0o644, w); err != nil { // COMMIT POINT
		return err
	}
	if err := atomicfs.Remove(ctx, r.dir, "summary.sig"); err != nil && !isNotExist(err) {
		return err
	}
	return nil
}

// hashedDict puts the keys of d into the order of a hash table.
func hashedDict(d *gvariant.Dict) gvariant.Value {
	out := gvariant.NewDict()
	for _, k := range hashOrder(d.Keys()) {
		v, _ := d.Get(k)
		out.Set(k, v)
	}
	return out.Value()
}

func bigTime(t time.Time) gvariant.Value {
	return gvariant.NewUint64(bits.ReverseBytes64(uint64(t.Unix())))
}

// publishedRefs are the local refs, then those of other collections by collection and name: mirrored ones, and those
// pulled from remotes with a collection id.
func (r *Repo) publishedRefs(ctx context.Context) ([]Ref, error) {
	all, err := r.Refs(ctx, &RefsOptions{Mirrors: true, Remotes: true})
	if err != nil {
		return nil, err
	}
	type key struct{ collection, name string }
	var refs []Ref
	seen := make(map[key]bool)
	for _, ref := range all {
		if ref.Remote != "" {
			continue
		}
		refs = append(refs, ref)
		seen[key{ref.Collection, ref.Name}] = true
	}
	for _, ref := range all {
		if ref.Remote == "" {
			continue
		}
		remote, err := r.Remote(ref.Remote)
		if err != nil || remote.CollectionID == "" || remote.CollectionID == r.CollectionID() || seen[key{remote.CollectionID, ref.Name}] {
			continue // of no collection, or mirrored as well
		}
		ref.Collection = remote.CollectionID
		seen[key{ref.Collection, ref.Name}] = true
		refs = append(refs, ref)
	}
	slices.SortStableFunc(refs, func(a, b Ref) int {
		return cmp.Or(strings.Compare(a.Collection, b.Collection), strings.Compare(a.Name, b.Name))
	})
	return refs, nil
}

// summaryRefs encodes refs: local ones, and those of each mirrored collection.
func (r *Repo) summaryRefs(ctx context.Context, refs []Ref) (own, others gvariant.Value, err error) {
	lists := make(map[string][]gvariant.Value)
	var ids []string
	for _, ref := range refs {
		e, err := r.summaryRef(ctx, ref)
		if err != nil {
			return own, others, err
		}
		if _, ok := lists[ref.Collection]; !ok && ref.Collection != "" {
			ids = append(ids, ref.Collection)
		}
		lists[ref.Collection] = append(lists[ref.Collection], e)
	}
	if own, err = gvariant.NewArray(summaryRefType, lists[""]...); err != nil || len(ids) == 0 {
		return own, others, err
	}
	entries := make([]gvariant.Value, 0, len(ids))
	for _, id := range ids {
		list, err := gvariant.NewArray(summaryRefType, lists[id]...)
		if err != nil {
			return own, others, err
		}
		entries = append(entries, gvariant.NewDictEntry(gvariant.NewString(id), list))
	}
	others, err = gvariant.NewArray("{s"+summaryRefsType+"}", entries...)
	return own, others, err
}

// summaryRef encodes one ref. The size is in the byte order of the machine, as its writer has always
// had it; all that matter are little-endian.
func (r *Repo) summaryRef(ctx context.Context, ref Ref) (gvariant.Value, error) {
	data, err := r.LoadMetadata(ctx, ObjectName{ref.Checksum, TypeCommit})
	if err != nil {
		return gvariant.Value{}, fmt.Errorf("ref %s: %w", ref.Refspec(), err)
	}
	c, err := ParseCommit(data)
	if err != nil {
		return gvariant.Value{}, fmt.Errorf("ref %s: %w", ref.Refspec(), err)
	}
	d := gvariant.NewDict()
	if v := c.Version(); v != "" {
		d.Set(keyRefVersion, gvariant.NewString(v))
	}
	d.Set(keyRefTimestamp, bigTime(c.Timestamp))
	return gvariant.NewTuple(gvariant.NewString(ref.Name), gvariant.NewTuple(
		gvariant.NewUint64(uint64(len(data))), gvariant.NewBytes(ref.Checksum[:]), hashedDict(d))), nil
}

func (r *Repo) summaryMetadata(ctx context.Context, o *SummaryOptions, now time.Time, others gvariant.Value) (gvariant.Value, error) {
	d := o.Metadata.Clone()
	if err := r.summaryDeltas(d); err != nil {
		return gvariant.Value{}, err
	}
	d.Set(KeySummaryLastModified, bigTime(now))
	d.Set(KeySummaryMode, gvariant.NewString(r.mode.String()))
	d.Set(keySummaryTombstones, gvariant.NewBool(r.current().tombstoneCommits))
	d.Set(keySummaryIndexed, gvariant.NewBool(true)) // the indexes were written before
	if id := r.CollectionID(); id != "" {
		d.Set(KeySummaryCollectionID, gvariant.NewString(id))
	}
	if others.IsValid() {
		d.Set(keySummaryCollectionMap, others)
	}
	return hashedDict(d), nil
}

// summaryDeltas lists the static deltas unless core.no-deltas-in-summary forbids it.
func (r *Repo) summaryDeltas(d *gvariant.Dict) error {
	deltas, err := r.staticDeltas()
	if err != nil {
		return err
	}
	skip, err := r.Config().GetBool("core", "no-deltas-in-summary", false)
	if err != nil || skip || len(deltas) == 0 {
		return err
	}
	list := gvariant.NewDict()
	for i := range deltas {
		digest, err := r.superblockDigest(&deltas[i])
		if isNotExist(err) { // being written, or half removed
			continue
		}
		if err != nil {
			return err
		}
		list.Set(deltas[i].name(), gvariant.NewBytes(digest[:]))
	}
	d.Set(keyStaticDeltas, hashedDict(list))
	return nil
}

// writeMetadataCommit makes the ref ostree-metadata a commit with no files that carries the additional
// metadata, so that clients get it signed with the commit.
func (r *Repo) writeMetadataCommit(ctx context.Context, o *SummaryOptions, now time.Time) error {
	tx, err := r.Begin(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Abort()
	meta := &DirMeta{Mode: 0o040755}
	metaSum, err := tx.WriteMetadata(ctx, TypeDirMeta, meta.Encode())
	if err != nil {
		return err
	}
	treeSum, err := tx.WriteMetadata(ctx, TypeDirTree, (&DirTree{}).Encode())
	if err != nil {
		return err
	}
	d := o.Metadata.Clone()
	d.Set(KeyRefBinding, gvariant.NewStrings([]string{metadataRef}))
	d.Set(KeyCollectionBinding, gvariant.NewString(r.CollectionID()))
	ordered, err := gvariant.DictFromValue(hashedDict(d))
	if err != nil {
		return err
	}
	parent, err := r.readRef(Ref{Name: metadataRef})
	if err := ignoreNotExist(err); err != nil {
		return err
	}
	sum, err := tx.WriteCommit(ctx, &Commit{Metadata: ordered, Parent: parent.Checksum, Timestamp: now, RootTree: treeSum, RootMeta: metaSum})
	if err != nil {
		return err
	}
	tx.SetRef(metadataRef, sum)
	_, err = tx.Commit(ctx)
	return err
}
