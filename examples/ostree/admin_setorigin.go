package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

func (a *app) adminSetOriginCommand() *cobra.Command {
	var set []string
	index := -1
	c := &cobra.Command{Use: "set-origin REMOTENAME URL [BRANCH]", Short: "Set Origin and create a new origin file"}
	glibopt.Strings(c, &set, "set", "s", "KEY=VALUE", "Set config option KEY=VALUE for remote")
	glibopt.Int(c, &index, "index", "", "INDEX", "Operate on the deployment INDEX, starting from zero")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 2 {
			return glibopt.Usagef("REMOTENAME and URL must be specified")
		}
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			return setOrigin(c.Context(), s, index, args, set)
		})
	}
	return c
}

// setOrigin makes a deployment follow a branch of a remote, which is added if there is none of the name.
func setOrigin(ctx context.Context, s *sysroot.Sysroot, index int, args, set []string) error {
	d := s.Booted()
	if index >= 0 {
		var err error
		if d, err = s.At(index); err != nil {
			return err
		}
	}
	if d == nil {
		return errorf("Not currently booted into an OSTree system")
	}
	rem := ostree.Remote{Name: args[0], URL: args[1], Options: map[string]string{}}
	for _, kv := range set {
		k, v, err := keyValue(kv)
		if err != nil {
			return err
		}
		rem.Options[k] = v
	}
	if err := s.Repo().AddRemote(ctx, rem, &ostree.RemoteOptions{IfNotExists: true}); err != nil {
		return err
	}
	origin := sysroot.NewOrigin("")
	if d.Origin != nil {
		origin = d.Origin.Clone()
	}
	_, branch, ok := strings.Cut(origin.Refspec(), ":")
	if !ok {
		branch = origin.Refspec()
	}
	if len(args) > 2 {
		branch = args[2]
	}
	origin.SetRefspec(args[0] + ":" + branch)
	return s.SetOrigin(ctx, d, origin)
}
