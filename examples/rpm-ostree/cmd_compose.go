package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

func (a *app) composeCommand() *cobra.Command {
	return group("compose", "Commands to compose a tree", a.composeTreeCommand())
}

type composeOptions struct {
	compose.Options
	repo, cacheDir, previous, parent, writeID string
	touch                                     string
	metadata                                  []string
	unifiedCore, printOnly                    bool
}

func (a *app) composeTreeCommand() *cobra.Command {
	var o composeOptions
	c := &cobra.Command{Use: "tree TREEFILE", Short: "Process a \"treefile\"; install packages and commit the result to an OSTree repository"}
	glibopt.String(c, &o.repo, "repo", "r", "REPO", "Path to OSTree repository")
	glibopt.String(c, &o.cacheDir, "cachedir", "", "CACHEDIR", "Cached state")
	glibopt.Bool(c, &o.ForceNoCache, "force-nocache", "", "Assume cache is present but invalid")
	glibopt.Bool(c, &o.CacheOnly, "cache-only", "", "Assume cache is present, do not attempt to update it")
	glibopt.Bool(c, &o.DownloadOnly, "download-only", "", "Like --dry-run, but download and import RPMs as well; requires --cachedir")
	glibopt.Bool(c, &o.DryRun, "dry-run", "", "Just print the transaction and exit")
	glibopt.Bool(c, &o.printOnly, "print-only", "", "Just expand any includes and print treefile")
	glibopt.Strings(c, &o.metadata, "add-metadata-string", "", "KEY=VALUE", "Append given key and value (in string format) to metadata")
	glibopt.String(c, &o.touch, "touch-if-changed", "", "FILE", "Update the modification time on FILE if a new commit was created")
	glibopt.String(c, &o.previous, "previous-commit", "", "COMMIT", "Use this commit for change detection")
	glibopt.String(c, &o.PreviousInputHash, "previous-inputhash", "", "DIGEST", "Use this input hash for change detection")
	glibopt.String(c, &o.PreviousVersion, "previous-version", "", "VERSION", "Use this version number for automatic version numbering")
	glibopt.String(c, &o.writeID, "write-commitid-to", "", "FILE", "File to write the composed commitid to instead of updating the ref")
	glibopt.Bool(c, &o.NoParent, "no-parent", "", "Always commit without a parent")
	glibopt.String(c, &o.parent, "parent", "", "REV", "Commit with specific parent")
	glibopt.Bool(c, &o.unifiedCore, "unified-core", "", "Use new \"unified core\" codepath")
	glibopt.Hide(c, "unified-core")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return glibopt.Usagef("TREEFILE must be specified")
		}
		tf, err := treefile.Load(args[0], nil)
		if err != nil {
			return err
		}
		if o.printOnly {
			return a.printJSON(tf)
		}
		if o.repo == "" {
			return errorf("--repo must be specified")
		}
		o.ReposDir = filepath.Dir(args[0])
		return a.composeTree(c.Context(), tf, &o)
	}
	return c
}

func (a *app) composeTree(ctx context.Context, tf *treefile.Treefile, o *composeOptions) (err error) {
	repo, err := ostree.Open(ctx, o.repo, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	if o.CacheDir = o.cacheDir; o.CacheDir == "" {
		if o.CacheDir, err = os.MkdirTemp("", "rpm-ostree-compose-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.CacheDir)
	}
	if err := o.revisions(ctx, repo); err != nil {
		return err
	}
	if o.AddMetadata, err = stringMetadata(o.metadata); err != nil {
		return err
	}
	o.Repo, o.Sandbox, o.Progress, o.NoRef = repo, newSandbox(), a.progress(), o.writeID != ""
	if a.env("SOURCE_DATE_EPOCH") != "" {
		o.Timestamp = a.now()
	}
	res, err := compose.Compose(ctx, tf, &o.Options)
	if err != nil {
		return err
	}
	return a.composed(res, o)
}

func (o *composeOptions) revisions(ctx context.Context, repo *ostree.Repo) (err error) {
	if o.previous != "" {
		if o.Previous, err = resolveCommit(ctx, repo, o.previous); err != nil {
			return err
		}
	}
	if o.parent != "" {
		o.Parent, err = resolveCommit(ctx, repo, o.parent)
	}
	return err
}

func stringMetadata(pairs []string) (*gvariant.Dict, error) {
	d := gvariant.NewDict()
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok {
			return nil, errorf("Missing '=' in KEY=VALUE metadata '%s'", p)
		}
		d.Set(k, gvariant.NewString(v))
	}
	return d, nil
}

// composed prints the outcome and writes the files that were asked for.
func (a *app) composed(res *compose.Result, o *composeOptions) error {
	switch {
	case o.DryRun:
		for _, n := range res.Packages {
			a.printf("  %s\n", n)
		}
		a.printf("--dry-run complete\n")
		return nil
	case res.Unchanged || res.Commit.IsZero():
		return nil
	}
	if o.touch != "" {
		if err := os.WriteFile(o.touch, nil, 0o644); err != nil {
			return err
		}
	}
	if o.writeID != "" {
		a.say("wrote commit: %s\n", res.Commit)
		return os.WriteFile(o.writeID, []byte(res.Commit.String()+"\n"), 0o644)
	}
	a.printf("%s => %s\n", res.Ref, res.Commit)
	return nil
}
