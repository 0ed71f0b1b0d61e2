package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
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

// adminLockFinalizationCommand keeps the staged deployment from being completed at shutdown, or ends that.
func (a *app) adminLockFinalizationCommand() *cobra.Command {
	var unlock bool
	c := &cobra.Command{Use: "lock-finalization", Short: "Change the finalization locking state of the staged deployment"}
	glibopt.Bool(c, &unlock, "unlock", "u", "Unlock finalization")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			switch {
			case s.Staged() == nil:
				return errorf("No staged deployment")
			case unlock && !s.StagedLocked():
				a.println("Staged deployment is already prepared for finalization")
				return nil
			case !unlock && s.StagedLocked():
				a.println("Staged deployment is already finalization locked")
				return nil
			}
			if err := s.LockFinalization(c.Context(), !unlock); err != nil {
				return err
			}
			if unlock {
				a.println("Staged deployment is now queued to apply on shutdown")
			} else {
				a.println("Staged deployment is now finalization locked")
			}
			return nil
		})
	}
	return c
}
