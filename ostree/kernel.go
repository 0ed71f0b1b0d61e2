package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// modulesDir is where a tree that can be booted has its kernel, with the modules
// that belong to it.
const modulesDir = "/usr/lib/modules"

// KernelVersion returns the version of the kernel of a tree, which is the value
// of [KeyLinux] in a commit of it: the name of the one directory in
// /usr/lib/modules that has a file vmlinuz. Without one the error is a
// [*fs.PathError], which names what is missing; several are an error.
func (t *Tx) KernelVersion(ctx context.Context, tree Tree) (string, error) {
	found, err := t.kernels(ctx, tree)
	switch {
	case err != nil:
	case len(found) == 0:
		err = &fs.PathError{Op: "look up", Path: modulesDir + "/VERSION/vmlinuz", Err: fs.ErrNotExist}
	case len(found) > 1:
		err = fmt.Errorf("several in %s: %s; a tree can have only one", modulesDir, strings.Join(found, ", "))
	default:
		return found[0], nil
	}
	return "", fmt.Errorf("find kernel: %w", err)
}

func (t *Tx) kernels(ctx context.Context, tree Tree) ([]string, error) {
	root := t.MutableTree(tree.Tree, tree.Meta)
	var e Entry
	for _, dir := range []string{"/usr", "/usr/lib", modulesDir} {
		var err error
		if e, err = root.Lookup(ctx, dir); err != nil {
			return nil, err
		}
		if e.Kind != EntryDir {
			return nil, &fs.PathError{Op: "look up", Path: dir, Err: fs.ErrNotExist}
		}
	}
	names, err := e.Dir.Names(ctx)
	if err != nil {
		return nil, err
	}
	var errs error
	names = slices.DeleteFunc(names, func(name string) bool {
		k, err := e.Dir.Lookup(ctx, name+"/vmlinuz")
		errs = errors.Join(errs, err)
		return k.Kind != EntryFile
	})
	return names, errs
}
