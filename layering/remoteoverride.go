package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// RemoteOverride replaces packages of the base by what a repository has of the same names, whatever their version.
// An upgrade follows the repository.
type RemoteOverride struct {
	Repo     string   // its id
	Packages []string // names, sorted
}

// String is the form in an origin file, "repo=ID,NAME,NAME".
func (r RemoteOverride) String() string {
	return "repo=" + r.Repo + "," + strings.Join(r.Packages, ",")
}

func parseRemoteOverride(s string) (RemoteOverride, error) {
	parts := strings.Split(s, ",")
	id, ok := strings.CutPrefix(parts[0], "repo=")
	if !ok || id == "" || len(parts) < 2 || slices.Contains(parts[1:], "") {
		return RemoteOverride{}, fmt.Errorf("%q is not repo=ID,NAME...", s)
	}
	return RemoteOverride{Repo: id, Packages: parts[1:]}, nil
}

// replacedFrom is the repository that replaces a package of the base, "" if none does.
func (l *Layers) replacedFrom(name string) string {
	for _, r := range l.ReplaceRemote {
		if slices.Contains(r.Packages, name) {
			return r.Repo
		}
	}
	return ""
}

// overrideFrom silently supersedes an earlier replacement of the package.
func (l *Layers) overrideFrom(repo, spec string, base *packageSet) error {
	n, ok := base.find(spec)
	if !ok {
		return fmt.Errorf("Package \"%s\" not found in the base", spec)
	}
	if slices.Contains(l.Remove, n.Name) {
		return fmt.Errorf("Override already exists for package '%s'", n.Name)
	}
	l.dropReplacement(n.Name)
	i := slices.IndexFunc(l.ReplaceRemote, func(r RemoteOverride) bool { return r.Repo == repo })
	if i < 0 {
		i, l.ReplaceRemote = len(l.ReplaceRemote), append(l.ReplaceRemote, RemoteOverride{Repo: repo})
	}
	l.ReplaceRemote[i].Packages = append(l.ReplaceRemote[i].Packages, n.Name)
	slices.Sort(l.ReplaceRemote[i].Packages)
	return nil
}

// dropReplacement forgets how a package of the base was replaced.
func (l *Layers) dropReplacement(name string) {
	l.ReplaceLocal = slices.DeleteFunc(l.ReplaceLocal, func(o LocalPackage) bool { return o.NEVRA.Name == name })
	l.resetRemote(name)
}

// resetRemote reports whether the package, by name or NEVRA, was replaced from a repository.
func (l *Layers) resetRemote(spec string) bool {
	name := spec
	if l.replacedFrom(name) == "" {
		if n, err := rpmver.ParseNEVRA(spec); err == nil {
			name = n.Name
		}
	}
	found := false
	for i := range l.ReplaceRemote {
		r := &l.ReplaceRemote[i]
		if at := slices.Index(r.Packages, name); at >= 0 {
			r.Packages, found = slices.Delete(r.Packages, at, at+1), true
		}
	}
	l.ReplaceRemote = slices.DeleteFunc(l.ReplaceRemote, func(r RemoteOverride) bool { return len(r.Packages) == 0 })
	return found
}

// replaceRemote takes a package of a repository in place of the base's package of that name.
func (s *solver) replaceRemote(repo, name string) error {
	old, ok := s.p.base.find(name)
	if !ok {
		s.inactive(name, "the base has no package "+name)
		return nil
	}
	pool := s.c.Pool()
	var found []depsolve.PkgID
	var newest rpmver.NEVRA
	for _, id := range pool.Matches(depsolve.SelectName(pool.Name(name))) {
		v := pool.Package(id)
		if v.Installed || v.Repo.Name() != repo && v.Repo.Name() != "@pkgcache" {
			continue
		}
		if found = append(found, id); newest.Name == "" || v.NEVRA.EVR.Compare(newest.EVR) > 0 {
			newest = v.NEVRA
		}
	}
	switch {
	case len(found) == 0:
		return fmt.Errorf("Packages not found: %s (in repository %s)", name, repo)
	case newest == old:
		s.inactive(name, "the base has the same package")
		return nil
	}
	s.free[name] = true
	for _, id := range found {
		s.wanted[id] = true
	}
	s.install(depsolve.SelectOneOf(found...))
	return nil
}
