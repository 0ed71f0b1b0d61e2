package depsolve

import (
	"path"
	"slices"
	"time"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// RepoOptions are the properties of a repository that matter to the solver.
type RepoOptions struct {
	Priority int // lower is better, packages of a worse repository are not considered; 0 means 99
	Cost     int // lower is preferred between equals; 0 means 1000
}

const (
	defaultPriority = 99
	defaultCost     = 1000
)

// Repo is a set of packages of one origin.
type Repo struct {
	pool     *Pool
	num      uint32
	name     string
	priority int // higher is better
	cost     int // lower is better
	first    int32
	end      int32           // one past the last package; other repositories may lie between
	thawed   int32           // how many packages from first on Thaw added
	data     func(n int) any // of those; may be nil
}

// Package is what Repo.Add takes: the facts of a package that matter here.
type Package struct {
	NEVRA                  rpmver.NEVRA
	Vendor                 string
	BuildTime, InstallTime time.Time
	Provides, Requires     []rpmdep.Dep
	Conflicts, Obsoletes   []rpmdep.Dep
	Recommends, Suggests   []rpmdep.Dep
	Supplements, Enhances  []rpmdep.Dep
	Files                  []string // absolute; only for dependencies on files
	Data                   any      // the caller's, see PackageView.Data
}

// RawPackage is a package whose dependencies are interned already, for readers
// of other formats. EVR is "[epoch:]version[-release]". Seconds since 1970.
type RawPackage struct {
	Name, EVR, Arch, Vendor string
	BuildTime, InstallTime  int64
	Provides, Requires      []DepID
	PreRequires             []DepID // needed by scriptlets
	Conflicts, Obsoletes    []DepID
	Recommends, Suggests    []DepID
	Supplements, Enhances   []DepID
	IgnoreInstalled         []DepID // requirements that do not count once installed
	Files                   []string
}

// AddRepo adds an empty repository.
func (p *Pool) AddRepo(name string, o *RepoOptions) *Repo {
	if o == nil {
		o = &RepoOptions{}
	}
	r := &Repo{pool: p, num: uint32(len(p.repos)), name: name, priority: -defaultPriority, cost: defaultCost}
	if o.Priority != 0 {
		r.priority = -o.Priority
	}
	if o.Cost != 0 {
		r.cost = o.Cost
	}
	p.repos = append(p.repos, r)
	return r
}

// Name returns the name of the repository.
func (r *Repo) Name() string { return r.name }

// Packages returns the packages of the repository in the order of adding.
func (r *Repo) Packages() []PkgID {
	var out []PkgID
	for i := r.first; i < r.end; i++ {
		if r.pool.repoOf[i] == r.num {
			out = append(out, PkgID(i))
		}
	}
	return out
}

// Add adds a package. Unlike package files, which always provide their own
// name and version, p.Provides may lack it; it is added then.
func (r *Repo) Add(pkg Package) PkgID {
	p := r.pool
	p.scratch = p.scratch[:0]
	evr := p.evrID(pkg.NEVRA.EVR)
	raw := RawPackage{
		Name: pkg.NEVRA.Name, EVR: p.strs.str(evr), Arch: pkg.NEVRA.Arch, Vendor: pkg.Vendor,
		Conflicts: p.depList(pkg.Conflicts), Obsoletes: p.depList(pkg.Obsoletes),
		Recommends: p.depList(pkg.Recommends), Suggests: p.depList(pkg.Suggests),
		Supplements: p.depList(pkg.Supplements), Enhances: p.depList(pkg.Enhances), Files: pkg.Files,
	}
	if !pkg.BuildTime.IsZero() {
		raw.BuildTime = pkg.BuildTime.Unix()
	}
	if !pkg.InstallTime.IsZero() {
		raw.InstallTime = pkg.InstallTime.Unix()
	}
	raw.Requires = p.depsWhere(pkg.Requires, func(d *rpmdep.Dep) bool { return !d.IsPre() })
	raw.PreRequires = p.depsWhere(pkg.Requires, (*rpmdep.Dep).IsPre)
	from := len(p.scratch)
	raw.Provides = p.depList(pkg.Provides)
	if raw.Arch != "src" && raw.Arch != "nosrc" {
		self := p.Relation(p.Name(raw.Name), OpEQ, DepID(evr))
		if !slices.Contains(raw.Provides, self) {
			p.scratch = append(p.scratch, self)
			raw.Provides = p.scratch[from:]
		}
	}
	id := r.AddRaw(&raw)
	if pkg.Data != nil {
		if p.data == nil {
			p.data = map[int32]any{}
		}
		p.data[int32(id)] = pkg.Data
	}
	return id
}

// AddRaw adds a package exactly as given.
func (r *Repo) AddRaw(pkg *RawPackage) PkgID {
	p := r.pool
	vendor := uint32(0)
	if pkg.Vendor != "" {
		vendor = p.strs.intern(pkg.Vendor)
	}
	id := p.newPkg(r.num, p.strs.intern(pkg.Name), p.strs.intern(pkg.EVR), p.strs.intern(pkg.Arch), vendor)
	p.setTimes(id, pkg.BuildTime, pkg.InstallTime)
	requires := pkg.Requires
	if len(pkg.PreRequires) > 0 {
		requires = append(append(append([]DepID(nil), requires...), markPre), pkg.PreRequires...)
	}
	p.setList(depProvides, id, pkg.Provides)
	p.setList(depRequires, id, requires)
	p.setList(depConflicts, id, pkg.Conflicts)
	p.setList(depObsoletes, id, pkg.Obsoletes)
	p.setList(depRecommends, id, pkg.Recommends)
	p.setList(depSuggests, id, pkg.Suggests)
	p.setList(depSupplements, id, pkg.Supplements)
	p.setList(depEnhances, id, pkg.Enhances)
	p.setList(depIgnoreInstalled, id, pkg.IgnoreInstalled)
	p.AddFiles(PkgID(id), pkg.Files)
	if r.end == 0 {
		r.first = id
	}
	r.end = id + 1
	return PkgID(id)
}

// AddFiles replaces the list of files known of a package. Only dependencies on
// files and Match look at it.
func (p *Pool) AddFiles(id PkgID, paths []string) {
	if len(paths) == 0 {
		return
	}
	p.filesAt[id] = uint32(len(p.files))
	for _, f := range paths {
		dir, base := path.Split(f)
		if base == "" {
			continue
		}
		p.files = append(p.files, p.strs.intern(dir), p.strs.intern(base))
	}
	p.files = append(p.files, 0)
	p.indexed = false
}

// depList interns dependencies. The result lies in scratch.
func (p *Pool) depList(deps []rpmdep.Dep) []DepID {
	return p.depsWhere(deps, func(*rpmdep.Dep) bool { return true })
}

// depsWhere is depList for those that are wanted.
func (p *Pool) depsWhere(deps []rpmdep.Dep, want func(*rpmdep.Dep) bool) []DepID {
	from := len(p.scratch)
	for i := range deps {
		if want(&deps[i]) {
			id := p.Dep(deps[i])
			p.scratch = append(p.scratch, id)
		}
	}
	return p.scratch[from:len(p.scratch):len(p.scratch)]
}

// Dep interns a dependency.
func (p *Pool) Dep(d rpmdep.Dep) DepID {
	if d.Rich != nil {
		return p.richDep(d.Rich)
	}
	name := p.Name(d.Name)
	op := senseOp(d.Sense)
	if op == 0 || d.EVR.IsZero() {
		return name
	}
	return p.Relation(name, op, DepID(p.evrID(d.EVR)))
}

// evrID interns the text of a version. What a package provides mostly has the same as the one before.
func (p *Pool) evrID(evr rpmver.EVR) uint32 {
	if p.lastEVR.id == 0 || evr != p.lastEVR.evr {
		p.evrText = evr.AppendTo(p.evrText[:0])
		p.lastEVR.evr, p.lastEVR.id = evr, p.strs.internBytes(p.evrText)
	}
	return p.lastEVR.id
}

// ParseDep interns a dependency written as in a spec file.
func (p *Pool) ParseDep(s string) (DepID, error) {
	d, err := rpmdep.Parse(s)
	if err != nil {
		return 0, err
	}
	return p.Dep(d), nil
}

func senseOp(s rpmdep.Sense) Op {
	var op Op
	if s&rpmdep.SenseLess != 0 {
		op |= OpLT
	}
	if s&rpmdep.SenseGreater != 0 {
		op |= OpGT
	}
	if s&rpmdep.SenseEqual != 0 {
		op |= OpEQ
	}
	return op
}

var richOps = map[rpmdep.Op]Op{
	rpmdep.OpAnd: OpAnd, rpmdep.OpOr: OpOr, rpmdep.OpIf: OpIf, rpmdep.OpUnless: OpUnless,
	rpmdep.OpWith: OpWith, rpmdep.OpWithout: OpWithout,
}

func (p *Pool) richDep(r *rpmdep.Rich) DepID {
	if r.Op == rpmdep.OpLeaf {
		return p.Dep(r.Dep)
	}
	left, right := p.richDep(r.Left), p.richDep(r.Right)
	if r.Else != nil {
		right = p.Relation(right, OpElse, p.richDep(r.Else))
	}
	return p.Relation(left, richOps[r.Op], right)
}
