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

// unlockable returns a running system whose /usr may be unlocked, and its root and run directories.
func unlockable(t *testing.T) (b *sysroot.Sysroot, root, run string) {
	t.Helper()
	testenv.NeedRoot(t)
	testenv.NeedOverlay(t)
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	b, run = booted(t, s, 0)
	root = s.Deployments()[0].Path(s)
	t.Cleanup(func() {
		if err := unix.Unmount(filepath.Join(root, "usr"), 0); !errors.Is(err, unix.EINVAL) { // not mounted
			require.NoError(t, err)
		}
	})
	return b, root, run
}

func TestUnlockDevelopment(t *testing.T) {
	b, root, _ := unlockable(t)
	before, err := os.Stat(filepath.Join(root, "usr"))
	require.NoError(t, err)
	require.NoError(t, b.Unlock(t.Context(), sysroot.UnlockedDevelopment))
	require.Equal(t, sysroot.UnlockedDevelopment, b.Booted().Unlocked)
	after, err := os.Stat(filepath.Join(root, "usr"))
	require.NoError(t, err)
	require.Equal(t, before.Mode(), after.Mode())
	write(t, "new\n", root, "usr/new")
	require.Equal(t, "new\n", read(t, root, "usr/new"))
	for _, state := range []sysroot.Unlocked{sysroot.UnlockedDevelopment, sysroot.UnlockedHotfix} {
		require.ErrorContains(t, b.Unlock(t.Context(), state), "already in unlocked state: development")
	}

	// A reboot: mounts and /run are gone. What was written does not come back.
	require.NoError(t, unix.Unmount(filepath.Join(root, "usr"), 0))
	require.NoFileExists(t, filepath.Join(root, "usr/new"))
	run := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(run, "ostree-booted"), nil, 0o644))
	o := sysroottest.Options(root)
	o.RootDir, o.RunDir = root, run
	again, err := sysroot.Open(t.Context(), root, o)
	require.NoError(t, err)
	defer again.Close()
	require.Equal(t, sysroot.UnlockedNone, again.Booted().Unlocked)
	require.NoError(t, again.Unlock(t.Context(), sysroot.UnlockedDevelopment))
	require.NoFileExists(t, filepath.Join(root, "usr/new"))
}

func TestUnlockTransient(t *testing.T) {
	b, root, run := unlockable(t)
	require.NoError(t, b.Unlock(t.Context(), sysroot.UnlockedTransient))
	require.Equal(t, sysroot.UnlockedTransient, b.Booted().Unlocked)
	require.FileExists(t, filepath.Join(run, "ostree/deployment-state", b.Booted().Name(), "unlocked-transient"))
	require.ErrorIs(t, os.WriteFile(filepath.Join(root, "usr/new"), nil, 0o644), unix.EROFS)
	require.NoError(t, unix.Mount("", filepath.Join(root, "usr"), "", unix.MS_REMOUNT, ""))
	write(t, "new\n", root, "usr/new")
}

func TestUnlockHotfix(t *testing.T) {
	b, root, _ := unlockable(t)
	require.NoError(t, b.Pin(t.Context(), 0, true))
	require.NoError(t, b.Unlock(t.Context(), sysroot.UnlockedHotfix))
	list := b.Deployments()
	require.Len(t, list, 2)
	require.True(t, list[0].Booted, "the hotfixed deployment stays the default")
	require.Equal(t, sysroot.UnlockedHotfix, list[0].Unlocked)
	require.Equal(t, sysroot.UnlockedNone, list[1].Unlocked)
	require.Equal(t, list[0].Commit, list[1].Commit)
	require.Equal(t, list[0].KernelArgs().String(), list[1].KernelArgs().String())
	require.False(t, list[1].Pinned)
	require.Equal(t, list[0].Origin.Refspec(), list[1].Origin.Refspec())
	write(t, "fixed\n", root, "usr/fix")
	require.Equal(t, "fixed\n", read(t, root, ".usr-ovl-upper/fix"), "where the initramfs finds it at the next boot")
	require.DirExists(t, filepath.Join(root, ".usr-ovl-work"))
	require.NoFileExists(t, filepath.Join(list[1].Path(b), "usr/fix"))
}

// A mount that fails leaves nothing that the initramfs would mount, and the state as it was.
func TestUnlockFails(t *testing.T) {
	for _, state := range []sysroot.Unlocked{sysroot.UnlockedDevelopment, sysroot.UnlockedTransient, sysroot.UnlockedHotfix} {
		t.Run(string(state), func(t *testing.T) {
			b, root, _ := unlockable(t)
			target := filepath.Join(root, "usr")
			ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, path string) error {
				if op == atomicfs.OpAttr && path == target {
					return unix.ENOMEM
				}
				return nil
			})
			require.ErrorIs(t, b.Unlock(ctx, state), unix.ENOMEM)
			_, err := b.Reload(t.Context())
			require.NoError(t, err)
			require.Equal(t, sysroot.UnlockedNone, b.Booted().Unlocked)
			require.NoDirExists(t, filepath.Join(root, ".usr-ovl-work"))
			require.NoDirExists(t, filepath.Join(root, ".usr-ovl-upper"))
			require.NoError(t, b.Unlock(t.Context(), state), "another try")
		})
	}
}

func TestUnlockRefuses(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	require.ErrorContains(t, s.Unlock(t.Context(), sysroot.UnlockedDevelopment), "not booted into an OSTree system")
	b, _ := booted(t, s, 0)
	require.ErrorContains(t, b.Unlock(t.Context(), sysroot.UnlockedNone), `"none" is no unlocked state`)
}
