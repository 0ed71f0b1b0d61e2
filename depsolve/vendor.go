package depsolve

import (
	"path"
	"strings"
)

// AddVendorClass declares vendors that may replace each other. Each pattern is
// a glob, compared without regard to case, or "!" and a glob for an exception
// to the patterns that follow. At most 32 classes count.
func (p *Pool) AddVendorClass(patterns ...string) {
	p.vendorClasses = append(p.vendorClasses, patterns)
	p.vendorMasks = nil
}

// vendorMask returns a bit for each class that the vendor is in.
func (p *Pool) vendorMask(vendor uint32) uint32 {
	if len(p.vendorClasses) == 0 {
		return 0
	}
	if m, ok := p.vendorMasks[vendor]; ok {
		return m
	}
	var mask uint32
	name := strings.ToLower(p.strs.str(vendor))
	for i, class := range p.vendorClasses {
		if i < 32 && vendorInClass(name, class) {
			mask |= 1 << i
		}
	}
	if p.vendorMasks == nil {
		p.vendorMasks = map[uint32]uint32{}
	}
	p.vendorMasks[vendor] = mask
	return mask
}

func vendorInClass(name string, class []string) bool {
	for _, pat := range class {
		pat = strings.ToLower(pat)
		negative := strings.HasPrefix(pat, "!")
		if ok, _ := path.Match(strings.TrimPrefix(pat, "!"), name); ok {
			return !negative
		}
	}
	return false
}
