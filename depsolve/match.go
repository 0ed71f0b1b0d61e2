package depsolve

import (
	"path"
	"strings"
)

// Match finds what a user means by spec, trying in this order and taking the
// first that names a package: name-epoch:version-release.arch, name.arch, name,
// name-version-release, name-version, something provided (also with a version:
// "foo >= 2"), and for a spec that begins with "/" the owner of a file. Parts
// may be globs. An empty Selection means that nothing matches; a job with it
// fails with an error that names the spec.
//
// Packages that are excluded match only if no other does, so that a request
// for one fails with the reason.
func (p *Pool) Match(spec string) Selection {
	p.buildIndex()
	spec = strings.TrimSpace(spec)
	if spec == "" {
		return Selection{}
	}
	if !strings.ContainsAny(spec, " ()/") {
		for _, f := range subjectForms(spec) {
			if s := p.matchForm(f); !s.IsEmpty() {
				return s.As(spec)
			}
		}
	}
	return p.matchProvides(spec).As(spec)
}

// subject is a spec cut into the parts of a package's identity; "" is any.
type subject struct{ name, epoch, version, release, arch string }

// subjectForms lists the readings of a spec in order of preference.
func subjectForms(spec string) []subject {
	var out []subject
	stem, arch, hasArch := cutLast(spec, '.')
	if hasArch {
		if f, ok := nevr(stem); ok {
			f.arch = arch
			out = append(out, f)
		}
		out = append(out, subject{name: stem, arch: arch})
	}
	out = append(out, subject{name: spec})
	if f, ok := nevr(spec); ok {
		out = append(out, f)
	}
	if name, ver, ok := cutLast(spec, '-'); ok {
		f := subject{name: name}
		f.epoch, f.version = cutEpoch(ver)
		out = append(out, f)
	}
	return out
}

func nevr(s string) (subject, bool) {
	rest, release, ok := cutLast(s, '-')
	name, version, ok2 := cutLast(rest, '-')
	if !ok || !ok2 {
		return subject{}, false
	}
	f := subject{name: name, release: release}
	f.epoch, f.version = cutEpoch(version)
	if f.epoch == "" { // "1:name-2-3" is an old way to write it
		if e, n := cutEpoch(name); e != "" {
			f.epoch, f.name = e, n
		}
	}
	return f, f.version != ""
}

func cutLast(s string, sep byte) (string, string, bool) {
	i := strings.LastIndexByte(s, sep)
	if i <= 0 || i == len(s)-1 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func cutEpoch(s string) (epoch, rest string) {
	i := strings.IndexByte(s, ':')
	if i <= 0 || strings.Trim(s[:i], "0123456789") != "" {
		return "", s
	}
	return s[:i], s[i+1:]
}

func isGlob(s string) bool { return strings.ContainsAny(s, "*?[") }

// fits compares one part; a pattern that is no valid glob stands for itself.
func fits(pattern, s string) bool {
	if pattern == "" || pattern == s {
		return true
	}
	ok, err := path.Match(pattern, s)
	return ok && err == nil && isGlob(pattern)
}

func (f subject) matches(p *Pool, pkg int32) bool {
	if !fits(f.arch, p.strs.str(p.arch[pkg])) {
		return false
	}
	if f.version == "" {
		return true
	}
	e, v, r := splitEVR(p.strs.str(p.evr[pkg]))
	return fits(f.version, v) && fits(f.release, r) &&
		(f.epoch == "" || strings.TrimLeft(f.epoch, "0") == strings.TrimLeft(e, "0"))
}

// matchForm returns the packages of one reading of the spec.
func (p *Pool) matchForm(f subject) Selection {
	var ids, excluded []PkgID
	glob := isGlob(f.name)
	name := p.strs.lookup(f.name)
	if name == 0 && !glob {
		return Selection{}
	}
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if p.name[pkg] != name && (!glob || !fits(f.name, p.strs.str(p.name[pkg]))) {
			continue
		}
		if p.repoOf[pkg] == 0 || p.arch[pkg] == idSrc || p.arch[pkg] == idNosrc || !f.matches(p, pkg) {
			continue
		}
		if p.excluded.has(pkg) {
			excluded = append(excluded, PkgID(pkg))
		} else {
			ids = append(ids, PkgID(pkg))
		}
	}
	if len(ids) == 0 {
		ids = excluded
	}
	if len(ids) == 0 {
		return Selection{}
	}
	if !glob && f.version == "" && !isGlob(f.arch) {
		d := DepID(name)
		if f.arch != "" {
			d = p.Relation(d, OpArch, p.Name(f.arch))
		}
		return SelectName(d)
	}
	s := SelectOneOf(ids...)
	s.setEVR, s.setArch, s.setName = f.version != "" && f.release != "", f.arch != "", !glob
	return s
}

func (p *Pool) matchProvides(spec string) Selection {
	if isGlob(spec) && !strings.ContainsAny(spec, " (") {
		return p.matchProvidesGlob(spec)
	}
	if d, err := p.ParseDep(spec); err == nil {
		p.buildIndex()
		if len(p.providers(d)) > 0 {
			return SelectProvides(d)
		}
	}
	if !strings.HasPrefix(spec, "/") {
		return Selection{}
	}
	var ids []PkgID
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if p.HasFile(PkgID(pkg), spec) {
			ids = append(ids, PkgID(pkg))
		}
	}
	if len(ids) == 0 {
		return Selection{}
	}
	return SelectOneOf(ids...)
}

// matchProvidesGlob matches a glob with names of provides and with files.
func (p *Pool) matchProvidesGlob(spec string) Selection {
	var ids []PkgID
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		if p.indexable(pkg) && p.providesGlob(pkg, spec) {
			ids = append(ids, PkgID(pkg))
		}
	}
	if len(ids) == 0 {
		return Selection{}
	}
	return SelectOneOf(ids...)
}

func (p *Pool) providesGlob(pkg int32, spec string) bool {
	for _, d := range p.list(depProvides, pkg) {
		if fits(spec, p.strs.str(uint32(p.baseName(d)))) {
			return true
		}
	}
	if spec[0] != '/' && spec[0] != '*' {
		return false
	}
	for at := p.filesAt[pkg]; p.files[at] != 0; at += 2 {
		if fits(spec, p.strs.str(p.files[at])+p.strs.str(p.files[at+1])) {
			return true
		}
	}
	return false
}
