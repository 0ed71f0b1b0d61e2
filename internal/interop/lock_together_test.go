package interop

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// TestBothCommandsAtOnce lets several processes of each command change one repository at the same time. Ours never fails,
// where the real one may: two of it do not always get along (see TestWritersWhileOneMakesItsStagingDirectory), and its fsck
// takes what is pruned meanwhile for missing. Whatever happens, a summary is whole at any time, and in the end both find
// nothing wrong.
func TestBothCommandsAtOnce(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	const writers, rounds = 4, 6
	commands := []string{ourCommand(t), "ostree"}
	for i, mode := range []string{"archive", "bare-user"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			trees := []string{turnTree(t, dir, 0), turnTree(t, dir, 1), turnTree(t, dir, 2)}
			upstream, repo := dir+"/upstream", dir+"/repo"
			for path, mode := range map[string]string{upstream: "archive", repo: mode} {
				testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode="+mode)
				testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.fsync", "false")
				testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.lock-timeout-secs", "600")
			}
			for i, tree := range trees {
				testenv.Run(t, "", "ostree", "--repo="+upstream, "commit", "-b", fmt.Sprint("up", i), tree)
			}
			server := httptest.NewServer(http.FileServer(http.Dir(upstream)))
			defer server.Close()
			testenv.Run(t, "", "ostree", "--repo="+repo, "remote", "add", "--no-gpg-verify", "origin", server.URL)
			var working, reading errgroup.Group
			for n := range writers {
				r := rand.New(rand.NewPCG(uint64(i), uint64(n)))
				working.Go(func() error {
					for range rounds {
						if err := changeSomething(r, commands[r.IntN(2)], repo, upstream, trees); err != nil {
							return err
						}
					}
					return nil
				})
			}
			done := make(chan struct{})
			reading.Go(func() error { return readSummaries(repo+"/summary", done) })
			err := working.Wait()
			close(done)
			require.NoError(t, err)
			require.NoError(t, reading.Wait())
			requireSound(t, commands, repo)
		})
	}
}

// changeSomething runs a command on the repository. Only of the real one a failure is accepted.
func changeSomething(r *rand.Rand, command, repo, upstream string, trees []string) error {
	ref, up := fmt.Sprint("ref", r.IntN(3)), fmt.Sprint("up", r.IntN(3))
	choices := [][]string{
		{"commit", "-b", ref, "-s", fmt.Sprint(r.Uint64()), trees[r.IntN(3)]},
		{"commit", "-b", ref, "--tree=dir=" + trees[r.IntN(3)], "--tree=dir=" + trees[r.IntN(3)]},
		{"pull", "origin", up},
		{"pull-local", upstream, up},
		{"pull", "--mirror", "origin", up},
		{"prune", "--refs-only", "--depth=0"},
		{"summary", "-u"},
		{"fsck", "-q"},
		{"refs", "--delete", ref},
		{"refs", "--delete", "origin:" + up},
	}
	args := choices[r.IntN(len(choices))]
	out, err := exec.Command(command, append([]string{"--repo=" + repo}, args...)...).CombinedOutput()
	if err != nil && command != "ostree" {
		return fmt.Errorf("%v: %w: %s", args, err, out)
	}
	return nil
}

// readSummaries reads the summary without pause until done.
func readSummaries(path string, done <-chan struct{}) error {
	for {
		data, err := os.ReadFile(path)
		if err == nil {
			_, err = ostree.ParseSummary(data)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-done:
			return nil
		default:
		}
	}
}

// requireSound has both commands look at all that a repository has. Nothing but the caches is left in tmp that a
// transaction would not remove.
func requireSound(t *testing.T, commands []string, repo string) {
	t.Helper()
	refs := strings.Fields(testenv.Run(t, "", "ostree", "--repo="+repo, "refs"))
	require.NotEmpty(t, refs)
	for _, command := range commands {
		testenv.Run(t, "", command, "--repo="+repo, "fsck")
		for _, ref := range refs {
			testenv.Run(t, "", command, "--repo="+repo, "ls", "-R", ref)
		}
	}
	left, err := filepath.Glob(repo + "/tmp/.tmp-*")
	require.NoError(t, err)
	assert.Empty(t, left)
}
