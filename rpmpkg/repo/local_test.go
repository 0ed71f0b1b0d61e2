package repo

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/fetch"
)

// A distant repository may name any file URL as the place of a package.
func TestFileURLOfSpecialFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, unix.Mkfifo(fifo, 0o600))
	for _, path := range []string{"/dev/zero", fifo, t.TempDir()} {
		err := useLocal(path, &fetch.Request{URL: "file://" + path, MaxBytes: 1 << 20}, func(*fetch.Response) error {
			t.Errorf("%s was opened", path)
			return nil
		})
		require.ErrorContains(t, err, "not a regular file")
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("content"), 0o600))
	require.NoError(t, useLocal(file, &fetch.Request{URL: "file://" + file, MaxBytes: 7}, func(r *fetch.Response) error {
		data, err := io.ReadAll(r.Body)
		require.Equal(t, "content", string(data))
		return err
	}))
	require.ErrorIs(t, useLocal(file, &fetch.Request{MaxBytes: 6}, nil), fetch.ErrTooLarge)
}
