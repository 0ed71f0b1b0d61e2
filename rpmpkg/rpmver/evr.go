// Package rpmver is the vocabulary of RPM package identity: versions and names.
//
// [CompareVersions] orders two version strings as rpm does; [EVR] is an epoch,
// version and release with the same order; [NEVRA] names one build of a package,
// and [ParseNEVRA] reads it back from text such as "bash-5.1.8-6.el9.x86_64".
//
// The package knows nothing of dependencies (see rpmdep), of repositories or of
// which architectures are compatible. Reference: rpm-version(7).
package rpmver

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// EVR is an epoch, a version and a release. An absent epoch is 0: rpm gives both
// the same meaning. Release may be empty in dependencies ("foo >= 1.2").
type EVR struct {
	Epoch   uint32
	Version string
	Release string
}

// ParseEVR reads "[epoch:]version[-release]". The epoch is the leading digits
// before the first colon, the release what follows the last hyphen. It fails for
// an empty version, an epoch that does not fit 32 bits, and for blanks or control
// characters; any other text is a legal version.
func ParseEVR(s string) (EVR, error) {
	e, err := parseEVR(s)
	if err != nil {
		return EVR{}, fmt.Errorf("parse version %q: %w", s, err)
	}
	return e, nil
}

func parseEVR(s string) (EVR, error) {
	var e EVR
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f {
			return EVR{}, errors.New("blank or control character")
		}
	}
	rest := s
	if n := run(s, isDigit); n < len(s) && s[n] == ':' {
		if n > 0 {
			epoch, err := strconv.ParseUint(s[:n], 10, 32)
			if err != nil {
				return EVR{}, errors.New("epoch out of range")
			}
			e.Epoch = uint32(epoch)
		}
		rest = s[n+1:]
	}
	e.Version = rest
	if i := strings.LastIndexByte(rest, '-'); i >= 0 {
		e.Version, e.Release = rest[:i], rest[i+1:]
	}
	if e.Version == "" {
		return EVR{}, errors.New("empty version")
	}
	return e, nil
}

// String returns "[epoch:]version[-release]"; an epoch of 0 is left out unless
// the version would then read as one with an epoch.
func (e EVR) String() string { return string(e.AppendTo(make([]byte, 0, 64))) }

// AppendTo appends what String returns.
func (e EVR) AppendTo(b []byte) []byte {
	n := run(e.Version, isDigit)
	if e.Epoch != 0 || n < len(e.Version) && e.Version[n] == ':' {
		b = append(strconv.AppendUint(b, uint64(e.Epoch), 10), ':')
	}
	b = append(b, e.Version...)
	if e.Release != "" {
		b = append(append(b, '-'), e.Release...)
	}
	return b
}

// IsZero reports whether e carries no version at all.
func (e EVR) IsZero() bool { return e == EVR{} }

// Compare returns -1, 0 or 1: by epoch, then version, then release. A missing
// release sorts before any release. Dependency ranges treat a missing release
// as "any" instead; see rpmdep.
func (e EVR) Compare(o EVR) int {
	if c := cmp.Compare(e.Epoch, o.Epoch); c != 0 {
		return c
	}
	if c := CompareVersions(e.Version, o.Version); c != 0 {
		return c
	}
	if (e.Release == "") != (o.Release == "") {
		return sign(len(e.Release) - len(o.Release))
	}
	return CompareVersions(e.Release, o.Release)
}
