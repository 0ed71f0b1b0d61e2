package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/sysroot"
)

func (a *app) refreshCommand() *cobra.Command {
	var name string
	var force bool
	c := &cobra.Command{Use: "refresh-md", Aliases: []string{"makecache"}, Short: "Generate rpm repo metadata"}
	glibopt.String(c, &name, "stateroot", "", "STATEROOT", "Operate on provided STATEROOT")
	glibopt.Bool(c, &force, "force", "f", "Expire current cache")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			return a.engine(s).RefreshMetadata(c.Context(), name, force)
		})
	}
	return c
}

// maxFound bounds each group of results.
const maxFound = 50

func (a *app) searchCommand() *cobra.Command {
	var name string
	c := &cobra.Command{Use: "search PACKAGE [PACKAGE...]", Short: "Search for packages"}
	glibopt.String(c, &name, "stateroot", "", "STATEROOT", "Operate on provided STATEROOT")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("At least one search term must be specified")
		}
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			found, err := a.engine(s).Search(c.Context(), name, args)
			if err != nil {
				return err
			}
			a.printFound(found)
			return nil
		})
	}
	return c
}

func (a *app) printFound(found []layering.Found) {
	if len(found) == 0 {
		a.printf("No matches found.\n")
		return
	}
	for _, group := range []struct {
		title         string
		name, summary bool
	}{{"Summary & Name Matched", true, true}, {"Name Matched", true, false}, {"Summary Matched", false, true}} {
		n := 0
		for _, f := range found {
			if f.InName != group.name || f.InSummary != group.summary || n == maxFound {
				continue
			}
			if n == 0 {
				a.printf("\n===== %s =====\n", group.title)
			}
			a.printf("%s : %s\n", f.Name, f.Summary)
			n++
		}
	}
}
