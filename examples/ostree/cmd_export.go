package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) exportCommand() *cobra.Command {
	var o ostree.ExportOptions
	var output string
	c := &cobra.Command{Use: "export COMMIT", Short: "Stream COMMIT to stdout in tar format"}
	glibopt.Bool(c, &o.NoXattrs, "no-xattrs", "", "Skip output of extended attributes")
	glibopt.String(c, &o.Subpath, "subpath", "", "PATH", "Checkout sub-directory PATH")
	glibopt.String(c, &o.Prefix, "prefix", "", "PATH", "Add PATH as prefix to archive pathnames")
	glibopt.String(c, &output, "output", "o", "PATH", "Output to PATH ")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("A COMMIT argument is required")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if output == "" {
				return export(c.Context(), repo, args[0], a.stdout, o)
			}
			f, err := os.Create(output)
			if err != nil {
				return err
			}
			return errors.Join(export(c.Context(), repo, args[0], f, o), f.Close())
		})
	}
	return c
}

func export(ctx context.Context, repo *ostree.Repo, rev string, w io.Writer, o ostree.ExportOptions) error {
	sum, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	c, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return err
	}
	o.Time = c.Timestamp
	out := bufio.NewWriterSize(w, 1<<16)
	err = repo.ExportTar(ctx, c.Root(), out, &o)
	var at *fs.PathError
	switch {
	case errors.As(err, &at) && errors.Is(err, fs.ErrNotExist):
		err = errorf("No such file or directory: %s", at.Path)
	case errors.As(err, &at) && errors.Is(err, syscall.ENOTDIR):
		err = errorf("Not a directory")
	}
	return errors.Join(err, out.Flush())
}
