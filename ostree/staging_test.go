package ostree

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStagingOfManyIsOne: whatever number of processes died, the next transaction has what each of them had got, and
// leaves no directory behind. What is still in use it leaves alone.
func TestStagingOfManyIsOne(t *testing.T) {
	r := newRepo(t, ModeArchive)
	var names []ObjectName
	write := func(content string) *Tx {
		tx, err := r.Begin(t.Context(), &TxOptions{KeepStaged: true})
		require.NoError(t, err)
		c, err := tx.WriteFile(t.Context(), &FileHeader{Mode: 0o100644}, -1, strings.NewReader(content))
		require.NoError(t, err)
		names = append(names, ObjectName{c, TypeFile})
		return tx
	}
	one, two, three, busy := write("one"), write("two"), write("three"), write("busy")
	for _, tx := range []*Tx{one, two, three} { // at the same time, so that each had its own
		require.NoError(t, tx.Abort())
	}
	dirs := func() []string {
		found, err := filepath.Glob(filepath.Join(r.Path(), "tmp/staging-*"))
		require.NoError(t, err)
		return slices.DeleteFunc(found, func(path string) bool { return strings.HasSuffix(path, lockSuffix) })
	}
	require.Len(t, dirs(), 4)
	require.NoError(t, os.WriteFile(filepath.Join(dirs()[1], "half"), []byte("no object"), 0o600))
	next, err := r.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer next.Abort()
	require.Len(t, dirs(), 2)
	for i, want := range []bool{true, true, true, false} {
		has, err := next.Has(t.Context(), names[i])
		require.NoError(t, err)
		require.Equal(t, want, has, i)
	}
	_, err = next.Commit(t.Context())
	require.NoError(t, err)
	_, err = busy.Commit(t.Context())
	require.NoError(t, err)
	require.Empty(t, dirs())
	verifyObjects(t, r)
	for _, n := range names {
		has, err := r.Has(t.Context(), n)
		require.NoError(t, err)
		require.True(t, has, n)
	}
}

// TestStagingNotYetLocked: between making a directory and locking it, it belongs to whoever made it.
func TestStagingNotYetLocked(t *testing.T) {
	r := newRepo(t, ModeArchive)
	boot, err := r.boot()
	require.NoError(t, err)
	dir := filepath.Join(r.Path(), "tmp", stagingPrefix+boot+"-abcdef")
	require.NoError(t, os.Mkdir(dir, 0o755))
	mustCommit(t, r, "ref", newFiles)
	require.DirExists(t, dir)
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(dir, long, long))
	mustCommit(t, r, "ref", oldFiles)
	require.NoDirExists(t, dir, "its maker is dead")
}
