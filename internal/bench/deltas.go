package main

import (
	"context"
	"os"
)

// deltaFixture makes a copy of the archive with a static delta from main to next, and the same delta as one file. Only the
// copy offers it, so that the pulls of the other rows get objects.
func (b *bench) deltaFixture(ctx context.Context) error {
	if err := os.RemoveAll(b.deltas); err != nil {
		return err
	}
	if err := run(ctx, "cp", "-al", b.archive, b.deltas); err != nil {
		return err
	}
	if err := run(ctx, b.real, "static-delta", "generate", "--repo="+b.deltas, "--from=main", "--to=next"); err != nil {
		return err
	}
	if err := b.realOstree(ctx, "--repo="+b.deltas, "summary", "-u"); err != nil {
		return err
	}
	return run(ctx, b.real, "static-delta", "generate", "--repo="+b.archive, "--from=main", "--to=next",
		"--inline", "--min-fallback-size=0", "--filename="+b.path("next.delta"))
}

// deltaOperations are the rows of static deltas, all of the successor with 5 % of the files changed.
func (b *bench) deltaOperations() []operation {
	dst := "--repo=" + b.path("dst")
	archive := func(ctx context.Context) error { return b.cloneRepo(ctx, b.archive) }
	old := func(ctx context.Context) error { return b.behind(ctx, b.deltas) }
	return []operation{
		{"static-delta generate 5 %", 2, nil, archive, []string{"static-delta", "generate", dst, "--from=main", "--to=next"}},
		{"static-delta apply-offline 5 %", 1.3, nil, old, []string{"static-delta", "apply-offline", dst, b.path("next.delta")}},
		{"delta pull http 5 %", 0, nil, old, []string{"pull", dst, "--require-static-deltas", "origin", "next"}},
	}
}
