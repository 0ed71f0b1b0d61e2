package compose

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
)

// cacheRepo is the repository of imported packages in the cache directory.
const cacheRepo = "pkgcache-repo"

// openCache opens it, or makes it: as root with real owners, so that scripts
// see them, else in the mode for ordinary users. One of the other kind is
// replaced: it is only a cache.
func (c *composer) openCache(ctx context.Context) error {
	mode := ostree.ModeBareUser
	if os.Geteuid() == 0 {
		mode = ostree.ModeBare
	}
	if err := os.MkdirAll(c.o.CacheDir, 0o755); err != nil {
		return fmt.Errorf("open package cache: %w", err)
	}
	path := filepath.Join(c.o.CacheDir, cacheRepo)
	if old, err := ostree.Open(ctx, path, nil); err == nil {
		if old.Mode() == mode {
			c.images = old
			return nil
		}
		old.Close()
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("replace package cache: %w", err)
		}
	}
	images, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: mode})
	if err != nil {
		return fmt.Errorf("open package cache: %w", err)
	}
	c.images = images
	return nil
}

// txOptions follow the target repository: where that is not synced, the cache
// need not be either.
func (c *composer) txOptions() *ostree.TxOptions {
	sync, err := c.o.Repo.Config().GetBool("core", "fsync", true)
	return &ostree.TxOptions{NoSync: err == nil && !sync}
}

// importPackages makes commits of the packages that are not there yet.
func (c *composer) importPackages(ctx context.Context) (bool, error) {
	start := time.Now()
	if err := c.openCache(ctx); err != nil {
		return false, err
	}
	c.task("Importing packages")
	var err error
	c.packages, err = c.solution.catalog.Import(ctx, c.images, c.solution.ids, &layering.ImportRequest{
		NoDocs:              !treefile.Bool(c.tf.Documentation, true),
		ReadOnlyExecutables: treefile.Bool(c.tf.ReadOnlyExecutables, false),
		Tx:                  c.txOptions(),
	})
	if err != nil {
		return false, err
	}
	c.res.Stats.Import = time.Since(start)
	return c.o.DownloadOnly, nil
}
