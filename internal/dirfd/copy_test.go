package dirfd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCopyData copies within a file system, from another one, and from one whose files do not tell their size.
func TestCopyData(t *testing.T) {
	here := t.TempDir()
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	sources := map[string]string{
		"same device": filepath.Join(here, "src"), "empty": filepath.Join(here, "empty"), "procfs": "/proc/version",
	}
	require.NoError(t, os.WriteFile(sources["same device"], content, 0o600))
	require.NoError(t, os.WriteFile(sources["empty"], nil, 0o600))
	if shm, err := os.CreateTemp("/dev/shm", "copy"); err == nil {
		sources["memory"] = shm.Name()
		t.Cleanup(func() { require.NoError(t, os.Remove(shm.Name())) })
		_, err := shm.Write(content)
		require.NoError(t, err)
		require.NoError(t, shm.Close())
	}
	for name, path := range sources {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			src, err := os.Open(path)
			require.NoError(t, err)
			defer src.Close()
			_, err = src.Read(make([]byte, 3)) // where it was read before does not matter
			if len(want) > 0 {
				require.NoError(t, err)
			}
			dst, err := os.Create(filepath.Join(t.TempDir(), "dst"))
			require.NoError(t, err)
			defer dst.Close()
			n, err := CopyData(t.Context(), dst, src)
			require.NoError(t, err)
			require.Equal(t, int64(len(want)), n)
			got, err := os.ReadFile(dst.Name())
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got))
		})
	}
}

// TestCopyDataFails tells why, and ends with its context.
func TestCopyDataFails(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "src"), []byte("content"), 0o600))
	src, err := os.Open(filepath.Join(dir, "src"))
	require.NoError(t, err)
	defer src.Close()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	_, err = CopyData(t.Context(), full, src)
	require.ErrorContains(t, err, "/dev/full")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dst, err := os.Create(filepath.Join(dir, "dst"))
	require.NoError(t, err)
	defer dst.Close()
	if Reflink(dst, src) != nil { // else nothing takes long
		_, err = CopyData(ctx, dst, src)
		require.ErrorIs(t, err, context.Canceled)
	}
}
