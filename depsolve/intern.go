package depsolve

import (
	"hash/maphash"
	"slices"
	"unsafe"
)

// Reserved string ids. The markers never name anything: they separate the
// parts of a dependency list.
const (
	idNull     = 0
	idEmpty    = 1
	markPre    = 2 // in requires: what follows is needed by scriptlets
	markFile   = 3 // in provides: what follows are file names
	idSystem   = 4
	idNoarch   = 5
	idSrc      = 6
	idNosrc    = 7
	idFirstOwn = 8
)

// stringTable interns strings to small ids. All bytes live in one arena, so
// that a pool of a hundred thousand packages costs the collector nothing.
type stringTable struct {
	bytes []byte
	ends  []uint32 // ends[i] is where string i ends; it begins at ends[i-1]
	slots []uint32
	seed  maphash.Seed
}

func newStringTable() *stringTable {
	t := &stringTable{seed: maphash.MakeSeed(), slots: make([]uint32, 1024)}
	t.ends = append(t.ends, 0) // id 0, null
	for _, s := range []string{"", "\x00pre", "\x00file", "system:system", "noarch", "src", "nosrc"} {
		t.intern(s)
	}
	return t
}

// str returns the text of id. The bytes of the arena are never changed, so the
// result stays valid when the arena moves.
func (t *stringTable) str(id uint32) string {
	if id == 0 || int(id) >= len(t.ends) {
		return ""
	}
	b := t.bytes[t.ends[id-1]:t.ends[id]]
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

func (t *stringTable) slot(s string) (int, uint32) {
	mask := len(t.slots) - 1
	h := int(maphash.String(t.seed, s)) & mask
	for {
		id := t.slots[h]
		if id == 0 || t.str(id) == s {
			return h, id
		}
		h = (h + 1) & mask
	}
}

// lookup returns the id of s, or 0 if it was never interned.
func (t *stringTable) lookup(s string) uint32 {
	_, id := t.slot(s)
	return id
}

// intern returns the id of s, a new one if need be.
func (t *stringTable) intern(s string) uint32 {
	h, id := t.slot(s)
	if id != 0 {
		return id
	}
	id = uint32(len(t.ends))
	t.bytes = append(t.bytes, s...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	t.slots[h] = id
	if len(t.ends)*2 > len(t.slots) {
		t.grow()
	}
	return id
}

// internBytes is intern for bytes of the caller's.
func (t *stringTable) internBytes(b []byte) uint32 {
	if len(b) == 0 {
		return idEmpty
	}
	return t.intern(unsafe.String(&b[0], len(b)))
}

// reserve makes room for so many more strings with so many bytes.
func (t *stringTable) reserve(n, size int) {
	t.bytes = slices.Grow(t.bytes, size)
	t.ends = slices.Grow(t.ends, n)
	slots := len(t.slots)
	for (len(t.ends)+n)*2 > slots {
		slots *= 2
	}
	if slots > len(t.slots) {
		t.resize(slots)
	}
}

func (t *stringTable) grow() { t.resize(len(t.slots) * 2) }

func (t *stringTable) resize(n int) {
	t.slots = make([]uint32, n)
	for id := uint32(1); int(id) < len(t.ends); id++ {
		h, _ := t.slot(t.str(id))
		t.slots[h] = id
	}
}

// relation is a dependency with an operator; both sides are ids of strings or
// of other relations.
type relation struct {
	left, right DepID
	op          Op
}

// relFlag marks the id of a relation; ids without it are those of strings.
const relFlag DepID = 1 << 31

type relTable struct {
	rels  []relation
	slots []uint32
}

func newRelTable() *relTable {
	return &relTable{rels: make([]relation, 1), slots: make([]uint32, 1024)}
}

func (r relation) hash() uint32 {
	h := uint32(r.left)*0x9e3779b1 ^ uint32(r.right)*0x85ebca6b ^ uint32(r.op)*0xc2b2ae35
	return h ^ h>>15
}

func (t *relTable) intern(r relation) DepID {
	mask := uint32(len(t.slots) - 1)
	h := r.hash() & mask
	for t.slots[h] != 0 {
		if t.rels[t.slots[h]] == r {
			return DepID(t.slots[h]) | relFlag
		}
		h = (h + 1) & mask
	}
	id := uint32(len(t.rels))
	t.rels = append(t.rels, r)
	t.slots[h] = id
	if len(t.rels)*2 > len(t.slots) {
		t.grow()
	}
	return DepID(id) | relFlag
}

// reserve makes room for so many more relations.
func (t *relTable) reserve(n int) {
	t.rels = slices.Grow(t.rels, n)
	slots := len(t.slots)
	for (len(t.rels)+n)*2 > slots {
		slots *= 2
	}
	if slots > len(t.slots) {
		t.resize(slots)
	}
}

func (t *relTable) grow() { t.resize(len(t.slots) * 2) }

func (t *relTable) resize(n int) {
	t.slots = make([]uint32, n)
	mask := uint32(len(t.slots) - 1)
	for i := 1; i < len(t.rels); i++ {
		h := t.rels[i].hash() & mask
		for t.slots[h] != 0 {
			h = (h + 1) & mask
		}
		t.slots[h] = uint32(i)
	}
}
