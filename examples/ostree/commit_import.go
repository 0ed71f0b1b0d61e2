package main

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
)

// importOptions turns the modifiers of commit into the library's options.
func (c *committer) importOptions(ctx context.Context, trees []string) (*ostree.ImportOptions, error) {
	o := &ostree.ImportOptions{
		OwnerUID: owner(c.opts.ownerUID), OwnerGID: owner(c.opts.ownerGID), NoXattrs: c.opts.noXattrs,
		CanonicalPermissions: c.opts.canonical, Consume: c.opts.consume, DevInoCanonical: c.opts.devInoCanonical,
	}
	if disabled, err := c.repo.Config().GetBool("core", "disable-xattrs", false); err != nil {
		return nil, err
	} else if disabled {
		o.NoXattrs = true
	}
	if c.opts.roExecutables {
		o.Filter = func(_ string, h *ostree.FileHeader) ostree.FilterResult {
			if h.Mode&unix.S_IFMT == unix.S_IFREG && h.Mode&0o111 != 0 {
				h.Mode &^= 0o222
			}
			return ostree.FilterKeep
		}
	}
	var err error
	if c.opts.statoverride != "" {
		if o.ModeOverrides, err = readOverrides(c.opts.statoverride); err != nil {
			return nil, err
		}
	}
	if c.opts.skipList != "" {
		if o.Skip, err = readLines(c.opts.skipList); err != nil {
			return nil, err
		}
	}
	if c.opts.linkSpeedup || c.opts.devInoCanonical {
		if o.DevIno, err = c.repo.DevIno(ctx); err != nil {
			return nil, err
		}
	}
	return o, c.label(ctx, trees, o)
}

// modifies reports whether options change what is committed, so that a stored tree cannot be taken as it is.
func (c *committer) modifies() bool {
	o := &c.opts
	return o.ownerUID >= 0 || o.ownerGID >= 0 || o.statoverride != "" || o.skipList != "" || o.noXattrs || o.canonical || o.roExecutables ||
		o.selinuxPolicy != "" || o.selinuxFromBase
}

// readOverrides reads the file of --statoverride.
func readOverrides(name string) (map[string]ostree.ModeOverride, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ostree.ParseStatOverride(f)
}
