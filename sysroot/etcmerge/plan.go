package etcmerge

import (
	"context"
	"fmt"
	"path"
	"strings"

	"example.com/rpmostree/internal/dirfd"
)

// Options change how a merge is planned; nil means the defaults.
type Options struct {
	// Policy for file/directory conflicts.
	Policy Policy
}

// OpKind is what a Step does.
type OpKind string

const (
	// OpRemove removes target/PATH with everything below.
	OpRemove OpKind = "remove"
	// OpMkdir creates target/PATH with the attributes of mod/PATH.
	OpMkdir OpKind = "mkdir"
	// OpCopy replaces target/PATH, a file or nothing, by the file or symbolic
	// link mod/PATH.
	OpCopy OpKind = "copy"
	// OpAttr gives the directory target/PATH permissions and owner of mod/PATH.
	OpAttr OpKind = "attr"
)

// Step is one change of the target.
type Step struct {
	Op   OpKind
	Path string
}

// Plan is a merge as data.
type Plan struct {
	// Changes are what the administrator changed.
	Changes []Change
	// Steps carry them over, in order.
	Steps []Step
	// Conflicts that the policy resolved.
	Conflicts []Conflict
	// Ignored are fifos, sockets and devices, which are never carried over.
	Ignored []string
}

// Counts returns the number of changes of each kind.
func (p *Plan) Counts() (modified, removed, added int) {
	for _, c := range p.Changes {
		switch c.Kind {
		case Removed:
			removed++
		case Added:
			added++
		default:
			modified++
		}
	}
	return modified, removed, added
}

// New plans the merge of the directories orig, mod and target and changes
// nothing. With policy Fail, conflicts are a *ConflictError that lists all.
func New(ctx context.Context, orig, mod, target string, o *Options) (*Plan, error) {
	if o == nil {
		o = &Options{}
	}
	d, err := openDiffer(ctx, orig, mod)
	if err != nil {
		return nil, fmt.Errorf("plan merge of %s: %w", mod, err)
	}
	defer d.close()
	td, err := dirfd.Open(target)
	if err != nil {
		return nil, fmt.Errorf("plan merge of %s: %w", mod, err)
	}
	defer td.Close()
	targetRoot, err := scan(ctx, td)
	if err == nil {
		err = d.diff()
	}
	if err != nil {
		return nil, fmt.Errorf("plan merge of %s: %w", mod, err)
	}
	return plan(d.changes, d.origRoot, d.modRoot, targetRoot, o.Policy)
}

// plan is the pure core: changes and trees in, steps out.
func plan(changes []Change, orig, mod, target *node, policy Policy) (*Plan, error) {
	p := &planner{plan: &Plan{Changes: changes}, orig: orig, mod: mod, target: target, policy: policy, made: map[string]bool{}}
	for _, c := range changes {
		p.change(c)
	}
	p.step(p.attrs...)
	if policy == Fail && len(p.plan.Conflicts) > 0 {
		return nil, &ConflictError{p.plan.Conflicts}
	}
	return p.plan, nil
}

type planner struct {
	plan              *Plan
	orig, mod, target *node
	policy            Policy
	made              map[string]bool // what a step creates
	removed           []string        // what a step removes, as prefixes "x/"
	dropped           []string        // conflicts resolved for the default, as prefixes
	attrs             []Step          // last, so that a read-only directory can be filled first
}

func (p *planner) step(s ...Step) { p.plan.Steps = append(p.plan.Steps, s...) }

func below(prefixes []string, path string) bool {
	for _, x := range prefixes {
		if strings.HasPrefix(path+"/", x) {
			return true
		}
	}
	return false
}

// at finds a path in the target as the steps so far leave it.
func (p *planner) at(path string) (n *node, blocked string) {
	if below(p.removed, path) {
		return nil, ""
	}
	return p.target.find(path)
}

func (p *planner) change(c Change) {
	if below(p.dropped, c.Path) {
		return
	}
	if c.Kind == Removed {
		if n, _ := p.at(c.Path); n != nil {
			p.remove(c.Path)
		}
		return
	}
	n, _ := p.mod.find(c.Path)
	if n == nil { // vanished between the scan and the comparison
		return
	}
	switch {
	case n.special():
		p.special(c, n)
	case n.isDir():
		p.dir(c, n)
	default:
		p.file(c.Path)
	}
}

func (p *planner) remove(path string) {
	p.step(Step{OpRemove, path})
	p.removed = append(p.removed, path+"/")
}

// special: a device in place of a default file leaves nothing, an added one is
// not copied.
func (p *planner) special(c Change, n *node) {
	p.plan.Ignored = append(p.plan.Ignored, c.Path)
	if old, _ := p.at(c.Path); c.Kind == Modified && old != nil && !old.isDir() {
		p.remove(c.Path)
	}
}

// dir is an added directory, one with changed attributes, or one that replaced
// a default file. Over a new default file the administrator's directory wins
// without a conflict.
func (p *planner) dir(c Change, n *node) {
	old, _ := p.at(c.Path)
	if old != nil && !old.isDir() {
		p.remove(c.Path)
		old = nil
	}
	switch {
	case old != nil:
		if !old.sameAttr(n) {
			p.attrs = append(p.attrs, Step{OpAttr, c.Path})
		}
	case p.parents(c.Path):
		p.mkdir(c.Path)
	}
	wasDir := false
	if c.Kind == Modified {
		o, _ := p.orig.find(c.Path)
		wasDir = o != nil && o.isDir()
	}
	if c.Kind == Modified && (old == nil || !wasDir) {
		// Its content is not among the changes: the comparison stopped at the
		// change of type, or the content is unchanged but has no other home.
		for _, k := range n.kids {
			p.change(Change{Modified, c.Path + "/" + k.name})
		}
	}
}

func (p *planner) mkdir(path string) {
	if !p.made[path] {
		p.made[path] = true
		p.step(Step{OpMkdir, path})
	}
}

func (p *planner) file(path string) {
	if p.made[path] || !p.parents(path) {
		return
	}
	if old, _ := p.at(path); old != nil && old.isDir() {
		if !p.conflict(Conflict{Path: path}) {
			return
		}
		p.remove(path)
	}
	p.made[path] = true
	p.step(Step{OpCopy, path})
}

// parents makes sure that the directories above path exist; false means that
// the change is dropped because of a conflict.
func (p *planner) parents(rel string) bool {
	if _, blocked := p.at(rel); blocked != "" {
		if !p.conflict(Conflict{Path: blocked, AdminDir: true}) {
			return false
		}
		p.remove(blocked)
	}
	dir := path.Dir(rel)
	if dir == "." || p.made[dir] {
		return true
	}
	if n, _ := p.at(dir); n != nil {
		return true
	}
	p.parents(dir)
	p.mkdir(dir)
	return true
}

// conflict records c and reports whether the administrator's side goes on.
// With policy Fail it does, so that the rest is examined too.
func (p *planner) conflict(c Conflict) bool {
	p.plan.Conflicts = append(p.plan.Conflicts, c)
	if p.policy == TakeDefault {
		p.dropped = append(p.dropped, c.Path+"/")
		return false
	}
	return true
}
