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
	var missing *ostree.MissingError
	if errors.As(err, &missing) {
		return err // the commit may be there, its tree not
	}
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

// maxLinks is how many symbolic links may lead to a file.
const maxLinks = 40

// catFile prints a file. A path may be that of a symbolic link, but as in the real command it does not lead through one.
func (a *app) catFile(fsys *ostree.FS, p string) error {
	name := cmp.Or(strings.TrimPrefix(path.Clean("/"+p), "/"), ".")
	for range maxLinks {
		st, err := lookUp(fsys, name)
		if err != nil {
			return err
		}
		if st.IsDir() {
			return errorf("Can't open directory")
		}
		if st.Mode()&fs.ModeSymlink == 0 {
			return a.catContent(fsys, name)
		}
		target, err := fsys.ReadLink(name)
		if err != nil {
			return err
		}
		if !path.IsAbs(target) {
			target = path.Join("/", path.Dir(name), target)
		}
		name = cmp.Or(strings.TrimPrefix(path.Clean(target), "/"), ".")
	}
	return errorf("%s: Too many levels of symbolic links", p)
}

// lookUp finds what is at a path, or says how far it is not there.
func lookUp(fsys *ostree.FS, name string) (fs.FileInfo, error) {
	for i, c := range name + "/" {
		if c != '/' {
			continue
		}
		st, err := fsys.Lstat(name[:i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, errorf("No such file or directory: /%s", name[:i])
		case err != nil || i == len(name):
			return st, err
		case !st.IsDir():
			return nil, errorf("Not a directory")
		}
	}
	return fsys.Lstat(name)
}

func (a *app) catContent(fsys *ostree.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(a.stdout, f)
	return errors.Join(err, f.Close())
}
