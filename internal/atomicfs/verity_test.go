package atomicfs

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
)

// TestSealReadOnly stands in for the kernel, which refuses a file that is open for writing anywhere.
func TestSealReadOnly(t *testing.T) {
	dir := t.TempDir()
	d, err := dirfd.Open(dir)
	require.NoError(t, err)
	defer d.Close()
	f, err := TempFile(t.Context(), d, 0o640)
	require.NoError(t, err)
	_, err = f.WriteString("content")
	require.NoError(t, err)
	called := 0
	ctx := WithVerity(t.Context(), func(f *os.File) error {
		called++
		flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
		require.NoError(t, err)
		require.Equal(t, unix.O_RDONLY, flags&unix.O_ACCMODE)
		flags, err = unix.FcntlInt(f.Fd(), unix.F_GETFD, 0)
		require.NoError(t, err)
		require.Equal(t, unix.FD_CLOEXEC, flags)
		require.Zero(t, writers(t, f), "another descriptor could still write")
		return nil
	})
	require.NoError(t, Seal(ctx, f))
	require.Equal(t, 1, called)
	_, err = f.WriteString("more")
	require.Error(t, err)
	existed, err := Publish(ctx, f, d, "name")
	require.NoError(t, err)
	require.False(t, existed)
	require.NoError(t, f.Close())
	data, err := os.ReadFile(dir + "/name")
	require.NoError(t, err)
	require.Equal(t, "content", string(data))
}

// writers counts the descriptors of this process that can write to the file of f.
func writers(t *testing.T, f *os.File) (n int) {
	var want unix.Stat_t
	require.NoError(t, unix.Fstat(int(f.Fd()), &want))
	for fd := range 256 {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) != nil || st.Ino != want.Ino || st.Dev != want.Dev {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		require.NoError(t, err)
		if flags&unix.O_ACCMODE != unix.O_RDONLY {
			n++
		}
	}
	return n
}

func TestSealErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  error
		want error // nil for success
	}{
		{"enabled before", unix.EEXIST, nil},
		{"kernel without", unix.EOPNOTSUPP, errors.ErrUnsupported},
		{"file system without", unix.ENOTTY, errors.ErrUnsupported},
		{"open elsewhere", unix.ETXTBSY, unix.ETXTBSY},
		{"disk", unix.EIO, unix.EIO},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := os.Create(t.TempDir() + "/f")
			require.NoError(t, err)
			defer f.Close()
			err = Seal(WithVerity(t.Context(), func(*os.File) error { return tc.err }), f)
			require.ErrorIs(t, err, tc.want)
			if tc.want != nil {
				require.ErrorContains(t, err, "enable fs-verity")
			}
		})
	}
	failing := WithHook(context.Background(), func(op Op, _ string) error {
		require.Equal(t, OpAttr, op)
		return unix.ENOSPC
	})
	f, err := os.Create(t.TempDir() + "/f")
	require.NoError(t, err)
	defer f.Close()
	require.ErrorIs(t, Seal(failing, f), unix.ENOSPC)
}

// TestSealKernel agrees with the fsverity tool about whether this kernel and file system have fs-verity.
func TestSealKernel(t *testing.T) {
	testenv.NeedTool(t, "fsverity")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/theirs", []byte("x"), 0o644))
	supported := exec.Command("fsverity", "enable", dir+"/theirs").Run() == nil
	f, err := os.Create(dir + "/ours")
	require.NoError(t, err)
	defer f.Close()
	err = Seal(t.Context(), f)
	if !supported {
		require.ErrorIs(t, err, errors.ErrUnsupported)
		return
	}
	require.NoError(t, err)
	require.NoError(t, Seal(t.Context(), f), "again")
	require.ErrorIs(t, os.WriteFile(dir+"/ours", []byte("y"), 0o644), os.ErrPermission)
}
