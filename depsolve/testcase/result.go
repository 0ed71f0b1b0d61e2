package testcase

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/rpmostree/depsolve"
)

func (c *runner) result(w []string) error {
	r := Result{Line: c.at, Flags: []string{"transaction", "problems"}}
	if len(w) > 0 {
		r.Flags = splitFlags(w[:1])
	}
	if len(w) > 1 {
		f, err := c.open(w[1])
		if err != nil {
			return err
		}
		defer f.Close()
		sc := bufio.NewScanner(f)
		for sc.Scan() {
			if l := strings.TrimRight(sc.Text(), "\r"); l != "" {
				r.Want = append(r.Want, l)
			}
		}
		if err := sc.Err(); err != nil {
			return err
		}
	}
	slices.Sort(r.Want)
	r.Skipped = c.skip
	for _, f := range r.Flags {
		switch f {
		case "transaction", "problems", "genid", "jobs", "rules", "recommended", "alternatives", "cleandeps",
			"orphaned", "unneeded", "userinstalled", "proof", "reason":
		default:
			r.Skipped = "result " + f + " is not supported"
		}
	}
	if c.collect {
		if r.Skipped == "" {
			c.requests = append(c.requests, Request{c.pool, slices.Concat(c.jobs, c.userInstalled()), c.opts})
		}
		return nil
	}
	if r.Skipped == "" {
		if err := c.run(&r); err != nil {
			return err
		}
	}
	if len(w) < 2 { // nothing to compare with
		r.Want = slices.Clone(r.Got)
	}
	if c.answered { // the last one of a section counts
		c.results = c.results[:len(c.results)-1]
	}
	c.answered = true
	c.results = append(c.results, r)
	return nil
}

// run collects the lines of all kinds asked for.
func (c *runner) run(r *Result) error {
	has := func(f string) bool { return slices.Contains(r.Flags, f) }
	if has("genid") {
		r.Got = append(r.Got, c.genLines()...)
	}
	if has("jobs") {
		for _, j := range c.jobs {
			r.Got = append(r.Got, "job "+jobLine(c.pool, j))
		}
	}
	jobs := slices.Concat(c.jobs, c.userInstalled())
	if has("rules") {
		if err := c.rules(r, jobs); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(r.Flags, func(f string) bool { return f != "genid" && f != "jobs" && f != "rules" }) {
		if err := c.solve(r, jobs); err != nil {
			return err
		}
	}
	slices.Sort(r.Got)
	return nil
}

func (c *runner) solve(r *Result, jobs []depsolve.Job) error {
	c.asked = jobs
	start := time.Now()
	tr, err := c.pool.Solve(c.ctx, jobs, &c.opts)
	r.Elapsed = time.Since(start)
	var unsolvable *depsolve.UnsolvableError
	if errors.As(err, &unsolvable) {
		tr = unsolvable.Partial
		c.details(r, tr)
		if slices.Contains(r.Flags, "proof") {
			for _, p := range unsolvable.Problems {
				c.proof(r, p)
			}
		}
		if slices.Contains(r.Flags, "problems") {
			if err := c.problems(r, unsolvable); err != nil {
				return err
			}
		}
	} else if err != nil {
		return err
	} else {
		c.details(r, tr)
	}
	if tr != nil && slices.Contains(r.Flags, "transaction") {
		r.Why = map[string]string{}
		r.Got = append(r.Got, c.transaction(tr, r.Why)...)
	}
	return nil
}

// userInstalled turns the list of automatically installed packages into jobs
// for all others.
func (c *runner) userInstalled() []depsolve.Job {
	if c.autoinst == nil {
		return nil
	}
	var jobs []depsolve.Job
	for id := range c.pool.All() {
		v := c.pool.Package(id)
		if v.Installed && !slices.Contains(c.autoinst, v.NEVRA.Name) {
			jobs = append(jobs, depsolve.Job{Action: depsolve.UserInstalled, Select: depsolve.SelectPackage(id)})
		}
	}
	return jobs
}

// transaction writes the lines of a transaction: replaced packages with what
// replaces them, new ones that are nobody's best replacement as installed.
func (c *runner) transaction(tr *depsolve.Transaction, why map[string]string) []string {
	var out []string
	add := func(line string, id depsolve.PkgID) {
		out = append(out, line)
		why[line] = tr.Why(id)
	}
	replaces := map[depsolve.PkgID]bool{}
	for _, old := range tr.Removed() {
		by, kind := tr.ReplacedBy(old)
		if by == 0 {
			add("erase "+c.pkgText(old), old)
			continue
		}
		if kind == depsolve.StepObsolete {
			add(fmt.Sprintf("erase %s %s", c.pkgText(old), c.pkgText(by)), old)
			continue
		}
		replaces[by] = true
		add(fmt.Sprintf("%s %s %s", kind, c.pkgText(old), c.pkgText(by)), by)
	}
	for _, st := range tr.Steps() {
		if st.Kind != depsolve.StepErase && !replaces[st.Package] {
			add("install "+c.pkgText(st.Package), st.Package)
		}
	}
	return out
}

func (c *runner) problems(r *Result, e *depsolve.UnsolvableError) error {
	for _, p := range e.Problems {
		text := p.Main.Text
		if p.Main.Kind == "excluded" { // the format's word for it
			text = "package " + c.pool.PkgString(p.Main.Package) + " is disabled"
		}
		id := c.problemID(p)
		r.Got = append(r.Got, "problem "+id+" info "+text)
		sols, err := p.Solutions(c.ctx)
		if err != nil {
			return err
		}
		for _, s := range sols {
			sid := c.solutionID(s)
			for _, el := range s.Elements {
				r.Got = append(r.Got, fmt.Sprintf("problem %s solution %s %s", id, sid, c.element(el)))
			}
		}
	}
	return nil
}

func (c *runner) element(e depsolve.SolutionElement) string {
	switch {
	case e.Job >= 0:
		return "deljob " + jobLine(c.pool, c.asked[e.Job])
	case e.Allow:
		return "allow " + c.pkgText(e.Package)
	case e.Other != 0:
		return "replace " + c.pkgText(e.Package) + " " + c.pkgText(e.Other)
	case e.Package != 0:
		return "erase " + c.pkgText(e.Package)
	}
	return "unknown"
}
