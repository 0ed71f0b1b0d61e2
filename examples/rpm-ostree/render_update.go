package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

// printUpdate is upgrade --check and, with the packages, --preview.
func (a *app) printUpdate(ctx context.Context, s *sysroot.Sysroot, p *layering.Plan, packages bool) error {
	if p.Unchanged {
		a.say("No updates available.\n")
		return &glibopt.ExitError{Code: exitUnchanged}
	}
	c, err := s.Repo().LoadCommit(ctx, p.Base)
	if err != nil {
		return err
	}
	a.printf("AvailableUpdate:\n")
	stamp := c.Timestamp.UTC().Format(time.RFC3339)
	if p.BaseVersion != "" {
		a.updateKey("Version", fmt.Sprintf("%s (%s)", p.BaseVersion, stamp))
	} else {
		a.updateKey("Timestamp", stamp)
	}
	a.updateKey("Commit", p.Base.String())
	d, err := a.baseDiff(ctx, s, p)
	if err != nil {
		return err
	}
	if text := countDiff(d); text != "" {
		a.updateKey("Diff", text)
	}
	if packages {
		a.printDiff(d)
	}
	return nil
}

func (a *app) updateKey(name, value string) { a.printf("%*s: %s\n", 15, name, value) }

// baseDiff compares the base of the newest deployment with the new one.
func (a *app) baseDiff(ctx context.Context, s *sysroot.Sysroot, p *layering.Plan) (*layering.PackageDiff, error) {
	st, err := a.engine(s).Status(ctx)
	if err != nil {
		return nil, err
	}
	for i := range st.Deployments {
		if st.Deployments[i].OSName != p.Stateroot {
			continue
		}
		old, err := ostree.ParseChecksum(baseChecksum(&st.Deployments[i]))
		if err != nil {
			return nil, err
		}
		return layering.DiffCommits(ctx, s.Repo(), old, p.Base)
	}
	return &layering.PackageDiff{}, nil
}

// countDiff is "2 upgraded, 1 added".
func countDiff(d *layering.PackageDiff) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{len(d.Upgraded), "upgraded"}, {len(d.Downgraded), "downgraded"}, {len(d.Removed), "removed"}, {len(d.Added), "added"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}
