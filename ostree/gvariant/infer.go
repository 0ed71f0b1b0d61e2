package gvariant

import "strings"

// pattern is what is known about the type of a text. Kinds besides those of types:
// '*' any type, 'N' any number, 'S' any string type, 'M' elem with any number of maybes around.
type pattern struct {
	kind byte
	sub  []*pattern // element, members
}

var anyPattern = &pattern{kind: '*'}

func typePattern(t *typ) *pattern {
	p := &pattern{kind: t.kind}
	if t.elem != nil {
		p.sub = []*pattern{typePattern(t.elem)}
	}
	for _, m := range t.members {
		p.sub = append(p.sub, typePattern(m.t))
	}
	return p
}

// pattern infers as much as n says itself.
func (n *textNode) pattern() (*pattern, error) {
	switch n.kind {
	case textTyped:
		return typePattern(n.t), nil
	case textNothing:
		return &pattern{'m', []*pattern{anyPattern}}, nil
	case textJust:
		c, err := n.children[0].pattern()
		return &pattern{'m', []*pattern{c}}, err
	}
	p, err := n.plainPattern()
	return &pattern{'M', []*pattern{p}}, err
}

var literalKinds = map[textKind]byte{
	textNumber: 'N', textDouble: 'd', textBool: 'b', textString: 'S', textVariant: 'v',
}

func (n *textNode) plainPattern() (*pattern, error) {
	switch n.kind {
	case textBytes:
		return typePattern(knownTypes["ay"]), nil
	case textArray:
		elem, err := unifyAll(n.children)
		return &pattern{'a', []*pattern{elem}}, err
	case textDict, textEntry:
		key, value, err := n.entryPatterns()
		entry := &pattern{'{', []*pattern{key, value}}
		if n.kind == textEntry {
			return entry, err
		}
		return &pattern{'a', []*pattern{entry}}, err
	case textTuple:
		p := &pattern{kind: '('}
		for _, c := range n.children {
			m, err := c.pattern()
			if err != nil {
				return nil, err
			}
			p.sub = append(p.sub, m)
		}
		return p, nil
	}
	return &pattern{kind: literalKinds[n.kind]}, nil
}

func (n *textNode) entryPatterns() (key, value *pattern, err error) {
	var keys, values []*textNode
	for i := 0; i < len(n.children); i += 2 {
		keys, values = append(keys, n.children[i]), append(values, n.children[i+1])
	}
	if key, err = unifyAll(keys); err != nil {
		return nil, nil, err
	}
	value, err = unifyAll(values)
	return key, value, err
}

// unifyAll finds the pattern that fits all nodes. For dictionary values this takes more texts than GLib,
// which lets the first value decide.
func unifyAll(nodes []*textNode) (*pattern, error) {
	all := anyPattern
	for _, n := range nodes {
		p, err := n.pattern()
		if err != nil {
			return nil, err
		}
		if all = unify(all, p); all == nil {
			return nil, textError(n.pos, "no type fits this value and the ones before it")
		}
	}
	return all, nil
}

// unify returns the pattern of the types that fit both, nil if there are none.
func unify(a, b *pattern) *pattern {
	if a.kind == '*' || b.kind == 'M' && a.kind != 'M' {
		a, b = b, a
	}
	switch {
	case b.kind == '*':
		return a
	case a.kind == 'M' && b.kind == 'M':
		return wrap('M', unify(a.sub[0], b.sub[0]))
	case a.kind == 'M' && b.kind == 'm':
		return wrap('m', unify(a, b.sub[0]))
	case a.kind == 'M':
		return unify(a.sub[0], b)
	case a.kind == b.kind:
		return unifySub(a, b)
	case fits(a.kind, b.kind):
		return b
	case fits(b.kind, a.kind):
		return a
	}
	return nil
}

func wrap(kind byte, p *pattern) *pattern {
	if p == nil {
		return nil
	}
	return &pattern{kind, []*pattern{p}}
}

func unifySub(a, b *pattern) *pattern {
	if len(a.sub) != len(b.sub) {
		return nil
	}
	p := &pattern{kind: a.kind}
	for i := range a.sub {
		s := unify(a.sub[i], b.sub[i])
		if s == nil {
			return nil
		}
		p.sub = append(p.sub, s)
	}
	return p
}

// fits reports whether a number or string text may have the basic type kind.
func fits(text, kind byte) bool {
	switch text {
	case 'N':
		return strings.IndexByte("ynqiuxthd", kind) >= 0
	case 'S':
		return strings.IndexByte("sog", kind) >= 0
	}
	return false
}

// appendType writes the type that p stands for by default; ok is false if p leaves it open.
func (p *pattern) appendType(b []byte) (typ []byte, ok bool) {
	switch p.kind {
	case '*':
		return nil, false
	case 'N':
		return append(b, 'i'), true
	case 'S':
		return append(b, 's'), true
	case 'M':
		return p.sub[0].appendType(b)
	}
	b = append(b, p.kind)
	for _, s := range p.sub {
		if b, ok = s.appendType(b); !ok {
			return nil, false
		}
	}
	switch p.kind {
	case '(':
		b = append(b, ')')
	case '{':
		b = append(b, '}')
	}
	return b, true
}

// infer returns the type of n when nothing else is said about it.
func (n *textNode) infer() (*typ, error) {
	p, err := n.pattern()
	if err != nil {
		return nil, err
	}
	s, ok := p.appendType(nil)
	if !ok {
		return nil, textError(n.pos, "the type does not follow from the text")
	}
	t, err := parseType(string(s))
	if err != nil {
		return nil, textError(n.pos, "%v", err)
	}
	return t, nil
}
