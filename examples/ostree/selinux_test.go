package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
)

// policyFiles writes a small policy to DIR/etc/selinux, or DIR/usr/etc/selinux.
func policyFiles(t *testing.T, dir, etc string) {
	t.Helper()
	for name, text := range map[string]string{
		"config": "SELINUX=permissive\nSELINUXTYPE=tiny\n", "tiny/policy/policy.30": "binary",
		"tiny/contexts/files/file_contexts": "/.* u:r:any:s0\n/ u:r:root:s0\n/etc(/.*)? u:r:etc:s0\n/usr/etc/.* u:r:usretc:s0\n/bin/su -- u:r:su:s0\n/run/.* <<none>>\n",
	} {
		path := filepath.Join(dir, etc, "selinux", name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// selinuxTrees makes directories with and without a policy.
func selinuxTrees(t *testing.T, dir string) {
	t.Helper()
	policyFiles(t, filepath.Join(dir, "root"), "etc")
	policyFiles(t, filepath.Join(dir, "commit"), "usr/etc")
	for _, name := range []string{"src/bin/su", "src/usr/etc/passwd", "src/run/x"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tiny.tar"), nil, 0o644))
}

// ours runs the command in DIR and returns its standard output; it must succeed.
func ours(t *testing.T, dir, line string) string {
	t.Helper()
	got := runLine(t, dir, line)
	require.Zero(t, got.Code, "ostree %s: %s", line, got.Err)
	return got.Out
}

// TestCommitSELinux compares with the real command what the options label.
func TestCommitSELinux(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	dir := t.TempDir()
	t.Chdir(dir)
	selinuxTrees(t, dir)
	ours(t, dir, "init --repo=ours --mode=archive")
	testenv.Run(t, dir, "ostree", "init", "--repo=theirs", "--mode=archive")
	unlabelled := ours(t, dir, "commit --repo=ours --orphan --timestamp=2020-01-01 src")
	for _, line := range []string{
		"-b base commit",
		"-b label/a --selinux-policy=root src",
		"-b label/b --selinux-policy=src src",
		"-b label/c --selinux-policy=root --canonical-permissions --tree=dir=src",
		"-b label/d -P --tree=dir=root --tree=dir=src",
		"-b label/e -P root",
		"-b label/f -P --tree=ref=base --tree=dir=src",
		"-b label/g --selinux-policy-from-base --base=base --tree=dir=src",
		"-b label/h -P src",
	} {
		args := strings.Fields(line)
		want := testenv.Run(t, dir, append([]string{"ostree", "commit", "--repo=theirs", "--timestamp=2020-01-01"}, args...)...)
		got := ours(t, dir, "commit --repo=ours --timestamp=2020-01-01 "+line)
		require.Equal(t, testenv.Run(t, dir, "ostree", "ls", "--repo=theirs", "-RX", strings.TrimSpace(want)), ours(t, dir, "ls --repo=ours -RX "+strings.TrimSpace(got)), line)
		require.Equal(t, want, got, line)
		require.NotEqual(t, unlabelled, want)
	}
}

func TestCommitSELinuxEpoch(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	selinuxTrees(t, dir)
	ours(t, dir, "init --repo=ours --mode=archive")
	for epoch, want := range map[string]string{"": "usretc", " --selinux-labeling-epoch=0": "usretc", " --selinux-labeling-epoch=1": "etc"} {
		ours(t, dir, "commit --repo=ours -b x --selinux-policy=root src"+epoch)
		require.Contains(t, ours(t, dir, "ls --repo=ours -X x /usr/etc/passwd"), "u:r:"+want+":s0", epoch)
	}
	for _, tc := range []struct{ args, want string }{
		{"--selinux-labeling-epoch=2 src", "error: Unknown SELinux labeling epoch 2\n"},
		{"--selinux-policy=root -P src", "error: Cannot specify both --selinux-policy and --selinux-policy-from-base\n"},
		{"--tree=tar=tiny.tar -P", "error: --selinux-policy-from-base needs --base, or a first --tree that is a directory or ref\n"},
	} {
		got := runLine(t, dir, "commit --repo=ours -b x "+tc.args)
		require.Equal(t, tc.want, got.Err)
		require.Equal(t, 1, got.Code)
	}
}

// TestCheckoutSELinux looks at the labels on disk. The real command labels only regular files where the kernel has no
// SELinux, so only those are compared.
func TestCheckoutSELinux(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	dir := t.TempDir()
	t.Chdir(dir)
	selinuxTrees(t, dir)
	ours(t, dir, "init --repo=repo --mode=bare")
	require.NoError(t, os.RemoveAll("src/run")) // the real command crashes where there is no label
	ours(t, dir, "commit --repo=repo -b x src")
	for i, args := range []string{"--selinux-policy=root", "--selinux-policy=root --selinux-prefix=/etc"} {
		out := "out" + string(rune('0'+i))
		testenv.Run(t, dir, append([]string{"ostree", "checkout", "--repo=repo", "x", "theirs-" + out}, strings.Fields(args)...)...)
		ours(t, dir, "checkout --repo=repo x ours-"+out+" "+args)
		for _, name := range []string{"bin/su", "usr/etc/passwd"} {
			require.Equal(t, fileLabel(t, filepath.Join("theirs-"+out, name)), fileLabel(t, filepath.Join("ours-"+out, name)), "%s %s", args, name)
		}
		var st unix.Stat_t
		require.NoError(t, unix.Stat(filepath.Join("ours-"+out, "bin/su"), &st))
		require.EqualValues(t, 1, st.Nlink, "a copy")
	}
	require.Equal(t, "u:r:etc:s0", fileLabel(t, "ours-out1/bin"))
	require.Equal(t, "u:r:etc:s0", fileLabel(t, "ours-out1"))
	ours(t, dir, "checkout --repo=repo -U --selinux-policy=root x user")
	require.Empty(t, fileLabel(t, "user/bin/su"))
	require.Equal(t, "error: Cannot specify --selinux-prefix without --selinux-policy\n", runLine(t, dir, "checkout --repo=repo --selinux-prefix=/etc x no").Err)
}

func fileLabel(t *testing.T, path string) string {
	t.Helper()
	buf := make([]byte, 256)
	n, err := unix.Lgetxattr(path, "security.selinux", buf)
	if err == unix.ENODATA {
		return ""
	}
	require.NoError(t, err)
	return strings.TrimSuffix(string(buf[:n]), "\x00") // optional
}
