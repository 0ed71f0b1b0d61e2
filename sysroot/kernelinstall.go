package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// installKernel puts the kernel of the tree root into boot/dest. A file that is
// there with the right size stays: the name contains a checksum of the content,
// and files appear complete or not at all.
func (s *Sysroot) installKernel(ctx context.Context, root *dirfd.Dir, k *kernel, dest string) error {
	if err := atomicfs.MkdirAll(ctx, s.bootD, dest, 0o755); err != nil {
		return fmt.Errorf("install kernel: %w", err)
	}
	for src, dst := range k.installedNames() {
		from, to := path.Join(k.dir, src), path.Join(dest, dst)
		var err error
		if src == k.deviceTrees && k.deviceTree == "" {
			err = s.installDir(ctx, root, from, to)
		} else {
			err = s.installFile(ctx, root, from, to, true)
		}
		if err != nil {
			return fmt.Errorf("install kernel: %w", err)
		}
	}
	return nil
}

// installDir copies a directory of device trees.
func (s *Sysroot) installDir(ctx context.Context, root *dirfd.Dir, from, to string) error {
	if err := atomicfs.MkdirAll(ctx, s.bootD, to, 0o755); err != nil {
		return err
	}
	files, err := regularFiles(root, from, ".")
	if err != nil {
		return err
	}
	for _, f := range files {
		dst := path.Join(to, f)
		if err := atomicfs.MkdirAll(ctx, s.bootD, path.Dir(dst), 0o755); err != nil {
			return err
		}
		if err := s.installFile(ctx, root, path.Join(from, f), dst, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sysroot) installFile(ctx context.Context, root *dirfd.Dir, from, to string, link bool) error {
	want, err := root.Lstat(from)
	if err != nil {
		return err
	}
	have, err := s.bootD.Lstat(to)
	if err == nil {
		if have.Size == want.Size && have.Mode&unix.S_IFMT == unix.S_IFREG {
			return nil
		}
		s.log.Warn("replacing damaged kernel file", "path", to)
		err = atomicfs.RemoveAll(ctx, s.bootD, to)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	if !link {
		return s.copyFile(ctx, root, from, to, &want)
	}
	err = atomicfs.Link(ctx, root, from, s.bootD, to)
	for _, cause := range []error{unix.EXDEV, unix.EMLINK, unix.EPERM, unix.EOPNOTSUPP} {
		if errors.Is(err, cause) {
			return s.copyFile(ctx, root, from, to, &want)
		}
	}
	return err
}

// copyFile is for a boot directory on another file system. The file appears
// when its content is on disk: after a crash installFile trusts name and size,
// and a file system without a data journal may have kept just these.
func (s *Sysroot) copyFile(ctx context.Context, root *dirfd.Dir, from, to string, st *dirfd.Stat) error {
	src, err := root.OpenFile(from, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	dir, err := s.bootD.OpenDir(path.Dir(to))
	if err != nil {
		return err
	}
	defer dir.Close()
	f, err := atomicfs.TempFile(ctx, dir, st.Mode&0o777)
	if err != nil {
		return err
	}
	if err = atomicfs.CheckHook(ctx, atomicfs.OpWrite, s.bootD.Join(to)); err == nil {
		_, err = dirfd.CopyData(ctx, f, src)
	}
	if err == nil && !s.userMode() {
		if err = f.Chown(int(st.Uid), int(st.Gid)); errors.Is(err, fs.ErrPermission) {
			err = nil // vfat and the like have no owners
		}
	}
	if err == nil && !s.opts.NoSync {
		err = atomicfs.SyncFile(ctx, f)
	}
	if err == nil {
		_, err = atomicfs.Publish(ctx, f, dir, path.Base(to))
	}
	return errors.Join(err, atomicfs.Discard(ctx, dir, f))
}
