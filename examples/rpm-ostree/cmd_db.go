package main

import (
	"context"
	"errors"
	"path"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

func (a *app) dbCommand() *cobra.Command {
	return group("db", "Commands to query the RPM database", a.dbListCommand(), a.dbDiffCommand())
}

// withDB gives f the repository of --repo or of the system root, which is nil with --repo.
func (a *app) withDB(ctx context.Context, dir string, f func(*ostree.Repo, *sysroot.Sysroot) error) error {
	if dir == "" {
		return a.withSysroot(ctx, func(s *sysroot.Sysroot) error { return f(s.Repo(), s) })
	}
	repo, err := ostree.Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	return errors.Join(f(repo, nil), repo.Close())
}

func (a *app) dbListCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{Use: "list COMMIT... [PREFIX-PKGNAME...]", Short: "List packages within commits"}
	glibopt.String(c, &dir, "repo", "r", "PATH", "Path to OSTree repository (defaults to /sysroot/ostree/repo)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("At least one COMMIT must be specified")
		}
		return a.withDB(c.Context(), dir, func(repo *ostree.Repo, _ *sysroot.Sysroot) error {
			return a.dbList(c.Context(), repo, args[0], args[1:])
		})
	}
	return c
}

func (a *app) dbList(ctx context.Context, repo *ostree.Repo, rev string, patterns []string) error {
	sum, err := resolveCommit(ctx, repo, rev)
	if err != nil {
		return err
	}
	pkgs, err := layering.CommitPackages(ctx, repo, sum)
	if err != nil {
		return err
	}
	if rev == sum.String() {
		a.printf("ostree commit: %s\n", sum)
	} else {
		a.printf("ostree commit: %s (%s)\n", rev, sum)
	}
	for _, n := range pkgs {
		if matchesAny(n.Name, patterns) {
			a.printf(" %s\n", n)
		}
	}
	return nil
}

// matchesAny takes patterns as globs of package names; none takes all.
func matchesAny(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(p, name); err == nil && ok {
			return true
		}
	}
	return len(patterns) == 0
}

func (a *app) dbDiffCommand() *cobra.Command {
	var dir string
	format := "block"
	var changelogs bool
	c := &cobra.Command{Use: "diff [FROM_REV] [TO_REV]", Short: "Show package changes between two commits"}
	glibopt.String(c, &dir, "repo", "r", "PATH", "Path to OSTree repository (defaults to /sysroot/ostree/repo)")
	glibopt.String(c, &format, "format", "F", "FORMAT", "Output format: \"diff\" or \"json\" or (default) \"block\"")
	glibopt.Bool(c, &changelogs, "changelogs", "c", "Also output RPM changelogs")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 2 {
			return glibopt.Usagef("Expected at most two REVs")
		}
		return a.withDB(c.Context(), dir, func(repo *ostree.Repo, s *sysroot.Sysroot) error {
			args, err := defaultRevs(s, args)
			if err != nil {
				return err
			}
			return a.dbDiff(c.Context(), repo, args[0], args[1], format, changelogs)
		})
	}
	return c
}

// defaultRevs fills in what was left out: the booted (or second) deployment, and the pending (or first) one.
func defaultRevs(s *sysroot.Sysroot, args []string) ([]string, error) {
	if len(args) == 2 {
		return args, nil
	}
	if s == nil || len(s.Deployments()) == 0 {
		return nil, errorf("FROM_REV and TO_REV must be specified")
	}
	list := s.Deployments()
	from, to := list[len(list)-1], list[0]
	if b := s.Booted(); b != nil {
		from = b
	}
	if len(args) == 1 {
		return []string{from.Commit.String(), args[0]}, nil
	}
	return []string{from.Commit.String(), to.Commit.String()}, nil
}

func (a *app) dbDiff(ctx context.Context, repo *ostree.Repo, from, to, format string, changelogs bool) error {
	fromSum, err := resolveCommit(ctx, repo, from)
	if err != nil {
		return err
	}
	toSum, err := resolveCommit(ctx, repo, to)
	if err != nil {
		return err
	}
	d, err := layering.DiffCommits(ctx, repo, fromSum, toSum)
	if err != nil {
		return err
	}
	if format == "json" {
		return a.printDiffJSON(fromSum.String(), toSum.String(), d)
	}
	if format != "block" && format != "diff" {
		return errorf("Format argument is invalid, pick one of: diff, json, block")
	}
	a.printf("ostree diff commit from: %s\nostree diff commit to:   %s\n", named(from, fromSum), named(to, toSum))
	if changelogs {
		if format != "block" {
			return errorf("--changelogs only supported with --format=block")
		}
		news, err := layering.Changelogs(ctx, repo, fromSum, toSum, d.Upgraded)
		if err != nil {
			return err
		}
		a.printDiffWith(d, news)
		return nil
	}
	if format == "diff" {
		a.printDiffLines(d)
		return nil
	}
	a.printDiff(d)
	return nil
}

func named(rev string, sum ostree.Checksum) string {
	if rev == sum.String() {
		return rev
	}
	return rev + " (" + sum.String() + ")"
}
