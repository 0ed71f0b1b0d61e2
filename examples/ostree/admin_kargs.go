package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) adminKargsCommand() *cobra.Command {
	c := glibopt.Group("kargs COMMAND", "Change kernel arguments", `No "kargs" subcommand specified`, `Unknown "kargs" subcommand '%s'`)
	c.AddCommand(a.kargsEditCommand())
	return c
}

// kargsEditCommand changes the arguments of all deployments where they are.
func (a *app) kargsEditCommand() *cobra.Command {
	var missing []string
	c := &cobra.Command{Use: "edit-in-place", Short: "Set new kernel command line arguments in-place"}
	glibopt.Strings(c, &missing, "append-if-missing", "", "NAME=VALUE", "Append kernel arguments if they do not exist")
	a.sysrootFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			for _, d := range s.Deployments() {
				args := d.KernelArgs()
				args.AppendIfMissing(missing...)
				if err := s.SetKernelArgs(c.Context(), d.Index, args); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return c
}

func (a *app) adminInstutilCommand() *cobra.Command {
	c := glibopt.Group("instutil COMMAND", "Provide instutil commands", `No "instutil" subcommand specified`, `Unknown "instutil" subcommand '%s'`)
	c.Hidden = true // for installers, not for people
	c.AddCommand(a.grub2GenerateCommand(), a.ensureLabeledCommand(), a.setKargsCommand())
	return c
}

type setKargsOptions struct {
	procCmdline, merge bool
	replace, append    []string
}

func (a *app) setKargsCommand() *cobra.Command {
	var o setKargsOptions
	c := &cobra.Command{Use: "set-kargs", Short: "Set new kernel command line arguments(Not stable)"}
	glibopt.Bool(c, &o.procCmdline, "import-proc-cmdline", "", "Import current /proc/cmdline")
	glibopt.Bool(c, &o.merge, "merge", "", "Merge with previous command line")
	glibopt.Strings(c, &o.replace, "replace", "", "NAME=VALUE", "Set kernel argument, like root=/dev/sda1; this overrides any earlier argument with the same name")
	glibopt.Strings(c, &o.append, "append", "", "NAME=VALUE", "Append kernel argument; useful with e.g. console= that can be used multiple times")
	a.sysrootFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error { return setKargs(c.Context(), s, args, o) })
	}
	return c
}

// setKargs replaces the arguments of the deployment that boots by default.
func setKargs(ctx context.Context, s *sysroot.Sysroot, words []string, o setKargsOptions) error {
	list := s.Deployments()
	if len(list) == 0 {
		return errorf("Unable to find a deployment in sysroot")
	}
	args := kargs.New()
	switch {
	case o.procCmdline:
		data, err := os.ReadFile("/proc/cmdline")
		if err != nil {
			return err
		}
		args = kargs.FromProcCmdline(string(data))
	case o.merge:
		args = list[0].KernelArgs()
	}
	for _, arg := range o.replace {
		args.Set(arg)
	}
	args.Append(o.append...)
	args.Append(words...)
	return s.SetKernelArgs(ctx, list[0].Index, args)
}
