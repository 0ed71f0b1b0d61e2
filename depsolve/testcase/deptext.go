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
	switch {
	case isCall(pool, left, op):
		return plain(pool, left) + "(" + DepText(pool, right) + ")"
	case isAny(pool, op, right):
		return DepText(pool, left) + ":" + DepText(pool, right)
	}
	l, r := DepText(pool, left), DepText(pool, right)
	if lop := operatorOf(pool, left); lop >= 8 || lop > 0 && (op < 8 || op == opCompat) {
		l = "(" + l + ")"
	}
	switch rop := operatorOf(pool, right); {
	case rop == 0, op < 8 && rop == opCompat,
		rop == op && (op == depsolve.OpAnd || op == depsolve.OpOr), rop < 8 && op >= 8:
	default:
		r = "(" + r + ")"
	}
	return l + " " + opText(op) + " " + r
}

// isCall reports whether a relation is a namespace with its argument.
func isCall(pool *depsolve.Pool, left depsolve.DepID, op depsolve.Op) bool {
	return op == depsolve.OpNamespace && strings.HasPrefix(pool.DepString(left), "namespace:")
}

// isAny reports whether a relation is about a package of any architecture.
func isAny(pool *depsolve.Pool, op depsolve.Op, right depsolve.DepID) bool {
	return op == opMultiArch && pool.DepString(right) == "any"
}

// operatorOf returns the operator of a relation that is not written as one
// word; 0 stands for everything else.
func operatorOf(pool *depsolve.Pool, d depsolve.DepID) depsolve.Op {
	left, op, right, ok := pool.Split(d)
	if !ok || isCall(pool, left, op) || isAny(pool, op, right) {
		return 0
	}
	return op
}

// plain is the text of a name whose colon does not need hiding.
func plain(pool *depsolve.Pool, d depsolve.DepID) string {
	return strings.ReplaceAll(escape(pool.DepString(d)), `\3a`, ":")
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
