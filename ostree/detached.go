package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree/gvariant"
)

// CommitState says whether all objects of a commit are expected to be there.
type CommitState uint8

// The states of a commit.
const (
	CommitNormal      CommitState = iota
	CommitPartial                 // a pull has not finished, or was asked for a part
	CommitFsckPartial             // fsck has found objects missing or broken
)

// DetachedMetadata returns the metadata that is kept beside a commit because it
// is added later, such as signatures, or nil if there is none.
func (r *Repo) DetachedMetadata(ctx context.Context, c Checksum) (*gvariant.Dict, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return loadDetached(r.stores(), c)
}

func loadDetached(stores []looseStore, c Checksum) (*gvariant.Dict, error) {
	n := ObjectName{c, TypeCommitMeta}
	data, err := loadMetadata(stores, n)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || len(data) == 0 {
		return nil, err
	}
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return nil, &CorruptError{Object: n, Err: err}
	}
	d, err := gvariant.DictFromValue(v)
	if err != nil {
		return nil, &CorruptError{Object: n, Err: err}
	}
	return d, nil
}

// SetDetachedMetadata replaces the metadata beside a commit at once; a nil d
// takes it away. The commit need not exist yet.
func (r *Repo) SetDetachedMetadata(ctx context.Context, c Checksum, d *gvariant.Dict) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	data, err := encodeDetached(d)
	if err == nil {
		err = r.replaceObject(ctx, ObjectName{c, TypeCommitMeta}, data)
	}
	if err != nil {
		return fmt.Errorf("write detached metadata of %s: %w", c, err)
	}
	return nil
}

// encodeDetached returns no bytes for nil: an empty file says that metadata has
// been removed.
func encodeDetached(d *gvariant.Dict) ([]byte, error) {
	if d == nil {
		return []byte{}, nil
	}
	v := d.Value()
	if !v.IsValid() {
		return nil, errors.New("a key or value cannot be encoded")
	}
	return v.Bytes(), nil
}

func statePath(c Checksum) string { return "state/" + c.String() + ".commitpartial" }

// CommitState returns the state of a commit. It is CommitNormal also for a
// commit that does not exist.
func (r *Repo) CommitState(ctx context.Context, c Checksum) (CommitState, error) {
	if err := ctx.Err(); err != nil {
		return CommitNormal, err
	}
	data, err := r.dir.ReadFile(statePath(c), 1<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return CommitNormal, nil
	}
	if err != nil {
		return CommitNormal, fmt.Errorf("read state of commit %s: %w", c, err)
	}
	if string(data) == "f" {
		return CommitFsckPartial, nil
	}
	return CommitPartial, nil
}

// MarkPartial marks a commit as incomplete, or as complete. A pull does the
// former before the commit object appears and the latter at its end.
func (r *Repo) MarkPartial(ctx context.Context, c Checksum, partial bool) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	state := CommitNormal
	if partial {
		state = CommitPartial
	}
	if err := r.setCommitState(ctx, c, state); err != nil {
		return fmt.Errorf("write state of commit %s: %w", c, err)
	}
	return nil
}

func (r *Repo) setCommitState(ctx context.Context, c Checksum, state CommitState) error {
	path := statePath(c)
	if state == CommitNormal {
		if err := atomicfs.Remove(ctx, r.dir, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	var data []byte
	if state == CommitFsckPartial {
		data = []byte("f")
	}
	if err := atomicfs.MkdirAll(ctx, r.dir, "state", 0o775); err != nil {
		return err
	}
	return atomicfs.WriteFile(ctx, r.dir, path, data, 0o644, &atomicfs.WriteOptions{NoSync: !r.current().fsync})
}
