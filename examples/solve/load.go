package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
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
		if err := a.loadInstalled(ctx, r, a.installed); err != nil {
			return nil, err
		}
		pool.SetInstalled(r)
	}
	for i, s := range a.repos {
		d, err := parseRepo(s, i)
		if err != nil {
			return nil, err
		}
		if err := a.loadRepo(ctx, pool.AddRepo(d.id, &d.options), d.dir); err != nil {
			return nil, err
		}
	}
	for _, spec := range a.excludes {
		sel := pool.Match(spec)
		if sel.IsEmpty() {
			return nil, fmt.Errorf("--exclude %s: no package matches", spec)
		}
		pool.Exclude(pool.Matches(sel)...)
	}
	return pool, nil
}

// repoArg is what an argument of --repo says.
type repoArg struct {
	id, dir string
	options depsolve.RepoOptions
}

// parseRepo takes "ID=DIR,priority=N,cost=N" apart. As in configuration files a
// lower priority is better and 99 the usual one; a cost only decides between
// equal packages, by default the order of the arguments does.
func parseRepo(s string, place int) (repoArg, error) {
	bad := fmt.Errorf("--repo %q: want ID=DIR[,priority=N][,cost=N]", s)
	id, rest, ok := strings.Cut(s, "=")
	words := strings.Split(rest, ",")
	d := repoArg{id: id, dir: words[0], options: depsolve.RepoOptions{Cost: 1000 + place}}
	if !ok || id == "" || d.dir == "" {
		return d, bad
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
			return d, bad
		case key == "priority":
			d.options.Priority = n
		case key == "cost":
			d.options.Cost = n
		default:
			return d, bad
		}
	}
	return d, nil
}

// loadRepo reads a directory with repodata.
func (a *app) loadRepo(ctx context.Context, to *depsolve.Repo, dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	id := strings.TrimPrefix(to.Name(), "@")
	md, err := a.open(ctx, id, abs)
	if err != nil {
		return err
	}
	return loader.LoadCached(ctx, to, md, id)
}

// loadInstalled reads repodata, the database of a root directory, or a
// database.
func (a *app) loadInstalled(ctx context.Context, to *depsolve.Repo, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "repodata")); err == nil {
		return a.loadRepo(ctx, to, dir)
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
