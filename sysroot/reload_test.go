package sysroot_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/sysroot/sysroottest"
)

// Other programs' changes are seen even if they leave no trace in the time of the directory: two within one tick of the
// clock of the file system, or one after which somebody has set the time back.
func TestReloadSeesEveryChange(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	other := sysroottest.Open(t, s.Path())
	deployDir := filepath.Join(s.Path(), "ostree/deploy")
	st, err := os.Stat(deployDir)
	require.NoError(t, err)

	deploy(t, s, commit(t, s, "2", "6.2"))
	require.NoError(t, os.Chtimes(deployDir, time.Now(), st.ModTime()))
	changed, err := other.Reload(t.Context())
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, []string{"2", "1"}, versions(t, other))

	// What was read within a tick is not relied upon.
	require.NoError(t, os.Remove(filepath.Join(s.Path(), "boot/loader/entries", other.Deployments()[1].EntryFile)))
	other.MarkYoung()
	changed, err = other.Reload(t.Context())
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, []string{"2"}, versions(t, other))
}
