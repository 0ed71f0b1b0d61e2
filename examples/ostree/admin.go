package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

const sysrootHelp = "Create a new OSTree sysroot at PATH"

// adminCommand groups the verbs that work on a system root.
func (a *app) adminCommand() *cobra.Command {
	c := glibopt.Group("admin --print-current-dir|COMMAND", "Commands for managing a host system booted with ostree",
		`No "admin" subcommand specified`, `Unknown "admin" subcommand '%s'`)
	var printDir bool
	glibopt.Bool(c, &printDir, "print-current-dir", "", "If this is an OSTree system, print current deployment path")
	a.sysrootFlag(c)
	group := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if printDir {
			return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.printCurrentDir(s) })
		}
		return group(c, args)
	}
	for _, sub := range []*cobra.Command{
		a.adminBootCompleteCommand(), a.adminCleanupCommand(), a.adminConfigDiffCommand(), a.adminDeployCommand(), a.adminFinalizeStagedCommand(), a.adminInitFSCommand(),
		a.adminInstutilCommand(), a.adminKargsCommand(), a.adminLockFinalizationCommand(), a.adminOSInitCommand(), a.adminPinCommand(),
		a.adminPostCopyCommand(), a.adminSetDefaultCommand(), a.adminSetOriginCommand(), a.adminStateOverlayCommand(), a.adminStatusCommand(), a.adminSwitchCommand(),
		a.adminUndeployCommand(), a.adminUnlockCommand(), a.adminUpgradeCommand(),
	} {
		a.sysrootFlag(sub)
		c.AddCommand(sub)
	}
	return c
}

func (a *app) sysrootFlag(c *cobra.Command) {
	glibopt.String(c, &a.sysrootPath, "sysroot", "", "PATH", sysrootHelp)
}

// sysrootDir is --sysroot, $OSTREE_SYSROOT or the running system.
func (a *app) sysrootDir() string {
	if a.sysrootPath != "" {
		return a.sysrootPath
	}
	if p := a.env("OSTREE_SYSROOT"); p != "" {
		return p
	}
	return "/"
}

// withSysroot opens the system root, and closes it after f.
func (a *app) withSysroot(ctx context.Context, f func(*sysroot.Sysroot) error) error {
	// The names of boot entries that the real command uses; bootloader-naming-2 stands for the newer ones.
	o := &sysroot.Options{LegacyEntryNames: true, Notify: func(e sysroot.Event) { a.println(e.String()) }, Run: runProgram}
	o.FromEnvironment(a.env)
	if a.openOptions != nil {
		a.openOptions(o)
	}
	s, err := sysroot.Open(ctx, a.sysrootDir(), o)
	if err != nil {
		return fmt.Errorf("loading sysroot: %w", err)
	}
	for _, problem := range s.Problems() {
		fmt.Fprintf(a.stderr, "warning: %v\n", problem)
	}
	return errors.Join(f(s), s.Close())
}

// withLockedSysroot is withSysroot under the root's lock.
func (a *app) withLockedSysroot(ctx context.Context, f func(*sysroot.Sysroot) error) error {
	return a.withSysroot(ctx, func(s *sysroot.Sysroot) error {
		unlock, err := s.Lock(ctx, func() { a.println("Waiting for sysroot lock...") })
		if err != nil {
			return err
		}
		return errors.Join(f(s), unlock())
	})
}

// osname is the stateroot that a command means: --os, that of the booted deployment, or the only one.
func osname(s *sysroot.Sysroot, name string) (string, error) {
	if name != "" {
		return name, nil
	}
	if b := s.Booted(); b != nil {
		return b.Stateroot, nil
	}
	names := map[string]bool{}
	for _, d := range s.Deployments() {
		names[d.Stateroot] = true
	}
	if len(names) == 1 {
		for n := range names {
			return n, nil
		}
	}
	return "", errorf("Not currently booted into an OSTree system and no --os= argument given")
}

func (a *app) printCurrentDir(s *sysroot.Sysroot) error {
	d := s.Booted()
	if d == nil {
		list := s.Deployments()
		if len(list) == 0 {
			return errorf("Unable to find a deployment in sysroot")
		}
		d = list[0]
	}
	dir, err := filepath.Abs(d.Path(s))
	if err != nil {
		return err
	}
	a.println(dir)
	return nil
}
