package ostree

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
)

// hardlinks makes files with two names each, and returns their directory.
func hardlinks(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	testenv.NeedUserXattrs(t, dir)
	in := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(in("file"), []byte("content"), 0o640))
	require.NoError(t, unix.Setxattr(in("file"), "user.note", []byte("kept"), 0))
	require.NoError(t, os.Chmod(in("file"), 0o640|os.ModeSetuid))
	require.NoError(t, os.Chtimes(in("file"), time.Unix(1000, 5), time.Unix(2000, 7)))
	require.NoError(t, os.WriteFile(in("empty"), nil, 0o444))
	require.NoError(t, os.Symlink("file", in("link")))
	require.NoError(t, os.WriteFile(in("single"), []byte("single"), 0o600))
	for _, name := range []string{"file", "empty", "link"} {
		require.NoError(t, os.Link(in(name), in(name+".other")))
	}
	return dir
}

// fileOnDisk is what a copy has in common with its source.
type fileOnDisk struct {
	Mode       uint32
	UID, GID   uint32
	Modified   unix.Timespec
	Content    string
	Xattrs     Xattrs
	Ino, Nlink uint64
}

func inodeOf(t *testing.T, path string) fileOnDisk {
	t.Helper()
	dir, err := dirfd.Open(filepath.Dir(path))
	require.NoError(t, err)
	defer dir.Close()
	st, err := dir.Lstat(filepath.Base(path))
	require.NoError(t, err)
	attrs, err := dir.ReadXattrs(filepath.Base(path))
	require.NoError(t, err)
	n := fileOnDisk{Mode: st.Mode, UID: st.Uid, GID: st.Gid, Modified: st.Mtim, Xattrs: fromDisk(attrs), Ino: st.Ino, Nlink: uint64(st.Nlink)}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK {
		n.Content, err = os.Readlink(path)
	} else {
		var data []byte
		data, err = os.ReadFile(path)
		n.Content = string(data)
	}
	require.NoError(t, err)
	return n
}

func TestBreakHardlink(t *testing.T) {
	dir := hardlinks(t)
	for _, name := range []string{"file", "empty", "link"} {
		path := filepath.Join(dir, name)
		before := inodeOf(t, path)
		require.NoError(t, BreakHardlink(t.Context(), path))
		after := inodeOf(t, path)
		require.NotEqual(t, before.Ino, after.Ino, name)
		require.EqualValues(t, 1, after.Nlink, name)
		after.Ino, after.Nlink = before.Ino, before.Nlink
		require.Empty(t, cmp.Diff(before, after), name)
		other := inodeOf(t, path+".other")
		other.Nlink = before.Nlink
		require.Empty(t, cmp.Diff(before, other), "the other name: %s", name)
		require.NoError(t, BreakHardlink(t.Context(), path), "again")
	}
	for _, name := range []string{"single", "file"} {
		before := inodeOf(t, filepath.Join(dir, name))
		require.NoError(t, BreakHardlink(t.Context(), filepath.Join(dir, name)))
		require.Equal(t, before, inodeOf(t, filepath.Join(dir, name)), "it has no other name")
	}
	require.ErrorIs(t, BreakHardlink(t.Context(), filepath.Join(dir, "missing")), os.ErrNotExist)
	require.ErrorIs(t, BreakHardlink(t.Context(), dir), errors.ErrUnsupported)
}

// TestBreakHardlinkFails: whatever step fails, the name has the old file and nothing else is left.
func TestBreakHardlinkFails(t *testing.T) {
	dir := hardlinks(t)
	stop := errors.New("disk")
	for _, name := range []string{"file", "link"} {
		path := filepath.Join(dir, name)
		before := inodeOf(t, path)
		for n := 1; ; n++ {
			steps := 0
			ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, _ string) error {
				if steps++; steps == n && op != atomicfs.OpUnlink {
					return stop
				}
				return nil
			})
			err := BreakHardlink(ctx, path)
			if err == nil {
				require.Greater(t, n, 2)
				break
			}
			require.ErrorIs(t, err, stop)
			require.Equal(t, before, inodeOf(t, path), "%s, step %d", name, n)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, entries, 7, "%s, step %d", name, n)
		}
	}
}

// TestBreakHardlinkEqualsLibostree compares the copies with those that ostree_break_hardlink makes.
func TestBreakHardlinkEqualsLibostree(t *testing.T) {
	python := testenv.NeedPython(t, "gi.repository.OSTree")
	dir := hardlinks(t)
	for _, name := range []string{"file", "empty", "link", "single"} {
		for _, of := range []string{"", ".other"} {
			if name != "single" {
				require.NoError(t, os.Link(filepath.Join(dir, name+of), filepath.Join(dir, name+of+".third")))
			}
		}
		ours, theirs := filepath.Join(dir, name), filepath.Join(dir, name+".other")
		if name == "single" {
			theirs = filepath.Join(dir, "single2")
			testenv.Run(t, dir, "cp", "-a", "single", "single2")
		}
		require.NoError(t, BreakHardlink(t.Context(), ours))
		testenv.Run(t, dir, python, "-c", "import sys, gi\ngi.require_version('OSTree', '1.0')\nfrom gi.repository import OSTree\n"+
			"OSTree.break_hardlink(-100, sys.argv[1], False, None)", theirs)
		a, b := inodeOf(t, ours), inodeOf(t, theirs)
		b.Ino = a.Ino
		if name == "link" {
			b.Modified = a.Modified // libostree does not keep the time of links
		}
		require.Empty(t, cmp.Diff(b, a), name)
	}
}
