package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

const (
	stateOverlays = "ostree/state-overlays" // below /var
	// overlayCommit, of the upper directory, is the commit that was below the overlay, as text.
	overlayCommit = "user.ostree.deploymentcsum"
	// overlayOpaque marks a directory that hides the one below (Documentation/filesystems/overlayfs.rst of Linux).
	overlayOpaque = "trusted.overlay.opaque"
)

// StateOverlay makes a directory of the running system writable, such as /opt: it mounts an overlay over it that keeps
// what is written in /var/ostree/state-overlays/NAME, across reboots and upgrades. If another commit is running than the
// last time, what the upper directory has in the place of something that the commit brings is removed from it first, so
// that upgrades reach what was changed; files of its own stay.
//
// The service ostree-state-overlay@.service calls it at boot, once for each directory.
func (s *Sysroot) StateOverlay(ctx context.Context, name, dir string) error {
	if err := s.stateOverlay(ctx, name, dir); err != nil {
		return fmt.Errorf("state overlay %q: %w", name, err)
	}
	return nil
}

func (s *Sysroot) stateOverlay(ctx context.Context, name, dir string) error {
	d := s.Booted()
	switch {
	case d == nil:
		return errors.New("must be booted into an OSTree deployment")
	case name == "" || name == "." || name == ".." || strings.Contains(name, "/"):
		return errors.New("no name of a directory")
	}
	lower, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	defer lower.Close()
	state, err := dirfd.Open(filepath.Join(s.opts.rootDir(), "var"))
	if err != nil {
		return err
	}
	defer state.Close()
	upper, work := path.Join(stateOverlays, name, "upper"), path.Join(stateOverlays, name, "work")
	if err := atomicfs.MkdirAll(ctx, state, work, 0o700); err != nil {
		return err
	}
	if err := makeUpper(ctx, state, upper, lower); err != nil {
		return err
	}
	if err := pruneOverlay(ctx, state, upper, lower, d.Commit.String()); err != nil {
		return err
	}
	return mountOverlay(ctx, dir, dir, state.Join(upper), state.Join(work), 0)
}

// newUpper begins the name of an upper directory that is not finished.
const newUpper = atomicfs.TempPrefix + "upper-"

// makeUpper makes the upper directory, from which the overlay has its owner, mode and label: those of the lower one. It
// gets its name when it has them, since one that is there is never changed.
func makeUpper(ctx context.Context, state *dirfd.Dir, upper string, lower *dirfd.Dir) error {
	if _, err := state.Lstat(upper); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent, err := state.OpenDir(path.Dir(upper))
	if err != nil {
		return err
	}
	defer parent.Close()
	if err := removeUnfinished(ctx, parent); err != nil {
		return err
	}
	tmp, err := atomicfs.TempDir(ctx, parent, newUpper, 0o700)
	if err != nil {
		return err
	}
	if err := copyAttributes(parent, tmp, lower); err != nil {
		return err
	}
	d, err := parent.OpenDir(tmp)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := atomicfs.SyncDir(ctx, d); err != nil {
		return err
	}
	return atomicfs.RenameNoReplace(ctx, parent, tmp, parent, path.Base(upper))
}

// removeUnfinished removes what a boot that was interrupted has left beside the upper directory.
func removeUnfinished(ctx context.Context, parent *dirfd.Dir) error {
	entries, err := parent.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name, newUpper) {
			continue
		}
		if err := atomicfs.RemoveAll(ctx, parent, e.Name); err != nil {
			return err
		}
	}
	return nil
}

// copyAttributes gives the directory name in d the owner, label and mode of from.
func copyAttributes(d *dirfd.Dir, name string, from *dirfd.Dir) error {
	var st unix.Stat_t
	if err := unix.Fstat(from.Fd(), &st); err != nil {
		return err
	}
	if err := d.Chown(name, int(st.Uid), int(st.Gid)); err != nil {
		return err
	}
	if label, err := from.GetXattr(".", "security.selinux"); err == nil {
		if err := d.SetXattr(name, "security.selinux", label); err != nil {
			return err
		}
	}
	return d.Chmod(name, st.Mode&0o7777)
}

// pruneOverlay removes what hides files of a commit that was not there before. It may be interrupted: only when it is
// done it says so.
func pruneOverlay(ctx context.Context, state *dirfd.Dir, upper string, lower *dirfd.Dir, commit string) error {
	before, err := state.GetXattr(upper, overlayCommit)
	switch {
	case err == nil && string(before) == commit:
		return nil
	case err != nil && !errors.Is(err, unix.ENODATA):
		return err
	}
	up, err := state.OpenDir(upper)
	if err != nil {
		return err
	}
	defer up.Close()
	if err := pruneUpper(ctx, up, lower, "."); err != nil {
		return err
	}
	return state.SetXattr(upper, overlayCommit, []byte(commit))
}

// pruneUpper removes from a directory what there is below too, except for directories that show what is below them.
func pruneUpper(ctx context.Context, upper, lower *dirfd.Dir, rel string) error {
	entries, err := upper.ReadDir(rel)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(rel, e.Name)
		below, err := lower.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		merged, err := isMerged(upper, name, below)
		switch {
		case err != nil:
		case merged:
			err = pruneUpper(ctx, upper, lower, name)
		default:
			err = atomicfs.RemoveAll(ctx, upper, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isMerged: both are directories and the upper one does not hide the other.
func isMerged(upper *dirfd.Dir, name string, below dirfd.Stat) (bool, error) {
	above, err := upper.Lstat(name)
	if err != nil || above.Mode&unix.S_IFMT != unix.S_IFDIR || below.Mode&unix.S_IFMT != unix.S_IFDIR {
		return false, err
	}
	opaque, err := upper.GetXattr(name, overlayOpaque)
	if errors.Is(err, unix.ENODATA) {
		return true, nil
	}
	return string(opaque) != "y", err
}
