package ostree

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseRefspec splits REMOTE:REF or REF and checks both names. remote is ""
// for a local ref.
func ParseRefspec(s string) (remote, ref string, err error) {
	ref = s
	if before, after, ok := strings.Cut(s, ":"); ok {
		remote, ref = before, after
		if err := validateRemoteName(remote); err != nil {
			return "", "", fmt.Errorf("parse refspec %q: %w", s, err)
		}
	}
	if err := ValidateRefName(ref); err != nil {
		return "", "", fmt.Errorf("parse refspec %q: %w", s, err)
	}
	return remote, ref, nil
}

// ValidateRefName checks that s is one or more fragments joined by slashes, each
// a letter or digit followed by letters, digits, "-", "." and "_", and that s
// does not look like a checksum.
func ValidateRefName(s string) error {
	for fragment := range strings.SplitSeq(s, "/") {
		if !validFragment(fragment) {
			return fmt.Errorf("invalid ref name %q", s)
		}
	}
	if _, err := ParseChecksum(s); err == nil {
		return fmt.Errorf("invalid ref name %q: looks like a checksum", s)
	}
	return nil
}

// validateRemoteName checks that s is a single fragment as in [ValidateRefName].
func validateRemoteName(s string) error {
	if !validFragment(s) {
		return fmt.Errorf("invalid remote name %q", s)
	}
	return nil
}

// ValidateCollectionID checks that s has the form of a D-Bus interface name:
// two or more elements of ASCII letters, digits and "_" joined by dots, none
// starting with a digit, at most 255 bytes.
func ValidateCollectionID(s string) error {
	ok := len(s) <= 255 && strings.Contains(s, ".")
	for element := range strings.SplitSeq(s, ".") {
		ok = ok && validElement(element)
	}
	if !ok {
		return fmt.Errorf("invalid collection id %q", s)
	}
	return nil
}

func validElement(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// validFragment is the pattern [\w\d][-._\w\d]* over Unicode.
func validFragment(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	for i, c := range s {
		word := c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
		if !word && (i == 0 || c != '-' && c != '.') {
			return false
		}
	}
	return true
}
