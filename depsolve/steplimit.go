package depsolve

import (
	"context"
	"errors"
)

// ErrStepLimit is the error of a run that took more than Options.MaxSteps.
var ErrStepLimit = errors.New("too many steps")

// begin makes the run end with ctx or at the limit of steps. The cause of the
// end is then context.Cause(s.ctx). done has to be called when it is over.
func (s *solver) begin(ctx context.Context) (done func()) {
	ctx, stop := context.WithCancelCause(ctx)
	s.ctx, s.stop, s.steps = ctx, stop, -s.sat.Conflicts
	return func() { stop(nil) }
}

// countStep counts one decision.
func (s *solver) countStep() {
	s.steps++
	if s.opts.MaxSteps > 0 && s.steps+s.sat.Conflicts > s.opts.MaxSteps {
		s.stop(ErrStepLimit)
	}
}
