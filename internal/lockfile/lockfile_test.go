package lockfile

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func openTemp(t *testing.T) (*dirfd.Dir, string) {
	t.Helper()
	p := t.TempDir()
	d, err := dirfd.Open(p)
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d, p
}

func TestExclusion(t *testing.T) {
	d, p := openTemp(t)
	ctx := t.Context()
	for _, tc := range []struct {
		first, second bool // shared
		ok            bool
	}{{false, false, false}, {true, false, false}, {false, true, false}, {true, true, true}} {
		a, err := Acquire(ctx, d, "lock", &Options{Shared: tc.first})
		require.NoError(t, err)
		b, err := Acquire(ctx, d, "lock", &Options{Shared: tc.second, NonBlocking: true})
		if tc.ok {
			require.NoError(t, err)
			require.NoError(t, b.Release())
		} else {
			require.ErrorIs(t, err, ErrLocked)
			var le *LockedError
			require.ErrorAs(t, err, &le)
			require.Equal(t, filepath.Join(p, "lock"), le.Path)
		}
		require.NoError(t, a.Release())
		require.NoError(t, a.Release(), "second release is a no-op")
	}
	st, err := os.Stat(filepath.Join(p, "lock"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), st.Mode())
}

// A child that another goroutine forks holds copies of all descriptors until it calls exec.
func TestReleaseIgnoresCopiesOfTheDescriptor(t *testing.T) {
	d, _ := openTemp(t)
	a, err := Acquire(t.Context(), d, "lock", nil)
	require.NoError(t, err)
	fd, err := unix.FcntlInt(a.f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	require.NoError(t, err)
	defer unix.Close(fd)
	require.NoError(t, a.Release())
	b, err := Acquire(t.Context(), d, "lock", &Options{NonBlocking: true})
	require.NoError(t, err)
	require.NoError(t, b.Release())
}

func TestTimeoutAndCancel(t *testing.T) {
	d, _ := openTemp(t)
	a, err := Acquire(t.Context(), d, "lock", nil)
	require.NoError(t, err)
	waits := 0
	_, err = Acquire(t.Context(), d, "lock", &Options{Timeout: time.Nanosecond, OnWait: func() { waits++ }}) // over before it has begun to wait
	require.ErrorIs(t, err, ErrLocked)
	require.Equal(t, 1, waits)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Acquire(ctx, d, "lock", &Options{OnWait: cancel})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, a.Release())
}

func TestWaiterGetsTheLock(t *testing.T) {
	d, _ := openTemp(t)
	a, err := Acquire(t.Context(), d, "lock", &Options{RemoveOnRelease: true})
	require.NoError(t, err)
	b, err := Acquire(t.Context(), d, "lock", &Options{OnWait: func() { require.NoError(t, a.Release()) }})
	require.NoError(t, err)
	require.NoError(t, b.Release())
}

// Removal must never let two holders in: each on its own inode of the name.
func TestRemoveOnReleaseIsExclusive(t *testing.T) {
	d, p := openTemp(t)
	var wg sync.WaitGroup
	inside, total := 0, 0
	var mu sync.Mutex
	for range 8 {
		wg.Go(func() {
			for range 12 {
				l, err := Acquire(context.Background(), d, "lock", &Options{RemoveOnRelease: true})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				inside++
				total++
				if inside != 1 {
					t.Error("two holders")
				}
				mu.Unlock()
				mu.Lock()
				inside--
				mu.Unlock()
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 96, total)
	_, err := os.Lstat(filepath.Join(p, "lock"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestSymlinkIsRefused(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.Symlink("target", filepath.Join(p, "lock")))
	_, err := Acquire(t.Context(), d, "lock", nil)
	require.Error(t, err)
	_, err = os.Lstat(filepath.Join(p, "target"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Another program sees the lock: the kernel reports it to Python's fcntl.
func TestOtherProcessSeesLock(t *testing.T) {
	testenv.NeedTool(t, "python3")
	d, p := openTemp(t)
	script := `
import fcntl, sys
f = open(sys.argv[1], "r+")
try:
    fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB); print("free")
except OSError:
    print("locked")
`
	l, err := Acquire(t.Context(), d, "lock", nil)
	require.NoError(t, err)
	require.Equal(t, "locked\n", testenv.Run(t, "", "python3", "-c", script, filepath.Join(p, "lock")))
	require.NoError(t, l.Release())
	require.Equal(t, "free\n", testenv.Run(t, "", "python3", "-c", script, filepath.Join(p, "lock")))
}
