package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type fsckOptions struct{ quiet, all, del, bindings, backRefs bool }

func (a *app) fsckCommand() *cobra.Command {
	var o fsckOptions
	c := &cobra.Command{Use: "fsck", Short: "Check the repository for consistency"}
	glibopt.Bool(c, &o.quiet, "quiet", "q", "Only print error messages")
	glibopt.Bool(c, &o.all, "all", "a", "Don't stop on first error")
	glibopt.Bool(c, &o.del, "delete", "", "Remove corrupted objects")
	glibopt.Bool(c, &o.bindings, "verify-bindings", "", "Verify ref bindings")
	glibopt.Bool(c, &o.backRefs, "verify-back-refs", "", "Verify back-references (implies --verify-bindings)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.fsck(c.Context(), repo, o) })
	}
	return c
}

func (a *app) fsck(ctx context.Context, repo *ostree.Repo, o fsckOptions) error {
	say := func(format string, args ...any) {
		if !o.quiet {
			a.printf(format, args...)
		}
	}
	say("Validating refs...\n")
	say("Validating refs in collections...\n")
	say("Enumerating commits...\n")
	step, started := 0, false
	report, err := repo.Fsck(ctx, &ostree.FsckOptions{
		Delete: o.del, VerifyBindings: o.bindings || o.backRefs, VerifyBackRefs: o.backRefs,
		Progress: func(p ostree.FsckProgress) {
			if !started {
				started = true
				say("Verifying content integrity of %d commit objects...\n", p.Commits)
			}
			if percent := p.Done * 100 / max(p.Total, 1); !o.quiet && (percent >= step || p.Done == p.Total) {
				a.printf("fsck objects (%d/%d) %d%%\n", p.Done, p.Total, percent)
				step = percent + 10
			}
		},
	})
	if err != nil {
		return err
	}
	return a.fsckReport(report, o, say)
}

// fsckReport prints the outcome; corruption is an error.
func (a *app) fsckReport(r *ostree.FsckReport, o fsckOptions, say func(string, ...any)) error {
	if r.PartialCommits > 0 {
		say("%d partial commits not verified\n", r.PartialCommits)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(a.stderr, "error: %v\n", p)
	}
	switch {
	case len(r.Problems) == 0:
		say("object fsck of %d commits completed successfully - no errors found.\n", r.Commits)
		return nil
	case o.del:
		return errorf("Repository corruption encountered; corrupted objects were deleted")
	}
	return errorf("Repository corruption encountered")
}
