// Package testenv decides whether a test can run here: NeedTool and the other
// Need functions skip a test with a reason, or fail it when the environment
// says RPMOSTREE_INTEROP=require (as in CI, where everything is installed and
// a skip would hide a hole). Run executes a tool of the system.
package testenv

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Require reports whether missing prerequisites fail a test instead of
// skipping it.
func Require() bool { return os.Getenv("RPMOSTREE_INTEROP") == "require" }

func miss(t testing.TB, format string, args ...any) {
	t.Helper()
	if Require() {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// NeedTool requires every named program in PATH.
func NeedTool(t testing.TB, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			miss(t, "needs the program %q", n)
		}
	}
}

// NeedFile skips the test if a file of the distribution is not installed; what names its package.
func NeedFile(t testing.TB, path, what string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		miss(t, "needs %s: %v", what, err)
	}
}

// NeedRoot requires effective uid 0.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		miss(t, "needs root")
	}
}

// NeedUserXattrs requires that files in dir can carry user.* attributes.
func NeedUserXattrs(t testing.TB, dir string) {
	t.Helper()
	if err := unix.Setxattr(dir, "user.rpmostree.probe", []byte("1"), 0); err != nil {
		miss(t, "needs user xattrs in %s: %v", dir, err)
	}
	if err := unix.Removexattr(dir, "user.rpmostree.probe"); err != nil {
		t.Fatalf("remove probe attribute of %s: %v", dir, err)
	}
}

// NeedMounts requires that this process may mount file systems, those in files included. Root in a container often may not.
func NeedMounts(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		miss(t, "needs mounts: %v", err)
	}
	if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
		t.Fatalf("unmount probe: %v", err)
	}
	f, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		miss(t, "needs loop devices: %v", err)
		return
	}
	f.Close()
}

// NeedOverlay requires that this process may mount an overlay file system.
func NeedOverlay(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	for _, n := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(dir, n), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	opts := "lowerdir=" + dir + "/lower,upperdir=" + dir + "/upper,workdir=" + dir + "/work"
	merged := filepath.Join(dir, "merged")
	if err := unix.Mount("overlay", merged, "overlay", 0, opts); err != nil {
		miss(t, "needs overlay mounts: %v", err)
		return
	}
	if err := unix.Unmount(merged, 0); err != nil {
		t.Fatalf("unmount probe: %v", err)
	}
}

// Run executes argv in dir ("" = the current one) with the test's environment
// and returns its standard output; a failing command fails the test and shows
// what it printed.
func Run(t testing.TB, dir string, argv ...string) string {
	t.Helper()
	out, stderr, err := run(dir, argv)
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(argv, " "), err, out, stderr)
	}
	return out
}

// RunErr is Run for a command that must fail; it returns its standard error.
func RunErr(t testing.TB, dir string, argv ...string) string {
	t.Helper()
	out, stderr, err := run(dir, argv)
	if err == nil {
		t.Fatalf("%s: succeeded unexpectedly\n%s%s", strings.Join(argv, " "), out, stderr)
	}
	return stderr
}

func run(dir string, argv []string) (string, string, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	return stdout.String(), stderr.String(), err
}

// NeedPython returns a Python interpreter that can import a module, preferably the distribution's own, and skips the
// test if there is none.
func NeedPython(t testing.TB, module string) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	miss(t, "no Python with module %s", module)
	return ""
}
