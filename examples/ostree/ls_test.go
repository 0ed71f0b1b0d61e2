package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestLsIsInOrder compares listings of more entries than are looked up together.
func TestLsIsInOrder(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	dir := t.TempDir()
	t.Chdir(dir)
	for i := range 500 {
		p := fmt.Sprintf("src/d%d/e%d/f%d", i%3, i%7, i)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		if i%10 == 0 {
			require.NoError(t, os.Symlink("x -> y", p))
			continue
		}
		require.NoError(t, os.WriteFile(p, []byte(strings.Repeat("x", i)), 0o644))
	}
	testenv.Run(t, dir, "ostree", "init", "--repo=r", "--mode=bare-user")
	testenv.Run(t, dir, "ostree", "commit", "--repo=r", "-b", "main", "--owner-uid=7", "--owner-gid=8", "src")
	for _, line := range []string{
		"main", "-R main", "-RC main", "-RX main", "-R --nul-filenames-only main", "-d main", "-Rd main /d1", "-d main /d1/e2 /d0",
		"-R main /d1/e2/f499 /d2 /d0/e0/f0", "--nul-filenames-only main /d0/e0/f0",
	} {
		args := strings.Fields(line)
		want := testenv.Run(t, dir, append([]string{"ostree", "ls", "--repo=r"}, args...)...)
		require.Equal(t, want, ours(t, dir, "ls --repo=r "+line), line)
	}
	got := runLine(t, dir, "ls --repo=r -R main /d1/e2 /d1/nope /d2")
	require.Equal(t, 1, got.Code)
	require.Contains(t, got.Err, "/d1/nope")
	require.Equal(t, ours(t, dir, "ls --repo=r -R main /d1/e2"), got.Out, "what comes before the error is printed")
}
