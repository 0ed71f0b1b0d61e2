package testcase

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/rpmostree/depsolve"
)

// Operators of other package formats: they are read and written, but nothing
// provides them.
const (
	opFileConflict depsolve.Op = 21
	opCompat       depsolve.Op = 23
	opKind         depsolve.Op = 24
	opMultiArch    depsolve.Op = 25
	opError        depsolve.Op = 27
	opConda        depsolve.Op = 30
)

// depOps lists the operators of the dependency syntax, longer ones first where
// one is the beginning of another.
var depOps = []struct {
	text string
	op   depsolve.Op
}{
	{"&", depsolve.OpAnd}, {"|", depsolve.OpOr}, {"+", depsolve.OpWith}, {"-", depsolve.OpWithout},
	{"<NAMESPACE>", depsolve.OpNamespace}, {".", depsolve.OpArch}, {"<IF>", depsolve.OpIf},
	{"<ELSE>", depsolve.OpElse}, {"<UNLESS>", depsolve.OpUnless},
	{"<MULTIARCH>", opMultiArch}, {"compat >=", opCompat}, {"<FILECONFLICT>", opFileConflict},
	{"<KIND>", opKind}, {"<ERROR>", opError}, {"<CONDA>", opConda},
	{"<=>", depsolve.OpLT | depsolve.OpEQ | depsolve.OpGT}, {"<=", depsolve.OpLT | depsolve.OpEQ},
	{">=", depsolve.OpGT | depsolve.OpEQ}, {"<>", depsolve.OpLT | depsolve.OpGT},
	{"=", depsolve.OpEQ}, {"<", depsolve.OpLT}, {">", depsolve.OpGT},
}

// maxDepDepth bounds the recursion; a chain of alternatives counts too.
const maxDepDepth = 400

type depParser struct {
	pool *depsolve.Pool
	text string
}

// ParseDep reads a dependency in the syntax of test cases.
func ParseDep(pool *depsolve.Pool, text string) (depsolve.DepID, error) {
	p := &depParser{pool, strings.TrimSpace(text)}
	d, err := p.expr(0)
	if err == nil && p.text != "" {
		err = fmt.Errorf("trailing %q", p.text)
	}
	if err != nil {
		return 0, fmt.Errorf("dependency %q: %w", text, err)
	}
	return d, nil
}

func (p *depParser) skip() { p.text = strings.TrimLeft(p.text, " \t") }

// expr reads operands joined by operators. Comparisons join what is on their
// left with one operand; everything else, architectures too, takes the whole
// rest as its right side.
func (p *depParser) expr(depth int) (depsolve.DepID, error) {
	if depth > maxDepDepth {
		return 0, fmt.Errorf("nested deeper than %d", maxDepDepth)
	}
	left, err := p.operand(depth)
	for err == nil {
		p.skip()
		if p.text == "" || p.text[0] == ')' && depth > 0 {
			return left, nil
		}
		op, ok := p.operator()
		if !ok {
			return 0, fmt.Errorf("no operator at %q", p.text)
		}
		var right depsolve.DepID
		if op < 8 {
			if right, err = p.operand(depth); err == nil {
				right, err = p.compat(right, depth)
			}
		} else {
			right, err = p.expr(depth + 1)
		}
		if err == nil {
			left = p.pool.Relation(left, op, right)
		}
	}
	return 0, err
}

// compat reads the second version of "name = version compat >= version".
func (p *depParser) compat(version depsolve.DepID, depth int) (depsolve.DepID, error) {
	p.skip()
	rest, ok := strings.CutPrefix(p.text, "compat >= ")
	if !ok {
		return version, nil
	}
	p.text = rest
	oldest, err := p.expr(depth + 1)
	return p.pool.Relation(version, opCompat, oldest), err
}

func (p *depParser) operator() (depsolve.Op, bool) {
	if rest, ok := strings.CutPrefix(p.text, "<"); ok { // by its number
		number, rest, _ := strings.Cut(rest, ">")
		if n, err := strconv.ParseUint(number, 10, 8); err == nil && n > 0 {
			p.text = rest
			return depsolve.Op(n), true
		}
	}
	for _, o := range depOps {
		if rest, ok := strings.CutPrefix(p.text, o.text); ok {
			p.text = rest
			return o.op, true
		}
	}
	return 0, false
}

func (p *depParser) operand(depth int) (depsolve.DepID, error) {
	p.skip()
	if rest, ok := strings.CutPrefix(p.text, "("); ok {
		p.text = rest
		d, err := p.expr(depth + 1)
		if err != nil {
			return 0, err
		}
		p.skip()
		if rest, ok = strings.CutPrefix(p.text, ")"); !ok {
			return 0, fmt.Errorf("no closing parenthesis")
		}
		p.text = rest
		return d, nil
	}
	word := p.word(depth > 0)
	if word == "" {
		return 0, fmt.Errorf("operand missing")
	}
	if i := strings.IndexByte(word, '('); i > 0 && strings.HasPrefix(word, "namespace:") && strings.HasSuffix(word, ")") {
		return p.namespace(word[:i], word[i+1:len(word)-1], depth)
	}
	if name, ok := strings.CutSuffix(word, ":any"); ok && name != "" {
		left, err := p.literal(name)
		return p.pool.Relation(left, opMultiArch, p.pool.Name("any")), err
	}
	return p.literal(word)
}

func (p *depParser) namespace(space, arg string, depth int) (depsolve.DepID, error) {
	var right depsolve.DepID
	if arg != "" && arg != "<NULL>" {
		sub := &depParser{p.pool, arg}
		var err error
		if right, err = sub.expr(0); err != nil {
			return 0, err
		}
	}
	return p.pool.Relation(p.pool.Name(space), depsolve.OpNamespace, right), nil
}

// word takes a token up to a blank or, inside parentheses, one that it did not
// open.
func (p *depParser) word(inside bool) string {
	open, i := 0, 0
loop:
	for ; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '(':
			open++
		case c == ')':
			if open == 0 && inside {
				break loop
			}
			open--
		case (c == ' ' || c == '\t') && open <= 0:
			break loop
		}
	}
	w := p.text[:i]
	p.text = p.text[i:]
	return w
}

func (p *depParser) literal(word string) (depsolve.DepID, error) {
	if word == "<NULL>" {
		return 0, nil
	}
	s, err := unescape(word)
	if err != nil {
		return 0, err
	}
	return p.pool.Name(s), nil
}

// unescape resolves \xx; "\00" alone is the empty string.
func unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	if s == `\00` {
		return "", nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		var c byte
		if i+2 >= len(s) {
			return "", fmt.Errorf("bad escape in %q", s)
		}
		if _, err := fmt.Sscanf(s[i+1:i+3], "%02x", &c); err != nil {
			return "", fmt.Errorf("bad escape in %q", s)
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), nil
}
