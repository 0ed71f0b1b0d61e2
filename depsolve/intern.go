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
	hashSlots
	seed maphash.Seed
}

// hashSlots are the places of a hash table with open addressing. The tag of a used place is a part of the hash, never
// zero: most places that have something else are passed without a look at what it is, which is far away in memory.
type hashSlots struct {
	tags  []uint8
	slots []uint32
}

func newHashSlots(n int) hashSlots { return hashSlots{make([]uint8, n), make([]uint32, n)} }

// begin gives the first place for a hash and its tag.
func (s *hashSlots) begin(hash uint64) (at int, tag uint8) {
	return int(hash) & (len(s.tags) - 1), uint8(hash>>56) | 1
}

// place enters something that is not there.
func (s *hashSlots) place(hash uint64, id uint32) {
	at, tag := s.begin(hash)
	for s.tags[at] != 0 {
		at = (at + 1) & (len(s.tags) - 1)
	}
	s.tags[at], s.slots[at] = tag, id
}

// full reports whether n things are too many.
func (s *hashSlots) full(n int) bool { return n > len(s.tags)/4*3 }

// slotsFor gives how many places to have for n things.
func (s *hashSlots) slotsFor(n int) int {
	size := len(s.tags)
	for n > size/4*3 {
		size *= 2
	}
	return size
}

func newStringTable() *stringTable {
	t := &stringTable{seed: maphash.MakeSeed(), hashSlots: newHashSlots(1024)}
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

// slot returns the id of s and its place, or 0 and the place where it belongs.
func (t *stringTable) slot(s string) (at int, tag uint8, id uint32) {
	at, tag = t.begin(maphash.String(t.seed, s))
	for t.tags[at] != 0 {
		if t.tags[at] == tag && t.str(t.slots[at]) == s {
			return at, tag, t.slots[at]
		}
		at = (at + 1) & (len(t.tags) - 1)
	}
	return at, tag, 0
}

// lookup returns the id of s, or 0 if it was never interned.
func (t *stringTable) lookup(s string) uint32 {
	_, _, id := t.slot(s)
	return id
}

// intern returns the id of s, a new one if need be.
func (t *stringTable) intern(s string) uint32 {
	at, tag, id := t.slot(s)
	if id != 0 {
		return id
	}
	id = uint32(len(t.ends))
	t.bytes = append(t.bytes, s...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	t.tags[at], t.slots[at] = tag, id
	if t.full(len(t.ends)) {
		t.resize(2 * len(t.tags))
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
	if size := t.slotsFor(len(t.ends) + n); size > len(t.tags) {
		t.resize(size)
	}
}

func (t *stringTable) resize(n int) {
	t.hashSlots = newHashSlots(n)
	for id := uint32(1); int(id) < len(t.ends); id++ {
		t.place(maphash.String(t.seed, t.str(id)), id)
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
	rels []relation
	hashSlots
}

func newRelTable() *relTable {
	return &relTable{rels: make([]relation, 1), hashSlots: newHashSlots(1024)}
}

func (r relation) hash() uint64 {
	h := (uint64(r.left)<<32 | uint64(r.right)) * 0x9e3779b97f4a7c15
	h = (h ^ h>>29 ^ uint64(r.op)) * 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

func (t *relTable) intern(r relation) DepID {
	hash := r.hash()
	at, tag := t.begin(hash)
	for t.tags[at] != 0 {
		if t.tags[at] == tag && t.rels[t.slots[at]] == r {
			return DepID(t.slots[at]) | relFlag
		}
		at = (at + 1) & (len(t.tags) - 1)
	}
	id := uint32(len(t.rels))
	t.rels = append(t.rels, r)
	t.tags[at], t.slots[at] = tag, id
	if t.full(len(t.rels)) {
		t.resize(2 * len(t.tags))
	}
	return DepID(id) | relFlag
}

// adopt appends a relation that the table has not.
func (t *relTable) adopt(r relation) {
	t.rels = append(t.rels, r)
	t.place(r.hash(), uint32(len(t.rels)-1))
}

// reserve makes room for so many more relations.
func (t *relTable) reserve(n int) {
	t.rels = slices.Grow(t.rels, n)
	if size := t.slotsFor(len(t.rels) + n); size > len(t.tags) {
		t.resize(size)
	}
}

func (t *relTable) resize(n int) {
	t.hashSlots = newHashSlots(n)
	for i := 1; i < len(t.rels); i++ {
		t.place(t.rels[i].hash(), uint32(i))
	}
}
