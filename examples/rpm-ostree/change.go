package main

import (
	"context"
	"errors"
	"strings"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

// change plans a request, carries it out and tells what will be different after the next boot.
func (a *app) change(ctx context.Context, o *changeOptions) error {
	return a.withSysroot(ctx, func(s *sysroot.Sysroot) (err error) {
		unlock, err := s.Lock(ctx, func() { a.say("Waiting for sysroot lock...\n") })
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, unlock()) }()
		o.request.Stateroot = o.stateroot
		if o.downloadOnly && o.request.CacheOnly {
			return errorf("Cannot specify both --cache-only and --download-only")
		}
		splitFiles(&o.request)
		e := a.engine(s)
		plan, err := e.Plan(ctx, o.request)
		if err != nil {
			return err
		}
		defer plan.Close()
		a.printInactive(plan)
		switch {
		case o.dryRun:
			a.printPlan(plan)
			return &glibopt.ExitError{}
		case o.check || o.preview:
			return a.printUpdate(ctx, s, plan, o.preview)
		case o.downloadOnly:
			if err := e.Download(ctx, plan); err != nil {
				return err
			}
			a.say("Downloaded.\n")
			return nil
		}
		if plan.Unchanged {
			return a.unchanged(o)
		}
		from := compareTo(s, plan.Stateroot)
		d, err := e.Apply(ctx, plan, nil)
		if err != nil {
			return err
		}
		return a.queued(ctx, s.Repo(), from, d, o.reboot)
	})
}

// splitFiles sorts the arguments of install that are package files from names.
func splitFiles(r *layering.Request) {
	var names []string
	for _, arg := range r.Install {
		if isPackageFile(arg) {
			r.InstallFiles = append(r.InstallFiles, strings.TrimPrefix(arg, "file://"))
		} else {
			names = append(names, arg)
		}
	}
	r.Install = names
}

func isPackageFile(arg string) bool {
	return strings.HasPrefix(arg, "file://") || strings.HasSuffix(arg, ".rpm") && !strings.Contains(arg, "://")
}

func (a *app) unchanged(o *changeOptions) error {
	if o.request.Upgrade {
		a.say("No upgrade available.\n")
	} else {
		a.say("No change.\n")
	}
	if o.unchangedExit77 {
		return &glibopt.ExitError{Code: exitUnchanged}
	}
	return nil
}

// compareTo is the commit that the outcome is compared with: the booted one, or what boots by default now.
func compareTo(s *sysroot.Sysroot, stateroot string) ostree.Checksum {
	if d := s.MergeDeployment(stateroot); d != nil {
		return d.Commit
	}
	return ostree.Checksum{}
}

// queued prints the difference in packages and what to do next.
func (a *app) queued(ctx context.Context, repo *ostree.Repo, from ostree.Checksum, d *sysroot.Deployment, reboot bool) error {
	if !from.IsZero() {
		if diff, err := layering.DiffCommits(ctx, repo, from, d.Commit); err == nil {
			a.printDiff(diff)
		}
	}
	if reboot {
		return a.reboot(ctx)
	}
	a.say("Changes queued for next boot. Run \"systemctl reboot\" to start a reboot\n")
	return nil
}

func (a *app) printInactive(p *layering.Plan) {
	if len(p.Inactive) == 0 {
		return
	}
	a.say("Inactive requests:\n")
	for _, i := range p.Inactive {
		a.say("  %s (%s)\n", i.Request, i.Reason)
	}
}

// printPlan is --dry-run.
func (a *app) printPlan(p *layering.Plan) {
	a.printf("Base: %s", p.Base)
	if p.BaseVersion != "" {
		a.printf(" (%s)", p.BaseVersion)
	}
	a.printf("\n")
	if len(p.Add) > 0 {
		a.printf("Installing %d packages:\n", len(p.Add))
		for _, pkg := range p.Add {
			a.printf("  %s (%s)\n", pkg.NEVRA, pkg.Repo)
		}
	}
	if len(p.Replace) > 0 {
		a.printf("Replacing %d packages:\n", len(p.Replace))
		for _, r := range p.Replace {
			a.printf("  %s -> %s\n", r.Old, r.New)
		}
	}
	if len(p.Remove) > 0 {
		a.printf("Removing %d packages:\n", len(p.Remove))
		for _, n := range p.Remove {
			a.printf("  %s\n", n)
		}
	}
	a.printf("Exiting because of '--dry-run' option\n")
}
