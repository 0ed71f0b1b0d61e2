package sysroot_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/etcmerge"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/stretchr/testify/require"
)

func stage(t *testing.T, b *sysroot.Sysroot, c ostree.Checksum) *sysroot.Deployment {
	t.Helper()
	d, err := b.Stage(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: c, Origin: sysroot.NewOrigin("test/main")}, nil)
	require.NoError(t, err)
	return d
}

func TestStageAndFinalize(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"), func(r *sysroot.DeployRequest) { r.KernelArgs = kargs.New("quiet") })
	b, run := booted(t, s, 0)
	state := b.BootState()
	old := stage(t, b, commit(t, b, "2", "6.2"))
	require.True(t, old.Staged)
	d := stage(t, b, commit(t, b, "3", "6.3"))
	require.NoDirExists(t, old.Path(b), "replaced")
	require.Equal(t, []string{"3", "1"}, versions(t, b))
	require.Equal(t, state, b.BootState(), "the boot configuration is untouched")
	require.Equal(t, "quiet", d.KernelArgs().String())
	require.Equal(t, "test/main", d.Origin.Refspec())

	// The documented form of the file.
	data, err := os.ReadFile(filepath.Join(run, "ostree/staged-deployment"))
	require.NoError(t, err)
	v, err := gvariant.Decode("a{sv}", data)
	require.NoError(t, err)
	require.Equal(t, "{'target': <{'name': <'"+d.Name()+"'>, 'osname': <'testos'>, 'bootcsum': <'"+d.BootCsum+"'>}>, "+
		"'merge-deployment': <{'name': <'"+b.Booted().Name()+"'>, 'osname': <'testos'>, 'bootcsum': <'"+b.Booted().BootCsum+"'>}>, "+
		"'kargs': <['quiet', 'ostree=/ostree/boot.1/testos/"+b.Booted().BootCsum+"/0']>}", v.String())

	require.ErrorContains(t, b.Pin(t.Context(), 0, true), "cannot pin staged deployment")
	require.Error(t, b.SetDefault(t.Context(), 1))
	require.Error(t, b.Rollback(t.Context(), osName))
	require.NoError(t, b.Pin(t.Context(), 1, true))
	require.Equal(t, []string{"3", "1"}, versions(t, b), "other changes keep it")

	require.NoError(t, b.LockFinalization(t.Context(), true))
	require.True(t, b.StagedLocked())
	_, err = b.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.ErrorIs(t, err, sysroot.ErrFinalizationLocked)
	require.NoError(t, b.LockFinalization(t.Context(), false))

	write(t, "late edit", b.Booted().Path(b), "etc/late")
	f, err := b.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.NoError(t, err)
	require.True(t, f.Equal(d))
	require.False(t, f.Staged)
	require.Equal(t, "late edit", read(t, f.Path(b), "etc/late"))
	require.NoFileExists(t, filepath.Join(run, "ostree/staged-deployment"))
	require.Equal(t, []string{"3", "1"}, versions(t, b))
	checks, err := b.Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, f.Name(), checks[0].Deployment)
	require.NoError(t, b.BootComplete(t.Context()))

	none, err := b.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestStageNeedsARunningSystem(t *testing.T) {
	s := sysroottest.New(t)
	_, err := s.Stage(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s, "1", "6.1")}, nil)
	require.ErrorContains(t, err, "Cannot stage deployment: Not currently booted into an OSTree system")
	require.ErrorIs(t, s.LockFinalization(t.Context(), true), fs.ErrNotExist)
}

func TestUndeployDropsTheStagedOne(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	b, run := booted(t, s, 0)
	d := stage(t, b, commit(t, b, "2", "6.2"))
	require.NoError(t, b.Undeploy(t.Context(), 0))
	require.Equal(t, []string{"1"}, versions(t, b))
	require.NoDirExists(t, d.Path(b))
	require.NoFileExists(t, filepath.Join(run, "ostree/staged-deployment"))
	stage(t, b, commit(t, b, "2", "6.2"))
	deploy(t, b, commit(t, b, "3", "6.3"))
	require.Equal(t, []string{"3", "1"}, versions(t, b), "a deployment supersedes the staged one")
}

// A conflict at shutdown is not lost: the next boot reports it.
func TestFinalizeFailureIsReported(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	b, _ := booted(t, s, 0)
	stage(t, b, sysroottest.Commit(t, b.Repo(), "test/main", "2", sysroottest.OS("2", "6.2").With(sysroottest.Tree{"usr/etc/x/y": "d"})))
	write(t, "file", b.Booted().Path(b), "etc/x")
	_, err := b.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.ErrorContains(t, err, "newly defaults to directory 'x'")
	require.Equal(t, []string{"1"}, versions(t, b))
	require.ErrorContains(t, b.BootComplete(t.Context()), "newly defaults to directory 'x'")
	require.NoError(t, b.BootComplete(t.Context()), "reported once")
}

// A damaged description does not lock the administrator out.
func TestDamagedStagedFile(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	for _, data := range []string{"", "garbage", string(gvariant.NewDict().Value().Bytes())} {
		run := t.TempDir()
		root, o := sysroottest.Boot(t, s, s.Deployments()[0], run)
		write(t, data, run, "ostree/staged-deployment")
		b, err := sysroot.Open(t.Context(), root, o)
		require.NoError(t, err, "%q", data)
		require.Nil(t, b.Staged())
		require.Len(t, b.Problems(), 1)
		require.Len(t, b.Deployments(), 1)
		require.NoError(t, b.Close())
	}
}

// The machine may lose power at any step of finalising.
func TestCrashFinalize(t *testing.T) {
	w := versionedWorld()
	open := func(dir string, fn func(b *sysroot.Sysroot) error) error {
		o := crashOptions(dir)
		links, err := filepath.Glob(filepath.Join(dir, "ostree/deploy/testos/deploy/*/running"))
		if err != nil || len(links) != 1 {
			return fs.ErrNotExist
		}
		root := filepath.Dir(links[0])
		o.RootDir, o.RunDir = root, filepath.Join(dir, "run")
		b, err := sysroot.Open(context.Background(), root, o)
		if err != nil {
			return err
		}
		defer b.Close()
		return fn(b)
	}
	setup := func(t testing.TB, dir string) {
		w.setup([]string{"1", "2"}, "3")(t, dir)
		require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
			cfg := s.Repo().Config()
			cfg.Set("sysroot", "bootloader", "none")
			require.NoError(t, s.Repo().WriteConfig(t.Context(), cfg))
			root := s.Deployments()[0].Path(s)
			for _, n := range []string{"sysroot", "boot"} { // relative, since the directory is copied
				require.NoError(t, os.Remove(filepath.Join(root, n)))
			}
			require.NoError(t, os.Symlink("../../../../..", filepath.Join(root, "sysroot")))
			require.NoError(t, os.Symlink("../../../../../boot", filepath.Join(root, "boot")))
			require.NoError(t, os.WriteFile(filepath.Join(root, "running"), nil, 0o644))
			return os.WriteFile(filepath.Join(dir, "run/ostree-booted"), nil, 0o644)
		}))
		require.NoError(t, open(dir, func(b *sysroot.Sysroot) error {
			_, err := b.Stage(context.Background(), sysroot.DeployRequest{Stateroot: osName, Commit: w.next}, nil)
			return err
		}))
	}
	op := func(ctx context.Context, dir string) error {
		return open(dir, func(b *sysroot.Sysroot) error {
			_, err := b.FinalizeStaged(ctx, etcmerge.Fail)
			return err
		})
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: setup, Op: op, Stride: stride(t),
		Check: func(t testing.TB, dir string, died bool) {
			v := w.bootable(t, dir, "2", "3")
			require.True(t, died || v == "3")
		},
		// After a crash the run directory is empty; what was staged is lost or
		// active, and the next operation cleans up.
		Retry: func(ctx context.Context, dir string) error {
			if err := os.RemoveAll(filepath.Join(dir, "run/ostree")); err != nil {
				return err
			}
			return open(dir, func(b *sysroot.Sysroot) error { return b.Cleanup(ctx, nil) })
		},
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "2", "3")
			require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
				require.Empty(t, s.Problems())
				return nil
			}))
		},
	})
}
