package depsolve

import "strings"

type selectKind uint8

const (
	selNothing selectKind = iota
	selPackage
	selName
	selProvides
	selOneOf
	selRepo
	selAll
)

// Selection is a set of packages that a job is about. The zero Selection is
// empty. For Install it means "one of these", for all else "all of these".
type Selection struct {
	kind selectKind
	dep  DepID
	pkgs []PkgID
	repo *Repo
	text string // how the user wrote it

	setEVR, setArch, setName bool // what the text fixed, see Job
}

// SelectPackage selects exactly one package.
func SelectPackage(id PkgID) Selection { return Selection{kind: selPackage, pkgs: []PkgID{id}} }

// SelectOneOf selects the given packages.
func SelectOneOf(ids ...PkgID) Selection { return Selection{kind: selOneOf, pkgs: ids} }

// SelectName selects packages by name: a plain name, or a relation such as
// "name = version" or OpArch.
func SelectName(d DepID) Selection { return Selection{kind: selName, dep: d} }

// SelectProvides selects packages that provide a dependency.
func SelectProvides(d DepID) Selection { return Selection{kind: selProvides, dep: d} }

// SelectRepo selects all packages of a repository.
func SelectRepo(r *Repo) Selection { return Selection{kind: selRepo, repo: r} }

// SelectAll selects all packages.
func SelectAll() Selection { return Selection{kind: selAll} }

// As returns the selection with the text to use for it in explanations.
func (s Selection) As(text string) Selection {
	s.text = text
	return s
}

// Text returns how the user wrote the selection, "" if nobody said.
func (s Selection) Text() string { return s.text }

// IsEmpty reports whether the selection is the zero Selection, what Pool.Match
// returns if nothing matches.
func (s Selection) IsEmpty() bool { return s.kind == selNothing }

// Matches returns the packages of a selection in ascending order.
func (p *Pool) Matches(s Selection) []PkgID {
	p.buildIndex()
	var out []PkgID
	for _, id := range p.selected(s) {
		out = append(out, PkgID(id))
	}
	return out
}

// selected returns the packages of a selection. The result must not be changed.
func (p *Pool) selected(s Selection) []int32 {
	switch s.kind {
	case selName:
		var out []int32
		for _, id := range p.providers(s.dep) {
			if p.matchName(id, s.dep) {
				out = append(out, id)
			}
		}
		return out
	case selProvides:
		return p.providers(s.dep)
	case selPackage, selOneOf:
		out := make([]int32, 0, len(s.pkgs))
		for _, id := range s.pkgs {
			out = append(out, int32(id))
		}
		return out
	case selRepo:
		return p.ofRepo(s.repo)
	case selAll:
		var out []int32
		for i := int32(systemPkg + 1); int(i) < len(p.name); i++ {
			if p.repoOf[i] != 0 {
				out = append(out, i)
			}
		}
		return out
	}
	return nil
}

func (p *Pool) ofRepo(r *Repo) []int32 {
	if r == nil {
		return nil
	}
	var out []int32
	for i := r.first; i < r.end; i++ {
		if p.repoOf[i] == r.num {
			out = append(out, i)
		}
	}
	return out
}

// SelectionString returns a readable form of a selection.
func (p *Pool) SelectionString(s Selection) string {
	if s.text != "" {
		return s.text
	}
	switch s.kind {
	case selName, selProvides:
		return p.DepString(s.dep)
	case selPackage, selOneOf:
		var names []string
		for _, id := range s.pkgs {
			names = append(names, p.PkgString(id))
		}
		return strings.Join(names, ", ")
	case selRepo:
		return "all packages of " + s.repo.name
	case selAll:
		return "all packages"
	}
	return "nothing"
}

// SelectKind says by what a selection finds its packages.
type SelectKind uint8

// The kinds of selections.
const (
	SelectKindNothing  SelectKind = iota
	SelectKindName                // by name, see SelectName
	SelectKindProvides            // by what they provide, see SelectProvides
	SelectKindPackages            // listed one by one
	SelectKindRepo                // all of a repository
	SelectKindAll                 // all
)

// SelectionParts is what a selection was made from; see Selection.Parts.
type SelectionParts struct {
	Kind     SelectKind
	Dep      DepID   // SelectKindName, SelectKindProvides
	Packages []PkgID // SelectKindPackages
	Single   bool    // SelectKindPackages: from SelectPackage
	Repo     *Repo   // SelectKindRepo
	Text     string  // how the user wrote it, "" if nobody said
}

// Parts takes a selection apart, for programs that write it down.
func (s Selection) Parts() SelectionParts {
	kinds := map[selectKind]SelectKind{selName: SelectKindName, selProvides: SelectKindProvides,
		selPackage: SelectKindPackages, selOneOf: SelectKindPackages, selRepo: SelectKindRepo, selAll: SelectKindAll}
	return SelectionParts{Kind: kinds[s.kind], Dep: s.dep, Packages: s.pkgs, Single: s.kind == selPackage, Repo: s.repo, Text: s.text}
}
