package rpmver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// NEVRA names one build of a package. It is comparable and usable as map key.
type NEVRA struct {
	Name string
	EVR
	Arch string
}

// ParseNEVRA reads "name-[epoch:]version-release.arch", the form that String
// writes. The epoch may also stand in front of the name ("1:name-2-3.noarch").
// All parts but the epoch are required.
func ParseNEVRA(s string) (NEVRA, error) {
	n, err := parseNEVRA(s)
	if err != nil {
		return NEVRA{}, fmt.Errorf("parse package name %q: %w", s, err)
	}
	return n, nil
}

func parseNEVRA(s string) (NEVRA, error) {
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 {
		return NEVRA{}, errors.New("no architecture")
	}
	n := NEVRA{Arch: s[dot+1:]}
	rel := strings.LastIndexByte(s[:dot], '-')
	if rel < 0 {
		return NEVRA{}, errors.New("no release")
	}
	ver := strings.LastIndexByte(s[:rel], '-')
	if ver < 0 {
		return NEVRA{}, errors.New("no version")
	}
	n.Name = s[:ver]
	evr := s[ver+1 : dot]
	if d := run(n.Name, isDigit); d > 0 && d < len(n.Name) && n.Name[d] == ':' {
		evr, n.Name = n.Name[:d+1]+evr, n.Name[d+1:]
	}
	var err error
	if n.EVR, err = parseEVR(evr); err != nil {
		return NEVRA{}, err
	}
	if n.Name == "" || n.Arch == "" || n.Release == "" || strings.ContainsAny(n.Arch, "-:") || strings.ContainsAny(n.Name, " \t\r\n") {
		return NEVRA{}, errors.New("empty or illegal part")
	}
	return n, nil
}

// String returns "name-[epoch:]version-release.arch"; an empty architecture is
// left out with its dot.
func (n NEVRA) String() string {
	s := n.Name + "-" + n.EVR.String()
	if n.Arch != "" {
		s += "." + n.Arch
	}
	return s
}

// NVRA returns "name-version-release.arch": the epoch is left out, as in the
// names of package files.
func (n NEVRA) NVRA() string {
	n.Epoch = 0
	return n.String()
}

// EpochString returns the epoch as decimal digits, "0" if there is none.
func (n NEVRA) EpochString() string { return strconv.FormatUint(uint64(n.Epoch), 10) }

// Compare orders by name, then version (see [EVR.Compare]), then architecture.
// It is 0 only if the versions are equal to rpm, which "1.0" and "1.00" are.
func (n NEVRA) Compare(o NEVRA) int {
	if c := strings.Compare(n.Name, o.Name); c != 0 {
		return c
	}
	if c := n.EVR.Compare(o.EVR); c != 0 {
		return c
	}
	return strings.Compare(n.Arch, o.Arch)
}
