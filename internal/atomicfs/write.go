package atomicfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// WriteOptions changes how WriteFile works; nil means the defaults.
type WriteOptions struct {
	// NoSync leaves out fdatasync, for callers that sync the whole file
	// system before anything refers to the file.
	NoSync bool
	// UID and GID own the file when not nil.
	UID, GID *uint32
}

// WriteFile replaces or creates the file rel with mode exactly perm. After a
// crash the old content or the new is there. Durability of the new name needs
// a SyncDir of the parent.
func WriteFile(ctx context.Context, d *dirfd.Dir, rel string, data []byte, perm uint32, o *WriteOptions) error {
	if o == nil {
		o = &WriteOptions{}
	}
	parent, name, err := openParent(d, rel)
	if err != nil {
		return err
	}
	defer closeParent(d, parent)
	f, err := TempFile(ctx, parent, perm)
	if err != nil {
		return err
	}
	if err := fill(ctx, f, parent, name, data, o); err != nil {
		Discard(ctx, parent, f)
		return err
	}
	if err := replace(ctx, f, parent, name); err != nil {
		Discard(ctx, parent, f)
		return err
	}
	return f.Close()
}

func fill(ctx context.Context, f *os.File, d *dirfd.Dir, name string, data []byte, o *WriteOptions) error {
	if err := check(ctx, OpWrite, d, name); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if o.UID != nil || o.GID != nil {
		uid, gid := -1, -1
		if o.UID != nil {
			uid = int(*o.UID)
		}
		if o.GID != nil {
			gid = int(*o.GID)
		}
		if err := f.Chown(uid, gid); err != nil {
			return err
		}
	}
	if o.NoSync {
		return nil
	}
	return SyncFile(ctx, f)
}

// replace names f atomically. A free name takes one link; an existing file is
// replaced by a rename from a temporary name, since no call links over a file.
func replace(ctx context.Context, f *os.File, d *dirfd.Dir, name string) error {
	tmp := tempName(f)
	if tmp == "" {
		existed, err := Publish(ctx, f, d, name)
		if err != nil || !existed {
			return err
		}
		tmp = randomName(TempPrefix)
		if existed, err := Publish(ctx, f, d, tmp); err != nil || existed {
			return errors.Join(err, existError(d, tmp, existed))
		}
	}
	if err := Rename(ctx, d, tmp, d, name); err != nil {
		Remove(ctx, d, tmp)
		return err
	}
	return nil
}

func existError(d *dirfd.Dir, name string, existed bool) error {
	if !existed {
		return nil
	}
	return &fs.PathError{Op: "link", Path: d.Join(name), Err: fs.ErrExist}
}

// openParent returns the directory of rel and its last component; d itself for
// a bare name.
func openParent(d *dirfd.Dir, rel string) (*dirfd.Dir, string, error) {
	if err := dirfd.CheckPath(rel); err != nil {
		return nil, "", err
	}
	dir, name := path.Split(rel)
	if dir == "" {
		return d, name, nil
	}
	p, err := d.OpenDir(dir[:len(dir)-1])
	return p, name, err
}

func closeParent(d, parent *dirfd.Dir) {
	if parent != d {
		parent.Close()
	}
}

// SyncFile is fdatasync(2).
func SyncFile(ctx context.Context, f *os.File) error {
	if err := CheckHook(ctx, OpFsync, f.Name()); err != nil {
		return err
	}
	return pathErr("sync", f.Name(), durably(ctx, func() error { return unix.Fdatasync(int(f.Fd())) }))
}

// SyncDir makes the names in d durable (fsync(2) of the directory).
func SyncDir(ctx context.Context, d *dirfd.Dir) error {
	if err := check(ctx, OpFsync, d, "."); err != nil {
		return err
	}
	return pathErr("sync", d.Path(), durably(ctx, func() error { return unix.Fsync(d.Fd()) }))
}

// SyncFS makes everything on the file system of d durable (syncfs(2)).
func SyncFS(ctx context.Context, d *dirfd.Dir) error {
	if err := check(ctx, OpSyncFS, d, "."); err != nil {
		return err
	}
	return pathErr("syncfs", d.Path(), durably(ctx, func() error { return unix.Syncfs(d.Fd()) }))
}

func pathErr(op, p string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: p, Err: err}
}

func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
