package testenv

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// insideVariable names the test that runs in its namespaces already.
const insideVariable = "RPMOSTREE_TEST_INSIDE"

// InNamespaces runs the calling test once more, in new namespaces as unshare(1) makes them with the flags given, and there
// after the commands of setup. It returns true in that run, and false when it is over, for the caller to return: what a test
// mounts is out of sight of the other tests then, and gone with it. It is for tests, not for parts of tests.
func InNamespaces(t *testing.T, setup string, flags ...string) bool {
	t.Helper()
	if os.Getenv(insideVariable) == t.Name() {
		return true
	}
	NeedRoot(t)
	NeedTool(t, "unshare")
	if out, err := exec.Command("unshare", append(flags, "true")...).CombinedOutput(); err != nil {
		miss(t, "needs namespaces: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv := append(flags, "sh", "-ec", setup+"\nexec \"$@\"", "sh", self, "-test.v", "-test.run=^"+regexp.QuoteMeta(t.Name())+"$")
	cmd := exec.CommandContext(t.Context(), "unshare", argv...)
	cmd.Env = append(os.Environ(), insideVariable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil:
		t.Fatalf("in namespaces of its own: %v\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP: "+t.Name()+" "):
		t.Skipf("in namespaces of its own:\n%s", out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()+" "):
		t.Fatalf("in namespaces of its own, it did not run:\n%s", out)
	}
	return false
}
