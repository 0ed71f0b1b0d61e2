package interop

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// pruneHistory makes branches with several dated commits each, some of them without a ref, and static deltas.
func pruneHistory(t *testing.T, repo string, rnd *rand.Rand) (commits []string) {
	t.Helper()
	ostree := func(args ...string) string {
		return strings.TrimSpace(testenv.Run(t, "", append([]string{"ostree", "--repo=" + repo}, args...)...))
	}
	ostree("init", "--mode=archive")
	ostree("config", "set", "core.fsync", "false")
	src := t.TempDir()
	branches := []string{"main", "other/x", "third"} // no beginnings of checksums
	for i := range 12 {
		require.NoError(t, os.WriteFile(filepath.Join(src, fmt.Sprint("f", rnd.IntN(4))), []byte(fmt.Sprint(rnd.IntN(5))), 0o644))
		day := 1 + rnd.IntN(28)
		args := []string{"commit", "--timestamp=" + fmt.Sprintf("2020-01-%02d 12:00:00 +0000", day), "-s", fmt.Sprint(i)}
		if rnd.IntN(5) == 0 {
			args = append(args, "--orphan")
		} else {
			args = append(args, "-b", branches[rnd.IntN(len(branches))])
		}
		commits = append(commits, ostree(append(args, src)...))
	}
	heads := strings.Fields(ostree("refs"))
	for _, ref := range heads {
		ostree("static-delta", "generate", "--empty", "--to="+ref)
	}
	if rnd.IntN(2) == 0 {
		ostree("refs", "--delete", heads[rnd.IntN(len(heads))])
	}
	return commits
}

// pruneArgs chooses options of the command.
func pruneArgs(rnd *rand.Rand, commits []string) []string {
	var args []string
	add := func(chance int, arg string) {
		if rnd.IntN(chance) == 0 {
			args = append(args, arg)
		}
	}
	add(2, "--refs-only")
	add(3, fmt.Sprintf("--depth=%d", rnd.IntN(4)-1))
	add(3, fmt.Sprintf("--keep-younger-than=2020-01-%02d", 1+rnd.IntN(28)))
	add(4, fmt.Sprintf("--retain-branch-depth=main=%d", rnd.IntN(4)-1))
	add(5, "--only-branch=other/x")
	add(5, "--only-branch=main")
	add(6, "--delete-commit="+commits[rnd.IntN(len(commits))])
	add(8, "--static-deltas-only")
	add(8, "--commit-only")
	add(6, "--no-prune")
	return args
}

// TestPruneOptionsEqualReal runs both commands with the same random options on copies of the same random repository, and
// compares what they say and what is left.
func TestPruneOptionsEqualReal(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	ours := ourCommand(t)
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		dir := t.TempDir()
		repo := filepath.Join(dir, "repo")
		commits := pruneHistory(t, repo, rnd)
		for try := range 12 {
			args := pruneArgs(rnd, commits)
			var said, left [2]string
			var failed [2]bool
			for i, program := range []string{"ostree", ours} {
				at := filepath.Join(dir, "copy")
				testenv.Run(t, "", "cp", "-a", repo, at)
				out, err := exec.Command(program, append([]string{"--repo=" + at, "prune"}, args...)...).CombinedOutput()
				said[i], failed[i] = strings.ReplaceAll(string(out), "\u00a0", " "), err != nil // as the locale has it
				if failed[i] {                                                                  // the usage text has the options in another order
					said[i] = said[i][strings.LastIndex(strings.TrimSpace(said[i]), "\n")+1:]
				}
				left[i] = testenv.Run(t, at, "find", "objects", "deltas", "state", "-type", "f", "-printf", "%p %s\n")
				lines := strings.Split(left[i], "\n")
				slices.Sort(lines)
				left[i] = strings.Join(lines, "\n")
				testenv.Run(t, "", "rm", "-rf", at)
			}
			what := fmt.Sprintf("seed %d, try %d: prune %s", seed, try, strings.Join(args, " "))
			require.Equal(t, failed[0], failed[1], "%s\n%s\n%s", what, said[0], said[1])
			require.Equal(t, said[0], said[1], what)
			require.Equal(t, left[0], left[1], what)
		}
	}
}
