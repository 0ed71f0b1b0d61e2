package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// builtDir is where our command is built: when the first test asks for it, for all of them.
var builtDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rpmostree-interop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	builtDir = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

var buildOurs = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", builtDir+"/bin/ostree", "example.com/rpmostree/examples/ostree").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
})

// ourCommand is examples/ostree, in a directory that has nothing else.
func ourCommand(t *testing.T) string {
	t.Helper()
	require.NoError(t, buildOurs())
	return filepath.Join(builtDir, "bin", "ostree")
}

// outcome runs a command and returns everything it prints, and its exit status.
func outcome(t *testing.T, bin string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(t, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// command runs a program as it is, in the directory of the test.
func command(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	return string(out), err
}
