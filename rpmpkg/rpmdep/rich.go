package rpmdep

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// Op is the operator of a rich dependency.
type Op uint8

// The operators. A leaf has a plain dependency instead of operands.
const (
	OpLeaf    Op = iota
	OpAnd        // both
	OpOr         // one of the two or both
	OpIf         // Left if Right is met, otherwise Else (or nothing)
	OpUnless     // Left unless Right is met, then Else
	OpWith       // one package meets both
	OpWithout    // one package meets Left but not Right
)

var opNames = [...]string{"", "and", "or", "if", "unless", "with", "without"}

// String returns the operator as written in a dependency, "" for a leaf.
func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

func parseOperator(word string) (Op, bool) {
	for i, n := range opNames[1:] {
		if n == word {
			return Op(i + 1), true
		}
	}
	return 0, false
}

// Rich is a node of a rich dependency: a leaf with a plain dependency, or an
// operator with operands. Chains such as "a and b and c" nest to the right. Else is
// only set for OpIf and OpUnless, and may be nil there.
type Rich struct {
	Op                Op
	Dep               Dep // of a leaf
	Left, Right, Else *Rich
}

// Leaves iterates over the plain dependencies of the expression, left to right.
func (r *Rich) Leaves() iter.Seq[Dep] {
	return func(yield func(Dep) bool) { r.leaves(yield) }
}

func (r *Rich) leaves(yield func(Dep) bool) bool {
	if r == nil {
		return true
	}
	if r.Op == OpLeaf {
		return yield(r.Dep)
	}
	return r.Left.leaves(yield) && r.Right.leaves(yield) && r.Else.leaves(yield)
}

// String returns the text form in parentheses; a leaf is written without any.
func (r *Rich) String() string {
	if r.Op == OpLeaf {
		return r.Dep.String()
	}
	var b strings.Builder
	b.WriteByte('(')
	b.WriteString(r.Left.String())
	right := r.Right
	for {
		b.WriteString(" " + r.Op.String() + " ")
		if !r.Op.chains() || right.Op != r.Op {
			break
		}
		b.WriteString(right.Left.String())
		right = right.Right
	}
	b.WriteString(right.String())
	if r.Else != nil {
		b.WriteString(" else " + r.Else.String())
	}
	b.WriteByte(')')
	return b.String()
}

func (o Op) chains() bool { return o == OpAnd || o == OpOr || o == OpWith }

// maxDepth bounds the nesting of parentheses and the length of chains, and with
// them the depth of the tree.
const maxDepth = 256

type richParser struct{ s string }

// parseRich reads a complete expression "( operand op operand )".
func parseRich(s string) (*Rich, error) {
	p := &richParser{s}
	r, err := p.group(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.s != "" {
		return nil, fmt.Errorf("text after the closing parenthesis: %.80q", p.s)
	}
	return r, nil
}

// group reads one parenthesised expression.
func (p *richParser) group(depth int) (*Rich, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	p.s = p.s[1:]
	left, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	if p.closing() {
		return left, nil
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	return p.tail(left, op, depth)
}

// tail reads what follows "left op" up to and with the closing parenthesis.
func (p *richParser) tail(left *Rich, op Op, depth int) (*Rich, error) {
	operands := []*Rich{left}
	for {
		next, err := p.operand(depth)
		if err != nil {
			return nil, err
		}
		operands = append(operands, next)
		if p.closing() {
			return nest(op, operands), nil
		}
		if len(operands) > maxDepth {
			return nil, errors.New("chain too long")
		}
		word := p.word()
		switch {
		case word == "else" && (op == OpIf || op == OpUnless):
			return p.otherwise(op, left, next, depth)
		case word != op.String():
			return nil, fmt.Errorf("cannot mix %q and %.80q without parentheses", op, word)
		case !op.chains():
			return nil, fmt.Errorf("%.80q cannot be chained", word)
		}
	}
}

func (p *richParser) otherwise(op Op, left, right *Rich, depth int) (*Rich, error) {
	els, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	if !p.closing() {
		return nil, errors.New("no closing parenthesis after else")
	}
	return &Rich{Op: op, Left: left, Right: right, Else: els}, nil
}

func nest(op Op, operands []*Rich) *Rich {
	r := operands[len(operands)-1]
	for i := len(operands) - 2; i >= 0; i-- {
		r = &Rich{Op: op, Left: operands[i], Right: r}
	}
	return r
}

// operand reads a nested expression or "name [op version]".
func (p *richParser) operand(depth int) (*Rich, error) {
	if p.skip(); strings.HasPrefix(p.s, "(") {
		return p.group(depth + 1)
	}
	name := p.name()
	if name == "" {
		return nil, errors.New("missing operand")
	}
	p.skip()
	n := 0
	for n < len(p.s) && strings.IndexByte("<=>", p.s[n]) >= 0 {
		n++
	}
	if n == 0 {
		return &Rich{Dep: Dep{Name: name}}, nil
	}
	sense, ok := ParseOp(p.s[:n])
	if !ok {
		return nil, fmt.Errorf("unknown operator %.80q", p.s[:n])
	}
	p.s = p.s[n:]
	p.skip()
	evr, err := rpmver.ParseEVR(p.name())
	if err != nil {
		return nil, err
	}
	return &Rich{Dep: Dep{Name: name, Sense: sense, EVR: evr}}, nil
}

func (p *richParser) operator() (Op, error) {
	word := p.word()
	op, ok := parseOperator(word)
	if !ok {
		return 0, fmt.Errorf("unknown operator %.80q", word)
	}
	return op, nil
}

func (p *richParser) skip() { p.s = strings.TrimLeft(p.s, " \t\r\n\f\v,") }

func (p *richParser) closing() bool {
	if p.skip(); strings.HasPrefix(p.s, ")") {
		p.s = p.s[1:]
		return true
	}
	return false
}

// name takes a name or version: up to a blank, a comma or an unbalanced ")".
func (p *richParser) name() string {
	open := 0
	for i := 0; i < len(p.s); i++ {
		switch p.s[i] {
		case ' ', '\t', '\r', '\n', '\f', '\v', ',':
			return p.take(i)
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return p.take(i)
			}
		}
	}
	return p.take(len(p.s))
}

func (p *richParser) word() string {
	p.skip()
	i := 0
	for i < len(p.s) && p.s[i] >= 'a' && p.s[i] <= 'z' {
		i++
	}
	return p.take(i)
}

func (p *richParser) take(n int) string {
	t := p.s[:n]
	p.s = p.s[n:]
	return t
}
