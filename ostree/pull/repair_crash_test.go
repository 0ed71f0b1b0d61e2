package pull_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// repairScenario repairs a repository that lacks a dirmeta and has a broken file and a broken directory.
func repairScenario(t *testing.T) crashtest.Scenario {
	origin, sums := history(t)
	v := victims(t, origin, sums[2])
	web := serve(t, origin).source() // from a path, metadata would be links
	open := func(t testing.TB, dir string) *ostree.Repo {
		r, err := ostree.Open(context.Background(), filepath.Join(dir, "repo"), nil)
		require.NoError(t, err)
		return r
	}
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			r, err := ostree.Init(context.Background(), filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeBareUser})
			require.NoError(t, err)
			defer r.Close()
			_, err = pull.Pull(context.Background(), r, web, &pull.Options{Refs: []string{"main"}, Remote: "origin", Depth: -1})
			require.NoError(t, err)
			corruptObject(t, r, v.file)
			corruptObject(t, r, v.tree)
			require.NoError(t, os.Remove(stored(r, v.meta)))
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
			if err != nil {
				return err
			}
			defer r.Close()
			res, err := pull.Repair(ctx, r, []pull.Source{pull.Local(origin)}, nil)
			if err != nil {
				return err
			}
			if len(res.Failed) > 0 {
				return res.Failed[0].Err
			}
			return res.Report.Err()
		},
		Check: func(t testing.TB, dir string, died bool) {
			r := open(t, dir)
			defer r.Close()
			// The refs stay, and nothing that was in order is broken or gone.
			c, err := r.ResolveRev(context.Background(), "origin:main")
			require.NoError(t, err)
			require.Equal(t, sums[2], c)
			hurt := map[ostree.ObjectName]bool{v.file: true, v.tree: true, v.meta: true}
			report, err := r.Fsck(context.Background(), &ostree.FsckOptions{KeepStates: true})
			require.NoError(t, err)
			for _, p := range report.Problems {
				require.True(t, hurt[p.Object], p.Object.String())
			}
			if !died {
				require.NoError(t, report.Err())
			}
		},
		Final: func(t testing.TB, dir string) {
			r := open(t, dir)
			defer r.Close()
			requireComplete(t, r, "origin:main", sums[2])
		},
	}
}

// TestCrashRepair kills a repair at each of its durable steps; the next one completes.
func TestCrashRepair(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, repairScenario(t)), 10)
}

func TestFaultsRepair(t *testing.T) {
	crashtest.Faults(t, repairScenario(t), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}
