package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// addMissingFiles looks in the file lists of the repositories for the paths
// that no package is known to have, and reports whether there were any.
func (a *app) addMissingFiles(ctx context.Context, pool *depsolve.Pool) (bool, error) {
	paths := pool.MissingFiles()
	if len(paths) == 0 {
		return false, nil
	}
	more := map[depsolve.PkgID][]string{}
	for _, md := range a.metadata {
		err := md.FindFiles(ctx, paths, func(_ string, n rpmver.NEVRA, path string) error {
			for _, id := range pool.Matches(pool.Match(n.String())) {
				if v := pool.Package(id); v.NEVRA == n && v.Repo.Name() == md.Repo().ID {
					more[id] = append(more[id], path)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // without the lists, what is missing stays missing
			return false, fmt.Errorf("search file lists: %w", err)
		}
	}
	for id, files := range more {
		pool.AddFiles(id, append(pool.Raw(id).Files, files...))
	}
	return len(more) > 0, nil
}

// close gives back what load has opened.
func (a *app) close() {
	for _, md := range a.metadata {
		md.Close()
	}
}

// open reads what a repository has, and keeps it open for addMissingFiles.
func (a *app) open(ctx context.Context, id, dir string) (*repo.Metadata, error) {
	md, err := repo.Refresh(ctx, repo.New(id, dir), a.cache, nil)
	if err == nil {
		a.metadata = append(a.metadata, md)
	}
	return md, err
}
