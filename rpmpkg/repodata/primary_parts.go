package repodata

import (
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
)

// packageParts gathers what a package element has many of, so that the package gets all its own texts in one string
// and all its dependencies in one slice: few allocations, and the collector sees few objects.
type packageParts struct {
	text  []byte
	texts []textPart
	files []int // where in text each path begins and ends
	deps  []rpmdep.Dep
	lists []depPart
}

type textPart struct {
	dst      *string
	from, to int
}

type depPart struct {
	dst      *[]rpmdep.Dep
	from, to int
}

// manyDeps is how many dependencies are worth a slice that was not copied. Kernels have a quarter.
const manyDeps = 1 << 17

func (p *packageParts) reset() {
	p.text, p.texts, p.files = p.text[:0], p.texts[:0], p.files[:0]
	p.deps, p.lists = p.deps[:0], p.lists[:0]
}

// addText makes the joined parts what dst will be.
func (p *packageParts) addText(dst *string, parts ...[]byte) {
	from := len(p.text)
	for _, b := range parts {
		p.text = append(p.text, b...)
	}
	p.texts = append(p.texts, textPart{dst, from, len(p.text)})
}

func (p *packageParts) addFile(path []byte) {
	p.files = append(p.files, len(p.text), len(p.text)+len(path))
	p.text = append(p.text, path...)
}

// addDeps makes the dependencies gathered since from what dst will be, behind what other elements of the name gave.
func (p *packageParts) addDeps(dst *[]rpmdep.Dep, from int) {
	if len(p.deps) > from {
		p.lists = append(p.lists, depPart{dst, from, len(p.deps)})
	}
}

// complete gives the package its parts.
func (p *packageParts) complete(info *rpmpkg.Info) {
	text := string(p.text)
	for _, t := range p.texts {
		*t.dst = text[t.from:t.to]
	}
	if len(p.files) > 0 {
		info.Files = make([]string, len(p.files)/2)
		for i := range info.Files {
			info.Files[i] = text[p.files[2*i]:p.files[2*i+1]]
		}
	}
	if len(p.deps) == 0 {
		return
	}
	deps := p.deps
	if len(deps) < manyDeps {
		deps = append(make([]rpmdep.Dep, 0, len(p.deps)), p.deps...)
	} else {
		p.deps = nil // given away: to copy it would need the memory twice
	}
	for _, l := range p.lists {
		if *l.dst == nil {
			*l.dst = deps[l.from:l.to:l.to]
		} else {
			*l.dst = append(*l.dst, deps[l.from:l.to]...)
		}
	}
}
