package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type refsOptions struct {
	del, list, alias, collections, force, revision bool
	create                                         string
	json                                           *refsJSON // where to collect what is listed, nil to print it
}

func (a *app) refsCommand() *cobra.Command {
	var o refsOptions
	var asJSON bool
	c := &cobra.Command{Use: "refs [PREFIX]", Short: "List refs"}
	glibopt.Bool(c, &o.del, "delete", "", "Delete refs which match PREFIX, rather than listing them")
	glibopt.Bool(c, &o.list, "list", "", "Do not remove the prefix from the refs")
	glibopt.Bool(c, &o.revision, "revision", "r", "Show revisions in listing")
	glibopt.Bool(c, &o.alias, "alias", "A", "If used with --create, create an alias, otherwise just list aliases")
	glibopt.String(c, &o.create, "create", "", "NEWREF", "Create a new ref for an existing commit")
	glibopt.Bool(c, &o.collections, "collections", "c", "Enable listing collection IDs for refs")
	glibopt.Bool(c, &o.force, "force", "", "Overwrite existing refs when creating")
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		if (o.del || o.create != "") && len(args) == 0 {
			return glibopt.Usagef("At least one PREFIX is required when deleting refs or creating one")
		}
		if err := jsonAlone(asJSON, map[string]bool{"--delete": o.del, "--create": o.create != ""}); err != nil {
			return err
		}
		if asJSON {
			o.json = &refsJSON{Refs: []refJSON{}}
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if o.create != "" {
				return createRef(c.Context(), repo, args[0], o)
			}
			given := len(args) > 0
			if !given {
				args = []string{""}
			} else if slices.Contains(args, "") && !o.collections {
				return errorf("Listing refs: Invalid refspec ")
			}
			list := a.refs
			if o.collections {
				list = a.collectionRefs
			}
			for _, prefix := range args {
				if o.collections && given {
					if err := ostree.ValidateCollectionID(prefix); err != nil {
						return errorf("Listing refs: Invalid collection ID %s", prefix)
					}
				}
				if err := list(c.Context(), repo, prefix, o); err != nil {
					return err
				}
			}
			if asJSON {
				return a.printJSON(o.json)
			}
			return nil
		})
	}
	return c
}

func createRef(ctx context.Context, repo *ostree.Repo, target string, o refsOptions) error {
	remote, name, ok := strings.Cut(o.create, ":")
	if !ok {
		remote, name = "", o.create
	}
	if o.collections {
		if !ok {
			remote = o.create
		}
		if _, _, err := ostree.ParseRefspec(o.create); err != nil {
			return errorf("Invalid refspec %s", o.create)
		}
		if err := ostree.ValidateCollectionID(remote); err != nil {
			return errorf("Invalid collection ID %s", remote)
		}
		return createCollectionRef(ctx, repo, remote, name, target)
	}
	if err := ostree.ValidateRefName(name); err != nil {
		return errorf("Invalid refspec %s", o.create)
	}
	if remote == "" {
		if err := refInTheWay(repo, name); err != nil {
			return err
		}
	}
	old, err := repo.Refs(ctx, &ostree.RefsOptions{Prefix: name, Remotes: true})
	if err != nil {
		return err
	}
	exists := func(r ostree.Ref) bool { // an alias may become another
		return r.Remote == remote && r.Name == name && !(o.alias && r.Alias != "")
	}
	if !o.force && slices.ContainsFunc(old, exists) {
		return errorf("--create specified but ref %s already exists", o.create)
	}
	if o.alias {
		return createAlias(ctx, repo, remote, name, target)
	}
	sum, err := resolve(ctx, repo, target)
	if err != nil {
		return err
	}
	return repo.SetRef(ctx, o.create, sum)
}

// refInTheWay fails if a name would be below a ref.
func refInTheWay(repo *ostree.Repo, name string) error {
	if _, err := os.Lstat(filepath.Join(repo.Path(), "refs/heads", name)); errors.Is(err, syscall.ENOTDIR) {
		return errorf("openat(refs/heads/%s): Not a directory", name)
	}
	return nil
}

func createAlias(ctx context.Context, repo *ostree.Repo, remote, name, target string) error {
	if remote != "" {
		return errorf("Cannot create alias to remote ref: %s", remote)
	}
	err := repo.SetAlias(ctx, name, target)
	if errors.Is(err, fs.ErrNotExist) {
		return errorf("Cannot create alias to non-existent ref: %s", target)
	}
	return err
}

func createCollectionRef(ctx context.Context, repo *ostree.Repo, collection, name, target string) error {
	sum, err := resolve(ctx, repo, target)
	if err != nil {
		return err
	}
	return repo.SetCollectionRef(ctx, collection, name, sum)
}

// refs lists or deletes the refs below a prefix: NAME, REMOTE: or REMOTE:NAME.
func (a *app) refs(ctx context.Context, repo *ostree.Repo, prefix string, o refsOptions) error {
	if _, err := os.Stat(filepath.Join(repo.Path(), "refs/remotes")); errors.Is(err, fs.ErrNotExist) {
		return errorf("Listing refs: opendir(refs/remotes): No such file or directory")
	}
	remote, name, hasRemote := strings.Cut(prefix, ":")
	if !hasRemote {
		remote, name = "", prefix
	}
	name = strings.TrimPrefix(name, ".")
	if name != "" && ostree.ValidateRefName(name) != nil {
		return errorf("Listing refs: Invalid refspec %s", prefix)
	}
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Prefix: name, Remotes: !o.alias, OnlyAliases: o.alias && !o.del})
	if err != nil {
		return err
	}
	for _, r := range refs {
		switch {
		case prefix != "" && r.Remote != remote:
		case o.del:
			if err := deleteRef(ctx, repo, r); err != nil {
				return err
			}
		default:
			a.printRef(r, name, o)
		}
	}
	return nil
}

func (a *app) printRef(r ostree.Ref, prefix string, o refsOptions) {
	if o.json != nil {
		o.json.Refs = append(o.json.Refs, refAsJSON(r))
		return
	}
	shown := r
	if below := strings.TrimPrefix(strings.TrimPrefix(r.Name, prefix), "/"); !o.list && below != "" {
		shown.Name = below
	}
	switch {
	case o.alias:
		a.printf("%s -> %s\n", shown.Refspec(), r.Alias)
	case o.revision:
		a.printf("%s\t%s\n", shown.Refspec(), r.Checksum)
	default:
		a.println(shown.Refspec())
	}
}

// deleteRef deletes a ref unless an alias stands for it.
func deleteRef(ctx context.Context, repo *ostree.Repo, r ostree.Ref) error {
	aliases, err := repo.Refs(ctx, &ostree.RefsOptions{OnlyAliases: true})
	if err != nil {
		return err
	}
	for _, alias := range aliases {
		if r.Remote == "" && alias.Alias == r.Name {
			return errorf("Ref '%s' has an active alias: '%s'", r.Name, alias.Name)
		}
	}
	if err := repo.DeleteRef(ctx, r.Refspec()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// collectionRefs lists or deletes the refs of a collection, or of all: those mirrored, the local ones if the repository
// has a collection, those of remotes that have one.
func (a *app) collectionRefs(ctx context.Context, repo *ostree.Repo, collection string, o refsOptions) error {
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: !o.del, Mirrors: true})
	if err != nil {
		return err
	}
	for _, r := range refs {
		switch {
		case r.Remote != "":
			rem, err := repo.Remote(r.Remote)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			r.Collection = rem.CollectionID
		case r.Collection == "":
			r.Collection = repo.CollectionID()
		}
		switch {
		case r.Collection == "" || collection != "" && r.Collection != collection:
		case o.del:
			if err := repo.SetCollectionRef(ctx, r.Collection, r.Name, ostree.Checksum{}); err != nil {
				return err
			}
		case o.json != nil:
			o.json.Refs = append(o.json.Refs, refAsJSON(r))
		case o.revision:
			a.printf("(%s, %s)\t%s\n", r.Collection, r.Name, r.Checksum)
		default:
			a.printf("(%s, %s)\n", r.Collection, r.Name)
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
	switch len(found) {
	case 0:
		return errorf("No commit objects found")
	case 1:
	default:
		return errorf("Multiple commit objects found")
	}
	a.println(found[0])
	return nil
}
