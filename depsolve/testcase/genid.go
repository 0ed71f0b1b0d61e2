package testcase

import (
	"errors"
	"fmt"
	"strings"

	"example.com/rpmostree/depsolve"
)

// genID is the stack machine of "genid": it builds dependencies by hand.
//
//	genid lit WORD    push a name
//	genid null        push no dependency
//	genid dep TEXT    push a dependency
//	genid op OP       join the two topmost
//	genid susedep K   rewrite the topmost by the old SUSE conventions
//
// What is left becomes a job that does nothing, so that it can be shown.
func (c *runner) genID(w []string) error {
	if len(w) == 0 {
		return errors.New("genid: want a word")
	}
	line := c.lines[c.at-1]
	arg := ""
	if _, rest, ok := strings.Cut(line, w[0]); ok {
		arg = strings.TrimPrefix(strings.TrimPrefix(rest, " "), "\t")
	}
	push := func(d depsolve.DepID) { c.stack = append(c.stack, d) }
	switch w[0] {
	case "lit":
		push(c.pool.Name(arg))
	case "null":
		push(0)
	case "dep":
		d, err := ParseDep(c.pool, arg)
		if err != nil {
			return err
		}
		push(d)
	case "op":
		return c.genOp(strings.TrimSpace(arg))
	case "susedep":
		if len(c.stack) == 0 {
			return errors.New("genid susedep: nothing to rewrite")
		}
		top := &c.stack[len(c.stack)-1]
		*top = suseDep(c.pool, strings.TrimPrefix(strings.TrimSpace(arg), "solvable:"), *top)
	default:
		return fmt.Errorf("genid %q: unknown", w[0])
	}
	return nil
}

func (c *runner) genOp(text string) error {
	n := len(c.stack)
	if n < 2 {
		return fmt.Errorf("genid op %s: want two operands", text)
	}
	for _, o := range depOps {
		if o.text == text {
			c.stack = append(c.stack[:n-2], c.pool.Relation(c.stack[n-2], o.op, c.stack[n-1]))
			return nil
		}
	}
	return fmt.Errorf("genid op %q: unknown", text)
}

// genLines shows what is on the stack: the steps that build it and its text.
func (c *runner) genLines() []string {
	var out []string
	for _, d := range c.stack {
		var steps []string
		var walk func(depsolve.DepID)
		walk = func(d depsolve.DepID) {
			left, op, right, ok := c.pool.Split(d)
			switch {
			case ok:
				walk(left)
				walk(right)
				steps = append(steps, "op "+opText(op))
			case d == 0:
				steps = append(steps, "null")
			default:
				steps = append(steps, "lit "+c.pool.DepString(d))
			}
		}
		walk(d)
		for i, s := range steps {
			out = append(out, fmt.Sprintf("genid %2d: genid %s", i+1, s))
		}
		out = append(out, "genid dep "+DepText(c.pool, d))
	}
	return out
}
