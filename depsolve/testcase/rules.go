package testcase

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"

	"example.com/rpmostree/depsolve"
)

// rules shows the clauses of a section, one line a literal.
func (c *runner) rules(r *Result, jobs []depsolve.Job) error {
	list, err := c.pool.Rules(c.ctx, jobs, &c.opts)
	if err != nil {
		return err
	}
	list = append(slices.DeleteFunc(c.kept, func(k depsolve.Rule) bool {
		return slices.ContainsFunc(list, func(r depsolve.Rule) bool { return r.Class == k.Class && slices.Equal(r.Lits, k.Lits) })
	}), list...)
	c.kept = nil
	for _, rule := range list {
		if rule.Class == "pkg" {
			c.kept = append(c.kept, rule)
		}
		id := c.ruleID(rule)
		for _, l := range rule.Lits {
			sign := " "
			if l.Not {
				sign = "-"
			}
			r.Got = append(r.Got, fmt.Sprintf("rule %s %s %s%s", rule.Class, id, sign, c.pkgText(l.Package)))
		}
	}
	return nil
}

// ruleID names a clause by its literals, whatever their order: the digest the
// format uses to compare clauses of different programs.
func (c *runner) ruleID(rule depsolve.Rule) string {
	var lits []string
	for _, l := range rule.Lits {
		s := c.pkgText(l.Package)
		if l.Not {
			s = "!" + s
		}
		lits = append(lits, s)
	}
	slices.Sort(lits)
	h := md5.New() // the format's choice, nothing to protect
	for _, s := range slices.Compact(lits) {
		h.Write(append([]byte(s), 0))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// evrCmp turns "evrcmp A B" into a job that shows how the versions compare.
func (c *runner) evrCmp(w []string) error {
	if len(w) != 2 {
		return fmt.Errorf("evrcmp: want two versions")
	}
	op := depsolve.OpEQ
	switch n := depsolve.CompareEVR(w[0], w[1]); {
	case n < 0:
		op = depsolve.OpLT
	case n > 0:
		op = depsolve.OpGT
	}
	d := c.pool.Relation(c.pool.Name(w[0]), op, c.pool.Name(w[1]))
	c.jobs = append(c.jobs, depsolve.Job{Action: depsolve.Noop, Select: depsolve.SelectName(d)})
	return nil
}
