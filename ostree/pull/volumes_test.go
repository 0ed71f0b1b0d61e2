package pull_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/pull"
)

// The lines are as the kernel writes them.
const mountTable = `21 26 0:20 / /proc rw,relatime shared:5 - proc proc rw
26 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
60 26 8:17 / /media/usb\040stick rw,nosuid,nodev shared:30 - vfat /dev/sdb1 rw,fmask=0022
61 26 8:33 / /run/media/joe/Backup rw shared:31 master:2 - ext4 /dev/sdc1 rw
62 26 0:55 / /media/net rw - tmpfs none rw
63 26 8:49 / /media/.hidden rw - ext4 /dev/sdd1 rw
64 26 8:50 / /media/joe/.secret/x rw - ext4 /dev/sde1 rw
65 26 8:51 / /mnt/disk rw - ext4 /dev/sdf1 rw
66 26 8:52 / /media/covered rw - ext4 /dev/sdg1 rw
67 66 0:56 / /media/covered rw - tmpfs tmpfs rw
68 26 8:53 / /media/twice rw - ext4 /dev/sdh1 rw
69 68 8:54 / /media/twice rw - fuseblk /dev/sdi1 rw
70 26 8:55 / /mediaplayer rw - ext4 /dev/sdj1 rw
71 26 8:56 / /media/odd\x\9 rw - ext4 /dev/sdk1 rw
`

func TestVolumes(t *testing.T) {
	got, err := pull.Volumes(strings.NewReader(mountTable))
	require.NoError(t, err)
	require.Equal(t, []string{"/media/usb stick", "/run/media/joe/Backup", "/media/twice", `/media/odd\x\9`}, got)
	for _, bad := range []string{"nonsense", "1 2 3:4 / /media/x", "1 2 3:4 / /media/x rw - ext4", strings.Repeat("x", 1<<20)} {
		_, err := pull.Volumes(strings.NewReader(bad))
		require.ErrorContains(t, err, "table of mounts: ")
	}
	f, err := os.Open("/proc/self/mountinfo")
	require.NoError(t, err)
	defer f.Close()
	_, err = pull.Volumes(f)
	require.NoError(t, err, "that of this machine")
}

// FuzzVolumes: what is found is below the directories for it.
func FuzzVolumes(f *testing.F) {
	f.Add(mountTable)
	f.Add("1 2 3:4 / /media/\\057\\056\\056/etc rw - ext4 /dev/sda rw")
	f.Fuzz(func(t *testing.T, table string) {
		got, err := pull.Volumes(strings.NewReader(table))
		if err != nil {
			require.Empty(t, got)
		}
		for _, mount := range got {
			require.True(t, strings.HasPrefix(mount, "/media/") || strings.HasPrefix(mount, "/run/media/"))
			require.NotContains(t, mount, "/.")
		}
	})
}

func TestVolumeRepos(t *testing.T) {
	dir := t.TempDir()
	mount := filepath.Join(dir, "stick")
	for _, d := range []string{"stick/.ostree/repos.d/50-real", "stick/ostree/repo", "stick/var/lib/flatpak/repo", "stick/my/repo", "outside"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, d), 0o755))
	}
	for name, target := range map[string]string{
		".ostree/repos.d/10-link":   "../../my/repo",
		".ostree/repos.d/20-again":  mount + "/my/repo",
		".ostree/repos.d/30-out":    "../../../outside",
		".ostree/repos.d/40-proc":   "/proc/self",
		".ostree/repos.d/60-broken": "nowhere",
		".ostree/repos.d/70-loop":   "70-loop",
		".ostree/repo":              "../ostree/repo",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(mount, name)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(mount, ".ostree/repos.d/README"), nil, 0o644))
	got, err := pull.VolumeRepos(mount)
	require.NoError(t, err)
	want := []string{"my/repo", ".ostree/repos.d/50-real", "ostree/repo", "var/lib/flatpak/repo"}
	for i := range want {
		want[i] = filepath.Join(mount, want[i])
	}
	require.Equal(t, want, got)

	got, err = pull.VolumeRepos(t.TempDir())
	require.NoError(t, err)
	require.Empty(t, got)
	_, err = pull.VolumeRepos(filepath.Join(dir, "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
