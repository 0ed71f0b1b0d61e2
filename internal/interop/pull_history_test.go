package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

// historyRepo makes an archive repository with three commits of main with a command.
func historyRepo(t *testing.T, bin string) string {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	repo := filepath.Join(t.TempDir(), "repo")
	testenv.Run(t, "/", bin, "--repo="+repo, "init", "--mode=archive")
	testenv.Run(t, "/", bin, "--repo="+repo, "config", "set", "core.fsync", "false")
	tree := t.TempDir()
	for _, version := range []string{"1", "2", "3"} {
		require.NoError(t, os.WriteFile(filepath.Join(tree, "version"), []byte(version), 0o644))
		testenv.Run(t, "/", bin, "--repo="+repo, "commit", "--canonical-permissions", "-b", "main", tree)
	}
	return repo
}

// pullInto makes a repository with a remote and pulls with a command.
func pullInto(t *testing.T, bin, url string, args ...string) (repo, out string, code int) {
	t.Helper()
	repo = filepath.Join(t.TempDir(), "repo")
	testenv.Run(t, "/", bin, "--repo="+repo, "init", "--mode=bare-user-only")
	testenv.Run(t, "/", bin, "--repo="+repo, "remote", "add", "--no-gpg-verify", "origin", url)
	out, code = outcome(t, bin, append([]string{"--repo=" + repo, "pull", "origin", "main"}, args...)...)
	return repo, out, code
}

// TestTombstonesAreAskedForByBoth: whichever command deleted the parent, and whichever pulls.
func TestTombstonesAreAskedForByBoth(t *testing.T) {
	t.Parallel()
	ours := ourCommand(t)
	for _, server := range []string{"ostree", ours} {
		src := historyRepo(t, server)
		oldest := strings.TrimSpace(testenv.Run(t, "/", server, "--repo="+src, "rev-parse", "main^^"))
		testenv.Run(t, "/", server, "--repo="+src, "prune", "--delete-commit="+oldest)
		testenv.Run(t, "/", server, "--repo="+src, "summary", "-u")
		tombstone := "/objects/" + oldest[:2] + "/" + oldest[2:] + ".tombstone-commit"
		require.FileExists(t, src+tombstone)
		s := serveLogged(t, src)
		for _, client := range []string{"ostree", ours} {
			repo, out, code := pullInto(t, client, s.URL, "--depth=-1")
			require.Zero(t, code, out)
			require.Equal(t, []string{tombstone}, s.asked(".tombstone-commit"), "%s from %s", client, server)
			require.NoFileExists(t, repo+tombstone)
			log := testenv.Run(t, "/", "ostree", "--repo="+repo, "log", "main")
			require.Contains(t, log, "<< History beyond this commit not fetched >>")
		}
		require.NoError(t, os.Remove(src+tombstone))
		for _, client := range []string{"ostree", ours} {
			repo, out, code := pullInto(t, client, s.URL, "--depth=-1")
			require.Equal(t, 1, code, out)
			require.Contains(t, out, "404")
			require.Empty(t, testenv.Run(t, "/", "ostree", "--repo="+repo, "refs"))
		}
	}
}

// TestParentsByTheirDeltas: deltas of the real command make the whole history, without a single loose object; the real
// one gets parents object by object.
func TestParentsByTheirDeltas(t *testing.T) {
	t.Parallel()
	ours := ourCommand(t)
	src := historyRepo(t, "ostree")
	testenv.Run(t, "/", "ostree", "--repo="+src, "static-delta", "generate", "--empty", "--to=main^^")
	for _, pair := range [][2]string{{"main^^", "main^"}, {"main^", "main"}} {
		testenv.Run(t, "/", "ostree", "--repo="+src, "static-delta", "generate", "--from="+pair[0], "--to="+pair[1])
	}
	testenv.Run(t, "/", "ostree", "--repo="+src, "summary", "-u")
	s := serveLogged(t, src)
	repo, out, code := pullInto(t, ours, s.URL, "--depth=-1")
	require.Zero(t, code, out)
	require.Empty(t, s.asked(".filez"))
	testenv.Run(t, "/", "ostree", "--repo="+repo, "fsck", "-q")
	for _, rev := range []string{"main", "main^", "main^^"} {
		want := testenv.Run(t, "/", "ostree", "--repo="+src, "ls", "-RC", rev)
		require.Equal(t, want, testenv.Run(t, "/", "ostree", "--repo="+repo, "ls", "-RC", rev))
	}
	require.NoFileExists(t, filepath.Join(repo, "state", strings.TrimSpace(testenv.Run(t, "/", "ostree", "--repo="+src, "rev-parse", "main^"))+".commitpartial"))
}

// TestDeltasOfAServerWithoutSummary: both try the delta from what the ref is, or from scratch.
func TestDeltasOfAServerWithoutSummary(t *testing.T) {
	t.Parallel()
	ours := ourCommand(t)
	src := historyRepo(t, "ostree")
	testenv.Run(t, "/", "ostree", "--repo="+src, "static-delta", "generate", "--empty", "--to=main^")
	testenv.Run(t, "/", "ostree", "--repo="+src, "static-delta", "generate", "--from=main^", "--to=main")
	parent := strings.TrimSpace(testenv.Run(t, "/", "ostree", "--repo="+src, "rev-parse", "main^"))
	s := serveLogged(t, src)
	var asked [2][2][]string
	for i, client := range []string{"ostree", ours} {
		repo := filepath.Join(t.TempDir(), "repo")
		testenv.Run(t, "/", client, "--repo="+repo, "init", "--mode=bare-user-only")
		testenv.Run(t, "/", client, "--repo="+repo, "remote", "add", "--no-gpg-verify", "origin", s.URL)
		for j, rev := range []string{"main@" + parent, "main"} {
			s.asked("")
			testenv.Run(t, "/", client, "--repo="+repo, "pull", "origin", rev)
			asked[i][j] = s.asked("/superblock")
			require.Len(t, asked[i][j], 1)
		}
		testenv.Run(t, "/", "ostree", "--repo="+repo, "fsck", "-q")
	}
	require.Equal(t, asked[0], asked[1])
}
