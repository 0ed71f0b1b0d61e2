package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/internal/glibopt"
)

// Answer is the document that --json prints: steps, or problems.
type Answer struct {
	Steps        []Step    `json:"steps,omitempty"`
	Result       []Kept    `json:"result,omitempty"`       // with --all
	Alternatives []Choice  `json:"alternatives,omitempty"` // with --alternatives
	Problems     []Problem `json:"problems,omitempty"`
}

// Kept is a package of the result that was there before.
type Kept struct {
	Package string `json:"package"`
	Why     string `json:"why"`
}

// Choice is one that the solver had between packages as good as each other.
type Choice struct {
	For        string   `json:"for"`
	Chosen     string   `json:"chosen"`
	Candidates []string `json:"candidates"` // the chosen one among them
}

// Step is one package that comes or goes.
type Step struct {
	Action   string   `json:"action"` // install, upgrade, downgrade, reinstall, change, obsolete or erase
	Package  string   `json:"package"`
	Repo     string   `json:"repo"`
	Replaces []string `json:"replaces,omitempty"`
	Why      string   `json:"why"`
}

// Problem is a part of the request that cannot be fulfilled.
type Problem struct {
	Text      string     `json:"text"`
	Solutions [][]string `json:"solutions"` // each a list of things to give up together
}

func (a *app) printTransaction(pool *depsolve.Pool, tr *depsolve.Transaction) error {
	var ans Answer
	for _, s := range tr.Steps() {
		st := Step{Action: s.Kind.String(), Package: pool.PkgString(s.Package), Repo: pool.Package(s.Package).Repo.Name(), Why: tr.Why(s.Package)}
		for _, old := range s.Replaces {
			st.Replaces = append(st.Replaces, pool.PkgString(old))
		}
		ans.Steps = append(ans.Steps, st)
	}
	slices.SortStableFunc(ans.Steps, func(x, y Step) int { return strings.Compare(x.Action, y.Action) })
	if a.all {
		ans.Result = kept(pool, tr)
	}
	if a.choices {
		ans.Alternatives = choices(pool, tr)
	}
	if a.json {
		return a.printJSON(ans)
	}
	if err := a.printSteps(ans); err != nil {
		return err
	}
	return a.printMore(ans)
}

// kept lists what stays and why.
func kept(pool *depsolve.Pool, tr *depsolve.Transaction) []Kept {
	var out []Kept
	for _, id := range tr.Installed() {
		if pool.Package(id).Installed {
			out = append(out, Kept{pool.PkgString(id), tr.Why(id)})
		}
	}
	return out
}

func choices(pool *depsolve.Pool, tr *depsolve.Transaction) []Choice {
	var out []Choice
	for _, alt := range tr.Alternatives() {
		c := Choice{For: alt.Text}
		if alt.Chosen != 0 {
			c.Chosen = pool.PkgString(alt.Chosen)
		}
		for _, id := range alt.Candidates {
			c.Candidates = append(c.Candidates, pool.PkgString(id))
		}
		out = append(out, c)
	}
	return out
}

// shownAlternatives is how many the table has room for.
const shownAlternatives = 5

// printMore prints what --all and --alternatives ask for.
func (a *app) printMore(ans Answer) error {
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	if len(ans.Result) > 0 {
		fmt.Fprintln(w, "\nKEPT\tWHY")
	}
	for _, k := range ans.Result {
		fmt.Fprintf(w, "%s\t%s\n", k.Package, k.Why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(ans.Alternatives) > 0 {
		fmt.Fprintln(w, "\nCHOICE\tCHOSEN\tALTERNATIVES")
	}
	for _, c := range ans.Alternatives {
		others := slices.DeleteFunc(slices.Clone(c.Candidates), func(s string) bool { return s == c.Chosen })
		if n := len(others) - shownAlternatives; n > 0 {
			others = append(others[:shownAlternatives], fmt.Sprintf("and %d more", n))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.For, c.Chosen, strings.Join(others, " "))
	}
	return w.Flush()
}

func (a *app) printSteps(ans Answer) error {
	if len(ans.Steps) == 0 {
		fmt.Fprintln(a.stdout, "Nothing to do.")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ACTION\tPACKAGE\tREPOSITORY\tWHY")
	count := map[string]int{}
	for _, s := range ans.Steps {
		count[s.Action]++
		why := s.Why
		if len(s.Replaces) > 0 && !strings.Contains(why, "replaces") {
			why += "; replaces " + strings.Join(s.Replaces, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Action, s.Package, s.Repo, why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var sums []string
	for _, s := range ans.Steps {
		if n := count[s.Action]; n > 0 {
			sums = append(sums, fmt.Sprintf("%s %d", s.Action, n))
			count[s.Action] = 0
		}
	}
	fmt.Fprintln(a.stdout, "\n"+strings.Join(sums, ", "))
	return nil
}

func (a *app) printProblems(ctx context.Context, pool *depsolve.Pool, e *depsolve.UnsolvableError) error {
	var ans Answer
	for _, p := range e.Problems {
		sols, err := p.Solutions(ctx)
		if err != nil {
			return err
		}
		out := Problem{Text: p.Text, Solutions: [][]string{}}
		for _, s := range sols {
			var texts []string
			for _, el := range s.Elements {
				texts = append(texts, el.Text)
			}
			out.Solutions = append(out.Solutions, texts)
		}
		ans.Problems = append(ans.Problems, out)
	}
	if a.json {
		if err := a.printJSON(ans); err != nil {
			return err
		}
		return a.refuse()
	}
	for i, p := range ans.Problems {
		fmt.Fprintf(a.stdout, "Problem %d of %d: %s\n", i+1, len(ans.Problems), strings.ReplaceAll(p.Text, "\n", "\n  - "))
		for _, s := range p.Solutions {
			fmt.Fprintf(a.stdout, "  would help: %s\n", strings.Join(s, " and "))
		}
	}
	return a.refuse()
}

// refuse ends the call after the problems have been printed.
func (a *app) refuse() error {
	a.refused = true
	return &glibopt.ExitError{Code: exitProblems}
}

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
