package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
)

type pruneOptions struct {
	ostree.PruneOptions
	depth                     int
	deltasOnly, json          bool
	youngerThan, unreferenced string
	delete, branchDepth       []string
}

func (a *app) pruneCommand() *cobra.Command {
	o := pruneOptions{depth: -1}
	c := &cobra.Command{Use: "prune", Short: "Search for unreachable objects"}
	glibopt.Bool(c, &o.NoPrune, "no-prune", "", "Only display unreachable objects; don't delete")
	glibopt.Bool(c, &o.RefsOnly, "refs-only", "", "Only compute reachability via refs")
	glibopt.Int(c, &o.depth, "depth", "", "DEPTH", "Only traverse DEPTH parents for each commit (default: -1=infinite)")
	glibopt.Strings(c, &o.delete, "delete-commit", "", "COMMIT", "Specify a commit to delete")
	glibopt.String(c, &o.youngerThan, "keep-younger-than", "", "DATE", "Prune all commits older than the specified date")
	glibopt.String(c, &o.unreferenced, "keep-unreferenced-younger-than", "", "DATE", "Keep commits without a ref that are younger than the specified date")
	glibopt.Bool(c, &o.deltasOnly, "static-deltas-only", "", "Change the behavior of delete-commit and keep-younger-than to prune only static deltas")
	glibopt.Strings(c, &o.branchDepth, "retain-branch-depth", "", "BRANCH=DEPTH", "Additionally retain BRANCH=DEPTH commits")
	glibopt.Strings(c, &o.OnlyBranches, "only-branch", "", "BRANCH", "Only prune BRANCH (may be specified multiple times)")
	glibopt.Bool(c, &o.CommitOnly, "commit-only", "", "Only traverse and delete commit objects.")
	jsonFlag(c, &o.json)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.deltasOnly && len(o.delete) == 0 {
			return errorf("--static-deltas-only requires --delete-commit; see https://github.com/ostreedev/ostree/issues/1479")
		}
		if o.NoPrune && len(o.delete) > 0 {
			return glibopt.Usagef("Cannot specify both --delete-commit and --no-prune")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.prune(c.Context(), repo, &o) })
	}
	return c
}

func (a *app) prune(ctx context.Context, repo *ostree.Repo, o *pruneOptions) error {
	for _, rev := range o.delete {
		if err := deleteCommit(ctx, repo, rev, o); err != nil {
			return err
		}
	}
	if o.depth >= 0 {
		o.Depth = &o.depth
	}
	if err := o.retain(ctx, repo); err != nil {
		return err
	}
	stats, err := repo.Prune(ctx, &o.PruneOptions)
	if err != nil {
		return err
	}
	if o.json {
		return a.printJSON(pruneJSON{stats.Total, stats.Pruned, stats.Freed, o.CommitOnly, o.NoPrune})
	}
	a.printPruned(stats, o)
	return nil
}

// retain reads the options about the history of branches.
func (o *pruneOptions) retain(ctx context.Context, repo *ostree.Repo) error {
	for _, ref := range o.OnlyBranches {
		if _, err := resolve(ctx, repo, ref); err != nil {
			return err
		}
	}
	o.BranchDepth = make(map[string]int)
	for _, arg := range o.branchDepth {
		ref, text, ok := strings.Cut(arg, "=")
		if !ok {
			return errorf("Invalid value %s, must specify BRANCH=DEPTH", arg)
		}
		depth, err := strconv.Atoi(text)
		if err != nil || depth < -1 {
			return errorf("Invalid depth %s", text)
		}
		if depth == 0 { // the real command takes this as not given
			o.RefsOnly = true
			continue
		}
		o.BranchDepth[ref] = depth
	}
	return errors.Join(setDate(&o.Since, o.youngerThan), setDate(&o.UnreferencedSince, o.unreferenced))
}

// setDate reads a date, if there is one.
func setDate(t *time.Time, text string) (err error) {
	if text != "" {
		*t, err = parseTimestamp(text, time.Now())
	}
	return err
}

func (a *app) printPruned(s *ostree.PruneStats, o *pruneOptions) {
	what := ""
	if o.CommitOnly {
		what = "(commit only) "
	}
	a.printf("Total %sobjects: %d\n", what, s.Total)
	switch {
	case s.Pruned == 0:
		a.println("No unreachable objects")
	case o.NoPrune:
		a.printf("Would delete: %d objects, freeing %s\n", s.Pruned, progress.Size(s.Freed))
	default:
		a.printf("Deleted %d objects, %s freed\n", s.Pruned, progress.Size(s.Freed))
	}
}

// deleteCommit deletes a commit object, or only deltas to it; what only it reached goes with the pruning. A tombstone
// tells those who mirror the repository that it is gone on purpose.
func deleteCommit(ctx context.Context, repo *ostree.Repo, rev string, o *pruneOptions) error {
	sum, err := ostree.ParseChecksum(rev)
	if err != nil {
		return errorf("Invalid rev %s", rev)
	}
	if o.deltasOnly {
		return repo.PruneDeltas(ctx, sum)
	}
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: true, Mirrors: true})
	if err != nil {
		return err
	}
	for _, r := range refs {
		if r.Checksum == sum {
			return errorf("Commit '%s' is referenced by '%s'", sum, r.Refspec())
		}
	}
	if err := setTombstones(ctx, repo); err != nil || o.NoPrune {
		return err
	}
	err = repo.Delete(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	if errors.Is(err, fs.ErrNotExist) {
		text := sum.String()
		return errorf("Deleting object %s.commit: unlinkat(%s/%s.commit): No such file or directory", sum, text[:2], text[2:])
	}
	return err
}
