package pull_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// repairScenario repairs a file, a directory, a dirmeta that is missing and detached metadata.
func repairScenario(t *testing.T) crashtest.Scenario {
	origin, sums := history(t)
	open := func(ctx context.Context, dir string) (*ostree.Repo, error) {
		return ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
	}
	mustOpen := func(t testing.TB, dir string) *ostree.Repo {
		r, err := open(context.Background(), dir)
		require.NoError(t, err)
		return r
	}
	detached := ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommitMeta}
	v := victims(t, origin, sums[2])
	var bad, good [][]byte
	names := []ostree.ObjectName{v.file, v.tree, v.meta, detached}
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			r, err := ostree.Init(context.Background(), filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeArchive})
			require.NoError(t, err)
			defer r.Close()
			_, err = pull.Pull(context.Background(), r, pull.Local(origin), mainRef)
			require.NoError(t, err)
			for _, n := range names {
				data, err := os.ReadFile(stored(r, n))
				require.NoError(t, err)
				good = append(good, data)
				require.NoError(t, os.Remove(stored(r, n))) // it may be a link to the origin
				if n != v.meta {
					require.NoError(t, os.WriteFile(stored(r, n), []byte("garbage"), 0o644))
					bad = append(bad, []byte("garbage"))
				} else {
					bad = append(bad, nil)
				}
			}
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := open(ctx, dir)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = pull.Repair(ctx, r, []pull.Source{pull.Local(origin)}, nil)
			return err
		},
		Check: func(t testing.TB, dir string, died bool) {
			r := mustOpen(t, dir)
			defer r.Close()
			for i, n := range names {
				data, err := os.ReadFile(stored(r, n))
				if err != nil {
					require.ErrorIs(t, err, os.ErrNotExist)
					require.Nil(t, bad[i], "%s is not lost", n)
					continue
				}
				require.True(t, bytes.Equal(data, good[i]) || bad[i] != nil && bytes.Equal(data, bad[i]), "%s is old or new, never mixed", n)
			}
		},
		Final: func(t testing.TB, dir string) {
			r := mustOpen(t, dir)
			defer r.Close()
			requireComplete(t, r, "origin:main", sums[2])
			d, err := r.DetachedMetadata(context.Background(), sums[2])
			require.NoError(t, err)
			require.NotNil(t, d)
		},
	}
}

// TestRepairCrash kills a repair at each of its durable steps; the next one ends it.
func TestRepairCrash(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, repairScenario(t)), 10)
}

// TestRepairFaults fails each step once.
func TestRepairFaults(t *testing.T) {
	crashtest.Faults(t, repairScenario(t), syscall.ENOSPC, syscall.EIO)
}
