package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/etcmerge"
)

// adminFinalizeStagedCommand is for the service that runs at shutdown.
func (a *app) adminFinalizeStagedCommand() *cobra.Command {
	c := &cobra.Command{Use: "finalize-staged", Short: "Internal command to run at shutdown time", Hidden: true}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			if s.Booted() == nil {
				return errorf("Not currently booted into an OSTree system")
			}
			d, err := s.FinalizeStaged(c.Context(), etcmerge.Fail)
			if err == nil && d == nil {
				a.println("No deployment staged for finalization")
			}
			return err
		})
	}
	return c
}

// adminBootCompleteCommand is for the service that runs after a successful boot.
func (a *app) adminBootCompleteCommand() *cobra.Command {
	c := &cobra.Command{Use: "boot-complete", Short: "Internal command to run at boot after an update was applied", Hidden: true}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error { return s.BootComplete(c.Context()) })
	}
	return c
}
