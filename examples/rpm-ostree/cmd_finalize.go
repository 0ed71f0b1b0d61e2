package main

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/sysroot"
)

func (a *app) finalizeCommand() *cobra.Command {
	var anyChecksum, unlocked bool
	c := &cobra.Command{Use: "finalize-deployment CHECKSUM", Short: "Unset the finalization locking state of the staged deployment and reboot"}
	glibopt.Bool(c, &anyChecksum, "allow-missing-checksum", "", "Don't error out if no expected checksum is provided")
	glibopt.Bool(c, &unlocked, "allow-unlocked", "", "Don't error out if staged deployment wasn't locked")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 1 || len(args) == 0 && !anyChecksum {
			return glibopt.Usagef("CHECKSUM must be specified, or --allow-missing-checksum")
		}
		want := ""
		if len(args) > 0 {
			want = args[0]
		}
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.finalize(c.Context(), s, want, unlocked) })
	}
	return c
}

func (a *app) finalize(ctx context.Context, s *sysroot.Sysroot, want string, unlocked bool) error {
	if len(s.Deployments()) == 0 {
		return errorf("No deployments found")
	}
	d := s.Staged()
	if d == nil {
		return errorf("Default deployment is not staged")
	}
	st, err := a.engine(s).Status(ctx)
	if err != nil {
		return err
	}
	if base := baseChecksum(&st.Deployments[0]); want != "" && want != base && want != d.Commit.String() {
		return errorf("Expected staged base checksum %s, but found %s", want, base)
	}
	if !s.StagedLocked() && !unlocked {
		return errorf("Staged deployment already unlocked")
	}
	if s.StagedLocked() {
		if err := s.LockFinalization(ctx, false); err != nil {
			return err
		}
	}
	return a.reboot(ctx)
}

func baseChecksum(d *layering.DeploymentStatus) string {
	if d.BaseChecksum != "" {
		return d.BaseChecksum
	}
	return d.Checksum
}
