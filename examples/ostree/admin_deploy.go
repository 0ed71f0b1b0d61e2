package main

import (
	"context"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

type deployOptions struct {
	os, originFile                                string
	kargs, kargsAppend, kargsDelete, overlays     []string
	kargsNone, procCmdline                        bool
	noPrune, noMerge, retain, pending, rollbackOf bool
	notDefault, stage, lock                       bool
}

func (a *app) adminDeployCommand() *cobra.Command {
	var o deployOptions
	c := &cobra.Command{Use: "deploy REFSPEC", Short: "Checkout revision REFSPEC as the new default deployment"}
	glibopt.String(c, &o.os, "os", "", "OSNAME", "Use a different operating system root than the current one")
	glibopt.String(c, &o.os, "stateroot", "", "STATEROOT", "Use a different operating system root than the current one")
	glibopt.String(c, &o.originFile, "origin-file", "", "FILENAME", "Specify origin file")
	glibopt.Bool(c, &o.noPrune, "no-prune", "", "Don't prune the repo when done")
	glibopt.Bool(c, &o.noMerge, "no-merge", "", "Do not apply configuration (/etc and kernel arguments) from booted deployment")
	glibopt.Bool(c, &o.retain, "retain", "", "Do not delete previous deployments")
	glibopt.Bool(c, &o.pending, "retain-pending", "", "Do not delete pending deployments")
	glibopt.Bool(c, &o.rollbackOf, "retain-rollback", "", "Do not delete rollback deployments")
	glibopt.Bool(c, &o.notDefault, "not-as-default", "", "Append rather than prepend new deployment")
	glibopt.Bool(c, &o.stage, "stage", "", "Complete deployment at OS shutdown")
	glibopt.Bool(c, &o.lock, "lock-finalization", "", "Prevent automatic deployment finalization on shutdown")
	glibopt.Bool(c, &o.procCmdline, "karg-proc-cmdline", "", "Import current /proc/cmdline")
	glibopt.Strings(c, &o.kargs, "karg", "", "NAME=VALUE", "Set kernel argument, like root=/dev/sda1; this overrides any earlier argument with the same name")
	glibopt.Strings(c, &o.kargsAppend, "karg-append", "", "NAME=VALUE", "Append kernel argument; useful with e.g. console= that can be used multiple times")
	glibopt.Bool(c, &o.kargsNone, "karg-none", "", "Do not import kernel arguments")
	glibopt.Strings(c, &o.kargsDelete, "karg-delete", "", "NAME=VALUE", "Delete kernel argument if exists")
	glibopt.Strings(c, &o.overlays, "overlay-initrd", "", "FILE", "Overlay iniramfs file")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("REF/REV must be specified")
		}
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.deploy(c.Context(), s, args[0], o) })
	}
	return c
}

func (a *app) deploy(ctx context.Context, s *sysroot.Sysroot, refspec string, o deployOptions) error {
	if o.kargsNone && o.procCmdline {
		return errorf("Can't specify both --karg-proc-cmdline and --karg-none")
	}
	o.stage = o.stage || o.lock
	if o.stage && o.notDefault {
		return errorf("--stage cannot currently be combined with --not-as-default")
	}
	name, err := osname(s, o.os)
	if err != nil {
		return err
	}
	commit, err := resolve(ctx, s.Repo(), refspec)
	if err != nil {
		return err
	}
	origin := sysroot.NewOrigin(refspec)
	if o.originFile != "" {
		data, err := os.ReadFile(o.originFile)
		if err != nil {
			return err
		}
		if origin, err = sysroot.ParseOrigin(data); err != nil {
			return err
		}
	}
	r := sysroot.DeployRequest{
		Stateroot: name, Commit: commit, Origin: origin, NoMerge: o.noMerge, NotDefault: o.notDefault,
		Retain: o.retain, RetainPending: o.pending, RetainRollback: o.rollbackOf, NoPrune: o.noPrune, OverlayInitrds: o.overlays,
	}
	if !o.noMerge {
		r.Merge = s.MergeDeployment(name)
	}
	if r.KernelArgs, err = o.kernelArgs(r.Merge); err != nil {
		return err
	}
	return stageOrDeploy(ctx, s, r, o.stage, o.lock)
}

// stageOrDeploy leaves the completion to the shutdown where that was asked for; lock prevents it even then.
func stageOrDeploy(ctx context.Context, s *sysroot.Sysroot, r sysroot.DeployRequest, stage, lock bool) error {
	if !stage {
		_, err := s.Deploy(ctx, r, nil)
		return err
	}
	if s.Booted() == nil {
		return errorf("Cannot stage deployment: Not currently booted into an OSTree system")
	}
	_, err := s.Stage(ctx, r, &sysroot.DeployOptions{Lock: lock})
	return err
}

// kernelArgs of the new deployment; nil inherits them.
func (o *deployOptions) kernelArgs(merge *sysroot.Deployment) (*kargs.Args, error) {
	given := len(o.kargs)+len(o.kargsAppend)+len(o.kargsDelete) > 0
	args := kargs.New()
	switch {
	case o.kargsNone:
	case o.procCmdline:
		data, err := os.ReadFile("/proc/cmdline")
		if err != nil {
			return nil, err
		}
		args = kargs.FromProcCmdline(string(data))
	case !given:
		return nil, nil
	case merge != nil:
		args = merge.KernelArgs()
	}
	for _, k := range o.kargs {
		args.Set(k)
	}
	args.Append(o.kargsAppend...)
	for _, k := range o.kargsDelete {
		if err := args.Delete(k); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// runProgram runs what a boot loader needs, such as grub2-mkconfig.
func runProgram(ctx context.Context, c bootloader.Command) error {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
