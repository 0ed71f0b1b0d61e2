package rpmtest

import (
	"slices"
	"strings"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// depList is one kind of dependency on its way into the header.
type depList []rpmdep.Dep

// parse adds dependencies in text form.
func (l *depList) parse(texts []string, sense rpmdep.Sense) error {
	for _, t := range texts {
		d, err := rpmdep.Parse(t)
		if err != nil {
			return err
		}
		d.Sense |= sense
		*l = append(*l, d)
	}
	return nil
}

func (l *depList) add(name string, sense rpmdep.Sense, version string) {
	d, err := rpmdep.New(name, sense, version)
	if err == nil { // all callers give constants
		*l = append(*l, d)
	}
}

// sorted returns the list by name, as rpmbuild writes it: rpm searches by halving.
func (l depList) sorted() depList {
	return slices.SortedStableFunc(slices.Values(l), func(a, b rpmdep.Dep) int { return strings.Compare(a.Name, b.Name) })
}

func (l depList) write(h *headerWriter, name, version, flags rpmtag.Tag) {
	var names, versions []string
	var senses []uint32
	for _, d := range l {
		v := ""
		if d.Versioned() {
			v = d.EVR.String()
		}
		names, versions, senses = append(names, d.Name), append(versions, v), append(senses, uint32(d.Sense))
	}
	h.strs(name, names...)
	h.strs(version, versions...)
	h.u32s(flags, senses...)
}

func (p *Package) addDependencies(h *headerWriter, files []*entry) error {
	provides, err := p.provides(files)
	if err != nil {
		return err
	}
	provides.sorted().write(h, rpmtag.ProvideName, rpmtag.ProvideVersion, rpmtag.ProvideFlags)
	requires, err := p.requires(files)
	if err != nil {
		return err
	}
	requires.sorted().write(h, rpmtag.RequireName, rpmtag.RequireVersion, rpmtag.RequireFlags)
	for _, k := range []struct {
		texts                []string
		name, version, flags rpmtag.Tag
	}{
		{p.Conflicts, rpmtag.ConflictName, rpmtag.ConflictVersion, rpmtag.ConflictFlags},
		{p.Obsoletes, rpmtag.ObsoleteName, rpmtag.ObsoleteVersion, rpmtag.ObsoleteFlags},
		{p.Recommends, rpmtag.RecommendName, rpmtag.RecommendVersion, rpmtag.RecommendFlags},
		{p.Suggests, rpmtag.SuggestName, rpmtag.SuggestVersion, rpmtag.SuggestFlags},
		{p.Supplements, rpmtag.SupplementName, rpmtag.SupplementVersion, rpmtag.SupplementFlags},
		{p.Enhances, rpmtag.EnhanceName, rpmtag.EnhanceVersion, rpmtag.EnhanceFlags},
		{p.OrderWithRequires, rpmtag.OrderName, rpmtag.OrderVersion, rpmtag.OrderFlags},
	} {
		var l depList
		if err := l.parse(k.texts, 0); err != nil {
			return err
		}
		l.sorted().write(h, k.name, k.version, k.flags)
	}
	return nil
}

// isaNames are the suffixes that rpm gives the provides of an architecture.
var isaNames = map[string]string{"x86_64": "(x86-64)", "aarch64": "(aarch-64)", "i686": "(x86-32)", "ppc64le": "(ppc-64)", "s390x": "(s390-64)"}

func (p *Package) provides(files []*entry) (depList, error) {
	var l depList
	n := p.NEVRA()
	if hasConfig(files) {
		l.add("config("+n.Name+")", rpmdep.SenseEqual|rpmdep.SenseConfig, n.EVR.String())
	}
	l.add(n.Name, rpmdep.SenseEqual, n.EVR.String())
	if isa := isaNames[n.Arch]; isa != "" {
		l.add(n.Name+isa, rpmdep.SenseEqual, n.EVR.String())
	}
	return l, l.parse(p.Provides, 0)
}

func hasConfig(files []*entry) bool {
	return slices.ContainsFunc(files, func(e *entry) bool { return e.flags()&rpmpkg.FileConfig != 0 && !e.Ghost })
}

func (p *Package) requires(files []*entry) (depList, error) {
	var l depList
	if !p.NoAutoRequires {
		p.addInterpreters(&l)
	}
	n := p.NEVRA()
	if hasConfig(files) {
		l.add("config("+n.Name+")", rpmdep.SenseEqual|rpmdep.SenseConfig, n.EVR.String())
	}
	if err := l.parse(p.Requires, 0); err != nil {
		return nil, err
	}
	if err := l.parse(p.RequiresPre, rpmdep.SensePre); err != nil {
		return nil, err
	}
	if err := l.parse(p.RequiresPost, rpmdep.SensePost); err != nil {
		return nil, err
	}
	p.addFeatures(&l, files)
	return l, nil
}

// addInterpreters adds the programs that run the scripts.
func (p *Package) addInterpreters(l *depList) {
	need := func(s *rpmpkg.Script, when rpmdep.Sense) {
		if prog := interpreter(s)[0]; !strings.HasPrefix(prog, "<") {
			l.add(prog, rpmdep.SenseInterp|when, "")
		}
	}
	for _, k := range p.scriptlets() {
		if k.script != nil {
			need(k.script, k.sense)
		}
	}
	for _, list := range [][]rpmpkg.Trigger{p.Scripts.Triggers, p.Scripts.FileTriggers, p.Scripts.TransFileTriggers} {
		for i := range list {
			need(&list[i].Script, 0)
		}
	}
}

// addFeatures adds the features of rpm that the package makes use of.
func (p *Package) addFeatures(l *depList, files []*entry) {
	n := p.NEVRA()
	uses := func(sign string) bool {
		return strings.Contains(n.Version+n.Release, sign) || slices.ContainsFunc(*l, func(d rpmdep.Dep) bool {
			return strings.Contains(d.EVR.Version+d.EVR.Release, sign)
		})
	}
	compressor := compressions[or(p.Compression, defaultCompression)].name
	for _, f := range []struct {
		used          bool
		name, version string
	}{
		{len(files) > 0, "CompressedFileNames", "3.0.4-1"},
		{len(files) > 0, "FileDigests", "4.6.0-1"},
		{true, "PayloadFilesHavePrefix", "4.0-1"},
		{compressor == "xz", "PayloadIsXz", "5.2-1"},
		{compressor == "lzma", "PayloadIsLzma", "4.4.2-1"},
		{compressor == "zstd", "PayloadIsZstd", "5.4.18-1"},
		{p.hasRich(), "RichDependencies", "4.12.0-1"},
		{p.hasLua(), "BuiltinLuaScripts", "4.2.2-1"},
		{slices.ContainsFunc(files, func(e *entry) bool { return e.Caps != "" }), "FileCaps", "4.6.1-1"},
		{uses("~"), "TildeInVersions", "4.10.0-1"},
		{uses("^"), "CaretInVersions", "4.15.0-1"},
		{p.V6, "LargeFiles", "4.12.0-1"},
	} {
		if f.used {
			l.add("rpmlib("+f.name+")", rpmdep.SenseLess|rpmdep.SenseEqual|rpmdep.SenseRpmlib, f.version)
		}
	}
}

func (p *Package) hasRich() bool {
	all := slices.Concat(p.Requires, p.RequiresPre, p.RequiresPost, p.Conflicts, p.Recommends, p.Suggests, p.Supplements, p.Enhances)
	return slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "(") })
}
