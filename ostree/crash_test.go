package ostree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/atomicfs/crashtest"
)

// verifyComplete reads everything that a commit names and compares checksums.
func verifyComplete(t testing.TB, r *Repo, c Checksum) {
	t.Helper()
	ctx := context.Background()
	commit, err := r.LoadCommit(ctx, c)
	require.NoError(t, err)
	_, err = r.LoadDirMeta(ctx, commit.RootMeta)
	require.NoError(t, err)
	tree, err := r.LoadDirTree(ctx, commit.RootTree)
	require.NoError(t, err)
	require.Equal(t, commit.RootTree, tree.Checksum())
	for _, e := range tree.Files {
		f, err := r.LoadFile(ctx, e.Checksum)
		require.NoError(t, err, e.Name)
		got, _, err := ContentChecksum(&f.Header, f.Reader)
		require.NoError(t, err)
		require.Equal(t, e.Checksum, got, e.Name)
		require.NoError(t, f.Close())
	}
}

// verifyObjects checks that every object under its final name is whole.
func verifyObjects(t testing.TB, r *Repo) {
	t.Helper()
	ctx := context.Background()
	for n, err := range r.Objects(ctx) {
		require.NoError(t, err)
		switch n.Type {
		case TypeFile:
			f, err := r.LoadFile(ctx, n.Checksum)
			require.NoError(t, err)
			got, _, err := ContentChecksum(&f.Header, f.Reader)
			require.NoError(t, err)
			require.Equal(t, n.Checksum, got)
			require.NoError(t, f.Close())
		case TypeDirTree:
			_, err = r.LoadDirTree(ctx, n.Checksum)
		case TypeDirMeta:
			_, err = r.LoadDirMeta(ctx, n.Checksum)
		case TypeCommit:
			verifyComplete(t, r, n.Checksum) // also without a ref
		}
		require.NoError(t, err)
	}
}

var (
	oldFiles = map[string]string{"a": "old a", "b": "same"}
	newFiles = map[string]string{"a": "new a", "b": "same", "c": "added", "d": ""}
)

// commitScenario commits newFiles over oldFiles in a repository of the mode.
func commitScenario(mode Mode, settings ...string) crashtest.Scenario {
	open := func(ctx context.Context, dir string) (*Repo, error) {
		return Open(ctx, filepath.Join(dir, "repo"), nil)
	}
	ctx := context.Background()
	return crashtest.Scenario{
		Setup: func(t testing.TB, dir string) {
			r, err := Init(ctx, filepath.Join(dir, "repo"), &InitOptions{Mode: mode})
			require.NoError(t, err)
			defer r.Close()
			configure(t, r, append([]string{"core.min-free-space-percent=0"}, settings...)...)
			mustCommit(t, r, "ref", oldFiles)
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := open(ctx, dir)
			if err != nil {
				return err
			}
			_, err = commitFiles(ctx, r, "ref", newFiles)
			return errors.Join(err, r.Close())
		},
		Check: func(t testing.TB, dir string, died bool) {
			r, err := open(ctx, dir)
			require.NoError(t, err)
			defer r.Close()
			verifyObjects(t, r)
			c, err := r.ResolveRev(ctx, "ref")
			require.NoError(t, err)
			verifyComplete(t, r, c)
			commit, err := r.LoadCommit(ctx, c)
			require.NoError(t, err)
			tree, err := r.LoadDirTree(ctx, commit.RootTree)
			require.NoError(t, err)
			if !died {
				require.Len(t, tree.Files, len(newFiles))
			}
			require.Contains(t, []int{len(oldFiles), len(newFiles)}, len(tree.Files))
		},
		Final: func(t testing.TB, dir string) {
			r, err := open(ctx, dir)
			require.NoError(t, err)
			defer r.Close()
			c, err := r.ResolveRev(ctx, "ref")
			require.NoError(t, err)
			verifyComplete(t, r, c)
			commit, err := r.LoadCommit(ctx, c)
			require.NoError(t, err)
			tree, err := r.LoadDirTree(ctx, commit.RootTree)
			require.NoError(t, err)
			require.Len(t, tree.Files, len(newFiles))
			// One more transaction takes over or removes what a crash has left; an empty directory only when it is so
			// old that nobody is about to lock it.
			dirs, err := filepath.Glob(filepath.Join(r.Path(), "tmp", "staging-*"))
			require.NoError(t, err)
			for _, d := range dirs {
				require.NoError(t, os.Chtimes(d, time.Unix(0, 0), time.Unix(0, 0)))
			}
			_, err = begin(t, r).Commit(ctx)
			require.NoError(t, err)
			requireNoStaging(t, r)
		},
	}
}

func requireNoStaging(t testing.TB, r *Repo) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(r.Path(), "tmp", "staging-*"))
	require.NoError(t, err)
	require.Empty(t, dirs)
}

func TestCrashCommit(t *testing.T) {
	for name, s := range map[string]crashtest.Scenario{
		"archive":          commitScenario(ModeArchive),
		"bare-user-only":   commitScenario(ModeBareUserOnly),
		"per-object-fsync": commitScenario(ModeArchive, "core.per-object-fsync=true"),
		"no fsync":         commitScenario(ModeArchive, "core.fsync=false"),
	} {
		t.Run(name, func(t *testing.T) {
			if steps := crashtest.Enumerate(t, s); steps < 20 {
				t.Errorf("only %d durable steps seen", steps)
			}
		})
	}
}

// TestCommitOrder checks what crash enumeration cannot see: data reaches the disk
// before objects get their names, and names before a ref.
func TestCommitOrder(t *testing.T) {
	r := newRepo(t, ModeArchive)
	var mu sync.Mutex
	var steps []string
	note := func(step string) {
		if len(steps) == 0 || steps[len(steps)-1] != step {
			steps = append(steps, step)
		}
	}
	ctx := atomicfs.WithHook(context.Background(), func(op atomicfs.Op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		rel, err := filepath.Rel(r.Path(), path)
		require.NoError(t, err)
		top, _, _ := strings.Cut(rel, "/")
		switch {
		case op == atomicfs.OpSyncFS, op == atomicfs.OpFsync, op == atomicfs.OpRename:
			note(string(op) + " " + top)
		case op == atomicfs.OpLink && top == "refs":
			note("link refs")
		}
		return nil
	})
	_, err := commitFiles(ctx, r, "a/b", newFiles)
	require.NoError(t, err)
	// The first fsync below refs is that of the new file, the second of its name.
	want := []string{"syncfs .", "rename objects", "fsync objects", "fsync refs", "link refs", "fsync refs"}
	if d := cmp.Diff(want, steps); d != "" {
		t.Errorf("order of steps (-want +got):\n%s", d)
	}
}

func TestFaultsCommit(t *testing.T) {
	for name, mode := range map[string]Mode{"archive": ModeArchive, "bare-user-only": ModeBareUserOnly} {
		t.Run(name, func(t *testing.T) {
			crashtest.Faults(t, commitScenario(mode), unix.ENOSPC, unix.EIO, unix.EINTR)
		})
	}
}

func TestCrashRefs(t *testing.T) {
	ctx := context.Background()
	a, b := Checksum{1}, Checksum{2}
	open := func(t testing.TB, dir string) *Repo {
		r, err := Open(ctx, filepath.Join(dir, "repo"), nil)
		require.NoError(t, err)
		return r
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		Setup: func(t testing.TB, dir string) {
			r, err := Init(ctx, filepath.Join(dir, "repo"), &InitOptions{Mode: ModeArchive})
			require.NoError(t, err)
			defer r.Close()
			require.NoError(t, r.SetRef(ctx, "os/stable", a))
			require.NoError(t, r.SetRef(ctx, "old/ref", a))
			require.NoError(t, r.DeleteRef(ctx, "old/ref"))
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := Open(ctx, filepath.Join(dir, "repo"), nil)
			if err != nil {
				return err
			}
			defer r.Close()
			if err := r.SetRef(ctx, "os/stable", b); err != nil {
				return err
			}
			return r.SetRef(ctx, "old", b) // replaces an empty directory
		},
		Check: func(t testing.TB, dir string, died bool) {
			r := open(t, dir)
			defer r.Close()
			c, err := r.ResolveRev(ctx, "os/stable")
			require.NoError(t, err)
			require.Contains(t, []Checksum{a, b}, c)
			c, err = r.ResolveRev(ctx, "old")
			if !errors.Is(err, fs.ErrNotExist) {
				require.NoError(t, err)
				require.Equal(t, b, c)
			}
		},
		Final: func(t testing.TB, dir string) {
			r := open(t, dir)
			defer r.Close()
			for _, ref := range []string{"os/stable", "old"} {
				c, err := r.ResolveRev(ctx, ref)
				require.NoError(t, err)
				require.Equal(t, b, c)
			}
		},
	})
}

func TestCrashInit(t *testing.T) {
	crashtest.Enumerate(t, crashtest.Scenario{
		Op: func(ctx context.Context, dir string) error {
			r, err := Init(ctx, filepath.Join(dir, "deep/repo"), &InitOptions{Mode: ModeArchive})
			if err != nil {
				return err
			}
			return r.Close()
		},
		Check: func(t testing.TB, dir string, died bool) {
			r, err := Open(context.Background(), filepath.Join(dir, "deep/repo"), nil)
			if err == nil {
				require.Equal(t, ModeArchive, r.Mode())
				require.NoError(t, r.Close())
				return
			}
			require.True(t, died)
			require.ErrorIs(t, err, fs.ErrNotExist)
		},
		Final: func(t testing.TB, dir string) {
			r, err := Open(context.Background(), filepath.Join(dir, "deep/repo"), nil)
			require.NoError(t, err)
			defer r.Close()
			mustCommit(t, r, "x", newFiles)
		},
	})
}
