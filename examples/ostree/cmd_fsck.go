package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type fsckOptions struct {
	json, quiet, all, del, tombstones, bindings, backRefs bool
	repair                                                string // where from
}

func (a *app) fsckCommand() *cobra.Command {
	var o fsckOptions
	c := &cobra.Command{Use: "fsck", Short: "Check the repository for consistency"}
	glibopt.Bool(c, &o.tombstones, "add-tombstones", "", "Add tombstones for missing commits")
	glibopt.Bool(c, &o.quiet, "quiet", "q", "Only print error messages")
	glibopt.Bool(c, &o.all, "all", "a", "Don't stop on first error")
	glibopt.Bool(c, &o.del, "delete", "", "Remove corrupted objects")
	glibopt.Bool(c, &o.bindings, "verify-bindings", "", "Verify ref bindings")
	glibopt.Bool(c, &o.backRefs, "verify-back-refs", "", "Verify back-references (implies --verify-bindings)")
	jsonFlag(c, &o.json)
	glibopt.String(c, &o.repair, "repair", "", "REMOTE|PATH", "Replace missing and corrupted objects from where the refs come from, or from a remote or repository (--repair=...)")
	c.Flags().Lookup("repair").NoOptDefVal = repairOrigin
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.fsck(c.Context(), repo, o) })
	}
	return c
}

func (a *app) fsck(ctx context.Context, repo *ostree.Repo, o fsckOptions) error {
	say := func(format string, args ...any) {
		if !o.quiet && !o.json {
			a.printf(format, args...)
		}
	}
	if o.repair != "" {
		if o.tombstones || o.del || o.bindings || o.backRefs || o.json {
			return errorf("--repair cannot be used with --json, --add-tombstones, --delete, --verify-bindings or --verify-back-refs")
		}
		return a.fsckRepair(ctx, repo, o, say)
	}
	say("Validating refs...\n")
	step, started := 0, false
	enumerating := func() {
		say("Validating refs in collections...\n")
		say("Enumerating commits...\n")
	}
	report, err := repo.Fsck(ctx, &ostree.FsckOptions{
		Delete: o.del, AddTombstones: o.tombstones, VerifyBindings: o.bindings || o.backRefs, VerifyBackRefs: o.backRefs, RefsFirst: true,
		Progress: func(p ostree.FsckProgress) {
			if !started {
				started = true
				enumerating()
				say("Verifying content integrity of %d commit objects...\n", p.Commits)
			}
			if percent := p.Done * 100 / max(p.Total, 1); !o.json && (percent >= step || p.Done == p.Total) {
				a.printf("fsck objects (%d/%d) %d%%\n", p.Done, p.Total, percent)
				step = percent + 10
			}
		},
	})
	if err != nil {
		return err
	}
	if len(report.Tombstones) > 0 {
		if err := setTombstones(ctx, repo); err != nil {
			return err
		}
	}
	if o.json {
		return a.fsckJSON(report)
	}
	if !started && len(report.Problems) > 0 && report.Problems[0].Collection != "" {
		say("Validating refs in collections...\n")
	}
	return a.fsckReport(report, o, say)
}

// setTombstones makes deleting a commit leave a tombstone from now on.
func setTombstones(ctx context.Context, repo *ostree.Repo) error {
	c := repo.Config()
	c.Set("core", "tombstone-commits", "true")
	return repo.WriteConfig(ctx, c)
}

// fsckReport prints the outcome; corruption is an error.
func (a *app) fsckReport(r *ostree.FsckReport, o fsckOptions, say func(string, ...any)) error {
	damaged := false
	for _, p := range r.Problems {
		damaged = true
		switch {
		case p.Ref != "" && (p.Object.Type == 0):
			return a.refProblem(p)
		case p.Missing && len(p.Commits) > 0:
			fmt.Fprintf(a.stderr, "Object missing in commits %s: %s\n", join(p.Commits), p.Object)
		case p.Missing:
			fmt.Fprintf(a.stderr, "Object missing: %s\n", p.Object)
		case o.all || o.del:
			fmt.Fprintln(a.stderr, damage(p))
		default:
			return errorf("%s", damage(p))
		}
	}
	for _, c := range r.MarkedPartial {
		fmt.Fprintf(a.stderr, "Marking commit as partial: %s\n", c)
	}
	for _, c := range r.Tombstones {
		say("Adding tombstone for commit %s\n", c)
	}
	if r.PartialCommits > 0 {
		a.printf("%d partial commits not verified\n", r.PartialCommits)
	}
	switch {
	case damaged:
		return errorf("Repository corruption encountered")
	case r.FsckPartialCommits > 0:
		return errorf("%d partial commits from fsck-detected corruption", r.FsckPartialCommits)
	}
	a.printf("object fsck of %d commits completed successfully - no errors found.\n", r.Commits)
	return nil
}

// refProblem is the error for a ref with a wrong, broken or missing commit.
func (a *app) refProblem(p ostree.FsckProblem) error {
	var missing *ostree.MissingError
	var corrupt *ostree.CorruptError
	switch {
	case errors.As(p.Err, &missing):
		fmt.Fprintf(a.stderr, "Object missing: %s\n", missing.Object)
		ref := p.Ref
		if p.Collection != "" {
			ref = fmt.Sprintf("(%s, %s)", p.Collection, p.Ref)
		}
		return errorf("Loading commit for ref %s: %s", ref, missingText(missing.Object))
	case errors.As(p.Err, &corrupt) && !corrupt.Actual.IsZero():
		return errorf("fsck %s: %s", corrupt.Object, mismatchText(corrupt))
	case errors.As(p.Err, &corrupt):
		return errorf("fsck %s: %w", corrupt.Object, realWords(p.Err))
	}
	if inner := errors.Unwrap(p.Err); inner != nil {
		text, _, elsewhere := strings.Cut(commitWords(inner.Error()), " resolves to ")
		if elsewhere {
			text += " does not resolve to that commit"
		}
		return errorf("%s", text)
	}
	return errorf("%s", capital(p.Err.Error()))
}

// damage says what is wrong with an object, and which commits have it.
func damage(p ostree.FsckProblem) string {
	text := realWords(p.Err).Error()
	var corrupt *ostree.CorruptError
	if errors.As(p.Err, &corrupt) && !corrupt.Actual.IsZero() {
		text = mismatchText(corrupt)
	} else if corrupt != nil {
		text = fmt.Sprintf("Corrupted %s object; %s: %s", p.Object.Type, p.Object, capital(corrupt.Err.Error()))
	}
	what := p.Object.String()
	if p.Object.Type == ostree.TypeFile {
		what = "content object " + p.Object.Checksum.String()
	}
	text = fmt.Sprintf("fsck %s: %s", what, text)
	if len(p.Commits) == 0 {
		return text
	}
	return fmt.Sprintf("In commits %s: %s", join(p.Commits), text)
}

func join(sums []ostree.Checksum) string {
	texts := make([]string, len(sums))
	for i, c := range sums {
		texts[i] = c.String()
	}
	return strings.Join(texts, ", ")
}
