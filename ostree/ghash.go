package ostree

import "math/bits"

// Some dictionaries are written by libostree through a hash table, so that their order is
// that of the table's slots. A reader takes any order; a writer that wants to give
// the same bytes has to lay the keys out alike. The numbers describe GLib's GHashTable of
// strings since 2.60.

// hashPrimes has, for each table size 1<<i, the prime by which hashes are reduced.
var hashPrimes = [...]uint32{1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071}

const minHashShift = 3

// hashOrder returns the keys, which must differ, in the order of a table they are inserted into
// one by one. Beyond the sizes it knows, it keeps the given order.
func hashOrder(keys []string) []string {
	if len(keys) > 1<<(len(hashPrimes)-2) {
		return keys
	}
	t := &hashTable{shift: minHashShift, slots: make([]hashSlot, 1<<minHashShift)}
	for _, k := range keys {
		t.insert(k)
	}
	out := make([]string, 0, len(keys))
	for _, s := range t.slots {
		if s.used() {
			out = append(out, s.key)
		}
	}
	return out
}

// hashSlot is free while its hash is 0; no key has the hashes 0 and 1.
type hashSlot struct {
	hash uint32
	key  string
}

func (s hashSlot) used() bool { return s.hash > 1 }

type hashTable struct {
	shift int
	slots []hashSlot
	n     int
}

// stringHash is Bernstein's hash, over signed bytes.
func stringHash(s string) uint32 {
	h := uint32(5381)
	for i := range len(s) {
		h = h*33 + uint32(int32(int8(s[i])))
	}
	return max(h, 2)
}

func (t *hashTable) home(hash uint32) int { return int(hash * 11 % hashPrimes[t.shift]) }

func (t *hashTable) insert(key string) {
	s := hashSlot{stringHash(key), key}
	i := t.home(s.hash)
	for step := 1; t.slots[i].used(); step++ {
		i = (i + step) & (len(t.slots) - 1)
	}
	t.slots[i] = s
	t.n++
	if len(t.slots) <= t.n+t.n/16 {
		t.resize()
	}
}

// resize rehashes in place: a slot that is not settled yet gives way to the one that belongs
// there and is settled next.
func (t *hashTable) resize() {
	t.shift = max(minHashShift, bits.Len(uint(float64(t.n)*1.333)))
	old := len(t.slots)
	t.slots = append(t.slots, make([]hashSlot, 1<<t.shift-old)...)
	settled := make([]bool, len(t.slots))
	for i := range old {
		if settled[i] || !t.slots[i].used() {
			continue
		}
		cur := t.slots[i]
		t.slots[i] = hashSlot{}
		for cur.used() {
			j := t.home(cur.hash)
			for step := 1; settled[j]; step++ {
				j = (j + step) & (len(t.slots) - 1)
			}
			settled[j] = true
			cur, t.slots[j] = t.slots[j], cur
		}
	}
}
