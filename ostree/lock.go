package ostree

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"example.com/rpmostree/internal/lockfile"
	"golang.org/x/sync/semaphore"
)

// repoLock is the lock of a repository: shared for transactions and other
// readers of the whole object store, exclusive for deletion. Other processes
// are kept out by the file .lock, goroutines that use the same Repo by a
// semaphore.
type repoLock struct {
	sem *semaphore.Weighted // a shared holder has 1, an exclusive one lockAll

	mu      sync.Mutex    // guards what follows
	turn    chan struct{} // holds a token while somebody waits for the file
	holders int
	file    *lockfile.Lock // held while there are holders
}

const lockAll = 1 << 30

// heldKey marks, in a context, a lock that the caller holds; the value is true
// for an exclusive one.
type heldKey struct{ l *repoLock }

// Lock takes the lock of the repository for work of several steps, which nothing
// may come between: with the shared lock no prune, with the exclusive one no other
// program's transaction either. The context it returns is for the calls that belong
// to the work, which then do not take the lock themselves; they must have ended, and
// transactions too, when unlock is called. [Repo.Prune] needs the exclusive lock and
// is refused inside a shared one.
//
// It waits as long as core.lock-timeout-secs says, after which the error is a
// [*LockedError]. A repository that cannot be written, or has core.locking=false, is
// not locked.
func (r *Repo) Lock(ctx context.Context, exclusive bool) (locked context.Context, unlock func() error, err error) {
	return r.lock(ctx, exclusive)
}

// lock takes the lock and returns a context under which nested calls do not
// take it again. It waits as long as core.lock-timeout-secs says, after which
// the error is a [*LockedError]. A repository that cannot be written is not
// locked.
func (r *Repo) lock(ctx context.Context, exclusive bool) (context.Context, func() error, error) {
	s := r.current()
	if !s.locking || !r.writable {
		return ctx, func() error { return nil }, nil
	}
	if held, ok := ctx.Value(heldKey{&r.rw}).(bool); ok {
		if exclusive && !held {
			return nil, nil, fmt.Errorf("lock repository %s: exclusive lock inside a shared one; take the exclusive one from the start", r.path)
		}
		return ctx, func() error { return nil }, nil
	}
	weight := int64(1)
	if exclusive {
		weight = lockAll
	}
	if err := r.rw.acquire(ctx, r, weight, s); err != nil {
		return nil, nil, err
	}
	var once sync.Once
	var err error
	unlock := func() error {
		once.Do(func() { err = r.rw.release(weight) })
		return err
	}
	return context.WithValue(ctx, heldKey{&r.rw}, exclusive), unlock, nil
}

func (l *repoLock) acquire(ctx context.Context, r *Repo, weight int64, s settings) error {
	wait, cancel := ctx, context.CancelFunc(func() {})
	if s.lockTimeout > 0 {
		wait, cancel = context.WithTimeout(ctx, s.lockTimeout)
	}
	defer cancel()
	if !l.sem.TryAcquire(weight) {
		if err := l.sem.Acquire(wait, weight); err != nil {
			return lockError(ctx, r, weight == lockAll, err)
		}
	}
	err := l.hold(wait, r, weight == 1, s)
	if err != nil {
		l.sem.Release(weight)
		return lockError(ctx, r, weight == lockAll, err)
	}
	return nil
}

// hold takes the lock file for the first holder. A second one waits its turn in
// a way that its context ends, which a mutex would not.
func (l *repoLock) hold(ctx context.Context, r *Repo, shared bool, s settings) error {
	l.mu.Lock()
	if l.turn == nil {
		l.turn = make(chan struct{}, 1)
	}
	l.mu.Unlock()
	select {
	case l.turn <- struct{}{}: // even if no time is left to wait
	default:
		select {
		case l.turn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-l.turn }()
	l.mu.Lock()
	held := l.file != nil
	if held {
		l.holders++
	}
	l.mu.Unlock()
	if held {
		return nil
	}
	file, err := lockfile.Acquire(ctx, r.dir, ".lock", &lockfile.Options{Shared: shared, Timeout: s.lockTimeout, Perm: 0o660})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file, l.holders = file, 1
	return nil
}

// lockError tells a wait that took too long from one the caller cancelled.
func lockError(ctx context.Context, r *Repo, exclusive bool, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("lock repository %s: %w", r.path, ctx.Err())
	}
	if errors.Is(err, lockfile.ErrLocked) || errors.Is(err, context.DeadlineExceeded) {
		return &LockedError{Path: r.path, Exclusive: exclusive, Err: err}
	}
	return fmt.Errorf("lock repository %s: %w", r.path, err)
}

func (l *repoLock) release(weight int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holders--
	var err error
	if l.holders == 0 {
		err = l.file.Release()
		l.file = nil
	}
	l.sem.Release(weight)
	return err
}
