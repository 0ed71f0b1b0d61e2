package depsolve

import (
	"context"

	"example.com/rpmostree/depsolve/internal/cdcl"
)

// solver is one run of Pool.Solve. Installed packages have slots: what is kept
// per installed package is indexed by slot(pkg).
type solver struct {
	ctx       context.Context
	stop      context.CancelCauseFunc // ends ctx, see begin
	steps     int                     // decisions; together with conflicts the steps
	pool      *Pool
	opts      Options
	jobs      []Job
	sat       *cdcl.Solver
	installed *Repo // nil if there are no installed packages

	firstConflict int // conflicts before this run

	classEnd [numRuleClasses]int32
	weak     bitset  // rules that may be dropped silently
	jobOf    []int32 // job of each job rule

	// Wishes of the jobs as sets of packages.
	updateAll, verifyAll, bestAll, uninstallAll bool
	update, verify, best, uninstall             bitset
	multiversion                                bitset
	weakened                                    bitset
	noWeak                                      bitset // excluded from weak dependencies
	favor                                       map[int32]int
	spaces                                      []relation // namespaces that install jobs name
	dropOrphanedAll                             bool
	dropOrphaned                                bitset
	targets                                     map[int32][]int32 // installed -> what to update it to
	special                                     map[int32][]int32 // installed -> multiversion packages that update it
	obsoleters                                  map[int32][]int32 // installed -> packages that obsolete it

	// Dist-upgrade, see rule_dup.go.
	dupAll      bool
	dupInvolved bitset
	dupGood     bitset

	orphans       []int32 // installed packages that no repository has
	brokenOrphans []int32 // their requirements, if these may break

	bestFor      []int32 // per best rule: installed package, or -(job+1)
	recommendFor []int32 // per recommends rule: the package rule it stands for
	choiceFor    []int32 // per choice rule: the package rule it stands for
	yumFor       []DepID // per yumobs rule: the obsoletes
	owner        []int32 // see ownerOf

	involved      bitset  // packages that have rules
	supplementing []int32 // packages that supplement or enhance something
	rulesEnd      []int32 // by package: where the package rules that begin with it end
	lockedSet     bitset
	lockedOnce    bool

	offs     map[policyOff]bool    // what is switched off
	offBy    map[policyOff][]int32 // the jobs that switch it off
	offCache [][]policyOff
	offKnown []bool

	cleandeps  bitset // installed packages to go unless needed
	installPos int32  // installed package that caused trouble last

	disable   bool // record problems and go on without the rules to blame
	problems  []found
	branches  []branch
	recommend weakState
	extra     bool   // extra reordering, while jobs are decided
	trial     bitset // what the last successful trial installs, see solution.go
	retry     bool   // the same installed package has to be looked at again
}

// found is a problem while it is collected: rules to give up, negative for
// jobs, and the rules of its proof.
type found struct {
	rules    []int32
	proof    []int32
	roots    []int32 // the same, with learnt rules for what they stand for
	asserted bool    // the rules are of one literal and contradict each other directly
}

// branch is a decision where there was a choice.
type branch struct {
	level int32
	rule  int32   // what the decision was for
	pkg   int32   // or the package that recommends it
	dep   DepID   // what that recommends
	note  uint8   // why the search had to decide
	list  []int32 // the candidates, the taken one first
}

func (s *solver) slot(pkg int32) int32 { return pkg - s.installed.first }

func (s *solver) slots() int32 {
	if s.installed == nil {
		return 0
	}
	return s.installed.end - s.installed.first
}

// eachInstalled calls f for every installed package in ascending order.
func (s *solver) eachInstalled(f func(pkg int32)) {
	if s.installed == nil {
		return
	}
	for i := s.installed.first; i < s.installed.end; i++ {
		if s.pool.repoOf[i] == s.installed.num {
			f(i)
		}
	}
}

func (s *solver) featureRule(pkg int32) int32 { return s.classEnd[rulePackage] + s.slot(pkg) }
func (s *solver) updateRule(pkg int32) int32  { return s.classEnd[ruleFeature] + s.slot(pkg) }

// wantsUpdate reports whether the user asked for an update of an installed
// package.
func (s *solver) wantsUpdate(pkg int32) bool { return s.updateAll || s.update.has(pkg) }

func (s *solver) mayUninstall(pkg int32) bool { return s.uninstallAll || s.uninstall.has(pkg) }

func (s *solver) setWeak(rule int32) {
	s.weak.grow(int(rule) + 1)
	s.weak.set(rule)
}

func newSolver(p *Pool, jobs []Job, o *Options) *solver {
	n := len(p.name)
	s := &solver{pool: p, jobs: jobs, sat: cdcl.New(n, p.lits)}
	if o != nil {
		s.opts = *o
	}
	if p.installed != nil && p.installed.end > p.installed.first {
		s.installed = p.installed
	}
	for _, b := range []*bitset{&s.update, &s.verify, &s.best, &s.uninstall, &s.multiversion,
		&s.weakened, &s.noWeak, &s.dropOrphaned, &s.dupInvolved, &s.dupGood, &s.cleandeps} {
		*b = newBitset(n)
	}
	s.uninstallAll = s.opts.AllowUninstall
	return s
}

// build makes all rules, class by class.
func (s *solver) build() error {
	s.makeRules()
	return context.Cause(s.ctx)
}

func (s *solver) makeRules() {
	defer s.limitEffort()()
	s.readJobs()
	s.indexObsoleters()
	s.buildPackageRules()
	if s.ctx.Err() != nil || s.pool.effort.exhausted() {
		return
	}
	s.buildDupMaps()
	s.buildUpdateRules()
	s.buildJobRules()
	s.buildInfArchRules()
	s.buildDupRules()
	s.buildBestRules()
	s.buildYumObsRules()
	s.buildBlackRules()
	s.buildRecommendRules()
	s.buildStrictRepoRules()
	s.buildChoiceRules()
	s.weak.grow(len(s.sat.Clauses))
	s.breakOrphanRules()
	s.sat.Watch()
	s.disablePolicyRules()
	s.buildCleanups()
}

func (s *solver) buildPackageRules() {
	p := s.pool
	g := &closure{s: s, cache: s.ruleCache(), added: newBitset(len(p.name))}
	g.added.set(systemPkg)
	s.eachInstalled(g.add)
	s.eachInstalled(func(pkg int32) {
		for _, q := range s.updaters(pkg, allowAll) {
			g.add(q)
		}
	})
	for i := range s.jobs {
		j := &s.jobs[i]
		switch j.Action {
		case Install:
			for _, q := range s.pool.installCandidates(j.Select) {
				g.add(q)
			}
		case DistUpgrade:
			for _, q := range p.selected(j.Select) {
				if !p.isInstalled(q) && p.canInstall(q) && (j.Select.kind != selAll && j.Select.kind != selRepo) {
					g.add(q)
				}
			}
		}
	}
	g.addWeak()
	if p.effort.exhausted() {
		return
	}
	s.involved = g.added
	s.supplementing = g.cache.weak
	s.copyRules(g.cache)
}
