package testcase

import (
	"slices"
	"strings"
)

// WithoutIDs returns the lines in a form that two programs can be compared by:
// a line for each problem and one for each element of a solution, without the
// numbers or digests that name them and without the one sentence about a
// problem, which depends on how it was found; all other lines as they are.
func WithoutIDs(lines []string) []string {
	var out []string
	for _, l := range lines {
		f := strings.SplitN(l, " ", 5)
		if f[0] != "problem" || len(f) < 4 {
			out = append(out, l)
			continue
		}
		switch { // different problems may have one digest
		case f[2] == "info":
			out = append(out, "problem")
		case f[2] == "solution" && len(f) == 5:
			out = append(out, "solution "+f[4])
		}
	}
	slices.Sort(out)
	return out
}

// Diff lists the lines that differ: "-" before what was wanted, "+" before what
// came out, with the reason in parentheses where there is one.
func (r *Result) Diff() string {
	var b strings.Builder
	want, got := WithoutIDs(r.Want), WithoutIDs(r.Got)
	for _, l := range subtract(want, got) {
		b.WriteString("- " + l + "\n")
	}
	for _, l := range subtract(got, want) {
		b.WriteString("+ " + l)
		if why := r.Why[l]; why != "" {
			b.WriteString("  (" + why + ")")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// subtract returns the lines of a that b lacks; both may repeat lines.
func subtract(a, b []string) []string {
	count := map[string]int{}
	for _, l := range b {
		count[l]++
	}
	var out []string
	for _, l := range a {
		if count[l]--; count[l] < 0 {
			out = append(out, l)
		}
	}
	return out
}
