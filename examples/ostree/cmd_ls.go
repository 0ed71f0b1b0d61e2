package main

import (
	"bufio"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type lsOptions struct{ dironly, recursive, checksum, xattrs, nul, json bool }

func (a *app) lsCommand() *cobra.Command {
	var o lsOptions
	c := &cobra.Command{Use: "ls COMMIT [PATH...]", Short: "List file paths"}
	glibopt.Bool(c, &o.dironly, "dironly", "d", "Do not recurse into directory arguments")
	glibopt.Bool(c, &o.recursive, "recursive", "R", "Print directories recursively")
	glibopt.Bool(c, &o.checksum, "checksum", "C", "Print checksum")
	glibopt.Bool(c, &o.xattrs, "xattrs", "X", "Print extended attributes")
	glibopt.Bool(c, &o.nul, "nul-filenames-only", "", "Print only filenames, NUL separated")
	jsonFlag(c, &o.json)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("An COMMIT argument is required")
		}
		if err := jsonAlone(o.json, map[string]bool{"--nul-filenames-only": o.nul}); err != nil {
			return err
		}
		paths := args[1:]
		if len(paths) == 0 {
			paths = []string{"/"}
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			return a.ls(c.Context(), repo, args[0], paths, o)
		})
	}
	return c
}

func (a *app) ls(ctx context.Context, repo *ostree.Repo, rev string, paths []string, o lsOptions) error {
	sum, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	commit, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return noSuchObject(err, sum, ostree.TypeCommit)
	}
	if _, err := repo.LoadDirTree(ctx, commit.RootTree); err != nil { // rather than in every path
		return err
	}
	l := &lister{repo: repo, opts: o, root: ostree.DirEntry{Tree: commit.RootTree, Meta: commit.RootMeta}}
	out := bufio.NewWriterSize(a.stdout, 64<<10)
	defer out.Flush()
	if o.json {
		return l.json(ctx, a, sum, paths)
	}
	return l.run(ctx, paths, func(e *lsEntry) error { return l.line(out, e) })
}

// lister prints parts of one commit's tree.
type lister struct {
	repo  *ostree.Repo
	opts  lsOptions
	root  ostree.DirEntry
	batch *lsBatch
	work  chan *lsBatch // to be filled in
	print chan *lsBatch // the same in order
	stop  <-chan struct{}
}

func (l *lister) list(ctx context.Context, arg string) error {
	if arg == "" {
		return errorf("Inspecting path '': No such file or directory: /")
	}
	p := path.Clean("/" + arg)
	dir, file, err := l.find(ctx, p)
	if err != nil {
		return fmt.Errorf("Inspecting path '%s': %w", arg, realWords(err))
	}
	if file != nil {
		return l.add(lsEntry{path: p, sum: file.Checksum})
	}
	if err := l.add(lsEntry{path: p, dir: dir}); err != nil || l.opts.dironly && !l.opts.recursive {
		return err
	}
	return l.children(ctx, p, dir.Tree)
}

// find walks down to a path: a directory or a file.
func (l *lister) find(ctx context.Context, p string) (*ostree.DirEntry, *ostree.FileEntry, error) {
	dir := l.root
	walked, rest := "", strings.Trim(p, "/")
	for rest != "" {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		walked += "/" + name
		t, err := l.repo.LoadDirTree(ctx, dir.Tree)
		if err != nil {
			return nil, nil, err
		}
		d, f := entryNamed(t, name)
		switch {
		case f != nil && rest != "":
			return nil, nil, errorf("Not a directory")
		case f != nil:
			return nil, f, nil
		case d == nil:
			return nil, nil, errorf("No such file or directory: %s", walked)
		}
		dir = *d
	}
	return &dir, nil, nil
}

func entryNamed(t *ostree.DirTree, name string) (*ostree.DirEntry, *ostree.FileEntry) {
	for i := range t.Dirs {
		if t.Dirs[i].Name == name {
			return &t.Dirs[i], nil
		}
	}
	for i := range t.Files {
		if t.Files[i].Name == name {
			return nil, &t.Files[i]
		}
	}
	return nil, nil
}

// children prints the entries of a directory, files first as they are stored, and those of its directories if asked to.
func (l *lister) children(ctx context.Context, p string, tree ostree.Checksum) error {
	t, err := l.repo.LoadDirTree(ctx, tree)
	if err != nil {
		return err
	}
	for _, f := range t.Files {
		if err := l.add(lsEntry{path: path.Join(p, f.Name), sum: f.Checksum}); err != nil {
			return err
		}
	}
	for i := range t.Dirs {
		d := &t.Dirs[i]
		if err := l.add(lsEntry{path: path.Join(p, d.Name), dir: d}); err != nil {
			return err
		}
		if !l.opts.recursive {
			continue
		}
		if err := l.children(ctx, path.Join(p, d.Name), d.Tree); err != nil {
			return err
		}
	}
	return nil
}
