package ostree

import (
	"context"
	"iter"
)

// NamedCommit is a commit together with its name.
type NamedCommit struct {
	Checksum Checksum
	*Commit
}

// History iterates over a commit and its ancestors, the youngest first. A commit
// that cannot be loaded ends it with an error: a [*MissingError] with its name
// where history goes on, but not in this repository, as after a pull of limited
// depth. Commits that were read before are not kept in memory.
func (r *Repo) History(ctx context.Context, from Checksum) iter.Seq2[NamedCommit, error] {
	return func(yield func(NamedCommit, error) bool) {
		for next := from; ; {
			c, err := r.LoadCommit(ctx, next)
			if !yield(NamedCommit{next, c}, err) || err != nil || c.Parent.IsZero() {
				return
			}
			next = c.Parent
		}
	}
}
