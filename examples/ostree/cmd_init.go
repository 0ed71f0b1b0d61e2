package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) initCommand() *cobra.Command {
	mode, collection := "bare", ""
	c := &cobra.Command{Use: "init", Short: "Initialize a new empty repository"}
	glibopt.String(c, &mode, "mode", "", "", "Initialize repository in given mode (bare, bare-user, bare-user-only, archive)")
	glibopt.String(c, &collection, "collection-id", "", "COLLECTION-ID", "Globally unique ID for this repository as an collection of refs for redistribution to other repositories")
	c.RunE = func(c *cobra.Command, _ []string) error {
		dir := a.repoPath
		if dir == "" {
			dir = a.env("OSTREE_REPO")
		}
		if dir == "" {
			dir = "."
		}
		m, err := ostree.ParseMode(mode)
		if err != nil {
			return errorf("Invalid mode '%s' in repository configuration", mode)
		}
		if c.Flags().Changed("collection-id") {
			if err := ostree.ValidateCollectionID(collection); err != nil {
				return errorf("Invalid collection ID %s", collection)
			}
		}
		if _, err := os.Stat(filepath.Dir(filepath.Clean(dir))); errors.Is(err, fs.ErrNotExist) {
			return errorf("Creating repo: mkdirat: No such file or directory")
		}
		repo, err := ostree.Init(c.Context(), dir, &ostree.InitOptions{Mode: m, CollectionID: collection})
		if err != nil {
			return err
		}
		return errors.Join(repo.Close())
	}
	return c
}
