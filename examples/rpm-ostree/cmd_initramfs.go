package main

import (
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/sysroot"
)

func (a *app) initramfsCommand() *cobra.Command {
	var o changeOptions
	var r layering.InitramfsRequest
	c := &cobra.Command{Use: "initramfs", Short: "Enable or disable local initramfs regeneration"}
	o.register(c)
	glibopt.Bool(c, &r.Enable, "enable", "", "Enable regenerating initramfs locally using dracut")
	glibopt.Strings(c, &r.Args, "arg", "", "ARG", "Append ARG to the dracut arguments")
	glibopt.Bool(c, &r.Disable, "disable", "", "Disable regenerating initramfs locally")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if !r.Enable && !r.Disable && len(r.Args) == 0 {
			return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.showInitramfs(c, s) })
		}
		o.request.Initramfs = &r
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) showInitramfs(c *cobra.Command, s *sysroot.Sysroot) error {
	st, err := a.engine(s).Status(c.Context())
	if err != nil {
		return err
	}
	state, args := "disabled", ""
	if len(st.Deployments) > 0 && st.Deployments[0].RegenerateInitramfs {
		state, args = "enabled", strings.Join(st.Deployments[0].InitramfsArgs, " ")
	}
	a.printf("Initramfs regeneration: %s\n", state)
	if args != "" {
		a.printf("Initramfs args: %s\n", args)
	}
	return nil
}

func (a *app) initramfsEtcCommand() *cobra.Command {
	var o changeOptions
	var r layering.InitramfsRequest
	c := &cobra.Command{Use: "initramfs-etc", Short: "Add files to the initramfs"}
	o.register(c)
	glibopt.Strings(c, &r.Track, "track", "", "FILE", "Track root /etc file")
	glibopt.Strings(c, &r.Untrack, "untrack", "", "FILE", "Untrack root /etc file")
	glibopt.Bool(c, &r.UntrackAll, "untrack-all", "", "Untrack all root /etc files")
	glibopt.Bool(c, &r.ForceSync, "force-sync", "", "Generate a new deployment with the latest tracked /etc files")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if len(r.Track)+len(r.Untrack) == 0 && !r.UntrackAll && !r.ForceSync {
			return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.showTracked(c, s) })
		}
		o.request.Initramfs = &r
		return a.change(c.Context(), &o)
	}
	return c
}

func (a *app) showTracked(c *cobra.Command, s *sysroot.Sysroot) error {
	st, err := a.engine(s).Status(c.Context())
	if err != nil {
		return err
	}
	if len(st.Deployments) == 0 || len(st.Deployments[0].InitramfsEtc) == 0 {
		a.printf("No tracked files.\n")
		return nil
	}
	a.printf("Tracked files:\n")
	for _, name := range st.Deployments[0].InitramfsEtc {
		a.printf("  %s\n", name)
	}
	return nil
}

func (a *app) resetCommand() *cobra.Command {
	var o changeOptions
	var layers, overrides, initramfs bool
	c := &cobra.Command{Use: "reset", Short: "Remove all mutations from the system"}
	o.register(c)
	o.packages(c)
	glibopt.Bool(c, &layers, "overlays", "l", "Remove all overlayed packages")
	glibopt.Bool(c, &overrides, "overrides", "o", "Remove all package overrides")
	glibopt.Bool(c, &initramfs, "initramfs", "i", "Stop regenerating initramfs or tracking files")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return glibopt.Usagef("Unexpected argument: %s", args[0])
		}
		all := !layers && !overrides && !initramfs
		o.request.UninstallAll, o.request.OverrideResetAll = layers || all, overrides || all
		o.request.CacheOnly = o.request.CacheOnly || len(o.request.Install) == 0
		if initramfs || all {
			o.request.Initramfs = &layering.InitramfsRequest{Reset: true}
		}
		return a.change(c.Context(), &o)
	}
	return c
}
