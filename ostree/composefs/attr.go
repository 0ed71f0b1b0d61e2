package composefs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// attr is an extended attribute.
type attr struct{ name, value string }

// attrPrefixes have a number instead of their text on disk. No name has two.
var attrPrefixes = []struct {
	prefix string
	index  uint8
}{
	{"user.", 1},
	{"system.posix_acl_access", 2},
	{"system.posix_acl_default", 3},
	{"trusted.", 4},
	{"security.", 6},
}

// split returns the number of the prefix and the rest of the name.
func (a attr) split() (index uint8, suffix string) {
	for _, p := range attrPrefixes {
		if suffix, ok := strings.CutPrefix(a.name, p.prefix); ok {
			return p.index, suffix
		}
	}
	return 0, a.name
}

// check demands that the lengths fit their fields.
func (a attr) check() error {
	if _, suffix := a.split(); len(suffix) > 255 || len(a.value) > 65535 {
		return fmt.Errorf("extended attribute %.64q: too long for an image", a.name)
	}
	return nil
}

// size is the space the attribute needs.
func (a attr) size() uint64 {
	_, suffix := a.split()
	return roundUp(uint64(attrEntrySize+len(suffix)+len(a.value)), 4)
}

const (
	filterSeed = 0x25BBE08F // of the bit filter, from the on-disk format
	filterBits = 32
)

// nameFilter has a cleared bit for every name that may be there.
func nameFilter(attrs []attr) uint32 {
	filter := ^uint32(0)
	for _, a := range attrs {
		index, suffix := a.split()
		filter &^= 1 << (xxh32(suffix, filterSeed+uint32(index)) % filterBits)
	}
	return filter
}

// maxSharedAttrs is how many shared attributes one inode refers to at most.
const maxSharedAttrs = 128

// sharedAttrs are attributes that several inodes have, stored once.
type sharedAttrs struct {
	list   []attr
	offset map[attr]uint64 // from the start of the area
	size   uint64
}

// share finds the attributes with more than one use. They are in descending order
// of name, length and value.
func share(nodes []*node) sharedAttrs {
	uses := map[attr]int{}
	for _, n := range nodes {
		for _, a := range n.attrs {
			uses[a]++
		}
	}
	s := sharedAttrs{offset: map[attr]uint64{}}
	for a, n := range uses {
		if n > 1 {
			s.list = append(s.list, a)
		}
	}
	slices.SortFunc(s.list, func(a, b attr) int {
		return cmp.Or(strings.Compare(b.name, a.name), cmp.Compare(len(b.value), len(a.value)), strings.Compare(b.value, a.value))
	})
	for _, a := range s.list {
		s.offset[a] = s.size
		s.size += a.size()
	}
	return s
}

// divide tells the attributes of a node that are shared from those that are
// stored with it.
func (s *sharedAttrs) divide(n *node) (shared, own []attr) {
	for _, a := range n.attrs {
		if _, ok := s.offset[a]; ok && len(shared) < maxSharedAttrs {
			shared = append(shared, a)
		} else {
			own = append(own, a)
		}
	}
	return shared, own
}
