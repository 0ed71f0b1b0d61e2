package testcase

import (
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
)

var poolFlagsWithoutEffect = []string{"noobsoletesmultiversion", "addfileprovidesfiltered", "nowhatprovidesaux"}

// poolFlagNames maps the flags of pools to options, and those that mean the
// opposite of one.
func poolFlagNames(o *depsolve.PoolOptions) (yes, no map[string]*bool) {
	return map[string]*bool{
			"forbidselfconflicts": &o.ForbidSelfConflicts, "obsoleteusesprovides": &o.ObsoleteUsesProvides,
			"implicitobsoleteusesprovides": &o.ImplicitObsoleteUseProvides, "obsoleteusescolors": &o.ObsoleteUsesColours,
			"noinstalledobsoletes": &o.NoInstalledObsoletes, "promoteepoch": &o.PromoteEpoch,
			"havedistepoch": &o.DistEpochs,
		}, map[string]*bool{
			"implicitobsoleteusescolors": &o.NoColours, "whatprovideswithdisabled": &o.DropExcluded,
		}
}

func (c *runner) poolFlags(w []string) error {
	c.begin()
	yes, no := poolFlagNames(&c.poolOpts)
	for _, f := range splitFlags(w) {
		name, off := strings.CutPrefix(f, "!")
		switch {
		case yes[name] != nil:
			*yes[name] = !off
		case no[name] != nil:
			*no[name] = off
		case slices.Contains(poolFlagsWithoutEffect, name):
		default:
			return fmt.Errorf("pool flag %q: %w", name, errSkip)
		}
	}
	c.pool.SetOptions(c.poolOpts)
	return nil
}

// solverFlagNames is the same for the flags of the solver.
func solverFlagNames(o *depsolve.Options) (yes, no map[string]*bool) {
	yes = map[string]*bool{
		"allowdowngrade": &o.AllowDowngrade, "allowarchchange": &o.AllowArchChange,
		"allowvendorchange": &o.AllowVendorChange, "allowuninstall": &o.AllowUninstall,
		"noupdateprovide": &o.NoUpdateProvide, "needupdateprovide": &o.NeedUpdateProvide,
		"splitprovides":     &o.SplitProvides,
		"ignorerecommended": &o.IgnoreWeak, "addalreadyrecommended": &o.AddAlreadyRecommended,
		"onlynamespacerecommended": &o.OnlyNamespaceWeak, "strongrecommends": &o.StrongRecommends,
		"noinfarchcheck": &o.NoInfArchCheck, "keepexplicitobsoletes": &o.KeepExplicitObsoletes,
		"bestobeypolicy": &o.BestObeyPolicy, "noautotarget": &o.NoAutoTarget, "keeporphans": &o.KeepOrphans,
		"breakorphans": &o.BreakOrphans, "focusinstalled": &o.FocusInstalled, "focusnew": &o.FocusNew,
		"focusbest": &o.FocusBest, "yumobsoletes": &o.YumObsoletes, "installalsoupdates": &o.InstallAlsoUpdates,
		"strictrepopriority": &o.StrictRepoPriority,
	}
	no = map[string]*bool{
		"allownamechange": &o.NoNameChange, "dupallowdowngrade": &o.DupNoDowngrade,
		"dupallowarchchange": &o.DupNoArchChange, "dupallowvendorchange": &o.DupNoVendorChange,
		"dupallownamechange": &o.DupNoNameChange,
	}
	return yes, no
}

func (c *runner) solverFlags(w []string) error {
	yes, no := solverFlagNames(&c.opts)
	for _, f := range splitFlags(w) {
		name, off := strings.CutPrefix(f, "!")
		switch {
		case yes[name] != nil:
			*yes[name] = !off
		case no[name] != nil:
			*no[name] = off
		case off:
		default:
			return fmt.Errorf("solver flag %q: %w", name, errSkip)
		}
	}
	return nil
}

var actions = map[string]depsolve.Action{
	"noop": depsolve.Noop, "install": depsolve.Install, "erase": depsolve.Erase, "update": depsolve.Update,
	"weakendeps": depsolve.WeakenDeps, "multiversion": depsolve.MultiVersion, "noobsoletes": depsolve.MultiVersion,
	"lock": depsolve.Lock, "distupgrade": depsolve.DistUpgrade, "verify": depsolve.Verify,
	"droporphaned": depsolve.DropOrphaned, "userinstalled": depsolve.UserInstalled,
	"allowuninstall": depsolve.AllowUninstall, "favor": depsolve.Favor, "disfavor": depsolve.Disfavor,
	"blacklist": depsolve.Blacklist, "excludefromweak": depsolve.ExcludeFromWeak,
}

func (c *runner) job(w []string) error {
	if len(w) < 2 {
		return fmt.Errorf("job: want an action and a selection")
	}
	a, ok := actions[w[0]]
	if !ok {
		return fmt.Errorf("job %q: unknown action", w[0])
	}
	j := depsolve.Job{Action: a}
	if last := w[len(w)-1]; strings.HasPrefix(last, "[") {
		w = w[:len(w)-1]
		if err := jobFlags(&j, strings.Trim(last, "[]")); err != nil {
			return err
		}
	}
	if strings.HasPrefix(w[1], "selection") {
		return c.selectionJobs(j, w[1:])
	}
	var err error
	if j.Select, _, err = c.selection(w[1:]); err != nil {
		return err
	}
	c.jobs = append(c.jobs, j)
	return nil
}

func jobFlags(j *depsolve.Job, flags string) error {
	set := map[string]*bool{}
	for _, f := range jobFlagNames(j) {
		set[f.name] = f.on
	}
	for _, f := range strings.Split(flags, ",") {
		if f == "" {
			continue
		}
		if set[f] == nil {
			return fmt.Errorf("job flag %q: unknown", f)
		}
		*set[f] = true
	}
	return nil
}

// selection reads what a job is about.
func (c *runner) selection(w []string) (depsolve.Selection, int, error) {
	none := depsolve.Selection{}
	if len(w) < 2 {
		return none, 0, fmt.Errorf("selection %q: incomplete", strings.Join(w, " "))
	}
	rest := strings.Join(w[1:], " ")
	switch w[0] {
	case "pkg":
		id, err := c.pkg(rest)
		if err != nil {
			return none, 0, err
		}
		return depsolve.SelectPackage(id), 0, nil
	case "name", "provides":
		d, err := ParseDep(c.pool, rest)
		if err != nil {
			return none, 0, err
		}
		if w[0] == "name" {
			return depsolve.SelectName(d), 0, nil
		}
		return depsolve.SelectProvides(d), 0, nil
	case "oneof":
		var ids []depsolve.PkgID
		for _, s := range w[1:] {
			if s == "nothing" {
				continue
			}
			id, err := c.pkg(s)
			if err != nil {
				return none, 0, err
			}
			ids = append(ids, id)
		}
		return depsolve.SelectOneOf(ids...), 0, nil
	case "repo":
		if r := c.repoNamed(rest); r != nil {
			return depsolve.SelectRepo(r), 0, nil
		}
		return none, 0, fmt.Errorf("no repository %q", rest)
	case "all":
		return depsolve.SelectAll(), 0, nil
	}
	return none, 0, fmt.Errorf("selection %q: %w", w[0], errSkip)
}
