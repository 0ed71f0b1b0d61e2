package interop

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// instutilRoot is a root with two deployments, the newer one with a policy of SELinux.
func instutilRoot(t *testing.T) string {
	t.Helper()
	testenv.NeedRoot(t)
	testenv.NeedTool(t, "ostree", "getfattr", "cp")
	s := sysroottest.New(t)
	tree := sysroottest.OS("2 'beta'", "6.2").With(sysroottest.Tree{
		"usr/etc/selinux/config":                            "SELINUX=permissive\nSELINUXTYPE=tiny\n",
		"usr/etc/selinux/tiny/policy/policy.30":             "binary",
		"usr/etc/selinux/tiny/contexts/files/file_contexts": "/.* u:r:any:s0\n/ u:r:root:s0\n/etc(/.*)? u:r:etc:s0\n/var/x -- u:r:file:s0\n/var/run(/.*)? <<none>>\n",
	})
	for _, commit := range []sysroottest.Tree{sysroottest.OS("1", "6.1"), tree} {
		sum := sysroottest.Commit(t, s.Repo(), "main", "1", commit)
		_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: sum}, nil)
		require.NoError(t, err)
	}
	state := filepath.Join(s.Path(), "ostree/deploy", sysroottest.Stateroot, "var")
	require.NoError(t, os.MkdirAll(state+"/dir/run", 0o755))
	require.NoError(t, os.WriteFile(state+"/x", nil, 0o644))
	require.NoError(t, os.WriteFile(state+"/kept", nil, 0o644))
	testenv.Run(t, state, "setfattr", "-n", "security.selinux", "-v", "u:r:kept:s0", "kept")
	require.NoError(t, os.Symlink("x", state+"/link"))
	return s.Path()
}

// TestEnsureLabeledEqualsReal lets both commands label copies of a root.
func TestEnsureLabeledEqualsReal(t *testing.T) {
	t.Parallel()
	root, ours := instutilRoot(t), ourCommand(t)
	state := "ostree/deploy/" + sysroottest.Stateroot + "/var"
	var said [2]string
	for i, command := range []string{"ostree", ours} {
		dir := filepath.Join(t.TempDir(), "root")
		testenv.Run(t, "/", "cp", "-a", root, dir)
		var lines []string
		for _, args := range [][]string{{state, "var"}, {state + "/dir", "var/run"}, {}, {}} { // the last has nothing to do
			out := testenv.Run(t, dir, append([]string{command, "admin", "instutil", "--sysroot=.", "selinux-ensure-labeled"}, args...)...)
			lines = append(lines, strings.Split(out, "\n")...)
		}
		slices.Sort(lines) // the real command takes files as they come
		said[i] = strings.ReplaceAll(strings.Join(lines, "\n"), dir, "ROOT") + testenv.Run(t, dir, "sh", "-c", "find . | sort | xargs getfattr -h -d -m security.selinux")
	}
	require.Equal(t, said[0], said[1])
	require.Contains(t, said[0], "Set label of 'ROOT/"+state+"/x' (as '/var/x') to 'u:r:file:s0'")
	require.Contains(t, said[0], `security.selinux="u:r:kept:s0"`)

	out := testenv.RunErr(t, root, ours, "admin", "instutil", "--sysroot=.", "selinux-ensure-labeled", state)
	require.Contains(t, out, "SUBPATH needs a PREFIX", "which the real command reads from behind its arguments")
}

// TestGrub2GenerateEqualsReal compares menus, also of a boot version that is not current.
func TestGrub2GenerateEqualsReal(t *testing.T) {
	t.Parallel()
	root, ours := instutilRoot(t), ourCommand(t)
	current, err := os.Readlink(filepath.Join(root, "boot/loader"))
	require.NoError(t, err)
	other := map[string]string{"loader.0": "1", "loader.1": "0"}[current]
	require.NoError(t, os.MkdirAll(filepath.Join(root, "boot/loader."+other, "entries"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "boot/loader."+other, "entries/ostree-1-x.conf"),
		[]byte("title It's old\nversion 1\noptions quiet ostree=/ostree/boot.0/x/y/0\nlinux /boot/ostree/x/vmlinuz\n"), 0o644))
	menu := func(command string, env []string, args ...string) (string, int) {
		cmd := exec.Command(command, append([]string{"admin", "instutil", "--sysroot=" + root, "grub2-generate"}, args...)...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return string(out), exit.ExitCode()
		}
		require.NoError(t, err)
		return string(out), 0
	}
	grub := []string{"GRUB2_BOOT_DEVICE_ID=simple-1234", "GRUB2_PREPARE_ROOT_CACHE=\tinsmod ext2\n\tsearch --no-floppy"}
	for _, c := range []struct {
		env  []string
		args []string
		want string
	}{
		{grub, nil, "menuentry "},
		{grub, []string{other}, `menuentry 'It'\''s old'`},
		{append([]string{"_OSTREE_GRUB2_BOOTVERSION=" + other}, grub...), nil, "linux /boot/ostree/x/vmlinuz quiet"},
		{append([]string{"_OSTREE_GRUB2_BOOTVERSION=" + other}, grub...), []string{current[len("loader."):]}, "initrd /ostree/"},
		{grub, []string{"5"}, ""},
	} {
		theirs, theirCode := menu("ostree", c.env, c.args...)
		our, ourCode := menu(ours, c.env, c.args...)
		require.Equal(t, theirs, our)
		require.Equal(t, theirCode, ourCode)
		require.Contains(t, our, c.want)
	}
	_, code := menu(ours, nil)
	require.Equal(t, 1, code, "not called by grub2-mkconfig")
}
