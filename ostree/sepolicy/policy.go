package sepolicy

import "strings"

// A Policy maps paths to labels. It is immutable and safe for concurrent use.
type Policy struct {
	name     string
	checksum string
	specs    []*spec // in the order of precedence: the last match wins
	subs     []alias // file_contexts.subs
	distSubs []alias
	byDir    map[string][]int // by the directory that every match is in, ascending
	exact    map[string][]int // by the only match, ascending
}

// Name returns the type of the policy, such as "targeted": SELINUXTYPE in the
// configuration.
func (p *Policy) Name() string { return p.name }

// Checksum returns the SHA-256, in hexadecimal, of the binary policy with the
// highest version, which identifies the policy as a whole; "" if the root has
// none.
func (p *Policy) Checksum() string { return p.checksum }

// Lookup returns the label of a file with this path and type (that part of
// st_mode; 0 means that lines for any type apply). ok is false if it shall have
// none. Repeated slashes and one at the end do not matter.
func (p *Policy) Lookup(path string, mode uint32) (label string, ok bool) {
	key := p.resolve(clean(path))
	if key == "" {
		return "", false
	}
	if s := p.find(key, mode&typeMask); s != nil {
		label = s.label
	}
	return label, label != ""
}

const typeMask = 0o170000

// clean removes what does not count in a path.
func clean(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

// index prepares find.
func (p *Policy) index() {
	p.byDir, p.exact = map[string][]int{}, map[string][]int{}
	for i, s := range p.specs {
		prefix := s.stem + s.pattern.literal
		if s.pattern.rest == tailNone {
			p.exact[prefix] = append(p.exact[prefix], i)
			continue
		}
		dir := prefix[:strings.LastIndexByte(prefix, '/')+1]
		p.byDir[dir] = append(p.byDir[dir], i)
	}
}

// find returns the last line that applies to key, nil if none does.
func (p *Policy) find(key string, mode uint32) *spec {
	best := p.last(p.exact[key], -1, key, mode)
	if short, ok := strings.CutSuffix(key, "\n"); ok {
		best = p.last(p.exact[short], best, key, mode)
	}
	best = p.last(p.byDir[""], best, key, mode)
	for i := range len(key) {
		if key[i] == '/' {
			best = p.last(p.byDir[key[:i+1]], best, key, mode)
		}
	}
	if best < 0 {
		return nil
	}
	return p.specs[best]
}

// last returns the last index in list that applies to key, or best if none after
// that does.
func (p *Policy) last(list []int, best int, key string, mode uint32) int {
	for i := len(list) - 1; i >= 0 && list[i] > best; i-- {
		if p.specs[list[i]].applies(key, mode) {
			return list[i]
		}
	}
	return best
}

func (s *spec) applies(key string, mode uint32) bool {
	if mode != 0 && s.mode != 0 && mode != s.mode {
		return false
	}
	if s.stem == "" {
		return s.pattern.match(key)
	}
	rest, ok := strings.CutPrefix(key, s.stem)
	return ok && strings.HasPrefix(rest, "/") && s.pattern.match(rest)
}
