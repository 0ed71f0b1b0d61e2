package ostree

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs/crashtest"
)

var consumedFiles = map[string]string{"a": "content of a", "sub/b": "content of b", "sub/deep/c": "", "sub/deep/d": "content of a"}

// consumeScenario commits a directory and removes it.
func consumeScenario(mode Mode) crashtest.Scenario {
	ctx := context.Background()
	open := func(t testing.TB, dir string) *Repo {
		r, err := Open(ctx, filepath.Join(dir, "repo"), nil)
		require.NoError(t, err)
		return r
	}
	// committed: the ref is there, and everything that the directory had can be read.
	committed := func(t testing.TB, r *Repo) bool {
		c, err := r.ResolveRev(ctx, "main")
		if err != nil {
			return false
		}
		fsys, err := r.FS(ctx, c)
		require.NoError(t, err)
		for name, want := range consumedFiles {
			got, err := fs.ReadFile(fsys, name)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		}
		return true
	}
	op := func(ctx context.Context, dir string) error {
		r, err := Open(ctx, filepath.Join(dir, "repo"), nil)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = commitDir(ctx, r, filepath.Join(dir, "tree"), &ImportOptions{NoXattrs: true, Consume: true})
		return err
	}
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			r, err := Init(ctx, filepath.Join(dir, "repo"), &InitOptions{Mode: mode})
			require.NoError(t, err)
			require.NoError(t, r.Close())
			for name, content := range consumedFiles {
				path := filepath.Join(dir, "tree", name)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
			}
		},
		Op: op,
		Check: func(t testing.TB, dir string, _ bool) {
			r := open(t, dir)
			defer r.Close()
			verifyObjects(t, r)
			if committed(t, r) {
				return
			}
			for name, want := range consumedFiles {
				got, err := os.ReadFile(filepath.Join(dir, "tree", name))
				require.NoError(t, err, "lost: neither committed nor in the directory")
				require.Equal(t, want, string(got))
			}
		},
		// Once the directory has begun to go there is nothing to commit again.
		Retry: func(ctx context.Context, dir string) error {
			r, err := Open(ctx, filepath.Join(dir, "repo"), nil)
			if err != nil {
				return err
			}
			_, err = r.ResolveRev(ctx, "main")
			if cerr := r.Close(); err != nil || cerr != nil {
				return op(ctx, dir)
			}
			return os.RemoveAll(filepath.Join(dir, "tree"))
		},
		Final: func(t testing.TB, dir string) {
			r := open(t, dir)
			defer r.Close()
			require.True(t, committed(t, r))
			require.NoDirExists(t, filepath.Join(dir, "tree"))
			verifyObjects(t, r)
		},
	}
}

// TestCrashConsume: at any time the files are in the directory or in a commit.
func TestCrashConsume(t *testing.T) {
	for _, mode := range []Mode{ModeArchive, ModeBareUserOnly} {
		t.Run(mode.String(), func(t *testing.T) {
			require.Greater(t, crashtest.Enumerate(t, consumeScenario(mode)), 20)
		})
	}
}

func TestFaultsConsume(t *testing.T) {
	for _, mode := range []Mode{ModeArchive, ModeBareUserOnly} {
		t.Run(mode.String(), func(t *testing.T) {
			crashtest.Faults(t, consumeScenario(mode), unix.ENOSPC, unix.EIO, unix.EINTR)
		})
	}
}
