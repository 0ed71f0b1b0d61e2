package pull

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/rpmostree/ostree"
)

// RepairOptions are the options of Repair.
type RepairOptions struct {
	// NoSync leaves out flushing to disk.
	NoSync bool
	// Verify has verifiers by the names of remotes ("" for refs without one): the detached metadata of the commits that
	// their refs have, and of the parents of these, is damaged if the verifier refuses it. Without one it is damaged
	// only if it cannot be read.
	Verify map[string]Verifier
	// Progress is called while objects are verified, from one goroutine at a time.
	Progress func(ostree.FsckProgress)
}

// RepairFailure is an object that no source has in good state.
type RepairFailure struct {
	Object ostree.ObjectName
	Err    error // of all sources
}

// RepairResult tells what Repair did.
type RepairResult struct {
	Repaired []ostree.ObjectName // replaced, or added if they were missing
	Failed   []RepairFailure     // as they were
	Detached []ostree.Checksum   // commits whose detached metadata was replaced
	Unmarked []ostree.Checksum   // commits that an earlier check had marked partial and that are complete now
	// Report is that of the last check; Err of it is nil if the repository is fine.
	Report *ostree.FsckReport
}

// Repair verifies dst like [ostree.Repo.Fsck], gets the objects that are missing or damaged from the first source that
// has them in good state, and verifies again, until no more can be done: a directory that comes back may name other
// objects that are damaged. A damaged object keeps its place until the verified one replaces it. As objects are
// named by their content, no signature needs to be verified again.
//
// Then it does the same for the detached metadata of commits, see RepairOptions.Verify.
//
// Commits that a pull left unfinished are not touched. The error is about not being able to check or write; what no
// source could deliver is in the result.
func Repair(ctx context.Context, dst *ostree.Repo, sources []Source, o *RepairOptions) (*RepairResult, error) {
	if o == nil {
		o = &RepairOptions{}
	}
	r := &repair{dst: dst, o: o, tried: map[ostree.ObjectName]bool{}, res: &RepairResult{}}
	for _, src := range sources {
		p := newPuller(dst, src, &Options{Untrusted: true})
		r.sources = append(r.sources, &repairSource{p, p.checkSource(ctx)})
	}
	if err := r.run(ctx); err != nil {
		return r.res, fmt.Errorf("repair %s: %w", dst.Path(), err)
	}
	return r.res, nil
}

type repair struct {
	dst     *ostree.Repo
	o       *RepairOptions
	sources []*repairSource
	tried   map[ostree.ObjectName]bool
	res     *RepairResult
}

// repairSource is a source and why it cannot be used.
type repairSource struct {
	*puller
	err error
}

func (r *repair) run(ctx context.Context) error {
	for {
		report, err := r.dst.Fsck(ctx, &ostree.FsckOptions{Recheck: true, Progress: r.o.Progress})
		if err != nil {
			return err
		}
		r.res.Report = report
		r.res.Unmarked = append(r.res.Unmarked, report.Unmarked...)
		broken := r.broken(report)
		if len(broken) == 0 {
			return r.repairDetached(ctx)
		}
		if err := r.replace(ctx, broken); err != nil {
			return err
		}
	}
}

// broken lists the objects with problems that have not been tried yet, each once.
func (r *repair) broken(report *ostree.FsckReport) []ostree.ObjectName {
	var out []ostree.ObjectName
	for _, p := range report.Problems {
		n := p.Object
		var missing *ostree.MissingError
		var corrupt *ostree.CorruptError
		switch {
		case n.Type != 0:
		case errors.As(p.Err, &missing): // the commit of a ref
			n = missing.Object
		case errors.As(p.Err, &corrupt):
			n = corrupt.Object
		}
		if n.Type == 0 || r.tried[n] {
			continue
		}
		r.tried[n] = true
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b ostree.ObjectName) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), slices.Compare(a.Checksum[:], b.Checksum[:]))
	})
	return out
}

// replace gets what it can in one transaction.
func (r *repair) replace(ctx context.Context, broken []ostree.ObjectName) error {
	tx, err := r.dst.Begin(ctx, &ostree.TxOptions{NoSync: r.o.NoSync, Replace: broken})
	if err != nil {
		return err
	}
	defer tx.Abort()
	var repaired []ostree.ObjectName
	for _, n := range broken {
		err := r.get(ctx, tx, n)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.res.Failed = append(r.res.Failed, RepairFailure{n, err})
			continue
		}
		repaired = append(repaired, n)
	}
	if _, err := tx.Commit(ctx); err != nil {
		return err
	}
	r.res.Repaired = append(r.res.Repaired, repaired...)
	return nil
}

var errNoSource = errors.New("no source to repair from")

func (r *repair) get(ctx context.Context, tx *ostree.Tx, n ostree.ObjectName) error {
	if len(r.sources) == 0 {
		return errNoSource
	}
	var errs []error
	for _, s := range r.sources {
		err := s.fetch(ctx, tx, n)
		if err == nil || ctx.Err() != nil {
			return err
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// fetch writes the object into the transaction if it is what its name says. Detached metadata of a commit is not
// part of it.
func (s *repairSource) fetch(ctx context.Context, tx *ostree.Tx, n ostree.ObjectName) error {
	if s.err != nil {
		return s.err
	}
	s.tx = tx
	if n.Type == ostree.TypeFile {
		return s.get(ctx, n)
	}
	return s.copyMetadata(ctx, n)
}
