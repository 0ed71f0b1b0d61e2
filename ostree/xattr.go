package ostree

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Xattr is one extended attribute of a file or directory.
type Xattr struct {
	Name  string // with its namespace: user.comment, security.capability
	Value []byte
}

// Xattrs is a set of extended attributes in the order of their names, the form
// in which objects contain them. Objects that older programs made of archives have
// them in the order of the archive, and a name perhaps twice; since they are named
// by what they have, they are read and copied like that.
type Xattrs []Xattr

// Get returns the value of the attribute called name.
func (x Xattrs) Get(name string) ([]byte, bool) {
	for i := range x {
		if x[i].Name == name {
			return x[i].Value, true
		}
	}
	return nil, false
}

// normalize sorts the attributes and drops those without a value, which the
// format cannot tell from absent ones: a repository that stores attributes as
// such would lose them.
func (x Xattrs) normalize() (Xattrs, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	if x.ordered() == nil && !slices.ContainsFunc(x, isEmptyXattr) {
		return x, nil
	}
	out := slices.DeleteFunc(slices.Clone(x), isEmptyXattr)
	slices.SortFunc(out, byXattrName)
	return out, out.ordered()
}

func isEmptyXattr(x Xattr) bool { return len(x.Value) == 0 }

func byXattrName(a, b Xattr) int { return strings.Compare(a.Name, b.Name) }

// onDisk returns what a file with the attributes has: of those with the same name it is the last.
func (x Xattrs) onDisk() Xattrs {
	out := slices.DeleteFunc(slices.Clone(x), isEmptyXattr)
	if out.ordered() == nil {
		return out
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, byXattrName)
	return slices.CompactFunc(out, func(a, b Xattr) bool { return a.Name == b.Name })
}

// check demands names that a file can have.
func (x Xattrs) check() error {
	for i := range x {
		switch name := x[i].Name; {
		case name == "":
			return errors.New("extended attribute without a name")
		case strings.IndexByte(name, 0) >= 0:
			return fmt.Errorf("extended attribute %q: NUL in name", name)
		}
	}
	return nil
}

// ordered demands what new objects have: names that are sorted and unique.
func (x Xattrs) ordered() error {
	for i := range x {
		switch name := x[i].Name; {
		case i > 0 && x[i-1].Name == name:
			return fmt.Errorf("extended attribute %q: duplicate", name)
		case i > 0 && x[i-1].Name > name:
			return fmt.Errorf("extended attribute %q: not in order", name)
		}
	}
	return nil
}

// appendTo appends the GVariant a(ayay). Names end in NUL, values do not.
func (x Xattrs) appendTo(buf []byte) []byte {
	if len(x) == 0 {
		return buf
	}
	start := len(buf)
	ends := make([]int, 0, 8)
	for i := range x {
		elem := len(buf)
		buf = append(buf, x[i].Name...)
		buf = append(buf, 0)
		nameEnd := len(buf) - elem
		buf = append(buf, x[i].Value...)
		buf = appendOffsets(buf, elem, []int{nameEnd})
		ends = append(ends, len(buf)-start)
	}
	return appendOffsets(buf, start, ends)
}

// parseXattrs decodes a(ayay). Values are copies. Normal form of the framing is
// left to the caller, which encodes the whole value again.
func parseXattrs(data []byte) (Xattrs, error) {
	if len(data) == 0 {
		return nil, nil
	}
	out := make(Xattrs, 0, countArray(data))
	err := splitArray(data, func(elem []byte) error {
		var m [2][]byte
		if err := splitTuple(elem, m[:]); err != nil {
			return err
		}
		name, err := cutNUL(m[0])
		if err != nil {
			return fmt.Errorf("extended attribute name: %w", err)
		}
		out = append(out, Xattr{Name: name, Value: slices.Clone(m[1])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, out.check()
}

// cutNUL returns the string in front of the NUL that must end b.
func cutNUL(b []byte) (string, error) {
	if len(b) == 0 || slices.Index(b, 0) != len(b)-1 {
		return "", errors.New("string is not terminated by exactly one NUL")
	}
	return string(b[:len(b)-1]), nil
}

// equalXattrs compares attribute sets.
func equalXattrs(a, b Xattrs) bool {
	return slices.EqualFunc(a, b, func(x, y Xattr) bool {
		return x.Name == y.Name && string(x.Value) == string(y.Value)
	})
}
