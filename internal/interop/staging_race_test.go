package interop

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestWritersWhileOneMakesItsStagingDirectory stops a writer between making its staging directory and locking it, and
// lets another one commit. The real command takes such a directory for that of a dead process, and removes it in the
// end; the real command that was stopped then fails with "opendir(staging-...)". So two real writers may fail without
// anybody else: that is seen now and then where many commit at the same time. We leave the directory alone, and make another
// one if ours is gone.
func TestWritersWhileOneMakesItsStagingDirectory(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "strace")
	ours := ourCommand(t)
	for _, c := range []struct {
		stopped, other string
		fails          bool
	}{
		{"ostree", "ostree", true},
		{"ostree", ours, false},
		{ours, "ostree", false},
		{ours, ours, false},
	} {
		t.Run(fmt.Sprintf("%s stopped, %s commits", side(c.stopped), side(c.other)), func(t *testing.T) {
			dir := t.TempDir()
			repo := filepath.Join(dir, "repo")
			testenv.Run(t, "", "ostree", "--repo="+repo, "init", "--mode=archive")
			for _, ref := range []string{"stopped", "other"} {
				require.NoError(t, os.Mkdir(filepath.Join(dir, ref), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, ref, ref), []byte(ref), 0o644))
			}
			out, resume := stopAtStaging(t, repo+"/tmp", c.stopped, "--repo="+repo, "commit", "-b", "stopped", filepath.Join(dir, "stopped"))
			testenv.Run(t, "", c.other, "--repo="+repo, "commit", "-b", "other", filepath.Join(dir, "other"))
			err := resume()
			if c.fails {
				require.Error(t, err)
				require.Contains(t, out.String(), "opendir(staging-")
			} else {
				require.NoError(t, err, out.String())
			}
			testenv.Run(t, "", "ostree", "--repo="+repo, "fsck")
			found, err := filepath.Glob(repo + "/tmp/staging-*")
			require.NoError(t, err)
			require.Empty(t, found)
		})
	}
}

// stopAtStaging runs a command until it has made its staging directory. The function returned lets it go on, and waits
// for it.
func stopAtStaging(t *testing.T, tmp string, argv ...string) (*strings.Builder, func() error) {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	out := &strings.Builder{}
	args := append([]string{"-f", "-qq", "-o", "/dev/fd/3", "-P", tmp, "-e", "trace=mkdirat", "-e", "inject=mkdirat:signal=STOP"}, argv...)
	cmd := exec.Command("strace", args...)
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{w}, out, out
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	lines, staging := bufio.NewScanner(r), false
	next := func() (stopped int) { // the thread that stands still, or 0 at the end
		for lines.Scan() {
			staging = staging || strings.Contains(lines.Text(), `"staging-`)
			if id, rest, _ := strings.Cut(lines.Text(), " "); strings.Contains(rest, "stopped by SIGSTOP") {
				pid, err := strconv.Atoi(id)
				require.NoError(t, err)
				return pid
			}
		}
		return 0
	}
	for pid := next(); pid != 0; pid = next() {
		if !staging {
			require.NoError(t, syscall.Kill(pid, syscall.SIGCONT))
			continue
		}
		return out, func() error {
			for ; pid != 0; pid = next() {
				if err := syscall.Kill(pid, syscall.SIGCONT); err != nil && err != syscall.ESRCH {
					return err
				}
			}
			return errors.Join(cmd.Wait(), r.Close())
		}
	}
	t.Fatalf("it did not stop: %v: %s", cmd.Wait(), out)
	return nil, nil
}
