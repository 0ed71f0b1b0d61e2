package main

import (
	"github.com/spf13/cobra"

	"example.com/rpmostree/sysroot"
)

// adminPostCopyCommand is for those who make disk images.
func (a *app) adminPostCopyCommand() *cobra.Command {
	c := &cobra.Command{Use: "post-copy", Short: "Fix up sysroot after a (file based) copy", Hidden: true}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error { return s.PostCopy(c.Context()) })
	}
	return c
}
