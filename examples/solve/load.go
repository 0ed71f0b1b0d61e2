package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmdb"
)

// load fills a pool with the repositories and the installed system.
func (a *app) load(ctx context.Context) (*depsolve.Pool, error) {
	if len(a.repos) == 0 && a.installed == "" {
		return nil, errors.New("no packages: give --repo or --installed")
	}
	pool := depsolve.NewPool(a.arch)
	if a.installed != "" {
		r := pool.AddRepo("@System", nil)
		if err := loadInstalled(ctx, r, a.installed); err != nil {
			return nil, err
		}
		pool.SetInstalled(r)
	}
	for i, s := range a.repos {
		id, dir, err := splitRepo(s)
		if err != nil {
			return nil, err
		}
		r := pool.AddRepo(id, &depsolve.RepoOptions{Cost: 1000 + i})
		if err := loadRepo(ctx, r, dir, a.cache); err != nil {
			return nil, err
		}
	}
	return pool, nil
}

// loadRepo reads a directory with repodata.
func loadRepo(ctx context.Context, to *depsolve.Repo, dir, cache string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	id := strings.TrimPrefix(to.Name(), "@")
	md, err := repo.Refresh(ctx, repo.New(id, abs), cache, nil)
	if err != nil {
		return err
	}
	defer md.Close()
	return loader.LoadCached(ctx, to, md, id)
}

// loadInstalled reads repodata, the database of a root directory, or a
// database.
func loadInstalled(ctx context.Context, to *depsolve.Repo, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "repodata")); err == nil {
		return loadRepo(ctx, to, dir, "")
	}
	for _, sub := range []string{"usr/lib/sysimage/rpm", "usr/share/rpm", "var/lib/rpm", "."} {
		db, err := rpmdb.Open(filepath.Join(dir, sub))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		defer db.Close()
		return loader.Load(to, db.Infos(ctx))
	}
	return fmt.Errorf("--installed %s: neither repodata nor an RPM database", dir)
}
