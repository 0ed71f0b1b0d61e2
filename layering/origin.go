package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmver"
	"example.com/rpmostree/sysroot"
)

// LocalPackage identifies a package that came as a file: its header's SHA-256 in hex, and its name. The package itself
// is kept in the repository.
type LocalPackage struct {
	SHA256 string
	NEVRA  rpmver.NEVRA
}

// String is the form in an origin file, "SHA256:NEVRA".
func (p LocalPackage) String() string { return p.SHA256 + ":" + p.NEVRA.String() }

// Layers is what an origin asks for on top of the base: requests that stay in force over upgrades.
type Layers struct {
	Packages     []string       // names and capabilities to install from repositories
	Local        []LocalPackage // package files
	LocalForced  []LocalPackage // package files that may replace files of the base
	Remove       []string       // names of base packages that are not wanted
	ReplaceLocal []LocalPackage // package files in place of base packages
	// ReplaceRemote are names of base packages that the newest version in a repository takes the place of.
	ReplaceRemote []RemoteOverride
	// Initramfs is what is special about the initramfs.
	Initramfs Initramfs
}

// Groups and keys of an origin file.
const (
	groupOrigin    = "origin"
	groupPackages  = "packages"
	groupOverrides = "overrides"
	groupRPMOSTree = "rpmostree"
	keyRefspec     = "refspec"
	keyBaseRefspec = "baserefspec"
	keyContainer   = "container-image-reference"
	keyReplace     = "replace"
)

// LayersOf reads the requests of an origin. Requests of a kind that cannot be carried out are an error, so that they
// are not lost in the next deployment.
func LayersOf(o *sysroot.Origin) (*Layers, error) {
	l := &Layers{Packages: o.List(groupPackages, "requested"), Remove: o.List(groupOverrides, "remove")}
	for _, f := range l.localLists() {
		for _, s := range o.List(f.group, f.key) {
			p, err := parseLocal(s)
			if err != nil {
				return nil, fmt.Errorf("origin: %s/%s: %w", f.group, f.key, err)
			}
			*f.list = append(*f.list, p)
		}
	}
	for _, s := range o.List(groupOverrides, keyReplace) {
		r, err := parseRemoteOverride(s)
		if err != nil {
			return nil, fmt.Errorf("origin: %s/%s: %w", groupOverrides, keyReplace, err)
		}
		l.ReplaceRemote = append(l.ReplaceRemote, r)
	}
	var err error
	if l.Initramfs, err = initramfsOf(o); err != nil {
		return nil, fmt.Errorf("origin: %w", err)
	}
	return l, unsupportedKeys(o)
}

// A localList ties a list of package files to its key in an origin.
type localList struct {
	group, key string
	list       *[]LocalPackage
}

func (l *Layers) localLists() []localList {
	return []localList{
		{groupPackages, "requested-local", &l.Local},
		{groupPackages, "requested-local-fileoverride", &l.LocalForced},
		{groupOverrides, "replace-local", &l.ReplaceLocal},
	}
}

func parseLocal(s string) (LocalPackage, error) {
	sum, name, ok := strings.Cut(s, ":")
	if !ok || len(sum) != 64 {
		return LocalPackage{}, fmt.Errorf("%q is not SHA256:NEVRA", s)
	}
	n, err := rpmver.ParseNEVRA(name)
	return LocalPackage{SHA256: sum, NEVRA: n}, err
}

// unsupportedKeys finds requests that this package cannot honour.
func unsupportedKeys(o *sysroot.Origin) error {
	var errs []error
	for _, key := range [][2]string{
		{groupOrigin, keyContainer}, {groupRPMOSTree, "ex-cliwrap"},
	} {
		if v, ok := o.Get(key[0], key[1]); ok && v != "" && v != "false" {
			errs = append(errs, fmt.Errorf("origin: %s/%s is not supported", key[0], key[1]))
		}
	}
	return errors.Join(errs...)
}

// Empty tells whether nothing is asked for.
func (l *Layers) Empty() bool { return l.noPackages() && l.Initramfs.Empty() }

// noPackages tells whether nothing is asked for that is about packages.
func (l *Layers) noPackages() bool {
	return len(l.Packages)+len(l.Local)+len(l.LocalForced)+len(l.Remove)+len(l.ReplaceLocal)+len(l.ReplaceRemote) == 0
}

// Store writes the requests into an origin. While there are any, the base's refspec is called baserefspec, so that
// tools which know nothing of layers do not deploy the bare base.
func (l *Layers) Store(o *sysroot.Origin) {
	o.SetList(groupPackages, "requested", l.Packages)
	o.SetList(groupOverrides, "remove", l.Remove)
	for _, f := range l.localLists() {
		texts := make([]string, len(*f.list))
		for i, p := range *f.list {
			texts[i] = p.String()
		}
		o.SetList(f.group, f.key, texts)
	}
	var remote []string
	for _, r := range l.ReplaceRemote {
		remote = append(remote, r.String())
	}
	o.SetList(groupOverrides, keyReplace, remote)
	l.Initramfs.store(o)
	setRefspec(o, refspecOf(o), l.Empty())
}

// refspecOf is what an origin follows, by either name.
func refspecOf(o *sysroot.Origin) string {
	if s, ok := o.Get(groupOrigin, keyBaseRefspec); ok {
		return s
	}
	return o.Refspec()
}

func setRefspec(o *sysroot.Origin, refspec string, pristine bool) {
	key, other := keyBaseRefspec, keyRefspec
	if pristine {
		key, other = other, key
	}
	o.Unset(groupOrigin, other)
	if refspec != "" {
		o.Set(groupOrigin, key, refspec)
	}
}

// apply changes the requests as r says. base are the packages of the base, local those that r brings as files.
func (l *Layers) apply(r *Request, base *packageSet, local, replacements []LocalPackage) error {
	if r.UninstallAll {
		l.Packages, l.Local, l.LocalForced = nil, nil, nil
	}
	if r.OverrideResetAll {
		l.Remove, l.ReplaceLocal, l.ReplaceRemote = nil, nil, nil
	}
	var errs []error
	for _, spec := range r.Uninstall {
		errs = append(errs, l.uninstall(spec, r.Idempotent))
	}
	for _, spec := range r.Install {
		errs = append(errs, l.install(spec, r.Idempotent))
	}
	for _, spec := range r.OverrideReset {
		errs = append(errs, l.reset(spec))
	}
	for _, spec := range r.OverrideRemove {
		errs = append(errs, l.overrideRemove(spec, base))
	}
	for _, p := range replacements {
		errs = append(errs, l.overrideReplace(p, base))
	}
	for _, o := range r.OverrideReplaceRemote {
		for _, spec := range o.Packages {
			errs = append(errs, l.overrideFrom(o.Repo, spec, base))
		}
	}
	for _, p := range local {
		errs = append(errs, l.installLocal(p, r))
	}
	return errors.Join(errs...)
}

func (l *Layers) install(spec string, idempotent bool) error {
	if slices.Contains(l.Packages, spec) {
		if idempotent {
			return nil
		}
		return fmt.Errorf("Package/capability '%s' is already requested", spec)
	}
	l.Packages = append(l.Packages, spec)
	slices.Sort(l.Packages)
	return nil
}

func (l *Layers) uninstall(spec string, idempotent bool) error {
	if i := slices.Index(l.Packages, spec); i >= 0 {
		l.Packages = slices.Delete(l.Packages, i, i+1)
		return nil
	}
	for _, list := range []*[]LocalPackage{&l.Local, &l.LocalForced} {
		if removeLocal(list, spec) {
			return nil
		}
	}
	if idempotent {
		return nil
	}
	return fmt.Errorf("Package/capability '%s' is not currently requested", spec)
}

// removeLocal takes out the packages that spec names, by name or NEVRA.
func removeLocal(list *[]LocalPackage, spec string) bool {
	n := len(*list)
	*list = slices.DeleteFunc(*list, func(p LocalPackage) bool {
		return p.NEVRA.Name == spec || p.NEVRA.String() == spec || p.NEVRA.NVRA() == spec
	})
	return len(*list) < n
}

func (l *Layers) installLocal(p LocalPackage, r *Request) error {
	for _, list := range [][]LocalPackage{l.Local, l.LocalForced} {
		if slices.ContainsFunc(list, func(o LocalPackage) bool { return o.NEVRA == p.NEVRA }) {
			if r.Idempotent {
				return nil
			}
			return fmt.Errorf("Package '%s' is already layered", p.NEVRA)
		}
	}
	list := &l.Local
	if r.ForceReplaceFiles {
		list = &l.LocalForced
	}
	*list = append(*list, p)
	return nil
}

func (l *Layers) overrideRemove(spec string, base *packageSet) error {
	n, ok := base.find(spec)
	if !ok {
		return fmt.Errorf("Package \"%s\" not found in the base", spec)
	}
	if slices.Contains(l.Remove, n.Name) || removed(l.ReplaceLocal, n.Name) || l.replacedFrom(n.Name) != "" {
		return fmt.Errorf("Override already exists for package '%s'", n.Name)
	}
	l.Remove = append(l.Remove, n.Name)
	slices.Sort(l.Remove)
	return nil
}

func removed(list []LocalPackage, name string) bool {
	return slices.ContainsFunc(list, func(p LocalPackage) bool { return p.NEVRA.Name == name })
}

// overrideReplace silently supersedes an earlier replacement of the package.
func (l *Layers) overrideReplace(p LocalPackage, base *packageSet) error {
	if _, ok := base.find(p.NEVRA.Name); !ok {
		return fmt.Errorf("Package \"%s\" not found in the base", p.NEVRA.Name)
	}
	if slices.Contains(l.Remove, p.NEVRA.Name) {
		return fmt.Errorf("Override already exists for package '%s'", p.NEVRA.Name)
	}
	l.dropReplacement(p.NEVRA.Name)
	l.ReplaceLocal = append(l.ReplaceLocal, p)
	return nil
}

func (l *Layers) reset(spec string) error {
	if i := slices.Index(l.Remove, spec); i >= 0 {
		l.Remove = slices.Delete(l.Remove, i, i+1)
		return nil
	}
	if n, err := rpmver.ParseNEVRA(spec); err == nil {
		if i := slices.Index(l.Remove, n.Name); i >= 0 {
			l.Remove = slices.Delete(l.Remove, i, i+1)
			return nil
		}
	}
	if removeLocal(&l.ReplaceLocal, spec) || l.resetRemote(spec) {
		return nil
	}
	return fmt.Errorf("No overrides for package '%s'", spec)
}
