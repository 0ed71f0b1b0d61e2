package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type refsOptions struct {
	del, list, alias, collections, force, revision bool
	create                                         string
}

func (a *app) refsCommand() *cobra.Command {
	var o refsOptions
	c := &cobra.Command{Use: "refs [PREFIX]", Short: "List refs"}
	glibopt.Bool(c, &o.del, "delete", "", "Delete refs which match PREFIX, rather than listing them")
	glibopt.Bool(c, &o.list, "list", "", "Do not remove the prefix from the refs")
	glibopt.Bool(c, &o.revision, "revision", "r", "Show revisions in listing")
	glibopt.Bool(c, &o.alias, "alias", "A", "If used with --create, create an alias, otherwise just list aliases")
	glibopt.String(c, &o.create, "create", "", "NEWREF", "Create a new ref for an existing commit")
	glibopt.Bool(c, &o.collections, "collections", "c", "Enable listing collection IDs for refs")
	glibopt.Bool(c, &o.force, "force", "", "Overwrite existing refs when creating")
	c.RunE = func(c *cobra.Command, args []string) error {
		if (o.del || o.create != "") && len(args) == 0 {
			return glibopt.Usagef("At least one PREFIX is required when deleting refs or creating one")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if o.create != "" {
				return createRef(c.Context(), repo, args[0], o)
			}
			if len(args) == 0 {
				args = []string{""}
			}
			for _, prefix := range args {
				if err := a.refs(c.Context(), repo, prefix, o); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return c
}

func createRef(ctx context.Context, repo *ostree.Repo, target string, o refsOptions) error {
	if _, err := repo.ResolveRev(ctx, o.create); err == nil && !o.force {
		return fmt.Errorf("--create specified but ref %s already exists", o.create)
	}
	if o.alias {
		return repo.SetAlias(ctx, o.create, target)
	}
	sum, err := resolve(ctx, repo, target)
	if err != nil {
		return err
	}
	return repo.SetRef(ctx, o.create, sum)
}

// refs lists or deletes the refs below a prefix.
func (a *app) refs(ctx context.Context, repo *ostree.Repo, prefix string, o refsOptions) error {
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Prefix: prefix, Remotes: true, OnlyAliases: o.alias, Mirrors: o.collections})
	if err != nil {
		return err
	}
	for _, r := range refs {
		name := r.Refspec()
		switch {
		case o.del:
			if err := repo.DeleteRef(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		shown := name
		if !o.list {
			shown = strings.TrimPrefix(strings.TrimPrefix(shown, prefix), "/")
			if shown == "" {
				shown = name
			}
		}
		switch {
		case o.alias:
			a.printf("%s -> %s\n", shown, r.Alias)
		case o.revision:
			a.printf("%s\t%s\n", shown, r.Checksum)
		case o.collections && r.Collection != "":
			a.printf("(%s, %s)\n", r.Collection, r.Name)
		default:
			a.println(shown)
		}
	}
	return nil
}

// singleCommit is rev-parse --single.
func (a *app) singleCommit(ctx context.Context, repo *ostree.Repo) error {
	var found []ostree.Checksum
	for name, err := range repo.Objects(ctx) {
		if err != nil {
			return err
		}
		if name.Type == ostree.TypeCommit {
			found = append(found, name.Checksum)
		}
	}
	if len(found) != 1 {
		return errorf("Need exactly one commit, found %d", len(found))
	}
	a.println(found[0])
	return nil
}
