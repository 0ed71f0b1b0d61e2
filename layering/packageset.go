package layering

import (
	"slices"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// packageSet is the packages of an image, by header.
type packageSet struct {
	headers []*rpmpkg.Header
	nevras  []rpmver.NEVRA // of the headers, in the same order
}

func newPackageSet(headers []*rpmpkg.Header) (*packageSet, error) {
	names, err := nevras(headers)
	return &packageSet{headers: headers, nevras: names}, err
}

// find looks a package up by name, name.arch or NEVRA.
func (s *packageSet) find(spec string) (rpmver.NEVRA, bool) {
	for _, n := range s.nevras {
		if n.Name == spec || n.Name+"."+n.Arch == spec || n.String() == spec || n.NVRA() == spec {
			return n, true
		}
	}
	return rpmver.NEVRA{}, false
}

// split divides the headers into those of the named packages and the others.
func (s *packageSet) split(gone []rpmver.NEVRA) (removed, kept []*rpmpkg.Header) {
	for i, h := range s.headers {
		if slices.Contains(gone, s.nevras[i]) {
			removed = append(removed, h)
		} else {
			kept = append(kept, h)
		}
	}
	return removed, kept
}
