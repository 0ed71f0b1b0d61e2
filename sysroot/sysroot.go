package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/lockfile"
	"example.com/rpmostree/ostree"
)

// Sysroot is an open physical root. It is not safe for concurrent use; other
// processes are kept out by Lock, which every changing method takes itself.
type Sysroot struct {
	path   string
	opts   Options
	log    *slog.Logger
	ostree *dirfd.Dir
	boot   *bootloader.Boot // nil without a boot directory
	bootD  *dirfd.Dir
	repo   *ostree.Repo

	lock  *lockfile.Lock
	depth int // of nested Lock calls

	loaded   stamp // of ostree/deploy when the list was read; zero = read again
	young    bool  // it was set within the last tick of the clock then
	list     []*Deployment
	problems []error
	state    bootloader.State
}

// Open opens the physical root at path ("/" for the running system) and reads
// its deployments. Broken boot entries do not make it fail, see Problems; the
// error matches fs.ErrNotExist if there is no ostree directory.
func Open(ctx context.Context, path string, o *Options) (*Sysroot, error) {
	s := &Sysroot{path: path, log: slog.New(slog.DiscardHandler)}
	if o != nil {
		s.opts = *o
	}
	if s.opts.Log != nil {
		s.log = s.opts.Log
	}
	err := s.open(ctx)
	if err == nil {
		_, err = s.Reload(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sysroot %s: %w", path, err), s.Close())
	}
	return s, nil
}

// open follows links in the two directories: on a running system /ostree leads
// to /sysroot/ostree.
func (s *Sysroot) open(ctx context.Context) error {
	var err error
	if s.ostree, err = dirfd.Open(filepath.Join(s.path, ostreeDir)); err != nil {
		return err
	}
	remotes := s.opts.RemotesDir
	if remotes == "" && filepath.Clean(s.path) == "/" {
		remotes = "/etc/ostree/remotes.d"
	}
	if s.repo, err = ostree.Open(ctx, filepath.Join(s.path, repoDir), &ostree.OpenOptions{RemotesDir: remotes, BootID: s.opts.BootID}); err != nil {
		return err
	}
	if err := s.checkDevice(); err != nil {
		return err
	}
	if s.bootD, err = dirfd.Open(filepath.Join(s.path, bootDir)); errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("no boot directory, deployments cannot be listed", "sysroot", s.path)
		return nil
	}
	if err != nil {
		return err
	}
	return s.openBoot()
}

func (s *Sysroot) openBoot() error {
	cfg := s.repo.Config()
	name, _ := cfg.Get("sysroot", "bootloader")
	prefix, err := cfg.GetBool("sysroot", "bootprefix", false)
	if err != nil {
		return err
	}
	var grub *bootloader.Grub2Options
	if s.opts.GrubExec != "" {
		grub = &bootloader.Grub2Options{Exec: []string{s.opts.GrubExec}}
	}
	s.boot, err = bootloader.Open(s.path, &bootloader.Options{
		Config: name, BootPrefix: prefix, Run: s.opts.Run, Grub2: grub, AllowFreeze: s.opts.AllowFreeze, NoSync: s.opts.NoSync,
	})
	return err
}

// checkDevice: checkouts are hard links.
func (s *Sysroot) checkDevice() error {
	a, err := s.ostree.Lstat(".")
	if err != nil {
		return err
	}
	b, err := s.ostree.Lstat("repo")
	if err == nil && a.Dev != b.Dev {
		err = errors.New("ostree/repo is on another file system than ostree")
	}
	return err
}

// Close releases everything, also a lock that is still held.
func (s *Sysroot) Close() error {
	var errs []error
	if s.lock != nil {
		errs = append(errs, s.lock.Release())
	}
	if s.boot != nil {
		errs = append(errs, s.boot.Close())
	}
	if s.repo != nil {
		errs = append(errs, s.repo.Close())
	}
	for _, d := range []*dirfd.Dir{s.bootD, s.ostree} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// Path returns the path given to Open.
func (s *Sysroot) Path() string { return s.path }

// Repo returns the repository; it is closed with s.
func (s *Sysroot) Repo() *ostree.Repo { return s.repo }

// BootState returns the versions of the boot configuration.
func (s *Sysroot) BootState() bootloader.State { return s.state }

// Problems lists boot entries that could not be used when the deployments were
// read, one error each.
func (s *Sysroot) Problems() []error { return s.problems }

// userMode: the repository cannot hold owners, so neither can deployments.
func (s *Sysroot) userMode() bool {
	m := s.repo.Mode()
	return m == ostree.ModeBareUser || m == ostree.ModeBareUserOnly
}

// Lock takes the lock of the root and re-reads the deployments if they
// changed. onWait, if not nil, is called while somebody else holds it. Nested
// calls are allowed; the last unlock releases.
func (s *Sysroot) Lock(ctx context.Context, onWait func()) (unlock func() error, err error) {
	if s.depth == 0 {
		l, err := lockfile.Acquire(ctx, s.ostree, lockName, &lockfile.Options{RemoveOnRelease: true, OnWait: onWait})
		if err != nil {
			return nil, fmt.Errorf("lock sysroot: %w", err)
		}
		s.lock = l
		if _, err := s.Reload(ctx); err != nil {
			s.lock = nil
			return nil, errors.Join(err, l.Release())
		}
	}
	s.depth++
	done := false
	return func() error {
		if done {
			return nil
		}
		done = true
		s.depth--
		if s.depth > 0 || s.lock == nil {
			return nil
		}
		l := s.lock
		s.lock = nil
		return l.Release()
	}, nil
}

// locked runs fn under the lock.
func (s *Sysroot) locked(ctx context.Context, fn func() error) error {
	unlock, err := s.Lock(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(fn(), unlock())
}

// bump sets the time of ostree/deploy, by which others notice a change, and
// makes the next Reload read everything.
func (s *Sysroot) bump(ctx context.Context) error {
	s.loaded = stamp{}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpAttr, s.ostree.Join(deployDir)); err != nil {
		return err
	}
	return s.ostree.Touch(deployDir)
}

// isRunning reports whether s is the root of the running system.
func (s *Sysroot) isRunning() bool {
	if _, err := os.Stat(filepath.Join(s.opts.runDir(), bootedFile)); err != nil {
		return false
	}
	a, errA := os.Stat(s.opts.rootDir())
	b, errB := os.Stat(s.path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// rootInode identifies the booted deployment's directory.
func (s *Sysroot) rootInode() (dev, ino uint64, err error) {
	st, err := os.Stat(s.opts.rootDir())
	if err != nil {
		return 0, 0, err
	}
	sys := st.Sys().(*syscall.Stat_t)
	return sys.Dev, sys.Ino, nil
}
