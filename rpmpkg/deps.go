package rpmpkg

import (
	"fmt"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// depTags names the three parallel arrays of one kind of dependency.
type depTags struct{ name, version, flags rpmtag.Tag }

func (h *Header) addDependencies(i *Info) error {
	for _, k := range []struct {
		list *[]rpmdep.Dep
		tags depTags
	}{
		{&i.Provides, depTags{rpmtag.ProvideName, rpmtag.ProvideVersion, rpmtag.ProvideFlags}},
		{&i.Requires, depTags{rpmtag.RequireName, rpmtag.RequireVersion, rpmtag.RequireFlags}},
		{&i.Conflicts, depTags{rpmtag.ConflictName, rpmtag.ConflictVersion, rpmtag.ConflictFlags}},
		{&i.Obsoletes, depTags{rpmtag.ObsoleteName, rpmtag.ObsoleteVersion, rpmtag.ObsoleteFlags}},
		{&i.Recommends, depTags{rpmtag.RecommendName, rpmtag.RecommendVersion, rpmtag.RecommendFlags}},
		{&i.Suggests, depTags{rpmtag.SuggestName, rpmtag.SuggestVersion, rpmtag.SuggestFlags}},
		{&i.Supplements, depTags{rpmtag.SupplementName, rpmtag.SupplementVersion, rpmtag.SupplementFlags}},
		{&i.Enhances, depTags{rpmtag.EnhanceName, rpmtag.EnhanceVersion, rpmtag.EnhanceFlags}},
	} {
		var err error
		if *k.list, err = h.dependencies(k.tags); err != nil {
			return err
		}
	}
	return nil
}

// OrderWithRequires returns the ordering hints of the package: dependencies that
// count for the order of installation only if their provider is installed too.
func (h *Header) OrderWithRequires() ([]rpmdep.Dep, error) {
	return h.dependencies(depTags{rpmtag.OrderName, rpmtag.OrderVersion, rpmtag.OrderFlags})
}

// dependencies reads one kind of dependency. Versions and flags may both be absent
// (very old packages), but if present must be as many as the names.
func (h *Header) dependencies(t depTags) ([]rpmdep.Dep, error) {
	names, versions, flags := h.Strings(t.name), h.Strings(t.version), h.Uint32s(t.flags)
	if len(names) == 0 {
		return nil, nil
	}
	if versions == nil && flags == nil {
		versions, flags = make([]string, len(names)), make([]uint32, len(names))
	}
	if len(versions) != len(names) || len(flags) != len(names) {
		return nil, fmt.Errorf("tag %s has %d values, %s %d, %s %d", t.name, len(names), t.version, len(versions), t.flags, len(flags))
	}
	deps := make([]rpmdep.Dep, len(names))
	for i := range names {
		var err error
		if deps[i], err = rpmdep.New(names[i], rpmdep.Sense(flags[i]), versions[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return deps, nil
}
