package scripts

import (
	"fmt"
	"slices"
	"strings"
)

// Plan lists what runs, stage by stage; within a stage in order.
type Plan struct {
	Pre, Post         []Step
	FileTriggers      []Step // %filetriggerin, those of base packages first
	PostTrans         []Step
	TransFileTriggers []Step // %transfiletriggerin, those of base packages first
}

// Step is one program to run.
type Step struct {
	Package string
	Section Section
	Argv    []string // the script itself and its argument come behind these
	Body    string   // empty: the program runs alone, without arguments
	Arg     string   // $1, or empty
	Paths   []string // of a file trigger: what it reads from standard input, one a line
}

// Name is "PACKAGE.SECTION", as used in logs and tables.
func (s *Step) Name() string { return s.Package + "." + string(s.Section) }

// Input is what [Make] looks at.
type Input struct {
	Added []Package // in installation order
	Base  []Package // packages of the base that stay; only their file triggers count
	// Ignore adds to the built-in list of scriptlets that do not run, as
	// "PACKAGE.SECTION" with shell wildcards.
	Ignore []string
}

// UnsupportedError is a scriptlet that cannot be run.
type UnsupportedError struct {
	Package string
	Section Section
	Reason  string
}

// Error has the words that users of the real tool know.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("Package '%s' has (currently) unsupported %s in '%%%s'", e.Package, e.Reason, e.Section)
}

// Make plans the scriptlets of one assembly.
//
// A Lua scriptlet is passed over if one of its first ten lines contains
// "-- rpm-ostree-skip", or replaced by a built-in shell equivalent; any other
// is an *UnsupportedError, and so are %triggerin, %triggerprein, query-format
// expansion and the expansion of macros other than the simple directory ones.
func Make(in Input) (*Plan, error) {
	p := &Plan{}
	for _, pkg := range in.Added {
		if err := p.addPackage(pkg, in.Ignore); err != nil {
			return nil, err
		}
	}
	if err := p.addFileTriggers(in); err != nil {
		return nil, err
	}
	p.Post = coalesce(p.Post)
	return p, nil
}

// Steps are all steps in the order of execution.
func (p *Plan) Steps() []Step {
	return slices.Concat(p.Pre, p.Post, p.FileTriggers, p.PostTrans, p.TransFileTriggers)
}

// Empty tells whether nothing is to be run, so that no sandbox is needed.
func (p *Plan) Empty() bool {
	return len(p.Steps()) == 0
}

func (p *Plan) addPackage(pkg Package, ignore []string) error {
	for i := range pkg.Scripts {
		s := &pkg.Scripts[i]
		stage := map[Section]*[]Step{Pre: &p.Pre, Post: &p.Post, PostTrans: &p.PostTrans}[s.Section]
		if stage == nil {
			if err := checkOther(pkg.Name, s, ignore); err != nil {
				return err
			}
			continue
		}
		step, err := makeStep(pkg.Name, s, ignore)
		if err != nil {
			return err
		}
		if step == nil {
			continue
		}
		step.Arg = "1"
		if pkg.Update {
			step.Arg = "2"
		}
		*stage = append(*stage, *step)
	}
	return nil
}

// checkOther looks at a section that is not run one by one.
func checkOther(pkg string, s *Script, ignore []string) error {
	switch {
	case passedOver[s.Section], s.Section == FileTriggerIn, s.Section == TransFileTriggerIn:
		return nil
	case isIgnored(pkg, s.Section, ignore):
		return nil
	}
	return &UnsupportedError{pkg, s.Section, "script"}
}

// makeStep returns nil if there is nothing to run.
func makeStep(pkg string, s *Script, ignore []string) (*Step, error) {
	if s.empty() || isIgnored(pkg, s.Section, ignore) {
		return nil, nil
	}
	step := &Step{Package: pkg, Section: s.Section, Argv: s.Interpreter, Body: s.Body}
	if len(step.Argv) == 0 {
		step.Argv = shell
	}
	if s.isLua() {
		if luaSkipped(s.Body) {
			return nil, nil
		}
		r, ok := findReplacement(pkg, s.Section)
		if !ok {
			return nil, &UnsupportedError{pkg, s.Section, "<lua> script"}
		}
		if len(r.interp) == 0 {
			return nil, nil
		}
		step.Argv, step.Body = r.interp, r.body
		return step, nil
	}
	if s.QueryFormat {
		return nil, &UnsupportedError{pkg, s.Section, "query format expansion (-q)"}
	}
	if s.Expand {
		body, err := expandMacros(s.Body)
		if err != nil {
			return nil, &UnsupportedError{pkg, s.Section, err.Error()}
		}
		step.Body = body
	}
	return step, nil
}

func luaSkipped(body string) bool {
	lines := strings.SplitN(body, "\n", 11)
	if len(lines) > 10 {
		lines = lines[:10]
	}
	return slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "-- rpm-ostree-skip") })
}

// coalesce drops an ldconfig run directly behind another: nothing has changed
// in between, so it would write the same cache again.
func coalesce(steps []Step) []Step {
	var out []Step
	for _, s := range steps {
		if n := len(out); n > 0 && isLdconfig(&s) && isLdconfig(&out[n-1]) {
			continue
		}
		out = append(out, s)
	}
	return out
}

func isLdconfig(s *Step) bool {
	return len(s.Argv) == 1 && s.Body == "" && strings.HasSuffix(s.Argv[0], "/ldconfig")
}
