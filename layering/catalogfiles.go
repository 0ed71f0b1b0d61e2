package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Match is Pool().Match, but a path that the main metadata does not have is looked for in the complete file lists, which
// are downloaded for that.
func (c *Catalog) Match(ctx context.Context, spec string) (depsolve.Selection, error) {
	sel := c.pool.Match(spec)
	if !sel.IsEmpty() || !strings.HasPrefix(spec, "/") {
		return sel, nil
	}
	if found, err := c.findFiles(ctx, []string{spec}); err != nil || !found {
		return sel, err
	}
	return c.pool.Match(spec), nil
}

// Solve is Pool().Solve, but if that is impossible while packages require files that the main metadata does not have, the
// complete file lists are downloaded, those files are looked for, and what was found is taken into account.
func (c *Catalog) Solve(ctx context.Context, jobs []depsolve.Job, o *depsolve.Options) (*depsolve.Transaction, error) {
	tr, err := c.pool.Solve(ctx, jobs, o)
	var unsolvable *depsolve.UnsolvableError
	if !errors.As(err, &unsolvable) {
		return tr, err
	}
	found, findErr := c.findFiles(ctx, c.pool.MissingFiles())
	if findErr != nil {
		return nil, errors.Join(err, findErr)
	}
	if !found {
		return nil, err
	}
	return c.pool.Solve(ctx, jobs, o)
}

// findFiles looks for the owners of paths that have not been looked for before and tells the pool.
func (c *Catalog) findFiles(ctx context.Context, paths []string) (found bool, err error) {
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return c.searched[p] })
	if len(paths) == 0 {
		return false, nil
	}
	more := map[depsolve.PkgID][]string{}
	for _, m := range c.repos {
		err := m.FindFiles(ctx, paths, func(pkgID string, n rpmver.NEVRA, path string) error {
			if id := c.find(m.Repo().ID, pkgID, n); id != 0 {
				more[id] = append(more[id], path)
			}
			return nil
		})
		// Without the lists, what is missing stays missing.
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, repo.ErrNotCached) {
			return false, fmt.Errorf("search file lists: %w", err)
		}
	}
	for id, files := range more {
		c.pool.AddFiles(id, append(c.pool.Raw(id).Files, files...))
	}
	if c.searched == nil {
		c.searched = map[string]bool{}
	}
	for _, p := range paths {
		c.searched[p] = true
	}
	return len(more) > 0, nil
}

// find returns the package of a repository that has the checksum; 0 if it is none of the pool's, such as one that the
// repository's definition hides.
func (c *Catalog) find(repoID, pkgID string, n rpmver.NEVRA) depsolve.PkgID {
	for _, id := range c.pool.Matches(c.pool.Match(n.String())) {
		v := c.pool.Package(id)
		if v.NEVRA != n || v.Repo.Name() != repoID {
			continue
		}
		if info := c.Info(id); info != nil && info.Checksum.Encoded() == pkgID {
			return id
		}
	}
	return 0
}
