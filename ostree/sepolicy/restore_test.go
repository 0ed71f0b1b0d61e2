package sepolicy_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/sepolicy"
)

const restoreContexts = "/.*\tu:r:any:s0\n/etc(/.*)?\tu:r:etc:s0\n/etc/link\t-l\tu:r:link:s0\n/etc/dir\t-d\tu:r:dir:s0\n" +
	"/etc/none\t<<none>>\n/opt/sub(/.*)?\tu:r:sub:s0\n"

func restorePolicy(t *testing.T) *sepolicy.Policy {
	t.Helper()
	p, err := sepolicy.LoadFile(fstest.MapFS{"fc": file(restoreContexts)}, "fc")
	require.NoError(t, err)
	return p
}

// restoreTree makes a tree, a file of which has a label.
func restoreTree(t *testing.T) string {
	t.Helper()
	testenv.NeedRoot(t)
	dir := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "etc/dir"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "opt/sub"), 0o755))
	for _, f := range []string{"etc/a", "etc/none", "etc/dir/b", "opt/sub/c", "kept"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f), nil, 0o644))
	}
	require.NoError(t, os.Symlink("none", filepath.Join(dir, "etc/link"))) // which never gets a label
	require.NoError(t, unix.Setxattr(filepath.Join(dir, "kept"), "security.selinux", []byte("u:r:kept:s0\x00"), 0))
	return dir
}

func labelsOf(t *testing.T, dir string) string {
	t.Helper()
	return testenv.Run(t, dir, "sh", "-c", "find . | sort | xargs getfattr -h -d -m security.selinux")
}

// TestRestoreEqualsSetfiles compares with setfiles(8).
func TestRestoreEqualsSetfiles(t *testing.T) {
	testenv.NeedTool(t, "setfiles", "getfattr")
	ours, theirs := restoreTree(t), restoreTree(t)
	contexts := filepath.Join(t.TempDir(), "fc")
	require.NoError(t, os.WriteFile(contexts, []byte(restoreContexts), 0o644))
	testenv.Run(t, "/", "setfiles", "-F", "-r", theirs, contexts, theirs)
	l := &sepolicy.Labeler{Policy: restorePolicy(t)}
	changed := map[string]string{}
	note := func(path, label string) {
		require.NotContains(t, changed, path)
		changed[path] = label
	}
	require.NoError(t, l.Restore(t.Context(), ours, &sepolicy.RestoreOptions{Changed: note}))
	require.Equal(t, labelsOf(t, theirs), labelsOf(t, ours))
	require.Equal(t, "u:r:any:s0", changed["/kept"])
	require.Equal(t, "u:r:link:s0", changed["/etc/link"])
	require.NotContains(t, changed, "/etc/none")
	require.Len(t, changed, 10)

	clear(changed)
	require.NoError(t, l.Restore(t.Context(), ours+"/", &sepolicy.RestoreOptions{Changed: note}))
	require.Empty(t, changed, "all is as it should be")
}

func TestRestoreOptions(t *testing.T) {
	p := restorePolicy(t)
	restore := func(l *sepolicy.Labeler, top string, keep bool) map[string]string {
		changed := map[string]string{}
		err := l.Restore(t.Context(), top, &sepolicy.RestoreOptions{KeepExisting: keep, Changed: func(path, label string) { changed[path] = label }})
		require.NoError(t, err)
		return changed
	}
	dir := restoreTree(t)
	kept := restore(&sepolicy.Labeler{Policy: p}, dir, true)
	require.NotContains(t, kept, "/kept")
	require.Contains(t, kept, "/etc/a")

	dir = restoreTree(t)
	want := map[string]string{"/": "u:r:sub:s0", "/c": "u:r:sub:s0"}
	require.Empty(t, cmp.Diff(want, restore(&sepolicy.Labeler{Policy: p, Prefix: "/opt/sub"}, filepath.Join(dir, "opt/sub"), false)))
	require.Empty(t, cmp.Diff(map[string]string{"/": "u:r:etc:s0"}, restore(&sepolicy.Labeler{Policy: p, Prefix: "/etc/a"}, filepath.Join(dir, "etc/a"), false)), "a file")
	t.Chdir(dir)
	require.Equal(t, []string{"/", "/etc", "/etc/dir", "/etc/dir/b", "/etc/link", "/kept", "/opt"}, slices.Sorted(maps.Keys(restore(&sepolicy.Labeler{Policy: p}, ".", false))), "what is left to label")

	l := &sepolicy.Labeler{Policy: p, Require: true}
	err := l.Restore(t.Context(), dir, nil)
	require.ErrorIs(t, err, sepolicy.ErrUnlabeled)
	require.ErrorContains(t, err, "restore labels of "+dir+": label /etc/none")
	require.ErrorIs(t, l.Restore(t.Context(), filepath.Join(dir, "missing"), nil), os.ErrNotExist)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.Restore(ctx, dir, nil), context.Canceled)
}
