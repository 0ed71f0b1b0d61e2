package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) revParseCommand() *cobra.Command {
	var single bool
	c := &cobra.Command{Use: "rev-parse REV", Short: "Output the target of a rev"}
	glibopt.Bool(c, &single, "single", "S", "If the repository has one exactly one commit, then print its checksum; any other case is an error")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 && !single {
			return glibopt.Usagef("REV must be specified")
		}
		if len(args) > 0 && single {
			return glibopt.Usagef("Cannot specify arguments with --single")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if single {
				return a.singleCommit(c.Context(), repo)
			}
			for _, rev := range args {
				sum, err := resolve(c.Context(), repo, rev)
				if err != nil {
					return err
				}
				a.println(sum)
			}
			return nil
		})
	}
	return c
}
