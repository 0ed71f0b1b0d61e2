package sepolicy

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// pattern is an anchored expression. Most are a literal, or a literal and
// everything below it, which need no automaton; the others get one when a path
// begins with their literal.
type pattern struct {
	literal string // what a match begins with
	rest    tail
	suffix  string // with tailRegexp, what a match ends with
	inner   string // with tailRegexp, what a match has behind the literal
	cost    int
	regexp  func() *regexp.Regexp // of tailRegexp
}

// tail is what may follow the literal.
type tail int

const (
	tailNone    tail = iota // nothing
	tailAny                 // .*
	tailSubtree             // (/.*)?
	tailRegexp              // see the regular expression, which contains the literal
)

const (
	// maxExpr bounds an expression; the longest path has 4096 bytes.
	maxExpr = 8192
	// maxCost bounds the size of an automaton, in nodes of the expanded
	// expression: nested {n} could make it a thousand times as long as its text.
	maxCost = 10_000
)

// parsePattern understands an expression as if it had ^ in front and $ behind.
// It is put between them as text, so an alternative at its outermost level has
// only one of them.
func parsePattern(expr string) (pattern, error) {
	if len(expr) > maxExpr {
		return pattern{}, fmt.Errorf("longer than %d bytes", maxExpr)
	}
	expr, err := fromPCRE(expr)
	if err != nil {
		return pattern{}, err
	}
	expr = "(?s)^" + expr + "$"
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return pattern{}, err
	}
	p := classify(re)
	if p.cost = cost(re); p.cost > maxCost {
		return pattern{}, errors.New("expands to too much")
	}
	if p.rest == tailRegexp {
		p.regexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	}
	return p, nil
}

// classify finds the literal at the beginning and the kind of the rest.
func classify(re *syntax.Regexp) pattern {
	if re.Op != syntax.OpConcat || re.Sub[0].Op != syntax.OpBeginText {
		return pattern{rest: tailRegexp}
	}
	subs := re.Sub[1:]
	var literal strings.Builder
	for len(subs) > 0 && isLiteral(subs[0]) {
		literal.WriteString(string(subs[0].Rune))
		subs = subs[1:]
	}
	p := pattern{literal: literal.String(), rest: tailRegexp}
	switch {
	case len(subs) == 0 || subs[len(subs)-1].Op != syntax.OpEndText || len(subs) > 2:
	case len(subs) == 1:
		p.rest = tailNone
	case isAny(subs[0]):
		p.rest = tailAny
	case isSubtree(subs[0]):
		p.rest = tailSubtree
	}
	if n := len(subs); n >= 2 && subs[n-1].Op == syntax.OpEndText && isLiteral(subs[n-2]) {
		p.suffix = string(subs[n-2].Rune)
	}
	for _, sub := range subs {
		if isLiteral(sub) && len(sub.Rune) > len(p.inner) {
			p.inner = string(sub.Rune)
		}
	}
	return p
}

// isLiteral recognises text that is the same in a path and in what bytesAsRunes
// makes of it.
func isLiteral(re *syntax.Regexp) bool {
	return re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 &&
		!slices.ContainsFunc(re.Rune, func(r rune) bool { return r >= 0x80 })
}

// isAny recognises .*
func isAny(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && re.Sub[0].Op == syntax.OpAnyChar
}

// isSubtree recognises (/.*)?
func isSubtree(re *syntax.Regexp) bool {
	if re.Op != syntax.OpQuest {
		return false
	}
	for re = re.Sub[0]; re.Op == syntax.OpCapture; {
		re = re.Sub[0]
	}
	return re.Op == syntax.OpConcat && len(re.Sub) == 2 && isAny(re.Sub[1]) &&
		re.Sub[0].Op == syntax.OpLiteral && string(re.Sub[0].Rune) == "/"
}

// cost estimates the number of instructions.
func cost(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, s := range re.Sub {
		n += cost(s)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max)
	}
	return min(n, maxCost+1)
}

// match reports whether the pattern matches s. PCRE's $ also matches before a
// line feed at the end.
func (p *pattern) match(s string) bool {
	if p.matchAll(s) {
		return true
	}
	short, ok := strings.CutSuffix(s, "\n")
	return ok && p.matchAll(short)
}

func (p *pattern) matchAll(s string) bool {
	if !strings.HasPrefix(s, p.literal) {
		return false
	}
	switch p.rest {
	case tailNone:
		return len(s) == len(p.literal)
	case tailAny:
		return true
	case tailSubtree:
		return len(s) == len(p.literal) || s[len(p.literal)] == '/'
	}
	return strings.HasSuffix(s, p.suffix) && strings.Contains(s[len(p.literal):], p.inner) && p.regexp().MatchString(bytesAsRunes(s))
}

// bytesAsRunes makes each byte a character: policies are matched bytewise.
func bytesAsRunes(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < 0x80
	}
	if ascii {
		return s
	}
	runes := make([]rune, len(s))
	for i := range runes {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// fromPCRE rewrites what RE2 accepts with another meaning: \s includes the
// vertical tab in PCRE, and \v there is a class.
func fromPCRE(expr string) (string, error) {
	if !strings.Contains(expr, `\s`) && !strings.Contains(expr, `\S`) && !strings.Contains(expr, `\v`) {
		return expr, nil
	}
	var out strings.Builder
	inClass := false
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '[' && !inClass:
			inClass = true
			n := 1 // a ] in front is literal, also after ^
			if strings.HasPrefix(expr[i+n:], "^") {
				n++
			}
			if strings.HasPrefix(expr[i+n:], "]") {
				n++
			}
			out.WriteString(expr[i : i+n])
			i += n - 1
			continue
		case c == '[' && strings.HasPrefix(expr[i:], "[:"):
			if end := strings.Index(expr[i:], ":]"); end > 0 {
				out.WriteString(expr[i : i+end+2])
				i += end + 1
				continue
			}
		case c == ']':
			inClass = false
		case c == '\\' && i+1 < len(expr):
			i++
			class, err := spaceClass(expr[i], inClass)
			if err != nil {
				return "", err
			}
			out.WriteString(class)
			continue
		}
		out.WriteByte(c)
	}
	return out.String(), nil
}

func spaceClass(escape byte, inClass bool) (string, error) {
	class := ""
	switch escape {
	case 's':
		class = "[:space:]"
	case 'S':
		class = "[:^space:]"
	case 'Q', 'v':
		return "", fmt.Errorf(`\%c is not supported here`, escape)
	default:
		return `\` + string(escape), nil
	}
	if !inClass {
		class = "[" + class + "]"
	}
	return class, nil
}
