package depsolve

import "slices"

// PoolSettings is how a pool was set up, for programs that write it down.
type PoolSettings struct {
	Arch          string  // as NewPool or SetArch got it
	Repos         []*Repo // in the order of adding
	Installed     *Repo   // nil if there is none
	Options       PoolOptions
	VendorClasses [][]string // as AddVendorClass got them
}

// Settings returns how the pool was set up.
func (p *Pool) Settings() PoolSettings {
	return PoolSettings{Arch: p.archName, Repos: slices.Clone(p.repos[1:]), Installed: p.installed,
		Options: p.opts, VendorClasses: slices.Clone(p.vendorClasses)}
}

// Options returns the priority and the cost of the repository.
func (r *Repo) Options() RepoOptions { return RepoOptions{Priority: -r.priority, Cost: r.cost} }
