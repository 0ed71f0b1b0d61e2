package ostree_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

// inRepo opens the repository in dir for fn.
func inRepo(dir string, fn func(*ostree.Repo) error) error {
	repo, err := ostree.Open(context.Background(), dir+"/repo", nil)
	if err != nil {
		return err
	}
	defer repo.Close()
	return fn(repo)
}

func initAt(t testing.TB, dir string) *ostree.Repo {
	repo, err := ostree.Init(t.Context(), dir+"/repo", &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	return repo
}

// However far pruning came, every commit that is there is complete, and the next run finishes.
func TestCrashPrune(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, pruneScenario()), 8)
}

func TestFaultsPrune(t *testing.T) {
	crashtest.Faults(t, pruneScenario(), unix.ENOSPC, unix.EIO, unix.EINTR)
}

func pruneScenario() crashtest.Scenario {
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			repo := initAt(t, dir)
			defer repo.Close()
			for i := range 3 {
				c := ostreetest.Write(t, repo, "x", map[string]string{"same": "s", "d/f": fmt.Sprint(i)})
				d := gvariant.NewDict()
				d.Set("k", gvariant.NewString("v"))
				require.NoError(t, repo.SetDetachedMetadata(t.Context(), c, d))
			}
		},
		Op: func(ctx context.Context, dir string) error {
			return inRepo(dir, func(repo *ostree.Repo) error {
				_, err := repo.Prune(ctx, &ostree.PruneOptions{RefsOnly: true, Depth: new(0)})
				return err
			})
		},
		Check: func(t testing.TB, dir string, died bool) {
			require.NoError(t, inRepo(dir, func(repo *ostree.Repo) error {
				report, err := repo.Fsck(t.Context(), &ostree.FsckOptions{KeepStates: true})
				if err == nil {
					err = report.Err()
				}
				return err
			}))
		},
		Final: func(t testing.TB, dir string) {
			require.NoError(t, inRepo(dir, func(repo *ostree.Repo) error {
				require.Len(t, objects(t, repo), 1+1+2+1+2)
				return nil
			}))
		},
	}
}

// A summary is old or new. In between the new one may have the signature of the old one, which no client accepts.
func TestCrashUpdateSummary(t *testing.T) {
	require.Greater(t, crashtest.Enumerate(t, summaryScenario()), 3)
}

func TestFaultsUpdateSummary(t *testing.T) {
	crashtest.Faults(t, summaryScenario(), unix.ENOSPC, unix.EIO, unix.EINTR)
}

func summaryScenario() crashtest.Scenario {
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			repo := initAt(t, dir)
			defer repo.Close()
			ostreetest.Write(t, repo, "x", map[string]string{"f": "1"})
			require.NoError(t, repo.UpdateSummary(t.Context(), &ostree.SummaryOptions{Time: time.Unix(1, 0)}))
			require.NoError(t, os.WriteFile(dir+"/repo/summary.sig", []byte("old"), 0o644))
		},
		Op: func(ctx context.Context, dir string) error {
			return inRepo(dir, func(repo *ostree.Repo) error {
				return repo.UpdateSummary(ctx, &ostree.SummaryOptions{Time: time.Unix(2, 0)})
			})
		},
		Check: func(t testing.TB, dir string, died bool) {
			require.Contains(t, []int64{1, 2}, summaryTime(t, dir))
		},
		Final: func(t testing.TB, dir string) {
			require.EqualValues(t, 2, summaryTime(t, dir))
			require.NoFileExists(t, dir+"/repo/summary.sig")
		},
	}
}

func summaryTime(t testing.TB, dir string) int64 {
	data, err := os.ReadFile(dir + "/repo/summary")
	require.NoError(t, err)
	s, err := ostree.ParseSummary(data)
	require.NoError(t, err)
	when, ok := s.Time(ostree.KeySummaryLastModified)
	require.True(t, ok)
	return when.Unix()
}
