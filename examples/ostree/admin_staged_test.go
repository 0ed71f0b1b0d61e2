package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// adminOf runs admin verbs on a root that opens with o.
func adminOf(t *testing.T, root string, o *sysroot.Options) func(want int, args ...string) string {
	return func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		a := &app{env: func(string) string { return "" }, stdout: &out, stderr: &out, openOptions: func(to *sysroot.Options) {
			to.RunDir, to.RootDir, to.MutableDeployments, to.NoSync = o.RunDir, o.RootDir, true, true
		}}
		cmd := glibopt.Group("ostree COMMAND", "", "", "")
		cmd.AddCommand(a.adminCommand())
		got := glibopt.Run(t.Context(), cmd, append([]string{"admin", "--sysroot=" + root}, args...), strings.NewReader(""), &out, &out)
		require.Equal(t, want, got, out.String())
		return out.String()
	}
}

func TestAdminStage(t *testing.T) {
	s := sysroottest.New(t)
	sysroottest.Commit(t, s.Repo(), "main", "1", sysroottest.OS("1", "6.1"))
	adminOf(t, s.Path(), sysroottest.Options(s.Path()))(0, "deploy", "--os="+sysroottest.Stateroot, "main")
	adminOf(t, s.Path(), sysroottest.Options(s.Path()))(1, "deploy", "--stage", "main")
	_, err := s.Reload(t.Context())
	require.NoError(t, err)
	root, o := sysroottest.Boot(t, s, s.Deployments()[0], t.TempDir())
	admin := adminOf(t, root, o)
	overlay := filepath.Join(t.TempDir(), "overlay")
	require.NoError(t, os.WriteFile(overlay, []byte("cpio"), 0o600))

	sysroottest.Commit(t, s.Repo(), "main", "2", sysroottest.OS("2", "6.2"))
	require.Contains(t, admin(0, "finalize-staged"), "No deployment staged for finalization")
	admin(1, "deploy", "--stage", "--not-as-default", "main")
	admin(0, "deploy", "--stage", "--karg=staged=1", "--overlay-initrd="+overlay, "main")
	status := admin(0, "status")
	require.Contains(t, status, "(staged)\n    Version: 2\n")
	require.Contains(t, status, "* "+sysroottest.Stateroot)
	require.Contains(t, admin(1, "pin", "0"), "staged")
	admin(0, "finalize-staged")
	require.NotContains(t, admin(0, "status"), "(staged)")
	b := sysroottest.Open(t, s.Path())
	require.Equal(t, "staged=1", b.Deployments()[0].KernelArgs().String())
	require.Len(t, b.Deployments()[0].OverlayInitrds(), 1)
	admin(0, "boot-complete")

	sysroottest.Commit(t, s.Repo(), "main", "3", sysroottest.OS("3", "6.3"))
	admin(0, "set-default", "1")
	admin(0, "upgrade", "--stage", "--allow-downgrade")
	require.Contains(t, admin(0, "status"), "(staged)\n    Version: 3\n")
	admin(0, "undeploy", "0")
	require.NotContains(t, admin(0, "status"), "(staged)")
}

// TestLockFinalization: a locked deployment stays staged at shutdown.
func TestLockFinalization(t *testing.T) {
	s := sysroottest.New(t)
	sysroottest.Commit(t, s.Repo(), "main", "1", sysroottest.OS("1", "6.1"))
	adminOf(t, s.Path(), sysroottest.Options(s.Path()))(0, "deploy", "--os="+sysroottest.Stateroot, "main")
	require.Contains(t, adminOf(t, s.Path(), sysroottest.Options(s.Path()))(1, "deploy", "--lock-finalization", "main"), "Not currently booted")
	_, err := s.Reload(t.Context())
	require.NoError(t, err)
	root, o := sysroottest.Boot(t, s, s.Deployments()[0], t.TempDir())
	admin := adminOf(t, root, o)
	require.Contains(t, admin(1, "lock-finalization"), "error: No staged deployment\n")

	sysroottest.Commit(t, s.Repo(), "main", "2", sysroottest.OS("2", "6.2"))
	admin(1, "deploy", "--lock-finalization", "--not-as-default", "main")
	admin(0, "deploy", "--lock-finalization", "main")
	require.Contains(t, admin(1, "finalize-staged"), "Not finalizing; deployment is locked")
	require.Equal(t, "Staged deployment is already finalization locked\n", admin(0, "lock-finalization"))
	require.Equal(t, "Staged deployment is now queued to apply on shutdown\n", admin(0, "lock-finalization", "-u"))
	require.Equal(t, "Staged deployment is already prepared for finalization\n", admin(0, "lock-finalization", "--unlock"))
	require.Equal(t, "Staged deployment is now finalization locked\n", admin(0, "lock-finalization"))
	admin(1, "finalize-staged")
	require.Contains(t, admin(0, "status"), "(staged)")
	admin(0, "lock-finalization", "-u")
	admin(0, "finalize-staged")
	require.NotContains(t, admin(0, "status"), "(staged)")
}
