package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) adminUndeployCommand() *cobra.Command {
	c := &cobra.Command{Use: "undeploy INDEX", Short: "Delete deployment INDEX"}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withDeployment(c.Context(), args, func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			if d.Booted {
				return errorf("Cannot undeploy currently booted deployment %d", d.Index)
			}
			if err := s.Undeploy(c.Context(), d.Index); err != nil {
				return err
			}
			a.printf("Deleted deployment %s\n", d.Name())
			return nil
		})
	}
	return c
}

func (a *app) adminSetDefaultCommand() *cobra.Command {
	c := &cobra.Command{Use: "set-default INDEX", Short: "Make deployment INDEX the default"}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withDeployment(c.Context(), args, func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return s.SetDefault(c.Context(), d.Index)
		})
	}
	return c
}

func (a *app) adminPinCommand() *cobra.Command {
	var unpin bool
	c := &cobra.Command{Use: "pin INDEX", Short: `Change the "pinning" state of a deployment`}
	glibopt.Bool(c, &unpin, "unpin", "u", "Unset pin")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("INDEX must be specified")
		}
		for _, arg := range args {
			if err := a.pin(c.Context(), arg, !unpin); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

func (a *app) pin(ctx context.Context, arg string, on bool) error {
	return a.withDeployment(ctx, []string{arg}, func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
		state := map[bool]string{true: "pinned", false: "unpinned"}[on]
		if d.Pinned == on {
			a.printf("Deployment %s is already %s\n", arg, state)
			return nil
		}
		if err := s.Pin(ctx, d.Index, on); err != nil {
			return err
		}
		a.printf("Deployment %s is now %s\n", arg, state)
		return nil
	})
}

// withDeployment gives f the deployment that an index, or "booted", "pending" or "rollback", names.
func (a *app) withDeployment(ctx context.Context, args []string, f func(*sysroot.Sysroot, *sysroot.Deployment) error) error {
	if len(args) == 0 {
		return glibopt.Usagef("INDEX must be specified")
	}
	return a.withLockedSysroot(ctx, func(s *sysroot.Sysroot) error {
		d, err := findDeployment(s, args[0])
		if err != nil {
			return err
		}
		return f(s, d)
	})
}

func findDeployment(s *sysroot.Sysroot, arg string) (*sysroot.Deployment, error) {
	if booted := s.Booted(); booted != nil {
		named := map[string]*sysroot.Deployment{
			"booted": booted, "pending": s.Pending(booted.Stateroot), "rollback": s.RollbackTarget(booted.Stateroot),
		}
		if d, ok := named[arg]; ok {
			if d == nil {
				return nil, errorf("There is no %s deployment", arg)
			}
			return d, nil
		}
	}
	index, err := strconv.Atoi(arg)
	if err != nil {
		return nil, errorf("Invalid index: %s", arg)
	}
	if n := len(s.Deployments()); index < 0 || index >= n {
		return nil, errorf("Out of range deployment index %d, expected < %d", index, n)
	}
	return s.At(index)
}

func (a *app) adminConfigDiffCommand() *cobra.Command {
	var name string
	c := &cobra.Command{Use: "config-diff", Aliases: []string{"diff"}, Short: "Diff current /etc configuration versus default"}
	glibopt.String(c, &name, "os", "", "OSNAME", "Use a different operating system root than the current one")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			name, err := osname(s, name)
			if err != nil {
				return err
			}
			d := s.MergeDeployment(name)
			if d == nil {
				return errorf("No deployment for OS '%s'", name)
			}
			changes, err := s.ConfigDiff(c.Context(), d)
			if err != nil {
				return err
			}
			for _, ch := range changes {
				a.println(ch.String())
			}
			return nil
		})
	}
	return c
}
