package layering

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/layering/scripts"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Assembly says what [Assemble] makes of a tree.
type Assembly struct {
	// Add are packages that are in the repository, in the order in which their
	// scriptlets run.
	Add []*importer.Stored
	// ForceFiles are added too, and their files replace files of others.
	ForceFiles []*importer.Stored
	// Remove are installed packages that go, also those that are replaced.
	Remove []*rpmpkg.Header
	// Keep are installed packages that stay.
	Keep []*rpmpkg.Header
	// Layers are merged after the packages: the same file must be the same.
	// OverrideLayers replace files.
	Layers, OverrideLayers []ostree.Overlay
	// Filter, if set, tells which files of packages are left out. The path is
	// that in the package.
	Filter func(pkg, path string) bool
	// Previous gives users and groups the numbers they had in an earlier
	// version of the image.
	Previous *Users
	// LocalPasswd and LocalGroup are the files of the machine that the image is
	// for; scriptlets can look up the users in them.
	LocalPasswd, LocalGroup []byte

	// Arch is the RPM base architecture, for file colours.
	Arch string
	// InstallTime is recorded in the package database. It must be set.
	InstallTime time.Time
}

// AssembleOptions direct [Assemble]. The zero value is the default.
type AssembleOptions struct {
	// Sandbox runs scriptlets; nil means [sandbox.None].
	Sandbox sandbox.Sandbox
	// IgnoreScripts adds to the list of scriptlets that do not run, see
	// [scripts.Input].
	IgnoreScripts []string
	Log           *slog.Logger // nil is silent
	// Task, if set, is called when a new part of the work begins.
	Task func(name string)
}

// Assembled is what an assembly has led to.
type Assembled struct {
	Packages []rpmver.NEVRA // all that are installed now
	Scripts  int            // scriptlets that have run
}

// Assemble changes a tree: it removes and adds packages, gives files their
// owners, runs the scriptlets of added packages and writes the package
// database. The tree is that of an image, with usr/etc, and stays one.
//
// No checkout is made unless scriptlets have to run; then see [Tree.Session].
// Files of two packages at the same path must be the same, else the error is
// an *[ostree.ConflictError].
func Assemble(ctx context.Context, t *Tree, a *Assembly, o *AssembleOptions) (*Assembled, error) {
	if o == nil {
		o = &AssembleOptions{}
	}
	s := &assembler{t: t, a: a, o: o, added: append(append([]*importer.Stored(nil), a.Add...), a.ForceFiles...)}
	plan, err := s.planScripts()
	if err != nil {
		return nil, err
	}
	s.task("Checking out packages")
	disp, err := s.mergePackages(ctx)
	if err != nil {
		return nil, fmt.Errorf("assemble: %w", err)
	}
	if err := s.usersAndScripts(ctx, plan); err != nil {
		return nil, err
	}
	if err := DedupeTmpfiles(ctx, t); err != nil {
		return nil, fmt.Errorf("assemble: %w", err)
	}
	s.task("Writing rpmdb")
	if err := s.writeRPMDB(ctx, disp); err != nil {
		return nil, fmt.Errorf("assemble: %w", err)
	}
	pkgs, err := s.packages()
	if err != nil {
		return nil, fmt.Errorf("assemble: %w", err)
	}
	return &Assembled{Packages: pkgs, Scripts: len(plan.Steps())}, nil
}

type assembler struct {
	t     *Tree
	a     *Assembly
	o     *AssembleOptions
	added []*importer.Stored
	place func(string) string // where a path of a package is in this image
}

func (s *assembler) task(name string) {
	if s.o.Task != nil {
		s.o.Task(name)
	}
}

// planScripts also finds out early that scripts could not be run.
func (s *assembler) planScripts() (*scripts.Plan, error) {
	replaced := map[string]bool{}
	for _, h := range s.a.Remove {
		if n, err := h.NEVRA(); err == nil {
			replaced[n.Name] = true
		}
	}
	in := scripts.Input{Ignore: s.o.IgnoreScripts}
	for _, pkg := range s.added {
		p, err := scripts.FromHeader(pkg.Package.Header, replaced[pkg.NEVRA.Name])
		if err != nil {
			return nil, fmt.Errorf("assemble: %w", err)
		}
		in.Added = append(in.Added, p)
	}
	for _, h := range s.a.Keep {
		p, err := scripts.FromHeader(h, false)
		if err != nil {
			return nil, fmt.Errorf("assemble: %w", err)
		}
		in.Base = append(in.Base, p)
	}
	plan, err := scripts.Make(in)
	if err != nil {
		return nil, fmt.Errorf("assemble: %w", err)
	}
	return plan, s.canRun(plan)
}

func (s *assembler) canRun(plan *scripts.Plan) error {
	steps := plan.Steps()
	if len(steps) == 0 {
		return nil
	}
	reason := ""
	switch {
	case s.o.Sandbox == nil || s.o.Sandbox == sandbox.None():
		reason = "running scriptlets needs root and bubblewrap (bwrap)"
	case os.Geteuid() != 0:
		reason = "running scriptlets needs root"
	default:
		return nil
	}
	//lint:ignore ST1005 names first what the user knows
	return fmt.Errorf("Package '%s' has a script in '%%%s': %w: %s", steps[0].Package, steps[0].Section, sandbox.ErrUnavailable, reason)
}

// mergePackages removes and adds files, in dirtree space.
func (s *assembler) mergePackages(ctx context.Context) (*dispositions, error) {
	disp, err := decideFiles(s.added, s.a.Arch, s.a.Filter)
	if err != nil {
		return nil, err
	}
	merged, err := sbinMerged(ctx, s.t, s.added)
	if err != nil {
		return nil, err
	}
	s.place = func(p string) string { return p }
	if merged {
		s.place = mergeSbin
	}
	if err := removePackages(ctx, s.t, s.a.Remove, s.a.Keep, s.place); err != nil {
		return nil, err
	}
	overlays, err := s.overlays(ctx, disp, merged)
	if err != nil {
		return nil, err
	}
	base, err := s.t.Write(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.t.tx.MergeTrees(ctx, base, overlays)
	if err != nil {
		return nil, err
	}
	s.t.Replace(all)
	return disp, nil
}

// overlays lists the trees of packages and layers in merge order.
func (s *assembler) overlays(ctx context.Context, disp *dispositions, sbinMerged bool) ([]ostree.Overlay, error) {
	var out []ostree.Overlay
	for i, pkg := range s.added {
		tree, err := disp.tree(ctx, s.t, i)
		if err == nil && sbinMerged {
			tree, err = mergeSbinTree(ctx, s.t, tree)
		}
		if err != nil {
			return nil, err
		}
		mode := ostree.UnionIdentical
		switch {
		case i >= len(s.a.Add):
			mode = ostree.UnionFiles
		case pkg.NEVRA.Name == "setup":
			mode = ostree.UnionAdd // passwd and group may have been prepared
		}
		out = append(out, ostree.Overlay{Tree: tree, Mode: mode, Name: pkg.NEVRA.String()})
	}
	for _, l := range s.a.Layers {
		l.Mode = ostree.UnionIdentical
		out = append(out, l)
	}
	for _, l := range s.a.OverrideLayers {
		l.Mode = ostree.UnionFiles
		out = append(out, l)
	}
	return out, nil
}

// usersAndScripts makes the accounts, gives files their owners and runs the
// scriptlets: %pre may make accounts, %post may need the owners.
func (s *assembler) usersAndScripts(ctx context.Context, plan *scripts.Plan) error {
	dance, err := beginUsers(ctx, s.t, s.a)
	if err != nil {
		return fmt.Errorf("assemble: %w", err)
	}
	s.task("Running systemd-sysusers")
	if _, err := ApplySysusers(ctx, s.t, usrEtc); err != nil {
		return fmt.Errorf("assemble: %w", err)
	}
	if len(plan.Steps()) == 0 {
		err = s.owners(ctx)
	} else {
		err = s.runScripts(ctx, plan)
	}
	if err != nil {
		return err
	}
	if err := dance.end(ctx, s.t); err != nil {
		return fmt.Errorf("assemble: %w", err)
	}
	return nil
}

func (s *assembler) fixes(users *Users) ([]ownerFix, error) {
	var all []ownerFix
	for _, pkg := range s.added {
		fixes, err := ownerFixes(pkg, users, s.place)
		if err != nil {
			return nil, err
		}
		all = append(all, fixes...)
	}
	return all, nil
}

// owners works on the tree alone.
func (s *assembler) owners(ctx context.Context) error {
	users, err := ReadUsers(ctx, s.t, usrEtc, usrLib)
	if err != nil {
		return fmt.Errorf("assemble: %w", err)
	}
	fixes, err := s.fixes(users)
	if err != nil {
		return err
	}
	return applyOwners(ctx, s.t, fixes)
}

// runScripts works on a checkout.
func (s *assembler) runScripts(ctx context.Context, plan *scripts.Plan) error {
	return s.t.Session(ctx, func(ctx context.Context, root string) error {
		r := &scripts.Runner{Sandbox: s.o.Sandbox, Root: root, Binds: scripts.Wrap(root), Log: s.o.Log}
		s.task("Running pre scripts")
		if err := r.Run(ctx, plan.Pre); err != nil {
			return err
		}
		users, err := readUsersOnDisk(root)
		if err != nil {
			return err
		}
		fixes, err := s.fixes(users)
		if err != nil {
			return err
		}
		if err := applyOwnersOnDisk(root, fixes); err != nil {
			return err
		}
		s.task("Running post scripts")
		if err := errors.Join(r.Run(ctx, plan.Post)); err != nil {
			return err
		}
		if err := r.Run(ctx, plan.FileTriggers); err != nil {
			return err
		}
		s.task("Running posttrans scripts")
		if err := r.Run(ctx, plan.PostTrans); err != nil {
			return err
		}
		return r.Run(ctx, plan.TransFileTriggers)
	})
}

func (s *assembler) writeRPMDB(ctx context.Context, disp *dispositions) (err error) {
	scratch, err := makeScratch(ctx, s.t.repo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scratch.remove()) }()
	removed, err := nevras(s.a.Remove)
	if err != nil {
		return err
	}
	return writeRPMDB(ctx, s.t, rpmdbChange{
		added: s.added, states: disp.states, removed: removed,
		time: s.a.InstallTime, arch: s.a.Arch, scratch: scratch.dir,
	})
}

func (s *assembler) packages() ([]rpmver.NEVRA, error) {
	pkgs, err := nevras(s.a.Keep)
	for _, pkg := range s.added {
		pkgs = append(pkgs, pkg.NEVRA)
	}
	return pkgs, err
}
