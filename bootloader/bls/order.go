package bls

import (
	"cmp"
	"strings"
)

// Compare orders entries as a menu shows them: the highest version first,
// entries without a version last. Equal versions compare equal; sort stably.
func Compare(a, b *Entry) int {
	if a.Version == "" || b.Version == "" {
		return cmp.Compare(len(b.Version), len(a.Version))
	}
	return CompareVersions(b.Version, a.Version)
}

// Less reports whether a comes before b in a menu.
func Less(a, b *Entry) bool { return Compare(a, b) < 0 }

// CompareVersions compares as strverscmp(3) does: byte by byte, but runs of
// digits by their number; runs with leading zeros are fractions and order
// before those without ("000" < "00" < "01" < "010" < "09" < "0" < "1").
func CompareVersions(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) && i == len(b) {
		return 0
	}
	// start is where the digit run around the first difference begins.
	start := i
	for start > 0 && isDigit(a, start-1) {
		start--
	}
	if fractional(a, b, start, i) {
		return compareFraction(a, b, i)
	}
	if isDigit(a, i) || isDigit(b, i) {
		if c, decided := compareRunLength(a, b, start, i); decided {
			return c
		}
	}
	return byteAt(a, i) - byteAt(b, i)
}

// fractional: the common prefix of the runs starts with a zero, or the runs
// themselves differ at their first digit and one of them is a zero.
func fractional(a, b string, start, i int) bool {
	if start < i {
		return a[start] == '0'
	}
	return isDigit(a, i) && isDigit(b, i) && (a[i] == '0' || b[i] == '0')
}

// compareFraction: while the common part is all zeros, a run that ends here is
// greater than one that goes on with digits; otherwise bytes decide.
func compareFraction(a, b string, i int) int {
	allZeros := strings.TrimRight(a[:i], "0")
	zeroRun := i > 0 && (len(allZeros) == 0 || !isDigit(allZeros, len(allZeros)-1)) && a[i-1] == '0'
	if zeroRun && isDigit(a, i) != isDigit(b, i) {
		if isDigit(a, i) {
			return -1
		}
		return 1
	}
	return byteAt(a, i) - byteAt(b, i)
}

// compareRunLength: both runs are whole numbers, the one with more digits wins.
func compareRunLength(a, b string, start, i int) (c int, decided bool) {
	la, lb := runLength(a, i), runLength(b, i)
	if start == i && (la == 0 || lb == 0) {
		return 0, false
	}
	return cmp.Compare(la, lb), la != lb
}

func runLength(s string, i int) int {
	n := 0
	for isDigit(s, i+n) {
		n++
	}
	return n
}

func isDigit(s string, i int) bool { return i < len(s) && '0' <= s[i] && s[i] <= '9' }

// byteAt returns the byte or 0 past the end, as a C string has it.
func byteAt(s string, i int) int {
	if i < len(s) {
		return int(s[i])
	}
	return 0
}
