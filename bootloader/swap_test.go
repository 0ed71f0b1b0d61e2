package bootloader_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bootloadertest"
	"example.com/rpmostree/internal/atomicfs/crashtest"
	"github.com/stretchr/testify/require"
)

var (
	v1 = bootloadertest.Deployment{Version: "1", Kernel: "6.1"}
	v2 = bootloadertest.Deployment{Version: "2", Kernel: "6.2"}
	v3 = bootloadertest.Deployment{Version: "3", Kernel: "6.2"}
)

func swapTo(ctx context.Context, root string, o *bootloader.Options, list ...bootloadertest.Deployment) error {
	b, err := bootloader.Open(root, o)
	if err != nil {
		return err
	}
	defer b.Close()
	next, err := b.Next(ctx)
	if err != nil {
		return err
	}
	s, err := b.Prepare(ctx, bootloadertest.Config(next, list))
	if err != nil {
		return err
	}
	defer s.Abort()
	if err := s.Commit(ctx); err != nil {
		return err
	}
	return b.CleanUp(ctx)
}

func linksTo(ctx context.Context, root string, list ...bootloadertest.Deployment) error {
	b, err := bootloader.Open(root, nil)
	if err != nil {
		return err
	}
	defer b.Close()
	s, err := b.PrepareLinks(ctx, bootloadertest.Links(list))
	if err != nil {
		return err
	}
	defer s.Abort()
	if err := s.Commit(ctx); err != nil {
		return err
	}
	return b.CleanUp(ctx)
}

func newRoot(t testing.TB, list ...bootloadertest.Deployment) string {
	t.Helper()
	root := t.TempDir()
	fillRoot(t, root, list...)
	return root
}

func fillRoot(t testing.TB, root string, list ...bootloadertest.Deployment) {
	t.Helper()
	require.NoError(t, bootloadertest.MakeRoot(root))
	for _, d := range []bootloadertest.Deployment{v1, v2, v3} {
		require.NoError(t, d.Install(root))
	}
	if len(list) > 0 {
		require.NoError(t, swapTo(t.Context(), root, nil, list...))
	}
}

func targets(menu []bootloadertest.Choice) []string {
	var out []string
	for _, c := range menu {
		out = append(out, c.Target)
	}
	return out
}

func tree(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"boot/loader*", "ostree/boot*"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, n := range names {
			rel, err := filepath.Rel(root, n)
			require.NoError(t, err)
			if target, err := os.Readlink(n); err == nil {
				rel += " -> " + target
			}
			out = append(out, rel)
		}
	}
	return out
}

func TestFirstSwapStartsAtOneOne(t *testing.T) {
	// The numbers that the real command gives its first deployments.
	root := newRoot(t, v1)
	require.Equal(t, []string{"boot/loader -> loader.1", "boot/loader.1", "ostree/boot.1 -> boot.1.1", "ostree/boot.1.1"}, tree(t, root))
	require.NoError(t, swapTo(t.Context(), root, nil, v2, v1))
	require.Equal(t, []string{"boot/loader -> loader.0", "boot/loader.0", "ostree/boot.0 -> boot.0.1", "ostree/boot.0.1"}, tree(t, root))
	menu, err := bootloadertest.View(root)
	require.NoError(t, err)
	require.Equal(t, []string{v2.Target(), v1.Target()}, targets(menu))
	self, err := os.Readlink(filepath.Join(root, "boot/boot"))
	require.NoError(t, err)
	require.Equal(t, ".", self)
}

func TestLinkSwapLeavesBootAlone(t *testing.T) {
	root := newRoot(t, v2, v1)
	entry := filepath.Join(root, "boot/loader/entries/ostree-2.conf")
	before, err := os.Stat(entry)
	require.NoError(t, err)
	require.NoError(t, linksTo(t.Context(), root, v3, v1))
	require.Equal(t, []string{"boot/loader -> loader.1", "boot/loader.1", "ostree/boot.1 -> boot.1.0", "ostree/boot.1.0"}, tree(t, root))
	menu, err := bootloadertest.View(root)
	require.NoError(t, err)
	require.Equal(t, []string{v3.Target(), v1.Target()}, targets(menu))
	after, err := os.Stat(entry)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after))
}

// TestPowerLossBoots tries every durable step of a full swap: whatever the
// boot loader sees, with or without the journal, must boot old or new.
func TestPowerLossBoots(t *testing.T) {
	for _, backend := range []bootloader.Backend{bootloader.None(), bootloader.Syslinux()} {
		t.Run(backend.Name(), func(t *testing.T) {
			o := &bootloader.Options{Backend: backend}
			for k := 1; ; k++ {
				root := t.TempDir()
				fillRoot(t, root)
				require.NoError(t, swapTo(t.Context(), root, o, v1))
				m, err := bootloadertest.NewMachine(root, t.TempDir())
				require.NoError(t, err)
				err = swapTo(m.Context(t.Context(), "", k), root, o, v2, v1)
				loader, kernel, berr := m.Boot()
				require.NoErrorf(t, berr, "power off at step %d, after %v", k, m.Steps())
				for _, menu := range [][]bootloadertest.Choice{loader, kernel} {
					require.Contains(t, []string{v1.Target(), v2.Target()}, menu[0].Target)
				}
				if !m.Off() {
					require.NoError(t, err)
					require.Equal(t, v2.Target(), loader[0].Target, "checkpointed when Commit returned")
					t.Logf("%d steps", k-1)
					return
				}
				require.ErrorIs(t, err, bootloadertest.ErrPowerOff)
			}
		})
	}
}

// TestOrderOfSteps: nothing of the old state is removed between the exchange
// and the checkpoint after it.
func TestOrderOfSteps(t *testing.T) {
	root := newRoot(t, v1)
	m, err := bootloadertest.NewMachine(root, t.TempDir())
	require.NoError(t, err)
	require.NoError(t, swapTo(m.Context(t.Context(), "", 0), root, nil, v2, v1))
	var kinds []string
	for _, s := range m.Steps() {
		op, _, _ := strings.Cut(s, " ")
		kinds = append(kinds, op)
	}
	all := strings.Join(kinds, " ")
	require.Contains(t, all, "symlink syncfs syncfs freeze exchange fsync syncfs freeze unlink")
	require.Equal(t, 1, strings.Count(all, "exchange"))
	before, _, _ := strings.Cut(all, "exchange")
	require.NotContains(t, before, "unlink", "nothing deleted before the switch on a clean root")
}

func TestPowerLossInNamedStep(t *testing.T) {
	for _, tc := range []struct {
		op   string
		want bootloadertest.Deployment
	}{
		{"exchange", v1}, {"freeze", v1}, {"syncfs", v1}, {"symlink", v1}, {"rmdir", v2},
	} {
		t.Run(tc.op, func(t *testing.T) {
			root := newRoot(t, v1)
			m, err := bootloadertest.NewMachine(root, t.TempDir())
			require.NoError(t, err)
			err = swapTo(m.Context(t.Context(), tc.op, 1), root, nil, v2, v1)
			require.ErrorIs(t, err, bootloadertest.ErrPowerOff)
			_, kernel, err := m.Boot()
			require.NoError(t, err)
			require.Equal(t, tc.want.Target(), kernel[0].Target)
			require.NoError(t, swapTo(t.Context(), root, nil, v2, v1))
			menu, err := bootloadertest.View(root)
			require.NoError(t, err)
			require.Equal(t, v2.Target(), menu[0].Target)
		})
	}
}

// TestUnsettledSwapIsSettledFirst: after a death between exchange and
// checkpoint without a reboot, the names that look unused are what the boot
// loader still follows. The second run must not delete them before it has
// checkpointed.
func TestUnsettledSwapIsSettledFirst(t *testing.T) {
	for k := 1; ; k++ {
		root := newRoot(t, v1)
		m, err := bootloadertest.NewMachine(root, t.TempDir())
		require.NoError(t, err)
		err = swapTo(m.Context(t.Context(), "fsync", 1), root, nil, v2, v1)
		require.ErrorIs(t, err, bootloadertest.ErrPowerOff)
		swapTo(m.Context(t.Context(), "", k), root, nil, v3, v2)
		_, _, err = m.Boot()
		require.NoErrorf(t, err, "power off at step %d of the second run, after %v", k, m.Steps())
		if !m.Off() {
			return
		}
	}
}

func TestCrashEnumeration(t *testing.T) {
	check := func(want ...bootloadertest.Deployment) func(testing.TB, string, bool) {
		return func(t testing.TB, root string, died bool) {
			menu, err := bootloadertest.View(root)
			require.NoError(t, err)
			require.Contains(t, []string{want[0].Target(), want[1].Target()}, menu[0].Target)
		}
	}
	t.Run("full", func(t *testing.T) {
		s := crashtest.Scenario{
			Setup: func(t testing.TB, dir string) { fillRoot(t, dir, v1) },
			Op:    func(ctx context.Context, dir string) error { return swapTo(ctx, dir, nil, v2, v1) },
			Check: check(v1, v2),
			Final: func(t testing.TB, dir string) {
				menu, err := bootloadertest.View(dir)
				require.NoError(t, err)
				require.Equal(t, []string{v2.Target(), v1.Target()}, targets(menu))
			},
		}
		require.Greater(t, crashtest.Enumerate(t, s), 15)
		crashtest.Faults(t, s, syscall.ENOSPC, syscall.EIO)
	})
	t.Run("links", func(t *testing.T) {
		crashtest.Enumerate(t, crashtest.Scenario{
			Setup: func(t testing.TB, dir string) { fillRoot(t, dir, v2, v1) },
			Op:    func(ctx context.Context, dir string) error { return linksTo(ctx, dir, v3, v1) },
			Check: check(v2, v3),
			Final: func(t testing.TB, dir string) {
				menu, err := bootloadertest.View(dir)
				require.NoError(t, err)
				require.Equal(t, v3.Target(), menu[0].Target)
				names, err := filepath.Glob(filepath.Join(dir, "ostree/boot.*"))
				require.NoError(t, err)
				require.Len(t, names, 2, "only boot.B and one boot.B.S are left")
			},
		})
	})
}

// prepared is a boot directory with v1 in which v2 is ready to be switched to.
func prepared(t *testing.T, root string) (*bootloader.Boot, *bootloader.Swap) {
	t.Helper()
	b, err := bootloader.Open(root, nil)
	require.NoError(t, err)
	t.Cleanup(func() { b.Close() })
	next, err := b.Next(t.Context())
	require.NoError(t, err)
	s, err := b.Prepare(t.Context(), bootloadertest.Config(next, []bootloadertest.Deployment{v2, v1}))
	require.NoError(t, err)
	return b, s
}

func TestAbortKeepsOld(t *testing.T) {
	root := newRoot(t, v1)
	b, s := prepared(t, root)
	require.NoError(t, s.Abort())
	require.NoError(t, s.Abort())
	require.EqualError(t, s.Commit(t.Context()), "commit boot swap: already committed or aborted")
	require.NoError(t, b.CleanUp(t.Context()))
	require.Equal(t, []string{"boot/loader -> loader.1", "boot/loader.1", "ostree/boot.1 -> boot.1.1", "ostree/boot.1.1"}, tree(t, root))
}

func TestVerifyFindsOtherContent(t *testing.T) {
	root := newRoot(t, v1)
	_, s := prepared(t, root)
	entry := filepath.Join(root, "boot/loader.0/entries/ostree-2.conf")
	require.NoError(t, os.WriteFile(entry, []byte("title x\n"), 0o644))
	err := s.Commit(t.Context())
	var verr *bootloader.VerifyError
	require.ErrorAs(t, err, &verr)
	require.Equal(t, entry, verr.Path)
	require.DirExists(t, filepath.Join(root, "boot/loader.1/entries"), "old state still complete")
}

func TestBadLinksAreRefused(t *testing.T) {
	root := newRoot(t, v1)
	loader := filepath.Join(root, "boot/loader")
	for _, tc := range []struct{ target, want string }{
		{"loader.2", `boot/loader: unknown target "loader.2", want loader.0 or loader.1`},
		{"../etc", `boot/loader: unknown target "../etc", want loader.0 or loader.1`},
	} {
		require.NoError(t, os.Remove(loader))
		require.NoError(t, os.Symlink(tc.target, loader))
		require.EqualError(t, swapTo(t.Context(), root, nil, v2), tc.want)
	}
	require.NoError(t, os.Remove(loader))
	require.NoError(t, os.Mkdir(loader, 0o755))
	require.ErrorContains(t, swapTo(t.Context(), root, nil, v2), "boot/loader")
}

func TestHostileConfig(t *testing.T) {
	for name, change := range map[string]func(*bootloader.Config){
		"entry name":  func(c *bootloader.Config) { c.Entries[0].FileName = "../x.conf" },
		"line break":  func(c *bootloader.Config) { c.Entries[0].Entry.Options += "\nlinux /evil" },
		"link path":   func(c *bootloader.Config) { c.Links[0].Path = "../../x" },
		"double link": func(c *bootloader.Config) { c.Links = append(c.Links, c.Links[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			root := newRoot(t, v1)
			b, err := bootloader.Open(root, nil)
			require.NoError(t, err)
			defer b.Close()
			next, err := b.Next(t.Context())
			require.NoError(t, err)
			c := bootloadertest.Config(next, []bootloadertest.Deployment{v2, v1})
			change(c)
			_, err = b.Prepare(t.Context(), c)
			require.Error(t, err)
			menu, err := bootloadertest.View(root)
			require.NoError(t, err)
			require.Equal(t, v1.Target(), menu[0].Target)
		})
	}
}
