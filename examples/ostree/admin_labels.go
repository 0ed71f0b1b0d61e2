package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree/sepolicy"
	"example.com/rpmostree/sysroot"
)

const selinuxXattr = "security.selinux"

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
	if err := a.labelTree(ctx, &sepolicy.Labeler{Policy: policy}, top, prefix); err != nil {
		return fmt.Errorf("relabeling /%s: %w", prefix, err)
	}
	return nil
}

// labelTree labels what has no label yet; in the system the tree is at /PREFIX.
func (a *app) labelTree(ctx context.Context, l *sepolicy.Labeler, top, prefix string) error {
	dir, err := dirfd.Open(filepath.Dir(top))
	if err != nil {
		return err
	}
	defer dir.Close()
	return filepath.WalkDir(top, func(name string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, name)
		if err != nil {
			return err
		}
		as := "/" + prefix
		if rel != "." {
			as += "/" + rel
		}
		label, err := addLabel(dir, path.Join(filepath.Base(top), rel), l, path.Clean(as))
		if err == nil && label != "" {
			a.printf("Set label of '%s' (as '%s') to '%s'\n", name, as, label)
		}
		return err
	})
}

// addLabel returns the label that a file got, "" if it has one already or needs none.
func addLabel(dir *dirfd.Dir, rel string, l *sepolicy.Labeler, as string) (string, error) {
	_, err := dir.GetXattr(rel, selinuxXattr)
	if !errors.Is(err, unix.ENODATA) {
		return "", err
	}
	st, err := dir.Lstat(rel)
	if err != nil {
		return "", err
	}
	label, err := l.Label(as, st.Mode)
	if err != nil || label == "" {
		return "", err
	}
	return label, dir.SetXattr(rel, selinuxXattr, append([]byte(label), 0))
}
