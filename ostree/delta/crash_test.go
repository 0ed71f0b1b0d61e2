package delta

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
)

func openAt(t testing.TB, dir string) *ostree.Repo {
	r, err := ostree.Open(context.Background(), filepath.Join(dir, "repo"), nil)
	require.NoError(t, err)
	return r
}

func applyScenario(t *testing.T) crashtest.Scenario {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{MaxPartSize: 100_000})
	require.NoError(t, err)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			r, err := ostree.Init(context.Background(), filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeBareUser})
			require.NoError(t, err)
			w.copyOld(t, r)
			require.NoError(t, r.Close())
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = d.Apply(ctx, r, &ApplyOptions{Workers: 1})
			return err
		},
		Check: func(t testing.TB, dir string, _ bool) {
			r := openAt(t, dir)
			defer r.Close()
			// A commit that is there is complete, or known not to be.
			report, err := r.Fsck(context.Background(), &ostree.FsckOptions{KeepStates: true})
			require.NoError(t, err)
			require.NoError(t, report.Err())
		},
		Final: func(t testing.TB, dir string) {
			r := openAt(t, dir)
			defer r.Close()
			requireIntact(t, r)
			_, err := r.Traverse(context.Background(), w.name.To, 0)
			require.NoError(t, err)
		},
	}
}

func TestApplyCrash(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, applyScenario(t)), 20)
}

func TestApplyFaults(t *testing.T) {
	crashtest.Faults(t, applyScenario(t), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}

// TestGenerateCrash: a delta in a repository is whole or not there, also while
// it replaces another.
func TestGenerateCrash(t *testing.T) {
	w := newWorld(t)
	for _, replace := range []bool{false, true} {
		require.Greater(t, crashtest.Enumerate(t, generateScenario(w, replace)), 5)
	}
}

func TestGenerateFaults(t *testing.T) {
	crashtest.Faults(t, generateScenario(newWorld(t), true), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}

func generateScenario(w *world, replace bool) crashtest.Scenario {
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			ctx := context.Background()
			r, err := ostree.Init(ctx, filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeArchive})
			require.NoError(t, err)
			tx, err := r.Begin(ctx, &ostree.TxOptions{NoSync: true})
			require.NoError(t, err)
			for name, err := range w.repo.Objects(ctx) {
				require.NoError(t, err)
				_, err = tx.ImportObject(ctx, w.repo, name, nil)
				require.NoError(t, err)
			}
			_, err = tx.Commit(ctx)
			require.NoError(t, err)
			if replace {
				_, err := Generate(ctx, r, w.name, &GenerateOptions{MaxPartSize: 50_000})
				require.NoError(t, err)
			}
			require.NoError(t, r.Close())
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = Generate(ctx, r, w.name, nil)
			return err
		},
		Check: func(t testing.TB, dir string, _ bool) {
			r := openAt(t, dir)
			defer r.Close()
			names, err := List(r)
			require.NoError(t, err)
			if replace {
				require.Len(t, names, 1)
			}
			for _, n := range names {
				d, err := Open(r, n)
				require.NoError(t, err)
				for i := range d.Superblock.Parts {
					_, err := d.Inspect(context.Background(), r, i)
					require.NoError(t, err)
				}
			}
		},
	}
}

// indexScenario deletes one of two deltas, which makes the index anew.
func indexScenario(w *world) crashtest.Scenario {
	s := generateScenario(w, false)
	scratch := Name{To: w.name.To}
	setup := s.Setup
	s.Setup = func(t testing.TB, dir string) {
		setup(t, dir)
		r := openAt(t, dir)
		defer r.Close()
		for _, n := range []Name{w.name, scratch} {
			_, err := Generate(context.Background(), r, n, nil)
			require.NoError(t, err)
		}
		require.NoError(t, Reindex(context.Background(), r))
	}
	s.Op = func(ctx context.Context, dir string) error {
		r, err := ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := Delete(ctx, r, w.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return Reindex(ctx, r)
	}
	check := s.Check
	s.Check = func(t testing.TB, dir string, died bool) {
		check(t, dir, died)
		// The index is whole, and the delta that stays is in it.
		data, err := os.ReadFile(filepath.Join(dir, "repo", IndexPath(w.name.To)))
		require.NoError(t, err)
		index, err := ParseIndex(data)
		require.NoError(t, err)
		require.Contains(t, index, scratch)
	}
	s.Final = func(t testing.TB, dir string) {
		data, err := os.ReadFile(filepath.Join(dir, "repo", IndexPath(w.name.To)))
		require.NoError(t, err)
		index, err := ParseIndex(data)
		require.NoError(t, err)
		require.Len(t, index, 1)
		require.NoDirExists(t, filepath.Join(dir, "repo", w.name.Dir()))
	}
	return s
}

func TestDeleteCrash(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, indexScenario(newWorld(t))), 5)
}

func TestDeleteFaults(t *testing.T) {
	crashtest.Faults(t, indexScenario(newWorld(t)), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}
