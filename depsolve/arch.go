package depsolve

import "strings"

// archPolicies lists, for the machine's architecture, what else it can run:
// best first; ":" begins a class that an update must not cross, ">" lowers the
// preference inside a class, "=" keeps it.
var archPolicies = map[string]string{
	"x86_64_v4": "x86_64_v4>x86_64_v3>x86_64_v2>x86_64:i686:i586:i486:i386",
	"x86_64_v3": "x86_64_v3>x86_64_v2>x86_64:i686:i586:i486:i386",
	"x86_64_v2": "x86_64_v2>x86_64:i686:i586:i486:i386",
	"x86_64":    "x86_64:i686:i586:i486:i386",
	"ia32e":     "ia32e:x86_64:athlon:i686:i586:i486:i386",
	"amd64":     "amd64:x86_64:athlon:i686:i586:i486:i386",
	"athlon":    "athlon:i686:i586:i486:i386",
	"i686":      "i686:i586:i486:i386",
	"i586":      "i586:i486:i386",
	"i486":      "i486:i386",
	"i386":      "i386",
	"s390":      "s390",
	"s390x":     "s390x:s390",
	"ia64":      "ia64:i686:i586:i486:i386",
	"ppc":       "ppc",
	"ppc64":     "ppc64:ppc",
	"ppc64p7":   "ppc64p7:ppc64:ppc",
	"ppc64le":   "ppc64le",
	"armv6hl":   "armv6hl",
	"armv6l":    "armv6l:armv5tejl:armv5tel:armv5l:armv4tl:armv4l:armv3l",
	"armv7hnl":  "armv7hnl:armv7hl:armv6hl",
	"armv7hl":   "armv7hl:armv6hl",
	"armv7l":    "armv7l:armv6l:armv5tejl:armv5tel:armv5l:armv4tl:armv4l:armv3l",
	"aarch64":   "aarch64",
	"riscv64":   "riscv64",
	"loong64":   "loong64",
}

const (
	scoreNoarch = 1
	scoreFirst  = 0x10001
	classMask   = 0xffff0000
)

// archTable maps an architecture's string id to its score: 1 for noarch, lower
// is better, the upper half is the class, 0 cannot be installed.
type archTable struct {
	scores map[uint32]uint32 // nil: everything can be installed
}

func (p *Pool) parseArchPolicy(policy string) archTable {
	t := archTable{scores: map[uint32]uint32{idNoarch: scoreNoarch}}
	score := uint32(scoreFirst)
	for len(policy) > 0 {
		name, sep := policy, byte(0)
		i := strings.IndexAny(policy, ":=>")
		if i >= 0 {
			name, sep, policy = policy[:i], policy[i], policy[i+1:]
		} else {
			policy = ""
		}
		if name != "" {
			id := p.strs.intern(name)
			if _, ok := t.scores[id]; !ok {
				t.scores[id] = score
			}
		}
		switch sep {
		case ':':
			score += 0x10000
		case '>':
			score++
		}
	}
	return t
}

// archScore returns the score of a package's architecture.
func (p *Pool) archScore(arch uint32) uint32 {
	if p.archs.scores == nil {
		return scoreFirst
	}
	return p.archs.scores[arch]
}

// colour is the word size of an architecture: packages of one name may live
// beside each other if their colours do not meet.
type colour uint8

const (
	colour32   colour = 1
	colour64   colour = 2
	colourBoth        = colour32 | colour64
)

func archColour(arch string) colour {
	switch {
	case arch == "noarch" || arch == "all" || arch == "any":
		return colourBoth
	case arch == "s390x" || strings.Contains(arch, "64"):
		return colour64
	}
	return colour32
}

func (p *Pool) coloursMeet(a, b int32) bool {
	aa, ab := p.arch[a], p.arch[b]
	return aa == ab || archColour(p.strs.str(aa))&archColour(p.strs.str(ab)) != 0
}

// illegalArchChange reports whether replacing a package of architecture from
// by one of architecture to would cross an architecture class.
func (p *Pool) illegalArchChange(from, to int32) bool {
	a, b := p.arch[from], p.arch[to]
	if a == b || a == idNoarch || b == idNoarch {
		return false
	}
	if p.archs.scores == nil {
		return false
	}
	as, bs := p.archScore(a), p.archScore(b)
	return as == 0 || bs == 0 || (as^bs)&classMask != 0
}

// illegalVendorChange reports whether two packages come from vendors that may
// not replace each other.
func (p *Pool) illegalVendorChange(from, to int32) bool {
	a, b := p.vendor[from], p.vendor[to]
	if a == b {
		return false
	}
	return p.vendorMask(a)&p.vendorMask(b) == 0
}
