package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// keyStateDigest holds a digest of what is layered, so that "nothing has changed" is known without assembling.
const keyStateDigest = "rpmostree.state-sha512"

// solver works out the packages of one plan.
type solver struct {
	e         *Engine
	r         *Request
	p         *Plan
	c         *Catalog
	installed []depsolve.PkgID // of the base, in the order of p.base
	free      map[string]bool  // names of base packages that may change
	jobs      []depsolve.Job
	wanted    map[depsolve.PkgID]bool // to replace something of the base
}

// solve finds which packages to add to the base, replace and remove.
func (e *Engine) solve(ctx context.Context, r *Request, p *Plan) error {
	if p.Layers.noPackages() && !p.Layers.Initramfs.Regenerate {
		return nil
	}
	s := &solver{e: e, r: r, p: p, free: map[string]bool{}, wanted: map[depsolve.PkgID]bool{}}
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := s.request(ctx); err != nil {
		return err
	}
	if len(s.jobs) == 0 { // all requests are inactive
		p.digest = s.digest()
		return nil
	}
	e.report(Progress{Task: "Resolving dependencies"})
	tr, err := s.transaction(ctx)
	if err != nil {
		return err
	}
	if err := s.take(tr); err != nil {
		return err
	}
	p.digest = s.digest()
	return nil
}

// open loads the repositories, unless only the base's packages and files are asked for.
func (s *solver) open(ctx context.Context) error {
	o, err := s.e.catalogOptions(s.p.merge, s.r, releasever(s.p.BaseVersion))
	if err != nil {
		return err
	}
	if len(s.p.Layers.Packages) == 0 && len(s.p.Layers.Local)+len(s.p.Layers.LocalForced)+len(s.p.Layers.ReplaceLocal)+len(s.p.Layers.ReplaceRemote) == 0 {
		o.Repos = nil // only removals: offline
	}
	s.c, err = OpenCatalog(ctx, o)
	if err != nil && s.r.withdraws() && ctx.Err() == nil {
		// What is still requested has been imported before: the repositories may be gone.
		s.e.report(Progress{Task: "Using imported packages only", Detail: err.Error()})
		o.CacheOnly = true
		s.c, err = OpenCatalog(ctx, o)
	}
	if err != nil {
		return err
	}
	s.p.catalog = s.c
	if s.installed, err = s.c.SetInstalled(s.p.base.headers); err != nil || !o.CacheOnly {
		return err
	}
	return s.c.AddImported(ctx, s.e.sys.Repo())
}

// withdraws tells whether the request only takes back earlier ones.
func (r *Request) withdraws() bool { return !r.changesBase() && !r.addsPackages() && !r.RefreshRepos }

// transaction solves with the base locked. If that is impossible, a second try without the lock tells which packages of
// the base are in the way.
func (s *solver) transaction(ctx context.Context) (*depsolve.Transaction, error) {
	o := &depsolve.Options{ // as libdnf sets them for rpm-ostree
		IgnoreWeak: s.e.opts.NoRecommends, AllowUninstall: true, KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true,
	}
	tr, err := s.c.Solve(ctx, append(slices.Clip(s.jobs), s.lockBase()...), o)
	var unsolvable *depsolve.UnsolvableError
	if !errors.As(err, &unsolvable) {
		return tr, err
	}
	if loose, err := s.c.Solve(ctx, s.jobs, o); err == nil {
		if why := s.check(loose); why != nil {
			return nil, why
		}
	}
	n := len(unsolvable.Problems)
	plural := "s"
	if n == 1 {
		plural = ""
	}
	return nil, fmt.Errorf("Could not depsolve transaction; %d problem%s detected: %w", n, plural, err)
}

// releasever is the first part of a version: "39" of "39.20240101.0".
func releasever(version string) string {
	v, _, _ := strings.Cut(version, ".")
	return v
}

// request turns the layers into jobs and sorts out those that have no effect.
func (s *solver) request(ctx context.Context) error {
	for _, l := range s.p.Layers.ReplaceLocal {
		if err := s.replace(ctx, l); err != nil {
			return err
		}
	}
	for _, r := range s.p.Layers.ReplaceRemote {
		for _, name := range r.Packages {
			if err := s.replaceRemote(r.Repo, name); err != nil {
				return err
			}
		}
	}
	for _, name := range s.p.Layers.Remove {
		s.remove(name)
	}
	for _, l := range s.p.Layers.Local {
		if err := s.local(ctx, l, false); err != nil {
			return err
		}
	}
	for _, l := range s.p.Layers.LocalForced {
		if err := s.local(ctx, l, true); err != nil {
			return err
		}
	}
	return s.packages(ctx)
}

func (s *solver) inactive(request, reason string) {
	s.p.Inactive = append(s.p.Inactive, InactiveRequest{request, reason})
}

func (s *solver) install(sel depsolve.Selection) {
	s.jobs = append(s.jobs, depsolve.Job{Action: depsolve.Install, Select: sel})
}

// replace takes a package file in place of the base's package of that name.
func (s *solver) replace(ctx context.Context, l LocalPackage) error {
	old, ok := s.p.base.find(l.NEVRA.Name)
	switch {
	case !ok:
		s.inactive(l.NEVRA.String(), "the base has no package "+l.NEVRA.Name)
		return nil
	case old == l.NEVRA:
		s.inactive(l.NEVRA.String(), "the base has the same package")
		return nil
	}
	id, err := s.addStored(ctx, l)
	if err != nil {
		return err
	}
	s.free[l.NEVRA.Name] = true
	s.wanted[id] = true
	s.install(depsolve.SelectPackage(id))
	return nil
}

func (s *solver) addStored(ctx context.Context, l LocalPackage) (depsolve.PkgID, error) {
	if path := s.p.files[l.SHA256]; path != "" {
		return s.c.AddFile(path)
	}
	stored, err := s.e.storedLocal(ctx, l)
	if err != nil {
		return 0, err
	}
	return s.c.AddStored(stored)
}

// remove erases what the base has of a name.
func (s *solver) remove(name string) {
	var have, others []depsolve.PkgID
	for _, id := range s.c.Pool().Matches(depsolve.SelectName(s.c.Pool().Name(name))) {
		if s.c.Pool().Package(id).Installed {
			have = append(have, id)
		} else {
			others = append(others, id)
		}
	}
	if len(have) == 0 {
		s.inactive(name, "the base has no package "+name)
		return
	}
	s.free[name] = true
	s.jobs = append(s.jobs, depsolve.Job{Action: depsolve.Erase, Select: depsolve.SelectOneOf(have...)})
	if len(others) > 0 { // another version is not wanted either
		s.jobs = append(s.jobs, depsolve.Job{Action: depsolve.Lock, Select: depsolve.SelectOneOf(others...)})
	}
}

func (s *solver) local(ctx context.Context, l LocalPackage, forced bool) error {
	if slices.Contains(s.p.base.nevras, l.NEVRA) {
		s.inactive(l.NEVRA.String(), "already in the base")
		return nil
	}
	id, err := s.addStored(ctx, l)
	if err != nil {
		return err
	}
	s.p.forced[id] = forced
	s.install(depsolve.SelectPackage(id))
	return nil
}

// packages turns the requested names into jobs. Everything that is wrong with them is in one error.
func (s *solver) packages(ctx context.Context) error {
	var missing []string
	var errs []error
	for _, spec := range s.p.Layers.Packages {
		sel, err := s.c.Match(ctx, spec)
		if err != nil {
			return err
		}
		by, state := s.inBase(sel)
		switch {
		case state == baseRemoves:
			errs = append(errs, fmt.Errorf("Cannot request '%s' provided by removed package '%s'", spec, by))
		case state == baseKeeps && slices.Contains(s.r.Install, spec) && !s.r.AllowInactive:
			errs = append(errs, fmt.Errorf("\"%s\" is already provided by: %s. Use --allow-inactive to explicitly require it.", spec, by))
		case state == baseKeeps:
			s.inactive(spec, "already provided by "+by.String())
		case sel.IsEmpty():
			missing = append(missing, spec)
		default:
			s.install(sel.As(spec))
		}
	}
	if len(missing) > 0 {
		errs = append(errs, fmt.Errorf("Packages not found: %s", strings.Join(missing, ", ")))
	}
	return errors.Join(errs...)
}

// What the base has to do with a selection.
type baseState int

const (
	baseLacks   baseState = iota
	baseKeeps             // has a package of it
	baseRemoves           // has one that an override removes
)

// inBase looks for a package of the base in the selection.
func (s *solver) inBase(sel depsolve.Selection) (rpmver.NEVRA, baseState) {
	var removed rpmver.NEVRA
	for _, id := range s.c.Pool().Matches(sel) {
		i := slices.Index(s.installed, id)
		if i < 0 {
			continue
		}
		n := s.p.base.nevras[i]
		if !slices.Contains(s.p.Layers.Remove, n.Name) {
			return n, baseKeeps
		}
		removed = n
	}
	if removed.Name != "" {
		return removed, baseRemoves
	}
	return removed, baseLacks
}

// lockBase keeps every package of the base that no override is about.
func (s *solver) lockBase() []depsolve.Job {
	var keep []depsolve.PkgID
	for i, n := range s.p.base.nevras {
		if !s.free[n.Name] {
			keep = append(keep, s.installed[i])
		}
	}
	if len(keep) == 0 {
		return nil
	}
	return []depsolve.Job{{Action: depsolve.Lock, Select: depsolve.SelectOneOf(keep...)}}
}

// check refuses a transaction that does something to the base that was not asked for.
func (s *solver) check(tr *depsolve.Transaction) error {
	var lost, changed []string
	for _, old := range tr.Removed() {
		was := s.c.Pool().Package(old).NEVRA
		by, _ := tr.ReplacedBy(old)
		switch {
		case s.free[was.Name] || s.wanted[by]:
		case by == 0:
			lost = append(lost, was.String())
		default:
			now := s.c.Pool().Package(by)
			changed = append(changed, fmt.Sprintf("  %s %s -> %s (%s)", was.Name, was.EVR, now.NEVRA.EVR, now.Repo.Name()))
		}
	}
	slices.Sort(lost)
	slices.Sort(changed)
	switch {
	case len(lost) > 0:
		return fmt.Errorf("Base packages would be removed: %s", strings.Join(lost, ", "))
	case len(changed) > 0:
		return fmt.Errorf("Forbidden base package replacements:\n%s\n%s\nSome base packages would be replaced", strings.Join(changed, "\n"), skewHint)
	}
	return nil
}

const skewHint = "This likely means that the base and the package repositories are out of step. " +
	"Refreshing the metadata with `cleanup -m` or an `upgrade` of the base may help."

// take reads the transaction into the plan.
func (s *solver) take(tr *depsolve.Transaction) error {
	if err := s.check(tr); err != nil {
		return err
	}
	pool := s.c.Pool()
	replacedBy := map[depsolve.PkgID]bool{}
	for _, old := range tr.Removed() {
		was := pool.Package(old).NEVRA
		by, _ := tr.ReplacedBy(old)
		if by == 0 {
			s.p.Remove = append(s.p.Remove, was)
			continue
		}
		replacedBy[by] = true
		s.p.Replace = append(s.p.Replace, Replacement{Old: was, New: pool.Package(by).NEVRA, Repo: s.p.Layers.replacedFrom(was.Name)})
	}
	for _, id := range tr.Order() {
		v := pool.Package(id)
		if v.Installed {
			continue
		}
		s.p.ids = append(s.p.ids, id)
		if !replacedBy[id] {
			s.p.Add = append(s.p.Add, s.planned(id, v))
		}
	}
	s.sort()
	return nil
}

func (s *solver) planned(id depsolve.PkgID, v depsolve.PackageView) PlannedPackage {
	p := PlannedPackage{NEVRA: v.NEVRA, Repo: v.Repo.Name()}
	if info := s.c.Info(id); info != nil && p.Repo != "@commandline" {
		p.Size = info.PackageSize
	}
	return p
}

func (s *solver) sort() {
	slices.SortFunc(s.p.Add, func(a, b PlannedPackage) int { return byName(a.NEVRA, b.NEVRA) })
	slices.SortFunc(s.p.Remove, byName)
	slices.SortFunc(s.p.Replace, func(a, b Replacement) int { return byName(a.New, b.New) })
}

// digest identifies the packages that the plan adds, replaces and removes.
func (s *solver) digest() string {
	var lines []string
	for _, id := range s.p.ids {
		lines = append(lines, fmt.Sprintf("install %s %s", s.c.Pool().PkgString(id), s.c.identity(id)))
	}
	for _, n := range s.p.Remove {
		lines = append(lines, "remove "+n.String())
	}
	for _, r := range s.p.Replace {
		lines = append(lines, fmt.Sprintf("replace %s %s", r.Old, r.New))
	}
	if i := &s.p.Layers.Initramfs; i.Regenerate {
		lines = append(lines, fmt.Sprintf("initramfs %q", i.Args))
	}
	if len(lines) == 0 {
		return ""
	}
	slices.Sort(lines)
	sum := sha512.Sum512([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
