package ostree

import "fmt"

// Mode is the way a repository stores file objects. The zero value is
// [ModeBare].
type Mode uint8

// The repository modes.
const (
	// ModeBare stores files as themselves, with owner, mode and attributes.
	// Writing foreign owners needs root.
	ModeBare Mode = iota
	// ModeBareUser stores regular files readable by the owner of the repository
	// and keeps owner, mode and attributes in the xattr user.ostreemeta. It
	// needs a file system with user extended attributes.
	ModeBareUser
	// ModeBareUserOnly stores regular files and links without owner and
	// attributes; trees committed to it are owned by root, mode at most 0755.
	ModeBareUserOnly
	// ModeArchive stores each file as header and raw deflate stream (.filez).
	ModeArchive
	// ModeBareSplitXattrs stores attributes in objects of their own. Such
	// repositories can be read; they are written only if ex-split-xattrs.write is
	// set, since other programs cannot write them.
	ModeBareSplitXattrs
)

// modeNames are the values of core.mode; archive-z2 is the historic name that
// every version of the format understands.
var modeNames = [...]string{
	ModeBare:            "bare",
	ModeBareUser:        "bare-user",
	ModeBareUserOnly:    "bare-user-only",
	ModeArchive:         "archive-z2",
	ModeBareSplitXattrs: "bare-split-xattrs",
}

// ParseMode parses a mode name as used by core.mode and `ostree init --mode`;
// "archive" and "archive-z2" are the same.
func ParseMode(s string) (Mode, error) {
	if s == "archive" {
		return ModeArchive, nil
	}
	for m, name := range modeNames {
		if s == name {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("parse repository mode %q: unknown mode", s)
}

// String returns the name written to core.mode; for [ModeArchive] that is
// "archive-z2".
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// IsBare reports whether file objects are stored uncompressed, so that
// checkouts may hardlink them.
func (m Mode) IsBare() bool { return m != ModeArchive }
