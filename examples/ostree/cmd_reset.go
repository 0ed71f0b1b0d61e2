package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) resetCommand() *cobra.Command {
	c := &cobra.Command{Use: "reset REF COMMIT", Short: "Reset a REF to a previous COMMIT"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 2 {
			return glibopt.Usagef("A REF and COMMIT argument is required")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return reset(c.Context(), repo, args[0], args[1]) })
	}
	return c
}

// hasRef reports whether there is a local or remote ref of just this name.
func hasRef(ctx context.Context, repo *ostree.Repo, refspec string) (bool, error) {
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: true})
	return slices.ContainsFunc(refs, func(r ostree.Ref) bool { return r.Refspec() == refspec }), err
}

// reset moves a ref to any commit, as the distribution's test of non-linear history wants.
func reset(ctx context.Context, repo *ostree.Repo, ref, rev string) error {
	if ok, err := hasRef(ctx, repo, ref); err != nil {
		return err
	} else if !ok {
		return errorf("Invalid ref '%s'", ref)
	}
	target, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	return repo.SetRef(ctx, ref, target)
}
