package delta

import (
	"context"
	"fmt"

	"example.com/rpmostree/ostree"
)

// checkComplete makes sure that the commit a delta leads to has all its objects,
// in the transaction or the repository: a delta may lack some. What the commit
// it starts from has is complete if that is.
func checkComplete(ctx context.Context, tx *ostree.Tx, s *Superblock) error {
	n := s.Name
	c := &completion{ctx: ctx, tx: tx, name: n, done: map[ostree.ObjectName]bool{}}
	if !n.From.IsZero() {
		complete, err := isComplete(ctx, tx.Repo(), n.From)
		if err != nil {
			return err
		}
		if complete {
			if c.known, err = tx.Repo().Traverse(ctx, n.From, 0); err != nil {
				return err
			}
		}
	}
	commit, err := ostree.ParseCommit(s.Commit)
	if err != nil {
		return err
	}
	if err := c.need(commit.RootMeta, ostree.TypeDirMeta); err != nil {
		return err
	}
	return c.tree(commit.RootTree, 0)
}

type completion struct {
	ctx   context.Context
	tx    *ostree.Tx
	name  Name
	known *ostree.ObjectSet
	done  map[ostree.ObjectName]bool
}

// first reports whether the object has to be looked at.
func (c *completion) first(n ostree.ObjectName) bool {
	if c.done[n] || c.known != nil && c.known.Has(n) {
		return false
	}
	c.done[n] = true
	return true
}

func (c *completion) need(sum ostree.Checksum, typ ostree.ObjectType) error {
	n := ostree.ObjectName{Checksum: sum, Type: typ}
	if !c.first(n) {
		return nil
	}
	has, err := c.tx.Has(c.ctx, n)
	if err == nil && !has {
		err = &MissingError{c.name, n, "is neither in the delta nor in the repository"}
	}
	return err
}

// maxDepth bounds the nesting of directories; PATH_MAX allows 2048.
const maxDepth = 4096

func (c *completion) tree(sum ostree.Checksum, depth int) error {
	n := ostree.ObjectName{Checksum: sum, Type: ostree.TypeDirTree}
	if depth > maxDepth {
		return fmt.Errorf("%s: nested deeper than %d", n, maxDepth)
	}
	if c.done[n] || c.known != nil && c.known.Has(n) {
		return nil
	}
	if err := c.need(sum, ostree.TypeDirTree); err != nil {
		return err
	}
	t, err := c.tx.LoadDirTree(c.ctx, sum)
	if err != nil {
		return err
	}
	for _, f := range t.Files {
		if err := c.need(f.Checksum, ostree.TypeFile); err != nil {
			return err
		}
	}
	for _, d := range t.Dirs {
		if err := c.need(d.Meta, ostree.TypeDirMeta); err != nil {
			return err
		}
		if err := c.tree(d.Tree, depth+1); err != nil {
			return err
		}
	}
	return nil
}
