package testcase

import (
	"fmt"
	"strings"

	"example.com/rpmostree/depsolve"
)

// DepText writes a dependency in the syntax of test cases, so that ParseDep
// gives it back.
func DepText(pool *depsolve.Pool, d depsolve.DepID) string {
	left, op, right, ok := pool.Split(d)
	if !ok {
		if d == 0 {
			return "<NULL>"
		}
		return escape(pool.DepString(d))
	}
	switch op {
	case depsolve.OpNamespace:
		return plain(pool, left) + "(" + DepText(pool, right) + ")"
	case opMultiArch:
		return DepText(pool, left) + ":" + DepText(pool, right)
	}
	l, r := DepText(pool, left), DepText(pool, right)
	if _, lop, _, ok := pool.Split(left); ok && wraps(lop) {
		l = "(" + l + ")"
	} else if ok && !wraps(op) && op != opCompat && lop != depsolve.OpNamespace {
		l = "(" + l + ")"
	}
	if _, rop, _, ok := pool.Split(right); ok && wraps(rop) && (rop != op || op == depsolve.OpWith) {
		r = "(" + r + ")"
	}
	return l + " " + opText(op) + " " + r
}

// plain is the text of a name whose colon does not need hiding.
func plain(pool *depsolve.Pool, d depsolve.DepID) string {
	return strings.ReplaceAll(escape(pool.DepString(d)), `\3a`, ":")
}

// wraps reports whether an operator takes whole dependencies, so that it needs
// parentheses inside another one.
func wraps(op depsolve.Op) bool {
	switch op {
	case depsolve.OpArch, depsolve.OpNamespace, opMultiArch, opCompat:
		return false
	}
	return op >= 8
}

func opText(op depsolve.Op) string {
	for _, o := range depOps {
		if o.op == op {
			return o.text
		}
	}
	return fmt.Sprintf("<%d>", op)
}

// escape hides what has a meaning in a name: blanks, controls, parentheses that
// do not balance, the colon of an architecture or a namespace.
func escape(s string) string {
	if s == "" {
		return `\00`
	}
	hideParens := !balanced(s) || strings.ContainsAny(s, " \\") // blanks inside make words
	hideColon := strings.HasPrefix(s, "namespace:") || strings.HasSuffix(s, ":any")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c <= ' ' || c == 0x7f || c == '\\', i == 0 && strings.IndexByte("!&|+-<=>.", c) >= 0,
			(c == '(' || c == ')') && (hideParens || hideColon),
			c == ':' && hideColon,
			i == 0 && s == "<NULL>":
			fmt.Fprintf(&b, `\%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func balanced(s string) bool {
	open := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return false
			}
		}
	}
	return open == 0
}
