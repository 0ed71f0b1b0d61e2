package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
)

func (a *app) diffCommand() *cobra.Command {
	var stats, fsDiff, noXattrs, asJSON bool
	uid, gid := -1, -1
	c := &cobra.Command{Use: "diff REV_OR_DIR [REV_OR_DIR]", Short: "Compare directory TARGETDIR against revision REV"}
	glibopt.Bool(c, &stats, "stats", "", "Print various statistics")
	glibopt.Bool(c, &fsDiff, "fs-diff", "", "Print filesystem diff")
	glibopt.Bool(c, &noXattrs, "no-xattrs", "", "Skip output of extended attributes")
	jsonFlag(c, &asJSON)
	glibopt.Int(c, &uid, "owner-uid", "", "UID", "Use file ownership user id for local files")
	glibopt.Int(c, &gid, "owner-gid", "", "GID", "Use file ownership group id for local files")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("REV must be specified")
		}
		from, to := args[0]+"^", args[0]
		if len(args) > 1 {
			from, to = args[0], args[1]
		}
		imp := &ostree.ImportOptions{NoXattrs: noXattrs, OwnerUID: owner(uid), OwnerGID: owner(gid)}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			d := &differ{app: a, repo: repo, imp: imp}
			if asJSON {
				d.json = &diffJSON{}
			}
			if !stats || fsDiff {
				if err := d.files(c.Context(), from, to); err != nil {
					return err
				}
			}
			if stats {
				if err := d.stats(c.Context(), from, to); err != nil {
					return err
				}
			}
			if asJSON {
				return a.printJSON(d.json)
			}
			return nil
		})
	}
	return c
}

// owner turns an option's -1 into "as it is".
func owner(id int) *uint32 {
	if id < 0 {
		return nil
	}
	v := uint32(id)
	return &v
}

type differ struct {
	*app
	repo *ostree.Repo
	imp  *ostree.ImportOptions
	json *diffJSON // where to collect what there is to say, nil to print it
}

// files prints one line for each path that differs.
func (d *differ) files(ctx context.Context, from, to string) error {
	view := d.repo
	if isPath(from) || isPath(to) {
		if err := d.withoutXattrs(isPath(from) && isPath(to)); err != nil {
			return err
		}
		scratch, remove, err := d.scratch(ctx)
		if err != nil {
			return err
		}
		defer remove()
		view = scratch
	}
	a, err := d.tree(ctx, view, from)
	if err != nil {
		return err
	}
	b, err := d.tree(ctx, view, to)
	if err != nil {
		return err
	}
	items, err := view.Diff(ctx, a, b, nil)
	if err != nil {
		return err
	}
	if d.json != nil {
		d.json.Changes = []changeJSON{}
	}
	for _, i := range items {
		side := from
		if i.Kind == ostree.DiffAdded {
			side = to
		}
		if isPath(side) { // below it, not from the root of a commit
			i.Path = strings.TrimPrefix(i.Path, "/")
		}
		if d.json != nil {
			d.json.Changes = append(d.json.Changes, changeJSON{changes[i.Kind], i.Path})
			continue
		}
		d.printf("%c    %s\n", i.Kind, i.Path)
	}
	return nil
}

// withoutXattrs leaves the attributes of directories out if the repository has none that they could be compared with.
// The option --no-xattrs is about directories, too: commits are compared with all they have.
func (d *differ) withoutXattrs(bothDirs bool) error {
	disabled, err := d.repo.Config().GetBool("core", "disable-xattrs", false)
	if !bothDirs && (disabled || d.repo.Mode() == ostree.ModeBareUserOnly) {
		d.imp.NoXattrs = true
	}
	return err
}

// isPath tells a directory from a revision by its look, as the real command does.
func isPath(side string) bool {
	return strings.HasPrefix(side, "/") || strings.HasPrefix(side, "./")
}

// tree finds a side of the comparison.
func (d *differ) tree(ctx context.Context, view *ostree.Repo, side string) (ostree.Tree, error) {
	if isPath(side) {
		return d.importTree(ctx, view, side)
	}
	sum, err := resolve(ctx, d.repo, side)
	if err != nil {
		return ostree.Tree{}, err
	}
	c, err := d.repo.LoadCommit(ctx, sum)
	if err != nil {
		return ostree.Tree{}, noSuchObject(err, sum, ostree.TypeCommit)
	}
	return c.Root(), nil
}

// scratch makes a temporary repository that sees the objects of the real one as its parent's, so that a directory can
// be imported and compared without leaving anything behind.
func (d *differ) scratch(ctx context.Context) (*ostree.Repo, func(), error) {
	dir, err := os.MkdirTemp("", "ostree-diff-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	repo, err := ostree.Init(ctx, dir, &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err == nil {
		cfg := repo.Config()
		cfg.Set("core", "parent", d.repo.Path())
		cfg.Set("core", "fsync", "false")
		cfg.Set("archive", "zlib-level", "1")
		err = errors.Join(repo.WriteConfig(ctx, cfg), repo.Close())
	}
	if err == nil {
		repo, err = ostree.Open(ctx, dir, nil)
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return repo, func() { repo.Close(); remove() }, nil
}

func (d *differ) importTree(ctx context.Context, repo *ostree.Repo, dir string) (ostree.Tree, error) {
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		return ostree.Tree{}, err
	}
	defer tx.Abort()
	m := ostree.NewMutableTree()
	imp := *d.imp
	if !imp.NoXattrs {
		imp.Xattrs = func(path string, h *ostree.FileHeader) (ostree.Xattrs, error) { return xattrsOfLinks(dir+path, h) }
	}
	if err := tx.ImportDir(ctx, m, dir, &imp); err != nil {
		return ostree.Tree{}, err
	}
	tree, meta, err := tx.WriteTree(ctx, m)
	if err != nil {
		return ostree.Tree{}, err
	}
	_, err = tx.Commit(ctx)
	return ostree.Tree{Tree: tree, Meta: meta}, err
}

// objectMeta is an attribute that hardlinks of objects in bare-user mode have: imports leave it out, but here it is a
// difference like any other.
const objectMeta = "user.ostreemeta"

// xattrsOfLinks adds it to the attributes of a file.
func xattrsOfLinks(path string, h *ostree.FileHeader) (ostree.Xattrs, error) {
	if h.Mode&unix.S_IFMT != unix.S_IFREG {
		return h.Xattrs, nil
	}
	value := make([]byte, 1<<16) // the longest there is
	n, err := unix.Lgetxattr(path, objectMeta, value)
	if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
		return h.Xattrs, nil
	}
	if err != nil {
		return nil, &fs.PathError{Op: "getxattr", Path: path, Err: err}
	}
	return append(slices.Clone(h.Xattrs), ostree.Xattr{Name: objectMeta, Value: value[:n]}), nil
}

// stats prints how much two commits share.
func (d *differ) stats(ctx context.Context, from, to string) error {
	for _, side := range []string{from, to} {
		if _, err := resolve(ctx, d.repo, side); err != nil {
			return err
		}
	}
	a, err := d.objects(ctx, from)
	if err != nil {
		return err
	}
	b, err := d.objects(ctx, to)
	if err != nil {
		return err
	}
	common, size := 0, int64(0)
	for name := range a.All() {
		if !b.Has(name) {
			continue
		}
		n, err := d.repo.StorageSize(ctx, name)
		if err != nil {
			return err
		}
		common, size = common+1, size+n
	}
	if d.json != nil {
		d.json.Stats = &diffStatsJSON{a.Len(), b.Len(), common, size}
		return nil
	}
	d.printf("[A] Object Count: %d\n[B] Object Count: %d\nCommon Object Count: %d\nCommon Object Size: %s\n", a.Len(), b.Len(), common, progress.Size(size))
	return nil
}

func (d *differ) objects(ctx context.Context, rev string) (*ostree.ObjectSet, error) {
	sum, err := resolve(ctx, d.repo, rev)
	if err != nil {
		return nil, err
	}
	return d.repo.Traverse(ctx, sum, 0)
}
