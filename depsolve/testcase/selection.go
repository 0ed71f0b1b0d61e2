package testcase

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
)

// Selections by text: "selection STRING FLAGS" finds packages as a user names
// them, the selection_match* forms by the dependencies that packages have.

// selector makes one selection.
type selector struct {
	c     *runner
	pool  *depsolve.Pool
	flags []string
}

var selectionFlags = []string{
	"name", "provides", "filelist", "canon", "dotarch", "rel", "installedonly", "glob", "flat", "nocase", "sourceonly",
	"withsource", "skipkind", "depstr", "withdisabled", "withbadarch", "add", "subtract", "filter",
}

func (s *selector) has(flag string) bool { return slices.Contains(s.flags, flag) }

// picked is one part of a selection: what fits a dependency, or if some of it
// is not found that way a list.
type picked struct {
	dep    depsolve.DepID
	byName bool // rather than by what is provided
	listed bool // as a list of packages
	ids    []depsolve.PkgID

	setEV, setEVR, setArch, setRepo bool
}

// selectionJobs reads the selection of a job whose first word begins with
// "selection". The result has the action and the flags of like.
func (c *runner) selectionJobs(like depsolve.Job, w []string) error {
	if len(w) < 3 {
		return fmt.Errorf("%s: want a text and flags", w[0])
	}
	s := &selector{c: c, pool: c.pool, flags: splitFlags(w[len(w)-1:])}
	for _, f := range s.flags {
		if !slices.Contains(selectionFlags, f) {
			return fmt.Errorf("selection flag %q: unknown", f)
		}
	}
	parts, err := s.parts(w[0], w[1:len(w)-1])
	if err != nil {
		return err
	}
	var jobs []depsolve.Job
	for _, p := range parts {
		jobs = append(jobs, s.job(like, p))
	}
	c.jobs = s.combine(c.jobs, jobs)
	return nil
}

func (s *selector) parts(kind string, w []string) ([]picked, error) {
	if kind == "selection" {
		text, err := unescape(strings.Join(w, " "))
		if err != nil {
			return nil, err
		}
		return s.byText(text), nil
	}
	if len(w) < 2 {
		return nil, errors.New(kind + ": want a kind of dependency and a text")
	}
	have, err := s.depsOf(w[0])
	if err != nil {
		return nil, err
	}
	match, err := s.matcher(kind, w[0], strings.Join(w[1:], " "))
	if err != nil {
		return nil, err
	}
	var ids []depsolve.PkgID
	for id := range s.pool.All() {
		if s.counts(id) && slices.ContainsFunc(have(id), match) {
			ids = append(ids, id)
		}
	}
	return s.flat([]picked{{listed: true, ids: ids}}), nil
}

// byText tries the readings of a text in turn.
func (s *selector) byText(text string) []picked {
	var out []picked
	if s.has("filelist") && (strings.HasPrefix(text, "/") || s.has("glob") && strings.HasPrefix(text, "*")) {
		out = s.byFile(text)
	}
	if len(out) == 0 && s.has("rel") && strings.ContainsAny(text, "<=>") {
		out = s.byRelation(text)
	}
	if len(out) == 0 {
		out = s.byWord(text)
	}
	if len(out) == 0 && s.has("canon") {
		out = s.byVersion(text)
	}
	if s.has("installedonly") {
		out = s.onlyInstalled(out)
	}
	if s.has("flat") && len(out) > 1 {
		out = s.flat(out)
	}
	return out
}

func (s *selector) byFile(text string) []picked {
	var out []picked
	for id := range s.pool.All() {
		if s.counts(id) && slices.ContainsFunc(s.pool.Raw(id).Files, func(f string) bool { return s.fits(text, f) }) {
			name := s.pool.Name(s.pool.Package(id).NEVRA.Name)
			i := slices.IndexFunc(out, func(p picked) bool { return p.dep == name })
			if i < 0 {
				i, out = len(out), append(out, picked{dep: name, byName: true, listed: true})
			}
			out[i].ids = append(out[i].ids, id)
		}
	}
	return out
}

// byWord finds a name or something provided, perhaps with ".arch".
func (s *selector) byWord(text string) []picked {
	for _, byName := range [...]bool{true, false} {
		if byName && !s.has("name") || !byName && !s.has("provides") {
			continue
		}
		if out := s.named(text, byName, s.has("sourceonly")); len(out) > 0 {
			return out
		}
		i := strings.LastIndexByte(text, '.')
		if !s.has("dotarch") || i <= 0 || !s.isArch(text[i+1:]) {
			continue
		}
		arch := text[i+1:]
		source := arch == "src" || arch == "nosrc"
		out := s.withArch(s.named(text[:i], byName, source || s.has("sourceonly")), arch)
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func (s *selector) isArch(arch string) bool {
	return arch == "src" || arch == "nosrc" || arch != "" && s.pool.RunsArch(arch)
}

// byRelation finds "name op version".
func (s *selector) byRelation(text string) []picked {
	name, op, evr, ok := cutRelation(text)
	if !ok {
		return nil
	}
	return s.withVersion(s.byWord(name), op, evr)
}

// cutRelation splits at the first comparison.
func cutRelation(text string) (name string, op depsolve.Op, evr string, ok bool) {
	i := strings.IndexAny(text, "<=>")
	if i <= 0 {
		return text, 0, "", false
	}
	name, rest := strings.TrimRight(text[:i], " \t"), text[i:]
	for rest != "" && strings.IndexByte("<=>", rest[0]) >= 0 {
		op |= map[byte]depsolve.Op{'<': depsolve.OpLT, '=': depsolve.OpEQ, '>': depsolve.OpGT}[rest[0]]
		rest = rest[1:]
	}
	evr = strings.Trim(rest, " \t")
	return name, op, evr, name != "" && evr != ""
}

// byVersion finds name-version[-release][.arch].
func (s *selector) byVersion(text string) []picked {
	rest, arch := text, ""
	if i := strings.LastIndexByte(text, '.'); i > strings.LastIndexByte(text, '-') && s.isArch(text[i+1:]) {
		rest, arch = text[:i], text[i+1:]
	}
	source := arch == "src" || arch == "nosrc" || s.has("sourceonly")
	at := len(rest)
	for range 2 {
		if at = strings.LastIndexByte(rest[:at], '-'); at <= 0 {
			return nil
		}
		out := s.named(rest[:at], true, source)
		if arch != "" {
			out = s.withArch(out, arch)
		}
		if out = s.withEVR(out, rest[at+1:]); len(out) > 0 {
			return out
		}
	}
	return nil
}

// named finds packages by a name or by what they provide.
func (s *selector) named(name string, byName, source bool) []picked {
	if s.has("skipkind") {
		if _, rest, ok := strings.Cut(name, ":"); ok {
			name = rest
		}
	}
	var out []picked
	for _, d := range s.words(name, byName) {
		p := picked{dep: d, byName: byName}
		if !source {
			p.ids = s.regular(p)
		}
		extra := s.extras(d, byName, source)
		p.listed = len(extra) > 0
		if source && byName && !slices.ContainsFunc(extra, func(id depsolve.PkgID) bool { return s.pool.Package(id).Excluded }) {
			p.dep, p.listed = s.pool.Relation(d, depsolve.OpArch, s.pool.Name("src")), false
		}
		p.ids = slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.ids, extra))))
		if len(p.ids) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// words returns the names that a text stands for.
func (s *selector) words(text string, byName bool) []depsolve.DepID {
	if !(s.has("glob") && strings.ContainsAny(text, "*?[")) && !s.has("nocase") {
		return []depsolve.DepID{s.pool.Name(text)}
	}
	seen := map[depsolve.DepID]bool{}
	var out []depsolve.DepID
	add := func(d depsolve.DepID) {
		if !seen[d] {
			seen[d] = true
			if s.fits(text, s.pool.DepString(d)) {
				out = append(out, d)
			}
		}
	}
	for id := range s.pool.All() {
		raw := s.pool.Raw(id)
		if byName {
			add(s.pool.Name(raw.Name))
			continue
		}
		for _, d := range raw.Provides {
			add(s.base(d))
		}
	}
	return out
}

func (s *selector) base(d depsolve.DepID) depsolve.DepID {
	for {
		left, _, _, ok := s.pool.Split(d)
		if !ok {
			return d
		}
		d = left
	}
}

// fits compares a text with a word as the flags say.
func (s *selector) fits(text, word string) bool {
	if s.has("nocase") {
		text, word = strings.ToLower(text), strings.ToLower(word)
	}
	if s.has("glob") {
		hide := strings.NewReplacer("/", "\x01")
		ok, err := path.Match(hide.Replace(text), hide.Replace(word))
		return err == nil && ok
	}
	return text == word
}

func (s *selector) regular(p picked) []depsolve.PkgID {
	sel := depsolve.SelectProvides(p.dep)
	if p.byName {
		sel = depsolve.SelectName(p.dep)
	}
	return slices.DeleteFunc(s.pool.Matches(sel), func(id depsolve.PkgID) bool { return id <= 1 || s.pool.Package(id).Excluded })
}

// extras finds what the index of the pool leaves out: source packages, other
// architectures, excluded packages.
func (s *selector) extras(d depsolve.DepID, byName, source bool) []depsolve.PkgID {
	if !source && !s.has("withsource") && !s.has("withdisabled") && !s.has("withbadarch") {
		return nil
	}
	var out []depsolve.PkgID
	for id := range s.pool.All() {
		v := s.pool.Package(id)
		if v.Installed || !v.Excluded && !v.Foreign || !s.allows(v, source) {
			continue
		}
		if byName && s.pool.Is(id, d) ||
			!byName && slices.ContainsFunc(s.pool.Raw(id).Provides, func(h depsolve.DepID) bool { return s.pool.Meet(h, d) }) {
			out = append(out, id)
		}
	}
	return out
}

func (s *selector) allows(v depsolve.PackageView, source bool) bool {
	isSource := v.NEVRA.Arch == "src" || v.NEVRA.Arch == "nosrc"
	switch {
	case v.Excluded && !s.has("withdisabled"), source && !isSource:
		return false
	case isSource:
		return source || s.has("withsource")
	}
	return !v.Foreign || s.has("withbadarch")
}

// counts reports whether a search through all packages looks at one.
func (s *selector) counts(id depsolve.PkgID) bool {
	v := s.pool.Package(id)
	if v.Installed {
		return !s.has("sourceonly")
	}
	return !s.has("installedonly") && s.allows(v, s.has("sourceonly"))
}
