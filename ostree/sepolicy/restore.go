package sepolicy

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
)

// RestoreOptions are the options of [Labeler.Restore].
type RestoreOptions struct {
	// KeepExisting labels only what has no label yet.
	KeepExisting bool
	// Changed is told of each file that got another label: its path below the root
	// of the tree, "/" for that itself.
	Changed func(path, label string)
}

// Restore gives the file or directory at top, and everything below it, the labels
// of the policy, as restorecon(8) does. top is the root of the tree that
// [Labeler.Prefix] places in the system. What the policy has no label for keeps
// that which it has, unless Require is set. Links are labelled and not followed.
//
// It is for files on disk, such as /etc or /var of a deployment; what is a hard
// link of an object in a repository must not be changed, but be imported or
// checked out with the hooks of the Labeler. It needs the privileges that the
// kernel demands for labels, and may be repeated after an error.
func (l *Labeler) Restore(ctx context.Context, top string, o *RestoreOptions) error {
	if o == nil {
		o = &RestoreOptions{}
	}
	top = filepath.Clean(top)
	name := filepath.Base(top)
	if name == "/" || name == ".." {
		name = "."
	}
	parent := top
	if name != "." {
		parent = filepath.Dir(top)
	}
	dir, err := dirfd.Open(parent)
	if err == nil {
		defer dir.Close()
		err = (&restorer{l, o, dir}).restore(ctx, name, "/")
	}
	if err != nil {
		return fmt.Errorf("restore labels of %s: %w", top, err)
	}
	return nil
}

type restorer struct {
	l   *Labeler
	o   *RestoreOptions
	dir *dirfd.Dir
}

// restore labels what is at name below dir and, in the tree, at place.
func (r *restorer) restore(ctx context.Context, name, place string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	st, err := r.dir.Lstat(name)
	if err != nil {
		return err
	}
	if err := r.one(name, place, st.Mode); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	entries, err := r.dir.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := r.restore(ctx, path.Join(name, e.Name), path.Join(place, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) one(name, place string, mode uint32) error {
	old, err := r.dir.GetXattr(name, selinuxXattr)
	switch {
	case err == nil && r.o.KeepExisting:
		return nil
	case err != nil && !errors.Is(err, unix.ENODATA):
		return err
	}
	label, err := r.l.Label(place, mode)
	if err != nil || label == "" {
		return err
	}
	value := newLabel(label).Value
	if string(old) == string(value) || string(old) == label {
		return nil
	}
	if err := r.dir.SetXattr(name, selinuxXattr, value); err != nil {
		return err
	}
	if r.o.Changed != nil {
		r.o.Changed(place, label)
	}
	return nil
}
