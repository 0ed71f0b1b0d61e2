package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/sysroot"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON, bootedOnly, verbose, pending77 bool
	c := &cobra.Command{Use: "status", Short: "Get the version of the booted system"}
	glibopt.Bool(c, &verbose, "verbose", "v", "Print additional fields (e.g. StateRoot)")
	glibopt.Bool(c, &asJSON, "json", "", "Output JSON")
	glibopt.Bool(c, &bootedOnly, "booted", "b", "Only print the booted deployment")
	glibopt.Bool(c, &pending77, "pending-exit-77", "", "If pending deployment available, exit 77")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			st, err := a.engine(s).Status(c.Context())
			if err != nil {
				return err
			}
			if bootedOnly {
				st.Deployments = booted(st.Deployments)
			}
			if asJSON {
				err = a.printJSON(st)
			} else {
				a.printStatus(st, statusView{verbose: verbose, booted: bootedOnly})
			}
			if err == nil && pending77 && s.Booted() != nil && s.Booted().Index > 0 {
				return &glibopt.ExitError{Code: exitUnchanged}
			}
			return err
		})
	}
	return c
}

func booted(list []layering.DeploymentStatus) []layering.DeploymentStatus {
	out := []layering.DeploymentStatus{}
	for _, d := range list {
		if d.Booted {
			out = append(out, d)
		}
	}
	return out
}

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
