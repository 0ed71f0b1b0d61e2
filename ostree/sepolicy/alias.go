package sepolicy

import "strings"

// alias says that a directory is labelled as another one.
type alias struct{ from, to string }

// parseAlias reads a line "PATH ALIASED". ok is false for one without content; as
// in libselinux, a line with one word has none.
func parseAlias(line string) (a alias, ok bool) {
	words := strings.FieldsFunc(line, isSpace)
	if len(words) < 2 || words[0][0] == '#' {
		return a, false
	}
	return alias{words[0], words[1]}, true
}

// resolve applies one local alias, then one of the distribution's. Paths they
// lead to are not followed further.
func (p *Policy) resolve(path string) string {
	return substitute(p.distSubs, substitute(p.subs, path))
}

// substitute applies the last alias of the file that fits.
func substitute(aliases []alias, path string) string {
	for i := len(aliases) - 1; i >= 0; i-- {
		a := aliases[i]
		rest, ok := strings.CutPrefix(path, a.from)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		if a.to == "/" {
			rest = strings.TrimPrefix(rest, "/")
		}
		return a.to + rest
	}
	return path
}
