package repodata

import (
	"hash/maphash"

	"example.com/rpmostree/rpmpkg/rpmdep"
)

// Limits of the tables of shared values, so that memory does not grow with the input.
const (
	maxInterned = 1 << 15
	maxKnown    = 1 << 14
)

// interner gives equal byte strings the same string, and equal dependency tags the same parsed value: in a
// distribution one in three dependencies is new, and one in ten names.
type interner struct {
	strings recent[struct{}]
	deps    recent[rpmdep.Dep]
}

func newInterner() *interner {
	seed := maphash.MakeSeed()
	return &interner{newRecent[struct{}](seed, maxInterned), newRecent[rpmdep.Dep](seed, maxKnown)}
}

func (in *interner) str(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	e := in.strings.slot(b)
	if e.key == string(b) {
		return e.key
	}
	if len(b) > 256 {
		return string(b)
	}
	return in.strings.put(e, string(b), struct{}{}).key
}

// dep gives the value of an rpm:entry tag that keepDep was given.
func (in *interner) dep(raw []byte) (rpmdep.Dep, bool) {
	e := in.deps.slot(raw)
	return e.value, len(raw) > 0 && e.key == string(raw)
}

func (in *interner) keepDep(raw []byte, d rpmdep.Dep) {
	if len(raw) > 0 && len(raw) <= 1024 {
		in.deps.put(in.deps.slot(raw), string(raw), d)
	}
}

// recent is a table that has one place for a key; a newer key takes the place of an older one. So it needs no
// bookkeeping, and what hostile input gains by making keys meet is only that they are forgotten.
type recent[V any] struct {
	seed  maphash.Seed
	slots []recentEntry[V]
	used  int
	max   int
}

type recentEntry[V any] struct {
	key   string // never empty once in use
	value V
}

func newRecent[V any](seed maphash.Seed, limit int) recent[V] {
	return recent[V]{seed: seed, slots: make([]recentEntry[V], 512), max: limit}
}

// slot gives the place of a key.
func (t *recent[V]) slot(key []byte) *recentEntry[V] {
	return &t.slots[int(maphash.Bytes(t.seed, key))&(len(t.slots)-1)]
}

// put fills the place of a key and gives where that is now.
func (t *recent[V]) put(e *recentEntry[V], key string, value V) *recentEntry[V] {
	if e.key == "" {
		t.used++
	}
	*e = recentEntry[V]{key, value}
	if t.used > len(t.slots)/2 && len(t.slots) < t.max {
		t.grow()
		return t.at(key)
	}
	return e
}

func (t *recent[V]) at(key string) *recentEntry[V] {
	return &t.slots[int(maphash.String(t.seed, key))&(len(t.slots)-1)]
}

func (t *recent[V]) grow() {
	old := t.slots
	t.slots, t.used = make([]recentEntry[V], 2*len(old)), 0
	for i := range old {
		if e := &old[i]; e.key != "" {
			to := t.at(e.key)
			if to.key == "" {
				t.used++
			}
			*to = *e
		}
	}
}
