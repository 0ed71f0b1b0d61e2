package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

const installedTests = "/usr/libexec/installed-tests/libostree"

// TestProgramsOfTheLibrary runs the test programs of libostree that have a command make what they then read, or the other
// way round, with ours as that command: they reach as many points as with the real one.
func TestProgramsOfTheLibrary(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "bash")
	testenv.NeedFile(t, installedTests+"/test-basic-c", "package ostree-tests")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours := ourCommand(t)
	for _, name := range []string{
		"test-basic-c", "test-libarchive-import", "test-pull-c", "test-repo-finder-config", "test-repo-finder-mount", "test-sysroot-c",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, real := runProgram(t, name, "/usr/bin")
			got, log := runProgram(t, name, filepath.Dir(ours))
			require.NotZero(t, want, real)
			require.Equal(t, want, got, log)
		})
	}
}

// runProgram returns how many points a program reaches and what it prints.
func runProgram(t *testing.T, name, path string) (int, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "program") // what it leaves may be immutable
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = exec.Command("chattr", "-R", "-i", dir).Run() // not where the file system has no such flag
		require.NoError(t, os.RemoveAll(dir))
	})
	log, err := os.Create(filepath.Join(t.TempDir(), "log")) // no pipe: a server that the program starts outlives it a little
	require.NoError(t, err)
	defer log.Close()
	cmd := exec.Command("timeout", "120", installedTests+"/"+name)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "G_TEST_SRCDIR="+installedTests, "G_TEST_BUILDDIR="+installedTests)
	cmd.Stdout, cmd.Stderr = log, log
	err = cmd.Run()
	text, readErr := os.ReadFile(log.Name())
	require.NoError(t, readErr)
	require.NoError(t, err, "%s", text)
	points := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "ok ") {
			points++
		}
	}
	return points, string(text)
}
