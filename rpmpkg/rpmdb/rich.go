package rpmdb

import (
	"slices"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmdep"
)

// richKeys gives the index keys of the names in a rich dependency, sorted and unique. A name whose presence can make
// the dependency fail (the condition of "if" and "unless") has "!" in front; these keys are the last.
func richKeys(text string) ([]string, error) {
	d, err := rpmdep.New(text, 0, "")
	if err != nil {
		return nil, err
	}
	keys := appendRichKeys(nil, d.Rich, false)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for i, k := range keys {
		keys[i] = strings.TrimPrefix(k, " ")
	}
	return keys, nil
}

func appendRichKeys(keys []string, r *rpmdep.Rich, negated bool) []string {
	switch {
	case r == nil:
		return keys
	case r.Op == rpmdep.OpLeaf:
		if r.Dep.IsRpmlib() {
			return keys
		}
		if negated {
			return append(keys, "!"+r.Dep.Name)
		}
		return append(keys, " "+r.Dep.Name)
	case r.Op == rpmdep.OpIf || r.Op == rpmdep.OpUnless:
		keys = appendRichKeys(keys, r.Left, negated)
		keys = appendRichKeys(keys, r.Right, !negated)
		if r.Else != nil {
			// The condition also decides, the other way round, whether the alternative counts.
			keys = appendRichKeys(keys, r.Right, negated)
			keys = appendRichKeys(keys, r.Else, negated)
		}
		return keys
	}
	keys = appendRichKeys(keys, r.Left, negated)
	return appendRichKeys(keys, r.Right, negated)
}
