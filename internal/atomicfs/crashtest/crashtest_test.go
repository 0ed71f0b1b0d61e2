package crashtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// recorder is a testing.TB that notes a failure instead of failing the test.
type recorder struct {
	testing.TB
	failed bool
	msg    string
}

func (r *recorder) Errorf(f string, a ...any) { r.failed, r.msg = true, fmt.Sprintf(f, a...) }
func (r *recorder) Fatalf(f string, a ...any) { r.Errorf(f, a...); runtime.Goexit() }
func (r *recorder) FailNow()                  { r.failed = true; runtime.Goexit() }

func record(t *testing.T, fn func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() { defer close(done); fn(r) }()
	<-done
	return r
}

func inDir(dir string, fn func(d *dirfd.Dir) error) error {
	d, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return fn(d)
}

// pair holds two files that must always have equal content, switched by a link.
func setupPair(t testing.TB, dir string) {
	require.NoError(t, os.Mkdir(filepath.Join(dir, "v1"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "v1/a"), []byte("old"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "v1/b"), []byte("old"), 0o600))
	require.NoError(t, os.Symlink("v1", filepath.Join(dir, "cur")))
}

func checkPair(t testing.TB, dir string, died bool) {
	a, err := os.ReadFile(filepath.Join(dir, "cur/a"))
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(dir, "cur/b"))
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
	if !died {
		require.Equal(t, "new", string(a))
	}
}

func atomicSwitch(ctx context.Context, dir string) error {
	return inDir(dir, func(d *dirfd.Dir) error {
		for _, step := range []func() error{
			func() error { return atomicfs.MkdirAll(ctx, d, "v2", 0o755) },
			func() error { return atomicfs.WriteFile(ctx, d, "v2/a", []byte("new"), 0o600, nil) },
			func() error { return atomicfs.WriteFile(ctx, d, "v2/b", []byte("new"), 0o600, nil) },
			func() error { return atomicfs.ReplaceSymlink(ctx, "v2", d, "cur") },
			func() error { return atomicfs.RemoveAll(ctx, d, "v1") },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

func torn(ctx context.Context, dir string) error {
	return inDir(dir, func(d *dirfd.Dir) error {
		if err := atomicfs.WriteFile(ctx, d, "v1/a", []byte("new"), 0o600, nil); err != nil {
			return err
		}
		return atomicfs.WriteFile(ctx, d, "v1/b", []byte("new"), 0o600, nil)
	})
}

func TestAtomicOperationPasses(t *testing.T) {
	for _, clone := range []bool{false, true} {
		rounds := 0
		s := Scenario{
			Setup: setupPair, Op: atomicSwitch, Check: checkPair, CloneSetup: clone,
			Final: func(t testing.TB, dir string) {
				rounds++
				checkPair(t, dir, false)
				_, err := os.Stat(filepath.Join(dir, "v1"))
				require.ErrorIs(t, err, os.ErrNotExist)
			},
		}
		steps := Enumerate(t, s)
		// mkdir; 2 x (create, write, fsync, link); symlink, rename; 2 unlinks, rmdir
		require.Equal(t, 14, steps)
		require.Equal(t, steps+1, rounds)
	}
}

func TestFaultsPass(t *testing.T) {
	Faults(t, Scenario{Setup: setupPair, Op: atomicSwitch, Check: checkPair}, unix.ENOSPC, unix.EIO)
}

func TestNonAtomicOperationIsCaught(t *testing.T) {
	r := record(t, func(tb testing.TB) { Enumerate(tb, Scenario{Setup: setupPair, Op: torn, Check: checkPair}) })
	require.True(t, r.failed)
	require.Contains(t, r.msg, "power off at step ")
	r = record(t, func(tb testing.TB) { Faults(tb, Scenario{Setup: setupPair, Op: torn, Check: checkPair}, unix.EIO) })
	require.True(t, r.failed)
}

func TestOperationThatCannotResumeIsCaught(t *testing.T) {
	fragile := func(ctx context.Context, dir string) error {
		return inDir(dir, func(d *dirfd.Dir) error {
			if err := atomicfs.Mkdir(ctx, d, "v2", 0o755); err != nil { // fails the second time
				return err
			}
			return atomicSwitch(ctx, dir)
		})
	}
	r := record(t, func(tb testing.TB) { Enumerate(tb, Scenario{Setup: setupPair, Op: fragile, Check: checkPair}) })
	require.True(t, r.failed)
	require.Contains(t, r.msg, "second run")
}

func TestNothingHappensAfterPowerOff(t *testing.T) {
	Enumerate(t, Scenario{
		Op: func(ctx context.Context, dir string) error {
			return inDir(dir, func(d *dirfd.Dir) error {
				// A clean-up that runs after the failure must not reach the disk.
				err := atomicfs.Mkdir(ctx, d, "one", 0o755)
				if err == nil {
					err = atomicfs.Mkdir(ctx, d, "two", 0o755)
				}
				if err != nil {
					return errors.Join(err, atomicfs.Remove(ctx, d, "one"))
				}
				return nil
			})
		},
		Check: func(t testing.TB, dir string, died bool) {
			if _, err := os.Stat(filepath.Join(dir, "two")); err == nil {
				require.DirExists(t, filepath.Join(dir, "one"))
			}
		},
		Retry: func(context.Context, string) error { return nil },
	})
}

func TestEndlessOperationIsStopped(t *testing.T) {
	r := record(t, func(tb testing.TB) {
		Enumerate(tb, Scenario{
			MaxSteps: 5,
			Op: func(ctx context.Context, dir string) error {
				for range 100 {
					if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, dir); err != nil {
						return err
					}
				}
				return nil
			},
			Check: func(testing.TB, string, bool) {},
			Retry: func(context.Context, string) error { return nil },
		})
	})
	require.True(t, r.failed)
}
