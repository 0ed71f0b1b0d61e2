package repodata

import (
	"example.com/rpmostree/rpmpkg/rpmdep"
)

// maxInterned bounds the tables of shared values, so that memory does not grow with the input.
const maxInterned = 1 << 16

// interner gives equal byte strings the same string, and equal dependency tags the same parsed value: in a
// distribution one in three dependencies is new, and one in ten names.
type interner struct {
	strings map[string]string
	deps    map[string]rpmdep.Dep
}

func newInterner() *interner {
	return &interner{strings: map[string]string{}, deps: map[string]rpmdep.Dep{}}
}

func (in *interner) str(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := in.strings[string(b)]; ok {
		return s
	}
	if len(in.strings) >= maxInterned {
		clear(in.strings)
	}
	s := string(b)
	if len(b) <= 256 {
		in.strings[s] = s
	}
	return s
}

// dep gives the value of an rpm:entry tag that keepDep was given.
func (in *interner) dep(raw []byte) (rpmdep.Dep, bool) {
	d, ok := in.deps[string(raw)]
	return d, ok
}

func (in *interner) keepDep(raw []byte, d rpmdep.Dep) {
	if len(in.deps) >= maxInterned {
		clear(in.deps)
	}
	if len(raw) <= 1024 {
		in.deps[string(raw)] = d
	}
}
