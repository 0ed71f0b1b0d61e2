package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"context"
	"errors"
	"fmt"
	"os"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
	"example.com/rpmostree/sysroot"
)

// Plan is what a request leads to: data that can be printed, compared and then carried out by [Engine.Apply]. Close it.
type Plan struct {
	Stateroot   string
	Base        ostree.Checksum // commit of the base image
	BaseVersion string          // "" if it has none
	BaseChanged bool            // another base than the newest deployment has

	// Origin is that of the new deployment, Layers what it asks for.
	Origin     *sysroot.Origin
	Layers     *Layers
	KernelArgs *kargs.Args // of the new deployment

	Add     []PlannedPackage // on top of the base, by name
	Replace []Replacement    // of packages of the base
	Remove  []rpmver.NEVRA   // packages of the base that go without replacement
	// Inactive requests have no effect on this base and wait for one where they have.
	Inactive []InactiveRequest

	// Unchanged tells that the newest deployment is already what the request leads to.
	Unchanged bool

	digest  string            // of what is layered, "" for the bare base
	files   map[string]string // package files that the request brings: path by SHA256
	merge   *sysroot.Deployment
	base    *packageSet
	catalog *Catalog
	ids     []depsolve.PkgID // to import, in the order of their scriptlets
	forced  map[depsolve.PkgID]bool
	etc     *sysroot.Deployment // whose /etc the new deployment inherits
	overlay []byte              // archive of its tracked files, nil if there are none
	locked  bool                // LockFinalization of the request
}

// PlannedPackage is a package that is added.
type PlannedPackage struct {
	NEVRA rpmver.NEVRA
	Repo  string // its repository, "@commandline" for a package file
	Size  uint64 // to download, in bytes
}

// Replacement is a package of the base that another version takes the place of.
type Replacement struct {
	Old, New rpmver.NEVRA
	Repo     string // the repository that an override names, else ""
}

// InactiveRequest is a request without effect, and why.
type InactiveRequest struct{ Request, Reason string }

// Layered tells whether the plan makes a commit of its own.
func (p *Plan) Layered() bool {
	return len(p.Add)+len(p.Replace)+len(p.Remove) > 0 || p.Layers.Initramfs.Regenerate
}

// Close releases what the plan holds open.
func (p *Plan) Close() error {
	if p == nil || p.catalog == nil {
		return nil
	}
	err := p.catalog.Close()
	p.catalog = nil
	return err
}

// Plan computes what a request leads to. The system does not change: a base image that is downloaded stays in the
// repository for Apply or a later request, and so does metadata in the cache. Errors about the request itself name
// everything that is wrong with it.
func (e *Engine) Plan(ctx context.Context, r Request) (*Plan, error) {
	p := &Plan{forced: map[depsolve.PkgID]bool{}, files: map[string]string{}}
	if err := e.plan(ctx, &r, p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (e *Engine) plan(ctx context.Context, r *Request, p *Plan) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := e.planOrigin(ctx, r, p); err != nil {
		return err
	}
	if err := e.planBase(ctx, r, p); err != nil {
		return err
	}
	if err := e.planInitramfs(ctx, r, p); err != nil {
		return err
	}
	if err := e.planLayers(ctx, r, p); err != nil {
		return err
	}
	return e.planOutcome(ctx, r, p)
}

// planOrigin begins with the newest deployment's origin and kernel arguments.
func (e *Engine) planOrigin(_ context.Context, r *Request, p *Plan) (err error) {
	if p.Stateroot, err = e.stateroot(r.Stateroot); err != nil {
		return err
	}
	if p.merge, err = e.first(p.Stateroot); err != nil {
		return err
	}
	if err := p.merge.OriginError(); err != nil {
		return err // the requests in it would be lost
	}
	p.Origin = p.merge.Origin.Clone()
	if r.changesBase() {
		if err := p.Origin.CheckConfigured(); err != nil {
			return err
		}
		p.Origin.StripTransient()
	} else {
		p.Origin.UnsetGroup("libostree-transient")
		p.Origin.Unset(groupOrigin, "unlocked")
	}
	if p.Layers, err = LayersOf(p.Origin); err != nil {
		return err
	}
	p.locked = r.LockFinalization
	// Not left to sysroot, which takes those of the booted deployment: edits before a reboot add up too.
	p.KernelArgs = p.merge.KernelArgs()
	if r.KernelArgsFrom != nil {
		p.KernelArgs = r.KernelArgsFrom.Clone()
	}
	if r.KernelArgs != nil {
		p.KernelArgs, _, err = p.KernelArgs.Apply(r.KernelArgs)
	}
	return err
}

// planBase decides the base commit.
func (e *Engine) planBase(ctx context.Context, r *Request, p *Plan) error {
	current, err := e.baseOf(ctx, p.merge)
	if err != nil {
		return err
	}
	p.Base = current
	if r.changesBase() {
		refspec := refspecOf(p.Origin)
		if r.Refspec != "" {
			if refspec, err = newRefspec(refspec, r.Refspec, r.Revision != ""); err != nil {
				return err
			}
			setRefspec(p.Origin, refspec, p.Layers.Empty())
		}
		if refspec == "" {
			return errors.New("the origin names no ref to follow: rebase to one")
		}
		if p.Base, err = e.resolveBase(ctx, r, refspec, current); err != nil {
			return err
		}
		if r.Revision != "" {
			p.Origin.Set(groupOrigin, "override-commit", p.Base.String())
		}
	}
	p.BaseChanged = p.Base != current
	c, err := e.sys.Repo().LoadCommit(ctx, p.Base)
	if err != nil {
		return fmt.Errorf("base commit: %w", err)
	}
	p.BaseVersion = c.Version()
	return nil
}

// planLayers applies the request to what is layered and solves for the packages.
func (e *Engine) planLayers(ctx context.Context, r *Request, p *Plan) error {
	if p.Layers.Empty() && !r.changesPackages() {
		p.Layers.Store(p.Origin)
		return nil
	}
	if e.opts.LockLayering && r.addsPackages() {
		return errors.New("Cannot operate; `LockLayering=true` in configuration.")
	}
	if err := e.loadBase(ctx, p); err != nil {
		return err
	}
	local, err1 := p.openFiles(r.InstallFiles)
	replacements, err2 := p.openFiles(r.OverrideReplace)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err := p.Layers.apply(r, p.base, local, replacements); err != nil {
		return err
	}
	p.Layers.Store(p.Origin)
	return e.solve(ctx, r, p)
}

// addsPackages tells whether the request layers or overrides something, rather than withdrawing it.
func (r *Request) addsPackages() bool {
	return len(r.Install)+len(r.InstallFiles)+len(r.OverrideRemove)+len(r.OverrideReplace)+len(r.OverrideReplaceRemote) > 0
}

// changesPackages tells whether the request is about packages.
func (r *Request) changesPackages() bool {
	return len(r.Install)+len(r.Uninstall)+len(r.InstallFiles)+len(r.OverrideRemove)+len(r.OverrideReplace)+len(r.OverrideReplaceRemote)+len(r.OverrideReset) > 0 ||
		r.UninstallAll || r.OverrideResetAll
}

// loadBase reads the package database of the base, without a checkout.
func (e *Engine) loadBase(ctx context.Context, p *Plan) error {
	headers, err := commitHeaders(ctx, e.sys.Repo(), p.Base)
	if err != nil {
		return fmt.Errorf("package database of the base: %w", err)
	}
	p.base, err = newPackageSet(headers)
	return err
}

// commitHeaders reads the package database of a commit.
func commitHeaders(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) ([]*rpmpkg.Header, error) {
	c, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return nil, err
	}
	t, err := EditTree(ctx, repo, c.Root(), nil)
	if err != nil {
		return nil, err
	}
	defer t.Abort()
	scratch, err := os.MkdirTemp("", "rpmostree-rpmdb-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	return TreeHeaders(ctx, t, scratch)
}

// openFiles identifies package files. Apply takes them into the repository, where they stay for later deployments.
func (p *Plan) openFiles(paths []string) ([]LocalPackage, error) {
	var out []LocalPackage
	var errs []error
	for _, path := range paths {
		l, err := identify(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p.files[l.SHA256] = path
		out = append(out, l)
	}
	return out, errors.Join(errs...)
}

func identify(path string) (LocalPackage, error) {
	pkg, err := rpmpkg.Open(path, nil)
	if err != nil {
		return LocalPackage{}, err
	}
	l := LocalPackage{SHA256: importer.Identity(pkg)}
	l.NEVRA, err = pkg.Header.NEVRA()
	if err := errors.Join(err, pkg.Close()); err != nil {
		return l, fmt.Errorf("open %s: %w", path, err)
	}
	return l, nil
}

// storedLocal finds a package file that was imported before.
func (e *Engine) storedLocal(ctx context.Context, p LocalPackage) (*importer.Stored, error) {
	commit, err := e.sys.Repo().ResolveRev(ctx, importer.RefFor(p.NEVRA))
	if err != nil {
		return nil, fmt.Errorf("local package %s is no longer in the repository: install its file again: %w", p.NEVRA, err)
	}
	s, err := importer.Load(ctx, e.sys.Repo(), commit)
	if err != nil {
		return nil, err
	}
	if s.MetadataSHA256 != p.SHA256 {
		return nil, fmt.Errorf("local package %s in the repository is not the one requested: install its file again", p.NEVRA)
	}
	return s, nil
}

// planOutcome compares the plan with the newest deployment.
func (e *Engine) planOutcome(ctx context.Context, r *Request, p *Plan) error {
	c, err := e.sys.Repo().LoadCommit(ctx, p.merge.Commit)
	if err != nil {
		return err
	}
	was, _ := c.Metadata.String(keyStateDigest)
	p.Unchanged = !p.BaseChanged && was == p.digest && p.sameOverlay(p.merge) && (r.Initramfs == nil || !r.Initramfs.ForceSync) && p.KernelArgs.Equal(p.merge.KernelArgs()) && sameOrigin(p.Origin, p.merge.Origin)
	return nil
}

// sameOrigin ignores what describes one deployment only.
func sameOrigin(a, b *sysroot.Origin) bool {
	b = b.Clone()
	b.UnsetGroup("libostree-transient")
	b.Unset(groupOrigin, "unlocked")
	return string(a.Bytes()) == string(b.Bytes())
}
