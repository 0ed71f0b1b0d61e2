package layering

import (
	"context"
	"errors"
	"fmt"
	"os"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
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
	Origin *sysroot.Origin
	Layers *Layers
	// KernelArgs of the new deployment; nil = as before.
	KernelArgs *kargs.Args

	Add     []PlannedPackage // on top of the base, by name
	Replace []Replacement    // of packages of the base
	Remove  []rpmver.NEVRA   // packages of the base that go without replacement
	// Inactive requests have no effect on this base and wait for one where they have.
	Inactive []InactiveRequest

	// Unchanged tells that the newest deployment is already what the request leads to.
	Unchanged bool

	digest  string // of what is layered, "" for the bare base
	merge   *sysroot.Deployment
	base    *packageSet
	catalog *Catalog
	ids     []depsolve.PkgID // to import, in the order of their scriptlets
	forced  map[depsolve.PkgID]bool
}

// PlannedPackage is a package that is added.
type PlannedPackage struct {
	NEVRA rpmver.NEVRA
	Repo  string // its repository, "@commandline" for a package file
	Size  uint64 // to download, in bytes
}

// Replacement is a package of the base that another version takes the place of.
type Replacement struct{ Old, New rpmver.NEVRA }

// InactiveRequest is a request without effect, and why.
type InactiveRequest struct{ Request, Reason string }

// Layered tells whether the plan makes a commit of its own.
func (p *Plan) Layered() bool { return len(p.Add)+len(p.Replace)+len(p.Remove) > 0 }

// Close releases what the plan holds open.
func (p *Plan) Close() error {
	if p == nil || p.catalog == nil {
		return nil
	}
	err := p.catalog.Close()
	p.catalog = nil
	return err
}

// Plan computes what a request leads to. The system does not change: what is downloaded stays in the repository and the
// cache for Apply or a later request. Errors about the request itself name everything that is wrong with it.
func (e *Engine) Plan(ctx context.Context, r Request) (*Plan, error) {
	p := &Plan{forced: map[depsolve.PkgID]bool{}}
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
	if r.KernelArgs != nil {
		args, changed, err := p.merge.KernelArgs().Apply(r.KernelArgs)
		if err != nil {
			return err
		}
		if changed {
			p.KernelArgs = args
		}
	}
	return nil
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
			if refspec, err = newRefspec(refspec, r.Refspec); err != nil {
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
	if e.opts.LockLayering {
		return errors.New("Cannot operate; `LockLayering=true` in configuration.") //nolint:staticcheck // the real tool's words
	}
	if err := e.loadBase(ctx, p); err != nil {
		return err
	}
	local, err := e.importFiles(ctx, r.InstallFiles)
	if err != nil {
		return err
	}
	replacements, err := e.importFiles(ctx, r.OverrideReplace)
	if err != nil {
		return err
	}
	if err := p.Layers.apply(r, p.base, local, replacements); err != nil {
		return err
	}
	p.Layers.Store(p.Origin)
	return e.solve(ctx, r, p)
}

// changesPackages tells whether the request is about packages.
func (r *Request) changesPackages() bool {
	return len(r.Install)+len(r.Uninstall)+len(r.InstallFiles)+len(r.OverrideRemove)+len(r.OverrideReplace)+len(r.OverrideReset) > 0 ||
		r.UninstallAll || r.OverrideResetAll
}

// loadBase reads the package database of the base, without a checkout.
func (e *Engine) loadBase(ctx context.Context, p *Plan) error {
	c, err := e.sys.Repo().LoadCommit(ctx, p.Base)
	if err != nil {
		return err
	}
	t, err := EditTree(ctx, e.sys.Repo(), c.Root(), nil)
	if err != nil {
		return err
	}
	defer t.Abort()
	scratch, err := os.MkdirTemp("", "rpmostree-rpmdb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	headers, err := TreeHeaders(ctx, t, scratch)
	if err != nil {
		return fmt.Errorf("package database of the base: %w", err)
	}
	p.base, err = newPackageSet(headers)
	return err
}

// importFiles takes package files into the repository, where they stay for later deployments.
func (e *Engine) importFiles(ctx context.Context, paths []string) ([]LocalPackage, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	c, err := OpenCatalog(ctx, &CatalogOptions{Arch: e.opts.Arch, Progress: e.opts.Progress})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	ids := make([]depsolve.PkgID, len(paths))
	for i, path := range paths {
		if ids[i], err = c.AddFile(path); err != nil {
			return nil, err
		}
	}
	stored, err := c.Import(ctx, e.sys.Repo(), ids, nil)
	if err != nil {
		return nil, err
	}
	out := make([]LocalPackage, len(stored))
	for i, s := range stored {
		out[i] = LocalPackage{SHA256: s.MetadataSHA256, NEVRA: s.NEVRA}
	}
	return out, nil
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
	p.Unchanged = !p.BaseChanged && was == p.digest && p.KernelArgs == nil && sameOrigin(p.Origin, p.merge.Origin)
	return nil
}

// sameOrigin ignores what describes one deployment only.
func sameOrigin(a, b *sysroot.Origin) bool {
	b = b.Clone()
	b.UnsetGroup("libostree-transient")
	b.Unset(groupOrigin, "unlocked")
	return string(a.Bytes()) == string(b.Bytes())
}
