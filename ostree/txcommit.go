package ostree

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// Commit makes the objects part of the repository and then changes the refs. It
// ends the transaction, also when it fails: then no ref has changed, unless the
// error is about writing the refs themselves. If core.auto-update-summary is set
// it then updates the summary, and says so in the error if only that fails.
//
// The order makes refs point to complete trees at any time, and commits too: all
// staged data reaches the disk, objects get their place, commits after the others,
// the directories reach the disk, refs change one after the other.
func (t *Tx) Commit(ctx context.Context) (TxStats, error) {
	if err := t.active(ctx); err != nil {
		return TxStats{}, fmt.Errorf("commit transaction in %s: %w", t.repo.path, err)
	}
	if err := t.commit(ctx); err != nil {
		return TxStats{}, fmt.Errorf("commit transaction in %s: %w", t.repo.path, errors.Join(err, t.Abort()))
	}
	if err := t.removeConsumed(context.WithoutCancel(ctx)); err != nil {
		return t.stats, fmt.Errorf("the transaction in %s is committed, but: %w", t.repo.path, err)
	}
	if t.wantsSummary() {
		if err := t.repo.UpdateSummary(context.WithoutCancel(ctx), nil); err != nil {
			return t.stats, fmt.Errorf("the transaction in %s is committed, but: %w", t.repo.path, err)
		}
	}
	return t.stats, nil
}

// Continue commits the objects written so far and returns a transaction for the rest, which takes over the refs and the
// lock: nobody prunes in between what only the rest will name. After a failure both have ended.
func (t *Tx) Continue(ctx context.Context) (*Tx, error) {
	unlock, refs, refErr := t.unlock, t.refs, t.refErr
	o := &TxOptions{NoSync: t.noSync, PerObjectSync: t.settings.perObjectFsync, KeepStaged: t.keep}
	consumed := t.consumed
	t.unlock, t.refs, t.refErr, t.consumed = func() error { return nil }, nil, nil, nil
	if _, err := t.Commit(ctx); err != nil {
		return nil, errors.Join(err, unlock())
	}
	next, err := t.repo.start(ctx, o, unlock)
	if err != nil {
		return nil, err
	}
	next.refs, next.refErr, next.consumed = refs, refErr, consumed
	return next, nil
}

// wantsSummary reports whether core.auto-update-summary asks for a new summary.
// The ref that making one writes does not.
func (t *Tx) wantsSummary() bool {
	other := func(ref Ref) bool { return ref.Name != metadataRef }
	return t.settings.autoSummary && slices.ContainsFunc(t.refs, other)
}

func (t *Tx) commit(ctx context.Context) error {
	if t.refErr != nil {
		return t.refErr
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpCommit, t.repo.path); err != nil {
		t.keep = true // as if the process had died
		return err
	}
	if err := t.publish(ctx); err != nil {
		return err
	}
	if err := t.removeTombstones(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	// COMMIT POINT: the first ref that is replaced. Before it there are only
	// objects that nothing names, after it only refs to write and rubbish to
	// remove.
	if err := t.repo.changeRefs(ctx, t.refs, t.noSync); err != nil {
		return err
	}
	// What fails from here on is repeated by the next transaction, so it is no
	// reason to report a committed transaction as failed.
	t.keep = false
	_ = t.cleanUp(ctx)
	return nil
}

// cleanUp removes the staging directory and expired files, and gives up the
// lock.
func (t *Tx) cleanUp(ctx context.Context) error {
	err := cleanTmp(ctx, t.tmp, t.settings.tmpExpiry, time.Now())
	return errors.Join(err, t.end())
}

// Abort ends the transaction without changing refs. After Commit or Abort it
// does nothing.
func (t *Tx) Abort() error {
	t.mu.Lock()
	done := t.done
	t.mu.Unlock()
	if done {
		return nil
	}
	if err := t.end(); err != nil {
		return fmt.Errorf("abort transaction in %s: %w", t.repo.path, err)
	}
	return nil
}

// end releases everything, once.
func (t *Tx) end() error {
	t.mu.Lock()
	done := t.done
	t.done = true
	t.mu.Unlock()
	if done {
		return nil
	}
	if t.target != nil {
		t.target.close()
	}
	var errs []error
	switch {
	case t.staging == nil:
	case t.keep:
		errs = append(errs, t.staging.leave())
	default:
		errs = append(errs, t.staging.remove(t.ctx))
	}
	if t.tmp != nil {
		errs = append(errs, t.tmp.Close())
	}
	return errors.Join(append(errs, t.unlock())...)
}

// publish moves staged objects to their place and makes them durable.
func (t *Tx) publish(ctx context.Context) error {
	dirs, err := objectDirs(t.staging.dir)
	if err != nil || len(dirs) == 0 && !t.direct { // only refs change
		return err
	}
	if !t.noSync {
		if err := atomicfs.SyncFS(ctx, t.repo.dir); err != nil {
			return err
		}
	}
	if err := t.publishDirs(ctx, dirs); err != nil {
		return err
	}
	if t.noSync {
		return nil
	}
	return t.syncObjects(ctx, dirs)
}

// syncObjects makes the names in objects/ durable; changed are the directories
// that publish has moved something to.
func (t *Tx) syncObjects(ctx context.Context, changed []string) error {
	dirs, err := t.unsynced(changed)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := syncSub(ctx, t.repo.objects, dir); err != nil {
			return err
		}
	}
	return atomicfs.SyncDir(ctx, t.repo.objects)
}

// unsynced lists the directories of objects/ that may hold names which are not
// on disk yet: those just changed. When a dead transaction is resumed, or
// objects were linked directly, any may.
func (t *Tx) unsynced(changed []string) ([]string, error) {
	if !t.resumed && !t.direct {
		return changed, nil
	}
	return objectDirs(t.repo.objects)
}

func syncSub(ctx context.Context, d *dirfd.Dir, name string) error {
	sub, err := d.OpenDir(name)
	if err != nil {
		return err
	}
	defer sub.Close()
	return atomicfs.SyncDir(ctx, sub)
}

// publishDirs moves the staged objects, commits last: one that is there is complete, whether a ref names it or not.
func (t *Tx) publishDirs(ctx context.Context, dirs []string) error {
	var commits []ObjectName
	for _, dir := range dirs {
		names, err := objectsIn(t.staging.dir, dir, t.repo.mode)
		if err != nil {
			return err
		}
		rest := names[:0]
		for _, n := range names {
			if n.Type == TypeCommit {
				commits = append(commits, n)
			} else {
				rest = append(rest, n)
			}
		}
		if err := t.publishObjects(ctx, dir, rest); err != nil {
			return err
		}
	}
	for i, n := range commits {
		if err := t.publishObjects(ctx, hex.EncodeToString(n.Checksum[:1]), commits[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// publishObjects moves objects of one staged directory.
func (t *Tx) publishObjects(ctx context.Context, dir string, names []ObjectName) error {
	if err := ctx.Err(); err != nil || len(names) == 0 {
		return err
	}
	if err := atomicfs.MkdirAll(ctx, t.repo.objects, dir, 0o777); err != nil {
		return err
	}
	from, err := t.staging.dir.OpenDir(dir)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := t.repo.objects.OpenDir(dir)
	if err != nil {
		return err
	}
	defer to.Close()
	// Attributes go before the file that would be damaged without them.
	slices.SortStableFunc(names, func(a, b ObjectName) int { return cmp.Compare(fileLast(a.Type), fileLast(b.Type)) })
	for _, n := range names {
		name := n.looseName(t.repo.mode)
		// What there is of a file in bare-split-xattrs mode was written because something of it was missing or damaged.
		if n.Type == TypeCommitMeta || n.Type == TypePayloadLink || !n.Type.IsMetadata() && t.repo.mode == ModeBareSplitXattrs || t.replace[n] {
			err = atomicfs.Rename(ctx, from, name, to, name)
		} else {
			err = atomicfs.RenameNoReplace(ctx, from, name, to, name)
		}
		// An object of that name has the same content; the staged copy goes
		// with the staging directory.
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// fileLast orders types so that files come after what they need.
func fileLast(t ObjectType) int {
	if t == TypeFile {
		return 1
	}
	return 0
}

// removeTombstones takes back the notes about commits that exist again.
func (t *Tx) removeTombstones(ctx context.Context) error {
	for _, c := range t.commits {
		path := ObjectName{c, TypeTombstone}.LoosePath(t.repo.mode)
		if ok, err := t.repo.objects.Exists(path); err != nil {
			return err
		} else if !ok {
			continue
		}
		if err := ignoreNotExist(atomicfs.Remove(ctx, t.repo.objects, path)); err != nil {
			return err
		}
	}
	return nil
}
