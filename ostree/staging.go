package ostree

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/lockfile"
	"golang.org/x/sys/unix"
)

// fanout is a directory of loose objects being written.
type fanout struct {
	dir  *dirfd.Dir
	subs *subdirs // of dir: those of a repository, or own
	own  subdirs
	perm uint32 // of subdirectories, before the umask
}

func (f *fanout) close() { f.own.close() }

// sub returns the directory for checksums that start with b, and makes it if it
// is missing.
func (f *fanout) sub(ctx context.Context, b byte) (*dirfd.Dir, error) {
	if d := f.subs.get(f.dir, b); d != nil {
		return d, nil
	}
	name := hex.EncodeToString([]byte{b})
	if err := atomicfs.Mkdir(ctx, f.dir, name, f.perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return f.subs.open(f.dir, b)
}

// staging is the directory tmp/staging-BOOTID-RANDOM where a transaction
// collects objects. Its lock file lies beside it, so that it can be removed
// while locked. A transaction of the same boot takes over a directory that
// nobody has locked any more: its objects are complete, because each got its
// name only when it was, and what is in the page cache survives a process.
type staging struct {
	tmp  *dirfd.Dir
	name string
	dir  *dirfd.Dir
	lock *lockfile.Lock
}

const (
	stagingPrefix = "staging-"
	lockSuffix    = "-lock"
	// stagingPerm keeps others away from files with set-id bits that are not
	// part of the repository yet.
	stagingPerm = 0o700
)

// openStaging takes over what is left of this boot or makes a new directory, and
// removes those that other boots have left.
func openStaging(ctx context.Context, tmp *dirfd.Dir, boot string, m Mode) (_ *staging, err error) {
	prefix := stagingPrefix + boot + "-"
	entries, err := tmp.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var found *staging
	defer func() {
		if err != nil && found != nil {
			err = errors.Join(err, found.leave())
		}
	}()
	for _, e := range entries {
		if !strings.HasPrefix(e.Name, stagingPrefix) {
			continue
		}
		if e.Type != unix.DT_DIR {
			if err := dropStaleLock(ctx, tmp, e.Name); err != nil {
				return nil, err
			}
			continue
		}
		mine := strings.HasPrefix(e.Name, prefix)
		if mine && isUnborn(tmp, e.Name) {
			continue
		}
		s, err := tryStaging(ctx, tmp, e.Name)
		if err != nil {
			return nil, err
		}
		if s == nil { // in use
			continue
		}
		switch {
		case mine && found == nil:
			found = s
			continue
		case mine:
			if err := found.absorb(ctx, s, m); err != nil {
				return nil, errors.Join(err, s.leave())
			}
		}
		if err := s.remove(ctx); err != nil {
			return nil, err
		}
	}
	if found != nil {
		return found, nil
	}
	return newStaging(ctx, tmp, prefix)
}

func newStaging(ctx context.Context, tmp *dirfd.Dir, prefix string) (*staging, error) {
	for {
		name, err := atomicfs.TempDir(ctx, tmp, prefix, stagingPerm)
		if err != nil {
			return nil, err
		}
		s, err := tryStaging(ctx, tmp, name)
		if s != nil || err != nil {
			return s, err
		}
		// Another transaction took it over between the two calls.
	}
}

// dropStaleLock removes the lock file of a directory that is gone.
func dropStaleLock(ctx context.Context, tmp *dirfd.Dir, name string) error {
	dir, ok := strings.CutSuffix(name, lockSuffix)
	if !ok {
		return nil
	}
	if exists, err := tmp.Exists(dir); exists || err != nil {
		return err
	}
	s, err := tryStaging(ctx, tmp, dir)
	if s != nil {
		return s.leave()
	}
	return err
}

// tryStaging locks and opens an existing staging directory. It returns nil if
// it is in use or was removed in the meantime.
func tryStaging(ctx context.Context, tmp *dirfd.Dir, name string) (*staging, error) {
	o := &lockfile.Options{NonBlocking: true, RemoveOnRelease: true}
	lock, err := lockfile.Acquire(ctx, tmp, name+lockSuffix, o)
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	dir, err := tmp.OpenDir(name)
	if err != nil {
		return nil, errors.Join(ignoreNotExist(err), lock.Release())
	}
	return &staging{tmp, name, dir, lock}, nil
}

// objects lists what the directory holds, and removes files left half-written.
func (s *staging) objects(ctx context.Context, m Mode) ([]ObjectName, error) {
	var out []ObjectName
	entries, err := s.dir.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Type != unix.DT_DIR {
			if err := atomicfs.Remove(ctx, s.dir, e.Name); err != nil {
				return nil, err
			}
			continue
		}
		names, err := objectsIn(s.dir, e.Name, m)
		if err != nil {
			return nil, err
		}
		out = append(out, names...)
	}
	return out, nil
}

// birth is the longest time between making a directory and locking it.
const birth = time.Minute

// isUnborn reports whether somebody has just made the directory and is about to lock it: there is no lock file yet, and
// no object. The real command fails if its directory is taken from it in between.
func isUnborn(tmp *dirfd.Dir, name string) bool {
	st, err := tmp.Lstat(name)
	if err != nil || time.Since(time.Unix(st.Mtim.Unix())) > birth {
		return false
	}
	if locked, err := tmp.Exists(name + lockSuffix); err != nil || locked {
		return false
	}
	entries, err := tmp.ReadDir(name)
	return err == nil && len(entries) == 0
}

// absorb moves the objects of another directory into s: the real command may leave several.
func (s *staging) absorb(ctx context.Context, other *staging, m Mode) error {
	dirs, err := objectDirs(other.dir)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		names, err := objectsIn(other.dir, dir, m)
		if err != nil {
			return err
		}
		if err := atomicfs.MkdirAll(ctx, s.dir, dir, stagingPerm); err != nil {
			return err
		}
		for _, n := range names {
			path := n.LoosePath(m)
			err := atomicfs.RenameNoReplace(ctx, other.dir, path, s.dir, path)
			if err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
	}
	return nil
}

// remove deletes the directory and gives up the lock.
func (s *staging) remove(ctx context.Context) error {
	err := atomicfs.RemoveAll(ctx, s.tmp, s.name)
	return errors.Join(err, s.leave())
}

// leave gives up the lock and keeps the directory, if it is still there, for a later transaction, which need not wait to see
// whether somebody is about to lock it.
func (s *staging) leave() error {
	old := unix.NsecToTimespec(time.Now().Add(-2 * birth).UnixNano())
	err := unix.UtimesNanoAt(s.tmp.Fd(), s.name, []unix.Timespec{{Nsec: unix.UTIME_OMIT}, old}, unix.AT_SYMLINK_NOFOLLOW)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.dir.Close(), s.lock.Release())
}

// cleanTmp removes what has been in tmp/ for longer than expiry, except
// directories of the repository's own and staging areas in use.
func cleanTmp(ctx context.Context, tmp *dirfd.Dir, expiry time.Duration, now time.Time) error {
	entries, err := tmp.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name == "cache" {
			continue
		}
		st, err := tmp.Lstat(e.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if now.Sub(time.Unix(st.Mtim.Unix())) < expiry {
			continue
		}
		if err := removeExpired(ctx, tmp, e); err != nil {
			return fmt.Errorf("remove expired %s: %w", tmp.Join(e.Name), err)
		}
	}
	return nil
}

func removeExpired(ctx context.Context, tmp *dirfd.Dir, e dirfd.Dirent) error {
	if !strings.HasPrefix(e.Name, stagingPrefix) {
		return atomicfs.RemoveAll(ctx, tmp, e.Name)
	}
	s, err := tryStaging(ctx, tmp, strings.TrimSuffix(e.Name, lockSuffix))
	if s == nil || err != nil {
		return err // trying has removed a lock file without a directory
	}
	return s.remove(ctx)
}
