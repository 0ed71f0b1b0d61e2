package rpmtest

import (
	"context"
	"fmt"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// WriteRepo writes the packages into the directory dir, which is made if needed.
func WriteRepo(ctx context.Context, dir string, pkgs ...*Package) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	d, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, p := range pkgs {
		data, err := p.Build()
		if err != nil {
			return err
		}
		if err := atomicfs.WriteFile(ctx, d, p.FileName(), data, 0o644, &atomicfs.WriteOptions{NoSync: true}); err != nil {
			return fmt.Errorf("write repository %s: %w", dir, err)
		}
	}
	return nil
}
