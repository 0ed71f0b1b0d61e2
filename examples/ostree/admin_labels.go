package main

import (
	"context"
	"fmt"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree/sepolicy"
	"example.com/rpmostree/sysroot"
)

// ensureLabeledCommand gives files without an SELinux label that of the policy of the default deployment. Installers run
// it for what they made outside of deployments: files of those are hard links into the repository, which would change.
func (a *app) ensureLabeledCommand() *cobra.Command {
	c := &cobra.Command{Use: "selinux-ensure-labeled [SUBPATH PREFIX]", Short: "Relabel all or part of a deployment"}
	a.sysrootFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return glibopt.Usagef("SUBPATH needs a PREFIX, the path that it has in the system")
		}
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.ensureLabeled(c.Context(), s, args) })
	}
	return c
}

func (a *app) ensureLabeled(ctx context.Context, s *sysroot.Sysroot, args []string) error {
	list := s.Deployments()
	if len(list) == 0 {
		return errorf("Unable to find a deployment in sysroot")
	}
	root, err := filepath.Abs(list[0].Path(s))
	if err != nil {
		return err
	}
	policy, err := policyOfRoot(root)
	switch {
	case err != nil:
		return err
	case policy == nil:
		a.printf("No SELinux policy found in deployment '%s'\n", root)
		return nil
	}
	a.printf("Relabeling using policy '%s'\n", policy.Name())
	top, prefix := root, ""
	if len(args) > 1 {
		prefix = args[1]
		if top, err = filepath.Abs(args[0]); err != nil {
			return err
		}
	}
	if err := a.labelTree(ctx, policy, top, prefix); err != nil {
		return fmt.Errorf("relabeling /%s: %w", prefix, err)
	}
	return nil
}

// labelTree labels what has no label yet; in the system the tree is at /PREFIX.
func (a *app) labelTree(ctx context.Context, policy *sepolicy.Policy, top, prefix string) error {
	l := &sepolicy.Labeler{Policy: policy, Prefix: path.Clean("/" + prefix)}
	if l.Prefix == "/" {
		l.Prefix = ""
	}
	return l.Restore(ctx, top, &sepolicy.RestoreOptions{KeepExisting: true, Changed: func(rel, label string) {
		as := "/" + prefix
		if rel != "/" {
			as += rel
		}
		a.printf("Set label of '%s' (as '%s') to '%s'\n", filepath.Join(top, rel), as, label)
	}})
}
