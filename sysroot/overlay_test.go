package sysroot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/etcmerge"
	"example.com/rpmostree/sysroot/sysroottest"
)

func TestOverlayInitrds(t *testing.T) {
	s := sysroottest.New(t)
	c := commit(t, s, "1", "6.1")
	file := filepath.Join(t.TempDir(), "overlay")
	require.NoError(t, os.WriteFile(file, []byte("cpio"), 0o600))
	sum := sha256.Sum256([]byte("cpio"))
	name := "/ostree/initramfs-overlays/" + hex.EncodeToString(sum[:]) + ".img"
	d, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: c, OverlayInitrds: []string{file}}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{name}, d.OverlayInitrds())
	require.Len(t, d.Boot.Initrd, 2)
	require.Equal(t, name, d.Boot.Initrd[1], "after the initramfs of the commit")
	require.Equal(t, "cpio", read(t, s.Path(), "boot", name))

	again := sysroottest.Open(t, s.Path())
	require.Equal(t, []string{name}, again.Deployments()[0].OverlayInitrds())
	d = deploy(t, again, c)
	require.Empty(t, d.OverlayInitrds(), "each deployment says for itself")
	deploy(t, again, c)
	require.NoFileExists(t, filepath.Join(s.Path(), "boot", name), "nothing uses it any more")

	_, err = again.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: c, OverlayInitrds: []string{file + "x"}}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestStagedOverlayInitrds(t *testing.T) {
	first := sysroottest.New(t)
	deploy(t, first, commit(t, first, "1", "6.1"))
	s, _ := booted(t, first, 0)
	c := commit(t, s, "2", "6.2")
	file := filepath.Join(t.TempDir(), "overlay")
	require.NoError(t, os.WriteFile(file, []byte("cpio"), 0o600))
	d, err := s.Stage(t.Context(), sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: c, OverlayInitrds: []string{file}}, &sysroot.DeployOptions{Lock: true})
	require.NoError(t, err)
	require.True(t, s.StagedLocked())
	staged := d.OverlayInitrds()
	require.Len(t, staged, 1)
	require.NoFileExists(t, filepath.Join(s.Path(), "boot", staged[0]))
	_, err = s.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.ErrorIs(t, err, sysroot.ErrFinalizationLocked)
	require.NoError(t, s.LockFinalization(t.Context(), false))
	require.Equal(t, staged, s.Staged().OverlayInitrds(), "unlocking keeps everything else")
	d, err = s.FinalizeStaged(t.Context(), etcmerge.Fail)
	require.NoError(t, err)
	require.Equal(t, staged, d.OverlayInitrds())
	require.Equal(t, "cpio", read(t, s.Path(), "boot", staged[0]))
}
