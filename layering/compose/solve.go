package compose

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// solution is the set of packages that the image consists of.
type solution struct {
	catalog *layering.Catalog
	ids     []depsolve.PkgID // in installation order
}

// keyInputHash is the commit metadata key that tells what an image was made of.
const keyInputHash = "rpmostree.inputhash"

// depsolve finds the packages, and out whether anything has changed.
func (c *composer) depsolve(ctx context.Context) (bool, error) {
	start := time.Now()
	repos, err := c.repos()
	if err != nil {
		return false, err
	}
	catalog, err := layering.OpenCatalog(ctx, &layering.CatalogOptions{
		Arch: c.tf.BaseArch, Repos: repos, CacheDir: c.o.CacheDir, Client: c.o.Client,
		CacheOnly: c.o.CacheOnly, Exclude: c.tf.ExcludePackages, Progress: c.o.Progress,
	})
	if err != nil {
		return false, err
	}
	c.solution = &solution{catalog: catalog}
	c.res.Stats.Metadata = time.Since(start)
	start = time.Now()
	c.task("Resolving dependencies")
	if err := c.solve(ctx); err != nil {
		return false, err
	}
	c.res.Stats.Solve = time.Since(start)
	if c.res.InputHash, err = c.inputHash(); err != nil {
		return false, err
	}
	if c.o.DryRun {
		return true, nil
	}
	return c.unchanged(), nil
}

// unchanged compares with the previous commit.
func (c *composer) unchanged() bool {
	previous := c.o.PreviousInputHash
	if previous == "" && c.prev != nil {
		previous, _ = c.prev.Metadata.String(keyInputHash)
	}
	if previous != c.res.InputHash || c.o.ForceNoCache {
		return false
	}
	c.res.Unchanged = true
	c.task("No apparent changes since previous commit; use --force-nocache to override")
	if c.prev != nil {
		c.res.Version = c.prev.Version()
	}
	return true
}

// repos picks those that the treefile names, or all that are enabled.
func (c *composer) repos() ([]*repo.Repo, error) {
	all := c.o.Repos
	if all == nil {
		vars := repo.NewVars(string(c.tf.ReleaseVer), c.tf.BaseArch)
		for k, v := range c.tf.RepoVars {
			vars[k] = v
		}
		var err error
		if all, err = repo.LoadDir(c.o.ReposDir, vars); err != nil {
			return nil, err
		}
	}
	wanted := slices.Clone(c.tf.Repos)
	for _, r := range c.tf.RepoPackages {
		wanted = append(wanted, r.Repo)
	}
	if len(wanted) == 0 {
		return all, nil
	}
	var picked []*repo.Repo
	for _, id := range wanted {
		i := slices.IndexFunc(all, func(r *repo.Repo) bool { return r.ID == id })
		switch {
		case i < 0:
			return nil, fmt.Errorf("treefile: repository %q is not defined", id)
		case slices.ContainsFunc(picked, func(r *repo.Repo) bool { return r.ID == id }):
		default:
			r := *all[i]
			r.Enabled = true // naming it is enabling it
			picked = append(picked, &r)
		}
	}
	return picked, nil
}

func (c *composer) solve(ctx context.Context) error {
	jobs, err := c.jobs(ctx)
	if err != nil {
		return err
	}
	pool := c.solution.catalog.Pool()
	tr, err := c.solution.catalog.Solve(ctx, jobs, &depsolve.Options{
		IgnoreWeak: !treefile.Bool(c.tf.Recommends, true), KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true,
	})
	if err != nil {
		// A capital letter: the real tool's words.
		return fmt.Errorf("Could not depsolve transaction: %w", err)
	}
	c.solution.ids = tr.Order()
	for _, id := range c.solution.ids {
		c.res.Packages = append(c.res.Packages, pool.Package(id).NEVRA)
	}
	slices.SortFunc(c.res.Packages, func(a, b rpmver.NEVRA) int { return strings.Compare(a.String(), b.String()) })
	return nil
}

// jobs turns package names into wishes. All that are unknown are in one error.
func (c *composer) jobs(ctx context.Context) ([]depsolve.Job, error) {
	pool := c.solution.catalog.Pool()
	var jobs []depsolve.Job
	var missing []string
	for _, spec := range c.tf.Packages {
		sel, err := c.solution.catalog.Match(ctx, spec)
		if err != nil {
			return nil, err
		}
		if sel.IsEmpty() {
			missing = append(missing, spec)
			continue
		}
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: sel.As(spec)})
	}
	for _, r := range c.tf.RepoPackages {
		for _, spec := range r.Packages {
			var ids []depsolve.PkgID
			for _, id := range pool.Matches(pool.Match(spec)) {
				if pool.Package(id).Repo.Name() == r.Repo {
					ids = append(ids, id)
				}
			}
			if len(ids) == 0 {
				missing = append(missing, spec+" (in "+r.Repo+")")
				continue
			}
			jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: depsolve.SelectOneOf(ids...).As(spec)})
		}
	}
	if len(missing) > 0 {
		// A capital letter: the real tool's words.
		return nil, fmt.Errorf("Packages not found: %s", strings.Join(missing, ", "))
	}
	if len(jobs) == 0 {
		return nil, errors.New("treefile: no packages")
	}
	return jobs, nil
}

// inputHash covers the treefile with its files and the packages.
func (c *composer) inputHash() (string, error) {
	sum, err := c.tf.Checksum()
	if err != nil {
		return "", err
	}
	var lines []string
	for _, id := range c.solution.ids {
		info := c.solution.catalog.Info(id)
		if info == nil {
			return "", fmt.Errorf("package %d is unknown", id)
		}
		lines = append(lines, fmt.Sprintf("install %s %s\n", info.NEVRA, info.Checksum))
	}
	slices.Sort(lines)
	h := sha256.New()
	h.Write(sum[:])
	for _, line := range lines {
		h.Write([]byte(line))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
