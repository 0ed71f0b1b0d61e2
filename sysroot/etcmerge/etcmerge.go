// Package etcmerge carries an administrator's changes in /etc over to a new
// version of the defaults: a three-way merge of whole files.
//
// New computes a Plan from three directories: orig (the old defaults, usr/etc),
// mod (the live /etc, once a copy of orig) and target (the new /etc, a copy of
// the new defaults). It reads only; Plan.Apply then changes target. Changes
// alone (Diff) are what `ostree admin config-diff` shows.
//
// A file that the administrator changed, added or removed wins over any new
// default; content is never merged. A change is a difference in type, content,
// permissions, owner or link target; times and extended attributes do not
// count. A file over a directory cannot be merged, that is a conflict: see
// Policy. Permissions and owner of a changed directory are carried over; if the
// new defaults have no such directory, its whole content comes along.
//
// The behaviour is that of libostree's deployment merge, as described in its
// manual ("Atomic Upgrades", assembling a new deployment directory), with two
// differences: directory permissions are kept, and a file that vanishes while
// the merge runs counts as removed.
package etcmerge

import (
	"fmt"
	"strings"
)

// Policy says what to do with a conflict.
type Policy int

const (
	// Fail refuses the whole merge with a *ConflictError (the default).
	Fail Policy = iota
	// KeepAdmin replaces the new default by the administrator's version.
	KeepAdmin
	// TakeDefault drops the administrator's version.
	TakeDefault
)

// String returns the policy's name.
func (p Policy) String() string {
	switch p {
	case Fail:
		return "fail"
	case KeepAdmin:
		return "keep-admin"
	case TakeDefault:
		return "take-default"
	}
	return fmt.Sprintf("policy(%d)", int(p))
}

// Conflict is a path at which file and directory meet.
type Conflict struct {
	// Path is relative to the merged directory.
	Path string
	// AdminDir is true when the administrator's side needs a directory where
	// the new default has a file, and false when it has a file where the new
	// default has a directory.
	AdminDir bool
}

// String describes the conflict.
func (c Conflict) String() string {
	if c.AdminDir {
		return fmt.Sprintf("Directory with modified config files newly defaults to file '%s', cannot merge", c.Path)
	}
	return fmt.Sprintf("Modified config file newly defaults to directory '%s', cannot merge", c.Path)
}

// ConflictError lists every conflict of a merge.
type ConflictError struct{ Conflicts []Conflict }

// Error names all paths.
func (e *ConflictError) Error() string {
	texts := make([]string, 0, len(e.Conflicts))
	for _, c := range e.Conflicts {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, "; ")
}

// Kind is the kind of a Change.
type Kind byte

// The kinds, with the letters of `ostree admin config-diff`. A directory is
// modified if its permissions or owner changed.
const (
	Modified Kind = 'M'
	Removed  Kind = 'D'
	Added    Kind = 'A'
)

// Change is one difference between orig and mod.
type Change struct {
	Kind Kind
	Path string // relative, "." for the directory itself
}

// String is the line of `ostree admin config-diff`.
func (c Change) String() string { return fmt.Sprintf("%c    %s", c.Kind, c.Path) }
