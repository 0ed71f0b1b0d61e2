package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmver"
	"example.com/rpmostree/sysroot"
)

// ApplyOptions direct [Engine.Apply]; nil means the defaults.
type ApplyOptions struct {
	// OnWait is called while another program holds the lock of the root.
	OnWait func()
	// Force makes a new deployment even of an unchanged plan.
	Force bool
}

// ErrStalePlan is the cause when the deployments have changed since the plan was made.
var ErrStalePlan = errors.New("the deployments have changed since the plan was made: plan again")

// Apply makes the deployment that a plan describes and returns it: the default for the next boot. For an unchanged
// plan nothing is done and the newest deployment is returned. Until the deployment is switched to, a failure or a
// cancellation leaves the system as it was; then the old deployments, package commits and objects that nothing needs
// any more are cleaned up, which a later Apply repeats if it is interrupted.
func (e *Engine) Apply(ctx context.Context, p *Plan, o *ApplyOptions) (d *sysroot.Deployment, err error) {
	if o == nil {
		o = &ApplyOptions{}
	}
	unlock, err := e.sys.Lock(ctx, o.OnWait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	first, err := e.first(p.Stateroot)
	if err != nil {
		return nil, err
	}
	if !first.Equal(p.merge) {
		return nil, ErrStalePlan
	}
	if p.Unchanged && !o.Force {
		return first, nil
	}
	if d, err = e.deploy(ctx, p); err != nil {
		e.discard(context.WithoutCancel(ctx))
		return nil, err
	}
	return d, e.Collect(context.WithoutCancel(ctx))
}

// deploy makes the commit of a plan and switches to it.
func (e *Engine) deploy(ctx context.Context, p *Plan) (*sysroot.Deployment, error) {
	if err := e.importFiles(ctx, p.files); err != nil {
		return nil, err
	}
	commit := p.Base
	if p.Layered() {
		var err error
		if commit, err = e.layer(ctx, p); err != nil {
			return nil, err
		}
	}
	files, remove, err := p.overlayFiles(ctx)
	if err != nil {
		return nil, err
	}
	r := sysroot.DeployRequest{
		Stateroot: p.Stateroot, Commit: commit, Origin: p.Origin, KernelArgs: p.KernelArgs, NoPrune: true, OverlayInitrds: files,
	}
	d, err := e.write(ctx, p, r)
	return d, errors.Join(err, remove())
}

// write stages the deployment where it can complete at shutdown.
func (e *Engine) write(ctx context.Context, p *Plan, r sysroot.DeployRequest) (*sysroot.Deployment, error) {
	if e.opts.Stage && e.sys.Booted() != nil || p.locked {
		e.report(Progress{Task: "Staging deployment"})
		return e.sys.Stage(ctx, r, &sysroot.DeployOptions{Lock: p.locked}) // COMMIT POINT
	}
	e.report(Progress{Task: "Writing deployment"})
	return e.sys.Deploy(ctx, r, nil) // COMMIT POINT
}

// discard removes what a failed Apply has left, except objects: those go with the next [Engine.Collect]. Its own errors
// are of no interest, as the same will be tried then.
func (e *Engine) discard(ctx context.Context) {
	err := errors.Join(e.collectRefs(ctx), e.removeScratch(), e.sys.Cleanup(ctx, &sysroot.CleanupOptions{NoPrune: true}))
	if err != nil {
		e.opts.Log.Warn("cleaning up after a failure", "error", err)
	}
}

// removeScratch deletes directories that an interrupted run has left. The caller holds the lock of the root.
func (e *Engine) removeScratch() error {
	return os.RemoveAll(filepath.Join(e.sys.Repo().Path(), scratchDir))
}

// importFiles takes package files into the repository and checks that they are still the ones of the plan.
func (e *Engine) importFiles(ctx context.Context, files map[string]string) error {
	if len(files) == 0 {
		return nil
	}
	c, err := OpenCatalog(ctx, &CatalogOptions{Arch: e.opts.Arch, Progress: e.opts.Progress})
	if err != nil {
		return err
	}
	defer c.Close()
	sums := slices.Sorted(maps.Keys(files))
	ids := make([]depsolve.PkgID, len(sums))
	for i, sum := range sums {
		if ids[i], err = c.AddFile(files[sum]); err != nil {
			return err
		}
	}
	stored, err := c.Import(ctx, e.sys.Repo(), ids, nil)
	if err != nil {
		return err
	}
	for i, s := range stored {
		if s.MetadataSHA256 != sums[i] {
			return fmt.Errorf("%s has changed: %w", files[sums[i]], ErrStalePlan)
		}
	}
	return nil
}

// layer makes the commit of the base with its layers.
func (e *Engine) layer(ctx context.Context, p *Plan) (ostree.Checksum, error) {
	none := ostree.Checksum{}
	stored, err := p.catalog.Import(ctx, e.sys.Repo(), p.ids, nil)
	if err != nil {
		return none, err
	}
	base, err := e.sys.Repo().LoadCommit(ctx, p.Base)
	if err != nil {
		return none, err
	}
	t, err := EditTree(ctx, e.sys.Repo(), base.Root(), nil)
	if err != nil {
		return none, err
	}
	defer t.Abort()
	policy, err := t.Policy(ctx)
	if err != nil {
		return none, err
	}
	kernel, err := FindKernel(ctx, t)
	if err != nil {
		return none, err
	}
	done, err := Assemble(ctx, t, e.assembly(p, stored), &AssembleOptions{
		Sandbox: e.opts.Sandbox, Log: e.opts.Log, Task: func(name string) { e.report(Progress{Task: name}) },
	})
	if err != nil {
		return none, err
	}
	if kernel, err = e.completeKernel(ctx, t, kernel, p); err != nil {
		return none, err
	}
	if err := relabelLayers(ctx, t, base, policy); err != nil {
		return none, err
	}
	e.report(Progress{Task: "Writing OSTree commit"})
	return e.commit(ctx, t, p, base, kernel, done.Packages)
}

// assembly describes the work for Assemble.
func (e *Engine) assembly(p *Plan, stored []*importer.Stored) *Assembly {
	gone := append([]rpmver.NEVRA(nil), p.Remove...)
	for _, r := range p.Replace {
		gone = append(gone, r.Old)
	}
	a := &Assembly{Arch: e.opts.Arch, InstallTime: e.opts.Now().Truncate(time.Second)}
	a.Remove, a.Keep = p.base.split(gone)
	for i, s := range stored {
		if p.forced[p.ids[i]] {
			a.ForceFiles = append(a.ForceFiles, s)
		} else {
			a.Add = append(a.Add, s)
		}
	}
	// Scriptlets see the machine's own users. A deployment without such files has none.
	etc := filepath.Join(p.merge.Path(e.sys), "etc")
	a.LocalPasswd = readIfThere(filepath.Join(etc, "passwd"))
	a.LocalGroup = readIfThere(filepath.Join(etc, "group"))
	return a
}

func readIfThere(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return data
}

// completeKernel makes an initramfs if the kernel is another one now, or the machine shall have its own.
func (e *Engine) completeKernel(ctx context.Context, t *Tree, before *Kernel, p *Plan) (*Kernel, error) {
	after, err := FindKernel(ctx, t)
	if err != nil {
		return nil, err
	}
	want := &p.Layers.Initramfs
	if before == nil || after != nil && *after == *before && !want.Regenerate {
		return after, nil
	}
	o := &KernelOptions{
		BootLocation: before.Location, NoInitramfs: before.Initramfs == "" && !want.Regenerate, Sandbox: e.opts.Sandbox, Log: e.opts.Log,
		Task: func(name string) { e.report(Progress{Task: name}) },
	}
	if want.Regenerate {
		o.InitramfsArgs, o.NeedInitramfs, o.Etc = want.Args, true, filepath.Join(p.etc.Path(e.sys), "etc")
	}
	return CompleteKernel(ctx, t, o)
}

// commit writes the commit object with the metadata by which tools know what is layered.
func (e *Engine) commit(ctx context.Context, t *Tree, p *Plan, base *ostree.Commit, kernel *Kernel, pkgs []rpmver.NEVRA) (ostree.Checksum, error) {
	tree, err := t.Write(ctx)
	if err != nil {
		return ostree.Checksum{}, err
	}
	meta, err := p.metadata(base, kernel, pkgs)
	if err != nil {
		return ostree.Checksum{}, err
	}
	sum, err := t.Tx().WriteCommit(ctx, &ostree.Commit{
		Metadata: meta, Parent: p.Base, Timestamp: e.opts.Now().Truncate(time.Second), RootTree: tree.Tree, RootMeta: tree.Meta,
	})
	if err != nil {
		return sum, err
	}
	_, err = t.Commit(ctx)
	return sum, err
}

// Collect removes what no deployment needs: package commits in the repository, old deployments and objects. It also
// renews the refs that keep the base commits of layered deployments.
func (e *Engine) Collect(ctx context.Context) error {
	unlock, err := e.sys.Lock(ctx, nil)
	if err != nil {
		return err
	}
	err = errors.Join(e.collectRefs(ctx), e.removeScratch())
	if err == nil {
		err = e.sys.Cleanup(ctx, nil)
	}
	return errors.Join(err, unlock())
}

// collectRefs rewrites rpmostree/base/N and deletes refs of packages that are not in use.
func (e *Engine) collectRefs(ctx context.Context) error {
	repo := e.sys.Repo()
	bases, used, err := e.inUse(ctx)
	if err != nil {
		return err
	}
	want := map[string]ostree.Checksum{}
	for i, base := range bases {
		want[fmt.Sprintf("%s%d", baseRefs, i)] = base
	}
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Prefix: "rpmostree"})
	if err != nil {
		return err
	}
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Abort()
	have := map[string]ostree.Checksum{}
	for _, r := range refs {
		have[r.Name] = r.Checksum
		n, err := importer.ParseRef(r.Name)
		switch {
		case err == nil && !used[n]:
			tx.DeleteRef(r.Name)
		case isBaseRef(r.Name) && want[r.Name].IsZero():
			tx.DeleteRef(r.Name)
		}
	}
	for name, base := range want {
		if have[name] != base {
			tx.SetRef(name, base)
		}
	}
	_, err = tx.Commit(ctx)
	return err
}

const baseRefs = "rpmostree/base/"

func isBaseRef(name string) bool {
	return len(name) > len(baseRefs) && name[:len(baseRefs)] == baseRefs
}

// inUse lists the bases of layered deployments and the packages that any deployment has layered or asks for.
func (e *Engine) inUse(ctx context.Context) (bases []ostree.Checksum, used map[rpmver.NEVRA]bool, err error) {
	used = map[rpmver.NEVRA]bool{}
	for _, d := range e.sys.Deployments() {
		// Requests of an unknown kind are no reason to lose the packages of those that are known.
		layers, _ := LayersOf(d.Origin)
		if layers == nil {
			layers = &Layers{}
		}
		for _, f := range layers.localLists() {
			for _, l := range *f.list {
				used[l.NEVRA] = true
			}
		}
		base, err := e.baseOf(ctx, d)
		if err != nil {
			return nil, nil, err
		}
		if base == d.Commit {
			continue
		}
		bases = append(bases, base)
		pkgs, err := CommitPackages(ctx, e.sys.Repo(), d.Commit)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		for _, n := range pkgs {
			used[n] = true
		}
	}
	return bases, used, nil
}
