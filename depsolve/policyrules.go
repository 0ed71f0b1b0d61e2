package depsolve

import (
	"slices"
	"strings"
)

// Jobs switch policy rules off: who asks for an exact version must not be
// stopped by the rule that keeps the installed one. When a job is given up
// its effect is undone.

// policyOff is one thing that a job switches off.
type policyOff struct {
	kind offKind
	arg  int32 // package, or name
}

type offKind uint8

const (
	offUpdate     offKind = iota // update, feature and best rules of an installed package
	offInfArch                   // of a name and architecture, those of the package
	offDup                       // of a name
	offBlack                     // of a package
	offStrictRepo                // of a name
)

func (s *solver) disablePolicyRules() {
	s.offs = map[policyOff]bool{}
	s.offBy = map[policyOff][]int32{}
	for i := range s.jobs {
		for _, o := range s.offsOf(i) {
			s.offBy[o] = append(s.offBy[o], int32(i))
			s.switchOff(o)
		}
	}
}

func (s *solver) switchOff(o policyOff) {
	if !s.offs[o] {
		s.offs[o] = true
		s.switchRules(o, false)
	}
}

// jobGivenUp undoes the effect of a job that is dropped, as far as no other
// that still counts has the same effect.
func (s *solver) jobGivenUp(i int) {
	for _, o := range s.offsOf(i) {
		if s.offs[o] && !slices.ContainsFunc(s.offBy[o], s.jobCounts) {
			delete(s.offs, o)
			s.switchRules(o, true)
		}
	}
}

// jobCounts reports whether the rules of a job are on.
func (s *solver) jobCounts(i int32) bool {
	from, _ := s.classRange(ruleJob)
	n, found := slices.BinarySearch(s.jobOf, i)
	return !found || s.clause(from+int32(n)).Enabled()
}

// jobTakenBack makes a dropped job count again.
func (s *solver) jobTakenBack(i int) {
	for _, o := range s.offsOf(i) {
		s.switchOff(o)
	}
}

func (s *solver) switchRules(o policyOff, on bool) {
	set := func(n int32) {
		if on {
			s.sat.Enable(n)
		} else {
			s.sat.Disable(n)
		}
	}
	each := func(c ruleClass, hit func(pkg int32) bool) {
		from, end := s.classRange(c)
		for n := from; n < end; n++ {
			if hit(-s.clause(n).P) {
				set(n)
			}
		}
	}
	named := func(pkg int32) bool { return pkg > 0 && s.pool.name[pkg] == uint32(o.arg) }
	switch o.kind {
	case offUpdate:
		s.switchUpdate(o.arg, on, set)
	case offInfArch:
		each(ruleInfArch, func(pkg int32) bool {
			return pkg > 0 && s.pool.name[pkg] == s.pool.name[o.arg] && s.pool.arch[pkg] == s.pool.arch[o.arg]
		})
	case offDup:
		each(ruleDup, named)
	case offStrictRepo:
		each(ruleStrictRepo, named)
	case offBlack:
		each(ruleBlack, func(pkg int32) bool { return pkg == o.arg })
	}
}

func (s *solver) switchUpdate(pkg int32, on bool, set func(int32)) {
	update, feature := s.updateRule(pkg), s.featureRule(pkg)
	if on { // the feature rule only comes in when the update rule is given up
		if s.clause(update).P != 0 {
			set(update)
		} else if s.clause(feature).P != 0 {
			set(feature)
		}
	} else {
		for _, n := range [...]int32{update, feature} {
			if s.clause(n).P != 0 {
				set(n)
			}
		}
	}
	from, _ := s.classRange(ruleBest)
	for i, who := range s.bestFor {
		if who == pkg {
			set(from + int32(i))
		}
	}
}

// offsOf returns what job i switches off.
func (s *solver) offsOf(i int) []policyOff {
	if s.offCache == nil {
		s.offCache = make([][]policyOff, len(s.jobs))
		s.offKnown = make([]bool, len(s.jobs))
	}
	if !s.offKnown[i] {
		s.offKnown[i] = true
		s.offCache[i] = s.findOffs(&s.jobs[i])
	}
	return s.offCache[i]
}

func (s *solver) findOffs(j *Job) []policyOff {
	p := s.pool
	var out []policyOff
	switch j.Action {
	case Install:
		return s.installOffs(j)
	case Erase:
		for _, q := range p.selected(j.Select) {
			if p.isInstalled(q) {
				out = append(out, policyOff{offUpdate, q})
			}
		}
		if set := s.autoSet(j); set.SetArch {
			out = append(out, s.archOffs(j)...)
		}
	case Lock:
		for _, q := range p.selected(j.Select) {
			if p.isInstalled(q) {
				out = append(out, policyOff{offDup, int32(p.name[q])})
			}
		}
	}
	return out
}

// autoSet returns the job with the set flags that follow from its selection.
func (s *solver) autoSet(j *Job) Job {
	set := *j
	if j.NoAutoSet {
		return set
	}
	p := s.pool
	sel := &j.Select
	set.SetEVR = set.SetEVR || sel.setEVR
	set.SetArch = set.SetArch || sel.setArch
	set.SetName = set.SetName || sel.setName || sel.kind == selName
	if sel.kind == selPackage {
		set.SetEVR, set.SetArch, set.SetVendor, set.SetRepo, set.SetName = true, true, true, true, true
	}
	if (sel.kind == selName || sel.kind == selProvides) && sel.dep.isRel() {
		r := p.rel(sel.dep)
		if r.op == OpEQ && sel.kind == selName {
			if strings.Contains(p.strs.str(uint32(r.right)), "-") {
				set.SetEVR = true
			} else {
				set.SetEV = true
			}
			if r.left.isRel() {
				r = p.rel(r.left)
			}
		}
		set.SetArch = set.SetArch || r.op == OpArch
	}
	return set
}

func (s *solver) nameOffs(kind offKind, j *Job) []policyOff {
	var out []policyOff
	for _, q := range s.pool.selected(j.Select) {
		o := policyOff{kind, int32(s.pool.name[q])}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// archOffs names each architecture of the selection by the first package of
// the pool that has it.
func (s *solver) archOffs(j *Job) []policyOff {
	p := s.pool
	var out []policyOff
	for _, q := range p.selected(j.Select) {
		for _, o := range p.providers(DepID(p.name[q])) {
			if p.name[o] == p.name[q] && p.arch[o] == p.arch[q] {
				if off := (policyOff{offInfArch, o}); !slices.Contains(out, off) {
					out = append(out, off)
				}
				break
			}
		}
	}
	return out
}

func (s *solver) installOffs(j *Job) []policyOff {
	p := s.pool
	set := s.autoSet(j)
	var out []policyOff
	list := p.selected(j.Select)
	if set.SetArch {
		out = append(out, s.archOffs(j)...)
	}
	if set.SetRepo {
		out = append(out, s.nameOffs(offDup, j)...)
		out = append(out, s.nameOffs(offStrictRepo, j)...)
	}
	if set.SetEVR && j.Select.kind != selRepo {
		for _, q := range list {
			out = append(out, policyOff{offBlack, q})
		}
	}
	if s.installed == nil || len(list) == 0 || slices.ContainsFunc(list, p.isInstalled) ||
		!(set.SetEV || set.SetEVR || set.SetArch || set.SetVendor || set.SetRepo || set.SetName) {
		return out
	}
	for _, old := range s.replacedByAll(list) {
		if slices.ContainsFunc(list, func(q int32) bool { return s.illegalFor(&set, old, q) }) {
			continue
		}
		out = append(out, policyOff{offUpdate, old})
	}
	return out
}

// replacedByAll returns the installed packages that each of some packages
// would replace.
func (s *solver) replacedByAll(list []int32) []int32 {
	p := s.pool
	var common []int32
	for i, q := range list {
		if s.multiversion.has(q) {
			return nil
		}
		old := p.replacedBy(q)
		if i == 0 {
			common = old
			continue
		}
		common = slices.DeleteFunc(common, func(o int32) bool { return !slices.Contains(old, o) })
		if len(common) == 0 {
			return nil
		}
	}
	return common
}

// illegalFor reports whether policy forbids the replacement in an aspect that
// the job did not fix.
func (s *solver) illegalFor(set *Job, old, q int32) bool {
	c := s.illegal(old, q)
	return c&changeDowngrade != 0 && !set.SetEV && !set.SetEVR ||
		c&changeArch != 0 && !set.SetArch ||
		c&changeVendor != 0 && !set.SetVendor ||
		c&changeName != 0 && !set.SetName
}
