package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot/etcmerge"
	"golang.org/x/sys/unix"
)

// DeployRequest says what to deploy and what becomes of the other deployments.
type DeployRequest struct {
	// Stateroot must exist.
	Stateroot string
	// Commit must be complete in the repository.
	Commit ostree.Checksum
	// Origin of the new deployment; nil = that of the merge deployment without
	// its transient parts.
	Origin *Origin
	// KernelArgs; nil = those of the merge deployment.
	KernelArgs *kargs.Args
	// Merge is the deployment whose /etc changes and kernel arguments are
	// inherited; nil = Sysroot.MergeDeployment, unless NoMerge.
	Merge   *Deployment
	NoMerge bool
	// NotDefault puts the new deployment after the booted or merge deployment.
	NotDefault bool
	// Retain keeps all other deployments, RetainPending those before and
	// RetainRollback those after the booted (or merge) one. Otherwise only the
	// booted, the merge and pinned ones and those of other stateroots stay.
	Retain, RetainPending, RetainRollback bool
	// NoPrune leaves the repository's objects alone.
	NoPrune bool
	// OverlayInitrds are files, cpio archives, that the boot loader loads after
	// the initramfs of the commit. The merge deployment's are not inherited.
	OverlayInitrds []string
}

// DeployOptions change how Deploy works; nil means the defaults.
type DeployOptions struct {
	// EtcPolicy for conflicts of the /etc merge.
	EtcPolicy etcmerge.Policy
	// Lock keeps a staged deployment from being finalised until somebody calls
	// LockFinalization(ctx, false).
	Lock bool
	// Prepare, if not nil, may change the new root before it is finalised. It
	// gets the absolute path of the root; files in it are hard links into the
	// repository and must be replaced, never written in place.
	Prepare func(ctx context.Context, root string) error
}

// Deploy checks the commit out, merges /etc, installs the kernel and makes the
// result the default for the next boot (see DeployRequest.NotDefault). On
// failure nothing changes for the next boot; what was built is removed by the
// next operation. A conflict in /etc is an *etcmerge.ConflictError.
func (s *Sysroot) Deploy(ctx context.Context, r DeployRequest, o *DeployOptions) (*Deployment, error) {
	if o == nil {
		o = &DeployOptions{}
	}
	var d *Deployment
	err := s.locked(ctx, func() (err error) {
		d, err = s.deploy(ctx, &r, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("deploy %s: %w", r.Commit, err)
	}
	return d, nil
}

// makeReady checks the request, removes what an operation that failed has left, and sees whether /boot has the space.
func (s *Sysroot) makeReady(ctx context.Context, r *DeployRequest) error {
	if err := s.checkRequest(ctx, r); err != nil {
		return err
	}
	if err := s.Cleanup(ctx, &CleanupOptions{NoPrune: true}); err != nil {
		return err
	}
	return s.checkBootSpace(ctx, r)
}

func (s *Sysroot) deploy(ctx context.Context, r *DeployRequest, o *DeployOptions) (*Deployment, error) {
	if err := s.makeReady(ctx, r); err != nil {
		return nil, err
	}
	d, err := s.populate(ctx, r, o)
	if err != nil {
		return nil, err
	}
	sums, err := s.installOverlays(ctx, r.OverlayInitrds)
	if err != nil {
		return nil, err
	}
	d.Boot.Initrd = overlayPaths(sums)
	list := place(s.list, d, r.Merge, retention{
		notDefault: r.NotDefault, retain: r.Retain, retainPending: r.RetainPending, retainRollback: r.RetainRollback,
	})
	if err := s.WriteDeployments(ctx, list, &WriteOptions{NoPrune: r.NoPrune}); err != nil {
		return nil, err
	}
	for _, x := range s.list {
		if x.Equal(d) {
			return x, nil
		}
	}
	return nil, fmt.Errorf("deployment %s is not listed after the switch", d.Name())
}

// checkRequest fills in the merge deployment and the origin.
func (s *Sysroot) checkRequest(ctx context.Context, r *DeployRequest) error {
	if err := checkStateroot(r.Stateroot); err != nil {
		return err
	}
	ok, err := s.ostree.Exists(staterootDir(r.Stateroot))
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: %s", ErrNoStateroot, r.Stateroot)
	}
	state, err := s.repo.CommitState(ctx, r.Commit)
	if err != nil {
		return err
	}
	if state != ostree.CommitNormal {
		return errors.New("commit is not complete in the repository")
	}
	if r.KernelArgs != nil {
		if err := r.KernelArgs.Validate(); err != nil {
			return err
		}
	}
	if r.NoMerge {
		r.Merge = nil
	} else if r.Merge == nil {
		r.Merge = s.MergeDeployment(r.Stateroot)
	} else if _, err := s.find(r.Merge); err != nil {
		return err
	}
	if r.Origin == nil && r.Merge != nil && r.Merge.Origin != nil {
		r.Origin = r.Merge.Origin.Clone()
		r.Origin.StripTransient()
	}
	return nil
}

// find returns the current version of a deployment.
func (s *Sysroot) find(d *Deployment) (*Deployment, error) {
	for _, x := range s.list {
		if x.Equal(d) {
			return x, nil
		}
	}
	return nil, fmt.Errorf("deployment %s: %w", d.Name(), fs.ErrNotExist)
}

// populate makes the complete directory of a new deployment, which nothing
// refers to yet.
func (s *Sysroot) populate(ctx context.Context, r *DeployRequest, o *DeployOptions) (*Deployment, error) {
	d, err := s.initialise(ctx, r, o)
	if err != nil {
		return nil, err
	}
	return d, s.finalise(ctx, d, r.Merge, o.EtcPolicy)
}

// initialise makes everything but what depends on the running system's state at
// the time of the switch.
func (s *Sysroot) initialise(ctx context.Context, r *DeployRequest, o *DeployOptions) (*Deployment, error) {
	d := &Deployment{Stateroot: r.Stateroot, Commit: r.Commit, Origin: r.Origin.Clone(), Unlocked: UnlockedNone}
	d.Pinned = d.Origin.pinned()
	serial, err := s.nextSerial(r.Stateroot, r.Commit)
	if err != nil {
		return nil, err
	}
	d.Serial = serial
	return d, inOrder(ctx,
		func() error { return s.checkout(ctx, d) },
		func() error { return s.prepareEtc(ctx, d) },
		func() error { return s.prepareVar(ctx, d) },
		func() error { return s.callPrepare(ctx, d, o) },
		func() error { return s.identifyKernel(ctx, d) },
		func() error { return s.inherit(d, r) },
		func() error { return s.writeOrigin(ctx, d) },
	)
}

// finalise completes it.
func (s *Sysroot) finalise(ctx context.Context, d, merge *Deployment, policy etcmerge.Policy) error {
	return inOrder(ctx,
		func() error { return s.mergeEtc(ctx, d, merge, policy) },
		func() error { return s.requestUpdateRuns(ctx, d) },
		func() error { return s.makeBacking(ctx, d) },
		func() error { return s.seal(ctx, d) },
	)
}

func inOrder(ctx context.Context, steps ...func() error) error {
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// nextSerial looks at directories, not at the list: a name is never reused
// while anything of it is left.
func (s *Sysroot) nextSerial(stateroot string, c ostree.Checksum) (int, error) {
	ents, err := readDirIfThere(s.ostree, deploymentsDir(stateroot))
	if err != nil {
		return 0, err
	}
	next := 0
	for _, e := range ents {
		if sum, serial, err := parseDeploymentName(e.Name); err == nil && sum == c && serial >= next {
			next = serial + 1
		}
	}
	return next, nil
}

func (s *Sysroot) callPrepare(ctx context.Context, d *Deployment, o *DeployOptions) error {
	if o.Prepare == nil {
		return nil
	}
	return o.Prepare(ctx, d.Path(s))
}

func (s *Sysroot) identifyKernel(ctx context.Context, d *Deployment) error {
	root, err := s.openDeployment(d)
	if err != nil {
		return err
	}
	defer root.Close()
	k, err := findKernel(root, s.opts.NoDeviceTree)
	if err != nil {
		return err
	}
	d.BootCsum, err = k.bootCsum(ctx, root)
	return err
}

func (s *Sysroot) inherit(d *Deployment, r *DeployRequest) error {
	args := r.KernelArgs
	if args == nil && r.Merge != nil {
		args = r.Merge.allArgs()
	}
	d.Boot = &bls.Entry{Options: args.Clone().String()}
	return nil
}

// mergeEtc carries the administrator's changes over.
func (s *Sysroot) mergeEtc(ctx context.Context, d, merge *Deployment, policy etcmerge.Policy) error {
	if merge == nil {
		return nil
	}
	for _, p := range []string{path.Join(merge.dir(), "usr/etc"), path.Join(merge.dir(), "etc"), path.Join(d.dir(), "etc")} {
		st, err := s.ostree.Lstat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
			err = &fs.PathError{Op: "merge", Path: s.ostree.Join(p), Err: unix.ENOTDIR} // a link may lead out of the root
		}
		if err != nil {
			return err
		}
	}
	from, to := merge.Path(s), path.Join(d.Path(s), "etc")
	plan, err := etcmerge.New(ctx, path.Join(from, "usr/etc"), path.Join(from, "etc"), to, &etcmerge.Options{Policy: policy})
	if err != nil {
		return err
	}
	s.notify(Event{Merge: plan})
	for _, p := range plan.Ignored {
		s.log.Warn("special file in /etc is not carried over", "path", p)
	}
	for _, c := range plan.Conflicts {
		s.log.Warn("conflict in /etc resolved", "path", c.Path, "policy", policy)
	}
	return plan.Apply(ctx, path.Join(from, "etc"), to)
}

// requestUpdateRuns removes the stamps that systemd-update-done(8) leaves, so
// that the units which adapt /etc and /var to a new /usr run at next boot.
func (s *Sysroot) requestUpdateRuns(ctx context.Context, d *Deployment) error {
	for _, p := range []string{path.Join(d.dir(), "etc/.updated"), path.Join(varDir(d.Stateroot), ".updated")} {
		if err := atomicfs.Remove(ctx, s.ostree, p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// makeBacking creates the directories in which the initramfs or an unlock keeps
// the writable side of an overlay.
func (s *Sysroot) makeBacking(ctx context.Context, d *Deployment) error {
	for _, p := range []string{"", "root-transient", "root-transient/work", "root-transient/upper",
		"usr-transient", "usr-transient/work", "usr-transient/upper"} {
		if err := atomicfs.MkdirAll(ctx, s.ostree, path.Join(d.backing(), p), 0o700); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sysroot) writeOrigin(ctx context.Context, d *Deployment) error {
	if d.Origin == nil || len(d.Origin.Groups()) == 0 {
		return nil
	}
	text := d.Origin.Bytes()
	if _, err := ParseOrigin(text); err != nil { // a value that is not UTF-8
		return fmt.Errorf("write origin: it could not be read again: %w", err)
	}
	return atomicfs.WriteFile(ctx, s.ostree, d.originFile(), text, 0o644, &atomicfs.WriteOptions{NoSync: s.opts.NoSync})
}

// seal makes the root directory itself immutable, where that is possible.
func (s *Sysroot) seal(ctx context.Context, d *Deployment) error {
	if s.opts.MutableDeployments || s.userMode() {
		return nil
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpAttr, s.ostree.Join(d.dir())); err != nil {
		return err
	}
	err := s.ostree.SetImmutable(d.dir(), true)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
