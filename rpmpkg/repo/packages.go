package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg"
)

// FetchOptions control FetchPackages. The zero value is the default.
type FetchOptions struct {
	// Parallel is how many packages are fetched at once; <= 0 means the smallest ParallelDownloads of the repositories.
	Parallel int
	// Progress is called during downloads, never twice at once.
	Progress func(Progress)
}

// FetchPackage gets one package that Packages of this repository gave; see FetchPackages.
func (m *Metadata) FetchPackage(ctx context.Context, info *rpmpkg.Info, destDir string) (string, error) {
	paths, err := FetchPackages(ctx, []*Metadata{m}, []*rpmpkg.Info{info}, destDir, nil)
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// FetchPackages gets packages, which come from the given repositories by their RepoID, into the directory destDir,
// which is made if necessary, and gives their paths in the same order. Size and checksum of each are verified; a file
// that is already there and right is not fetched again. A package of a local repository is verified and used where it
// is. All packages that could not be had are in the error.
func FetchPackages(ctx context.Context, repos []*Metadata, pkgs []*rpmpkg.Info, destDir string, o *FetchOptions) ([]string, error) {
	if o == nil {
		o = &FetchOptions{}
	}
	f := &fetcher{repos: map[string]*Metadata{}, report: newReporter(o.Progress, len(pkgs))}
	parallel := o.Parallel
	for _, m := range repos {
		f.repos[m.client.repo.ID] = m
		if n := m.client.repo.ParallelDownloads; o.Parallel <= 0 && n > 0 && (parallel <= 0 || n < parallel) {
			parallel = n
		}
	}
	if err := checkNames(pkgs); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(destDir, 0o755); err != nil {
		return nil, err
	}
	var err error
	if f.dest, err = dirfd.Open(destDir); err != nil {
		return nil, err
	}
	defer f.dest.Close()

	paths, errs := make([]string, len(pkgs)), make([]error, len(pkgs))
	var group errgroup.Group
	group.SetLimit(min(max(parallel, 1), maxParallel))
	for i, p := range pkgs {
		group.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] == nil {
				paths[i], errs[i] = f.fetch(ctx, p)
			}
			return nil
		})
	}
	if err := errors.Join(group.Wait(), ctx.Err()); err != nil {
		return nil, err
	}
	return paths, errors.Join(errs...)
}

// checkNames refuses two different packages that would get the same file name.
func checkNames(pkgs []*rpmpkg.Info) error {
	names := map[string]*rpmpkg.Info{}
	for _, p := range pkgs {
		name, err := fileName(p)
		if err != nil {
			return err
		}
		if other, ok := names[name]; ok && other.Checksum != p.Checksum {
			return fmt.Errorf("fetch packages: %s of repositories %s and %s differ", name, other.RepoID, p.RepoID)
		}
		names[name] = p
	}
	return nil
}

// fileName gives the name under which a package is stored: the last part of its location.
func fileName(p *rpmpkg.Info) (string, error) {
	name := path.Base(p.Location)
	if dirfd.CheckName(name) != nil || !strings.HasSuffix(name, ".rpm") {
		return "", &Error{Repo: p.RepoID, URL: p.Location, Err: errors.New("not the location of a package")}
	}
	return name, nil
}

type fetcher struct {
	repos  map[string]*Metadata
	dest   *dirfd.Dir
	report *reporter
}

func (f *fetcher) fetch(ctx context.Context, p *rpmpkg.Info) (string, error) {
	m, ok := f.repos[p.RepoID]
	if !ok {
		return "", &Error{Repo: p.RepoID, URL: p.Location, Err: errors.New("repository is not open")}
	}
	if m.cache == nil && !strings.Contains(p.Location, "://") {
		return f.inPlace(ctx, m, p)
	}
	name, err := fileName(p)
	if err != nil {
		return "", err
	}
	if file, err := f.dest.OpenFile(name, os.O_RDONLY, 0); err == nil {
		err = verifyFile(ctx, file, int64(p.PackageSize), p.Checksum)
		if file.Close(); err == nil {
			f.done(p)
			return f.dest.Join(name), nil
		}
	}
	if m.offline {
		return "", &Error{Repo: p.RepoID, URL: p.Location, Err: ErrNotCached}
	}
	c := *m.client
	c.report = f.report
	if err := store(ctx, &c, f.dest, name, p.Location, int64(p.PackageSize), p.Checksum); err != nil {
		return "", err
	}
	return f.dest.Join(name), nil
}

// inPlace verifies a package of a local repository.
func (f *fetcher) inPlace(ctx context.Context, m *Metadata, p *rpmpkg.Info) (string, error) {
	file := filepath.Join(m.dir, filepath.FromSlash(p.Location))
	r, err := os.Open(file)
	if err != nil {
		return "", &Error{Repo: p.RepoID, URL: p.Location, Err: err}
	}
	defer r.Close()
	if err := verifyFile(ctx, r, int64(p.PackageSize), p.Checksum); err != nil {
		return "", &Error{Repo: p.RepoID, URL: file, Err: err}
	}
	f.done(p)
	return file, nil
}

func (f *fetcher) done(p *rpmpkg.Info) {
	f.report.report(Progress{Repo: p.RepoID, File: p.Location, Bytes: int64(p.PackageSize), Size: int64(p.PackageSize), Done: true})
}
