package depsolve

// StepKind says what a step does.
type StepKind uint8

// The kinds of steps. Reinstall, Upgrade, Downgrade and Change replace a
// package of the same name; StepObsolete is what happens to a package that
// one of another name replaces.
const (
	StepInstall StepKind = iota
	StepErase
	StepReinstall
	StepUpgrade
	StepDowngrade
	StepChange // same version, other build, vendor or architecture
	StepObsolete
)

var stepNames = [...]string{"install", "erase", "reinstall", "upgrade", "downgrade", "change", "obsolete"}

// String returns the lower-case name.
func (k StepKind) String() string { return stepNames[k] }

// Step is one package that comes or goes. Packages that are replaced have no
// step of their own.
type Step struct {
	Kind     StepKind
	Package  PkgID
	Replaces []PkgID // installed packages that go because this one comes
}

// Transaction is the answer of the solver.
type Transaction struct {
	pool      *Pool
	steps     []Step
	installed []PkgID         // the result
	removed   []PkgID         // installed packages that go
	replacer  map[PkgID]PkgID // removed -> what replaces it best
	solver    *solver
	why       []decision
	values    []int32 // of all packages: positive if installed, negative if not, 0 if open
	cleanups  bitset
	branches  []branch // the choices, see Alternatives
}

// Steps returns what to do: erasures and installations in ascending order of
// package ids. For the order of a real transaction see Order.
func (t *Transaction) Steps() []Step { return t.steps }

// Installed returns the packages installed after the transaction, ascending.
func (t *Transaction) Installed() []PkgID { return t.installed }

// Removed returns the installed packages that go, erased or replaced, ascending.
func (t *Transaction) Removed() []PkgID { return t.removed }

// ReplacedBy returns what happens to an installed package that goes: it is
// replaced by another one, which is 0 if it is just erased.
func (t *Transaction) ReplacedBy(old PkgID) (PkgID, StepKind) {
	by, ok := t.replacer[old]
	if !ok {
		return 0, StepErase
	}
	return by, t.pool.replaceKind(int32(old), int32(by))
}

// IsEmpty reports whether there is nothing to do.
func (t *Transaction) IsEmpty() bool { return len(t.steps) == 0 }

// replaceKind classifies the replacement of one package by another.
func (p *Pool) replaceKind(old, by int32) StepKind {
	if p.name[old] != p.name[by] {
		return StepObsolete
	}
	switch c := p.evrCmp(p.evr[old], p.evr[by], cmpFull); {
	case c < 0:
		return StepUpgrade
	case c > 0:
		return StepDowngrade
	case p.identical(old, by):
		return StepReinstall
	}
	return StepChange
}

// identical reports whether two packages are the same build as far as anyone
// can tell: same name, version, architecture and vendor; then the same build
// time, or if one is unknown the same requirements.
func (p *Pool) identical(a, b int32) bool {
	if p.name[a] != p.name[b] || p.arch[a] != p.arch[b] || p.evr[a] != p.evr[b] {
		return false
	}
	if p.vendor[a] != p.vendor[b] {
		return false
	}
	if p.buildTime[a] != 0 && p.buildTime[b] != 0 {
		return p.buildTime[a] == p.buildTime[b]
	}
	return p.requiresHash(a) == p.requiresHash(b)
}

func (p *Pool) requiresHash(pkg int32) DepID {
	var h DepID
	for at := p.deps[depRequires][pkg]; p.arena[at] != 0; at++ {
		h ^= p.arena[at]
	}
	return h
}
