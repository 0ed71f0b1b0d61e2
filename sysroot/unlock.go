package sysroot

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// The directories of a hotfix lie in the deployment, where the initramfs looks for them at each boot.
const (
	hotfixUpper = ".usr-ovl-upper"
	hotfixWork  = ".usr-ovl-work"
)

// Unlock makes /usr of the running deployment writable by an overlay, which is mounted over the /usr of this mount
// namespace and those that it shares mounts with. There is no way back but a reboot.
//
//   - [UnlockedDevelopment]: what is written is gone after a reboot.
//   - [UnlockedTransient]: the same, but the overlay is mounted read-only, for a program that makes it writable in
//     a mount namespace of its own.
//   - [UnlockedHotfix]: what is written stays with the deployment. A clone of the deployment as it is becomes the
//     rollback target.
func (s *Sysroot) Unlock(ctx context.Context, state Unlocked) error {
	err := s.locked(ctx, func() error { return s.unlock(ctx, state) })
	if err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}

func (s *Sysroot) unlock(ctx context.Context, state Unlocked) error {
	d := s.Booted()
	switch {
	case d == nil:
		return errors.New("not booted into an OSTree system")
	case d.Unlocked != UnlockedNone:
		return fmt.Errorf("deployment is already in unlocked state: %s", d.Unlocked)
	case d.originErr != nil:
		return d.originErr
	}
	switch state {
	case UnlockedHotfix:
		return s.unlockHotfix(ctx, d)
	case UnlockedDevelopment, UnlockedTransient:
		return s.unlockUntilReboot(ctx, d, state)
	}
	return fmt.Errorf("%q is no unlocked state", state)
}

func (s *Sysroot) unlockHotfix(ctx context.Context, d *Deployment) error {
	origin := d.Origin.Clone()
	origin.setPinned(false)
	clone := DeployRequest{
		Stateroot: d.Stateroot, Commit: d.Commit, Origin: origin, KernelArgs: d.allArgs(), Merge: d, NotDefault: true, RetainPending: true,
	}
	if _, err := s.Deploy(ctx, clone, nil); err != nil {
		return err
	}
	d, err := s.find(d)
	if err != nil {
		return err
	}
	dir := d.dir()
	if err := s.ostree.SetImmutable(dir, false); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	err = s.makeOverlay(ctx, d, path.Join(dir, hotfixUpper), path.Join(dir, hotfixWork), 0)
	if err != nil {
		// The initramfs would mount what is there.
		for _, p := range []string{hotfixWork, hotfixUpper} {
			err = errors.Join(err, ignoreMissing(atomicfs.RemoveAll(ctx, s.ostree, path.Join(dir, p))))
		}
	}
	if err := errors.Join(err, s.seal(ctx, d)); err != nil {
		return err
	}
	o := d.Origin.Clone()
	o.Set("origin", "unlocked", string(UnlockedHotfix))
	return s.SetOrigin(ctx, d, o)
}

func ignoreMissing(err error) error {
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// unlockUntilReboot uses the directories beside the deployment. What an earlier boot has left in them is dropped.
func (s *Sysroot) unlockUntilReboot(ctx context.Context, d *Deployment, state Unlocked) error {
	if err := s.makeBacking(ctx, d); err != nil {
		return err
	}
	dir := path.Join(d.backing(), "usr-transient")
	var flags uintptr
	if state == UnlockedTransient {
		flags = unix.MS_RDONLY
	}
	if err := s.makeOverlay(ctx, d, path.Join(dir, "upper"), path.Join(dir, "work"), flags); err != nil {
		return err
	}
	run, err := dirfd.Open(s.opts.runDir())
	if err != nil {
		return err
	}
	defer run.Close()
	flag := path.Join(stateDir, d.Name(), "unlocked-"+string(state))
	if err := atomicfs.MkdirAll(ctx, run, path.Dir(flag), 0o755); err != nil {
		return err
	}
	if err := atomicfs.WriteFile(ctx, run, flag, nil, 0o644, &atomicfs.WriteOptions{NoSync: true}); err != nil {
		return err
	}
	if err := s.bump(ctx); err != nil {
		return err
	}
	_, err = s.Reload(ctx)
	return err
}

// makeOverlay makes empty directories for an overlay over usr of the running deployment and mounts it. The upper one
// gives /usr its owner, mode and label.
func (s *Sysroot) makeOverlay(ctx context.Context, d *Deployment, upper, work string, flags uintptr) error {
	usr := path.Join(d.dir(), "usr")
	st, err := s.ostree.Lstat(usr)
	if err != nil {
		return err
	}
	for _, p := range []string{upper, work} {
		if err := ignoreMissing(atomicfs.RemoveAll(ctx, s.ostree, p)); err != nil {
			return err
		}
		if err := atomicfs.Mkdir(ctx, s.ostree, p, 0o700); err != nil {
			return err
		}
	}
	if err := s.ostree.Chown(upper, int(st.Uid), int(st.Gid)); err != nil {
		return err
	}
	if err := s.ostree.Chmod(upper, st.Mode&0o7777); err != nil {
		return err
	}
	if label, err := s.ostree.GetXattr(usr, "security.selinux"); err == nil {
		if err := s.ostree.SetXattr(upper, "security.selinux", label); err != nil {
			return err
		}
	}
	at := s.ostree.Join
	return mountOverlay(ctx, filepath.Join(s.opts.rootDir(), "usr"), at(usr), at(upper), at(work), flags)
}

func mountOverlay(ctx context.Context, target, lower, upper, work string, flags uintptr) error {
	var options []string
	for _, o := range [][2]string{{"lowerdir", lower}, {"upperdir", upper}, {"workdir", work}} {
		p, err := filepath.Abs(o[1])
		if err != nil {
			return err
		}
		if strings.ContainsAny(p, `,:\`) {
			return fmt.Errorf("path %s has a character that has a meaning in mount options", p)
		}
		options = append(options, o[0]+"="+p)
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpAttr, target); err != nil {
		return err
	}
	if err := unix.Mount("overlay", target, "overlay", flags, strings.Join(options, ",")); err != nil {
		return fmt.Errorf("mount overlay on %s: %w", target, err)
	}
	return nil
}
