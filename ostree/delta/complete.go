package delta

import (
	"context"
	"fmt"

	"example.com/rpmostree/ostree"
)

// checkComplete makes sure that the commit a delta leads to has all its objects,
// in the transaction or the repository: a delta may lack some. What the commit
// it starts from has at the same path is there if that commit is complete, and is
// not read again.
func checkComplete(ctx context.Context, tx *ostree.Tx, s *Superblock) error {
	c := &completion{ctx: ctx, tx: tx, name: s.Name, done: map[ostree.ObjectName]bool{}}
	var old ostree.Checksum // the root of the commit to start from
	if from := s.Name.From; !from.IsZero() {
		complete, err := isComplete(ctx, tx.Repo(), from)
		if err != nil {
			return err
		}
		if complete {
			commit, err := tx.LoadCommit(ctx, from)
			if err != nil {
				return err
			}
			old = commit.RootTree
		}
	}
	commit, err := ostree.ParseCommit(s.Commit)
	if err != nil {
		return err
	}
	if err := c.need(commit.RootMeta, ostree.TypeDirMeta); err != nil {
		return err
	}
	return c.tree(commit.RootTree, old, 0)
}

type completion struct {
	ctx  context.Context
	tx   *ostree.Tx
	name Name
	done map[ostree.ObjectName]bool
}

func (c *completion) need(sum ostree.Checksum, typ ostree.ObjectType) error {
	n := ostree.ObjectName{Checksum: sum, Type: typ}
	if c.done[n] {
		return nil
	}
	c.done[n] = true
	has, err := c.tx.Has(c.ctx, n)
	if err == nil && !has {
		err = &MissingError{c.name, n, "is neither in the delta nor in the repository"}
	}
	return err
}

// maxDepth bounds the nesting of directories; PATH_MAX allows 2048.
const maxDepth = 4096

// tree looks at a directory, which has replaced old if that is not zero.
func (c *completion) tree(sum, old ostree.Checksum, depth int) error {
	n := ostree.ObjectName{Checksum: sum, Type: ostree.TypeDirTree}
	if depth > maxDepth {
		return fmt.Errorf("%s: nested deeper than %d", n, maxDepth)
	}
	if !old.IsZero() && sum == old || c.done[n] {
		return nil
	}
	if err := c.need(sum, ostree.TypeDirTree); err != nil {
		return err
	}
	t, err := c.tx.LoadDirTree(c.ctx, sum)
	if err != nil {
		return err
	}
	files, dirs, err := c.entries(old)
	if err != nil {
		return err
	}
	for _, f := range t.Files {
		if before, ok := files[f.Name]; ok && before == f.Checksum {
			continue
		}
		if err := c.need(f.Checksum, ostree.TypeFile); err != nil {
			return err
		}
	}
	for _, d := range t.Dirs {
		before, ok := dirs[d.Name]
		if !ok || before.Meta != d.Meta {
			if err := c.need(d.Meta, ostree.TypeDirMeta); err != nil {
				return err
			}
		}
		if err := c.tree(d.Tree, before.Tree, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entries are those of a directory of the commit to start from, none if sum is
// zero.
func (c *completion) entries(sum ostree.Checksum) (map[string]ostree.Checksum, map[string]ostree.DirEntry, error) {
	if sum.IsZero() {
		return nil, nil, nil
	}
	t, err := c.tx.LoadDirTree(c.ctx, sum)
	if err != nil {
		return nil, nil, err
	}
	files, dirs := make(map[string]ostree.Checksum, len(t.Files)), make(map[string]ostree.DirEntry, len(t.Dirs))
	for _, f := range t.Files {
		files[f.Name] = f.Checksum
	}
	for _, d := range t.Dirs {
		dirs[d.Name] = d
	}
	return files, dirs, nil
}
