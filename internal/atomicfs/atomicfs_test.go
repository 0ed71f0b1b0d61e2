package atomicfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func openTemp(t *testing.T) (context.Context, *dirfd.Dir, string) {
	t.Helper()
	p := t.TempDir()
	d, err := dirfd.Open(p)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return t.Context(), d, p
}

func names(t *testing.T, p string) []string {
	t.Helper()
	ents, err := os.ReadDir(p)
	require.NoError(t, err)
	out := []string{}
	for _, e := range ents {
		out = append(out, e.Name())
	}
	return out
}

func read(t *testing.T, p string) string {
	t.Helper()
	b, err := os.ReadFile(p)
	require.NoError(t, err)
	return string(b)
}

func TestWriteFileReplacesAndLeavesNothing(t *testing.T) {
	ctx, d, p := openTemp(t)
	require.NoError(t, os.Mkdir(filepath.Join(p, "sub"), 0o755))
	require.NoError(t, WriteFile(ctx, d, "sub/f", []byte("one"), 0o640, nil))
	require.NoError(t, WriteFile(ctx, d, "sub/f", []byte("two"), 0o644, &WriteOptions{NoSync: true}))
	require.Equal(t, "two", read(t, filepath.Join(p, "sub/f")))
	st, err := os.Stat(filepath.Join(p, "sub/f"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o644), st.Mode())
	require.Equal(t, []string{"f"}, names(t, filepath.Join(p, "sub")))
	require.ErrorIs(t, WriteFile(ctx, d, "sub", []byte("x"), 0o644, nil), unix.EISDIR)
	require.ErrorIs(t, WriteFile(ctx, d, "../x", nil, 0o644, nil), dirfd.ErrBadName)
	require.Equal(t, []string{"sub"}, names(t, p))
}

// A failure at any step must leave the old content and no temporary file.
func TestWriteFileFailureKeepsOld(t *testing.T) {
	for _, bad := range []Op{OpCreate, OpWrite, OpFsync, OpLink, OpRename} {
		ctx, d, p := openTemp(t)
		require.NoError(t, WriteFile(ctx, d, "f", []byte("old"), 0o644, nil))
		hooked := WithHook(ctx, func(op Op, _ string) error {
			if op == bad {
				return unix.ENOSPC
			}
			return nil
		})
		require.ErrorIs(t, WriteFile(hooked, d, "f", []byte("new"), 0o644, nil), unix.ENOSPC, "%s", bad)
		require.Equal(t, "old", read(t, filepath.Join(p, "f")))
		require.Equal(t, []string{"f"}, names(t, p), "%s", bad)
	}
}

func TestPublish(t *testing.T) {
	ctx, d, p := openTemp(t)
	for i, want := range []bool{false, true} {
		f, err := TempFile(ctx, d, 0o444)
		require.NoError(t, err)
		_, err = f.WriteString([]string{"first", "second"}[i])
		require.NoError(t, err)
		existed, err := Publish(ctx, f, d, "obj")
		require.NoError(t, err)
		require.Equal(t, want, existed)
		require.NoError(t, Discard(ctx, d, f))
	}
	require.Equal(t, "first", read(t, filepath.Join(p, "obj")))
	st, err := os.Stat(filepath.Join(p, "obj"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o444), st.Mode())
	require.Equal(t, []string{"obj"}, names(t, p))
}

// The path for file systems without O_TMPFILE.
func TestPublishNamedTemp(t *testing.T) {
	ctx, d, p := openTemp(t)
	for i, want := range []bool{false, true} {
		f, err := namedTemp(d, 0o644)
		require.NoError(t, err)
		_, err = f.WriteString([]string{"first", "second"}[i])
		require.NoError(t, err)
		existed, err := Publish(ctx, f, d, "obj")
		require.NoError(t, err)
		require.Equal(t, want, existed)
		require.NoError(t, Discard(ctx, d, f))
	}
	require.Equal(t, "first", read(t, filepath.Join(p, "obj")))
	require.Equal(t, []string{"obj"}, names(t, p))
}

func TestExchange(t *testing.T) {
	ctx, d, p := openTemp(t)
	require.NoError(t, os.Symlink("A", filepath.Join(p, "a")))
	require.NoError(t, os.Symlink("B", filepath.Join(p, "b")))
	inoB, err := d.Lstat("b")
	require.NoError(t, err)
	require.NoError(t, Exchange(ctx, d, "a", d, "b"))
	got, err := d.Readlink("b")
	require.NoError(t, err)
	require.Equal(t, "A", got)
	now, err := d.Lstat("a")
	require.NoError(t, err)
	require.Equal(t, inoB.Ino, now.Ino)

	require.NoError(t, exchangeByLink(d.Fd(), "a", d.Fd(), "b"))
	got, err = d.Readlink("b")
	require.NoError(t, err)
	require.Equal(t, "B", got)
	require.Equal(t, []string{"a", "b"}, names(t, p))
	require.ErrorIs(t, Exchange(ctx, d, "a", d, "missing"), fs.ErrNotExist)

	require.NoError(t, os.Mkdir(filepath.Join(p, "d1"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(p, "d2"), 0o755))
	require.ErrorIs(t, exchangeByLink(d.Fd(), "d1", d.Fd(), "d2"), errors.ErrUnsupported)
}

func TestRenameNoReplace(t *testing.T) {
	ctx, d, p := openTemp(t)
	require.NoError(t, os.WriteFile(filepath.Join(p, "a"), []byte("a"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(p, "b"), []byte("b"), 0o600))
	require.ErrorIs(t, RenameNoReplace(ctx, d, "a", d, "b"), fs.ErrExist)
	require.ErrorIs(t, Link(ctx, d, "a", d, "b"), fs.ErrExist)
	require.NoError(t, RenameNoReplace(ctx, d, "a", d, "c"))
	require.NoError(t, Rename(ctx, d, "c", d, "b"))
	require.Equal(t, "a", read(t, filepath.Join(p, "b")))
}

func TestReplaceSymlink(t *testing.T) {
	ctx, d, p := openTemp(t)
	require.NoError(t, os.Mkdir(filepath.Join(p, "s"), 0o755))
	for _, target := range []string{"one", "two", "two"} {
		require.NoError(t, ReplaceSymlink(ctx, target, d, "s/l"))
		got, err := d.Readlink("s/l")
		require.NoError(t, err)
		require.Equal(t, target, got)
	}
	require.Equal(t, []string{"l"}, names(t, filepath.Join(p, "s")))
}

func TestMkdirAll(t *testing.T) {
	ctx, d, p := openTemp(t)
	require.NoError(t, MkdirAll(ctx, d, "a/b/c", 0o755))
	require.NoError(t, MkdirAll(ctx, d, "a/b/c", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), nil, 0o600))
	require.ErrorIs(t, MkdirAll(ctx, d, "f", 0o755), unix.ENOTDIR)
	require.Error(t, MkdirAll(ctx, d, "f/x", 0o755))
	require.NoError(t, os.Symlink("a", filepath.Join(p, "l")))
	require.Error(t, MkdirAll(ctx, d, "l/x", 0o755))
}

func TestRemoveAll(t *testing.T) {
	ctx, d, p := openTemp(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "keep"), nil, 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(p, "x/y/z"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(p, "x/y/f"), nil, 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(p, "x/out")))
	require.NoError(t, os.Chmod(filepath.Join(p, "x/y"), 0o555))
	require.NoError(t, os.Mkdir(filepath.Join(p, "x/empty"), 0o755))
	if os.Geteuid() == 0 {
		for _, dir := range []string{"x/y", "x/empty", "x"} {
			if err := d.SetImmutable(dir, true); err != nil {
				require.ErrorIs(t, err, errors.ErrUnsupported)
			}
		}
	}
	require.NoError(t, RemoveAll(ctx, d, "x"))
	require.NoError(t, RemoveAll(ctx, d, "x"))
	require.Empty(t, names(t, p))
	require.Equal(t, []string{"keep"}, names(t, outside))
}

func TestRemoveAllStopsAtMounts(t *testing.T) {
	testenv.NeedMounts(t)
	ctx, d, p := openTemp(t)
	mnt := filepath.Join(p, "x/mnt")
	require.NoError(t, os.MkdirAll(mnt, 0o755))
	require.NoError(t, unix.Mount("tmpfs", mnt, "tmpfs", 0, "size=64k"))
	defer unix.Unmount(mnt, 0)
	require.NoError(t, os.WriteFile(filepath.Join(mnt, "keep"), nil, 0o600))
	require.ErrorIs(t, RemoveAll(ctx, d, "x"), unix.EXDEV)
	require.Equal(t, []string{"keep"}, names(t, mnt))
}

// A bind mount has the device of what it shows.
func TestRemoveAllStopsAtBindMount(t *testing.T) {
	testenv.NeedMounts(t)
	ctx, d, _ := openTemp(t)
	shown := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(shown, "precious"), nil, 0o600))
	require.NoError(t, MkdirAll(ctx, d, "x/y/mnt", 0o755))
	mnt := d.Join("x/y/mnt")
	require.NoError(t, unix.Mount(shown, mnt, "", unix.MS_BIND, ""))
	defer unix.Unmount(mnt, 0)
	require.ErrorIs(t, RemoveAll(ctx, d, "x"), unix.EXDEV)
	require.FileExists(t, filepath.Join(shown, "precious"))
}

func TestHookStopsEveryStep(t *testing.T) {
	_, d, p := openTemp(t)
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), nil, 0o600))
	var seen []Op
	ctx := WithHook(t.Context(), func(op Op, _ string) error {
		seen = append(seen, op)
		return unix.EIO
	})
	f, err := os.Open(filepath.Join(p, "f"))
	require.NoError(t, err)
	defer f.Close()
	steps := map[Op]func() error{
		OpCreate:   func() error { _, err := TempFile(ctx, d, 0o600); return err },
		OpLink:     func() error { return Link(ctx, d, "f", d, "g") },
		OpRename:   func() error { return Rename(ctx, d, "f", d, "g") },
		OpExchange: func() error { return Exchange(ctx, d, "f", d, "g") },
		OpUnlink:   func() error { return Remove(ctx, d, "f") },
		OpMkdir:    func() error { return Mkdir(ctx, d, "g", 0o755) },
		OpSymlink:  func() error { return Symlink(ctx, "x", d, "g") },
		OpFsync:    func() error { return SyncDir(ctx, d) },
		OpSyncFS:   func() error { return Checkpoint(ctx, d, nil) },
	}
	for op, step := range steps {
		seen = nil
		require.ErrorIs(t, step(), unix.EIO, "%s", op)
		require.Equal(t, []Op{op}, seen)
	}
	require.ErrorIs(t, SyncFile(ctx, f), unix.EIO)
	require.ErrorIs(t, RemoveAll(ctx, d, "f"), unix.EIO)
	require.Equal(t, []string{"f"}, names(t, p))
}

// On a scratch ext4 or xfs image, so that no file system in use is frozen.
func TestCheckpoint(t *testing.T) {
	ctx, d, _ := openTemp(t)
	require.NoError(t, Checkpoint(ctx, d, nil))
	require.NoError(t, SyncFS(ctx, d))

	testenv.NeedMounts(t)
	testenv.NeedTool(t, "mkfs.ext4", "mount", "umount")
	img := filepath.Join(t.TempDir(), "img")
	require.NoError(t, os.WriteFile(img, nil, 0o600))
	require.NoError(t, os.Truncate(img, 16<<20))
	testenv.Run(t, "", "mkfs.ext4", "-q", img)
	mnt := t.TempDir()
	testenv.Run(t, "", "mount", "-o", "loop", img, mnt)
	defer testenv.Run(t, "", "umount", mnt)
	m, err := dirfd.Open(mnt)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, WriteFile(ctx, m, "f", []byte("x"), 0o600, nil))
	require.NoError(t, freezeThaw(m.Fd()))
	require.NoError(t, WriteFile(ctx, m, "f", []byte("y"), 0o600, nil), "still frozen?")
	require.NoError(t, Symlink(ctx, "checkpointed", m, "proof"))
	require.NoError(t, Checkpoint(ctx, m, nil))
	// A reader that does not replay the journal, as a boot loader, sees it.
	out := testenv.Run(t, "", "debugfs", "-c", "-R", "stat proof", img)
	require.Contains(t, out, "checkpointed")
}

func BenchmarkLink(b *testing.B) {
	p := b.TempDir()
	d, err := dirfd.Open(p)
	require.NoError(b, err)
	defer d.Close()
	ctx := context.Background()
	require.NoError(b, WriteFile(ctx, d, "f", nil, 0o600, nil))
	b.ReportAllocs()
	for b.Loop() {
		if err := Link(ctx, d, "f", d, "g"); err != nil {
			b.Fatal(err)
		}
		unix.Unlinkat(d.Fd(), "g", 0)
	}
}

// TestWithoutSync: the hook is asked as ever, the kernel is not: it would not sync what is closed.
func TestWithoutSync(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	var asked []Op
	ctx := WithHook(t.Context(), func(op Op, _ string) error { asked = append(asked, op); return nil })
	require.ErrorIs(t, SyncFile(ctx, f), unix.EBADF)
	require.NoError(t, SyncFile(WithoutSync(ctx), f))
	require.Equal(t, []Op{OpFsync, OpFsync}, asked)
}
