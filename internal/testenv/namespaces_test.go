package testenv

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestInNamespaces(t *testing.T) {
	dir := os.Getenv("RPMOSTREE_TEST_DIR") // of the run outside
	if dir == "" {
		dir = t.TempDir()
		t.Setenv("RPMOSTREE_TEST_DIR", dir)
	}
	if !InNamespaces(t, "touch $RPMOSTREE_TEST_DIR/setup", "-m", "--propagation", "private") {
		require.FileExists(t, filepath.Join(dir, "setup"))
		require.FileExists(t, filepath.Join(dir, "ran"))
		require.NoFileExists(t, filepath.Join(dir, "mounted/file"))
		return
	}
	mounted := filepath.Join(dir, "mounted")
	require.NoError(t, os.Mkdir(mounted, 0o755))
	require.NoError(t, unix.Mount("tmpfs", mounted, "tmpfs", 0, ""))
	require.NoError(t, os.WriteFile(filepath.Join(mounted, "file"), nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ran"), nil, 0o644))
}
