// Package keyfile reads and writes the GKeyFile syntax of the GLib reference
// ("Key-value file parser"), the format of repository configurations, remotes
// and deployment origins. Parse and File.Bytes keep comments, blank lines, and
// the order of groups and keys, so that an edit changes only what it means to.
//
// A group that appears twice is one group; the last of two equal keys wins.
// Translated keys ("Name[de]") are ordinary keys here.
package keyfile

import (
	"bytes"
	"slices"
	"strings"
)

// File is an editable key file. The zero value is not usable; see New. It is
// not safe for concurrent changes.
type File struct {
	header []line // before the first group
	groups []*group
}

type group struct {
	name  string
	lines []line
}

// line is a key with its raw (still escaped) value, or a comment or blank line
// kept verbatim in value when key is empty.
type line struct {
	key, value string
}

// New returns an empty file.
func New() *File { return &File{} }

// Clone returns an independent copy.
func (f *File) Clone() *File {
	c := &File{header: slices.Clone(f.header)}
	for _, g := range f.groups {
		c.groups = append(c.groups, &group{name: g.name, lines: slices.Clone(g.lines)})
	}
	return c
}

// Bytes formats the file.
func (f *File) Bytes() []byte {
	var b bytes.Buffer
	writeLines(&b, f.header)
	for _, g := range f.groups {
		b.WriteString("[" + g.name + "]\n")
		writeLines(&b, g.lines)
	}
	return b.Bytes()
}

func writeLines(b *bytes.Buffer, lines []line) {
	for _, l := range lines {
		if l.key != "" {
			b.WriteString(l.key)
			b.WriteByte('=')
		}
		b.WriteString(l.value)
		b.WriteByte('\n')
	}
}

func (f *File) group(name string) *group {
	for _, g := range f.groups {
		if g.name == name {
			return g
		}
	}
	return nil
}

// Groups returns the group names in file order.
func (f *File) Groups() []string {
	names := make([]string, 0, len(f.groups))
	for _, g := range f.groups {
		names = append(names, g.name)
	}
	return names
}

// HasGroup reports whether the group exists, even without keys.
func (f *File) HasGroup(name string) bool { return f.group(name) != nil }

// Keys returns the keys of a group in file order; nil if there is no such group.
func (f *File) Keys(name string) []string {
	g := f.group(name)
	if g == nil {
		return nil
	}
	var keys []string
	for _, l := range g.lines {
		if l.key != "" && !slices.Contains(keys, l.key) {
			keys = append(keys, l.key)
		}
	}
	return keys
}

// GetRaw returns the value as it stands in the file, escapes included.
func (f *File) GetRaw(group, key string) (string, bool) {
	if g := f.group(group); g != nil && key != "" {
		for _, l := range slices.Backward(g.lines) {
			if l.key == key {
				return l.value, true
			}
		}
	}
	return "", false
}

// SetRaw sets a value that is already escaped. An existing key keeps its
// position; a new one goes after the last key of the group; a new group goes to
// the end.
func (f *File) SetRaw(groupName, key, value string) {
	g := f.group(groupName)
	if g == nil {
		g = f.addGroup(groupName)
	}
	at := -1
	for i := range g.lines {
		if g.lines[i].key == key {
			at = i
		}
	}
	if at >= 0 {
		g.lines[at].value = value
		return
	}
	at = 0
	for i := range g.lines { // before trailing comments, which belong to what follows
		if g.lines[i].key != "" {
			at = i + 1
		}
	}
	g.lines = slices.Insert(g.lines, at, line{key: key, value: value})
}

// addGroup appends a group, after a blank line.
func (f *File) addGroup(name string) *group {
	before := &f.header
	if n := len(f.groups); n > 0 {
		before = &f.groups[n-1].lines
	}
	if n := len(*before); len(f.groups) > 0 && n == 0 || n > 0 && (*before)[n-1] != (line{}) {
		*before = append(*before, line{})
	}
	g := &group{name: name}
	f.groups = append(f.groups, g)
	return g
}

// Remove deletes a key and reports whether it was there. The group stays.
func (f *File) Remove(groupName, key string) bool {
	g := f.group(groupName)
	if g == nil || key == "" {
		return false
	}
	n := len(g.lines)
	g.lines = slices.DeleteFunc(g.lines, func(l line) bool { return l.key == key })
	return len(g.lines) != n
}

// RemoveGroup deletes a group with its comments and reports whether it was
// there. Blank lines that separated it at the end of the file go too.
func (f *File) RemoveGroup(name string) bool {
	i := slices.IndexFunc(f.groups, func(g *group) bool { return g.name == name })
	if i < 0 {
		return false
	}
	f.groups = slices.Delete(f.groups, i, i+1)
	if i > 0 && i == len(f.groups) {
		last := f.groups[i-1]
		for n := len(last.lines); n > 0 && last.lines[n-1] == (line{}); n-- {
			last.lines = last.lines[:n-1]
		}
	}
	return true
}

// ValidGroup reports whether name can be a group name: not empty, no brackets
// or control characters.
func ValidGroup(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r == '[' || r == ']' || r < 0x20 || r == 0x7f })
}
