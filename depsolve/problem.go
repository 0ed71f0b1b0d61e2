package depsolve

import (
	"context"
	"strings"
)

// UnsolvableError is what Pool.Solve returns if the jobs cannot all be
// fulfilled. It holds every problem that was found, not just the first.
type UnsolvableError struct {
	Problems []*Problem
	// Partial is what could be done if the blamed jobs were dropped.
	Partial *Transaction
}

// Error returns the texts of all problems.
func (e *UnsolvableError) Error() string {
	var b strings.Builder
	b.WriteString("depsolve: cannot fulfil the request")
	for _, p := range e.Problems {
		b.WriteString("\n - ")
		b.WriteString(strings.ReplaceAll(p.Text, "\n", "\n   "))
	}
	return b.String()
}

// Problem is a set of wishes that contradict each other or the packages.
type Problem struct {
	Text   string  // readable explanation, may have several lines
	Main   Cause   // the single cause that says most
	Causes []Cause // every fact of the contradiction, in order, without repetition
	Jobs   []int   // the jobs to blame, as indexes of what Solve was given

	rules  []int32 // the rules to give up, negative for jobs
	found  found
	solver *solver
}

// Cause is one fact that takes part in a problem. Kind is one of:
//
//	requires         Package requires Dep, which Other or nobody suitable provides
//	missing          nothing provides Dep, required by Package
//	conflicts        Package conflicts with Dep, provided by Other
//	obsoletes        Package obsoletes Dep, which Other is
//	same-name        Package and Other have the same name
//	not-installable  Package is for another architecture
//	excluded         Package is excluded
//	best             Package is the best candidate, but cannot be installed
//	inferior-arch    Package has a worse architecture than another of its name
//	not-in-repo      Package does not belong to a repository of the dist-upgrade
//	update           installed Package has to stay or to be updated
//	job              the job wants it so; Dep is what it asked for
//	job-missing      nothing provides Dep, which the job asked for
//	job-unknown      no package is named as the job's Dep
//	job-system       the system itself provides Dep
//	locked           Package is locked by a job
//	repo-priority    Package is in a repository of worse priority
//	blacklist        Package can only be installed by direct request
//	split            Package and Other obsolete the same package
//	other            anything else
type Cause struct {
	Kind           string
	Package, Other PkgID
	Dep            string
	Text           string

	dep DepID // what Dep is the text of; 0 if no package has it
}

// Solution is one way out of a problem.
type Solution struct {
	Elements []SolutionElement

	job  int // what was tried first: a job, or -1 and the rule
	rule Rule
}

// Origin returns what the solution began with, which tells the solutions of a
// problem apart: the job that was given up, or -1 and the clause.
func (s Solution) Origin() (job int, rule Rule) { return s.job, s.rule }

// Rules returns the clauses that contradict each other, without repetition.
// They tell problems apart.
func (p *Problem) Rules() []Rule {
	var out []Rule
	for _, n := range p.found.proof {
		out = append(out, p.solver.ruleView(n))
	}
	return out
}

// SolutionElement is one thing to give up. Exactly one of the following holds:
// Job >= 0: drop that job; Package and Other: allow Package to be replaced by
// Other; Package alone: allow Package to be erased, or with Allow to be
// installed although policy is against it.
type SolutionElement struct {
	Job            int
	Package, Other PkgID
	Allow          bool
	Text           string

	relax []int // jobs that must not insist on the best version any more
}

// Solutions returns the ways out of the problem, best first. They are searched
// for on demand, which solves the request again for each.
func (p *Problem) Solutions(ctx context.Context) ([]Solution, error) {
	return p.solver.solutions(ctx, p)
}
