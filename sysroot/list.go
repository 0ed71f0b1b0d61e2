package sysroot

import "slices"

// retention says which deployments a new one displaces.
type retention struct {
	notDefault                            bool
	retain, retainPending, retainRollback bool
}

// place returns the list with the new deployment d in it. It goes first, or
// with notDefault right after the booted or merge deployment. Others stay if
// they belong to another stateroot, are pinned, booted or the merge
// deployment, or if r keeps them: pending ones are before the crossover (the
// booted, else the merge deployment), rollbacks after it.
func place(list []*Deployment, d, merge *Deployment, r retention) []*Deployment {
	var booted *Deployment
	for _, x := range list {
		if x.Booted {
			booted = x
		}
	}
	crossover := booted
	if crossover == nil {
		crossover = merge
	}
	if crossover == nil && (r.retainPending || r.retainRollback) {
		r.retain = true
	}
	var out []*Deployment
	added, before := false, true
	if !r.notDefault {
		out, added = append(out, d), true
	}
	for _, x := range list {
		anchor := x.Equal(booted) || x.Equal(merge)
		if x.Equal(crossover) {
			before = false
		}
		if x.Staged { // superseded
			continue
		}
		if r.retain || x.Pinned || x.Stateroot != d.Stateroot || anchor ||
			before && r.retainPending || !before && r.retainRollback {
			out = append(out, x)
		}
		if anchor && !added {
			out, added = append(out, d), true
		}
	}
	if !added {
		out = append(out, d)
	}
	return out
}

// moveToFront returns the list with element i first.
func moveToFront(list []*Deployment, i int) []*Deployment {
	out := append([]*Deployment{list[i]}, list[:i]...)
	return append(out, list[i+1:]...)
}

// bootSerials numbers the deployments that share a bootcsum, over the whole
// list, and returns changed copies.
func bootSerials(list []*Deployment) []*Deployment {
	next := map[string]int{}
	out := make([]*Deployment, len(list))
	for i, d := range list {
		c := d.Clone()
		c.BootSerial = next[c.BootCsum]
		next[c.BootCsum]++
		out[i] = c
	}
	return out
}

// severalStateroots reports whether titles must name the stateroot.
func severalStateroots(list []*Deployment) bool {
	return slices.ContainsFunc(list, func(d *Deployment) bool { return d.Stateroot != list[0].Stateroot })
}
