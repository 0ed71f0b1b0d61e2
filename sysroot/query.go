package sysroot

import (
	"context"
	"fmt"
)

// Deployments returns all deployments in boot order, the default first. A
// staged one, which will become the default, is before it.
func (s *Sysroot) Deployments() []*Deployment { return append([]*Deployment(nil), s.list...) }

// Booted returns the running deployment, nil if s is not the running system.
func (s *Sysroot) Booted() *Deployment {
	for _, d := range s.list {
		if d.Booted {
			return d
		}
	}
	return nil
}

// Staged returns the staged deployment, or nil.
func (s *Sysroot) Staged() *Deployment {
	if len(s.list) > 0 && s.list[0].Staged {
		return s.list[0]
	}
	return nil
}

// At returns the deployment with an index.
func (s *Sysroot) At(index int) (*Deployment, error) {
	if index < 0 || index >= len(s.list) {
		return nil, fmt.Errorf("deployment %d: out of range, there are %d", index, len(s.list))
	}
	return s.list[index], nil
}

// Pending returns the deployment of the stateroot that the next boot will use:
// the first one before the booted one, or when nothing is booted the first. Nil
// if there is none.
func (s *Sysroot) Pending(stateroot string) *Deployment {
	pending, _ := s.around(stateroot)
	return pending
}

// RollbackTarget returns the deployment of the stateroot to go back to: the first one
// after the booted one. Nil if there is none or nothing is booted.
func (s *Sysroot) RollbackTarget(stateroot string) *Deployment {
	_, rollback := s.around(stateroot)
	return rollback
}

func (s *Sysroot) around(stateroot string) (pending, rollback *Deployment) {
	passed := false
	for _, d := range s.list {
		switch {
		case d.Booted:
			passed = true
		case d.Stateroot != stateroot:
		case !passed && pending == nil:
			pending = d
		case passed && rollback == nil:
			rollback = d
		}
	}
	return pending, rollback
}

// MergeDeployment returns the deployment whose /etc and kernel arguments a new
// one of the stateroot inherits: the booted one, else the pending one. Nil if
// there is none.
func (s *Sysroot) MergeDeployment(stateroot string) *Deployment {
	if b := s.Booted(); b != nil && b.Stateroot == stateroot {
		return b
	}
	return s.Pending(stateroot)
}

// Version returns the version of a deployment's commit, "" if it has none.
func (s *Sysroot) Version(ctx context.Context, d *Deployment) (string, error) {
	c, err := s.repo.LoadCommit(ctx, d.Commit)
	if err != nil {
		return "", fmt.Errorf("version of %s: %w", d.Name(), err)
	}
	return c.Version(), nil
}
