package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/ostree"
	"golang.org/x/sys/unix"
)

// NoSpaceError says that the boot file system cannot hold the new kernel. It
// is found before anything is built.
type NoSpaceError struct {
	// Need and Free are in bytes.
	Need, Free uint64
}

// Error tells both numbers.
func (e *NoSpaceError) Error() string {
	return fmt.Sprintf("not enough space in /boot: the kernel needs %d bytes, %d are free", e.Need, e.Free)
}

// Is makes errors.Is(err, unix.ENOSPC) true.
func (e *NoSpaceError) Is(target error) bool { return target == unix.ENOSPC }

// checkBootSpace compares the size of the commit's kernel files with the free
// space, where the boot directory is a file system of its own. A kernel that
// is installed already needs nothing.
func (s *Sysroot) checkBootSpace(ctx context.Context, r *DeployRequest) error {
	if s.bootD == nil {
		return fmt.Errorf("%s has no boot directory", s.path)
	}
	a, err := s.bootD.Lstat(".")
	if err != nil {
		return err
	}
	b, err := s.ostree.Lstat(".")
	if err != nil || a.Dev == b.Dev {
		return err
	}
	var st unix.Statfs_t
	if err := unix.Fstatfs(s.bootD.Fd(), &st); err != nil {
		return fmt.Errorf("statfs boot: %w", err)
	}
	need, err := s.kernelSize(ctx, r.Commit, r.Stateroot, uint64(st.Bsize))
	if err != nil {
		return err
	}
	if free := st.Bavail * uint64(st.Bsize); need > free {
		return &NoSpaceError{Need: need, Free: free}
	}
	return nil
}

// kernelSize sums the files of usr/lib/modules/VERSION that would be installed,
// rounded up to blocks, less those whose name and size are there for any
// deployment of the stateroot.
func (s *Sysroot) kernelSize(ctx context.Context, c ostree.Checksum, stateroot string, block uint64) (uint64, error) {
	tree, err := s.repo.FS(ctx, c)
	if err != nil {
		return 0, err
	}
	versions, err := fs.ReadDir(tree, modulesDir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	installed, err := s.installedSizes(stateroot)
	if err != nil {
		return 0, err
	}
	need := uint64(0)
	for _, v := range versions {
		names := (&kernel{version: v.Name(), image: "vmlinuz", initramfs: "initramfs.img", deviceTree: "devicetree"}).installedNames()
		for src, dst := range names {
			info, err := fs.Stat(tree, modulesDir+"/"+v.Name()+"/"+src)
			if err != nil || !info.Mode().IsRegular() || installed[dst] == info.Size() {
				continue
			}
			need += (uint64(info.Size()) + block - 1) / block * block
		}
	}
	return need, nil
}

func (s *Sysroot) installedSizes(stateroot string) (map[string]int64, error) {
	sizes := map[string]int64{}
	for _, d := range s.list {
		if d.Stateroot != stateroot {
			continue
		}
		ents, err := readDirIfThere(s.bootD, d.kernelDir())
		if err != nil {
			return nil, err
		}
		for _, e := range ents {
			if st, err := s.bootD.Lstat(d.kernelDir() + "/" + e.Name); err == nil {
				sizes[e.Name] = st.Size
			}
		}
	}
	return sizes, nil
}
