package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sys/unix"
)

// TxOptions are the options of [Repo.Begin].
type TxOptions struct {
	// NoSync leaves out all flushing to disk, as core.fsync=false does: after a
	// power failure the repository may be damaged.
	NoSync bool
	// PerObjectSync flushes each object when it is written, as
	// core.per-object-fsync=true does, so that the flush of the file system at the
	// end is short and does not stall other processes.
	PerObjectSync bool
	// KeepStaged makes [Tx.Abort] leave the objects written so far for the next
	// transaction, so that an interrupted download is not repeated. They are
	// dropped at the next boot or after core.tmp-expiry-secs.
	KeepStaged bool
	// Replace names objects that are damaged: they are written as if they were missing, and at [Tx.Commit]
	// what was written takes the place of the damaged ones. Those that were not written stay as they are.
	Replace []ObjectName
}

// TxStats counts what a transaction was given and what it had to write.
type TxStats struct {
	MetadataTotal, MetadataWritten int
	ContentTotal, ContentWritten   int
	ContentBytesWritten            int64 // payload bytes, before compression
	DevInoHits                     int   // files known from the [DevInoCache]
}

// Tx is a transaction: objects are collected aside and become part of the
// repository at [Tx.Commit], before the refs that name them change. It holds the
// shared lock of the repository. Its methods may be called concurrently, apart
// from Commit and Abort, which end it.
//
// Writing is idempotent: success means that the object is there.
type Tx struct {
	repo          *Repo
	settings      settings
	noSync        bool
	direct        bool // objects go to objects/ at once
	keep          bool
	ctx           context.Context // of Begin without its end, for Abort, which has none
	unlock        func() error
	tmp           *dirfd.Dir
	staging       *staging
	target        *fanout
	resumed       bool
	replace       map[ObjectName]bool // what is stored does not count
	outer         []looseStore        // the repository and its parents
	all           []looseStore        // the staging directory and those
	links         atomic.Int64        // counter for names of temporary links
	payloadLinks  int64               // size of the smallest payload to share, or noPayloadLinks
	space         atomic.Int64        // bytes that content may still take
	verityMissing atomic.Bool         // kernel or file system do not have fs-verity

	mu       sync.Mutex // guards what follows
	done     bool
	known    map[ObjectName]struct{} // present, staged or stored
	presence [256]presence           // of directories of objects, by their first byte
	commits  []Checksum              // commits written
	consumed []string                // directories to remove after Commit
	refs     []Ref                   // in the order of SetRef; zero checksum deletes
	refErr   error
	stats    TxStats
}

var errTxDone = errors.New("transaction has ended")

// Begin starts a transaction. It waits for the lock if another program holds it
// exclusively, and resumes the transaction of a program that died during this
// boot.
func (r *Repo) Begin(ctx context.Context, o *TxOptions) (*Tx, error) {
	if o == nil {
		o = &TxOptions{}
	}
	if err := r.needWritable(); err != nil {
		return nil, err
	}
	_, unlock, err := r.lock(ctx, false)
	if err != nil {
		return nil, err
	}
	return r.start(ctx, o, unlock)
}

// start begins a transaction under a lock that is held already.
func (r *Repo) start(ctx context.Context, o *TxOptions, unlock func() error) (*Tx, error) {
	t := &Tx{repo: r, settings: r.current(), unlock: unlock, ctx: context.WithoutCancel(ctx), keep: o.KeepStaged, known: map[ObjectName]struct{}{}}
	t.settings.perObjectFsync = t.settings.perObjectFsync || o.PerObjectSync
	t.noSync = o.NoSync || !t.settings.fsync
	t.direct = (t.noSync || t.settings.perObjectFsync) && len(o.Replace) == 0
	t.replace = make(map[ObjectName]bool, len(o.Replace))
	for _, n := range o.Replace {
		t.replace[n] = true
		if n.Type == TypeFile && r.mode == ModeBareSplitXattrs {
			t.replace[ObjectName{n.Checksum, TypeFileXattrsLink}] = true
		}
	}
	if err := t.begin(ctx); err != nil {
		return nil, fmt.Errorf("begin transaction in %s: %w", r.path, errors.Join(err, t.end()))
	}
	return t, nil
}

func (t *Tx) begin(ctx context.Context) error {
	r := t.repo
	if err := atomicfs.MkdirAll(ctx, r.dir, "tmp", 0o775); err != nil {
		return err
	}
	boot, err := r.boot()
	if err != nil {
		return err
	}
	if t.tmp, err = r.dir.OpenDir("tmp"); err != nil {
		return err
	}
	if t.staging, err = openStaging(ctx, t.tmp, boot, r.mode); err != nil {
		return err
	}
	staged, err := t.staging.objects(ctx, r.mode)
	if err != nil {
		return err
	}
	for _, n := range staged {
		if !t.replace[n] {
			t.known[n] = struct{}{}
			continue
		}
		// Nobody knows how good the leftover of another transaction is.
		if err := atomicfs.Remove(ctx, t.staging.dir, n.LoosePath(r.mode)); err != nil {
			return err
		}
	}
	t.resumed = len(staged) > 0
	if t.payloadLinks, err = t.payloadThreshold(ctx); err != nil {
		return err
	}
	t.target = &fanout{dir: t.staging.dir, perm: stagingPerm}
	if t.direct {
		t.target = &fanout{dir: r.objects, subs: &r.subs, perm: 0o777}
	}
	if t.target.subs == nil {
		t.target.subs = &t.target.own
	}
	t.outer = r.stores()
	t.all = t.outer
	if !t.direct || t.resumed { // else nothing is staged
		t.all = append([]looseStore{{t.staging.dir, nil, r.mode, t.settings.noXattrs}}, t.outer...)
	}
	return t.measureSpace()
}

// measureSpace sets how much content may be written before less is free than
// the configuration demands.
func (t *Tx) measureSpace() error {
	var st unix.Statfs_t
	if err := unix.Fstatfs(t.repo.dir.Fd(), &st); err != nil {
		return &fs.PathError{Op: "statfs", Path: t.repo.path, Err: err}
	}
	free := st.Bavail
	if os.Geteuid() == 0 {
		free = st.Bfree
	}
	block := uint64(st.Bsize)
	keep := st.Blocks * block / 100 * uint64(t.settings.minFreePercent)
	if t.settings.hasMinFreeSize {
		keep = t.settings.minFreeSize
	}
	t.space.Store(int64(free*block) - int64(keep))
	return nil
}

// spaceBlock is the unit in which files take space on common file systems.
const spaceBlock = 4096

// reserve accounts for a content object before it is written.
func (t *Tx) reserve(size int64) error {
	return t.take((size + spaceBlock - 1) &^ (spaceBlock - 1))
}

// take accounts for bytes of content.
func (t *Tx) take(size int64) error {
	if t.space.Add(-size) >= 0 {
		return nil
	}
	t.space.Add(size)
	limit := fmt.Sprintf("min-free-space-percent %d%%", t.settings.minFreePercent)
	if t.settings.hasMinFreeSize {
		limit = fmt.Sprintf("min-free-space-size %d MB", t.settings.minFreeSize>>20)
	}
	return fmt.Errorf("would leave less free space than core.%s: %w", limit, unix.ENOSPC)
}

// Repo returns the repository.
func (t *Tx) Repo() *Repo { return t.repo }

// Has reports whether the object is in the transaction, the repository or one of
// its parents.
func (t *Tx) Has(ctx context.Context, n ObjectName) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	t.mu.Lock()
	_, ok := t.known[n]
	t.mu.Unlock()
	if ok || t.replace[n] {
		return ok, nil
	}
	ok, err := hasAny(t.outer, n)
	if ok {
		t.mu.Lock()
		t.known[n] = struct{}{}
		t.mu.Unlock()
	}
	return ok, err
}

// stores lists where objects are: what is left of it when the transaction has
// ended is the repository.
func (t *Tx) stores() []looseStore {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return t.outer
	}
	return t.all
}

// LoadCommit is [Repo.LoadCommit] including the objects of the transaction.
func (t *Tx) LoadCommit(ctx context.Context, c Checksum) (*Commit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(t.stores(), ObjectName{c, TypeCommit}, ParseCommit)
}

// LoadDirTree is [Repo.LoadDirTree] including the objects of the transaction.
func (t *Tx) LoadDirTree(ctx context.Context, c Checksum) (*DirTree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(t.stores(), ObjectName{c, TypeDirTree}, ParseDirTree)
}

// LoadDirMeta is [Repo.LoadDirMeta] including the objects of the transaction.
func (t *Tx) LoadDirMeta(ctx context.Context, c Checksum) (*DirMeta, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadParsed(t.stores(), ObjectName{c, TypeDirMeta}, ParseDirMeta)
}

// LoadMetadata is [Repo.LoadMetadata] including the objects of the transaction.
func (t *Tx) LoadMetadata(ctx context.Context, n ObjectName) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadMetadata(t.stores(), n)
}

// LoadFile is [Repo.LoadFile] including the objects of the transaction.
func (t *Tx) LoadFile(ctx context.Context, c Checksum) (*File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return openFile(t.stores(), c)
}

// SetRef makes the ref (NAME or REMOTE:NAME) point to c when the transaction is
// committed. An invalid name or a zero checksum is reported by [Tx.Commit].
func (t *Tx) SetRef(refspec string, c Checksum) {
	remote, name, err := ParseRefspec(refspec)
	t.setRef(Ref{Remote: remote, Name: name, Checksum: c}, needChecksum(c, refspec, err))
}

// needChecksum keeps a forgotten checksum from deleting a ref.
func needChecksum(c Checksum, refspec string, err error) error {
	if err == nil && c.IsZero() {
		err = fmt.Errorf("set ref %q: %w", refspec, errNoChecksum)
	}
	return err
}

// SetCollectionRef is [Tx.SetRef] for a ref of a mirrored collection. A ref of
// the repository's own collection is a local ref.
func (t *Tx) SetCollectionRef(collection, name string, c Checksum) {
	ref := Ref{Collection: collection, Name: name, Checksum: c}
	err := needChecksum(c, name, ref.check())
	if collection == t.settings.collectionID {
		ref.Collection = ""
	}
	t.setRef(ref, err)
}

// DeleteRef deletes the ref when the transaction is committed. A ref that does
// not exist is no error.
func (t *Tx) DeleteRef(refspec string) {
	remote, name, err := ParseRefspec(refspec)
	t.setRef(Ref{Remote: remote, Name: name}, err)
}

func (t *Tx) setRef(ref Ref, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.refErr = errors.Join(t.refErr, err)
		return
	}
	t.refs = slices.DeleteFunc(t.refs, func(old Ref) bool { return old.path() == ref.path() })
	t.refs = append(t.refs, ref)
}

// SetDetachedMetadata replaces the metadata beside a commit when the transaction
// is committed; a nil d takes it away.
func (t *Tx) SetDetachedMetadata(ctx context.Context, c Checksum, d *gvariant.Dict) error {
	if err := t.active(ctx); err != nil {
		return err
	}
	data, err := encodeDetached(d)
	if err == nil {
		err = t.replaceMeta(ctx, c, data)
	}
	if err != nil {
		return fmt.Errorf("write detached metadata of %s: %w", c, err)
	}
	return nil
}

func (t *Tx) replaceMeta(ctx context.Context, c Checksum, data []byte) error {
	sub, err := t.target.sub(ctx, c[0])
	if err != nil {
		return err
	}
	n := ObjectName{c, TypeCommitMeta}
	o := &atomicfs.WriteOptions{NoSync: !t.settings.perObjectFsync}
	return atomicfs.WriteFile(ctx, sub, n.looseName(t.repo.mode), data, 0o644, o)
}

// active is the check at the start of every change.
func (t *Tx) active(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return errTxDone
	}
	return ctx.Err()
}
