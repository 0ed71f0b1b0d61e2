package bootloader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// Swap is a prepared switch: either of boot/loader or of ostree/boot.B.
type Swap struct {
	boot  *Boot
	state State
	// link in dir comes to lead to target; temp is the prepared link.
	dir                *dirfd.Dir
	link, temp, target string
	// files and links are what Commit verifies.
	files []File
	links []Bootlink
	done  bool
	// ctx is that of Prepare without its cancellation, for Abort.
	ctx context.Context
}

// State returns the state after Commit.
func (s *Swap) State() State { return s.state }

// Full reports whether boot/loader is switched, not only the bootlinks.
func (s *Swap) Full() bool { return s.link == loaderLink }

// VerifyError tells that after the switch the disk does not say what was
// written. Nothing was deleted: the previous state is complete.
type VerifyError struct {
	Path string
	Err  error
}

// Error names the path.
func (e *VerifyError) Error() string { return "verify " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *VerifyError) Unwrap() error { return e.Err }

// Commit switches. If it returns an error before the COMMIT POINT the old
// state is in force and Abort removes the rest; a *VerifyError and errors of
// later steps mean that the new state is in force but not yet proven to be on
// disk: delete nothing, repeat later. Cancellation is ignored once switched.
func (s *Swap) Commit(ctx context.Context) error {
	if s.done {
		return errors.New("commit boot swap: already committed or aborted")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit boot swap: %w", err)
	}
	exchanged, err := s.swap(ctx) // COMMIT POINT
	if err != nil {
		return fmt.Errorf("commit boot swap: %w", err)
	}
	s.done = true
	ctx = context.WithoutCancel(ctx)
	if err := s.settle(ctx); err != nil {
		return fmt.Errorf("make boot swap durable: %w", err)
	}
	if err := s.verify(ctx); err != nil {
		return err
	}
	// Only now may names of the old state go. The temporary link is first, as
	// it is the mark that a switch may be unsettled.
	if exchanged {
		if err := atomicfs.Remove(ctx, s.dir, s.temp); err != nil {
			return fmt.Errorf("clean up boot swap: %w", err)
		}
	}
	return nil
}

// swap exchanges the links so that both inodes live on; the first time there
// is nothing to exchange with.
func (s *Swap) swap(ctx context.Context) (exchanged bool, err error) {
	found, err := exists(s.dir, s.link)
	if err != nil {
		return false, err
	}
	if !found {
		return false, atomicfs.Rename(ctx, s.dir, s.temp, s.dir, s.link)
	}
	return true, atomicfs.Exchange(ctx, s.dir, s.temp, s.dir, s.link)
}

func (s *Swap) settle(ctx context.Context) error {
	if s.boot.opts.NoSync {
		return nil
	}
	if err := atomicfs.SyncDir(ctx, s.dir); err != nil {
		return err
	}
	if s.Full() {
		return s.boot.checkpoint(ctx, s.dir)
	}
	// The kernel replays the journal before anyone follows the bootlinks.
	return s.boot.sync(ctx, s.dir)
}

// verify reads back the link and everything Prepare wrote.
func (s *Swap) verify(ctx context.Context) error {
	target, err := s.dir.Readlink(s.link)
	if err == nil && target != s.target {
		err = fmt.Errorf("leads to %q, want %q", target, s.target)
	}
	if err != nil {
		return &VerifyError{s.dir.Join(s.link), err}
	}
	for _, f := range s.files {
		name := path.Join(s.target, f.Name)
		data, err := s.dir.ReadFile(name, int64(len(f.Data)))
		if err == nil && !bytes.Equal(data, f.Data) {
			err = errors.New("other content than written")
		}
		if err != nil {
			return &VerifyError{s.dir.Join(name), err}
		}
	}
	return s.verifyLinks()
}

func (s *Swap) verifyLinks() error {
	d := s.boot.ostree
	for _, l := range s.links {
		name := path.Join(s.state.LinkDir(), l.Path)
		target, err := d.Readlink(name)
		if err == nil && target != l.Target {
			err = fmt.Errorf("leads to %q, want %q", target, l.Target)
		}
		if err != nil {
			return &VerifyError{d.Join(name), err}
		}
	}
	return nil
}

// Abort forgets a prepared swap and removes its temporary link; the rest is
// for CleanUp. After Commit, or twice, it does nothing.
func (s *Swap) Abort() error {
	if s.done {
		return nil
	}
	s.done = true
	return ignoreMissing(atomicfs.Remove(s.ctx, s.dir, s.temp))
}

// CleanUp deletes the entries and bootlinks that the present state does not
// use. It first settles an interrupted swap, so it is safe after a crash.
func (b *Boot) CleanUp(ctx context.Context) error {
	s, err := b.State(ctx)
	if err != nil {
		return fmt.Errorf("clean up boot entries: %w", err)
	}
	if err := b.settle(ctx); err != nil {
		return fmt.Errorf("clean up boot entries: %w", err)
	}
	other := State{BootVersion: 1 - s.BootVersion}
	unused := State{s.BootVersion, 1 - s.SubBootVersion}
	err = atomicfs.RemoveAll(ctx, b.boot, other.loaderDir())
	for _, name := range []string{
		other.linkName(), other.LinkDir(), State{other.BootVersion, 1}.LinkDir(), unused.LinkDir(),
	} {
		if err == nil {
			err = atomicfs.RemoveAll(ctx, b.ostree, name)
		}
	}
	if err != nil {
		return fmt.Errorf("clean up boot entries: %w", err)
	}
	return nil
}
