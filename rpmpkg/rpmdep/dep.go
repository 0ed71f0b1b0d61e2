// Package rpmdep models RPM dependencies: a name with an optional version range,
// or a rich (boolean) expression of such.
//
// [Parse] reads the text form ("foo >= 1.2-3", "(a and b if c)"); [Dep.Matches]
// tells whether something provided satisfies a plain dependency. Rich
// dependencies are parsed into a tree ([Rich]) but not evaluated: that needs a
// set of packages, which the depsolve package has.
//
// Reference: rpm's documentation of dependencies, "Boolean Dependencies".
package rpmdep

import (
	"errors"
	"fmt"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// Dep is one dependency or one thing provided.
//
// The zero EVR means "any version". A rich dependency has its whole text in Name,
// the tree in Rich, and no version.
type Dep struct {
	Name  string
	Sense Sense
	EVR   rpmver.EVR
	Rich  *Rich
}

// Parse reads "name", "name OP version" or a rich dependency in parentheses.
// OP is one of < <= = == >= >; blanks around it are required for plain
// dependencies, as in rpm.
func Parse(s string) (Dep, error) {
	d, err := parse(s)
	if err != nil {
		return Dep{}, fmt.Errorf("parse dependency %.200q: %w", s, err)
	}
	return d, nil
}

func parse(s string) (Dep, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "(") {
		r, err := parseRich(s)
		if err != nil {
			return Dep{}, err
		}
		return Dep{Name: s, Rich: r}, nil
	}
	f := strings.Fields(s)
	switch len(f) {
	case 0:
		return Dep{}, errors.New("empty")
	case 1:
		return Dep{Name: f[0]}, nil
	case 3:
		return parseVersioned(f[0], f[1], f[2])
	}
	return Dep{}, errors.New("want a name, or a name, an operator and a version")
}

func parseVersioned(name, op, version string) (Dep, error) {
	sense, ok := ParseOp(op)
	if !ok {
		return Dep{}, fmt.Errorf("unknown operator %.80q", op)
	}
	evr, err := rpmver.ParseEVR(version)
	if err != nil {
		return Dep{}, err
	}
	return Dep{Name: name, Sense: sense, EVR: evr}, nil
}

// New makes a dependency from the three values that package headers store. A name
// that starts with "(" is parsed as a rich dependency. A comparison without a
// version, which some old packages have, means any version.
func New(name string, sense Sense, version string) (Dep, error) {
	d := Dep{Name: name, Sense: sense}
	switch {
	case name == "":
		return Dep{}, errors.New("dependency with empty name")
	case strings.HasPrefix(name, "("):
		r, err := parseRich(name)
		if err != nil {
			return Dep{}, fmt.Errorf("parse dependency %.200q: %w", name, err)
		}
		d.Rich = r
	case version != "":
		evr, err := rpmver.ParseEVR(version)
		if err != nil {
			return Dep{}, fmt.Errorf("dependency %.200q: %w", name, err)
		}
		d.EVR = evr
	}
	return d, nil
}

// String returns the text form that [Parse] reads and rpm prints. Bits of Sense
// that are not a comparison have no text.
func (d Dep) String() string {
	op := d.Sense.Op()
	if op == 0 || d.EVR.IsZero() {
		return d.Name
	}
	return d.Name + " " + op.String() + " " + d.EVR.String()
}

// IsRpmlib reports whether the dependency names a feature of rpm itself, such as
// "rpmlib(RichDependencies)", which no package provides; see [Supported].
func (d Dep) IsRpmlib() bool {
	return d.Sense&SenseRpmlib != 0 || strings.HasPrefix(d.Name, "rpmlib(")
}

// IsPre reports whether the dependency must be met before the scriptlets of the
// installation run.
func (d Dep) IsPre() bool { return d.Sense&preMask != 0 }

// IsFile reports whether the dependency names a file.
func (d Dep) IsFile() bool { return strings.HasPrefix(d.Name, "/") }

// Versioned reports whether d restricts the version.
func (d Dep) Versioned() bool { return d.Sense.Op() != 0 && !d.EVR.IsZero() }

// Matches reports whether provide satisfies the plain dependency d: the names are
// equal and the version ranges have a version in common. No version on either
// side matches every version; a version without release matches every release of
// it. It is false for rich dependencies.
func (d Dep) Matches(provide Dep) bool {
	if d.Name != provide.Name || d.Rich != nil || provide.Rich != nil {
		return false
	}
	if !d.Versioned() || !provide.Versioned() {
		return true
	}
	return Overlap(d.Sense, d.EVR, provide.Sense, provide.EVR)
}

// Overlap reports whether the ranges "s1 e1" and "s2 e2" have a version in common.
// Both must have a comparison; the order of the two ranges does not matter.
func Overlap(s1 Sense, e1 rpmver.EVR, s2 Sense, e2 rpmver.EVR) bool {
	if (e1.Release == "") != (e2.Release == "") {
		x, y := e1, e2
		x.Release, y.Release = "", ""
		if c := x.Compare(y); c != 0 {
			return overlapOrdered(c, s1, s2)
		}
		// The side without a release covers all releases if it may be equal.
		if e1.Release == "" && s1&SenseEqual != 0 || e2.Release == "" && s2&SenseEqual != 0 {
			return true
		}
		return overlapOrdered(0, s1, s2)
	}
	return overlapOrdered(e1.Compare(e2), s1, s2)
}

func overlapOrdered(c int, s1, s2 Sense) bool {
	switch {
	case c < 0:
		return s1&SenseGreater != 0 || s2&SenseLess != 0
	case c > 0:
		return s1&SenseLess != 0 || s2&SenseGreater != 0
	}
	return s1&s2&senseMask != 0
}
