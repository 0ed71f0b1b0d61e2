package scripts

import (
	"cmp"
	"slices"
	"strings"
)

// addFileTriggers plans both kinds of file triggers: first those of base
// packages, which see what is added, then those of added packages, which see
// everything.
func (p *Plan) addFileTriggers(in Input) error {
	added := allFiles(in.Added)
	all := added
	if hasTriggers(in.Added) {
		all = mergeSorted(added, allFiles(in.Base))
	}
	for section, stage := range map[Section]*[]Step{FileTriggerIn: &p.FileTriggers, TransFileTriggerIn: &p.TransFileTriggers} {
		base, err := triggersOf(section, in.Base, added, in.Ignore)
		if err != nil {
			return err
		}
		own, err := triggersOf(section, in.Added, all, in.Ignore)
		if err != nil {
			return err
		}
		*stage = append(base, own...)
	}
	return nil
}

func hasTriggers(pkgs []Package) bool {
	for _, pkg := range pkgs {
		for i := range pkg.Scripts {
			if s := pkg.Scripts[i].Section; s == FileTriggerIn || s == TransFileTriggerIn {
				return true
			}
		}
	}
	return false
}

func allFiles(pkgs []Package) []string {
	var out []string
	for _, pkg := range pkgs {
		out = append(out, pkg.Files...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func mergeSorted(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// triggersOf makes a step of each trigger that matches a path.
func triggersOf(section Section, pkgs []Package, paths, ignore []string) ([]Step, error) {
	type prioritised struct {
		Step
		priority uint32
	}
	var found []prioritised
	for _, pkg := range pkgs {
		for i := range pkg.Scripts {
			s := &pkg.Scripts[i]
			if s.Section != section {
				continue
			}
			matches := matching(s.Prefixes, paths)
			if len(matches) == 0 {
				continue
			}
			step, err := makeStep(pkg.Name, s, ignore)
			if err != nil {
				return nil, err
			}
			if step != nil {
				step.Paths = matches
				found = append(found, prioritised{*step, s.Priority})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b prioritised) int { return cmp.Compare(b.priority, a.priority) })
	var steps []Step
	for _, f := range found {
		steps = append(steps, f.Step)
	}
	return steps, nil
}

// matching returns the paths below any of the prefixes. Only /usr is content
// of the image, and /usr/local is not part of it either.
func matching(prefixes, paths []string) []string {
	var out []string
	for _, prefix := range prefixes {
		if !strings.HasPrefix(prefix, "/usr/") || strings.HasPrefix(prefix, "/usr/local") {
			continue
		}
		i, _ := slices.BinarySearch(paths, prefix)
		for ; i < len(paths) && strings.HasPrefix(paths[i], prefix); i++ {
			out = append(out, paths[i])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
