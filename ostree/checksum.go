package ostree

import (
	"encoding/hex"
	"fmt"
)

// Checksum is the SHA-256 that names an object. Its zero value means "none",
// for example the parent of a first commit.
type Checksum [32]byte

// ParseChecksum parses 64 lower-case hexadecimal digits, the text form used in
// refs and paths. Upper case is an error because a checksum has just one name.
func ParseChecksum(s string) (Checksum, error) {
	var c Checksum
	if len(s) != 2*len(c) {
		return Checksum{}, fmt.Errorf("parse checksum %.80q: length is %d, not %d", s, len(s), 2*len(c))
	}
	for i := range len(s) {
		if !isLowerHex(s[i]) {
			return Checksum{}, fmt.Errorf("parse checksum %q: not a lower-case hexadecimal digit at %d", s, i)
		}
	}
	if _, err := hex.Decode(c[:], []byte(s)); err != nil {
		return Checksum{}, fmt.Errorf("parse checksum %q: %w", s, err)
	}
	return c, nil
}

// ChecksumFromBytes converts the binary form used inside objects. It fails
// unless b is 32 bytes long.
func ChecksumFromBytes(b []byte) (Checksum, error) {
	var c Checksum
	if len(b) != len(c) {
		return Checksum{}, fmt.Errorf("checksum of %d bytes, want %d", len(b), len(c))
	}
	return Checksum(b), nil
}

// String returns the checksum as 64 lower-case hexadecimal digits.
func (c Checksum) String() string { return hex.EncodeToString(c[:]) }

// IsZero reports whether c is the zero value, which stands for "none".
func (c Checksum) IsZero() bool { return c == Checksum{} }

// MarshalText implements [encoding.TextMarshaler] with the form of [Checksum.String].
func (c Checksum) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, c[:]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] with [ParseChecksum].
func (c *Checksum) UnmarshalText(text []byte) error {
	parsed, err := ParseChecksum(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

func isLowerHex(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' }
