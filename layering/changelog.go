package layering

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// ChangelogEntry is one change that a package tells of.
type ChangelogEntry struct {
	Time   time.Time
	Author string // usually with the version
	Text   string
}

// Changelogs returns, by the NEVRA of the new package, the entries that the upgraded packages of a difference have got,
// newest first. They come from the package databases of the two commits.
func Changelogs(ctx context.Context, repo *ostree.Repo, from, to ostree.Checksum, upgraded []Replacement) (map[rpmver.NEVRA][]ChangelogEntry, error) {
	before, err := changelogsOf(ctx, repo, from)
	if err != nil {
		return nil, err
	}
	after, err := changelogsOf(ctx, repo, to)
	if err != nil {
		return nil, err
	}
	out := map[rpmver.NEVRA][]ChangelogEntry{}
	for _, r := range upgraded {
		entries := after[r.New]
		if old := before[r.Old]; len(old) > 0 {
			if i := slices.Index(entries, old[0]); i >= 0 {
				entries = entries[:i]
			}
		}
		if len(entries) > 0 {
			out[r.New] = entries
		}
	}
	return out, nil
}

func changelogsOf(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) (map[rpmver.NEVRA][]ChangelogEntry, error) {
	headers, err := commitHeaders(ctx, repo, sum)
	if err != nil {
		return nil, fmt.Errorf("changelogs of %s: %w", sum, err)
	}
	out := map[rpmver.NEVRA][]ChangelogEntry{}
	for _, h := range headers {
		if n, err := h.NEVRA(); err == nil {
			out[n] = changelog(h)
		}
	}
	return out, nil
}

func changelog(h *rpmpkg.Header) []ChangelogEntry {
	times, names, texts := h.Uint32s(rpmtag.ChangelogTime), h.Strings(rpmtag.ChangelogName), h.Strings(rpmtag.ChangelogText)
	out := make([]ChangelogEntry, min(len(times), len(names), len(texts)))
	for i := range out {
		out[i] = ChangelogEntry{time.Unix(int64(times[i]), 0).UTC(), names[i], texts[i]}
	}
	return out
}
