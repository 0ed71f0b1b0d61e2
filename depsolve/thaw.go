package depsolve

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Thaw adds the packages of a frozen repository. data gives what PackageView.Data is to be for the n-th of them,
// counted from 0, each time it is asked for; nil for nothing. Damaged input is an error; the packages before the damage
// are excluded then, and the pool is better thrown away. A checksum is the business of the caller.
func (r *Repo) Thaw(from *io.SectionReader, data func(n int) any) error {
	if r.end != 0 {
		return fmt.Errorf("thaw %s: the repository has packages already", r.name)
	}
	t := &thawer{p: r.pool, repo: r, frozenReader: frozenReader{from: from, left: from.Size(), buf: make([]byte, min(from.Size(), 1<<15))}}
	err := t.thaw()
	if t.err != nil {
		err = t.err
	}
	if err != nil {
		for id := r.first; id < r.end; id++ {
			r.pool.Exclude(PkgID(id))
		}
		return fmt.Errorf("thaw %s: %w", r.name, err)
	}
	r.data, r.thawed = data, r.end-r.first
	return nil
}

// frozenReader takes numbers from the input, of which it holds a part.
type frozenReader struct {
	from     *io.SectionReader
	left     int64 // bytes of the input that come after buf[:end]
	buf      []byte
	pos, end int // what is held and not taken yet; numbers, as moving a slice costs a write barrier each time
	err      error
}

// remaining is how many bytes there are to come.
func (f *frozenReader) remaining() uint64 { return uint64(f.end-f.pos) + uint64(f.left) }

// need reports whether n bytes are there, and makes sure that they are held.
func (f *frozenReader) need(n int) bool { return f.end-f.pos >= n || f.refill(n) }

func (f *frozenReader) refill(n int) bool {
	have := copy(f.buf, f.buf[f.pos:f.end])
	f.pos, f.end = 0, have
	more := int(min(int64(len(f.buf)-have), f.left))
	if have+more < n || !f.read(f.buf[have:have+more]) {
		return false
	}
	f.end = have + more
	return true
}

// raw takes len(b) bytes.
func (f *frozenReader) raw(b []byte) bool {
	n := copy(b, f.buf[f.pos:f.end])
	f.pos += n
	return f.read(b[n:])
}

func (f *frozenReader) read(b []byte) bool {
	if int64(len(b)) > f.left {
		return false
	}
	f.left -= int64(len(b))
	_, f.err = io.ReadFull(f.from, b)
	return f.err == nil
}

// u32 takes a number that need has found.
func (f *frozenReader) u32() uint32 {
	v := binary.LittleEndian.Uint32(f.buf[f.pos:])
	f.pos += 4
	return v
}

func (f *frozenReader) u64() uint64 {
	low := f.u32()
	return uint64(low) | uint64(f.u32())<<32
}

// thawer translates the ids of a frozen repository to those of the pool.
type thawer struct {
	frozenReader
	p    *Pool
	repo *Repo
	strs []uint32 // by frozen id
	rels []DepID  // by frozen number
}

func (t *thawer) thaw() error {
	if !t.need(frozenHeader) || string(t.buf[:len(frozenMagic)]) != frozenMagic {
		return fmt.Errorf("%w: unknown format", errFrozen)
	}
	t.pos = len(frozenMagic)
	strs, text, rels, pkgs := t.u32(), t.u32(), t.u32(), t.u32()
	need := uint64(strs)*4 + uint64(text) + uint64(-text&3) + uint64(rels)*12
	if need+uint64(pkgs)*frozenPkgSize > t.remaining() || uint64(strs)+uint64(len(t.p.strs.ends)) >= uint64(relFlag) {
		return fmt.Errorf("%w: truncated", errFrozen)
	}
	if uint64(len(t.p.strs.bytes))+uint64(text) > 1<<32-1 {
		return fmt.Errorf("%d bytes of text are too many for one pool", text)
	}
	if err := t.strings(int(strs), int(text)); err != nil {
		return err
	}
	if err := t.relations(int(rels)); err != nil {
		return err
	}
	return t.packages(int(pkgs))
}

// strings reads the vocabulary. The text goes behind that of the pool, and what is new of it moves down to its end.
func (t *thawer) strings(n, size int) error {
	table := t.p.strs
	table.reserve(n, size)
	lengths := make([]uint32, idFirstOwn+n)
	sum := 0
	for i := range lengths[idFirstOwn:] {
		if !t.need(4) {
			return fmt.Errorf("%w: truncated", errFrozen)
		}
		l := t.u32()
		if uint64(l) > uint64(size-sum) {
			return fmt.Errorf("%w: string %d of %d bytes", errFrozen, i, l)
		}
		lengths[idFirstOwn+i] = l
		sum += int(l)
	}
	text := table.bytes[len(table.bytes) : len(table.bytes)+size]
	if !t.raw(text) || !t.need(-size&3) {
		return fmt.Errorf("%w: truncated", errFrozen)
	}
	t.pos += -size & 3
	for i := range uint32(idFirstOwn) {
		lengths[i] = i
	}
	for i, l := range lengths[idFirstOwn:] {
		lengths[idFirstOwn+i] = table.internBytes(text[:l])
		text = text[l:]
	}
	t.strs = lengths
	return nil
}

func (t *thawer) relations(n int) error {
	table := t.p.rels
	table.reserve(n)
	t.rels = make([]DepID, 1, 1+n)
	fresh := len(table.rels) == 1
	depth := make([]uint16, 1, 1+n)
	for i := range n {
		if !t.need(12) {
			return fmt.Errorf("%w: truncated", errFrozen)
		}
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
		rel := relation{left, right, Op(op)}
		id := DepID(i+1) | relFlag
		if fresh { // and so not there: nothing has to be looked up
			table.adopt(rel)
		} else {
			id = table.intern(rel)
		}
		t.rels = append(t.rels, id)
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
	id, ok := t.str(uint32(d))
	return DepID(id), ok
}

// str translates the id of a string.
func (t *thawer) str(id uint32) (uint32, bool) {
	if int(id) < len(t.strs) {
		return t.strs[id], true
	}
	return 0, false
}

func (t *thawer) packages(n int) error {
	p := t.p
	p.reserve(n, int(t.remaining()/4))
	for i := range n {
		if !t.need(frozenPkgSize) {
			return fmt.Errorf("%w: package %d is truncated", errFrozen, i)
		}
		var ids [4]uint32
		for k := range ids {
			id, ok := t.str(t.u32())
			if !ok {
				return fmt.Errorf("%w: package %d", errFrozen, i)
			}
			ids[k] = id
		}
		pkg := p.newPkg(t.repo.num, ids[0], ids[1], ids[2], ids[3])
		if i == 0 {
			t.repo.first = pkg
		}
		t.repo.end = pkg + 1
		built, installed := t.u64(), t.u64()
		p.setTimes(pkg, int64(built), int64(installed))
		if !t.lists(pkg, t.u32()) {
			return fmt.Errorf("%w: lists of package %d", errFrozen, i)
		}
	}
	if n := t.remaining(); n != 0 {
		return fmt.Errorf("%w: %d bytes too many", errFrozen, n)
	}
	return nil
}

// lists reads the lists of a package that are in the set.
func (t *thawer) lists(pkg int32, set uint32) bool {
	if set >= 2*frozenFiles {
		return false
	}
	for k := range t.p.deps {
		if set&(1<<k) != 0 && !t.list(depKind(k), pkg) {
			return false
		}
	}
	return set&frozenFiles == 0 || t.files(pkg)
}

func (t *thawer) list(k depKind, pkg int32) bool {
	p := t.p
	p.deps[k][pkg] = uint32(len(p.arena))
	for t.need(4) {
		d, ok := t.dep(DepID(t.u32()))
		p.arena = append(p.arena, d) // zero, the end of the list, if not ok
		if d == 0 {
			return ok
		}
	}
	p.arena = append(p.arena, 0)
	return false
}

func (t *thawer) files(pkg int32) bool {
	p := t.p
	p.filesAt[pkg] = uint32(len(p.files))
	for t.need(4) {
		first := t.u32()
		if first == 0 {
			p.files = append(p.files, 0)
			return true
		}
		dir, ok := t.str(first)
		if !ok || !t.need(4) {
			break
		}
		base, ok := t.str(t.u32())
		if !ok {
			break
		}
		p.files = append(p.files, dir, base)
	}
	p.files = append(p.files, 0)
	return false
}
