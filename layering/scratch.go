package layering

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/lockfile"
	"example.com/rpmostree/ostree"
)

// scratchDir is the directory of a repository for roots that are being
// assembled: checkouts can only be hardlinked within one file system.
const scratchDir = "extensions/rpmostree/private"

const (
	scratchPrefix = "commit-"
	scratchLock   = ".lock"
)

// scratch is a directory for the time of one operation. All users share a
// lock, so that whoever gets it alone knows that what lies around was left by
// a program that died.
type scratch struct {
	dir  string
	base *dirfd.Dir
	lock *lockfile.Lock
}

func makeScratch(ctx context.Context, repo *ostree.Repo) (*scratch, error) {
	base, err := filepath.Abs(filepath.Join(repo.Path(), scratchDir))
	if err == nil {
		err = os.MkdirAll(base, 0o700)
	}
	if err != nil {
		return nil, err
	}
	s := &scratch{}
	if s.base, err = dirfd.Open(base); err != nil {
		return nil, err
	}
	if err = sweepScratch(ctx, s.base, base); err == nil {
		s.lock, err = lockfile.Acquire(ctx, s.base, scratchLock, &lockfile.Options{Shared: true})
	}
	if err == nil {
		s.dir, err = os.MkdirTemp(base, scratchPrefix)
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// sweepScratch removes what is left of others, unless somebody is at work.
func sweepScratch(ctx context.Context, d *dirfd.Dir, base string) error {
	lock, err := lockfile.Acquire(ctx, d, scratchLock, &lockfile.Options{NonBlocking: true})
	if errors.Is(err, lockfile.ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(base)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), scratchPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(base, e.Name())))
		}
	}
	return errors.Join(err, lock.Release())
}

// remove removes the directory and gives up the lock.
func (s *scratch) remove() error {
	var errs []error
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Release())
	}
	if err := errors.Join(append(errs, s.base.Close())...); err != nil {
		return fmt.Errorf("remove scratch directory: %w", err)
	}
	return nil
}
