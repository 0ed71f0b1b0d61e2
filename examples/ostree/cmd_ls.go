package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

type lsOptions struct{ dironly, recursive, checksum, xattrs, nul bool }

func (a *app) lsCommand() *cobra.Command {
	var o lsOptions
	c := &cobra.Command{Use: "ls COMMIT [PATH...]", Short: "List file paths"}
	glibopt.Bool(c, &o.dironly, "dironly", "d", "Do not recurse into directory arguments")
	glibopt.Bool(c, &o.recursive, "recursive", "R", "Print directories recursively")
	glibopt.Bool(c, &o.checksum, "checksum", "C", "Print checksum")
	glibopt.Bool(c, &o.xattrs, "xattrs", "X", "Print extended attributes")
	glibopt.Bool(c, &o.nul, "nul-filenames-only", "", "Print only filenames, NUL separated")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("An COMMIT argument is required")
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
	out := bufio.NewWriterSize(a.stdout, 64<<10)
	defer out.Flush()
	l := &lister{out: out, repo: repo, opts: o, root: ostree.DirEntry{Tree: commit.RootTree, Meta: commit.RootMeta}}
	for _, p := range paths {
		if err := l.list(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// lister prints parts of one commit's tree.
type lister struct {
	out  *bufio.Writer
	repo *ostree.Repo
	opts lsOptions
	root ostree.DirEntry
}

func (l *lister) list(ctx context.Context, arg string) error {
	p := path.Clean("/" + arg)
	dir, file, err := l.find(ctx, p)
	if err != nil {
		return fmt.Errorf("Inspecting path '%s': %w", arg, realWords(err))
	}
	if file != nil {
		return l.printFile(ctx, p, file.Checksum)
	}
	if err := l.printDir(ctx, p, *dir); err != nil {
		return err
	}
	if l.opts.dironly {
		return nil
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
		if err := l.printFile(ctx, path.Join(p, f.Name), f.Checksum); err != nil {
			return err
		}
	}
	for _, d := range t.Dirs {
		if err := l.printDir(ctx, path.Join(p, d.Name), d); err != nil {
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

func (l *lister) printFile(ctx context.Context, p string, sum ostree.Checksum) error {
	h, size, err := l.repo.LoadFileHeader(ctx, sum)
	if err != nil {
		return err
	}
	kind := '-'
	if h.IsSymlink() {
		kind = 'l'
		p += " -> " + h.Target
	}
	l.line(kind, h.Mode, h.UID, h.GID, size, sum.String(), h.Xattrs, p)
	return nil
}

func (l *lister) printDir(ctx context.Context, p string, d ostree.DirEntry) error {
	m, err := l.repo.LoadDirMeta(ctx, d.Meta)
	if errors.Is(err, fs.ErrNotExist) {
		return noSuchObject(err, d.Meta, ostree.TypeDirMeta)
	}
	if err != nil {
		return err
	}
	l.line('d', m.Mode, m.UID, m.GID, 0, d.Tree.String()+" "+d.Meta.String(), m.Xattrs, p)
	return nil
}

func (l *lister) line(kind rune, mode, uid, gid uint32, size int64, sums string, x ostree.Xattrs, p string) {
	if l.opts.nul {
		name, _, _ := strings.Cut(p, " -> ")
		fmt.Fprintf(l.out, "%s\x00", name)
		return
	}
	fmt.Fprintf(l.out, "%c%05o %d %d %6d ", kind, mode&0o7777, uid, gid, size)
	if l.opts.checksum {
		fmt.Fprintf(l.out, "%s ", sums)
	}
	if l.opts.xattrs {
		fmt.Fprintf(l.out, "{ %s } ", xattrText(x))
	}
	fmt.Fprintln(l.out, p)
}
