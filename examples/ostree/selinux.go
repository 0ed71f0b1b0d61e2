package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sepolicy"
)

// policyOfRoot loads the SELinux policy of a root directory, nil if none is enabled there.
func policyOfRoot(dir string) (*sepolicy.Policy, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return policyOf(root.FS())
}

func policyOf(root fs.FS) (*sepolicy.Policy, error) {
	policy, err := sepolicy.Load(root)
	if errors.Is(err, sepolicy.ErrDisabled) {
		return nil, nil
	}
	return policy, err
}

// label makes the import set labels.
func (c *committer) label(ctx context.Context, trees []string, o *ostree.ImportOptions) error {
	if c.opts.selinuxEpoch < 0 || c.opts.selinuxEpoch > sepolicy.MaxEpoch {
		return errorf("Unknown SELinux labeling epoch %d", c.opts.selinuxEpoch)
	}
	policy, err := c.policy(ctx, trees)
	if err != nil || policy == nil {
		return err
	}
	o.Xattrs = (&sepolicy.Labeler{Policy: policy, Epoch: c.opts.selinuxEpoch}).Xattrs
	return nil
}

// policy loads the policy that --selinux-policy or --selinux-policy-from-base means, nil without them.
func (c *committer) policy(ctx context.Context, trees []string) (*sepolicy.Policy, error) {
	switch {
	case c.opts.selinuxPolicy != "" && c.opts.selinuxFromBase:
		return nil, errorf("Cannot specify both --selinux-policy and --selinux-policy-from-base")
	case c.opts.selinuxPolicy != "":
		return policyOfRoot(c.opts.selinuxPolicy)
	case !c.opts.selinuxFromBase:
		return nil, nil
	}
	rev := c.opts.base
	if rev == "" && len(trees) > 0 {
		kind, value, _ := strings.Cut(trees[0], "=")
		if kind == "dir" {
			return policyOfRoot(value)
		}
		if kind == "ref" {
			rev = value
		}
	}
	if rev == "" {
		return nil, errorf("--selinux-policy-from-base needs --base, or a first --tree that is a directory or ref")
	}
	tree, err := c.treeOf(ctx, rev)
	if err != nil {
		return nil, err
	}
	root, err := c.repo.TreeFS(ctx, tree)
	if err != nil {
		return nil, err
	}
	return policyOf(root)
}

// label makes the checkout set labels, except in user mode, which sets no attributes. --selinux-policy copies files
// even if the root has no policy.
func (o *checkoutOptions) label() error {
	if o.selinuxPolicy == "" {
		if o.selinuxPrefix != "" {
			return errorf("Cannot specify --selinux-prefix without --selinux-policy")
		}
		return nil
	}
	policy, err := policyOfRoot(o.selinuxPolicy)
	if err != nil {
		return err
	}
	o.ForceCopy = true
	if policy != nil && !o.UserMode {
		o.Label = (&sepolicy.Labeler{Policy: policy, Prefix: o.selinuxPrefix}).Label
	}
	return nil
}
