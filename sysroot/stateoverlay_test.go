package sysroot_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// overlayBench is a running system, each boot of which is in another commit, with /usr/opt made writable.
type overlayBench struct {
	t *testing.T
	s *sysroot.Sysroot
}

// boot deploys a tree and mounts the overlay; the function that it returns shuts down.
func (b *overlayBench) boot(version string, opt sysroottest.Tree) (dir string, running *sysroot.Sysroot, shutdown func()) {
	b.t.Helper()
	sum := sysroottest.Commit(b.t, b.s.Repo(), "main", version, sysroottest.OS(version, "6.1").With(opt))
	deploy(b.t, b.s, sum)
	running, _ = booted(b.t, b.s, 0)
	root := b.s.Deployments()[0].Path(b.s)
	dir = filepath.Join(root, "usr/opt")
	state := filepath.Join(b.s.Path(), "ostree/deploy", sysroottest.Stateroot, "var")
	require.NoError(b.t, unix.Mount(state, filepath.Join(root, "var"), "", unix.MS_BIND, ""))
	up := true
	shutdown = func() {
		if !up {
			return
		}
		up = false
		if err := unix.Unmount(dir, 0); !errors.Is(err, unix.EINVAL) { // not mounted
			require.NoError(b.t, err)
		}
		require.NoError(b.t, unix.Unmount(filepath.Join(root, "var"), 0))
	}
	b.t.Cleanup(shutdown)
	return dir, running, shutdown
}

func newOverlayBench(t *testing.T) *overlayBench {
	testenv.NeedRoot(t)
	testenv.NeedOverlay(t)
	return &overlayBench{t, sysroottest.New(t)}
}

// TestStateOverlay is a life: what is written stays; an upgrade brings its files, but for those that it has not.
func TestStateOverlay(t *testing.T) {
	b := newOverlayBench(t)
	opt := sysroottest.Tree{
		"usr/opt/edited": "1\n", "usr/opt/deleted": "1\n", "usr/opt/app/edited": "1\n", "usr/opt/app/kept": "1\n",
		"usr/opt/replaced/x": "1\n", "usr/opt/file": "1\n",
	}
	dir, s, shutdown := b.boot("1", opt)
	require.NoError(t, os.Chmod(dir, 0o711))
	require.NoError(t, s.StateOverlay(t.Context(), "usr-opt", dir))
	st, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o711), st.Mode().Perm(), "that of the directory below")
	for _, f := range []string{"edited", "app/edited", "own", "app/own", "new/deep/own"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, f)), 0o755))
		write(t, "mine\n", dir, f)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "deleted")))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "replaced"))) // and made again: opaque
	require.NoError(t, os.Mkdir(filepath.Join(dir, "replaced"), 0o755))
	write(t, "mine\n", dir, "replaced/own")
	require.NoError(t, os.Remove(filepath.Join(dir, "file")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "file"), 0o755))

	// The same commit again: all is as it was.
	require.NoError(t, unix.Unmount(dir, 0))
	require.Equal(t, "1\n", read(t, dir, "edited"))
	require.NoError(t, s.StateOverlay(t.Context(), "usr-opt", dir))
	require.Equal(t, "mine\n", read(t, dir, "edited"))
	require.NoFileExists(t, filepath.Join(dir, "deleted"))
	require.NoFileExists(t, filepath.Join(dir, "replaced/x"))
	require.DirExists(t, filepath.Join(dir, "file"))
	shutdown()

	opt["usr/opt/edited"], opt["usr/opt/new/theirs"] = "2\n", "2\n"
	delete(opt, "usr/opt/app/kept")
	dir, s, _ = b.boot("2", opt)
	require.NoError(t, s.StateOverlay(t.Context(), "usr-opt", dir))
	for f, want := range map[string]string{
		"edited": "2\n", "deleted": "1\n", "app/edited": "1\n", "replaced/x": "1\n", "file": "1\n", "new/theirs": "2\n",
		"own": "mine\n", "app/own": "mine\n", "new/deep/own": "mine\n",
	} {
		require.Equal(t, want, read(t, dir, f), f)
	}
	require.NoFileExists(t, filepath.Join(dir, "app/kept"))
	require.NoFileExists(t, filepath.Join(dir, "replaced/own"), "it went with what hid files of the system")
}

// TestStateOverlayInterrupted: power fails at any removal; the next boot does the rest.
func TestStateOverlayInterrupted(t *testing.T) {
	b := newOverlayBench(t)
	opt := sysroottest.Tree{"usr/opt/a": "1\n", "usr/opt/b": "1\n", "usr/opt/c/d": "1\n"}
	dir, s, shutdown := b.boot("1", opt)
	require.NoError(t, s.StateOverlay(t.Context(), "opt", dir))
	for _, f := range []string{"a", "b", "c/d"} {
		write(t, "mine\n", dir, f)
	}
	shutdown()
	dir, s, _ = b.boot("2", opt)
	stop := errors.New("power")
	removals := 0
	ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, _ string) error {
		if op == atomicfs.OpUnlink {
			if removals++; removals == 2 {
				return stop
			}
		}
		return nil
	})
	require.ErrorIs(t, s.StateOverlay(ctx, "opt", dir), stop)
	require.NoError(t, s.StateOverlay(t.Context(), "opt", dir))
	for _, f := range []string{"a", "b", "c/d"} {
		require.Equal(t, "1\n", read(t, dir, f))
	}
}

// TestStateOverlayFirstBootInterrupted: power fails at any step of making the directories; the next boot mounts an overlay
// with the mode of what is below, and nothing unfinished is left.
func TestStateOverlayFirstBootInterrupted(t *testing.T) {
	b := newOverlayBench(t)
	dir, s, _ := b.boot("1", sysroottest.Tree{"usr/opt/a": "1\n"})
	require.NoError(t, os.Chmod(dir, 0o711))
	stop := errors.New("power")
	overlays := filepath.Join(b.s.Path(), "ostree/deploy", sysroottest.Stateroot, "var/ostree")
	for n := 1; ; n++ {
		require.NoError(t, os.RemoveAll(overlays))
		steps, renames := 0, 0
		ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, _ string) error {
			if op == atomicfs.OpRename {
				renames++
				finished, err := filepath.Glob(filepath.Join(overlays, "state-overlays/opt/.tmp-upper-*"))
				require.NoError(t, err)
				require.Len(t, finished, 1)
				st, err := os.Stat(finished[0])
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o711), st.Mode().Perm(), "before it gets its name")
			}
			if steps++; steps == n {
				return stop
			}
			return nil
		})
		err := s.StateOverlay(ctx, "opt", dir)
		if err != nil {
			require.ErrorIs(t, err, stop)
			require.NoError(t, s.StateOverlay(t.Context(), "opt", dir))
		}
		st, statErr := os.Stat(dir)
		require.NoError(t, statErr)
		require.Equal(t, os.FileMode(0o711), st.Mode().Perm(), "step %d", n)
		require.NoError(t, unix.Unmount(dir, 0))
		left, globErr := filepath.Glob(filepath.Join(overlays, "state-overlays/opt/*"))
		require.NoError(t, globErr)
		require.Len(t, left, 2, "upper and work: step %d", n)
		hidden, globErr := filepath.Glob(filepath.Join(overlays, "state-overlays/opt/.*"))
		require.NoError(t, globErr)
		require.Empty(t, hidden, "step %d", n)
		if err == nil {
			require.Equal(t, 1, renames)
			return
		}
	}
}

func TestStateOverlayRefuses(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	require.ErrorContains(t, s.StateOverlay(t.Context(), "opt", t.TempDir()), `state overlay "opt": must be booted into an OSTree deployment`)
	b, _ := booted(t, s, 0)
	for _, name := range []string{"", ".", "..", "a/b"} {
		require.ErrorContains(t, b.StateOverlay(t.Context(), name, t.TempDir()), "no name of a directory")
	}
	require.ErrorIs(t, b.StateOverlay(t.Context(), "opt", filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
