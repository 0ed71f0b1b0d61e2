package depsolve

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// frozenMagic begins a frozen repository. Its last byte is the version: a reader takes no other.
//
// After it come, all little-endian 32-bit numbers but the texts:
//
//	number of strings, bytes of all strings, number of relations, number of packages
//	the length of each string, then their bytes, padded with zeros to four
//	left side, operator, right side of each relation; both sides name strings or earlier relations
//	for each package: name, EVR, architecture, vendor; build and install time, low half first; a set of what
//	follows: one bit for each kind of dependency list, one for files; those lists, each ended by a zero
//
// Strings are numbered from idFirstOwn on, relations from 1 on with relFlag; the reserved ids are those of a pool.
const frozenMagic = "solvpkg\x01"

const (
	frozenFiles   = 1 << numDepKinds // bit of the file list
	maxRelDepth   = 2000             // of relations in each other, against hostile input
	frozenHeader  = len(frozenMagic) + 4*4
	frozenPkgSize = 9 * 4 // at least
)

var errFrozen = errors.New("damaged frozen repository")

// Freeze returns all packages of the repository in a compact binary form for Thaw, without what callers attached to
// them. The repository has to be the only one of its pool, and nothing must have been solved or matched there yet:
// the whole vocabulary of the pool is written.
func (r *Repo) Freeze() ([]byte, error) {
	p := r.pool
	if len(p.repos) != 2 || p.indexed {
		return nil, fmt.Errorf("freeze %s: not the only, unused repository of its pool", r.name)
	}
	strs, text := p.strs.ends[idFirstOwn:], p.strs.bytes[p.strs.ends[idFirstOwn-1]:]
	size := frozenHeader + 4*len(strs) + len(text) + 3 + 12*len(p.rels.rels) + frozenPkgSize*len(p.name) + 4*(len(p.arena)+len(p.files))
	le := binary.LittleEndian
	b := append(make([]byte, 0, size), frozenMagic...)
	for _, n := range []int{len(strs), len(text), len(p.rels.rels) - 1, p.Len()} {
		b = le.AppendUint32(b, uint32(n))
	}
	last := p.strs.ends[idFirstOwn-1]
	for _, end := range strs {
		b = le.AppendUint32(b, end-last)
		last = end
	}
	b = append(append(b, text...), make([]byte, -len(text)&3)...)
	for _, rel := range p.rels.rels[1:] {
		b = le.AppendUint32(le.AppendUint32(le.AppendUint32(b, uint32(rel.left)), uint32(rel.op)), uint32(rel.right))
	}
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		b = p.appendFrozen(b, pkg)
	}
	return b, nil
}

func (p *Pool) appendFrozen(b []byte, pkg int32) []byte {
	le := binary.LittleEndian
	for _, id := range []uint32{p.name[pkg], p.evr[pkg], p.arch[pkg], p.vendor[pkg]} {
		b = le.AppendUint32(b, id)
	}
	b = le.AppendUint64(le.AppendUint64(b, uint64(p.buildTime[pkg])), uint64(p.installTime[pkg]))
	set := uint32(0)
	for k := range p.deps {
		if p.deps[k][pkg] != 0 {
			set |= 1 << k
		}
	}
	if p.filesAt[pkg] != 0 {
		set |= frozenFiles
	}
	b = le.AppendUint32(b, set)
	for k := range p.deps {
		if p.deps[k][pkg] == 0 {
			continue
		}
		for _, d := range p.list(depKind(k), pkg) {
			b = le.AppendUint32(b, uint32(d))
		}
		b = le.AppendUint32(b, 0)
	}
	if at := p.filesAt[pkg]; at != 0 {
		for ; p.files[at] != 0; at += 2 {
			b = le.AppendUint32(le.AppendUint32(b, p.files[at]), p.files[at+1])
		}
		b = le.AppendUint32(b, 0)
	}
	return b
}

// Thaw adds the packages of a frozen repository. data gives what PackageView.Data is to be for the n-th of them,
// counted from 0, each time it is asked for; nil for nothing. Damaged input is an error; the packages before the damage
// are excluded then, and the pool is better thrown away. A checksum is the business of the caller.
func (r *Repo) Thaw(frozen []byte, data func(n int) any) error {
	if r.end != 0 {
		return fmt.Errorf("thaw %s: the repository has packages already", r.name)
	}
	t := &thawer{p: r.pool, repo: r, rest: frozen}
	if err := t.thaw(); err != nil {
		for id := r.first; id < r.end; id++ {
			r.pool.Exclude(PkgID(id))
		}
		return fmt.Errorf("thaw %s: %w", r.name, err)
	}
	r.data, r.thawed = data, r.end-r.first
	return nil
}

// thawer translates the ids of a frozen repository to those of the pool.
type thawer struct {
	p    *Pool
	repo *Repo
	rest []byte
	strs []uint32 // by frozen id
	rels []DepID  // by frozen number
}

func (t *thawer) thaw() error {
	if len(t.rest) < frozenHeader || string(t.rest[:len(frozenMagic)]) != frozenMagic {
		return fmt.Errorf("%w: unknown format", errFrozen)
	}
	t.rest = t.rest[len(frozenMagic):]
	strs, text, rels, pkgs := t.u32(), t.u32(), t.u32(), t.u32()
	need := uint64(strs)*4 + uint64(text) + uint64(-text&3) + uint64(rels)*12
	if need+uint64(pkgs)*frozenPkgSize > uint64(len(t.rest)) {
		return fmt.Errorf("%w: truncated", errFrozen)
	}
	if err := t.strings(int(strs), int(text)); err != nil {
		return err
	}
	if err := t.relations(int(rels)); err != nil {
		return err
	}
	return t.packages(int(pkgs))
}

// u32 takes a number that is known to be there.
func (t *thawer) u32() uint32 {
	v := binary.LittleEndian.Uint32(t.rest)
	t.rest = t.rest[4:]
	return v
}

func (t *thawer) strings(n, size int) error {
	lengths, text := t.rest[:4*n], t.rest[4*n:4*n+size]
	t.rest = t.rest[4*n+size+(-size&3):]
	t.p.strs.reserve(n, size)
	t.strs = make([]uint32, idFirstOwn+n)
	for i := range idFirstOwn {
		t.strs[i] = uint32(i)
	}
	for i := range n {
		l := binary.LittleEndian.Uint32(lengths[4*i:])
		if uint64(l) > uint64(len(text)) {
			return fmt.Errorf("%w: string %d of %d bytes", errFrozen, i, l)
		}
		t.strs[idFirstOwn+i] = t.p.strs.internBytes(text[:l])
		text = text[l:]
	}
	return nil
}

func (t *thawer) relations(n int) error {
	t.p.rels.reserve(n)
	t.rels = make([]DepID, 1, 1+n)
	depth := make([]uint16, 1, 1+n)
	for i := range n {
		l, op, r := DepID(t.u32()), t.u32(), DepID(t.u32())
		left, okL := t.dep(l)
		right, okR := t.dep(r)
		if !okL || !okR || op == 0 || op > uint32(OpUnless) {
			return fmt.Errorf("%w: relation %d", errFrozen, i)
		}
		d := uint16(1)
		for _, side := range []DepID{l, r} {
			if side.isRel() {
				d = max(d, depth[side&^relFlag]+1)
			}
		}
		if d > maxRelDepth {
			return fmt.Errorf("%w: relation %d is too deep", errFrozen, i)
		}
		depth = append(depth, d)
		t.rels = append(t.rels, t.p.rels.intern(relation{left, right, Op(op)}))
	}
	return nil
}

// dep translates a dependency that is known already.
func (t *thawer) dep(d DepID) (DepID, bool) {
	if d.isRel() {
		if n := int(d &^ relFlag); n > 0 && n < len(t.rels) {
			return t.rels[n], true
		}
		return 0, false
	}
	if int(d) < len(t.strs) {
		return DepID(t.strs[d]), true
	}
	return 0, false
}

func (t *thawer) packages(n int) error {
	p := t.p
	p.reserve(n, len(t.rest)/4)
	for i := range n {
		if len(t.rest) < frozenPkgSize {
			return fmt.Errorf("%w: package %d is truncated", errFrozen, i)
		}
		var ids [4]uint32
		for k := range ids {
			id := t.u32()
			if int(id) >= len(t.strs) {
				return fmt.Errorf("%w: package %d", errFrozen, i)
			}
			ids[k] = t.strs[id]
		}
		pkg := p.newPkg(t.repo.num, ids[0], ids[1], ids[2], ids[3])
		if i == 0 {
			t.repo.first = pkg
		}
		t.repo.end = pkg + 1
		p.buildTime[pkg] = int64(binary.LittleEndian.Uint64(t.rest))
		p.installTime[pkg] = int64(binary.LittleEndian.Uint64(t.rest[8:]))
		t.rest = t.rest[16:]
		if !t.lists(pkg, t.u32()) {
			return fmt.Errorf("%w: lists of package %d", errFrozen, i)
		}
	}
	if len(t.rest) != 0 {
		return fmt.Errorf("%w: %d bytes too many", errFrozen, len(t.rest))
	}
	return nil
}

// lists reads the lists of a package that are in the set.
func (t *thawer) lists(pkg int32, set uint32) bool {
	p := t.p
	if set >= 2*frozenFiles {
		return false
	}
	for k := range p.deps {
		if set&(1<<k) == 0 {
			continue
		}
		p.deps[k][pkg] = uint32(len(p.arena))
		for {
			if len(t.rest) < 4 {
				p.arena = append(p.arena, 0)
				return false
			}
			d, ok := t.dep(DepID(t.u32()))
			p.arena = append(p.arena, d)
			if d == 0 {
				if !ok {
					return false
				}
				break
			}
		}
	}
	return set&frozenFiles == 0 || t.files(pkg)
}

func (t *thawer) files(pkg int32) bool {
	p := t.p
	p.filesAt[pkg] = uint32(len(p.files))
	for len(t.rest) >= 4 {
		dir := t.u32()
		if dir == 0 {
			p.files = append(p.files, 0)
			return true
		}
		if len(t.rest) < 4 || int(dir) >= len(t.strs) {
			break
		}
		base := t.u32()
		if int(base) >= len(t.strs) {
			break
		}
		p.files = append(p.files, t.strs[dir], t.strs[base])
	}
	p.files = append(p.files, 0)
	return false
}

// dataOf returns what the caller attached to a package.
func (p *Pool) dataOf(pkg int32) any {
	if d, ok := p.data[pkg]; ok {
		return d
	}
	if r := p.repo(pkg); r != nil && r.data != nil && pkg >= r.first && pkg < r.first+r.thawed {
		return r.data(int(pkg - r.first))
	}
	return nil
}
