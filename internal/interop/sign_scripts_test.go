package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// distributionTests is where Debian's package ostree-tests puts the scripts that the project tests its command with.
const distributionTests = "/usr/libexec/installed-tests/libostree"

// TestScriptsOfTheDistribution runs its scripts about signatures with our command in the place of the real one.
func TestScriptsOfTheDistribution(t *testing.T) {
	t.Parallel()
	testenv.NeedFile(t, distributionTests, "the package ostree-tests")
	testenv.NeedTool(t, "gpg", "openssl", "bash")
	bin := filepath.Dir(ourCommand(t))
	for _, script := range []string{
		"test-signed-commit.sh", "test-signed-pull.sh", "test-pre-signed-pull.sh", "test-gpg-signed-commit.sh",
		"test-remote-gpg-list-keys.sh", "test-admin-gpg.sh",
	} {
		t.Run(script, func(t *testing.T) {
			// A short name, for the socket of gpg-agent in it.
			dir, err := os.MkdirTemp("", "tap")
			require.NoError(t, err)
			defer func() { require.NoError(t, os.RemoveAll(dir)) }()
			cmd := exec.Command("bash", filepath.Join(distributionTests, script))
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "OSTREE_NO_XATTRS=1", "OSTREE_GPG_HOME=", "GNUPGHOME=")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.NotContains(t, string(out), "\nnot ok")
		})
	}
}
