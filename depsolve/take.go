package depsolve

import "slices"

// Take returns the jobs to solve with in order to follow the solution: those
// given up are left out, jobs for packages to be installed, replaced or erased
// are added. jobs is what Solve was given and is not changed. Indexes of jobs in
// other solutions hold for the old list only; see TakeAll.
func (s Solution) Take(jobs []Job) []Job { return TakeAll(jobs, s) }

// TakeAll is Take for one solution of each of several problems.
func TakeAll(jobs []Job, solutions ...Solution) []Job {
	drop, relax := map[int]bool{}, map[int]bool{}
	var more []Job
	add := func(a Action, id PkgID) {
		j := Job{Action: a, Select: SelectPackage(id), NotByUser: a == Install}
		if a == Erase { // a single package by itself would also bar others of its name
			j.Select = SelectOneOf(id)
		}
		if !slices.ContainsFunc(more, func(o Job) bool { return o.Action == a && slices.Equal(o.Select.pkgs, j.Select.pkgs) }) {
			more = append(more, j)
		}
	}
	for _, s := range solutions {
		for _, e := range s.Elements {
			switch {
			case e.Job >= 0:
				drop[e.Job] = true
			case e.Other != 0:
				add(Install, e.Other)
			case e.Allow:
				for _, i := range e.relax {
					relax[i] = true
				}
				add(Install, e.Package)
			default:
				add(Erase, e.Package)
			}
		}
	}
	var out []Job
	for i, j := range jobs {
		if !drop[i] {
			j.ForceBest = j.ForceBest && !relax[i]
			out = append(out, j)
		}
	}
	return append(out, more...)
}
