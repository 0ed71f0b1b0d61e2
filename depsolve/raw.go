package depsolve

// Raw returns a package in the form that Repo.AddRaw takes; the zero
// RawPackage for an unknown id.
func (p *Pool) Raw(id PkgID) RawPackage {
	if int(id) <= systemPkg || int(id) >= len(p.name) {
		return RawPackage{}
	}
	pkg := int32(id)
	raw := RawPackage{
		Name: p.strs.str(p.name[pkg]), EVR: p.strs.str(p.evr[pkg]), Arch: p.strs.str(p.arch[pkg]), Vendor: p.strs.str(p.vendor[pkg]),
		BuildTime: p.buildTime[pkg], InstallTime: p.installTime[pkg],
		Conflicts: p.list(depConflicts, pkg), Obsoletes: p.list(depObsoletes, pkg),
		Recommends: p.list(depRecommends, pkg), Suggests: p.list(depSuggests, pkg),
		Supplements: p.list(depSupplements, pkg), Enhances: p.list(depEnhances, pkg),
		IgnoreInstalled: p.list(depIgnoreInstalled, pkg),
	}
	raw.Provides, _ = cutAt(p.list(depProvides, pkg), markFile)
	raw.Requires, raw.PreRequires = cutAt(p.list(depRequires, pkg), markPre)
	for at := p.filesAt[pkg]; p.files[at] != 0; at += 2 {
		raw.Files = append(raw.Files, p.strs.str(p.files[at])+p.strs.str(p.files[at+1]))
	}
	return raw
}

// cutAt splits a list at a marker.
func cutAt(list []DepID, mark DepID) (before, after []DepID) {
	for i, d := range list {
		if d == mark {
			return list[:i:i], list[i+1:]
		}
	}
	return list, nil
}

// Split takes a relation apart. It reports false for a plain name.
func (p *Pool) Split(d DepID) (left DepID, op Op, right DepID, ok bool) {
	if !d.isRel() || int(d&^relFlag) >= len(p.rels.rels) {
		return 0, 0, 0, false
	}
	r := p.rel(d)
	return r.left, r.op, r.right, true
}
