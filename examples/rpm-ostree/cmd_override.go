package main

import (
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
)

func (a *app) overrideCommand() *cobra.Command {
	return group("override", "Manage base package overrides", a.overrideRemoveCommand(), a.overrideReplaceCommand(), a.overrideResetCommand())
}

// override is a sub-command with what all of them have.
func (o *changeOptions) override(verb, short string) *cobra.Command {
	c := &cobra.Command{Use: verb + " PACKAGE [PACKAGE...]", Short: short}
	o.register(c)
	o.packages(c)
	glibopt.Bool(c, &o.dryRun, "dry-run", "n", "Exit after printing the transaction")
	return c
}

func (a *app) overrideRemoveCommand() *cobra.Command {
	var o changeOptions
	c := o.override("remove", "Remove packages from the base layer")
	glibopt.Strings(c, &o.request.OverrideReplace, "replace", "", "RPM", "Replace a package")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("At least one PACKAGE must be specified")
		}
		o.request.OverrideRemove, o.request.CacheOnly = args, len(o.request.Install) == 0
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) overrideReplaceCommand() *cobra.Command {
	var o changeOptions
	c := o.override("replace", "Replace packages in the base layer")
	glibopt.Strings(c, &o.request.OverrideRemove, "remove", "", "PKG", "Remove a package")
	var from string
	var experimental bool
	glibopt.String(c, &from, "from", "", "KIND=NAME", "Override package source; KIND must be \"repo\"")
	glibopt.Bool(c, &experimental, "experimental", "", "Allow experimental options such as --from")
	glibopt.Hide(c, "from", "experimental")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("At least one PACKAGE must be specified")
		}
		if from != "" {
			id, ok := strings.CutPrefix(from, "repo=")
			switch {
			case !experimental:
				return errorf("Must specify --experimental to use --from")
			case !ok || id == "":
				return errorf("Invalid --from '%s', expected repo=NAME", from)
			}
			o.request.OverrideReplaceRemote = []layering.RemoteOverride{{Repo: id, Packages: args}}
			return a.change(c.Context(), &o)
		}
		for _, arg := range args {
			if !isPackageFile(arg) {
				return errorf("Not a package file: %s (use --experimental --from repo=NAME to replace from a repository)", arg)
			}
		}
		o.request.OverrideReplace = args
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) overrideResetCommand() *cobra.Command {
	var o changeOptions
	c := o.override("reset", "Reset currently active package overrides")
	glibopt.Bool(c, &o.request.OverrideResetAll, "all", "a", "Reset all active overrides")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 && !o.request.OverrideResetAll {
			return glibopt.Usagef("At least one PACKAGE must be specified")
		}
		o.request.OverrideReset, o.request.CacheOnly = args, len(o.request.Install) == 0
		return a.change(c.Context(), &o)
	}
	return c
}
