package depsolve

import (
	"fmt"
	"slices"
	"strings"
)

func (s *solver) unsolvableError(partial *Transaction) *UnsolvableError {
	e := &UnsolvableError{Partial: partial}
	for _, f := range s.problems {
		e.Problems = append(e.Problems, s.problem(f))
	}
	return e
}

// problem turns a refutation into facts about packages.
func (s *solver) problem(f found) *Problem {
	p := &Problem{solver: s, rules: f.rules, found: f}
	for _, e := range s.inOrder(f.rules) {
		if e < 0 {
			p.Jobs = append(p.Jobs, int(-e-1))
		}
	}
	seen := map[Cause]bool{}
	add := func(c Cause) {
		if !seen[c] {
			seen[c] = true
			p.Causes = append(p.Causes, c)
		}
	}
	for _, n := range f.proof {
		s.causesOf(n, add)
	}
	p.Main = Cause{Kind: "other", Text: "the packages contradict each other"}
	if n := s.mainRule(f); n != 0 {
		first := true
		s.causesOf(n, func(c Cause) {
			if first {
				p.Main, first = c, false
			}
		})
	}
	p.Text = s.story(p)
	return p
}

// maxFacts is how many reasons for one rule are told. A rule has more than one
// if equal or broken dependencies are written many times.
const maxFacts = 1000

// causesOf calls add for what a rule says.
func (s *solver) causesOf(n int32, add func(Cause)) {
	p := s.pool
	from, _ := s.classRange(s.classOf(n))
	c := s.clause(n)
	switch s.classOf(n) {
	case rulePackage:
		left := maxFacts
		s.facts(n, func(f ruleFact) {
			if left--; left >= 0 {
				add(s.factCause(n, f))
			}
		})
	case ruleFeature, ruleUpdate:
		pkg := s.installed.first + n - from
		if s.locked().has(pkg) {
			add(lockCause(p, pkg))
			return
		}
		add(Cause{Kind: "update", Package: PkgID(pkg), Text: "problem with installed package " + p.nevra(pkg)})
	case ruleJob:
		add(s.jobCause(n, int(s.jobOf[n-from])))
	case ruleInfArch:
		add(Cause{Kind: "inferior-arch", Package: PkgID(-c.P), Text: p.nevra(-c.P) + " has inferior architecture"})
	case ruleDup:
		add(Cause{Kind: "not-in-repo", Package: PkgID(-c.P), Text: p.nevra(-c.P) + " does not belong to a distupgrade repository"})
	case ruleBest:
		add(s.bestCause(n, s.bestFor[n-from]))
	case ruleYumObs:
		d := s.yumFor[n-from]
		add(Cause{Kind: "split", Package: PkgID(-c.P), Dep: p.DepString(d), Text: "both package " + p.nevra(-c.P) + " and another one obsolete " + p.DepString(d)})
	case ruleBlack:
		add(Cause{Kind: "blacklist", Package: PkgID(-c.P), Text: "package " + p.nevra(-c.P) + " can only be installed by a direct request"})
	case ruleStrictRepo:
		add(Cause{Kind: "repo-priority", Package: PkgID(-c.P), Text: "package " + p.nevra(-c.P) + " is excluded by strict repo priority"})
	}
}

func (s *solver) bestCause(n, who int32) Cause {
	p := s.pool
	if who > 0 {
		best := who
		for _, q := range s.lits(n) {
			if q > 0 {
				best = q
				break
			}
		}
		return Cause{Kind: "best", Package: PkgID(best), Other: PkgID(who),
			Text: "cannot install the best update candidate for package " + p.nevra(who)}
	}
	return Cause{Kind: "best", Package: PkgID(max(0, s.clause(n).P)), Text: "cannot install the best candidate for the job"}
}

func (s *solver) jobCause(n int32, job int) Cause {
	p := s.pool
	j := &s.jobs[job]
	c := Cause{Kind: "job", Dep: p.SelectionString(j.Select)}
	if s.clause(n).P == -systemPkg && j.Action == Install {
		switch j.Select.kind {
		case selNothing:
			c.Kind, c.Text = "job-unknown", "no package matches "+c.Dep
		case selName:
			c.Kind, c.Text = "job-unknown", "package "+c.Dep+" does not exist"
			if len(p.providers(j.Select.dep)) > 0 {
				c.Kind, c.Text = "job-missing", "nothing provides requested "+c.Dep
			}
		default:
			c.Kind, c.Text = "job-missing", "nothing provides requested "+c.Dep
		}
		return c
	}
	if j.Action == Lock {
		return lockCause(p, abs32(s.clause(n).P))
	}
	if j.Action == Erase {
		c.Package = PkgID(abs32(s.clause(n).P))
	}
	c.Text = "conflicting requests"
	return c
}

func lockCause(p *Pool, pkg int32) Cause {
	return Cause{Kind: "locked", Package: PkgID(pkg), Text: "package " + p.nevra(pkg) + " is locked"}
}

// factCause words a package rule.
func (s *solver) factCause(n int32, f ruleFact) Cause {
	p := s.pool
	c := Cause{Kind: f.kind, Package: PkgID(f.pkg), Dep: p.DepString(f.dep), dep: f.dep}
	name := p.nevra(f.pkg)
	switch f.kind {
	case "missing":
		c.Text = fmt.Sprintf("nothing provides %s needed by %s", c.Dep, name)
	case "requires", "recommends":
		c.Kind = "requires"
		c.Other = PkgID(s.onlyProvider(f))
		c.Text = fmt.Sprintf("package %s requires %s, but none of the providers can be installed", name, c.Dep)
	case "conflicts":
		c.Other = PkgID(-f.q)
		switch {
		case f.q == 0 && f.block == nil:
			c.Text = fmt.Sprintf("package %s conflicts with %s provided by itself", name, c.Dep)
		case f.block != nil:
			c.Other = PkgID(abs32(f.block[0]))
			c.Text = fmt.Sprintf("package %s conflicts with %s provided by %s", name, c.Dep, p.nevra(abs32(f.block[0])))
		default:
			c.Text = fmt.Sprintf("package %s conflicts with %s provided by %s", name, c.Dep, p.nevra(-f.q))
		}
	case "obsoletes":
		c.Other = PkgID(-f.q)
		installed := ""
		if p.isInstalled(f.pkg) {
			installed = "installed "
		}
		c.Text = fmt.Sprintf("%spackage %s obsoletes %s provided by %s", installed, name, c.Dep, p.nevra(-f.q))
	case "same-name":
		c.Other = PkgID(-f.q)
		c.Text = fmt.Sprintf("cannot install both %s and %s", name, p.nevra(-f.q))
	case "excluded":
		c.Text = fmt.Sprintf("package %s is excluded", name)
	case "not-installable":
		c.Text = fmt.Sprintf("package %s does not have a compatible architecture", name)
	}
	return c
}

func abs32(v int32) int32 { return max(v, -v) }

// onlyProvider returns the provider of a requirement if there is just one.
func (s *solver) onlyProvider(f ruleFact) int32 {
	if f.d == 0 {
		return 0
	}
	if l := s.pool.lits.List(f.d); len(l) == 1 {
		return l[0]
	}
	return 0
}

// facts calls f for each reason that a package rule exists.
func (s *solver) facts(n int32, f func(ruleFact)) {
	want := s.lits(n)
	if len(want) == 0 {
		return
	}
	emit := func(r ruleFact) {
		if s.sameClause(r, want) {
			f(r)
		}
	}
	g := &packageRules{s: s, facts: emit}
	for i, l := range want { // a rule may stem from either side
		if l < 0 && !slices.Contains(want[:i], l) {
			g.rulesOf(-l)
		}
	}
}

// sameClause reports whether a fact stands for the clause with these literals.
func (s *solver) sameClause(r ruleFact, want []int32) bool {
	have := []int32{r.p}
	switch {
	case r.d != 0:
		have = append(have, s.pool.lits.List(r.d)...)
	case r.block != nil:
		have = append(have, r.block...)
	case r.q != 0:
		have = append(have, r.q)
	}
	if len(have) != len(want) {
		return false
	}
	if len(have) == 2 {
		return have[0] == want[0] && have[1] == want[1] || have[0] == want[1] && have[1] == want[0]
	}
	if r.block != nil { // the clause of a rich dependency may begin with any of its literals
		slices.Sort(have)
		want = slices.Sorted(slices.Values(want))
	}
	return slices.Equal(have, want)
}

// story tells the problem: the request, the chain of facts that leads to the
// contradiction, what holds the installed side, and what would help.
func (s *solver) story(p *Problem) string {
	var b strings.Builder
	b.WriteString(s.headline(p))
	for _, c := range s.chain(p) {
		b.WriteString("\n" + c)
	}
	if h := s.advice(p); h != "" {
		b.WriteString("\nhint: " + h)
	}
	return b.String()
}

// headline names the requests, but not the locks of the base.
func (s *solver) headline(p *Problem) string {
	var jobs []string
	for _, i := range p.Jobs {
		if s.jobs[i].Action != Lock {
			jobs = append(jobs, s.jobString(i))
		}
	}
	const most = 5
	switch {
	case len(jobs) == 0:
		return p.Main.Text
	case len(jobs) > most:
		jobs = append(jobs[:most], fmt.Sprintf("%d more", len(jobs)-most))
	}
	return "cannot " + strings.Join(jobs, " and ") + ": " + p.Main.Text
}

// chain lists the remaining facts, from the request towards the contradiction,
// those about one package after another. Facts of equal text show once.
func (s *solver) chain(p *Problem) []string {
	const most = 12
	var out []string
	seen := map[string]bool{p.Main.Text: true}
	left := 0
	for i := len(p.Causes) - 1; i >= 0; i-- {
		c := p.Causes[i]
		switch c.Kind {
		case "job":
			if c.Package == 0 {
				continue
			}
			c.Text = s.pool.PkgString(c.Package) + " is to be erased"
		case "update", "best":
			continue
		}
		if seen[c.Text] || c.Text == "" {
			continue
		}
		seen[c.Text] = true
		if c.Kind == "same-name" { // true both ways round
			seen[fmt.Sprintf("cannot install both %s and %s", s.pool.PkgString(c.Other), s.pool.PkgString(c.Package))] = true
		}
		if len(out) == most {
			left++
			continue
		}
		out = append(out, c.Text)
	}
	if left > 0 {
		out = append(out, fmt.Sprintf("(%d more facts)", left))
	}
	return out
}

// advice says what would help, "" if nothing sensible is known.
func (s *solver) advice(p *Problem) string {
	for _, c := range p.Causes {
		if c.Kind == "excluded" && c == p.Main {
			return "remove the exclude of " + s.pool.PkgString(c.Package)
		}
	}
	for _, c := range p.Causes {
		if c.Kind != "requires" && c.Kind != "missing" {
			continue
		}
		if a := s.versionAdvice(p, c); a != "" {
			return a
		}
	}
	var locked []string
	for _, c := range p.Causes {
		if c.Kind == "locked" && s.pool.isInstalled(int32(c.Package)) && len(locked) < 3 {
			locked = append(locked, s.pool.PkgString(c.Package))
		}
	}
	if len(locked) > 0 && slices.ContainsFunc(p.Jobs, func(i int) bool { return s.jobs[i].Action == Erase }) {
		return "erase " + strings.Join(locked, ", ") + " as well"
	}
	if len(locked) > 0 {
		return "the base locks " + strings.Join(locked, ", ") + ": upgrade the base or override the package"
	}
	return ""
}

// versionAdvice recognises a requirement whose installed provider is too old or
// too new and locked.
func (s *solver) versionAdvice(p *Problem, c Cause) string {
	pool := s.pool
	d := c.dep
	if !d.isRel() || pool.rel(d).op >= 8 {
		return ""
	}
	r := pool.rel(d)
	for _, q := range pool.providers(r.left) {
		if !pool.isInstalled(q) || pool.providesVersion(q, r) {
			continue
		}
		have := pool.nevra(q)
		if DepID(pool.name[q]) != r.left {
			have = pool.DepString(r.left) + " " + s.providedVersion(q, r.left) + " (" + have + ")"
		}
		text := fmt.Sprintf("%s needs %s, the installed system has %s", pool.PkgString(c.Package), c.Dep, have)
		if pool.evrCmp(pool.evr[q], uint32(r.right), cmpFull) < 0 || r.op&OpGT != 0 {
			return text + ": upgrade the base first"
		}
		return text + ": the repositories are older than the base, refresh their metadata"
	}
	return ""
}

// providedVersion returns in which version a package provides a name.
func (s *solver) providedVersion(pkg int32, name DepID) string {
	p := s.pool
	for _, d := range p.list(depProvides, pkg) {
		if d.isRel() && p.rel(d).left == name {
			return p.DepString(p.rel(d).right)
		}
	}
	return p.strs.str(p.evr[pkg])
}
