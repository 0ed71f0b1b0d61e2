package depsolve

import (
	"iter"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve/internal/cdcl"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// PkgID is a package of one pool. Ids grow in the order of adding. The zero
// PkgID is no package.
type PkgID uint32

// systemPkg stands for "the system itself": always installed, it provides what
// nobody has to provide, such as rpm's own features.
const systemPkg = 1

// PoolOptions change how packages of a pool relate to each other. The zero
// value is what Fedora's tools use.
type PoolOptions struct {
	NoColours                   bool // same name excludes each other even if one is 32 and one 64 bit
	ObsoleteUsesColours         bool // obsoletes only count between packages of meeting colours
	ObsoleteUsesProvides        bool // obsoletes compare with provides, not just names
	ImplicitObsoleteUseProvides bool // a package also replaces those that provide its name
	ForbidSelfConflicts         bool // a package that conflicts with itself cannot be installed
	NoInstalledObsoletes        bool // obsoletes of packages that stay installed do not count
	DropExcluded                bool // excluded packages vanish from the provider index
	PromoteEpoch                bool // a requirement without epoch is about any epoch
	DistEpochs                  bool // releases may end in ":" and the epoch of the distribution
}

// Pool holds packages of all repositories in columns: one slice per attribute,
// dependency lists in one arena, all strings interned. See NewPool.
type Pool struct {
	opts PoolOptions

	strs *stringTable
	rels *relTable

	archName      string
	archs         archTable
	vendorClasses [][]string
	vendorMasks   map[uint32]uint32

	repos     []*Repo // repos[0] is nil
	installed *Repo

	// Columns, by package.
	name, arch, evr, vendor []uint32
	repoOf                  []uint32
	deps                    [numDepKinds][]uint32 // offset into arena, 0 = none
	buildTime               []int64
	installTime             map[int32]int64 // of the few packages that have one
	filesAt                 []uint32        // offset into files, 0 = none
	data                    map[int32]any

	arena    []DepID  // zero-terminated lists
	files    []uint32 // zero-terminated lists of (directory, base name)
	excluded bitset

	// Of use to Add only.
	scratch []DepID
	evrText []byte
	lastEVR struct {
		evr rpmver.EVR
		id  uint32
	}

	namespaces map[DepID][]int32

	// Index, see provides.go.
	lits       *cdcl.Arena
	indexed    bool
	provIndex  []int32 // by string id: offset into lits
	provBase   int32   // the first of those
	provDeps   []DepID // by place in lits, from provBase on
	relIndex   []int32 // by relation number: offset into lits, -1 unknown
	indexedStr int
	litsMax    int // rebuild the index when the arena is longer
	ruleCache  *ruleCache
	effort     effort
}

// depKind is a kind of dependency list.
type depKind int

const (
	depProvides depKind = iota
	depRequires
	depConflicts
	depObsoletes
	depRecommends
	depSuggests
	depSupplements
	depEnhances
	depIgnoreInstalled
	numDepKinds
)

// NewPool returns an empty pool for a machine of the given architecture, such
// as "x86_64". With "" every architecture can be installed. Names of unknown
// architectures stand for themselves alone; a leading ":" introduces a policy
// in place of a name: best first, ":" between classes that updates must not
// cross, ">" between worse and better of one class.
func NewPool(arch string) *Pool {
	p := &Pool{strs: newStringTable(), rels: newRelTable(), repos: []*Repo{nil}, lits: &cdcl.Arena{}}
	p.arena = append(p.arena, 0)
	p.files = append(p.files, 0)
	p.SetArch(arch)
	p.newPkg(0, 0, 0, 0, 0)
	p.newPkg(0, idSystem, 0, idNoarch, 0)
	return p
}

// SetArch changes the architecture of the machine; see NewPool.
func (p *Pool) SetArch(arch string) {
	p.indexed = false
	p.archName = arch
	if arch == "" {
		p.archs = archTable{}
		return
	}
	policy, ok := strings.CutPrefix(arch, ":")
	if !ok {
		if policy = archPolicies[arch]; policy == "" {
			policy = arch
		}
	}
	p.archs = p.parseArchPolicy(policy)
}

// SetOptions replaces the options of the pool.
func (p *Pool) SetOptions(o PoolOptions) {
	p.opts = o
	p.indexed = false
}

// SetInstalled declares which repository is the installed system; nil for none.
func (p *Pool) SetInstalled(r *Repo) {
	p.installed = r
	p.indexed = false
}

// Exclude takes packages out of consideration: they are never installed, but
// explanations still name them. Excluded installed packages stay installed.
func (p *Pool) Exclude(ids ...PkgID) {
	p.excluded.grow(len(p.name))
	for _, id := range ids {
		p.excluded.set(int32(id))
	}
	p.indexed = false
}

// Include undoes Exclude.
func (p *Pool) Include(ids ...PkgID) {
	p.excluded.grow(len(p.name))
	for _, id := range ids {
		p.excluded.clear(int32(id))
	}
	p.indexed = false
}

// Excluded reports whether a package is excluded.
func (p *Pool) Excluded(id PkgID) bool { return p.excluded.has(int32(id)) }

// SetNamespace says which packages provide the dependency "space(arg)".
// Without packages the namespace is provided by the system itself, which means
// it holds.
func (p *Pool) SetNamespace(space, arg DepID, ids ...PkgID) {
	if p.namespaces == nil {
		p.namespaces = map[DepID][]int32{}
	}
	list := make([]int32, 0, len(ids))
	for _, id := range ids {
		list = append(list, int32(id))
	}
	if len(ids) == 0 {
		list = append(list, systemPkg)
	}
	p.namespaces[p.Relation(space, OpNamespace, arg)] = list
	p.indexed = false
}

// Len returns the number of packages.
func (p *Pool) Len() int { return len(p.name) - 2 }

// All iterates over all packages in the order of adding.
func (p *Pool) All() iter.Seq[PkgID] {
	return func(yield func(PkgID) bool) {
		for i := systemPkg + 1; i < len(p.name); i++ {
			if !yield(PkgID(i)) {
				return
			}
		}
	}
}

func (p *Pool) newPkg(repo, name, evr, arch, vendor uint32) int32 {
	id := int32(len(p.name))
	p.name = append(p.name, name)
	p.evr = append(p.evr, evr)
	p.arch = append(p.arch, arch)
	p.vendor = append(p.vendor, vendor)
	p.repoOf = append(p.repoOf, repo)
	for k := range p.deps {
		p.deps[k] = append(p.deps[k], 0)
	}
	p.buildTime = append(p.buildTime, 0)
	p.filesAt = append(p.filesAt, 0)
	p.excluded.grow(len(p.name))
	p.indexed = false
	return id
}

func (p *Pool) setTimes(pkg int32, built, installed int64) {
	p.buildTime[pkg] = built
	if installed != 0 {
		if p.installTime == nil {
			p.installTime = map[int32]int64{}
		}
		p.installTime[pkg] = installed
	}
}

// reserve makes room for so many more packages with so many entries of their lists.
func (p *Pool) reserve(n, entries int) {
	for _, column := range []*[]uint32{&p.name, &p.evr, &p.arch, &p.vendor, &p.repoOf, &p.filesAt} {
		*column = slices.Grow(*column, n)
	}
	for k := range p.deps {
		p.deps[k] = slices.Grow(p.deps[k], n)
	}
	p.buildTime = slices.Grow(p.buildTime, n)
	p.arena = slices.Grow(p.arena, max(entries-n*frozenPkgSize/4, 0))
}

// list returns a dependency list including its marker, if any.
func (p *Pool) list(k depKind, pkg int32) []DepID {
	at := p.deps[k][pkg]
	if at == 0 {
		return nil
	}
	l := p.arena[at:]
	for i, d := range l {
		if d == 0 {
			return l[:i]
		}
	}
	return l
}

func (p *Pool) setList(k depKind, pkg int32, deps []DepID) {
	if len(deps) == 0 {
		p.deps[k][pkg] = 0
		return
	}
	p.deps[k][pkg] = uint32(len(p.arena))
	p.arena = append(p.arena, deps...)
	p.arena = append(p.arena, 0)
}

// isInstalled reports whether the package is part of the installed system.
func (p *Pool) isInstalled(pkg int32) bool {
	return p.installed != nil && p.repoOf[pkg] == p.installed.num
}

// canInstall reports whether the package may be put on this machine at all.
func (p *Pool) canInstall(pkg int32) bool {
	a := p.arch[pkg]
	return a != idSrc && a != idNosrc && p.archScore(a) != 0 && !p.excluded.has(pkg)
}

func (p *Pool) repo(pkg int32) *Repo { return p.repos[p.repoOf[pkg]] }

func (p *Pool) priority(pkg int32) int {
	if r := p.repo(pkg); r != nil {
		return r.priority
	}
	return 0
}

// cost orders repositories of the same priority; less is better.
func (p *Pool) cost(pkg int32) int {
	if r := p.repo(pkg); r != nil {
		return r.cost
	}
	return 0
}

// PkgString returns "name-[epoch:]version-release.arch" of a package.
func (p *Pool) PkgString(id PkgID) string { return p.nevra(int32(id)) }

func (p *Pool) nevra(pkg int32) string {
	var b strings.Builder
	b.WriteString(p.strs.str(p.name[pkg]))
	if e := p.strs.str(p.evr[pkg]); e != "" {
		b.WriteByte('-')
		b.WriteString(e)
	}
	if a := p.strs.str(p.arch[pkg]); a != "" {
		b.WriteByte('.')
		b.WriteString(a)
	}
	return b.String()
}
