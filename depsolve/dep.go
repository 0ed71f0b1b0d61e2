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
	r := p.rel(d)
	if r.op < 8 || r.op == OpArch || r.op == OpNamespace {
		return p.depText(d)
	}
	return "(" + p.depText(d) + ")"
}

// depText is DepString without the outer parentheses.
func (p *Pool) depText(d DepID) string {
	if !d.isRel() {
		return p.strs.str(uint32(d))
	}
	r := p.rel(d)
	switch r.op {
	case OpArch:
		return p.DepString(r.left) + "." + p.DepString(r.right)
	case OpNamespace:
		return p.DepString(r.left) + "(" + p.DepString(r.right) + ")"
	case OpIf, OpUnless:
		if r.right.isRel() && p.rel(r.right).op == OpElse {
			e := p.rel(r.right)
			return p.DepString(r.left) + r.op.String() + p.DepString(e.left) + OpElse.String() + p.DepString(e.right)
		}
	case OpAnd, OpOr, OpWith:
		if r.right.isRel() && p.rel(r.right).op == r.op { // chains nest to the right
			return p.DepString(r.left) + r.op.String() + p.depText(r.right)
		}
	}
	return p.DepString(r.left) + r.op.String() + p.DepString(r.right)
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
