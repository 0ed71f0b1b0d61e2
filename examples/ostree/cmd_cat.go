package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"

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

// firstMissing is how far a path is not there.
func firstMissing(fsys fs.FS, name string) string {
	for i, c := range name {
		if c == '/' {
			if _, err := fs.Stat(fsys, name[:i]); errors.Is(err, fs.ErrNotExist) {
				return name[:i]
			}
		}
	}
	return name
}

func (a *app) catFile(fsys fs.FS, p string) error {
	name := cmp.Or(strings.TrimPrefix(path.Clean("/"+p), "/"), ".")
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return errorf("No such file or directory: /%s", firstMissing(fsys, name))
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return errorf("Not a directory")
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
