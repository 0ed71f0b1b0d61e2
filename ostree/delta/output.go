package delta

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// output is where parts and superblock go.
type output struct {
	repo *ostree.Repo
	name Name
	o    *GenerateOptions

	dir   *dirfd.Dir // of parts and superblock
	tmp   *dirfd.Dir // has dir under the name stage, if the delta is for the repository
	stage string
}

func newOutput(ctx context.Context, repo *ostree.Repo, name Name, o *GenerateOptions) (*output, error) {
	out := &output{repo: repo, name: name, o: o}
	var err error
	if o.Output != "" {
		out.dir, err = dirfd.Open(filepath.Dir(o.Output))
		return out, err
	}
	if out.tmp, err = openTmp(repo); err != nil {
		return nil, err
	}
	if out.stage, err = atomicfs.TempDir(ctx, out.tmp, "delta-", 0o755); err == nil {
		out.dir, err = out.tmp.OpenDir(out.stage)
	}
	if err != nil {
		return nil, errors.Join(err, out.close(ctx))
	}
	return out, nil
}

// publishPart gives a part its name. In a directory of the caller it replaces
// what has the name.
func (w *output) publishPart(ctx context.Context, f *os.File, index int) error {
	if err := atomicfs.SyncFile(ctx, f); err != nil {
		return err
	}
	name := strconv.Itoa(index)
	existed, err := atomicfs.Publish(ctx, f, w.dir, name)
	if err != nil || !existed {
		return err
	}
	if err := atomicfs.Remove(ctx, w.dir, name); err != nil {
		return err
	}
	_, err = atomicfs.Publish(ctx, f, w.dir, name)
	return err
}

// publish writes the superblock, which makes the delta visible.
func (w *output) publish(ctx context.Context, super []byte) error {
	if w.o.Sign != nil {
		signatures, err := w.o.Sign(ctx, super)
		if err != nil {
			return err
		}
		if super, err = Sign(super, signatures); err != nil {
			return err
		}
	}
	file := superblockFile
	if w.o.Output != "" {
		file = filepath.Base(w.o.Output)
	}
	if err := atomicfs.WriteFile(ctx, w.dir, file, super, 0o644, nil); err != nil {
		return err
	}
	if err := atomicfs.SyncDir(ctx, w.dir); err != nil || w.o.Output != "" {
		return err
	}
	return w.install(ctx)
}

// install moves the directory to its place.
func (w *output) install(ctx context.Context) error {
	root, err := dirfd.Open(w.repo.Path())
	if err != nil {
		return err
	}
	defer root.Close()
	place := w.name.Dir()
	parent := path.Dir(place)
	if err := atomicfs.MkdirAll(ctx, root, parent, 0o755); err != nil {
		return err
	}
	err = atomicfs.RenameNoReplace(ctx, w.tmp, w.stage, root, place) // COMMIT POINT
	if errors.Is(err, fs.ErrExist) {
		err = atomicfs.Exchange(ctx, w.tmp, w.stage, root, place) // COMMIT POINT
	} else if err == nil {
		w.stage = ""
	}
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	for _, dir := range []string{parent, deltasDir, "."} {
		d, err := root.OpenDir(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(atomicfs.SyncDir(ctx, d), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

// close removes what has not been published, or has been replaced.
func (w *output) close(ctx context.Context) error {
	var err error
	if w.dir != nil {
		err = w.dir.Close()
	}
	if w.stage != "" {
		err = errors.Join(err, atomicfs.RemoveAll(ctx, w.tmp, w.stage))
	}
	if w.tmp != nil {
		err = errors.Join(err, w.tmp.Close())
	}
	return err
}
