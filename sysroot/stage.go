package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/sysroot/etcmerge"
)

// ErrNotBooted is the cause when an operation needs a running system.
var ErrNotBooted = errors.New("Not currently booted into an OSTree system") //lint:ignore ST1005 known text

// ErrFinalizationLocked is the cause when the staged deployment is kept from
// being finalised.
var ErrFinalizationLocked = errors.New("Not finalizing; deployment is locked") //lint:ignore ST1005 known text

// finalizeFailure is where a failed FinalizeStaged leaves its reason for the
// next boot, below boot.
const finalizeFailure = "ostree/finalize-failure.stamp"

// Stage prepares a deployment that FinalizeStaged completes at shutdown, so
// that changes in /etc until then are carried over. Until then the boot
// configuration is untouched, and a power cut or Undeploy(ctx, 0) drops it. It
// replaces an earlier staged deployment. Arranging that FinalizeStaged runs
// (ostree-finalize-staged.service) is up to the caller. The retention fields of
// the request have no effect: finalising keeps what Deploy keeps by default.
func (s *Sysroot) Stage(ctx context.Context, r DeployRequest, o *DeployOptions) (*Deployment, error) {
	if o == nil {
		o = &DeployOptions{}
	}
	var d *Deployment
	err := s.locked(ctx, func() (err error) {
		if s.Booted() == nil {
			return fmt.Errorf("Cannot stage deployment: %w", ErrNotBooted) //lint:ignore ST1005 known text
		}
		d, err = s.stage(ctx, &r, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w", r.Commit, err)
	}
	return d, nil
}

func (s *Sysroot) stage(ctx context.Context, r *DeployRequest, o *DeployOptions) (*Deployment, error) {
	if err := s.makeReady(ctx, r); err != nil {
		return nil, err
	}
	d, err := s.initialise(ctx, r, o)
	if err != nil {
		return nil, err
	}
	if d.stagedOverlays, err = s.stageOverlays(ctx, r.OverlayInitrds); err != nil {
		return nil, err
	}
	if err := s.writeStaged(ctx, d, r.Merge, o.Lock); err != nil { // COMMIT POINT
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.bump(ctx); err != nil {
		return nil, err
	}
	if _, err := s.Reload(ctx); err != nil {
		return nil, err
	}
	if err := s.Cleanup(ctx, &CleanupOptions{NoPrune: r.NoPrune}); err != nil {
		return nil, err
	}
	if s.Staged() == nil {
		return nil, errors.Join(append([]error{errors.New("staged deployment is not listed")}, s.problems...)...)
	}
	return s.Staged(), nil
}

// writeStaged describes the deployment in the run directory, see loadStaged.
func (s *Sysroot) writeStaged(ctx context.Context, d, merge *Deployment, locked bool) error {
	v := gvariant.NewDict()
	v.Set("target", stagedName(d))
	if locked {
		v.Set("locked", gvariant.NewBool(true))
	}
	if merge != nil {
		v.Set("merge-deployment", stagedName(merge))
	}
	v.Set("kargs", gvariant.NewStrings(d.allArgs().Strings()))
	if len(d.stagedOverlays) > 0 {
		v.Set("overlay-initrds", gvariant.NewStrings(d.stagedOverlays))
	}
	run, err := dirfd.Open(s.opts.runDir())
	if err != nil {
		return err
	}
	defer run.Close()
	if err := atomicfs.MkdirAll(ctx, run, path.Dir(stagedFile), 0o755); err != nil {
		return err
	}
	return atomicfs.WriteFile(ctx, run, stagedFile, v.Value().Bytes(), 0o644, &atomicfs.WriteOptions{NoSync: true})
}

func stagedName(d *Deployment) gvariant.Value {
	v := gvariant.NewDict()
	v.Set("name", gvariant.NewString(d.Name()))
	v.Set("osname", gvariant.NewString(d.Stateroot))
	v.Set("bootcsum", gvariant.NewString(d.BootCsum))
	return v.Value()
}

// LockFinalization keeps the staged deployment from being finalised, or ends
// that.
func (s *Sysroot) LockFinalization(ctx context.Context, on bool) error {
	return s.locked(ctx, func() error {
		d := s.Staged()
		if d == nil {
			return fmt.Errorf("lock finalization: no staged deployment: %w", fs.ErrNotExist)
		}
		err := s.writeStaged(ctx, d, d.stagedMerge, on)
		if err == nil && !on {
			err = s.removeRunFile(ctx, stagedLocked)
		}
		if err == nil {
			err = s.bump(ctx)
		}
		if err == nil {
			_, err = s.Reload(ctx)
		}
		if err != nil {
			return fmt.Errorf("lock finalization: %w", err)
		}
		return nil
	})
}

// FinalizeStaged completes the staged deployment and makes it the default; nil
// if there is none. A failure is also noted in the boot directory, where
// BootComplete finds it.
func (s *Sysroot) FinalizeStaged(ctx context.Context, policy etcmerge.Policy) (*Deployment, error) {
	var d *Deployment
	err := s.locked(ctx, func() (err error) {
		if s.Staged() == nil {
			return nil
		}
		if s.StagedLocked() {
			return ErrFinalizationLocked
		}
		d, err = s.finalizeStaged(ctx, policy)
		if err != nil && s.bootD != nil {
			note := atomicfs.MkdirAll(ctx, s.bootD, kernelsDir, 0o755)
			if note == nil {
				note = atomicfs.WriteFile(ctx, s.bootD, finalizeFailure, []byte(err.Error()), 0o644, nil)
			}
			return errors.Join(err, note)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("finalize staged deployment: %w", err)
	}
	return d, nil
}

func (s *Sysroot) finalizeStaged(ctx context.Context, policy etcmerge.Policy) (*Deployment, error) {
	d := s.Staged().Clone()
	var merge *Deployment
	if d.stagedMerge != nil {
		var err error
		if merge, err = s.find(d.stagedMerge); err != nil {
			return nil, fmt.Errorf("merge deployment: %w", err)
		}
	}
	// First, so that a failure is not tried again at every shutdown.
	if err := s.dropStaged(ctx); err != nil {
		return nil, err
	}
	s.list = s.list[1:]
	d.Staged, d.BootSerial = false, 0
	d.Boot = &bls.Entry{Options: kargs.New(d.stagedKargs...).String()}
	if err := s.finalise(ctx, d, merge, policy); err != nil {
		return nil, err
	}
	sums, err := s.installOverlays(ctx, s.stagedOverlayFiles(d.stagedOverlays))
	if err != nil {
		return nil, err
	}
	d.Boot.Initrd, d.stagedOverlays = overlayPaths(sums), nil
	if err := s.WriteDeployments(ctx, place(s.list, d, merge, retention{}), &WriteOptions{NoPrune: true}); err != nil {
		return nil, err
	}
	return s.find(d)
}

// BootComplete is for a service that runs after a successful boot: it returns
// the error that the last FinalizeStaged ended with, once.
func (s *Sysroot) BootComplete(ctx context.Context) error {
	if s.bootD == nil {
		return nil
	}
	const limit = 1 << 16
	text, err := s.bootD.ReadFile(finalizeFailure, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = atomicfs.Remove(ctx, s.bootD, finalizeFailure)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Join("boot", finalizeFailure), err)
	}
	return fmt.Errorf("the staged deployment was not finalized at the last shutdown: %s", text)
}
