package pull

import (
	"context"

	"example.com/rpmostree/ostree"
)

// FetchSummary returns the summary of a source and its signature file, nil if there is none. It is verified with
// Options.Verify, and kept between calls where [Pull] keeps it. The error matches fs.ErrNotExist if the source has no
// summary.
func FetchSummary(ctx context.Context, dst *ostree.Repo, src Source, o *Options) (summary, signature []byte, err error) {
	p := newPuller(dst, src, o)
	if err := p.fetchSummary(ctx, true); err != nil {
		return nil, nil, err
	}
	return p.summary.data, p.summary.signature, nil
}
