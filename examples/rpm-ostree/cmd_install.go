package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

func (a *app) installCommand() *cobra.Command {
	var o changeOptions
	var yes bool
	c := &cobra.Command{Use: "install PACKAGE [PACKAGE...]", Aliases: []string{"pkg-add"}, Short: "Overlay additional packages"}
	o.register(c)
	o.download(c)
	glibopt.Strings(c, &o.request.Uninstall, "uninstall", "", "PKG", "Remove overlayed additional package")
	glibopt.Bool(c, &o.dryRun, "dry-run", "n", "Exit after printing the transaction")
	glibopt.Bool(c, &yes, "assumeyes", "y", "Auto-confirm interactive prompts for non-security questions")
	glibopt.Bool(c, &o.request.AllowInactive, "allow-inactive", "", "Allow inactive package requests")
	glibopt.Bool(c, &o.request.Idempotent, "idempotent", "", "Do nothing if package already (un)installed")
	glibopt.Bool(c, &o.request.ForceReplaceFiles, "force-replacefiles", "", "Allow package to replace files from other packages")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("At least one PACKAGE must be specified")
		}
		o.request.Install = args
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) uninstallCommand() *cobra.Command {
	var o changeOptions
	var yes bool
	c := &cobra.Command{Use: "uninstall PACKAGE [PACKAGE...]", Aliases: []string{"pkg-remove", "remove"}, Short: "Remove overlayed additional packages"}
	o.register(c)
	glibopt.Strings(c, &o.request.Install, "install", "", "PKG", "Overlay additional package")
	glibopt.Bool(c, &o.dryRun, "dry-run", "n", "Exit after printing the transaction")
	glibopt.Bool(c, &yes, "assumeyes", "y", "Auto-confirm interactive prompts for non-security questions")
	glibopt.Bool(c, &o.request.UninstallAll, "all", "", "Remove all overlayed additional packages")
	glibopt.Bool(c, &o.request.Idempotent, "idempotent", "", "Do nothing if package already (un)installed")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 && !o.request.UninstallAll {
			return glibopt.Usagef("At least one PACKAGE must be specified")
		}
		o.request.Uninstall = args
		return a.change(c.Context(), &o)
	}
	return c
}
