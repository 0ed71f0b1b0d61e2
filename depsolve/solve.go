package depsolve

import (
	"context"
	"errors"
)

type solver struct{}

func (s *solver) solutions(ctx context.Context, p *Problem) ([]Solution, error) {
	return nil, ctx.Err()
}

// Solve finds a transaction that fulfils all jobs, nil options being the
// defaults. If there is none the error is an *UnsolvableError. It stops with
// the error of ctx when that is cancelled.
func (p *Pool) Solve(ctx context.Context, jobs []Job, o *Options) (*Transaction, error) {
	return nil, errors.New("depsolve: solve: no search yet")
}
