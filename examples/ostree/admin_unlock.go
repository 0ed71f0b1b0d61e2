package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

var unlockTexts = map[sysroot.Unlocked]string{
	sysroot.UnlockedHotfix: "Hotfix mode enabled.  A writable overlayfs is now mounted on /usr\n" +
		"for this booted deployment.  A non-hotfixed clone has been created\n" +
		"as the non-default rollback target.\n",
	sysroot.UnlockedDevelopment: "Development mode enabled.  A writable overlayfs is now mounted on /usr.\n" +
		"All changes there will be discarded on reboot.\n",
	sysroot.UnlockedTransient: "A writable overlayfs is prepared for /usr, but is mounted read-only by default.\n" +
		"All changes there will be discarded on reboot.\n",
}

func (a *app) adminUnlockCommand() *cobra.Command {
	var hotfix, transient bool
	c := &cobra.Command{Use: "unlock", Short: "Make the current deployment mutable (as a hotfix or development)"}
	glibopt.Bool(c, &hotfix, "hotfix", "", "Retain changes across reboots")
	glibopt.Bool(c, &transient, "transient", "", "Mount overlayfs read-only by default")
	c.RunE = func(c *cobra.Command, args []string) error {
		state := sysroot.UnlockedDevelopment
		switch {
		case len(args) > 0:
			return glibopt.Usagef("This command takes no extra arguments")
		case hotfix && transient:
			return glibopt.Usagef("Cannot specify both --hotfix and --transient")
		case hotfix:
			state = sysroot.UnlockedHotfix
		case transient:
			state = sysroot.UnlockedTransient
		}
		return a.unlockUsr(c.Context(), state)
	}
	return c
}

func (a *app) unlockUsr(ctx context.Context, state sysroot.Unlocked) error {
	if os.Geteuid() != 0 {
		return errorf("You must be root to perform this command")
	}
	return a.withLockedSysroot(ctx, func(s *sysroot.Sysroot) error {
		if s.Booted() == nil {
			return errorf("Not currently booted into an OSTree system")
		}
		if s.Booted().Unlocked != sysroot.UnlockedNone {
			return errorf("Deployment is already in unlocked state: %s", s.Booted().Unlocked)
		}
		if err := s.Unlock(ctx, state); err != nil {
			return err
		}
		a.printf("%s", unlockTexts[state])
		return nil
	})
}
