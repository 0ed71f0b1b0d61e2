package ostree

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sys/unix"
)

// Objects iterates over the objects of the repository itself, not of its
// parents, in the order of their paths. Files that are no objects are skipped.
// After an error it ends. Objects added or deleted meanwhile may or may not be
// seen.
func (r *Repo) Objects(ctx context.Context) iter.Seq2[ObjectName, error] {
	return func(yield func(ObjectName, error) bool) {
		dirs, err := objectDirs(r.objects)
		if err != nil {
			yield(ObjectName{}, fmt.Errorf("list objects of %s: %w", r.path, err))
			return
		}
		list := func(dir string) ([]ObjectName, error) { return objectsIn(r.objects, dir, r.mode) }
		for names, err := range inOrder(ctx, dirs, list) {
			if err != nil {
				yield(ObjectName{}, fmt.Errorf("list objects of %s: %w", r.path, err))
				return
			}
			for _, n := range names {
				if !yield(n, nil) {
					return
				}
			}
		}
	}
}

// objectDirs lists the directories XX of a loose store.
func objectDirs(d *dirfd.Dir) ([]string, error) {
	entries, err := d.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if e.Type == unix.DT_DIR && len(e.Name) == 2 && isLowerHex(e.Name[0]) && isLowerHex(e.Name[1]) {
			out = append(out, e.Name)
		}
	}
	return out, nil
}

// listAhead is how many directories are listed before the first of them is needed.
const listAhead = 32

// inOrder calls list for directories, on all processors, and yields the results in the order of dirs. After an error it
// ends.
func inOrder[T any](ctx context.Context, dirs []string, list func(dir string) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var w workers
		w.init()
		results, errs := make([]T, listAhead), make([]error, listAhead)
		for chunk := range slices.Chunk(dirs, listAhead) {
			w.each(len(chunk), func(i int) {
				if errs[i] = ctx.Err(); errs[i] == nil {
					results[i], errs[i] = list(chunk[i])
				}
			})
			for i := range chunk {
				if !yield(results[i], errs[i]) || errs[i] != nil {
					return
				}
			}
		}
	}
}

// objectsIn lists the objects in directory XX of a loose store.
func objectsIn(d *dirfd.Dir, dir string, m Mode) ([]ObjectName, error) {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]ObjectName, 0, len(entries))
	for _, e := range entries {
		if n, ok := parseLooseName(dir, e.Name, m); ok {
			out = append(out, n)
		}
	}
	return out, nil
}

// StorageSize returns the size in bytes of the file that stores the object in
// the repository itself, not in a parent.
func (r *Repo) StorageSize(ctx context.Context, n ObjectName) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	st, err := r.objects.Lstat(n.LoosePath(r.mode))
	if err != nil {
		return 0, fmt.Errorf("stat %s: %w", n, err)
	}
	return st.Size, nil
}

// Delete removes an object without looking at what refers to it. With a commit
// go its detached metadata and its state, and a tombstone takes its place if
// core.tombstone-commits is set. The error matches [fs.ErrNotExist] if there is
// no such object.
func (r *Repo) Delete(ctx context.Context, n ObjectName) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	if err := r.delete(ctx, n); err != nil {
		return fmt.Errorf("delete %s: %w", n, err)
	}
	return nil
}

func (r *Repo) delete(ctx context.Context, n ObjectName) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if n.Type == TypeCommit && r.current().tombstoneCommits {
		if err := r.writeTombstone(ctx, n.Checksum); err != nil {
			return err
		}
	}
	if err := atomicfs.Remove(ctx, r.objects, n.LoosePath(r.mode)); err != nil {
		return err
	}
	if n.Type == TypeFile {
		return r.deleteSplitXattrs(ctx, n.Checksum)
	}
	if n.Type != TypeCommit {
		return nil
	}
	meta := ObjectName{n.Checksum, TypeCommitMeta}.LoosePath(r.mode)
	if err := atomicfs.Remove(ctx, r.objects, meta); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return r.setCommitState(ctx, n.Checksum, CommitNormal)
}

// writeTombstone notes that a commit has been deleted on purpose.
func (r *Repo) writeTombstone(ctx context.Context, c Checksum) error {
	d := gvariant.NewDict()
	d.Set("commit", gvariant.NewByteString([]byte(c.String())))
	return r.replaceObject(ctx, ObjectName{c, TypeTombstone}, d.Value().Bytes())
}

// replaceObject writes an object whose name does not depend on its content.
func (r *Repo) replaceObject(ctx context.Context, n ObjectName, data []byte) error {
	if err := atomicfs.MkdirAll(ctx, r.objects, hex.EncodeToString(n.Checksum[:1]), 0o777); err != nil {
		return err
	}
	o := &atomicfs.WriteOptions{NoSync: !r.current().fsync}
	return atomicfs.WriteFile(ctx, r.objects, n.LoosePath(r.mode), data, 0o644, o)
}
