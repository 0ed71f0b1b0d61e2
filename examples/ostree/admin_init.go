package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) adminInitFSCommand() *cobra.Command {
	var modern bool
	var epoch int
	c := &cobra.Command{Use: "init-fs PATH", Short: "Initialize a root filesystem"}
	glibopt.Bool(c, &modern, "modern", "", "Only create /boot and /ostree")
	glibopt.Int(c, &epoch, "epoch", "E", "N", "Use the layout of the given epoch: 0 legacy, 1 as --modern, 2 with a private /ostree")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("PATH must be specified")
		}
		if modern && epoch == 0 {
			epoch = 1
		}
		if _, err := os.Stat(args[0]); err != nil {
			return err
		}
		return sysroot.Init(c.Context(), args[0], &sysroot.InitOptions{Epoch: epoch})
	}
	return c
}

func (a *app) adminOSInitCommand() *cobra.Command {
	c := &cobra.Command{Use: "os-init OSNAME", Aliases: []string{"stateroot-init"}, Short: "Initialize empty state for given operating system"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("OSNAME must be specified")
		}
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			err := s.InitStateroot(c.Context(), args[0])
			if errors.Is(err, fs.ErrExist) {
				return errorf("Creating ostree/deploy/%s: File exists", args[0])
			}
			if err != nil {
				return err
			}
			a.printf("ostree/deploy/%s initialized as OSTree root\n", args[0])
			return nil
		})
	}
	return c
}

func (a *app) adminCleanupCommand() *cobra.Command {
	c := &cobra.Command{Use: "cleanup", Short: "Delete untagged deployments and repository objects"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error { return errors.Join(s.Cleanup(c.Context(), nil)) })
	}
	return c
}
