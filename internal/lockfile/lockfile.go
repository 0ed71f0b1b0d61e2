// Package lockfile takes advisory locks on files: Acquire and Lock.Release.
// They are open file description locks (fcntl(2), F_OFD_SETLK), which also
// exclude each other between goroutines of one process; flock(2) is the
// fallback on file systems that refuse them.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ErrLocked matches the error of Acquire when somebody else holds the lock.
var ErrLocked = errors.New("locked by another process")

// LockedError says which file is locked. errors.Is(err, ErrLocked) is true.
type LockedError struct{ Path string }

// Error implements error.
func (e *LockedError) Error() string { return fmt.Sprintf("lock %s: %v", e.Path, ErrLocked) }

// Is makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// Options changes how Acquire works; nil means the defaults.
type Options struct {
	// Shared takes a read lock.
	Shared bool
	// NonBlocking fails with *LockedError instead of waiting.
	NonBlocking bool
	// Timeout > 0 bounds the waiting, from the first attempt that failed;
	// *LockedError after it.
	Timeout time.Duration
	// RemoveOnRelease unlinks the file on Release. All users of the file must
	// agree on it.
	RemoveOnRelease bool
	// OnWait is called once before the first wait.
	OnWait func()
	// Perm is the mode of a created file before the umask, 0 means 0600.
	Perm uint32
}

// Lock is a held lock.
type Lock struct {
	ctx    context.Context
	d      *dirfd.Dir
	name   string
	f      *os.File
	remove bool
}

// Acquire locks the file name in d, creating it if needed. d must stay open
// until Release. It waits until ctx is done, whose error it then returns.
func Acquire(ctx context.Context, d *dirfd.Dir, name string, o *Options) (*Lock, error) {
	if o == nil {
		o = &Options{}
	}
	w := newWaiter(o)
	for {
		f, err := open(d, name, o)
		if err != nil {
			return nil, err
		}
		err = tryLock(f, o.Shared)
		if err == nil && current(d, name, f) {
			return &Lock{ctx: context.WithoutCancel(ctx), d: d, name: name, f: f, remove: o.RemoveOnRelease}, nil
		}
		f.Close()
		if err == nil { // the last holder removed the file between our open and lock
			continue
		}
		if !isBusy(err) {
			return nil, &fs.PathError{Op: "lock", Path: d.Join(name), Err: err}
		}
		if err := w.wait(ctx, d.Join(name)); err != nil {
			return nil, err
		}
	}
}

// Release gives the lock up. A second call is a no-op.
func (l *Lock) Release() error {
	if l.f == nil {
		return nil
	}
	var err error
	if l.remove {
		// While we still hold it, so that nobody can lock the doomed inode
		// without noticing that the name is gone.
		err = atomicfs.Remove(l.ctx, l.d, l.name)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	unlock(l.f)
	err = errors.Join(err, l.f.Close())
	l.f = nil
	return err
}

// unlock releases the lock also where the descriptor was copied: closing it
// alone leaves the lock with a child forked just now, until that calls exec.
func unlock(f *os.File) {
	_ = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK})
	_ = unix.Flock(int(f.Fd()), unix.LOCK_UN)
}

func open(d *dirfd.Dir, name string, o *Options) (*os.File, error) {
	perm := o.Perm
	if perm == 0 {
		perm = 0o600
	}
	f, err := d.OpenFile(name, unix.O_RDWR|unix.O_CREAT|unix.O_NONBLOCK, perm)
	if o.Shared && (errors.Is(err, unix.EROFS) || errors.Is(err, fs.ErrPermission)) {
		return d.OpenFile(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	}
	return f, err
}

func tryLock(f *os.File, shared bool) error {
	lk := unix.Flock_t{Type: unix.F_WRLCK}
	how := unix.LOCK_EX
	if shared {
		lk.Type, how = unix.F_RDLCK, unix.LOCK_SH
	}
	for {
		err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &lk)
		if err == unix.EINVAL || err == unix.ENOLCK {
			err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		}
		if err != unix.EINTR {
			return err
		}
	}
}

func isBusy(err error) bool { return err == unix.EAGAIN || err == unix.EACCES }

// current reports whether name still is the locked file.
func current(d *dirfd.Dir, name string, f *os.File) bool {
	var a unix.Stat_t
	b, err := d.Lstat(name)
	return err == nil && unix.Fstat(int(f.Fd()), &a) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// waiter spaces the attempts. A blocking fcntl would be fairer but cannot be
// cancelled without leaving a thread behind.
type waiter struct {
	o        *Options
	pause    time.Duration
	deadline time.Time
	started  bool
}

func newWaiter(o *Options) *waiter { return &waiter{o: o, pause: time.Millisecond} }

func (w *waiter) wait(ctx context.Context, path string) error {
	const maxPause = 20 * time.Millisecond // there may be short gaps between those who share the lock
	pause := w.pause
	switch {
	case w.o.Timeout <= 0:
	case !w.started:
		w.deadline = time.Now().Add(w.o.Timeout)
		pause = min(pause, w.o.Timeout)
	default:
		pause = min(pause, time.Until(w.deadline))
	}
	if w.o.NonBlocking || pause <= 0 {
		return &LockedError{Path: path}
	}
	if !w.started && w.o.OnWait != nil {
		w.o.OnWait()
	}
	w.started = true
	w.pause = min(2*w.pause, maxPause)
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("lock %s: %w", path, ctx.Err())
	case <-t.C:
		return nil
	}
}
