package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

func TestInstallAndUpdate(t *testing.T) {
	root := filepath.Join(t.TempDir(), "mnt")
	require.NoError(t, os.Mkdir(root, 0o755))
	testenv.NeedUserXattrs(t, root)
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	server := httptest.NewServer(http.FileServer(http.Dir(repo.Path())))
	defer server.Close()
	args := []string{"-root", root, "-url", server.URL, "-ref", "os/stable", "-karg", "root=LABEL=root", "-karg", "quiet", "-unprivileged"}
	for _, version := range []string{"1.0", "2.0"} {
		sysroottest.Commit(t, repo, "os/stable", version, sysroottest.OS(version, "6.1"))
		var out, errOut bytes.Buffer
		require.Equal(t, 0, run(t.Context(), args, &out, &errOut), errOut.String())
		assert.Regexp(t, `(?s)^Receiving os/stable\.\.\.\d+ objects\nInstalled os/stable `+version+` \([0-9a-f]{64}\.0\)\n$`, out.String())
	}
	sys, err := sysroot.Open(t.Context(), root, nil)
	require.NoError(t, err)
	defer sys.Close()
	list := sys.Deployments()
	require.Len(t, list, 2)
	assert.Equal(t, "root=LABEL=root quiet", list[0].KernelArgs().String())
	assert.Equal(t, "origin:os/stable", list[0].Origin.Refspec())
	checks, err := sys.Verify(t.Context())
	require.NoError(t, err)
	require.Len(t, checks, 2)
	for _, c := range checks {
		assert.NoError(t, c.Err, "both entries would boot")
	}
}

func TestMissingOptionsAreNamedTogether(t *testing.T) {
	var out, errOut bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), []string{"-url", "http://127.0.0.1:1"}, &out, &errOut))
	assert.Equal(t, "error: give -ref, -root\n", errOut.String())
}
