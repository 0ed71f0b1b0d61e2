package pull

import (
	"context"
	"errors"
	"fmt"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// repairDetached replaces detached metadata that cannot be read or does not have the signatures that it should have.
func (r *repair) repairDetached(ctx context.Context) error {
	demands, err := r.demands(ctx)
	if err != nil {
		return err
	}
	for n, err := range r.dst.Objects(ctx) {
		if err != nil {
			return err
		}
		if n.Type != ostree.TypeCommit {
			continue
		}
		if err := r.checkDetached(ctx, n.Checksum, demands[n.Checksum]); err != nil {
			return err
		}
	}
	return nil
}

// demands finds the verifiers of commits: those of the remotes in whose refs they or children of them are.
func (r *repair) demands(ctx context.Context) (map[ostree.Checksum][]Verifier, error) {
	refs, err := r.dst.Refs(ctx, &ostree.RefsOptions{Remotes: true})
	if err != nil {
		return nil, err
	}
	demands := map[ostree.Checksum][]Verifier{}
	for _, ref := range refs {
		v := r.o.Verify[ref.Remote]
		if v == nil {
			continue
		}
		seen := map[ostree.Checksum]bool{}
		for c := ref.Checksum; !c.IsZero() && !seen[c]; {
			seen[c] = true
			demands[c] = append(demands[c], v)
			commit, err := r.dst.LoadCommit(ctx, c)
			if err != nil {
				break // the end of the history, or one of the failures
			}
			c = commit.Parent
		}
	}
	return demands, nil
}

func (r *repair) checkDetached(ctx context.Context, c ostree.Checksum, demands []Verifier) error {
	commit, err := r.dst.LoadMetadata(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil {
		return nil // a failure that is known
	}
	d, why := r.dst.DetachedMetadata(ctx, c)
	var corrupt *ostree.CorruptError
	switch {
	case why == nil:
		why = verifyAll(ctx, demands, commit, d)
	case !errors.As(why, &corrupt):
		return why
	}
	if why == nil {
		return nil
	}
	if d, err = r.getDetached(ctx, c, commit, demands); err == nil {
		if err := r.dst.SetDetachedMetadata(ctx, c, d); err != nil {
			return err
		}
		r.res.Detached = append(r.res.Detached, c)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	name := ostree.ObjectName{Checksum: c, Type: ostree.TypeCommitMeta}
	r.res.Failed = append(r.res.Failed, RepairFailure{name, fmt.Errorf("%w; %w", why, err)})
	return nil
}

func verifyAll(ctx context.Context, demands []Verifier, commit []byte, d *gvariant.Dict) error {
	for _, v := range demands {
		if err := v.VerifyCommit(ctx, commit, d); err != nil {
			return err
		}
	}
	return nil
}

// getDetached asks the sources for detached metadata that is good.
func (r *repair) getDetached(ctx context.Context, c ostree.Checksum, commit []byte, demands []Verifier) (*gvariant.Dict, error) {
	if len(r.sources) == 0 {
		return nil, errNoSource
	}
	var errs []error
	for _, s := range r.sources {
		d, err := s.fetchDetached(ctx, c)
		if err == nil {
			err = verifyAll(ctx, demands, commit, d)
		}
		if err == nil {
			return d, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

func (s *repairSource) fetchDetached(ctx context.Context, c ostree.Checksum) (*gvariant.Dict, error) {
	if s.err != nil {
		return nil, s.err
	}
	d, err := s.getDetached(ctx, c)
	if err == nil && (d == nil || len(d.Keys()) == 0) { // an empty one says that it was removed
		err = errors.New("the source has none")
	}
	return d, err
}
