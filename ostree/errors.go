package ostree

import (
	"errors"
	"fmt"
	"io/fs"
)

// CorruptError says that an object, or the input that should become one, is not
// what its name or the format demands. Object or Path may be unset when unknown.
type CorruptError struct {
	Object ObjectName // the object, if its name is known
	Path   string     // where it was found, for messages
	Err    error      // what is wrong
	// Actual is the checksum of the content, if that is what is wrong.
	Actual Checksum
}

// Error implements error.
func (e *CorruptError) Error() string {
	what := e.Path
	if e.Object.Type != 0 {
		what = e.Object.String()
		if e.Object.Checksum.IsZero() {
			what = e.Object.Type.String() + " object"
		}
		if e.Path != "" {
			what += " (" + e.Path + ")"
		}
	}
	return fmt.Sprintf("corrupt %s: %v", what, e.Err)
}

// Unwrap returns what is wrong.
func (e *CorruptError) Unwrap() error { return e.Err }

// corrupt makes a CorruptError about an object whose name is not known yet.
func corrupt(t ObjectType, format string, args ...any) error {
	return &CorruptError{Object: ObjectName{Type: t}, Err: fmt.Errorf(format, args...)}
}

// nameCorrupt adds the name of the object to a CorruptError made by a codec,
// which sees bytes only.
func nameCorrupt(err error, name ObjectName) error {
	var ce *CorruptError
	if errors.As(err, &ce) && ce.Object.Checksum.IsZero() {
		return &CorruptError{Object: name, Path: ce.Path, Err: ce.Err, Actual: ce.Actual}
	}
	return err
}

// mismatch is the error for content whose checksum is not the wanted one.
func mismatch(want ObjectName, got Checksum) error {
	return &CorruptError{Object: want, Err: fmt.Errorf("content has checksum %s", got), Actual: got}
}

// MissingError says that an object is not in the repository. It matches
// [fs.ErrNotExist].
type MissingError struct{ Object ObjectName }

// Error implements error.
func (e *MissingError) Error() string { return fmt.Sprintf("load %s: %v", e.Object, fs.ErrNotExist) }

// Unwrap returns [fs.ErrNotExist].
func (e *MissingError) Unwrap() error { return fs.ErrNotExist }

// NameError says that a tree cannot have a file of this name.
type NameError struct {
	What string // is wrong in it: "/", "NUL" or "UTF-8"
	Name string
}

// Error implements error.
func (e *NameError) Error() string { return fmt.Sprintf("invalid %s in filename %s", e.What, e.Name) }

// HardlinkError says why a checkout with [CheckoutOptions].RequireHardlinks is
// impossible: mode or file system of the repository do not allow links.
type HardlinkError struct{ Reason string }

// Error implements error.
func (e *HardlinkError) Error() string { return e.Reason }

// LockedError says that another program (or another [Repo] value) holds the
// lock of the repository and did not give it up in time.
type LockedError struct {
	Path      string // the repository
	Exclusive bool   // what was asked for, to delete
	Err       error  // how waiting ended
}

// Error implements error.
func (e *LockedError) Error() string {
	return fmt.Sprintf("lock repository %s: in use by another process: %v", e.Path, e.Err)
}

// Unwrap returns how waiting ended.
func (e *LockedError) Unwrap() error { return e.Err }
