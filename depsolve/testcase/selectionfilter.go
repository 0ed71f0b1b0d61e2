package testcase

import (
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
)

// withArch narrows a selection to an architecture.
func (s *selector) withArch(list []picked, arch string) []picked {
	var out []picked
	for _, p := range list {
		p.ids = slices.DeleteFunc(p.ids, func(id depsolve.PkgID) bool { return s.pool.Package(id).NEVRA.Arch != arch })
		if len(p.ids) == 0 {
			continue
		}
		if _, op, _, ok := s.pool.Split(p.dep); !ok || op != depsolve.OpArch { // source packages have it already
			p.dep = s.pool.Relation(p.dep, depsolve.OpArch, s.pool.Name(arch))
		}
		p.setArch = true
		out = append(out, p)
	}
	return out
}

// withVersion narrows a selection to versions.
func (s *selector) withVersion(list []picked, op depsolve.Op, evr string) []picked {
	var out []picked
	for _, p := range list {
		p.dep = s.pool.Relation(p.dep, op, s.pool.Name(evr))
		p.ids = slices.DeleteFunc(p.ids, func(id depsolve.PkgID) bool {
			if p.byName {
				return !s.pool.Is(id, p.dep)
			}
			return !slices.ContainsFunc(s.pool.Raw(id).Provides, func(h depsolve.DepID) bool { return s.pool.Meet(h, s.stripArch(p.dep)) })
		})
		if len(p.ids) == 0 {
			continue
		}
		if op == depsolve.OpEQ && p.byName {
			p.setEVR = strings.Contains(evr, "-")
			p.setEV = !p.setEVR
		}
		out = append(out, p)
	}
	return out
}

// stripArch takes the architecture out of "name.arch op version".
func (s *selector) stripArch(d depsolve.DepID) depsolve.DepID {
	left, op, right, ok := s.pool.Split(d)
	if !ok {
		return d
	}
	if op == depsolve.OpArch {
		return left
	}
	return s.pool.Relation(s.stripArch(left), op, right)
}

// withEVR narrows a selection to a version as it appears in file names, that
// is without an epoch. If the packages have one epoch it is added; if they
// differ in it the selection becomes a list.
func (s *selector) withEVR(list []picked, evr string) []picked {
	var out []picked
	for _, p := range list {
		epochs := map[string]bool{}
		p.ids = slices.DeleteFunc(p.ids, func(id depsolve.PkgID) bool {
			epoch, ok := matchEVR(s.pool.Raw(id).EVR, evr)
			if ok {
				epochs[epoch] = true
			}
			return !ok
		})
		switch {
		case len(p.ids) == 0:
			continue
		case len(epochs) > 1:
			p.listed = true
		default:
			for epoch := range epochs {
				if epoch != "" {
					evr = epoch + ":" + evr
				}
			}
			p.dep = s.pool.Relation(p.dep, depsolve.OpEQ, s.pool.Name(evr))
			p.setEVR = strings.Contains(evr, "-")
			p.setEV = !p.setEVR
		}
		out = append(out, p)
	}
	return out
}

// matchEVR compares a package's version with a text that may lack the epoch and
// the release. It returns the epoch that the text lacks.
func matchEVR(have, text string) (string, bool) {
	version, release, _ := strings.Cut(text, "-")
	_, _, withEpoch := strings.Cut(version, ":")
	epoch, rest, ok := strings.Cut(have, ":")
	if !ok {
		epoch, rest = "", have
	}
	hv, hr := rest, ""
	if i := strings.LastIndexByte(rest, '-'); i >= 0 {
		hv, hr = rest[:i], rest[i+1:]
	}
	if withEpoch {
		e, v, _ := strings.Cut(version, ":")
		if strings.TrimLeft(e, "0") != strings.TrimLeft(epoch, "0") {
			return "", false
		}
		version, epoch = v, ""
	}
	if epoch == "0" {
		epoch = ""
	}
	return epoch, version == hv && (release == "" || release == hr)
}

// onlyInstalled narrows a selection to the installed system.
func (s *selector) onlyInstalled(list []picked) []picked {
	var out []picked
	for _, p := range list {
		n := len(p.ids)
		p.ids = slices.DeleteFunc(p.ids, func(id depsolve.PkgID) bool { return !s.pool.Package(id).Installed })
		p.listed, p.setRepo = p.listed || len(p.ids) < n, true
		if len(p.ids) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// flat makes one list of a selection.
func (s *selector) flat(list []picked) []picked {
	all := picked{listed: true}
	for _, p := range list {
		all.ids = append(all.ids, p.ids...)
	}
	if len(all.ids) == 0 {
		return nil
	}
	all.ids = slices.Compact(slices.Sorted(slices.Values(all.ids)))
	return []picked{all}
}

func (s *selector) job(like depsolve.Job, p picked) depsolve.Job {
	j := like
	j.SetEV, j.SetEVR = j.SetEV || p.setEV, j.SetEVR || p.setEVR
	j.SetArch, j.SetRepo = j.SetArch || p.setArch, j.SetRepo || p.setRepo
	switch {
	case !p.listed && p.byName:
		j.Select = depsolve.SelectName(p.dep)
	case !p.listed:
		j.Select = depsolve.SelectProvides(p.dep)
	default:
		s.list(&j, p.ids)
	}
	return j
}

func (s *selector) list(j *depsolve.Job, ids []depsolve.PkgID) {
	if len(ids) == 1 {
		j.Select, j.NoAutoSet = depsolve.SelectPackage(ids[0]), true
		return
	}
	j.Select = depsolve.SelectOneOf(ids...)
}

// combine adds jobs to those before, or with one of the flags add, subtract and
// filter changes what those before select.
func (s *selector) combine(before, jobs []depsolve.Job) []depsolve.Job {
	if !s.has("subtract") && !s.has("filter") {
		return append(before, jobs...)
	}
	named := map[depsolve.PkgID]bool{}
	for _, j := range jobs {
		for _, id := range s.pool.Matches(j.Select) {
			named[id] = true
		}
	}
	var out []depsolve.Job
	for _, j := range before {
		all := s.pool.Matches(j.Select)
		left := slices.DeleteFunc(slices.Clone(all), func(id depsolve.PkgID) bool { return named[id] == s.has("subtract") })
		switch {
		case len(left) == 0:
			continue
		case len(left) < len(all):
			s.list(&j, left)
			if len(jobs) == 1 {
				j.SetEV, j.SetEVR = j.SetEV || jobs[0].SetEV, j.SetEVR || jobs[0].SetEVR
				j.SetArch, j.SetRepo = j.SetArch || jobs[0].SetArch, j.SetRepo || jobs[0].SetRepo
			}
		}
		out = append(out, j)
	}
	return out
}

// depsOf returns how to read the dependencies of a kind.
func (s *selector) depsOf(key string) (func(depsolve.PkgID) []depsolve.DepID, error) {
	kinds := map[string]func(depsolve.RawPackage) []depsolve.DepID{
		"solvable:name": func(r depsolve.RawPackage) []depsolve.DepID {
			return []depsolve.DepID{s.pool.Relation(s.pool.Name(r.Name), depsolve.OpEQ, s.pool.Name(r.EVR))}
		},
		"solvable:provides":    func(r depsolve.RawPackage) []depsolve.DepID { return r.Provides },
		"solvable:requires":    func(r depsolve.RawPackage) []depsolve.DepID { return slices.Concat(r.Requires, r.PreRequires) },
		"solvable:conflicts":   func(r depsolve.RawPackage) []depsolve.DepID { return r.Conflicts },
		"solvable:obsoletes":   func(r depsolve.RawPackage) []depsolve.DepID { return r.Obsoletes },
		"solvable:recommends":  func(r depsolve.RawPackage) []depsolve.DepID { return r.Recommends },
		"solvable:suggests":    func(r depsolve.RawPackage) []depsolve.DepID { return r.Suggests },
		"solvable:supplements": func(r depsolve.RawPackage) []depsolve.DepID { return r.Supplements },
		"solvable:enhances":    func(r depsolve.RawPackage) []depsolve.DepID { return r.Enhances },
	}
	f := kinds[key]
	if f == nil {
		return nil, fmt.Errorf("selection by %q: unknown kind of dependency", key)
	}
	return func(id depsolve.PkgID) []depsolve.DepID { return f(s.pool.Raw(id)) }, nil
}

// matcher returns the test for one dependency of a package.
func (s *selector) matcher(kind, key, text string) (func(depsolve.DepID) bool, error) {
	switch kind {
	case "selection_matchdepid":
		d, err := ParseDep(s.pool, text)
		if err != nil {
			return nil, err
		}
		return func(h depsolve.DepID) bool { return h == d || !s.has("depstr") && s.pool.Meet(h, d) }, nil
	case "selection_matchsolvable":
		id, err := s.c.pkg(text)
		if err != nil {
			return nil, err
		}
		return func(h depsolve.DepID) bool {
			if key == "solvable:name" || key == "solvable:obsoletes" {
				return s.pool.Is(id, h)
			}
			return slices.Contains(s.pool.Matches(depsolve.SelectProvides(h)), id)
		}, nil
	case "selection_matchdeps":
		return func(h depsolve.DepID) bool { return s.matchDep(h, text) }, nil
	}
	return nil, fmt.Errorf("selection %q: %w", kind, errSkip)
}

// matchDep compares a dependency with a text: as a whole, or name and version
// each for itself.
func (s *selector) matchDep(have depsolve.DepID, text string) bool {
	if s.has("depstr") {
		return s.fits(text, s.pool.DepString(have))
	}
	name, op, evr := text, depsolve.Op(0), ""
	if s.has("rel") {
		if n, o, e, ok := cutRelation(text); ok {
			name, op, evr = n, o, e
		}
	}
	left, hop, right, ok := s.pool.Split(have)
	if ok && hop >= 8 {
		return s.matchDep(left, text) || s.matchDep(right, text)
	}
	if !ok {
		left = have
	}
	if !s.fits(name, s.pool.DepString(left)) {
		return false
	}
	return op == 0 || s.pool.Meet(have, s.pool.Relation(left, op, s.pool.Name(evr)))
}
