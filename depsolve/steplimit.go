package depsolve

import (
	"context"
	"errors"
)

// ErrStepLimit is the error of a run that took more steps than
// Options.MaxSteps allows.
var ErrStepLimit = errors.New("too many steps")

// begin makes the run end with ctx or at the limit of steps. The cause of the
// end is then context.Cause(s.ctx). done has to be called when it is over.
func (s *solver) begin(ctx context.Context) (done func()) {
	ctx, stop := context.WithCancelCause(ctx)
	s.ctx, s.stop, s.steps, s.firstConflict = ctx, stop, 0, s.sat.Conflicts
	return func() { stop(nil) }
}

// maxConflicts is how many conflicts a run may have without a limit of steps.
// Requests of whole distributions have some dozens; each one takes longer than
// the one before, these some seconds.
const maxConflicts = 20_000

// countStep counts one decision.
func (s *solver) countStep() {
	s.steps++
	conflicts := s.sat.Conflicts - s.firstConflict
	switch limit := s.opts.MaxSteps; {
	case limit > 0 && s.steps+conflicts > limit, limit == 0 && conflicts > maxConflicts:
		s.stop(ErrStepLimit)
	}
}
