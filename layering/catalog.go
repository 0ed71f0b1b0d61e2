package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// A localFile is a package file that need not be downloaded.
type localFile struct{ path, identity string }

// CatalogOptions say where packages come from. The zero value has no repositories.
type CatalogOptions struct {
	Arch     string       // of the target, RPM's name; "" is "x86_64"
	Repos    []*repo.Repo // disabled ones are left out
	CacheDir string       // of metadata and packages
	Client   *http.Client // nil is http.DefaultClient
	// CacheOnly downloads no metadata and no packages.
	CacheOnly bool
	// Force asks the repositories even if the cache is fresh.
	Force bool
	// Exclude are names or globs of packages that must not be installed.
	Exclude []string
	// Progress is told about the main steps; nil = nobody.
	Progress func(Progress)
}

// Catalog is what can be installed: the packages of repositories and of local files, ready for the solver, and the
// way to get them into a repository of images.
type Catalog struct {
	opts    CatalogOptions
	pool    *depsolve.Pool
	repos   []*repo.Metadata
	local   *depsolve.Repo
	stored  map[depsolve.PkgID]*importer.Stored // packages that are in the image repository already
	rpmfile map[depsolve.PkgID]localFile        // local files

	searched map[string]bool // paths that were looked for in the file lists

	reporting sync.Mutex // repositories are refreshed at the same time
}

// OpenCatalog refreshes the metadata of the repositories, all at once, and loads it. Every repository has to load,
// unless it has skip_if_unavailable set: a missing one could hide updates. Close the Catalog when done.
func OpenCatalog(ctx context.Context, o *CatalogOptions) (*Catalog, error) {
	if o == nil {
		o = &CatalogOptions{}
	}
	c := &Catalog{
		opts: *o, stored: map[depsolve.PkgID]*importer.Stored{}, rpmfile: map[depsolve.PkgID]localFile{},
	}
	if c.opts.Arch == "" {
		c.opts.Arch = "x86_64"
	}
	c.pool = depsolve.NewPool(c.opts.Arch)
	if err := c.refresh(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for _, m := range c.repos {
		if err := c.load(ctx, m); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	c.local = c.pool.AddRepo("@commandline", nil)
	c.exclude()
	return c, nil
}

// Close releases the metadata files.
func (c *Catalog) Close() error {
	var errs []error
	for _, m := range c.repos {
		errs = append(errs, m.Close())
	}
	c.repos = nil
	return errors.Join(errs...)
}

// refresh brings the metadata up to date. The order of the repositories is that of the options whatever finishes
// first, because the solver breaks ties by it.
func (c *Catalog) refresh(ctx context.Context) error {
	found := make([]*repo.Metadata, len(c.opts.Repos))
	group, gctx := errgroup.WithContext(ctx)
	for i, r := range c.opts.Repos {
		if !r.Enabled {
			continue
		}
		group.Go(func() error {
			m, err := repo.Refresh(gctx, r, filepath.Join(c.opts.CacheDir, "repomd"), &repo.Options{
				Client: c.opts.Client, CacheOnly: c.opts.CacheOnly, Force: c.opts.Force,
			})
			if err != nil && c.opts.CacheOnly && gctx.Err() == nil {
				return nil // packages that were imported before may be enough
			}
			if err != nil && r.SkipIfUnavailable && gctx.Err() == nil {
				c.report(Progress{Task: "Skipping unavailable repository", Detail: fmt.Sprintf("%s: %v", r.ID, err)})
				return nil
			}
			found[i] = m
			return err
		})
	}
	err := group.Wait()
	for _, m := range found {
		if m != nil {
			c.repos = append(c.repos, m)
		}
	}
	if err != nil {
		return fmt.Errorf("refresh repositories: %w", err)
	}
	return nil
}

func (c *Catalog) load(ctx context.Context, m *repo.Metadata) error {
	r := m.Repo()
	for _, w := range m.Warnings() {
		c.report(Progress{Task: "Warning", Detail: w})
	}
	into := c.pool.AddRepo(r.ID, &depsolve.RepoOptions{Priority: r.Priority, Cost: r.Cost})
	if err := loader.LoadCached(ctx, into, m, r.ID); err != nil {
		return err
	}
	c.report(Progress{Task: "Importing rpm-md", Detail: fmt.Sprintf("%s; solvables: %d", r.ID, len(into.Packages()))})
	return nil
}

func (c *Catalog) exclude() {
	for _, name := range c.opts.Exclude {
		c.pool.Exclude(c.pool.Matches(c.pool.Match(name))...)
	}
}

func (c *Catalog) report(p Progress) {
	if c.opts.Progress != nil {
		c.reporting.Lock()
		defer c.reporting.Unlock()
		c.opts.Progress(p)
	}
}

// Pool is the solver's view of all packages.
func (c *Catalog) Pool() *depsolve.Pool { return c.pool }

// Info describes a package of the pool; nil for an unknown id.
func (c *Catalog) Info(id depsolve.PkgID) *rpmpkg.Info {
	info, _ := c.pool.Package(id).Data.(*rpmpkg.Info)
	return info
}

// SetInstalled declares the packages of an image to be the installed ones and returns their ids in the same order.
func (c *Catalog) SetInstalled(headers []*rpmpkg.Header) ([]depsolve.PkgID, error) {
	installed := c.pool.AddRepo("@System", nil)
	ids := make([]depsolve.PkgID, len(headers))
	for i, h := range headers {
		info, err := h.Info()
		if err != nil {
			return nil, fmt.Errorf("installed packages: %w", err)
		}
		ids[i] = installed.Add(loader.Package(info))
	}
	c.pool.SetInstalled(installed)
	return ids, nil
}

// AddFile adds a local package file.
func (c *Catalog) AddFile(path string) (depsolve.PkgID, error) {
	p, err := rpmpkg.Open(path, nil)
	if err != nil {
		return 0, err
	}
	info, err := p.Info()
	identity := importer.Identity(p)
	if err := errors.Join(err, p.Close()); err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	if info.IsSource() {
		return 0, fmt.Errorf("open %s: is a source package", path)
	}
	id := c.local.Add(loader.Package(info))
	c.rpmfile[id] = localFile{path, identity}
	return id, nil
}

// AddStored adds a package that was imported before.
func (c *Catalog) AddStored(s *importer.Stored) (depsolve.PkgID, error) {
	info, err := s.Package.Info()
	if err != nil {
		return 0, fmt.Errorf("stored package %s: %w", s.NEVRA, err)
	}
	id := c.local.Add(loader.Package(info))
	c.stored[id] = s
	return id, nil
}

// AddImported adds all packages that are in the image repository already, for when there is no access to the
// repositories that they came from.
func (c *Catalog) AddImported(ctx context.Context, images *ostree.Repo) error {
	refs, err := images.Refs(ctx, &ostree.RefsOptions{Prefix: importer.RefPrefix})
	if err != nil {
		return err
	}
	imported := c.pool.AddRepo("@pkgcache", nil)
	for _, ref := range refs {
		s, err := importer.Load(ctx, images, ref.Checksum)
		if err != nil {
			c.report(Progress{Task: "Skipping unusable package", Detail: fmt.Sprintf("%s: %v", ref.Name, err)})
			continue
		}
		info, err := s.Package.Info()
		if err != nil {
			return fmt.Errorf("stored package %s: %w", s.NEVRA, err)
		}
		if !c.has(info.NEVRA) {
			c.stored[imported.Add(loader.Package(info))] = s
		}
	}
	return nil
}

// has tells whether there is a package of that identity.
func (c *Catalog) has(n rpmver.NEVRA) bool {
	return slices.ContainsFunc(c.pool.Matches(c.pool.Match(n.String())), func(id depsolve.PkgID) bool {
		v := c.pool.Package(id)
		return !v.Installed && v.NEVRA == n
	})
}

// ImportRequest says how [Catalog.Import] takes packages in.
type ImportRequest struct {
	NoDocs bool // without documentation
	// ReadOnlyExecutables takes the write permission from executable files.
	ReadOnlyExecutables bool
	Tx                  *ostree.TxOptions
}

// Import brings packages into the image repository, one transaction for all that are not there yet, and returns them in
// the order of ids. What has been downloaded and imported before is not touched again.
func (c *Catalog) Import(ctx context.Context, images *ostree.Repo, ids []depsolve.PkgID, o *ImportRequest) ([]*importer.Stored, error) {
	if o == nil {
		o = &ImportRequest{}
	}
	commits := make([]ostree.Checksum, len(ids))
	var missing []int
	for i, id := range ids {
		ok, err := c.cached(ctx, images, id, o, &commits[i])
		if err != nil {
			return nil, err
		}
		if !ok {
			missing = append(missing, i)
		}
	}
	if err := c.importMissing(ctx, images, ids, missing, o, commits); err != nil {
		return nil, err
	}
	out := make([]*importer.Stored, len(ids))
	for i, commit := range commits {
		var err error
		if out[i], err = importer.Load(ctx, images, commit); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// cached looks for a package that was imported before.
func (c *Catalog) cached(ctx context.Context, images *ostree.Repo, id depsolve.PkgID, o *ImportRequest, commit *ostree.Checksum) (bool, error) {
	if s := c.stored[id]; s != nil {
		*commit = s.Commit
		return true, nil
	}
	info := c.Info(id)
	if info == nil {
		return false, fmt.Errorf("import: no package %d", id)
	}
	file, local := c.rpmfile[id]
	want := importer.Want{NEVRA: info.NEVRA, NoDocs: o.NoDocs}
	if !local {
		want.RepodataChecksum = info.Checksum.String()
	}
	sum, ok, err := importer.Cached(ctx, images, want)
	if err != nil || !ok {
		return false, err
	}
	*commit = sum
	if !local {
		return true, nil
	}
	stored, err := importer.Load(ctx, images, sum)
	return err == nil && stored.MetadataSHA256 == file.identity, err
}

func (c *Catalog) importMissing(ctx context.Context, images *ostree.Repo, ids []depsolve.PkgID, missing []int, o *ImportRequest, commits []ostree.Checksum) error {
	paths, err := c.fetch(ctx, ids, missing)
	if err != nil {
		return err
	}
	keys, err := c.keyrings(ctx, ids, missing)
	if err != nil {
		return err
	}
	items := make([]importer.Item, len(missing))
	for n, i := range missing {
		items[n] = c.item(ids[i], paths[n], o)
		items[n].Options.Keyring = keys[items[n].Options.RepoID]
	}
	results, err := importer.ImportAll(ctx, images, items, &importer.BatchOptions{Tx: o.Tx, Progress: func(done, total int) {
		c.report(Progress{Task: "Importing packages", Done: int64(done), Total: int64(total)})
	}})
	if err != nil {
		return err
	}
	for n, i := range missing {
		commits[i] = results[n].Commit
	}
	return c.discard(paths)
}

// packagesDir is where packages are downloaded to.
func (c *Catalog) packagesDir() string { return filepath.Join(c.opts.CacheDir, "packages") }

// discard deletes downloaded packages: once imported, they are in the image repository.
func (c *Catalog) discard(paths []string) error {
	for _, path := range paths {
		if c.opts.CacheDir == "" || filepath.Dir(path) != c.packagesDir() {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fetch returns the files of the missing packages, downloading those that are not local.
func (c *Catalog) fetch(ctx context.Context, ids []depsolve.PkgID, missing []int) ([]string, error) {
	paths := make([]string, len(missing))
	var infos []*rpmpkg.Info
	var at []int
	for n, i := range missing {
		if paths[n] = c.rpmfile[ids[i]].path; paths[n] == "" {
			infos, at = append(infos, c.Info(ids[i])), append(at, n)
		}
	}
	if len(infos) == 0 {
		return paths, nil
	}
	if c.opts.CacheOnly && !c.allLocal(infos) {
		return nil, fmt.Errorf("packages are not in the cache: %s", joinNames(infos))
	}
	got, err := repo.FetchPackages(ctx, c.repos, infos, c.packagesDir(), &repo.FetchOptions{
		Progress: func(p repo.Progress) {
			c.report(Progress{Task: "Downloading packages", Done: int64(p.Files), Total: int64(p.FilesTotal), Detail: p.File})
		},
	})
	if err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	for n, path := range got {
		paths[at[n]] = path
	}
	return paths, nil
}

// allLocal tells whether all packages are in repositories on this machine, which need no download.
func (c *Catalog) allLocal(infos []*rpmpkg.Info) bool {
	return !slices.ContainsFunc(infos, func(i *rpmpkg.Info) bool {
		return slices.ContainsFunc(c.repos, func(m *repo.Metadata) bool {
			return m.Repo().ID == i.RepoID && !slices.ContainsFunc(m.Repo().BaseURLs, isFileURL)
		})
	})
}

func isFileURL(u string) bool { return strings.HasPrefix(u, "file:") }

func (c *Catalog) item(id depsolve.PkgID, path string, o *ImportRequest) importer.Item {
	opts := importer.Options{NoDocs: o.NoDocs, ReadOnlyExecutables: o.ReadOnlyExecutables}
	if info := c.Info(id); c.rpmfile[id].path == "" {
		opts.RepoID, opts.RepodataChecksum, opts.RepoTimestamp = info.RepoID, info.Checksum.String(), c.timestamp(info.RepoID)
	}
	return importer.Item{Options: opts, Open: func(context.Context) (*rpmpkg.Package, error) { return rpmpkg.Open(path, nil) }}
}

// timestamp is the age of a repository's metadata, 0 if unknown.
func (c *Catalog) timestamp(id string) uint64 {
	for _, m := range c.repos {
		if m.Repo().ID == id {
			return uint64(max(m.Repomd().Generated().Unix(), 0))
		}
	}
	return 0
}

// RepoMetadata is the value of rpmostree.rpmmd-repos in a commit: id and time of each repository, aa{sv}.
func (c *Catalog) RepoMetadata() (gvariant.Value, error) {
	repos := make([]gvariant.Value, len(c.repos))
	for i, m := range c.repos {
		d := gvariant.NewDict()
		d.Set("id", gvariant.NewString(m.Repo().ID))
		d.Set("timestamp", gvariant.NewUint64(c.timestamp(m.Repo().ID)))
		repos[i] = d.Value()
	}
	return gvariant.NewArray("a{sv}", repos...)
}

// identity is what tells a package from another of the same NEVRA: the checksum of its file or of its header.
func (c *Catalog) identity(id depsolve.PkgID) string {
	if s := c.stored[id]; s != nil {
		return "header:" + s.MetadataSHA256
	}
	if f, ok := c.rpmfile[id]; ok {
		return "header:" + f.identity
	}
	if info := c.Info(id); info != nil {
		return info.Checksum.String()
	}
	return ""
}

func joinNames(infos []*rpmpkg.Info) string {
	names := make([]string, len(infos))
	for i, p := range infos {
		names[i] = p.NEVRA.String()
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// byName sorts packages as people and pkglist expect them.
func byName(a, b rpmver.NEVRA) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return a.Compare(b)
}
