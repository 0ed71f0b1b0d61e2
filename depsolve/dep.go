package depsolve

import "strings"

// DepID is an interned dependency of one pool: a plain name, or a relation
// such as "name >= version" or "(a or b)". The zero DepID means none.
type DepID uint32

// Op is the operator of a relation. The comparisons are sums of OpGT, OpEQ and
// OpLT.
type Op uint8

// Operators. Their left side is a dependency; the right side of a comparison
// is a version, that of OpArch an architecture, otherwise a dependency.
const (
	OpGT Op = 1
	OpEQ Op = 2
	OpLT Op = 4

	OpAnd       Op = 16 // both, by any packages
	OpOr        Op = 17 // either
	OpWith      Op = 18 // both, by one package
	OpNamespace Op = 19 // left names a namespace, right is its argument; see Pool.SetNamespace
	OpArch      Op = 20 // left, by a package of architecture right
	OpIf        Op = 22 // left if right is installed; right may be an OpElse
	OpElse      Op = 26 // only as right side of OpIf and OpUnless
	OpWithout   Op = 28 // left, by a package that does not provide right
	OpUnless    Op = 29 // left unless right is installed; right may be an OpElse
)

const opCmp = OpGT | OpEQ | OpLT // mask of the comparisons

// Name returns the DepID of a plain name or version string.
func (p *Pool) Name(s string) DepID { return DepID(p.strs.intern(s)) }

// Relation returns the DepID of "left op right".
func (p *Pool) Relation(left DepID, op Op, right DepID) DepID {
	return p.rels.intern(relation{left, right, op})
}

func (d DepID) isRel() bool { return d&relFlag != 0 }

func (p *Pool) rel(d DepID) relation { return p.rels.rels[d&^relFlag] }

// baseName returns the leftmost name of a dependency.
func (p *Pool) baseName(d DepID) DepID {
	for d.isRel() {
		d = p.rel(d).left
	}
	return d
}

// DepString returns the text of a dependency as rpm would write it.
func (p *Pool) DepString(d DepID) string {
	if !d.isRel() {
		return p.strs.str(uint32(d))
	}
	var b strings.Builder // one for all: joining strings takes quadratic time in nested expressions
	p.writeDep(&b, d)
	return b.String()
}

func (p *Pool) writeDep(b *strings.Builder, d DepID) {
	if !d.isRel() {
		b.WriteString(p.strs.str(uint32(d)))
		return
	}
	r := p.rel(d)
	bare := r.op < 8 || r.op == OpArch || r.op == OpNamespace
	if !bare {
		b.WriteByte('(')
	}
	p.writeBare(b, r)
	if !bare {
		b.WriteByte(')')
	}
}

// writeBare is writeDep without the outer parentheses.
func (p *Pool) writeBare(b *strings.Builder, r relation) {
	p.writeDep(b, r.left)
	switch {
	case r.op == OpNamespace:
		b.WriteByte('(')
		p.writeDep(b, r.right)
		b.WriteByte(')')
		return
	case r.op == OpArch:
		b.WriteByte('.')
	default:
		b.WriteString(r.op.String())
	}
	if r.right.isRel() {
		right := p.rel(r.right)
		switch {
		case (r.op == OpIf || r.op == OpUnless) && right.op == OpElse, // belongs to the condition
			(r.op == OpAnd || r.op == OpOr || r.op == OpWith) && right.op == r.op: // chains nest to the right
			p.writeBare(b, right)
			return
		}
	}
	p.writeDep(b, r.right)
}

// String returns the operator with blanks around it.
func (o Op) String() string {
	switch o {
	case OpAnd:
		return " and "
	case OpOr:
		return " or "
	case OpWith:
		return " with "
	case OpWithout:
		return " without "
	case OpIf:
		return " if "
	case OpUnless:
		return " unless "
	case OpElse:
		return " else "
	case OpNamespace:
		return " NAMESPACE "
	case OpArch:
		return "."
	}
	var b strings.Builder
	b.WriteByte(' ')
	for _, c := range []struct {
		bit  Op
		sign byte
	}{{OpLT, '<'}, {OpGT, '>'}, {OpEQ, '='}} {
		if o&c.bit != 0 {
			b.WriteByte(c.sign)
		}
	}
	b.WriteByte(' ')
	return b.String()
}
