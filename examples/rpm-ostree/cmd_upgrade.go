package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

func (a *app) upgradeCommand() *cobra.Command {
	var o changeOptions
	c := &cobra.Command{Use: "upgrade", Aliases: []string{"update"}, Short: "Perform a system upgrade"}
	o.register(c)
	o.packages(c)
	o.download(c)
	glibopt.Bool(c, &o.preview, "preview", "", "Just preview package differences (implies --unchanged-exit-77)")
	glibopt.Bool(c, &o.check, "check", "", "Just check if an upgrade is available (implies --unchanged-exit-77)")
	glibopt.Bool(c, &o.request.AllowDowngrade, "allow-downgrade", "", "Permit deployment of chronologically older trees")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return glibopt.Usagef("Unexpected argument: %s", args[0])
		}
		o.request.Upgrade = true
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) deployCommand() *cobra.Command {
	var o changeOptions
	c := &cobra.Command{Use: "deploy REVISION", Short: "Deploy a specific commit"}
	o.register(c)
	o.packages(c)
	o.download(c)
	glibopt.Bool(c, &o.preview, "preview", "", "Just preview package differences")
	glibopt.Bool(c, &o.request.DisallowDowngrade, "disallow-downgrade", "", "Forbid deployment of chronologically older trees")
	glibopt.Bool(c, &o.request.SkipBranchCheck, "skip-branch-check", "", "Do not check if commit belongs on the same branch")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return glibopt.Usagef("REVISION must be specified")
		}
		o.request.Revision = args[0]
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) rebaseCommand() *cobra.Command {
	var o changeOptions
	var branch, remote string
	c := &cobra.Command{Use: "rebase REFSPEC [REVISION]", Short: "Switch to a different tree"}
	o.register(c)
	o.packages(c)
	o.download(c)
	glibopt.String(c, &branch, "branch", "b", "BRANCH", "Rebase to branch BRANCH; use --remote to change remote as well")
	glibopt.String(c, &remote, "remote", "m", "REMOTE", "Rebase to current branch name using REMOTE; may also be combined with --branch")
	glibopt.Bool(c, &o.request.DisallowDowngrade, "disallow-downgrade", "", "Forbid deployment of chronologically older trees")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 && (branch != "" || remote != "") {
			return glibopt.Usagef("REFSPEC cannot be combined with --branch and --remote")
		}
		switch {
		case remote != "":
			o.request.Refspec = remote + ":" + branch
		case branch != "":
			o.request.Refspec = branch
		case len(args) > 0:
			o.request.Refspec = args[0]
		default:
			return glibopt.Usagef("REFSPEC must be specified")
		}
		if len(args) > 1 {
			o.request.Revision = args[1]
		}
		return a.change(c.Context(), &o)
	}
	return c
}
