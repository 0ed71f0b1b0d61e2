package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/sysroot/etcmerge"
)

// SetDefault moves a deployment to the front of the boot order.
func (s *Sysroot) SetDefault(ctx context.Context, index int) error {
	return s.change(ctx, "set default", func() ([]*Deployment, error) {
		d, err := s.At(index)
		if err != nil {
			return nil, err
		}
		if s.Staged() != nil {
			return nil, errors.New("a staged deployment will become the default; undeploy it first")
		}
		return moveToFront(s.list, d.Index), nil
	})
}

// Undeploy removes a deployment. The booted one cannot be removed.
func (s *Sysroot) Undeploy(ctx context.Context, index int) error {
	return s.change(ctx, "undeploy", func() ([]*Deployment, error) {
		d, err := s.At(index)
		if err != nil {
			return nil, err
		}
		if d.Booted {
			return nil, errors.New("cannot undeploy the booted deployment")
		}
		return slices.Delete(s.Deployments(), index, index+1), nil
	})
}

// Rollback makes the rollback deployment of the stateroot the default; without
// one, the booted deployment is put before pending ones. When nothing is
// booted, the second deployment of the stateroot becomes the default.
func (s *Sysroot) Rollback(ctx context.Context, stateroot string) error {
	return s.change(ctx, "roll back", func() ([]*Deployment, error) {
		if s.Staged() != nil {
			return nil, errors.New("a staged deployment is waiting; undeploy it first")
		}
		i, err := s.rollbackTarget(stateroot)
		if err != nil {
			return nil, err
		}
		return moveToFront(s.list, i), nil
	})
}

func (s *Sysroot) rollbackTarget(stateroot string) (int, error) {
	if s.Booted() == nil {
		first := s.Pending(stateroot)
		for _, d := range s.list {
			if d.Stateroot == stateroot && !d.Equal(first) {
				return d.Index, nil
			}
		}
		return 0, errors.New("no rollback deployment")
	}
	pending, rollback := s.around(stateroot)
	switch {
	case rollback != nil:
		return rollback.Index, nil
	case pending != nil:
		return s.Booted().Index, nil
	}
	return 0, errors.New("no rollback deployment")
}

func (s *Sysroot) change(ctx context.Context, what string, list func() ([]*Deployment, error)) error {
	return s.locked(ctx, func() error {
		l, err := list()
		if err == nil {
			err = s.WriteDeployments(ctx, l, nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
}

// Pin protects a deployment from being displaced by new ones, or ends that.
func (s *Sysroot) Pin(ctx context.Context, index int, on bool) error {
	return s.locked(ctx, func() error {
		d, err := s.At(index)
		if err == nil && d.Staged {
			err = errors.New("cannot pin staged deployment")
		}
		if err == nil {
			err = d.originErr
		}
		if err == nil && d.Pinned != on {
			o := d.Origin.Clone()
			o.setPinned(on)
			err = s.SetOrigin(ctx, d, o)
		}
		if err != nil {
			return fmt.Errorf("pin: %w", err)
		}
		return nil
	})
}

// SetOrigin replaces the origin of a deployment.
func (s *Sysroot) SetOrigin(ctx context.Context, d *Deployment, o *Origin) error {
	return s.locked(ctx, func() error {
		cur, err := s.find(d)
		if err != nil {
			return fmt.Errorf("set origin: %w", err)
		}
		c := cur.Clone()
		c.Origin, c.originErr = o.Clone(), nil
		if err := s.writeOrigin(ctx, c); err != nil {
			return fmt.Errorf("set origin of %s: %w", d.Name(), err)
		}
		if err := s.bump(ctx); err != nil {
			return err
		}
		_, err = s.Reload(ctx)
		return err
	})
}

// SetKernelArgs replaces the kernel arguments of a deployment in place, without
// a new deployment.
func (s *Sysroot) SetKernelArgs(ctx context.Context, index int, args *kargs.Args) error {
	return s.change(ctx, "set kernel arguments", func() ([]*Deployment, error) {
		d, err := s.At(index)
		if err != nil {
			return nil, err
		}
		if d.Boot == nil {
			return nil, errors.New("cannot change a staged deployment")
		}
		if err := args.Validate(); err != nil {
			return nil, err
		}
		list := s.Deployments()
		list[index] = d.Clone()
		list[index].Boot.Options = args.String()
		return list, nil
	})
}

// ConfigDiff lists what the administrator changed in /etc of a deployment.
func (s *Sysroot) ConfigDiff(ctx context.Context, d *Deployment) ([]etcmerge.Change, error) {
	root := d.Path(s)
	changes, err := etcmerge.Diff(ctx, filepath.Join(root, "usr/etc"), filepath.Join(root, "etc"))
	if err != nil {
		return nil, fmt.Errorf("config diff of %s: %w", d.Name(), err)
	}
	return changes, nil
}

func (s *Sysroot) removeRunFile(ctx context.Context, name string) error {
	dir, err := dirfd.Open(filepath.Join(s.opts.runDir(), path.Dir(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := atomicfs.Remove(ctx, dir, path.Base(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
