package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/sysroot"
)

// adminStateOverlayCommand is for the service ostree-state-overlay@.service.
func (a *app) adminStateOverlayCommand() *cobra.Command {
	c := &cobra.Command{Use: "state-overlay NAME MOUNTPATH", Short: "Internal command to assemble a state overlay", Hidden: true}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 2 {
			return errorf("Missing NAME or MOUNTPATH")
		}
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return s.StateOverlay(c.Context(), args[0], args[1]) })
	}
	return c
}
