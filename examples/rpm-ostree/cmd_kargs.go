package main

import (
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) kargsCommand() *cobra.Command {
	var o changeOptions
	var e kargs.Edits
	var importCmdline bool
	index := -1
	c := &cobra.Command{Use: "kargs", Short: "Query or modify kernel arguments"}
	o.register(c)
	glibopt.Strings(c, &e.Append, "append", "", "KEY=VALUE", "Append kernel argument; useful with e.g. console= that can be used multiple times. empty value for an argument is allowed")
	glibopt.Strings(c, &e.Replace, "replace", "", "KEY=VALUE=NEWVALUE", "Replace existing kernel argument, the user is also able to replace an argument with KEY=VALUE if only one value exist for that argument")
	glibopt.Strings(c, &e.Delete, "delete", "", "KEY=VALUE", "Delete a specific kernel argument key/val pair or an entire argument with a single key/value pair")
	glibopt.Strings(c, &e.AppendIfMissing, "append-if-missing", "", "KEY=VALUE", "Append kernel argument if missing")
	glibopt.Strings(c, &e.DeleteIfPresent, "delete-if-present", "", "KEY=VALUE", "Delete kernel argument if present")
	glibopt.Int(c, &index, "deploy-index", "", "INDEX", "Modify the kernel args from a specific deployment based on index. Index is in the form of a number (e.g. 0 means the first deployment in the list)")
	glibopt.Bool(c, &importCmdline, "import-proc-cmdline", "", "Instead of modifying old kernel arguments, we modify args from current /proc/cmdline (the booted deployment)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if len(e.Append)+len(e.Replace)+len(e.Delete)+len(e.AppendIfMissing)+len(e.DeleteIfPresent) == 0 {
			return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.showKargs(s, index, importCmdline) })
		}
		o.request.KernelArgs = &e
		if index < 0 && !importCmdline {
			return a.change(c.Context(), &o)
		}
		err := a.withSysroot(c.Context(), func(s *sysroot.Sysroot) (err error) {
			o.request.KernelArgsFrom, err = currentKargs(s, index, importCmdline)
			return err
		})
		if err != nil {
			return err
		}
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) showKargs(s *sysroot.Sysroot, index int, cmdline bool) error {
	args, err := currentKargs(s, index, cmdline)
	if err != nil {
		return err
	}
	a.printf("%s\n", args)
	return nil
}

// currentKargs are those of a deployment, by default the first, or of the running kernel.
func currentKargs(s *sysroot.Sysroot, index int, cmdline bool) (*kargs.Args, error) {
	if cmdline {
		data, err := os.ReadFile("/proc/cmdline")
		return kargs.FromProcCmdline(string(data)), err
	}
	d, err := s.At(max(index, 0))
	if err != nil {
		return nil, err
	}
	return d.KernelArgs(), nil
}
