package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) catCommand() *cobra.Command {
	c := &cobra.Command{Use: "cat COMMIT PATH...", Short: "Concatenate contents of files"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 2 {
			return glibopt.Usagef("A COMMIT and at least one PATH argument are required")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.cat(c.Context(), repo, args[0], args[1:]) })
	}
	return c
}

func (a *app) cat(ctx context.Context, repo *ostree.Repo, rev string, paths []string) error {
	sum, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	fsys, err := repo.FS(ctx, sum)
	if err != nil {
		return noSuchObject(err, sum, ostree.TypeCommit)
	}
	for _, p := range paths {
		if err := a.catFile(fsys, p); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) catFile(fsys fs.FS, p string) error {
	f, err := fsys.Open(cmp.Or(strings.TrimPrefix(path.Clean("/"+p), "/"), "."))
	if errors.Is(err, fs.ErrNotExist) {
		return errorf("No such file or directory: %s", path.Clean("/"+p))
	}
	if err != nil {
		return err
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return errors.Join(errorf("Can't open directory"), f.Close())
	}
	_, err = io.Copy(a.stdout, f)
	return errors.Join(err, f.Close())
}
