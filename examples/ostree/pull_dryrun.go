package main

import (
	"cmp"
	"context"
	"strings"

	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// pullDryRun prints what a pull would transfer: static deltas as the real command does, and beyond it what commits say
// about the sizes of their objects.
func (a *app) pullDryRun(ctx context.Context, repo *ostree.Repo, src pull.Source, o *pullOptions) error {
	e, err := pull.DryRun(ctx, repo, src, &o.Options)
	if err != nil {
		return err
	}
	if d := e.Delta; d.Parts > 0 || d.Archived > 0 {
		a.printf("Delta update: %d/%d parts, %s/%s, %s total uncompressed\n",
			d.PartsHere, d.Parts, dataSize(0), dataSize(d.Archived), dataSize(d.Unpacked))
	}
	for _, c := range e.Commits {
		name := cmp.Or(c.Ref, c.Commit.String())
		switch {
		case c.Complete:
			a.printf("%s: nothing to fetch\n", name)
		case c.SizesKnown:
			a.printf("%s: %d objects, %s, %s unpacked\n", name, c.Objects, dataSize(c.Archived), dataSize(c.Unpacked))
		case c.Delta.To.IsZero():
			a.printf("%s: sizes are not known\n", name)
		}
	}
	return nil
}

// dataSize is progress.Size with a number and unit that stay on one line.
func dataSize(n uint64) string {
	size := progress.Size(int64(min(n, 1<<62)))
	if strings.HasSuffix(size, " bytes") {
		return size // as the real command
	}
	return strings.Replace(size, " ", "\u00a0", 1)
}
