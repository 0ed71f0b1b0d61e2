package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

func (a *app) rollbackCommand() *cobra.Command {
	var name string
	var reboot bool
	c := &cobra.Command{Use: "rollback", Short: "Revert to the previously booted tree"}
	glibopt.String(c, &name, "os", "", "OSNAME", "Operate on provided OSNAME")
	glibopt.String(c, &name, "stateroot", "", "STATEROOT", "Operate on provided STATEROOT")
	glibopt.Bool(c, &reboot, "reboot", "r", "Initiate a reboot after operation is complete")
	glibopt.Hide(c, "os")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.rollback(c.Context(), s, name, reboot) })
	}
	return c
}

func (a *app) rollback(ctx context.Context, s *sysroot.Sysroot, name string, reboot bool) error {
	list := s.Deployments()
	if len(list) == 0 {
		return errorf("No deployments found")
	}
	if name == "" {
		name = list[0].Stateroot
	}
	from := compareTo(s, name)
	if err := s.Rollback(ctx, name); err != nil {
		return err
	}
	d := s.Deployments()[0]
	a.say("Moving '%s' to be first deployment\n", d.Name())
	return a.queued(ctx, s.Repo(), from, d, reboot)
}

func (a *app) cleanupCommand() *cobra.Command {
	var base, pending, rollback, repomd bool
	var name string
	c := &cobra.Command{Use: "cleanup", Short: "Clear cached/pending data"}
	glibopt.String(c, &name, "os", "", "OSNAME", "Operate on provided OSNAME")
	glibopt.Bool(c, &base, "base", "b", "Clear temporary files; will leave deployments unchanged")
	glibopt.Bool(c, &pending, "pending", "p", "Remove pending deployment")
	glibopt.Bool(c, &rollback, "rollback", "r", "Remove rollback deployment")
	glibopt.Bool(c, &repomd, "repomd", "m", "Delete cached rpm repo metadata")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if !base && !pending && !rollback && !repomd {
			return glibopt.Usagef("At least one cleanup option must be specified")
		}
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) (err error) {
			unlock, err := s.Lock(c.Context(), nil)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, unlock()) }()
			if err := a.undeploy(c.Context(), s, name, pending, rollback); err != nil {
				return err
			}
			e := a.engine(s)
			if repomd {
				if err := e.ClearMetadata(name); err != nil {
					return err
				}
			}
			return e.Collect(c.Context())
		})
	}
	return c
}

// undeploy removes the pending and the rollback deployment; pinned ones stay.
func (a *app) undeploy(ctx context.Context, s *sysroot.Sysroot, name string, pending, rollback bool) error {
	var list []*sysroot.Deployment
	booted := s.Booted()
	for i, d := range s.Deployments() {
		if name == "" {
			name = d.Stateroot
		}
		before := booted != nil && d.Index < booted.Index
		after := booted != nil && d.Index > booted.Index || booted == nil && i > 0
		drop := d.Stateroot == name && !d.Pinned && !d.Booted && (pending && before || rollback && after)
		if drop {
			a.say("Deleted deployment %s\n", d.Name())
			continue
		}
		list = append(list, d)
	}
	if len(list) == len(s.Deployments()) {
		return nil
	}
	return s.WriteDeployments(ctx, list, &sysroot.WriteOptions{NoCleanup: true})
}

// resolveCommit finds the commit of a revision or, by index or name, of a deployment.
func resolveCommit(ctx context.Context, repo *ostree.Repo, rev string) (ostree.Checksum, error) {
	sum, err := repo.ResolveRev(ctx, rev)
	if err != nil {
		return sum, errorf("Refspec '%s' not found", rev)
	}
	return sum, nil
}
