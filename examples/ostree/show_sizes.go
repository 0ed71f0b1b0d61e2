package main

import (
	"context"

	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
)

// showSizes prints how much of a commit is still to be pulled, by what the commit says about itself.
func (a *app) showSizes(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	c, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return errorf("Failed to read commit: %w", noSuchObject(err, sum, ostree.TypeCommit))
	}
	sizes, err := c.Sizes()
	if err != nil {
		return err
	}
	if sizes == nil {
		return errorf("No metadata key %s in commit", ostree.KeySizes)
	}
	var need, all struct {
		objects            int
		archived, unpacked uint64
	}
	for _, s := range sizes {
		all.objects++
		all.archived += s.Archived
		all.unpacked += s.Unpacked
		there, err := repo.Has(ctx, s.Object)
		if err != nil {
			return err
		}
		if !there {
			need.objects++
			need.archived += s.Archived
			need.unpacked += s.Unpacked
		}
	}
	size := func(n uint64) string { return progress.Size(int64(n)) }
	a.printf("Compressed size (needed/total): %s/%s\n", size(need.archived), size(all.archived))
	a.printf("Unpacked size (needed/total): %s/%s\n", size(need.unpacked), size(all.unpacked))
	a.printf("Number of objects (needed/total): %d/%d\n", need.objects, all.objects)
	return nil
}
