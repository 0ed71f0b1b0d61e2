package depsolve

import (
	"path"
	"slices"
)

// addFileProvides turns files that somebody depends on into provides of the
// packages that have them. Every interned string that looks like a path counts
// as a dependency; a few too many do no harm.
func (p *Pool) addFileProvides() {
	if len(p.files) <= 1 {
		return
	}
	wanted := p.wantedFiles()
	if len(wanted) == 0 {
		return
	}
	dirs, bases := newBitset(len(p.strs.ends)), newBitset(len(p.strs.ends))
	for k := range wanted {
		dirs.set(int32(k[0]))
		bases.set(int32(k[1]))
	}
	var found []DepID
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		found = found[:0]
		for at := p.filesAt[pkg]; p.files[at] != 0; at += 2 {
			if bases.has(int32(p.files[at+1])) && dirs.has(int32(p.files[at])) {
				if id, ok := wanted[[2]uint32{p.files[at], p.files[at+1]}]; ok {
					found = append(found, id)
				}
			}
		}
		p.setFileProvides(pkg, found)
	}
}

// wantedFiles maps (directory, base name) to the path's own string.
func (p *Pool) wantedFiles() map[[2]uint32]DepID {
	wanted := map[[2]uint32]DepID{}
	for id := uint32(idFirstOwn); int(id) < len(p.strs.ends); id++ {
		s := p.strs.str(id)
		if len(s) < 2 || s[0] != '/' || s[len(s)-1] == '/' {
			continue
		}
		dir, base := path.Split(s)
		d, b := p.strs.lookup(dir), p.strs.lookup(base)
		if d != 0 && b != 0 {
			wanted[[2]uint32{d, b}] = DepID(id)
		}
	}
	return wanted
}

// setFileProvides replaces what follows the file marker in pkg's provides.
func (p *Pool) setFileProvides(pkg int32, files []DepID) {
	old := p.list(depProvides, pkg)
	own, oldFiles := old, []DepID(nil)
	if i := slices.Index(old, markFile); i >= 0 {
		own, oldFiles = old[:i], old[i+1:]
	}
	if slices.Equal(oldFiles, files) {
		return
	}
	list := append([]DepID(nil), own...)
	if len(files) > 0 {
		list = append(append(list, markFile), files...)
	}
	p.setList(depProvides, pkg, list)
}

// newPaths reports whether a path was interned since the index was built.
func (p *Pool) newPaths() bool {
	for id := uint32(p.indexedStr); int(id) < len(p.strs.ends); id++ {
		if s := p.strs.str(id); len(s) > 1 && s[0] == '/' && len(p.files) > 1 {
			return true
		}
	}
	p.indexedStr = len(p.strs.ends)
	return false
}

// HasFile reports whether a package is known to own a path.
func (p *Pool) HasFile(id PkgID, file string) bool {
	dir, base := path.Split(file)
	d, b := p.strs.lookup(dir), p.strs.lookup(base)
	if d == 0 || b == 0 {
		return false
	}
	for at := p.filesAt[id]; p.files[at] != 0; at += 2 {
		if p.files[at] == d && p.files[at+1] == b {
			return true
		}
	}
	return false
}
