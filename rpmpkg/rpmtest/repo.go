package rpmtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg/repodata"
)

// WriteRepo writes the packages into the directory dir, which is made if needed,
// and the repository metadata of all packages that are in it then. The result is
// the same for the same packages: all times are those of the builds.
func WriteRepo(ctx context.Context, dir string, pkgs ...*Package) error {
	if err := writeRepo(ctx, dir, pkgs); err != nil {
		return fmt.Errorf("write repository %s: %w", dir, err)
	}
	return nil
}

func writeRepo(ctx context.Context, dir string, pkgs []*Package) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	d, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	newest := time.Unix(defaultTime, 0)
	for _, p := range pkgs {
		data, err := p.Build()
		if err != nil {
			return err
		}
		if err := atomicfs.WriteFile(ctx, d, p.FileName(), data, 0o644, &atomicfs.WriteOptions{NoSync: true}); err != nil {
			return err
		}
		built := p.buildTime()
		if err := os.Chtimes(filepath.Join(dir, p.FileName()), built, built); err != nil {
			return err
		}
		if built.After(newest) {
			newest = built
		}
	}
	_, err = repodata.CreateRepo(ctx, dir, &repodata.CreateOptions{Time: newest})
	return err
}
