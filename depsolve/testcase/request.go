package testcase

import (
	"context"
	"io/fs"

	"example.com/rpmostree/depsolve"
)

// Request is what one section of a case asks the solver.
type Request struct {
	Pool    *depsolve.Pool
	Jobs    []depsolve.Job
	Options depsolve.Options
}

// Requests reads a case as Run does but does not solve: it returns what each
// section asks for, in order. Sections that Run would skip are left out. All
// requests of a case share one pool, in the state the last section wants.
func Requests(ctx context.Context, fsys fs.FS, name string) ([]Request, error) {
	c := newRunner(ctx, fsys, name)
	c.collect = true
	if err := c.read(name); err != nil {
		return nil, err
	}
	return c.requests, nil
}
