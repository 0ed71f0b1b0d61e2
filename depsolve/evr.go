package depsolve

import (
	"strings"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// cmpMode says how a missing release is treated when versions are compared.
type cmpMode uint8

const (
	cmpFull    cmpMode = iota // a missing release sorts first
	cmpDep                    // only one side has a release: ±2 instead of 0
	cmpVersion                // releases are ignored
	cmpMatch                  // a missing part equals everything
)

func splitEVR(s string) (epoch, version, release string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 && i < len(s) && s[i] == ':' {
		epoch, s = s[:i], s[i+1:]
	}
	if j := strings.LastIndexByte(s, '-'); j >= 0 {
		return epoch, s[:j], s[j+1:]
	}
	return epoch, s, ""
}

// compareEVR compares two version strings: negative, zero or positive; with
// cmpDep also -2 (only b has a release) and 2 (only a has one) when the rest
// is equal.
func compareEVR(a, b string, mode cmpMode) int {
	if a == b {
		return 0
	}
	ae, av, ar := splitEVR(a)
	be, bv, br := splitEVR(b)
	if mode != cmpMatch || (ae != "" && be != "") {
		ae, be = strings.TrimLeft(ae, "0"), strings.TrimLeft(be, "0")
		if ae != be {
			return rpmver.CompareVersions(zeroIfEmpty(ae), zeroIfEmpty(be))
		}
	}
	if av != bv && (mode != cmpMatch || (av != "" && bv != "")) {
		if r := rpmver.CompareVersions(av, bv); r != 0 {
			return r
		}
	}
	return compareRelease(ar, br, mode)
}

func zeroIfEmpty(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

func compareRelease(a, b string, mode cmpMode) int {
	switch {
	case mode == cmpVersion || a == b:
		return 0
	case a != "" && b != "":
		return rpmver.CompareVersions(a, b)
	case mode == cmpMatch:
		return 0
	case mode == cmpDep && a == "":
		return -2
	case mode == cmpDep:
		return 2
	case a == "":
		return -1
	}
	return 1
}

func (p *Pool) evrCmp(a, b uint32, mode cmpMode) int {
	if a == b {
		return 0
	}
	x, y := p.strs.str(a), p.strs.str(b)
	if p.opts.PromoteEpoch && mode == cmpDep {
		x = promoteEpoch(x, y)
	}
	if p.opts.DistEpochs {
		return compareDistEpoch(x, y, mode)
	}
	return compareEVR(x, y, mode)
}

// promoteEpoch gives what a package provides no epoch if what is asked for has
// none.
func promoteEpoch(provided, wanted string) string {
	if epoch, _, _ := splitEVR(wanted); epoch != "" {
		return provided
	}
	if epoch, _, _ := splitEVR(provided); epoch != "" {
		return provided[len(epoch)+1:]
	}
	return provided
}

// compareDistEpoch compares versions whose releases may be followed by ":" and
// the epoch of the distribution, which decides where all else is equal and both
// have one.
func compareDistEpoch(a, b string, mode cmpMode) int {
	a, ad := cutDistEpoch(a)
	b, bd := cutDistEpoch(b)
	if r := compareEVR(a, b, mode); r != 0 || ad == "" || bd == "" {
		return r
	}
	return rpmver.CompareVersions(ad, bd)
}

func cutDistEpoch(evr string) (rest, distEpoch string) {
	dash, colon := strings.LastIndexByte(evr, '-'), strings.LastIndexByte(evr, ':')
	if dash < 0 || colon < dash {
		return evr, ""
	}
	return evr[:colon], evr[colon+1:]
}

// rangesMeet reports whether "op1 evr1", what a package provides, satisfies
// "op2 evr2", what is asked for: the two version ranges have a version in
// common.
func (p *Pool) rangesMeet(op1 Op, evr1 DepID, op2 Op, evr2 DepID) bool {
	if op1 == 0 || op2 == 0 || op1 >= 8 || op2 >= 8 {
		return false
	}
	if op1 == opCmp || op2 == opCmp {
		return true
	}
	if op1&op2&(OpLT|OpGT) != 0 { // open to the same side
		return true
	}
	if evr1 == evr2 {
		return op1&op2&OpEQ != 0
	}
	if evr1.isRel() || evr2.isRel() {
		return p.multiVersionMeet(op1, evr1, op2, evr2)
	}
	switch p.evrCmp(uint32(evr1), uint32(evr2), cmpDep) {
	case -2:
		return op1&OpEQ != 0
	case -1:
		return op2&OpLT != 0 || op1&OpGT != 0
	case 0:
		return op1&op2&OpEQ != 0
	case 1:
		return op2&OpGT != 0 || op1&OpLT != 0
	case 2:
		return op2&OpEQ != 0
	}
	return false
}

// multiVersionMeet handles alternatives of versions, "name = (1 or 2)", which
// only hand-written dependencies have: one alternative has to meet.
func (p *Pool) multiVersionMeet(op1 Op, evr1 DepID, op2 Op, evr2 DepID) bool {
	if evr1.isRel() {
		r := p.rel(evr1)
		return r.op == OpOr && (p.rangesMeet(op1, r.left, op2, evr2) || p.rangesMeet(op1, r.right, op2, evr2))
	}
	r := p.rel(evr2)
	return r.op == OpOr && (p.rangesMeet(op1, evr1, op2, r.left) || p.rangesMeet(op1, evr1, op2, r.right))
}

// CompareEVR compares two texts of the form "[epoch:]version[-release]" as
// version comparison in dependencies does: negative, zero or positive. A
// missing release sorts before every release.
func CompareEVR(a, b string) int { return compareEVR(a, b, cmpFull) }
