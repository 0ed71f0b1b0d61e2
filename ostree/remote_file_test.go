package ostree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRemotesDir is about remotes in a directory of their own, as the system repository has them.
func TestRemotesDir(t *testing.T) {
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "etc", "remotes.d")
	r, err := Open(ctx, newRepo(t, ModeArchive).Path(), &OpenOptions{RemotesDir: dir})
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, dir, r.RemotesDir())
	url := func(name string) string {
		t.Helper()
		rem, err := r.Remote(name)
		require.NoError(t, err)
		return rem.URL
	}
	own := &RemoteOptions{OwnFile: true}
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "a", URL: "http://a"}, own), "makes the directory")
	a := filepath.Join(dir, "a.conf")
	require.FileExists(t, a)
	var pe *fs.PathError
	err = r.AddRemote(ctx, Remote{Name: "a", URL: "http://b"}, own)
	require.ErrorIs(t, err, fs.ErrExist)
	require.True(t, errors.As(err, &pe))
	require.Equal(t, a, pe.Path)

	// A remote is replaced where it is, whatever the file is called and has besides.
	shared := filepath.Join(dir, "shared.conf")
	require.NoError(t, os.WriteFile(shared, []byte("# two\n[remote \"b\"]\nurl=http://b\n\n[remote \"c\"]\nurl=http://c\n"), 0o644))
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "b", URL: "http://new"}, &RemoteOptions{OwnFile: true, Replace: true}))
	require.Equal(t, "http://new", url("b"))
	require.NoFileExists(t, filepath.Join(dir, "b.conf"))
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "b", URL: "http://newer"}, &RemoteOptions{Replace: true}), "not asked for a file")
	require.Equal(t, "http://newer", url("b"))

	// So is one in the configuration.
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "d", URL: "http://d"}, nil))
	err = r.AddRemote(ctx, Remote{Name: "d"}, own)
	require.True(t, errors.As(err, &pe))
	require.Equal(t, "config", pe.Path)
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "d", URL: "http://e"}, &RemoteOptions{OwnFile: true, Replace: true}))
	require.NoFileExists(t, filepath.Join(dir, "d.conf"))
	require.Equal(t, "http://e", url("d"))

	// The keyring beside the file is not the repository's.
	for _, path := range []string{filepath.Join(dir, "b.trustedkeys.gpg"), filepath.Join(r.Path(), "b.trustedkeys.gpg")} {
		require.NoError(t, os.WriteFile(path, nil, 0o644))
	}
	require.NoError(t, r.DeleteRemote(ctx, "b"))
	require.FileExists(t, filepath.Join(dir, "b.trustedkeys.gpg"))
	require.NoFileExists(t, filepath.Join(r.Path(), "b.trustedkeys.gpg"))
	require.Equal(t, "http://c", url("c"), "the other remote of the file stays")
	require.NoError(t, r.DeleteRemote(ctx, "c"))
	require.NoFileExists(t, shared)
	require.ErrorIs(t, r.DeleteRemote(ctx, "c"), fs.ErrNotExist)

	c := r.Config()
	c.Set("core", "add-remotes-config-dir", "false")
	require.NoError(t, r.WriteConfig(ctx, c))
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "e", URL: "http://e"}, own))
	require.NoFileExists(t, filepath.Join(dir, "e.conf"))
	require.Equal(t, "http://e", url("e"))
}
