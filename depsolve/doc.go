// Package depsolve decides which packages to install, update and erase so that
// every dependency of the result holds.
//
// A Pool holds packages of any number of repositories, one of which may be the
// installed system; Pool.Solve turns a list of Jobs (install this, erase that,
// keep those locked) into a Transaction or an *UnsolvableError whose problems
// name the requests and packages to blame and what would help:
//
//	pool := depsolve.NewPool("x86_64")
//	repo := pool.AddRepo("fedora", nil)
//	repo.Add(depsolve.Package{...})
//	jobs := []depsolve.Job{{Action: depsolve.Install, Select: pool.Match("vim")}}
//	tr, err := pool.Solve(ctx, jobs, nil)
//
// The model is that of RPM: versioned provides, conflicts and obsoletes by
// name, weak and rich dependencies, dependencies on files, architectures with
// multilib colours, vendors, repository priorities. Dependencies become clauses
// (one file rule_<class>.go a kind, its formula in the comment), the clauses go
// to a conflict-driven clause-learning search that knows nothing of packages,
// and every free decision of that search is taken by policy: what is installed
// stays, else the best version of the best repository, and so on.
//
// Answers depend only on the order in which repositories and packages were
// added and on the order of the jobs: the same input gives the same answer.
//
// Metadata may be hostile: the work and memory of a run are bounded, see
// ErrTooLarge, ErrStepLimit and Options.MaxSteps. A pool of 63,000 packages
// takes 20 MiB in arrays without pointers, which the garbage collector passes
// quickly: programs that mind memory can call debug.SetGCPercent with less than
// the usual 100 at little cost.
//
// The package reads no files and no network; depsolve/loader fills a pool from
// repository metadata, depsolve/testcase reads and writes solver test cases.
// A Pool is not safe for concurrent use.
//
// Why not a SAT library? The wanted answer is not any model and not the model
// with the least weight, it is the outcome of an ordered list of preferences
// applied decision by decision. Solvers without a hook for decisions need
// thousands of runs for that, and cannot explain a failure in terms of packages.
package depsolve
