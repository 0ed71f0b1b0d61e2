package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type checkoutOptions struct {
	ostree.CheckoutOptions
	union, unionAdd, unionIdentical bool
	fromStdin                       bool
	fromFile, fsync, skipList       string
	selinuxPolicy, selinuxPrefix    string
	composefs, composefsNoVerity    bool
}

func (a *app) checkoutCommand() *cobra.Command {
	var o checkoutOptions
	var disableCache, zeroSized bool // zero-sized files are never hardlinked
	c := &cobra.Command{Use: "checkout COMMIT [DESTINATION]", Short: "Check out a commit into a filesystem tree"}
	glibopt.Bool(c, &o.UserMode, "user-mode", "U", "Do not change file ownership or initialize extended attributes")
	glibopt.Bool(c, &disableCache, "disable-cache", "", "Do not update or use the internal repository uncompressed object cache")
	glibopt.String(c, &o.Subpath, "subpath", "", "PATH", "Checkout sub-directory PATH")
	glibopt.Bool(c, &o.union, "union", "", "Keep existing directories, overwrite existing files")
	glibopt.Bool(c, &o.unionAdd, "union-add", "", "Keep existing files/directories, only add new")
	glibopt.Bool(c, &o.unionIdentical, "union-identical", "", "When layering checkouts, error out if a file would be replaced with a different version, but add new files and directories")
	glibopt.Bool(c, &o.Whiteouts, "whiteouts", "", "Process 'whiteout' (Docker style) entries")
	glibopt.Bool(c, &o.PassthroughWhiteouts, "process-passthrough-whiteouts", "", "Enable overlayfs whiteout extraction into char 0:0 devices")
	glibopt.Bool(c, &o.AllowMissing, "allow-noent", "", "Do nothing if specified path does not exist")
	glibopt.Bool(c, &o.fromStdin, "from-stdin", "", "Process many checkouts from standard input")
	glibopt.String(c, &o.fromFile, "from-file", "", "FILE", "Process many checkouts from input file")
	glibopt.String(c, &o.fsync, "fsync", "", "POLICY", "Specify how to invoke fsync()")
	glibopt.Bool(c, &o.RequireHardlinks, "require-hardlinks", "H", "Do not fall back to full copies if hardlinking fails")
	glibopt.Bool(c, &zeroSized, "force-copy-zerosized", "z", "Do not hardlink zero-sized files")
	glibopt.Bool(c, &o.ForceCopy, "force-copy", "C", "Never hardlink (but may reflink if available)")
	glibopt.Bool(c, &o.BareUserOnlyDirs, "bareuseronly-dirs", "M", "Suppress mode bits outside of 0775 for directories (suid, world writable, etc.)")
	glibopt.String(c, &o.skipList, "skip-list", "", "FILE", "File containing list of files to skip")
	glibopt.Bool(c, &o.composefs, "composefs", "", "Write a composefs image to the file DESTINATION")
	glibopt.Bool(c, &o.composefsNoVerity, "composefs-noverity", "", "Write a composefs image without the fs-verity digests of files")
	glibopt.String(c, &o.selinuxPolicy, "selinux-policy", "", "PATH", "Set SELinux labels based on policy in root filesystem PATH (may be /); implies --force-copy")
	glibopt.String(c, &o.selinuxPrefix, "selinux-prefix", "", "PREFIX", "When setting SELinux labels, prefix all paths by PREFIX")
	glibopt.Hide(c, "force-copy-zerosized")
	c.RunE = func(c *cobra.Command, args []string) error {
		many := o.fromStdin || o.fromFile != ""
		if len(args) == 0 && !many {
			return glibopt.Usagef("COMMIT must be specified")
		}
		if err := o.finish(); err != nil {
			return err
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			cache, err := repo.Config().GetBool("core", "enable-uncompressed-cache", true)
			if err != nil {
				return err
			}
			special := disableCache || o.special(zeroSized)
			o.UncompressedCache = cache && !special
			o.AllowMissing = o.AllowMissing && !special
			if many {
				return a.checkoutMany(c.Context(), repo, args, o)
			}
			dest := args[0]
			if len(args) > 1 {
				dest = args[1]
			}
			sum, err := resolve(c.Context(), repo, args[0])
			if err != nil {
				return err
			}
			return checkout(c.Context(), repo, sum, dest, o)
		})
	}
	return c
}

// skipping leaves out paths; those of directories end with a slash.
func skipping(paths []string) func(string, *ostree.FileHeader) ostree.FilterResult {
	skip := map[string]bool{}
	for _, p := range paths {
		skip[p] = true
	}
	return func(p string, h *ostree.FileHeader) ostree.FilterResult {
		if h.Mode&unix.S_IFMT == unix.S_IFDIR {
			p = strings.TrimSuffix(p, "/") + "/"
		}
		if skip[p] {
			return ostree.FilterSkip
		}
		return ostree.FilterKeep
	}
}

// special reports whether there are options with which the real command uses neither the cache nor --allow-noent.
func (o *checkoutOptions) special(zeroSized bool) bool {
	return o.Whiteouts || o.PassthroughWhiteouts || o.RequireHardlinks || o.unionAdd || o.unionIdentical || o.ForceCopy || zeroSized ||
		o.BareUserOnlyDirs || o.skipList != "" || o.selinuxPolicy != "" || o.selinuxPrefix != ""
}

// finish turns the flags into the library's options.
func (o *checkoutOptions) finish() error {
	modes := 0
	for _, m := range []struct {
		set   bool
		union ostree.UnionMode
	}{{o.union, ostree.UnionFiles}, {o.unionAdd, ostree.UnionAdd}, {o.unionIdentical, ostree.UnionIdentical}} {
		if m.set {
			o.Union = m.union
			modes++
		}
	}
	if modes > 1 {
		return errorf("Cannot specify more than one of --union, --union-add and --union-identical")
	}
	if o.unionIdentical && !o.RequireHardlinks {
		return errorf("--union-identical requires --require-hardlinks")
	}
	if o.RequireHardlinks && o.ForceCopy {
		return errorf("Cannot specify both --require-hardlinks and --force-copy")
	}
	on, err := parseFsync(o.fsync, false)
	if err != nil {
		return err
	}
	o.FSync = on
	if o.skipList != "" {
		paths, err := readLines(o.skipList)
		if err != nil {
			return err
		}
		o.Filter = skipping(paths)
	}
	return o.label()
}

func checkout(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum, dest string, o checkoutOptions) error {
	if o.composefs || o.composefsNoVerity {
		return writeComposefs(ctx, repo, sum, dest, o)
	}
	err := repo.Checkout(ctx, sum, dest, &o.CheckoutOptions)
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrExist) && o.Union == ostree.UnionNone:
		return errorf("mkdirat: File exists")
	case errors.Is(err, fs.ErrNotExist) && o.Subpath != "" && errors.As(err, &at):
		return errorf("No such file or directory: %s", at.Path)
	}
	return err
}

// checkoutMany reads pairs "commit NUL subpath NUL" and checks each out into DESTINATION.
func (a *app) checkoutMany(ctx context.Context, repo *ostree.Repo, args []string, o checkoutOptions) error {
	if len(args) != 1 {
		return glibopt.Usagef("DESTINATION must be specified")
	}
	in := a.stdin
	if o.fromFile != "" {
		f, err := os.Open(o.fromFile)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	r := bufio.NewReader(in)
	for {
		rev, err := r.ReadString(0)
		if errors.Is(err, io.EOF) && rev == "" {
			return nil
		}
		if err != nil {
			return errorf("Premature EOF reading the list of checkouts")
		}
		sub, err := r.ReadString(0)
		if err != nil {
			return errorf("Premature EOF reading the list of checkouts")
		}
		o.Subpath = strings.TrimSuffix(sub, "\x00")
		sum, err := resolve(ctx, repo, strings.TrimSuffix(rev, "\x00"))
		if err != nil {
			return err
		}
		if err := checkout(ctx, repo, sum, args[0], o); err != nil {
			return errorf("Processing tree %s: %w", sum, realWords(err))
		}
	}
}
