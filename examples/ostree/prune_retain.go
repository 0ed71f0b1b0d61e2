package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/ostree"
)

// retention says how much history each branch keeps.
type retention struct {
	repo  *ostree.Repo
	depth int            // of the branches to prune
	since time.Time      // commits younger than this stay, if it is set
	only  []string       // the branches to prune; none means all
	kept  map[string]int // depth of some branches
}

// retain reads the options.
func (o *pruneOptions) retain(ctx context.Context, repo *ostree.Repo) (*retention, error) {
	r := &retention{repo: repo, depth: o.depth, only: o.only, kept: map[string]int{}}
	for _, ref := range o.only {
		if _, err := resolve(ctx, repo, ref); err != nil {
			return nil, err
		}
	}
	for _, arg := range o.branchDepth {
		ref, text, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, errorf("Invalid value %s, must specify BRANCH=DEPTH", arg)
		}
		depth, err := strconv.Atoi(text)
		if err != nil || depth < -1 {
			return nil, errorf("Invalid depth %s", text)
		}
		r.kept[ref] = depth
	}
	var err error
	if o.youngerThan != "" {
		r.since, err = parseTimestamp(o.youngerThan, time.Now())
	}
	return r, err
}

// reachable adds everything that stays.
func (r *retention) reachable(ctx context.Context, keep *ostree.ObjectSet) error {
	refs, err := r.repo.Refs(ctx, &ostree.RefsOptions{Remotes: true, Mirrors: true})
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := r.branch(ctx, keep, ref); err != nil {
			return err
		}
	}
	return nil
}

func (r *retention) branch(ctx context.Context, keep *ostree.ObjectSet, ref ostree.Ref) error {
	depth := r.kept[ref.Refspec()]
	switch {
	case depth != 0: // the real command takes 0 as not given, too
	case len(r.only) > 0 && !r.prunes(ref):
		depth = -1
	case !r.since.IsZero():
		return r.younger(ctx, keep, ref.Checksum)
	default:
		depth = r.depth
	}
	return r.repo.TraverseInto(ctx, keep, ref.Checksum, depth)
}

func (r *retention) prunes(ref ostree.Ref) bool {
	for _, name := range r.only {
		if name == ref.Refspec() {
			return true
		}
	}
	return false
}

// younger keeps a branch's head and, if that is not too old, its ancestors up to the first that is.
func (r *retention) younger(ctx context.Context, keep *ostree.ObjectSet, at ostree.Checksum) error {
	for head := true; !at.IsZero(); head = false {
		c, err := r.repo.LoadCommit(ctx, at)
		if errors.Is(err, fs.ErrNotExist) { // also of a ref to what is gone
			return nil
		}
		if err != nil {
			return err
		}
		old := c.Timestamp.Before(r.since)
		if old && !head {
			return nil
		}
		if err := r.repo.TraverseInto(ctx, keep, at, 0); err != nil || old {
			return err
		}
		at = c.Parent
	}
	return nil
}
