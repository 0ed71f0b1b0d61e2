package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/sysroot/sysroottest"
)

func TestAdminStateOverlay(t *testing.T) {
	testenv.NeedRoot(t)
	testenv.NeedOverlay(t)
	s := sysroottest.New(t)
	sysroottest.Commit(t, s.Repo(), "main", "1", sysroottest.OS("1", "6.1").With(sysroottest.Tree{"usr/opt/file": "1\n"}))
	admin := adminOf(t, s.Path(), sysroottest.Options(s.Path()))
	admin(0, "deploy", "--os="+sysroottest.Stateroot, "main")
	require.Contains(t, admin(1, "state-overlay", "opt"), "error: Missing NAME or MOUNTPATH\n")
	require.Contains(t, admin(1, "state-overlay", "opt", t.TempDir()), "must be booted into an OSTree deployment\n")
	_, err := s.Reload(t.Context())
	require.NoError(t, err)
	root, o := sysroottest.Boot(t, s, s.Deployments()[0], t.TempDir())
	opt := filepath.Join(o.RootDir, "usr/opt")
	require.Empty(t, adminOf(t, root, o)(0, "state-overlay", "opt", opt))
	t.Cleanup(func() { require.NoError(t, unix.Unmount(opt, 0)) })
	require.NoError(t, os.WriteFile(filepath.Join(opt, "new"), nil, 0o644))
	require.FileExists(t, filepath.Join(o.RootDir, "var/ostree/state-overlays/opt/upper/new"))
}
