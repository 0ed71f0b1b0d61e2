package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

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
	c.filter.roExecutables = c.opts.roExecutables
	var err error
	if c.opts.statoverride != "" {
		if c.filter.overrides, err = readOverrides(c.opts.statoverride); err != nil {
			return nil, err
		}
	}
	if c.opts.skipList != "" {
		paths, err := readLines(c.opts.skipList)
		if err != nil {
			return nil, err
		}
		c.filter.skip = map[string]bool{}
		for _, p := range paths {
			c.filter.skip[p] = true
		}
	}
	if c.filter.roExecutables || len(c.filter.overrides) > 0 || len(c.filter.skip) > 0 {
		o.Filter = c.filter.apply // which is called in order, by one goroutine
	}
	if c.opts.linkSpeedup || c.opts.devInoCanonical {
		if o.DevIno, err = c.repo.DevIno(ctx); err != nil {
			return nil, err
		}
	}
	return o, c.label(ctx, trees, o)
}

// pathFilter carries out the options that name paths, over all trees together.
type pathFilter struct {
	overrides     map[string]ostree.ModeOverride // not matched yet
	skip          map[string]bool                // true when not matched yet
	roExecutables bool
}

func (f *pathFilter) apply(path string, h *ostree.FileHeader) ostree.FilterResult {
	if f.roExecutables && h.Mode&unix.S_IFMT == unix.S_IFREG && h.Mode&0o111 != 0 {
		h.Mode &^= 0o222
	}
	if v, ok := f.overrides[path]; ok {
		if v.Set { // as often as an archive has the path
			h.Mode &^= 0o7777
		} else {
			delete(f.overrides, path)
		}
		h.Mode |= v.Mode & 0o7777
	}
	if _, ok := f.skip[path]; ok {
		f.skip[path] = false
		return ostree.FilterSkip
	}
	return ostree.FilterKeep
}

// check fails for paths that were not met. Like for the real command, modes that were to be set need not be.
func (f *pathFilter) check(stderr io.Writer) error {
	var modes, skips []string
	for p, v := range f.overrides {
		if !v.Set {
			modes = append(modes, p)
		}
	}
	for p, missed := range f.skip {
		if missed {
			skips = append(skips, p)
		}
	}
	for _, of := range []struct {
		what  string
		paths []string
	}{{"statoverride", modes}, {"skip-list", skips}} {
		slices.Sort(of.paths)
		for _, p := range of.paths {
			fmt.Fprintf(stderr, "Unmatched %s path: %s\n", of.what, p)
		}
		if len(of.paths) > 0 {
			return errorf("Unmatched %s paths", of.what)
		}
	}
	return nil
}

// modifies reports whether a stored tree cannot be taken as it is, but is to be gone through: options may change it, its
// permissions may have to become canonical, or it is to be counted.
func (c *committer) modifies() bool {
	o := &c.opts
	return c.repo.Mode() == ostree.ModeBareUserOnly || o.consume || o.sizes || o.devInoCanonical ||
		o.ownerUID >= 0 || o.ownerGID >= 0 || o.statoverride != "" || o.skipList != "" || o.noXattrs || o.canonical || o.roExecutables ||
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
