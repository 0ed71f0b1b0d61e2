package testcase

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"

	"example.com/rpmostree/depsolve"
)

// details writes what a section asks to know about a transaction beside its
// steps.
func (c *runner) details(r *Result, tr *depsolve.Transaction) {
	if tr == nil {
		return
	}
	for _, f := range r.Flags {
		switch f {
		case "recommended":
			recommended, suggested := tr.Recommended()
			c.list(r, "recommended", recommended)
			c.list(r, "suggested", suggested)
		case "cleandeps":
			c.list(r, "cleandeps", tr.CleanedUp())
		case "orphaned":
			c.list(r, "orphaned", tr.Orphaned())
		case "unneeded":
			all, roots := tr.Unneeded()
			c.list(r, "unneeded_filtered", roots)
			c.list(r, "unneeded", slices.DeleteFunc(all, func(id depsolve.PkgID) bool { return slices.Contains(roots, id) }))
		case "userinstalled":
			c.userLines(r, tr)
		case "reason":
			c.reasons(r, tr)
		case "alternatives":
			for _, a := range tr.Alternatives() {
				c.alternative(r, a)
			}
		}
	}
}

func (c *runner) list(r *Result, word string, ids []depsolve.PkgID) {
	for _, id := range ids {
		r.Got = append(r.Got, word+" "+c.pkgText(id))
	}
}

// userLines lists what the user asked for and the names of all else.
func (c *runner) userLines(r *Result, tr *depsolve.Transaction) {
	user := tr.UserInstalled()
	c.list(r, "userinstalled pkg", user)
	names := map[string]bool{}
	for _, id := range user {
		names[c.pool.Package(id).NEVRA.Name] = true
	}
	for _, id := range tr.Installed() {
		if n := c.pool.Package(id).NEVRA.Name; !names[n] {
			names[n] = true
			r.Got = append(r.Got, "autoinst name "+escape(n))
		}
	}
}

// reasons says of each package that the search decided about why.
func (c *runner) reasons(r *Result, tr *depsolve.Transaction) {
	for _, id := range tr.Decided() {
		for _, why := range tr.Reasons(id) {
			line := "reason " + c.pkgText(id) + " " + why.Kind
			switch {
			case len(why.Rule.Lits) > 0:
				line += " " + c.ruleID(why.Rule)
			case why.Dep != 0:
				line += " " + DepText(c.pool, why.Dep) + " " + c.pkgText(why.By)
			}
			r.Got = append(r.Got, line)
		}
	}
}

// alternative writes a choice: what it was about on line 0, then the candidates
// with "+" before the one taken and "-" before those that did not work out.
func (c *runner) alternative(r *Result, a depsolve.Alternative) {
	about := []string{c.ruleID(a.Rule)}
	if a.By != 0 {
		about = []string{c.pkgText(a.By), DepText(c.pool, a.Dep)}
	}
	prefix := "alternative " + shortID(about)
	r.Got = append(r.Got, prefix+"  0 "+a.Text)
	for i, id := range a.Candidates {
		sign := " "
		switch {
		case id == a.Chosen:
			sign = "+"
		case a.Tried[i]:
			sign = "-"
		}
		r.Got = append(r.Got, fmt.Sprintf("%s %2d %s %s", prefix, i+1, sign, c.pkgText(id)))
	}
}

func (c *runner) problemID(p *depsolve.Problem) string {
	var ids []string
	for _, rule := range p.Rules() {
		ids = append(ids, c.ruleID(rule))
	}
	slices.Sort(ids)
	return shortID(slices.Compact(ids))
}

func (c *runner) solutionID(s depsolve.Solution) string {
	job, rule := s.Origin()
	if job >= 0 {
		return shortID([]string{jobLine(c.pool, c.asked[job])})
	}
	return shortID([]string{c.ruleID(rule)})
}

// shortID is the digest that names problems, solutions and choices.
func shortID(parts []string) string {
	h := md5.New() // the format's choice, nothing to protect
	for _, s := range parts {
		h.Write(append([]byte(s), 0))
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
