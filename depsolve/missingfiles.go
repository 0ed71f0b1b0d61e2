package depsolve

import "slices"

// MissingFiles returns, sorted, the paths that some dependency names or Match was asked for and no package is known to
// have. Metadata with complete lists of files may have them; see AddFiles.
func (p *Pool) MissingFiles() []string {
	p.buildIndex()
	var out []string
	for id := uint32(idFirstOwn); int(id) < len(p.strs.ends); id++ {
		s := p.strs.str(id)
		if len(s) > 1 && s[0] == '/' && s[len(s)-1] != '/' && len(p.Matches(SelectProvides(DepID(id)))) == 0 {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}
