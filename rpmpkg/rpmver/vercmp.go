package rpmver

// CompareVersions compares two version or release strings as rpm does and
// returns -1, 0 or 1.
//
// Both strings are cut into runs of digits and runs of letters; everything else
// only separates. A run of digits is a number of any length and is newer than
// a run of letters. A tilde sorts before everything, even before the end of the
// string; a caret sorts after the end but before any other continuation.
func CompareVersions(a, b string) int {
	if a == b {
		return 0
	}
	for a != "" || b != "" {
		a, b = skipSeparators(a), skipSeparators(b)
		if hasMark(a, '~') || hasMark(b, '~') {
			switch {
			case !hasMark(a, '~'):
				return 1
			case !hasMark(b, '~'):
				return -1
			}
			a, b = a[1:], b[1:]
			continue
		}
		if hasMark(a, '^') || hasMark(b, '^') {
			switch {
			case a == "":
				return -1
			case b == "":
				return 1
			case a[0] != '^':
				return 1
			case b[0] != '^':
				return -1
			}
			a, b = a[1:], b[1:]
			continue
		}
		if a == "" || b == "" {
			break
		}
		var c int
		if c, a, b = compareSegment(a, b); c != 0 {
			return c
		}
	}
	switch {
	case a != "":
		return 1
	case b != "":
		return -1
	}
	return 0
}

// compareSegment compares the leading runs of a and b, both not empty, and
// returns what follows them.
func compareSegment(a, b string) (c int, restA, restB string) {
	isClass := isAlpha
	numeric := isDigit(a[0])
	if numeric {
		isClass = isDigit
	}
	n, m := run(a, isClass), run(b, isClass)
	if m == 0 { // different kinds: the number is the newer one
		if numeric {
			return 1, "", ""
		}
		return -1, "", ""
	}
	x, y := a[:n], b[:m]
	if numeric {
		x, y = trimZeros(x), trimZeros(y)
		if len(x) != len(y) {
			return sign(len(x) - len(y)), "", ""
		}
	}
	switch {
	case x < y:
		return -1, "", ""
	case x > y:
		return 1, "", ""
	}
	return 0, a[n:], b[m:]
}

func hasMark(s string, c byte) bool { return s != "" && s[0] == c }

func skipSeparators(s string) string {
	i := 0
	for i < len(s) && !isDigit(s[i]) && !isAlpha(s[i]) && s[i] != '~' && s[i] != '^' {
		i++
	}
	return s[i:]
}

func run(s string, isClass func(byte) bool) int {
	i := 0
	for i < len(s) && isClass(s[i]) {
		i++
	}
	return i
}

func trimZeros(s string) string {
	i := 0
	for i < len(s) && s[i] == '0' {
		i++
	}
	return s[i:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
