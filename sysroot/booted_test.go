package sysroot_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// booted returns a root in which the deployment with an index is running.
func booted(t *testing.T, s *sysroot.Sysroot, index int) (b *sysroot.Sysroot, run string) {
	t.Helper()
	run = t.TempDir()
	root, o := sysroottest.Boot(t, s, s.Deployments()[index], run)
	b, err := sysroot.Open(t.Context(), root, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b, run
}

func TestBootedSystem(t *testing.T) {
	s := sysroottest.New(t)
	for _, v := range []string{"1", "2", "3"} {
		deploy(t, s, commit(t, s, v, "6."+v), func(r *sysroot.DeployRequest) { r.Retain = true })
	}
	require.Nil(t, s.Booted())
	require.Nil(t, s.RollbackTarget(osName))
	require.Equal(t, 0, s.Pending(osName).Index)

	b, _ := booted(t, s, 1)
	require.Equal(t, 1, b.Booted().Index)
	require.Equal(t, 0, b.Pending(osName).Index)
	require.Equal(t, 2, b.RollbackTarget(osName).Index)
	require.Equal(t, 1, b.MergeDeployment(osName).Index)
	require.Nil(t, b.MergeDeployment("other"))
	require.ErrorContains(t, b.Undeploy(t.Context(), 1), "booted")
	require.ErrorContains(t, b.WriteDeployments(t.Context(), b.Deployments()[2:], nil), "Attempting to remove booted deployment")

	// The booted deployment stays and is the base of the merge; the others go.
	write(t, "from the booted one\n", b.Booted().Path(b), "etc/keep.conf")
	d := deploy(t, b, commit(t, b, "4", "6.4"))
	require.Equal(t, []string{"4", "2"}, versions(t, b))
	require.Equal(t, "from the booted one\n", read(t, d.Path(b), "etc/keep.conf"))
	require.True(t, b.Deployments()[1].Booted)

	deploy(t, b, commit(t, b, "5", "6.5"), func(r *sysroot.DeployRequest) { r.RetainPending = true })
	require.Equal(t, []string{"5", "4", "2"}, versions(t, b))
	deploy(t, b, commit(t, b, "6", "6.6"), func(r *sysroot.DeployRequest) { r.NotDefault = true; r.RetainPending = true })
	require.Equal(t, []string{"5", "4", "2", "6"}, versions(t, b))
	require.NoError(t, b.Rollback(t.Context(), osName))
	require.Equal(t, []string{"6", "5", "4", "2"}, versions(t, b))
	require.NoError(t, b.Rollback(t.Context(), osName), "no rollback left, so back to the booted one")
	require.Equal(t, []string{"2", "6", "5", "4"}, versions(t, b))
}

// A list without the running deployment must not be mistaken for the truth.
func TestBootedDeploymentUnknown(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	run := t.TempDir()
	root, o := sysroottest.Boot(t, s, s.Deployments()[0], run)
	require.NoError(t, os.RemoveAll(filepath.Join(s.Path(), "boot/loader/entries")))
	_, err := sysroot.Open(t.Context(), root, o)
	require.ErrorContains(t, err, "running deployment is not in the list")
}

// With an image as root, the initramfs says which directory it is.
func TestBootedByBackingInode(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	deploy(t, s, commit(t, s, "2", "6.1"))
	run := t.TempDir()
	root, o := sysroottest.Boot(t, s, s.Deployments()[0], run)
	var st unix.Stat_t
	require.NoError(t, unix.Stat(s.Deployments()[1].Path(s), &st))
	d := gvariant.NewDict()
	d.Set("backing-root-device-inode", gvariant.NewTuple(gvariant.NewUint64(st.Dev), gvariant.NewUint64(st.Ino)))
	require.NoError(t, os.WriteFile(filepath.Join(run, "ostree-booted"), d.Value().Bytes(), 0o644))
	b, err := sysroot.Open(t.Context(), root, o)
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, 1, b.Booted().Index)
}

func TestUnlockedStates(t *testing.T) {
	s := sysroottest.New(t)
	d := deploy(t, s, commit(t, s, "1", "6.1"))
	require.Equal(t, sysroot.UnlockedNone, d.Unlocked)
	_, run := booted(t, s, 0)
	write(t, "", run, "ostree/deployment-state", d.Name(), "unlocked-development")
	b, _ := booted(t, s, 0)
	require.Equal(t, sysroot.UnlockedNone, b.Booted().Unlocked, "another run directory")
	o := sysroottest.Options(s.Path())
	o.RunDir = run
	s2, err := sysroot.Open(t.Context(), s.Path(), o)
	require.NoError(t, err)
	defer s2.Close()
	require.Equal(t, sysroot.UnlockedDevelopment, s2.Deployments()[0].Unlocked)
	origin := d.Origin.Clone()
	origin.Set("origin", "unlocked", "hotfix")
	require.NoError(t, s.SetOrigin(t.Context(), d, origin))
	require.Equal(t, sysroot.UnlockedHotfix, s.Deployments()[0].Unlocked)

	origin.Set("origin", "refspec", "\xff")
	require.ErrorContains(t, s.SetOrigin(t.Context(), d, origin), "could not be read again")
	require.Equal(t, "test/main", s.Deployments()[0].Origin.Refspec())
}
