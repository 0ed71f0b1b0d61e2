package atomicfs

import (
	"context"
	"runtime"
	"unsafe"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// CheckpointOptions changes how Checkpoint works; nil means the defaults.
type CheckpointOptions struct {
	// AllowFreeze permits freezing and thawing the file system (FIFREEZE)
	// where there is no gentler way. A process killed in between leaves the
	// file system frozen until somebody runs fsfreeze --unfreeze, so it is for
	// a program that supervises itself. It is ignored for the file system that
	// holds the root directory, which would stop the supervisor too.
	AllowFreeze bool
}

// ext4Checkpoint is EXT4_IOC_CHECKPOINT, _IOW('f', 43, __u32), of the kernel's
// ext4 documentation, "Ioctls".
const ext4Checkpoint = 0x4004662b

// FIFREEZE and FITHAW are _IOWR('X', 119, int) and _IOWR('X', 120, int), see
// ioctl_fsfreeze of the kernel's VFS.
const (
	fiFreeze = 0xc0045877
	fiThaw   = 0xc0045878
)

// Checkpoint makes all changes on the file system of d durable in their final
// place, not just in the journal. Boot loaders read /boot without replaying
// the journal, so what is only in there does not exist for them.
//
// The way there: syncfs everywhere; then, on ext4, ask for a checkpoint, which
// neither stops writers nor can leave anything behind (as freezing can);
// otherwise freeze and thaw if allowed. A file system that offers neither, or
// a caller without the privilege, gets the syncfs and no error.
func Checkpoint(ctx context.Context, d *dirfd.Dir, o *CheckpointOptions) error {
	if err := SyncFS(ctx, d); err != nil {
		return err
	}
	if err := check(ctx, OpFreeze, d, "."); err != nil {
		return err
	}
	var st unix.Statfs_t
	if err := unix.Fstatfs(d.Fd(), &st); err != nil {
		return pathErr("statfs", d.Path(), err)
	}
	if st.Type == unix.EXT4_SUPER_MAGIC {
		var flags uint32
		err := ioctl(d.Fd(), ext4Checkpoint, unsafe.Pointer(&flags))
		if err == nil || err == unix.EIO {
			return pathErr("checkpoint", d.Path(), err)
		}
	}
	if o != nil && o.AllowFreeze && !holdsRoot(d) {
		return pathErr("freeze", d.Path(), freezeThaw(d.Fd()))
	}
	return nil
}

func holdsRoot(d *dirfd.Dir) bool {
	var a, b unix.Stat_t
	return unix.Fstat(d.Fd(), &a) != nil || unix.Stat("/", &b) != nil || a.Dev == b.Dev
}

// freezeThaw leaves no room for the scheduler between the two calls.
func freezeThaw(fd int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), fiFreeze, 0)
	if e == 0 {
		_, _, e = unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), fiThaw, 0)
	}
	switch e {
	case 0, unix.EOPNOTSUPP, unix.ENOSYS, unix.EPERM, unix.EBUSY, unix.EINVAL, unix.ENOTTY:
		return nil // cannot be frozen, or frozen by somebody else: the syncfs has to do
	}
	return e
}

func ioctl(fd int, req uintptr, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), req, uintptr(arg)); e != 0 {
		return e
	}
	return nil
}
