package interop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// turnTree makes one of a few trees that have files in common, so that each commit reuses objects of an earlier one that may
// be unreachable by then.
func turnTree(t *testing.T, dir string, turn int) string {
	t.Helper()
	p := filepath.Join(dir, fmt.Sprint("tree", turn))
	for i := range 40 {
		if i%3 == turn {
			continue
		}
		sub := filepath.Join(p, fmt.Sprint("d", i%7))
		require.NoError(t, os.MkdirAll(sub, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(sub, fmt.Sprint("f", i)), []byte(strings.Repeat(fmt.Sprint(i), 50)), 0o644))
	}
	return p
}

// TestPruneWhileRealCommits prunes without pause while real commands commit, move refs and delete them. Each run
// leaves objects that the next commit finds present, or not.
func TestPruneWhileRealCommits(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	for mode, fsync := range map[string]string{"archive": "false", "bare-user": "true"} {
		t.Run(mode+"/fsync="+fsync, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "repo")
			testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode="+mode)
			testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.fsync", fsync)
			testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.lock-timeout-secs", "600")
			trees := []string{turnTree(t, dir, 0), turnTree(t, dir, 1), turnTree(t, dir, 2)}
			repo := openRepo(t, path)
			var group, pruning errgroup.Group
			runs, deleted := 0, 0
			command := make(chan struct{}, 1) // when one begins; waiting for the lock, it tries only once a second
			pruning.Go(func() error {
				for more := true; more; {
					if runs%8 == 0 {
						_, more = <-command
					}
					stats, err := repo.Prune(t.Context(), &ostree.PruneOptions{RefsOnly: true, Depth: new(0)})
					if err != nil {
						return err
					}
					runs++
					deleted += stats.Pruned
				}
				return nil
			})
			// One writer at a time, as there would be no moment without one otherwise.
			group.Go(func() error {
				for i := range 24 {
					ref := fmt.Sprint("ref", i%2)
					args := []string{"--repo=" + path, "commit", "-b", ref, "-s", fmt.Sprint(i), trees[i%3]}
					switch i % 6 {
					case 4:
						args = []string{"--repo=" + path, "refs", "--delete", ref}
					case 5:
						args[2], args[3] = "--orphan", "--no-xattrs"
					}
					select {
					case command <- struct{}{}:
					default:
					}
					if out, err := exec.Command("ostree", args...).CombinedOutput(); err != nil {
						return fmt.Errorf("%v: %w: %s", args, err, out)
					}
				}
				return nil
			})
			err := group.Wait()
			close(command)
			require.NoError(t, err)
			require.NoError(t, pruning.Wait())
			t.Logf("%d runs deleted %d objects", runs, deleted)
			require.Greater(t, runs, 5)
			require.Greater(t, deleted, 10)
			testenv.Run(t, "", "ostree", "--repo="+path, "fsck")
			for _, tree := range trees {
				testenv.Run(t, "", "ostree", "--repo="+path, "commit", "-b", "last/"+filepath.Base(tree), tree)
			}
			testenv.Run(t, "", "ostree", "--repo="+path, "fsck")
		})
	}
}

// TestRealPruneWhileWeCommit is the other way round: the real command prunes while our transactions run.
func TestRealPruneWhileWeCommit(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	dir := t.TempDir()
	path := filepath.Join(dir, "repo")
	testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.fsync", "false")
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.lock-timeout-secs", "600") // it tries only once a second
	trees := []string{turnTree(t, dir, 0), turnTree(t, dir, 1), turnTree(t, dir, 2)}
	repo := openRepo(t, path)
	ctx, stop := context.WithCancel(t.Context())
	var pruning errgroup.Group
	runs := 0
	pruning.Go(func() error {
		for ctx.Err() == nil {
			if out, err := exec.Command("ostree", "--repo="+path, "prune", "--refs-only", "--depth=0").CombinedOutput(); err != nil {
				return fmt.Errorf("prune: %w: %s", err, out)
			}
			runs++
		}
		return nil
	})
	for i := range 100 {
		importTree(t, repo, trees[i%3], "main", nil)
	}
	stop()
	require.NoError(t, pruning.Wait())
	require.Positive(t, runs)
	testenv.Run(t, "", "ostree", "--repo="+path, "fsck")
}
