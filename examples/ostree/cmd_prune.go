package main

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
)

func (a *app) pruneCommand() *cobra.Command {
	var o ostree.PruneOptions
	depth := -1
	var deleteCommits []string
	c := &cobra.Command{Use: "prune", Short: "Search for unreachable objects"}
	glibopt.Bool(c, &o.NoPrune, "no-prune", "", "Only display unreachable objects; don't delete")
	glibopt.Bool(c, &o.RefsOnly, "refs-only", "", "Only compute reachability via refs")
	glibopt.Int(c, &depth, "depth", "", "DEPTH", "Only traverse DEPTH parents for each commit (default: -1=infinite)")
	glibopt.Strings(c, &deleteCommits, "delete-commit", "", "COMMIT", "Specify a commit to delete")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if depth >= 0 {
				o.Depth = &depth
			}
			if err := deleteCommit(c.Context(), repo, deleteCommits, o.NoPrune); err != nil {
				return err
			}
			stats, err := repo.Prune(c.Context(), &o)
			if err != nil {
				return err
			}
			a.printPruned(stats, o.NoPrune)
			return nil
		})
	}
	return c
}

func (a *app) printPruned(s *ostree.PruneStats, dry bool) {
	a.printf("Total objects: %d\n", s.Total)
	switch {
	case s.Pruned == 0:
		a.println("No unreachable objects")
	case dry:
		a.printf("Would delete: %d objects, freeing %s\n", s.Pruned, progress.Size(s.Freed))
	default:
		a.printf("Deleted %d objects, %s freed\n", s.Pruned, progress.Size(s.Freed))
	}
}

// deleteCommit deletes commit objects by name; what only they reached goes with the pruning.
func deleteCommit(ctx context.Context, repo *ostree.Repo, revs []string, dry bool) error {
	for _, rev := range revs {
		sum, err := ostree.ParseChecksum(rev)
		if err != nil {
			return err
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
		if dry {
			continue
		}
		if err := repo.Delete(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit}); err != nil {
			return err
		}
	}
	return nil
}
