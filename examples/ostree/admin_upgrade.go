package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

type upgradeOptions struct {
	os, overrideCommit                   string
	allowDowngrade, pullOnly, deployOnly bool
	stage, reboot                        bool
}

func (a *app) adminUpgradeCommand() *cobra.Command {
	var o upgradeOptions
	c := &cobra.Command{Use: "upgrade", Short: "Construct new tree from current origin and deploy it, if it changed"}
	glibopt.String(c, &o.os, "os", "", "OSNAME", "Use a different operating system root than the current one")
	glibopt.Bool(c, &o.allowDowngrade, "allow-downgrade", "", "Permit deployment of chronologically older trees")
	glibopt.String(c, &o.overrideCommit, "override-commit", "", "CHECKSUM", "Deploy CHECKSUM instead of the latest tree")
	glibopt.Bool(c, &o.pullOnly, "pull-only", "", "Do not create a deployment, just download")
	glibopt.Bool(c, &o.deployOnly, "deploy-only", "", "Do not pull, only deploy")
	glibopt.Bool(c, &o.stage, "stage", "", "Enable staging (finalization at reboot time)")
	glibopt.Bool(c, &o.reboot, "reboot", "r", "Reboot after a successful upgrade")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.pullOnly && o.deployOnly {
			return errorf("Cannot simultaneously specify --pull-only and --deploy-only")
		}
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			u, err := a.newUpgrader(s, o)
			if err != nil {
				return err
			}
			return u.upgrade(c.Context())
		})
	}
	return c
}

func (a *app) adminSwitchCommand() *cobra.Command {
	var o upgradeOptions
	c := &cobra.Command{Use: "switch REFSPEC", Short: "Construct new tree from REFSPEC and deploy it"}
	glibopt.Bool(c, &o.reboot, "reboot", "r", "Reboot after switching trees")
	glibopt.String(c, &o.os, "os", "", "OSNAME", "Use a different operating system root than the current one")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("REF must be specified")
		}
		o.allowDowngrade = true
		return a.withLockedSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			u, err := a.newUpgrader(s, o)
			if err != nil {
				return err
			}
			return u.switchTo(c.Context(), args[0])
		})
	}
	return c
}

// upgrader moves one stateroot to another commit.
type upgrader struct {
	*app
	s      *sysroot.Sysroot
	o      upgradeOptions
	name   string // stateroot
	merge  *sysroot.Deployment
	origin *sysroot.Origin
}

func (a *app) newUpgrader(s *sysroot.Sysroot, o upgradeOptions) (*upgrader, error) {
	name, err := osname(s, o.os)
	if err != nil {
		return nil, err
	}
	u := &upgrader{app: a, s: s, o: o, name: name, merge: s.MergeDeployment(name)}
	if u.merge == nil {
		return nil, errorf("No previous deployment for OS '%s'", name)
	}
	if u.merge.Origin == nil {
		return nil, errorf("No origin known for deployment %s", u.merge.Name())
	}
	u.origin = u.merge.Origin.Clone()
	u.origin.StripTransient()
	return u, nil
}

func (u *upgrader) upgrade(ctx context.Context) error {
	if err := u.origin.CheckConfigured(); err != nil {
		return err
	}
	refspec := u.origin.Refspec()
	if refspec == "" {
		return errorf("No origin/refspec in current deployment origin; cannot upgrade via ostree")
	}
	for range maxRebases {
		if !u.o.deployOnly {
			if err := u.pull(ctx, refspec); err != nil {
				return err
			}
		}
		next, err := u.successor(ctx, refspec)
		if err != nil {
			return err
		}
		if next == "" {
			return u.deploy(ctx, refspec)
		}
		refspec = next
		u.origin.SetRefspec(refspec)
	}
	return errorf("More than %d rebases because of the end of life of a branch", maxRebases)
}

// rebootSystem asks the service manager.
func rebootSystem(ctx context.Context) error {
	return runProgram(ctx, bootloader.Command{Argv: []string{"systemctl", "reboot"}})
}

// maxRebases bounds chains of branches that ended.
const maxRebases = 8

// successor is the refspec that the newest commit of a branch at its end of life names instead, "" if it goes on.
func (u *upgrader) successor(ctx context.Context, refspec string) (string, error) {
	if u.o.overrideCommit != "" {
		return "", nil
	}
	sum, err := resolve(ctx, u.s.Repo(), refspec)
	if err != nil {
		return "", err
	}
	c, err := u.s.Repo().LoadCommit(ctx, sum)
	if err != nil {
		return "", err
	}
	branch, ok := c.Metadata.String("ostree.endoflife-rebase")
	if !ok {
		return "", nil
	}
	if remote, _, err := ostree.ParseRefspec(refspec); err == nil && remote != "" {
		branch = remote + ":" + branch
	}
	return branch, nil
}

// pull gets the newest commit of the refspec, if it is on a remote.
func (u *upgrader) pull(ctx context.Context, refspec string) (err error) {
	remote, ref, err := ostree.ParseRefspec(refspec)
	if err != nil || remote == "" {
		return err
	}
	rem, err := u.s.Repo().Remote(remote)
	if err != nil {
		return errorf("Remote \"%s\" not found", remote)
	}
	src, opts, err := u.openRemote(ctx, u.s.Repo(), rem, nil)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	opts.Refs = []string{ref}
	if !u.o.allowDowngrade {
		opts.TimestampCheck, opts.TimestampCheckFrom = true, u.merge.Commit
	}
	if u.o.overrideCommit != "" {
		sum, err := ostree.ParseChecksum(u.o.overrideCommit)
		if err != nil {
			return err
		}
		opts.OverrideCommits = map[string]ostree.Checksum{ref: sum}
	}
	_, err = u.runPull(ctx, u.s.Repo(), src, &pullOptions{Options: *opts})
	return err
}

// deploy deploys what the refspec names now.
func (u *upgrader) deploy(ctx context.Context, refspec string) error {
	repo := u.s.Repo()
	rev := refspec
	if u.o.overrideCommit != "" {
		rev = u.o.overrideCommit
	}
	commit, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	if commit == u.merge.Commit && u.o.overrideCommit == "" && refspec == u.merge.Origin.Refspec() {
		a := u.app
		a.println("No update available.")
		return nil
	}
	if err := u.notBackwards(ctx, commit); err != nil || u.o.pullOnly {
		return err
	}
	r := sysroot.DeployRequest{Stateroot: u.name, Commit: commit, Origin: u.origin, Merge: u.merge}
	if err := stageOrDeploy(ctx, u.s, r, u.o.stage, false); err != nil || !u.o.reboot {
		return err
	}
	return rebootSystem(ctx)
}

// notBackwards refuses a commit older than the one in use.
func (u *upgrader) notBackwards(ctx context.Context, commit ostree.Checksum) error {
	if u.o.allowDowngrade || commit == u.merge.Commit {
		return nil
	}
	old, err := u.s.Repo().LoadCommit(ctx, u.merge.Commit)
	if err != nil {
		return err
	}
	next, err := u.s.Repo().LoadCommit(ctx, commit)
	if err != nil {
		return err
	}
	if next.Timestamp.Before(old.Timestamp) {
		return errorf("Upgrade target revision '%s' with timestamp '%s' is chronologically older than current revision '%s' with timestamp '%s'; use --allow-downgrade to permit",
			commit, next.Timestamp.Format(downgradeDate), u.merge.Commit, old.Timestamp.Format(downgradeDate))
	}
	return nil
}

const downgradeDate = "Mon 02 Jan 2006 03:04:05 PM MST"

// switchTo follows another refspec; "REMOTE:" keeps the ref.
func (u *upgrader) switchTo(ctx context.Context, refspec string) error {
	current := u.origin.Refspec()
	remote, ref, err := splitSwitch(refspec, current)
	if err != nil {
		return err
	}
	next := ref
	if remote != "" {
		next = remote + ":" + ref
	}
	if next == current {
		return errorf("Old and new refs are equal: %s", next)
	}
	u.origin.SetRefspec(next)
	if err := u.pull(ctx, next); err != nil {
		return err
	}
	if err := u.deploy(ctx, next); err != nil {
		return err
	}
	if oldRemote, _, err := ostree.ParseRefspec(current); err == nil && oldRemote != "" {
		return u.s.Repo().DeleteRef(ctx, current)
	}
	return nil
}

// splitSwitch completes what the argument leaves out from the current refspec.
func splitSwitch(arg, current string) (remote, ref string, err error) {
	oldRemote, oldRef, err := ostree.ParseRefspec(current)
	if err != nil && current != "" {
		return "", "", err
	}
	if n := len(arg); n > 1 && arg[n-1] == ':' {
		return arg[:n-1], oldRef, nil
	}
	remote, ref, err = ostree.ParseRefspec(arg)
	if remote == "" {
		remote = oldRemote
	}
	return remote, ref, err
}
