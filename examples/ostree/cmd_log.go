package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) logCommand() *cobra.Command {
	var raw, asJSON bool
	c := &cobra.Command{Use: "log REV", Short: "Show log starting at commit or ref"}
	glibopt.Bool(c, &raw, "raw", "", "Show raw variant data")
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("A rev argument is required")
		}
		if err := jsonAlone(asJSON, map[string]bool{"--raw": raw}); err != nil {
			return err
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			sum, err := resolve(c.Context(), repo, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.logJSON(c.Context(), repo, sum)
			}
			return a.log(c.Context(), repo, sum, raw)
		})
	}
	return c
}

// log prints a commit and its ancestors, as far as they are here.
func (a *app) log(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum, raw bool) error {
	for c, err := range repo.History(ctx, sum) {
		switch {
		case errors.Is(err, fs.ErrNotExist) && c.Checksum != sum:
			a.printf("<< History beyond this commit not fetched >>\n")
			return nil
		case err != nil:
			return noSuchObject(err, c.Checksum, ostree.TypeCommit)
		}
		a.printf("commit %s\n", c.Checksum)
		if !raw {
			a.printCommit(c.Commit)
		} else if err := a.rawCommit(ctx, repo, c.Checksum); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) rawCommit(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	if err != nil {
		return err
	}
	return a.printRaw(data, objectTypes[ostree.TypeCommit], true)
}

// noSuchObject puts the real command's words on a missing object.
func noSuchObject(err error, sum ostree.Checksum, t ostree.ObjectType) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errorf("No such metadata object %s.%s", sum, t)
}
