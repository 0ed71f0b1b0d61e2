package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree"
	"golang.org/x/sys/unix"
)

// checkout makes the deployment's directory from the commit by hard links.
func (s *Sysroot) checkout(ctx context.Context, d *Deployment) error {
	if err := atomicfs.MkdirAll(ctx, s.ostree, deploymentsDir(d.Stateroot), 0o777); err != nil {
		return err
	}
	if err := atomicfs.RemoveAll(ctx, s.ostree, d.dir()); err != nil {
		return err
	}
	return s.repo.Checkout(ctx, d.Commit, d.Path(s), &ostree.CheckoutOptions{
		UserMode: s.userMode(), PassthroughWhiteouts: !s.userMode(), BareUserOnlyDirs: s.repo.Mode() == ostree.ModeBareUserOnly,
	})
}

// copyOut checks a directory of the commit out as private copies, which may be
// written to.
func (s *Sysroot) copyOut(ctx context.Context, c ostree.Checksum, subpath, dest string, union ostree.UnionMode) error {
	return s.repo.Checkout(ctx, c, dest, &ostree.CheckoutOptions{
		UserMode: s.userMode(), ForceCopy: true, Subpath: subpath, Union: union, BareUserOnlyDirs: s.repo.Mode() == ostree.ModeBareUserOnly,
	})
}

// prepareEtc makes /etc a writable copy of /usr/etc. A tree may have either of
// them, but a populated /etc beside /usr/etc would hide the defaults.
func (s *Sysroot) prepareEtc(ctx context.Context, d *Deployment) error {
	etc, usrEtc := path.Join(d.dir(), "etc"), path.Join(d.dir(), "usr/etc")
	ents, err := readDirIfThere(s.ostree, etc)
	if err != nil {
		return err
	}
	haveEtc, err := s.ostree.Exists(etc)
	if err != nil {
		return err
	}
	haveUsrEtc, err := s.ostree.Exists(usrEtc)
	if err != nil {
		return err
	}
	defaults := etc
	if haveUsrEtc {
		defaults = usrEtc
	}
	// The merge reads and writes by path: a link would lead it out of the root.
	if st, err := s.ostree.Lstat(defaults); err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return &fs.PathError{Op: "open", Path: s.ostree.Join(defaults), Err: unix.ENOTDIR}
	}
	switch {
	case len(ents) > 0 && haveUsrEtc:
		return errors.New("Tree contains both /etc and /usr/etc") //lint:ignore ST1005 known text
	case haveUsrEtc && haveEtc:
		if err := atomicfs.Remove(ctx, s.ostree, etc); err != nil {
			return err
		}
	case len(ents) > 0:
		if err := atomicfs.Rename(ctx, s.ostree, etc, s.ostree, usrEtc); err != nil {
			return err
		}
		return s.copyOut(ctx, d.Commit, "/etc", filepath.Join(d.Path(s), "etc"), ostree.UnionNone)
	}
	if !haveUsrEtc {
		return nil
	}
	return s.copyOut(ctx, d.Commit, "/usr/etc", filepath.Join(d.Path(s), "etc"), ostree.UnionNone)
}

// prepareVar fills the stateroot's empty /var once: from the commit if it has
// a /var, and for trees that do not create its directories themselves
// (tmpfiles.d) with what software needs to start.
//
// It comes to its place when it is complete and on disk: what is in /var is
// never touched again, so a half of it would stay a half.
func (s *Sysroot) prepareVar(ctx context.Context, d *Deployment) error {
	stateVar := varDir(d.Stateroot)
	if err := atomicfs.MkdirAll(ctx, s.ostree, stateVar, 0o777); err != nil {
		return err
	}
	ents, err := s.ostree.ReadDir(stateVar)
	if err != nil || len(ents) > 0 {
		return err
	}
	temp, err := atomicfs.TempDir(ctx, s.ostree, atomicfs.TempPrefix, 0o700) // swept by Cleanup
	if err != nil {
		return fmt.Errorf("fill /var: %w", err)
	}
	if err = s.fillVar(ctx, d, temp); err == nil {
		err = s.placeVar(ctx, temp, stateVar)
	}
	if errors.Is(err, unix.EBUSY) { // a mount point
		err = s.fillVar(ctx, d, stateVar)
	}
	if err = errors.Join(err, atomicfs.RemoveAll(ctx, s.ostree, temp)); err != nil {
		return fmt.Errorf("fill /var: %w", err)
	}
	return nil
}

func (s *Sysroot) fillVar(ctx context.Context, d *Deployment, dest string) error {
	st, err := s.ostree.Lstat(path.Join(d.dir(), "var"))
	if err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		if err := s.copyOut(ctx, d.Commit, "/var", filepath.Join(s.path, ostreeDir, dest), ostree.UnionFiles); err != nil {
			return err
		}
	}
	if ok, err := s.ostree.Exists(path.Join(d.dir(), "usr/lib/tmpfiles.d")); err != nil || ok {
		return err
	}
	return s.legacyVar(ctx, dest)
}

// placeVar puts the directory temp in the place of the empty one, whose owner,
// mode and attributes it takes over.
func (s *Sysroot) placeVar(ctx context.Context, temp, stateVar string) error {
	ents, err := s.ostree.ReadDir(temp)
	if err != nil || len(ents) == 0 {
		return err
	}
	st, err := s.ostree.Lstat(stateVar)
	if err != nil {
		return err
	}
	attrs, err := s.ostree.ReadXattrs(stateVar)
	if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	if err := s.ostree.Chown(temp, int(st.Uid), int(st.Gid)); err != nil && !s.userMode() {
		return err
	}
	for _, x := range attrs {
		if err := s.ostree.SetXattr(temp, x.Name, x.Value); err != nil && !s.userMode() {
			return err
		}
	}
	if err := s.ostree.Chmod(temp, st.Mode); err != nil {
		return err
	}
	if !s.opts.NoSync {
		if err := atomicfs.SyncFS(ctx, s.ostree); err != nil {
			return err
		}
	}
	return atomicfs.Rename(ctx, s.ostree, temp, s.ostree, stateVar)
}

func (s *Sysroot) legacyVar(ctx context.Context, stateVar string) error {
	for _, x := range []struct {
		name string
		perm uint32
		to   string
	}{{"tmp", 0o1777, ""}, {"lib", 0o755, ""}, {"log", 0o755, ""}, {"run", 0, "../run"}, {"lock", 0, "../run/lock"}} {
		p := path.Join(stateVar, x.name)
		ok, err := s.ostree.Exists(p)
		switch {
		case err != nil || ok:
		case x.to != "":
			err = atomicfs.Symlink(ctx, x.to, s.ostree, p)
		default:
			if err = atomicfs.Mkdir(ctx, s.ostree, p, x.perm); err == nil {
				err = s.ostree.Chmod(p, x.perm)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
